"""What goes, what is replaced and what stays, by attribute, with examples. For the screen only: it holds old values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scanfolio.export.removal.clean import Outcome
from scanfolio.reading.text import decode
from scanfolio.standard.removal import names

EXAMPLES = 3
MAX_EXAMPLE = 64
SHOWN = frozenset(b"PN LO SH ST LT UT UC UR AE CS AS DA DT TM DS IS UI".split())
PRIVATE, CURVES, OVERLAYS = 0x00090000, 0x50000000, 0x60000000  # rows that stand for many attributes


@dataclass(slots=True)
class Row:
    tag: int
    outcome: Outcome
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "tag": f"{self.tag:08X}" if self.tag not in (PRIVATE, CURVES, OVERLAYS) else "",
            "name": name_of(self.tag),
            "outcome": self.outcome.value,
            "count": self.count,
            "examples": self.examples,
        }


class Preview:
    def __init__(self) -> None:
        self._rows: dict[tuple[int, Outcome], Row] = {}

    def note(self, tag: int, vr: bytes, value: bytes, outcome: Outcome, charset: tuple[str, ...]) -> None:
        group = tag >> 16
        if group & 1:
            if 0x10 <= tag & 0xFFFF <= 0xFF:
                return  # the creator's own element is no content
            tag, vr = PRIVATE, b"LO"
        elif group >> 8 in (0x50, 0x60):
            tag, vr = (CURVES if group >> 8 == 0x50 else OVERLAYS), b""
        row = self._rows.get((tag, outcome))
        if row is None:
            row = self._rows[tag, outcome] = Row(tag, outcome)
        row.count += 1
        if len(row.examples) < EXAMPLES and vr in SHOWN and value:
            text = decode(value[: MAX_EXAMPLE * 4], charset).text.replace("\r", " ").replace("\n", " ")
            text = text[: MAX_EXAMPLE - 1] + "…" if len(text) > MAX_EXAMPLE else text
            if text and text not in row.examples:
                row.examples.append(text)

    def rows(self) -> list[Row]:
        """By tag."""
        return [self._rows[key] for key in sorted(self._rows)]


@cache
def name_of(tag: int) -> str:
    """The attribute's name as the Standard says it, else its tag. Needs pydicom."""
    from pydicom.datadict import dictionary_description

    if tag in (PRIVATE, CURVES, OVERLAYS):
        return {PRIVATE: "Private attributes", CURVES: "Curves (50xx)", OVERLAYS: "Overlays (60xx)"}[tag]
    try:
        return names().get(tag) or dictionary_description(tag)
    except KeyError:
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
