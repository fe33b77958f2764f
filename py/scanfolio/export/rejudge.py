"""The rules, applied to what was written: what they find must have come with the source, not from us."""

from __future__ import annotations

from dataclasses import dataclass

from scanfolio.effects import Steps
from scanfolio.model import Disc
from scanfolio.rules import judge
from scanfolio.rules.outcome import Outcome, Severity, State
from scanfolio.rules.report import Report

GRAVE = (Severity.BLOCKS, Severity.HIGH)
OF_THE_DIRECTORY = "D"
FOLLOWS_FROM = {"D11": ("S10", "S02")}  # one identifier for two things: the records can only repeat it
OF_OUR_MAKING = ("V", "D", "F")  # families that speak of files and their form, not of what the images say


@dataclass(frozen=True, slots=True)
class Judged:
    """`verdict` is the class of the export; `faults` are outcomes only we can have caused; `inherited` rule codes."""

    verdict: str
    faults: tuple[Outcome, ...]
    inherited: tuple[str, ...]


def judge_export(export: Disc, source: Disc | None) -> Steps:
    """Judge what was written; the source is judged only where there is something to compare. Returns Judged."""
    report = yield from _quietly(export)
    grave = [o for o in report.outcomes if o.state is State.FAILED and o.severity in GRAVE]
    known: set[str] = set()
    if grave and source is not None:
        before = yield from _quietly(source)
        known = {o.rule for o in before.outcomes if o.state is State.FAILED}
    faults = [
        o
        for o in grave
        if not known.intersection(FOLLOWS_FROM.get(o.rule, ()))
        and (o.rule[0] == OF_THE_DIRECTORY or (source and o.rule[0] in OF_OUR_MAKING and o.rule not in known))
    ]
    return Judged(report.verdict.letter, tuple(faults), tuple(o.rule for o in grave if o not in faults))


def _quietly(disc: Disc) -> Steps:
    """The Report, without the outcomes one by one: nobody is waiting for these."""
    steps = judge(disc)
    while True:
        try:
            next(steps)
        except StopIteration as result:
            report: Report = result.value
            return report
        yield from ()
