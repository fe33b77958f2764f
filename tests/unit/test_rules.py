"""Every rule against its examples, and the confusion table over all of them."""

from __future__ import annotations

import pytest

from facts import clean_disc, judged, make_document, make_series
from rule_examples import EXAMPLES, Case
from scanfolio.rules.context import DiscContext
from scanfolio.rules.judge import result_of, run_rule
from scanfolio.rules.outcome import State
from scanfolio.rules.registry import RULES
from scanfolio.rules.rule import FAMILIES
from scanfolio.words import catalogue

CASES = [pytest.param(code, case, id=f"{code} {case.name}") for code, cases in EXAMPLES.items() for case in cases]
INFORMATIONAL = {"V01", "V10"}  # V01 always applies, V10 never fails


def context(case: Case) -> DiscContext:
    return DiscContext(case.disc, **case.options)


@pytest.mark.parametrize(("code", "case"), CASES)
def test_example(code: str, case: Case) -> None:
    rule = RULES[code]
    result = result_of(rule, context(case))
    assert (result.state.value, result.text) == (case.state, case.says)
    if result.state is State.FAILED:
        assert (result.severity or rule.severity).value == (case.severity or rule.severity.value)
        assert result.issues and result.technical
        assert all(len(i.where) <= 20 <= max(i.where_count, 20) for i in result.issues)


def test_every_rule_has_its_examples() -> None:
    assert set(EXAMPLES) == set(RULES)
    for code, cases in EXAMPLES.items():
        shown = {c.state for c in cases}
        assert "passed" in shown, code
        assert "failed" in shown or code in INFORMATIONAL, code
        assert "not_applicable" in shown or code in INFORMATIONAL, code
        assert sum(c.state == "failed" for c in cases) >= 2 or code in INFORMATIONAL, f"{code} fails one way only"


def test_every_sentence_of_every_rule_is_spoken_by_an_example() -> None:
    for code, cases in EXAMPLES.items():
        assert set(RULES[code].says) == {c.says for c in cases if c.state in ("passed", "failed")}, code


def test_every_rule_explains_itself() -> None:
    for rule in RULES.values():
        for part in ("What it checks: ", "Why it matters: ", "Reference: "):
            assert part in rule.explanation, rule.code
        assert rule.reference and rule.code[0] in FAMILIES


def test_a_broken_rule_is_our_fault_and_tells_no_value() -> None:
    class Broken(DiscContext):
        @property
        def persons(self):  # type: ignore[no-untyped-def,override]
            raise ValueError("Doe^Jane 19580314")

    outcome = run_rule(RULES["S01"], Broken(clean_disc()))
    assert outcome.state is State.CRASHED
    assert outcome.plain == catalogue()["rules.crashed"]
    assert outcome.technical.startswith("ValueError at ")
    assert "Doe" not in str(outcome.as_dict()) and "1958" not in str(outcome.as_dict())


CLEAN = {
    "our export": clean_disc(),
    "a report and a PDF": clean_disc([*make_series(), make_document(), make_document(2)]),
    "two studies": clean_disc([*make_series(), *make_series(study=2)]),
    "five hundred slices": clean_disc(make_series(500)),
}


def test_nothing_serious_is_said_of_a_clean_disc() -> None:
    for name, disc in CLEAN.items():
        report = judged(disc)
        serious = {o.rule for o in report.outcomes if o.state is State.FAILED and o.severity.value in "BH"}
        assert not serious, (name, serious)
        assert report.verdict.letter == "A"
        assert all(p.met or p.other_kinds for p in report.profiles), name
        assert {r.receiver.id: r.as_is.answer for r in report.receivers if r.receiver.classes is None} == {
            "strict": "yes", "compressed": "yes", "searching": "yes", "old": "partly" if "report" in name else "yes",
        }, name  # fmt: skip


def test_confusion_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Every planted fault found by its rule, and no other rule of severity B or H but those the example names."""
    rows, missed, false_alarms = [], [], []
    for code, cases in EXAMPLES.items():
        planted = [c for c in cases if c.state == "failed"]
        found = 0
        for case in cases:
            outcomes = {o.rule: o for o in judged(case.disc, **case.options).outcomes}
            assert not [o for o in outcomes.values() if o.state is State.CRASHED], case.name
            if case.state == "failed":
                found += outcomes[code].state is State.FAILED
                if outcomes[code].state is not State.FAILED:
                    missed.append((code, case.name))
            serious = {o.rule for o in outcomes.values() if o.state is State.FAILED and o.severity.value in "BH"}
            unexpected = serious - {code} - case.also
            false_alarms += [(code, case.name, other) for other in sorted(unexpected)]
        rows.append(f"{code}  planted {len(planted):2}  found {found:2}  other discs {len(cases) - len(planted):2}")
    with capsys.disabled():
        print("\nrule  planted faults found (false alarms of severity B or H:", len(false_alarms), ")")
        print("\n".join(rows))
    assert not missed
    assert not false_alarms
