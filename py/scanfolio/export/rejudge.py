"""The rules, applied to what was written: what they find must have come with the source, not from us."""

from __future__ import annotations

from dataclasses import dataclass

from scanfolio.effects import Steps
from scanfolio.model import Disc
from scanfolio.rules import judge
from scanfolio.rules.outcome import Outcome, Severity, State
from scanfolio.rules.report import Report

ABOVE_INFO = (Severity.BLOCKS, Severity.HIGH, Severity.WARN)
OF_THE_DIRECTORY = "D"
FOLLOWS_FROM = {"D11": ("S10", "S02")}  # one identifier for two things: the records can only repeat it
OF_THE_IMAGES = ("D10",)  # a record can only hold what its images have; that it holds all of it, directory_check sees
NOT_SEEN_IN_GROUPS = frozenset(("F11",))  # values in a wrong format are looked for at the top level of the source only
OF_OUR_MAKING = ("V", "D", "F")  # families that speak of files and their form, not of what the images say


@dataclass(frozen=True, slots=True)
class Judged:
    """`verdict` is the class of the export; `faults` are outcomes only we can have caused; `inherited` are
    the codes of the other rules above INFO that it fails: they came with the source."""

    verdict: str
    faults: tuple[Outcome, ...]
    inherited: tuple[str, ...]


def judge_export(
    export: Disc, source: Disc | None, known: frozenset[str] | None = None, *, laid_flat: bool = False
) -> Steps:
    """Judge what was written. Returns Judged.

    `known`: the rules `source` failed, where it has been judged; else it is judged here, if there is need to.
    `laid_flat`: functional groups of the source stand at the top level of the copy.
    """
    report = yield from _quietly(export)
    found = [o for o in report.outcomes if o.state is State.FAILED and o.severity in ABOVE_INFO]
    if found and source is not None and known is None:
        before = yield from _quietly(source)
        known = failed_rules(before)
    known = (known or frozenset()) | (NOT_SEEN_IN_GROUPS if laid_flat else frozenset())
    faults = [o for o in found if _is_ours(o, known, compared=source is not None)]
    return Judged(report.verdict.letter, tuple(faults), tuple(o.rule for o in found if o not in faults))


def failed_rules(report: Report) -> frozenset[str]:
    return frozenset(o.rule for o in report.outcomes if o.state is State.FAILED)


def _is_ours(outcome: Outcome, known: frozenset[str], *, compared: bool) -> bool:
    if outcome.rule in OF_THE_IMAGES or known.intersection(FOLLOWS_FROM.get(outcome.rule, ())):
        return False
    if outcome.rule[0] == OF_THE_DIRECTORY:
        return True
    return compared and outcome.rule[0] in OF_OUR_MAKING and outcome.rule not in known


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
