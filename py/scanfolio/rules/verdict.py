"""The first line of the report: which of the classes A to H the disc is, and what to do next.

The order is safety first (docs/decisions/0010-verdict.md): H, F, then discs without any instance (E, or G where
reading failed), G, D, C, B, A.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanfolio.model import Kind
from scanfolio.rules.context import DiscContext
from scanfolio.rules.obstacles import is_mainly_locked, not_read, raw_files, unreadable_files
from scanfolio.rules.outcome import Outcome, Severity, State
from scanfolio.rules.pictures import Pictures
from scanfolio.rules.uids import is_compressed
from scanfolio.words import catalogue, say

STEP_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """`variant` names the wording within the class ("C_form"); `because` the rules that decided; `full` is false where
    reading was stopped early or checks failed to run, so that the answer is only one so far."""

    letter: str
    variant: str
    title: str
    summary: str
    meaning: str
    next_steps: tuple[str, ...]
    because: tuple[str, ...]
    full: bool

    def as_dict(self) -> dict[str, object]:
        return {
            "class": self.letter,
            "variant": self.variant,
            "title": self.title,
            "summary": self.summary,
            "meaning": self.meaning,
            "next_steps": list(self.next_steps),
            "because": list(self.because),
            "full": self.full,
        }


@dataclass(frozen=True, slots=True)
class _Choice:
    variant: str
    because: tuple[str, ...] = ()
    count: int = 0
    total: int = 0
    missing: int = 0


class _Evidence:
    """Which rules failed, and how much they weigh."""

    def __init__(self, outcomes: Iterable[Outcome], context: DiscContext) -> None:
        self.by_code = {o.rule: o for o in outcomes}
        self.context = context

    def failing(self, *codes: str, weight: str = "BH") -> tuple[str, ...]:
        """Those of `codes` that failed with a severity in `weight`."""
        return tuple(
            code
            for code in codes
            if (o := self.by_code.get(code)) and o.state is State.FAILED and o.severity.value in weight
        )

    def places(self, code: str) -> int:
        outcome = self.by_code.get(code)
        if outcome is None or outcome.state is not State.FAILED:
            return 0
        return sum(i.where_count for i in outcome.issues)

    @property
    def unanswered(self) -> int:
        """Rules that failed to run."""
        return sum(1 for o in self.by_code.values() if o.state is State.CRASHED)


def reach_verdict(outcomes: Iterable[Outcome], context: DiscContext, language: str = "en") -> Verdict:
    """The verdict on the disc, in words."""
    evidence = _Evidence(outcomes, context)
    steps = (_stop, _locked, _nothing_medical, _damaged, _partly, _form, _index)
    choice = next((found for step in steps if (found := step(evidence)) is not None), None) or _standard(evidence)
    full = context.disc.complete and not evidence.unanswered
    if not full and choice.variant in ("A", "A_remarks"):
        choice = _Choice("A_so_far", choice.because)
    return _in_words(choice, evidence, full, language)


def _stop(e: _Evidence) -> _Choice | None:
    """H: more than one person, or identities that contradict themselves."""
    if denied := e.failing("S03", weight="B"):
        return _Choice("H_denied", denied)
    if e.failing("S02", weight="B"):
        return _Choice("H_contradiction", e.failing("S01", "S02", "S07", weight="B"))
    if several := e.failing("S01", weight="B"):
        persons = [p for p in e.context.persons if not all(i.empty for i in p.identities)]
        return _Choice("H", several + e.failing("S07", weight="B"), len(persons))
    if number := e.failing("S07", weight="B"):
        return _Choice("H_number", number, len(e.by_code["S07"].issues))
    return None


def _locked(e: _Evidence) -> _Choice | None:
    """F: what is locked stands for the images."""
    if e.failing("V05", weight="B") and is_mainly_locked(e.context):
        return _Choice("F", ("V05",), len(e.context.locked_files))
    return None


def _nothing_medical(e: _Evidence) -> _Choice | None:
    """E: no DICOM instance at all. G only where most of what was given could not be read."""
    c = e.context
    if c.instances:
        return None
    if not c.files:
        return _Choice("E_nothing", ("V01",))
    damaged = [f for f in unreadable_files(c) if f.size]
    if len(damaged) * 2 > len(c.files):
        return _Choice("G_all", ("V07",), len(damaged), len(c.files))
    if not c.disc.complete:
        return _Choice("E_so_far", ("V01",))
    if c.references:
        return _Choice("E_listed", ("V02", "D06"), len(c.references))
    if raw_files(c):
        return _Choice("E_raw", ("V02", "V06"))
    if c.by_kind[Kind.PROGRAM] or any(f.path.lower().endswith((".exe", ".dll", "autorun.inf")) for f in c.files):
        return _Choice("E", ("V02",))
    if c.by_kind[Kind.PICTURE]:
        return _Choice("E_pictures", ("V02", "V03"))
    return _Choice("E_other", ("V02",))


def _damaged(e: _Evidence) -> _Choice | None:
    """G: bytes are missing, or listed files are."""
    broken = e.failing("V07", "F09", "A08", weight="B")
    lost = e.failing("D06", weight="B")
    missing = len(e.context.lost_references) if lost else 0
    bad = {path for code in broken for path in _places(e, code)}
    count = max(len(bad), max((e.places(code) for code in broken), default=0))
    if broken and lost:
        return _Choice("G_both", broken + lost, count, missing=missing)
    if broken:
        unread = e.places("V07") if "V07" in broken else 0
        return _Choice("G", broken, count, len(e.context.instances) + unread)
    if lost:
        return _Choice("G_missing", lost, missing, len(e.context.references))
    return None


def _places(e: _Evidence, code: str) -> set[str]:
    return {path for i in e.by_code[code].issues for path in i.where}


def _partly(e: _Evidence) -> _Choice | None:
    """D: so many ordinary pictures that a part may exist only as pictures."""
    pictures = Pictures(e.context)
    if pictures.are_a_part_of_the_disc(len(e.context.images)):
        return _Choice("D", ("V03",), len(pictures.alone))
    return None


def _form(e: _Evidence) -> _Choice | None:
    """C: DICOM, but in a form some systems cannot read."""
    kept = e.failing("V06", weight="B") + e.failing("F07", "F08", "F12", weight="BHW")
    hidden = e.failing("V09")
    compressed, form = e.failing("F05"), e.failing("F04")
    header = e.failing("F01", "F02", "F03")
    because = hidden + compressed + form + header + kept
    if hidden:
        return _Choice("C_hidden", because)
    if kept:
        return _Choice("C_kept", because)
    if compressed:
        count, total = e.places("F05"), len(e.context.instances)
        images = sum(1 for i in e.context.images if is_compressed(i.transfer_syntax_uid))
        every_image = images == len(e.context.images)
        return _Choice("C" if every_image else "C_some", because, count, total)
    if form:
        return _Choice("C_form", because)
    if header:
        return _Choice("C_header", because)
    return None


def _index(e: _Evidence) -> _Choice | None:
    """B: a missing or faulty table of contents, or names no table may list."""
    table = e.failing("D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D11", weight="BH")
    names = e.failing("D13")
    if absent := e.failing("D01"):
        return _Choice("B", absent + names)
    if table == ("D03",) and not names and _is_one_folder_down(e.context):
        return _Choice("B_place", table)
    if table:
        return _Choice("B_table", table + names)
    if names:
        return _Choice("B_names", names)
    return None


def _is_one_folder_down(c: DiscContext) -> bool:
    """All there is lies below the folder of the one DICOMDIR."""
    folder = c.dicomdirs[0].path.rpartition("/")[0] + "/" if c.dicomdirs else ""
    return len(c.dicomdirs) == 1 and all(f.path.startswith(folder) for f in c.files)


def _standard(e: _Evidence) -> _Choice:
    """A: nothing that would stop an import; remarks about the images themselves may remain."""
    important = tuple(
        o.rule for o in e.by_code.values() if o.state is State.FAILED and o.severity in (Severity.HIGH, Severity.BLOCKS)
    )
    if important:
        return _Choice("A_remarks", important, len(important))
    return _Choice("A")


def _in_words(choice: _Choice, e: _Evidence, full: bool, language: str) -> Verdict:
    c = e.context
    values: dict[str, object] = {
        "count": choice.count,
        "total": choice.total,
        "missing": choice.missing,
        "what": what_is_here(c, language),
        "found": what_else_is_here(c, language),
    }
    key = f"rules.verdict.{choice.variant}"
    summary = [say(f"{key}.summary", language, **values)]
    if missing_slices := e.failing("A07", weight="H"):
        total = sum(int(i.evidence.get("missing", 0)) for i in e.by_code[missing_slices[0]].issues)
        summary.append(say("rules.missing_slices", language, count=total))
    if not c.disc.complete:
        read = len(c.files) - len(not_read(c))
        summary.append(say("rules.stopped_early", language, count=len(c.files), read=read))
    if e.unanswered:
        summary.append(say("rules.unsure", language, count=e.unanswered))
    texts = catalogue(language)
    steps = [f"{key}.step{number}" for number in range(1, STEP_LIMIT + 1)]
    return Verdict(
        letter=choice.variant[0],
        variant=choice.variant,
        title=say(f"{key}.title", language, **values),
        summary=" ".join(summary),
        meaning=say(f"{key}.meaning", language, **values),
        next_steps=tuple(say(step, language, **values) for step in steps if step in texts),
        because=choice.because,
        full=full,
    )


def what_is_here(c: DiscContext, language: str) -> str:
    """ "1,843 images, 2 examinations, 1 person"."""
    images = sum(i.frames_here for i in c.images)
    others = len(c.instances) - len(c.images)
    studies = len({i.study_instance_uid for i in c.instances})
    persons = len([p for p in c.persons if not all(i.empty for i in p.identities)])
    counts = (("images", images), ("documents", others), ("examinations", studies), ("people", persons))
    return say("rules.comma", language).join(say(f"rules.count.{name}", language, count=n) for name, n in counts if n)


def what_else_is_here(c: DiscContext, language: str) -> str:
    """ "412 ordinary pictures, 4 program files, 36 files of other kinds"."""
    kinds = c.by_kind
    rest = kinds[Kind.OTHER] + kinds[Kind.ARCHIVE] + kinds[Kind.UNREADABLE]
    counts = (
        ("pictures", len(kinds[Kind.PICTURE])),
        ("programs", len(kinds[Kind.PROGRAM])),
        ("documents_other", len(kinds[Kind.DOCUMENT])),
        ("others", len(rest)),
    )
    return say("rules.comma", language).join(say(f"rules.count.{name}", language, count=n) for name, n in counts if n)
