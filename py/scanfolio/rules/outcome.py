"""What a rule says about a disc: one Outcome, holding Issues where something is to be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | int | bool

MOST_PLACES = 20
"""An issue names at most this many places; `where_count` holds the true number."""


class State(StrEnum):
    """How a rule ended. CRASHED is always our fault, never the disc's."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    BLOCKED = "blocked"
    CRASHED = "crashed"


class Severity(StrEnum):
    """What a failed rule means: BLOCKS an import or is unsafe, HIGH, WARN, INFO. Apart from the code, which stays."""

    BLOCKS = "B"
    HIGH = "H"
    WARN = "W"
    INFO = "I"


class Repair(StrEnum):
    """Whether our export puts it right: by itself, only after the person confirms, or never."""

    YES = "yes"
    ASK = "ask"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing found. `message` is technical English; `where` holds paths (at most MOST_PLACES of `where_count`)."""

    message: str
    where: tuple[str, ...] = ()
    where_count: int = 0
    evidence: Mapping[str, Value] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        return {
            "message": self.message,
            "where": list(self.where),
            "where_count": self.where_count,
            "evidence": dict(self.evidence),
        }


def issue(message: str, where: Iterable[str] = (), **evidence: Value) -> Issue:
    """An Issue with its places bounded and counted; its message is technical, and English in every language."""
    places = list(where)
    return Issue(str(message), tuple(places[:MOST_PLACES]), len(places), evidence)


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule's function returns: a state, which of its sentences to say, and the values that go into it.

    `text` is the tail of the sentence's key: "rules.<code>.<text>" for passed and failed, "rules.because.<text>" else.
    `severity` is set only where this case weighs less than the rule's registered severity (a question, say).
    """

    state: State
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    technical: str = ""
    issues: tuple[Issue, ...] = ()
    severity: Severity | None = None


def passed(technical: str, text: str = "passed", **values: object) -> Result:
    """Looked at, and as it should be."""
    return Result(State.PASSED, text, values, technical)


def failed(
    technical: str, issues: Iterable[Issue], *, text: str = "failed", severity: Severity | None = None, **values: object
) -> Result:
    """Something is to be said. `values` fill the plain sentence; one named `count` chooses the plural form."""
    return Result(State.FAILED, text, values, technical, tuple(issues), severity)


def not_applicable(because: str) -> Result:
    """There is nothing on this disc the rule could speak about; `because` is the tail of a "rules.because." key."""
    return Result(State.NOT_APPLICABLE, because)


def blocked(because: str, technical: str = "", **values: object) -> Result:
    """The rule applies, but what it needs could not be had; `because` is the tail of a "rules.because." key."""
    return Result(State.BLOCKED, because, values, technical)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A Result in words, with what the registry knows of its rule. What the report holds."""

    rule: str
    family: str
    state: State
    severity: Severity
    title: str
    plain: str
    technical: str
    reference: str
    repair: Repair
    in_copy: str
    issues: tuple[Issue, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "family": self.family,
            "state": self.state.value,
            "severity": self.severity.value,
            "title": self.title,
            "plain": self.plain,
            "technical": self.technical,
            "reference": self.reference,
            "repair": self.repair.value,
            "in_copy": self.in_copy,
            "issues": [i.as_dict() for i in self.issues],
        }
