"""Published rules a disc can follow: met, or not met and because of which rules.

"Built to the published rules of", never more: only what our rules look at is judged, and `covers` says what that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanfolio.model import SopInstance
from scanfolio.rules import uids
from scanfolio.rules.outcome import Outcome, Severity, State
from scanfolio.words import say

_FILE_SET = ("V01", "V07", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D11", "D13", "D18")
_FILES = ("F01", "F02", "F03", "F09", "S07", "S09", "S10", "A01", "A05", "A08")
_GENERAL = (*_FILE_SET, *_FILES, "F12", "A03", "A04", "S04")
_WITH_KEYS = (*_GENERAL, "F04", "F05", "F08", "D10")

_JPEG = "1.2.840.10008.1.2.4."
_IMPLICIT, _EXPLICIT = "1.2.840.10008.1.2", uids.EXPLICIT_VR_LITTLE_ENDIAN
PLAIN = frozenset({_EXPLICIT})
WITH_JPEG = PLAIN | {_JPEG + "50", _JPEG + "51", _JPEG + "70"}
WITH_JPEG_2000 = PLAIN | {_JPEG + "90", _JPEG + "91"}
CT_AND_MR = PLAIN | {_JPEG + "70"}
CT_MR_CLASSES = frozenset(uids.STORAGE + tail for tail in ("2", "4", "7"))
"""What a reader of PS3.11 Annex E has to take: CT, MR and Secondary Capture images."""


@dataclass(frozen=True, slots=True)
class Published:
    """`codes`: the rules it rests on. `syntaxes`: what may be used without breaking it, None where it leaves that open.

    `classes`: SOP Classes it is for, None for all. `weighs`: rules that count although they only warn or inform.
    """

    id: str
    reference: str
    covers: str
    codes: tuple[str, ...]
    syntaxes: frozenset[str] | None = None
    classes: frozenset[str] | None = None
    weighs: frozenset[str] = frozenset({"V01", "D10", "D18", "F08"})


_AS_RULES = "file-set, DICOMDIR and its keys, File Meta Information, transfer syntaxes, required attributes"
_DRG = "3.1.2.4 (records of the DICOMDIR) and the file-set; others could not be read, or concern label and viewer"
_KOREA = "groups C and I as far as published (preamble, header, transfer syntax, person, study, image attributes)"
PUBLISHED = (
    Published(
        "FILE-SET",
        "PS3.10 section 8",
        "file-set, DICOMDIR, File IDs, File Meta Information",
        (*_FILE_SET, "F01", "F02", "F03", "F09"),
        weighs=frozenset(_FILE_SET),
    ),
    Published("STD-GEN-CD", "PS3.11 Annex D", _AS_RULES, (*_GENERAL, "F04", "F05", "F08"), PLAIN),
    Published("STD-GEN-DVD-JPEG", "PS3.11 Annex H", _AS_RULES, _WITH_KEYS, WITH_JPEG),
    Published("STD-GEN-DVD-J2K", "PS3.11 Annex H", _AS_RULES, _WITH_KEYS, WITH_JPEG_2000),
    Published("STD-GEN-USB-JPEG", "PS3.11 Annex J", _AS_RULES, _WITH_KEYS, WITH_JPEG),
    Published("STD-GEN-USB-J2K", "PS3.11 Annex J", _AS_RULES, _WITH_KEYS, WITH_JPEG_2000),
    Published("STD-CTMR-CD", "PS3.11 Annex E", _AS_RULES + ", SOP Classes", _WITH_KEYS, CT_AND_MR, CT_MR_CLASSES),
    Published("STD-GEN-ZIP-MAIL", "PS3.11 Annex L", "file-set, DICOMDIR, File Meta Information", (*_GENERAL, "F08")),
    Published(
        "IHE-PDI",
        "IHE RAD TF-2 4.47",
        _AS_RULES + ", README.TXT; not the label on the outside",
        (*_GENERAL, "F04", "F05", "F08", "D17"),
        PLAIN,
        weighs=frozenset({"V01", "D17", "D18", "F08"}),
    ),
    Published(
        "DRG-2006",
        "DRG requirements for exchange media, 2006-10-27",
        _DRG,
        (*_FILE_SET, "F01", "F02", "F03", "F09", "S02", "D12"),
        weighs=frozenset({"V01", "D12", "D18"}),
    ),
    Published(
        "KR-2006",
        "DICOM CD Data Validation Toolkit, Korea 2006",
        _KOREA,
        ("V01", "F01", "F02", "F04", "F05", "F08", "S04", "S05", "S09", "A03", "A04", "A08", "A10"),
        frozenset({_IMPLICIT, _EXPLICIT}),
        weighs=frozenset({"V01", "F08", "A10"}),
    ),
)

_BY_SYNTAX = ("F04", "F05", "F08")
_EVEN_INFO = ("V01", "D17")


@dataclass(frozen=True, slots=True)
class Profile:
    """`met` is None where a rule it rests on could not be answered. `covers`: what of it is looked at, in English."""

    id: str
    title: str
    reference: str
    covers: str
    met: bool | None
    failing_rules: tuple[str, ...]
    other_kinds: int = 0

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.id,
            "title": self.title,
            "reference": self.reference,
            "covers": self.covers,
            "met": self.met,
            "failing_rules": list(self.failing_rules),
            "other_kinds": self.other_kinds,
        }


def _fails(outcome: Outcome, profile: Published, in_use: Mapping[str, frozenset[str]]) -> bool:
    if outcome.state is not State.FAILED:
        return False
    if profile.syntaxes is not None and outcome.rule in _BY_SYNTAX:
        return not in_use[outcome.rule] <= profile.syntaxes
    if outcome.severity in (Severity.BLOCKS, Severity.HIGH):
        return True
    return outcome.rule in profile.weighs and (outcome.severity is Severity.WARN or outcome.rule in _EVEN_INFO)


def judge_profiles(
    outcomes: Iterable[Outcome], instances: Iterable[SopInstance], language: str = "en"
) -> tuple[Profile, ...]:
    """Every profile, against the outcomes at hand and the forms and kinds of the instances."""
    by_code = {o.rule: o for o in outcomes}
    forms: dict[tuple[str, str], int] = {}
    for i in instances:
        form = (i.transfer_syntax_uid, i.sop_class_uid)
        forms[form] = forms.get(form, 0) + 1
    in_use = {
        "F04": frozenset(syntax for syntax, _ in forms if syntax in uids.NOT_FOR_DISCS),
        "F05": frozenset(syntax for syntax, _ in forms if uids.is_compressed(syntax)),
        "F08": frozenset(syntax for syntax, _ in forms if uids.is_video(syntax)),
    }
    found = []
    for published in PUBLISHED:
        mine = [by_code[code] for code in dict.fromkeys(published.codes) if code in by_code]
        failing = tuple(o.rule for o in mine if _fails(o, published, in_use))
        unknown = any(o.state in (State.BLOCKED, State.CRASHED) for o in mine)
        classes = published.classes
        others = 0 if classes is None else sum(n for (_, kind), n in forms.items() if kind not in classes)
        met = False if failing or others else None if unknown else True
        title = say(f"rules.profile.{published.id}", language)
        found.append(Profile(published.id, title, published.reference, published.covers, met, failing, others))
    return tuple(found)
