"""Published rules a disc can follow: met, or not met and because of which rules.

"Built to the published rules of", never more: only what our rules look at is judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanfolio.rules.outcome import Outcome, Severity, State
from scanfolio.words import say

_FILE_SET = ("V01", "V07", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D11", "D13", "D18")
_FILES = ("F01", "F02", "F03", "F09", "S07", "S09", "S10", "A05", "A08")
_GENERAL = (*_FILE_SET, *_FILES, "F08", "F12", "A03", "A04", "S04")

PROFILES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("FILE-SET", "PS3.10 section 8", (*_FILE_SET, "F01", "F02", "F03", "F09")),
    ("STD-GEN-CD", "PS3.11 Annex D", (*_GENERAL, "F04", "F05")),
    ("STD-GEN-DVD-JPEG", "PS3.11 Annex H", (*_GENERAL, "F04", "F05", "D10")),
    ("STD-GEN-DVD-J2K", "PS3.11 Annex H", (*_GENERAL, "F04", "F05", "D10")),
    ("STD-GEN-ZIP-MAIL", "PS3.11 Annex L", _GENERAL),
    ("IHE-PDI", "IHE RAD TF-2 4.47", (*_GENERAL, "F04", "F05", "D17")),
)
"""Id, section, and the rules it rests on. Rules that are not registered count for nothing."""

_JPEG = "1.2.840.10008.1.2.4."
COMPRESSIONS_ALLOWED = {
    "STD-GEN-DVD-JPEG": frozenset({_JPEG + "50", _JPEG + "51", _JPEG + "70"}),
    "STD-GEN-DVD-J2K": frozenset({_JPEG + "90", _JPEG + "91"}),
}
"""What F05 may find without breaking the profile (PS3.11 Table H.3-1)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`met` is None where a rule it rests on could not be answered."""

    id: str
    title: str
    reference: str
    met: bool | None
    failing_rules: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.id,
            "title": self.title,
            "reference": self.reference,
            "met": self.met,
            "failing_rules": list(self.failing_rules),
        }


def _fails(outcome: Outcome, profile: str, compressions: frozenset[str]) -> bool:
    if outcome.state is not State.FAILED:
        return False
    if outcome.rule == "F05" and profile in COMPRESSIONS_ALLOWED:
        return not compressions <= COMPRESSIONS_ALLOWED[profile]
    if outcome.severity is Severity.INFO:
        return outcome.rule in ("V01", "D17")
    if profile == "FILE-SET" or outcome.severity is not Severity.WARN:
        return True
    return outcome.rule in ("D10", "D18", "F08")


def judge_profiles(
    outcomes: Iterable[Outcome], compressions: frozenset[str], language: str = "en"
) -> tuple[Profile, ...]:
    """Every profile, against the outcomes at hand. `compressions`: the compressed transfer syntaxes in use."""
    by_code = {o.rule: o for o in outcomes}
    found = []
    for id_, reference, codes in PROFILES:
        mine = [by_code[code] for code in dict.fromkeys(codes) if code in by_code]
        failing = tuple(o.rule for o in mine if _fails(o, id_, compressions))
        unknown = any(o.state in (State.BLOCKED, State.CRASHED) for o in mine)
        met = False if failing else None if unknown else True
        found.append(Profile(id_, say(f"rules.profile.{id_}", language), reference, met, failing))
    return tuple(found)
