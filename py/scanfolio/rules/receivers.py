"""Will it open there? Kinds of systems a disc may be taken to, and what each would take: of the disc, and of a copy.

Derived from the published profiles and from how the files are written. No product is meant and none was asked: "would"
is what its kind of system has to be able to do, "need not" what it may leave out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanfolio.effects import Progress, Steps
from scanfolio.rules import uids
from scanfolio.rules.context import DiscContext
from scanfolio.rules.forms import AS_ENCODED, MOST_COMPATIBLE, Form, form_in_copy, forms_of
from scanfolio.rules.outcome import Outcome, Severity, State
from scanfolio.rules.profiles import CT_AND_MR, CT_MR_CLASSES, PLAIN, WITH_JPEG, WITH_JPEG_2000
from scanfolio.words import say

MOST_SERIES = 20


@dataclass(frozen=True, slots=True)
class Receiver:
    """A kind of system. `syntaxes`: transfer syntaxes it has to take, None for every one of the Standard's.

    `directory`: it goes by the DICOMDIR; `strict`: and stops at names that are no File IDs. `classes`: SOP Classes it
    has to take, None for all. `images`: images only, `single`: of one frame only.
    """

    id: str
    reference: str
    syntaxes: frozenset[str] | None
    directory: bool = True
    strict: bool = False
    classes: frozenset[str] | None = None
    single: bool = False


RECEIVERS = (
    Receiver("strict", "PS3.11 Annex D (STD-GEN-CD); IHE RAD TF-2 4.47", PLAIN, strict=True),
    Receiver("ct-mr", "PS3.11 Annex E (STD-CTMR)", CT_AND_MR, classes=CT_MR_CLASSES),
    Receiver("compressed", "PS3.11 Annexes H and J (JPEG and JPEG 2000)", WITH_JPEG | WITH_JPEG_2000),
    Receiver("searching", "PS3.10 section 7 (single files); PS3.5 Annex A", None, directory=False),
    Receiver("old", "PS3.5 sections A.1 and A.2", PLAIN | {"1.2.840.10008.1.2"}, directory=False, single=True),
)

NO_TABLE = {"D01": "no_table", "D03": "table_elsewhere", "D04": "table_damaged", "D05": "table_pointers"}
"""What ends it for a system that goes by the table of contents."""
TABLE_DOUBTS = ("D02", "D06", "D08", "D09", "D11")
RECENT = frozenset(["htj2k", "jpeg-xl", "jpip"])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why files are not taken, or (`doubt`) may not be. `instances` is 0 where it concerns the whole disc."""

    code: str
    rules: tuple[str, ...]
    technical: str
    instances: int = 0
    doubt: bool = False


