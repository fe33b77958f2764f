"""Run every rule over a disc, one at a time, and say what it is."""

from __future__ import annotations

from collections.abc import Callable, Generator

from scanfolio.effects import Item, Progress, Steps, drained
from scanfolio.model import Disc
from scanfolio.rules.after import Copy
from scanfolio.rules.closer import Closer
from scanfolio.rules.context import DiscContext
from scanfolio.rules.outcome import Outcome, Result, State
from scanfolio.rules.profiles import judge_profiles
from scanfolio.rules.receivers import expect
from scanfolio.rules.registry import RULES
from scanfolio.rules.report import Report
from scanfolio.rules.rule import Rule
from scanfolio.rules.verdict import reach_verdict
from scanfolio.words import say


def judge(
    disc: Disc,
    *,
    closer: Closer | None = None,
    decodable: Callable[[str], bool] | None = None,
    person_confirmed: bool | None = None,
    copy: Copy | None = None,
    today: str = "",
    language: str = "en",
) -> Steps:
    """Yield an Item({"outcome": ...}) and a Progress("judging", ...) per rule; return the Report.

    `closer`: what was read of few instances beyond their facts; rules that need it are blocked without.
    `decodable`: whether a transfer syntax can be decoded here. `person_confirmed`: the answer to "is this you?".
    `copy`: what an export of this disc did, once there is one.
    `today` (YYYYMMDD) lets rules speak of dates in the future; without it a disc gives the same report on every day.
    Never raises for what is on the disc: a rule that breaks gets the state CRASHED, and the others go on.
    """
    context = DiscContext(
        disc,
        closer=closer,
        decodable=decodable,
        person_confirmed=person_confirmed,
        copy=copy,
        today=today,
    )
    outcomes = []
    total = len(RULES) + 1  # the last one: who would take it
    for _ in context.prepare():
        yield Progress("judging", 0, total)
    for number, rule in enumerate(RULES.values(), 1):
        steps = rule_steps(rule, context, language)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                outcome = end.value
                break
            yield Progress("judging", number - 1, total)
        outcomes.append(outcome)
        yield Item({"outcome": outcome.as_dict()})
        yield Progress("judging", number, total)
    verdict = reach_verdict(outcomes, context, language)
    receivers = yield from expect(context, outcomes, Progress("judging", len(RULES), total))
    yield Progress("judging", total, total)
    return Report(
        verdict=verdict,
        outcomes=tuple(outcomes),
        profiles=judge_profiles(outcomes, context.instances, language),
        receivers=receivers,
        dicomdirs=context.dicomdirs,
        files=context.files,
        instances=context.instances,
        study_count=len({i.study_instance_uid for i in context.instances if i.study_instance_uid}),
        series_count=len({i.series_instance_uid for i in context.instances if i.series_instance_uid}),
        patient_count=len(context.persons),
        complete=disc.complete,
        language=language,
    )


def rule_steps(rule: Rule, context: DiscContext, language: str = "en") -> Generator[None, None, Outcome]:
    """One rule's outcome; CRASHED, with the kind of exception and the line but no value, if the rule itself fails.

    Yields None where the rule gives way.
    """
    try:
        answer = rule.check(context)
        result = (yield from answer) if isinstance(answer, Generator) else answer
        return _in_words(rule, result, language)
    except Exception as error:  # noqa: BLE001 - a broken rule must not take the report with it
        return _crashed(rule, error, language)


def result_of(rule: Rule, context: DiscContext) -> Result:
    """What the rule's check says, not yet in words; raises what it raises."""
    answer = rule.check(context)
    return drained(answer) if isinstance(answer, Generator) else answer


def run_rule(rule: Rule, context: DiscContext, language: str = "en") -> Outcome:
    """The same in one go."""
    return drained(rule_steps(rule, context, language))


def _in_words(rule: Rule, result: Result, language: str) -> Outcome:
    if result.state in (State.PASSED, State.FAILED):
        if result.text not in rule.says:
            raise LookupError(f"{rule.code} says {result.text}, which it does not declare")
        plain = say(f"rules.{rule.code}.{result.text}", language, **result.values)
    else:
        plain = say(f"rules.because.{result.text}", language, **result.values)
    return Outcome(
        rule=rule.code,
        family=rule.family,
        state=result.state,
        severity=result.severity or rule.severity,
        title=say(f"rules.{rule.code}.title", language),
        plain=plain,
        technical=result.technical,
        reference=rule.reference,
        repair=rule.repair,
        in_copy=say(f"rules.{rule.code}.in_copy", language) if result.state is State.FAILED else "",
        issues=result.issues,
    )


def _crashed(rule: Rule, error: Exception, language: str) -> Outcome:
    """The message of an exception may hold a patient's values, so only its kind and place are kept."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    file = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2] if trace else "unknown"
    place = f"{file}:{trace.tb_lineno if trace else 0}"
    return Outcome(
        rule=rule.code,
        family=rule.family,
        state=State.CRASHED,
        severity=rule.severity,
        title=say(f"rules.{rule.code}.title", language),
        plain=say("rules.crashed", language),
        technical=f"{type(error).__name__} at {place}",
        reference=rule.reference,
        repair=rule.repair,
        in_copy="",
        issues=(),
    )
