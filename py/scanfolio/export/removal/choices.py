"""What a person may decide about removing identity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from scanfolio.errors import ExportError
from scanfolio.words import say

PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,55}")
DEFAULT_PSEUDONYM = "SUBJECT"


class Dates(StrEnum):
    REMOVE = "remove"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class RemovalChoices:
    """`pseudonym` stands for name and Patient ID (a number is added where there are several patients).

    `documents` takes reports (SR) and presentation states with notes along, their texts replaced; `burned_in` images
    that may have writing in the picture, unchanged. Both are left out unless asked for.
    """

    dates: Dates = Dates.REMOVE
    pseudonym: str = ""
    documents: bool = False
    burned_in: bool = False

    def pseudonyms(self, count: int) -> list[str]:
        """One for each patient."""
        name = self.pseudonym or DEFAULT_PSEUDONYM
        return [name] if count == 1 and self.pseudonym else [f"{name}-{n}" for n in range(1, count + 1)]

    def check(self, language: str) -> None:
        """Raises ExportError for a pseudonym that cannot stand in every attribute and system."""
        if self.pseudonym and not PSEUDONYM.fullmatch(self.pseudonym):
            raise ExportError(
                say("removal.refused.pseudonym", language),
                hint=say("removal.refused.pseudonym_hint", language),
            )