@dataclass(slots=True)
class _Count:
    rules: tuple[str, ...]
    doubt: bool
    technical: set[str] = field(default_factory=set)
    instances: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer`: yes, partly, no or unknown. `taken` of `total` instances; `series` are those not wholly taken."""

    answer: str
    taken: int
    total: int
    reasons: tuple[Reason, ...] = ()
    series: tuple[Mapping[str, object], ...] = ()
    series_count: int = 0

    def as_dict(self, language: str = "en") -> dict[str, object]:
        plain = say(f"receivers.answer.{self.answer}", language, count=self.total, taken=self.taken)
        return {
            "answer": self.answer,
            "plain": plain,
            "taken": self.taken,
            "total": self.total,
            "reasons": [
                {
                    "code": r.code,
                    "doubt": r.doubt,
                    "plain": say(f"receivers.because.{r.code}", language, count=r.instances),
                    "technical": r.technical,
                    "rules": list(r.rules),
                    "instances": r.instances,
                }
                for r in self.reasons
            ],
            "series": [dict(s) for s in self.series],
            "series_count": self.series_count,
        }


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one kind of system would make of the disc, of our copy, and of a copy that keeps the encodings."""

    receiver: Receiver
    as_is: Answer
    copy: Answer
    copy_as_encoded: Answer

    def as_dict(self, language: str = "en") -> dict[str, object]:
        return {
            "id": self.receiver.id,
            "title": say(f"receivers.title.{self.receiver.id}", language),
            "reference": self.receiver.reference,
            "as_is": self.as_is.as_dict(language),
            "copy": self.copy.as_dict(language),
            "copy_as_encoded": self.copy_as_encoded.as_dict(language),
        }


def expect(context: DiscContext, outcomes: Iterable[Outcome], progress: Progress) -> Steps:
    """Every receiver's Expectation. Yields `progress` now and then."""
    failed = {o.rule: o for o in outcomes if o.state is State.FAILED}
    forms = yield from forms_of(context, progress)
    total = len(context.instances)
    of_copies = {}
    for encoding in (MOST_COMPATIBLE, AS_ENCODED):
        copied: dict[Form, dict[str, int]] = {}
        for form, series in forms.items():
            into = copied.setdefault(form_in_copy(form, encoding, context.decodable), {})
            for uid, count in series.items():
                into[uid] = into.get(uid, 0) + count
        of_copies[encoding] = copied
    found = []
    for receiver in RECEIVERS:
        as_is = _answer(receiver, forms, total, _of_the_disc(receiver, context, failed), context)
        copies = [_answer(receiver, of_copies[e], total, _of_a_copy(context, failed), context) for e in of_copies]
        found.append(Expectation(receiver, as_is, copies[0], copies[1]))
        yield progress
    return tuple(found)


def _of_the_disc(receiver: Receiver, c: DiscContext, failed: Mapping[str, Outcome]) -> list[Reason]:
    """What concerns the disc as a whole."""
    reasons = []
    if receiver.directory:
        for code, text in NO_TABLE.items():
            if code in failed:
                reasons.append(Reason(text, (code,), failed[code].technical))
        for code in TABLE_DOUBTS:
            if code in failed and failed[code].severity in (Severity.BLOCKS, Severity.HIGH):
                reasons.append(Reason("table_mistakes", (code,), failed[code].technical, doubt=True))
    for code, text in (("V05", "locked"), ("V07", "unread")):
        if code in failed and failed[code].severity is Severity.BLOCKS:
            reasons.append(Reason(text, (code,), failed[code].technical, doubt=True))
    if not c.disc.complete:
        reasons.append(Reason("stopped", (), "Reading was stopped early.", doubt=True))
    return reasons


def _of_a_copy(c: DiscContext, failed: Mapping[str, Outcome]) -> list[Reason]:
    reasons = [
        Reason("no_copy", (code,), failed[code].technical)
        for code in ("S02", "S07")
        if code in failed and failed[code].severity is Severity.BLOCKS
    ]
    if not c.disc.complete:
        reasons.append(Reason("stopped", (), "Reading was stopped early.", doubt=True))
    return reasons


def _answer(
    receiver: Receiver, forms: Mapping[Form, Mapping[str, int]], total: int, disc: list[Reason], c: DiscContext
) -> Answer:
    if not total:
        return Answer("no", 0, 0, (Reason("no_dicom", ("V01",), "No DICOM instance."),))
    ended = any(not r.doubt for r in disc)
    counts: dict[str, _Count] = {}
    missed: dict[str, int] = {}
    taken = doubted = 0
    for form, series in forms.items():
        number = sum(series.values())
        refusals = _refusals(receiver, form)
        doubts = [] if refusals else _doubts(receiver, form)
        for code, rules, technical in (*refusals, *doubts):
            entry = counts.setdefault(code, _Count(rules, not refusals))
            entry.technical.add(technical)
            entry.instances += number
        if refusals or ended:
            for uid, count in series.items():
                missed[uid] = missed.get(uid, 0) + count
        else:
            taken += number
            doubted += number if doubts else 0
    mine = [
        Reason(code, e.rules, "; ".join(sorted(e.technical)[:4]) + ".", e.instances, e.doubt)
        for code, e in sorted(counts.items())
    ]
    if ended or not taken:
        answer = "no"
    elif taken < total:
        answer = "partly"
    elif doubted or any(r.doubt for r in disc):
        answer = "unknown"
    else:
        answer = "yes"
    listed = [] if answer == "no" else _series(missed, c)
    return Answer(answer, taken, total, (*disc, *mine), tuple(listed[:MOST_SERIES]), len(listed))


_Why = tuple[str, tuple[str, ...], str]


def _refusals(receiver: Receiver, form: Form) -> list[_Why]:
    """Why it would not take instances of this form; the first reason only where one implies the next."""
    if form.left_out:
        return [("left_out", (), "left out of such a copy")]
    found: list[_Why] = []
    if form.cut_off:
        found.append(("cut_off", ("F09",), "ends before its data do"))
    if form.bare:
        found.append(("no_header", ("F01",), "no preamble, DICM or File Meta Information"))
    if receiver.directory and not form.listed:
        found.append(("unlisted", ("D07",), "no directory record"))
    if receiver.strict and form.odd_name:
        found.append(("names", ("D13",), "no File ID of PS3.10 section 8.5"))
    if form.odd_numbers:
        found.append(("odd_numbers", ("A08",), "contradictory Image Pixel attributes"))
    syntax = form.transfer_syntax_uid
    named = f"{syntax or 'no transfer syntax'} ({uids.name_of(syntax)})"
    if uids.is_private(form.sop_class_uid) or (uids.is_private(syntax) and syntax not in uids.NOT_FOR_DISCS):
        found.append(("private", ("F12",), f"private SOP Class or transfer syntax: {form.sop_class_uid}, {syntax}"))
    elif uids.is_video(syntax):
        found.append(("film", ("F08",), named))
    elif receiver.syntaxes is not None and syntax not in receiver.syntaxes and not form.doubtful:
        code, rule = ("compressed", "F05") if uids.is_compressed(syntax) else ("form", "F04")
        found.append((code, (rule,), named))
    if receiver.classes is not None and form.sop_class_uid not in receiver.classes:
        found.append(("kind", (), uids.sop_class_name(form.sop_class_uid)))
    if receiver.single and not form.image:
        found.append(("no_picture", (), uids.sop_class_name(form.sop_class_uid)))
    elif receiver.single and form.several_frames:
        found.append(("frames", (), f"{uids.sop_class_name(form.sop_class_uid)} with several frames"))
    return found


def _doubts(receiver: Receiver, form: Form) -> list[_Why]:
    found: list[_Why] = []
    if form.header_faults:
        found.append(("header_faults", ("F02", "F03"), "faulty File Meta Information"))
    if form.doubtful and receiver.syntaxes is not None:
        found.append(("unclear", ("F02",), "transfer syntax not stated, or not the true one"))
    if form.odd_uid:
        found.append(("odd_uid", ("S09",), "invalid UIDs"))
    if receiver.directory and form.odd_name and not receiver.strict:
        found.append(("names", ("D13",), "no File ID of PS3.10 section 8.5"))
    if receiver.syntaxes is None and uids.family(form.transfer_syntax_uid) in RECENT:
        found.append(("recent", ("F05",), uids.name_of(form.transfer_syntax_uid)))
    return found


def _series(missed: Mapping[str, int], c: DiscContext) -> list[Mapping[str, object]]:
    """The series of which instances are not taken, in the order of their UIDs."""
    known = {s.series_instance_uid: s for s in reversed(c.series)}
    listed: list[Mapping[str, object]] = []
    for uid, count in sorted(missed.items()):
        series = known.get(uid)
        listed.append(
            {
                "series_instance_uid": uid,
                "series_number": series.series_number if series else None,
                "series_description": series.series_description if series else "",
                "modality": series.modality if series else "",
                "instances": count,
            }
        )
    return listed
