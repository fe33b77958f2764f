"""One example of a rule: a disc, and what the rule must say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanfolio.model import Disc


@dataclass(frozen=True)
class Case:
    """`says` is the tail of the sentence ("failed", "question", a reason); `severity` where it is not the rule's own.

    `also` names rules that must or may fail with B or H on the same disc, because one fault often is two.
    """

    name: str
    disc: Disc
    state: str
    says: str = ""
    severity: str = ""
    also: frozenset[str] = frozenset()
    options: Mapping[str, Any] = field(default_factory=dict)


def passes(name: str, disc: Disc, says: str = "passed", also: str = "", **options: Any) -> Case:
    return Case(name, disc, "passed", says, also=frozenset(also.split()), options=options)


def fails(name: str, disc: Disc, says: str = "failed", severity: str = "", also: str = "", **options: Any) -> Case:
    return Case(name, disc, "failed", says, severity, frozenset(also.split()), options)


def does_not_apply(name: str, disc: Disc, because: str, also: str = "", **options: Any) -> Case:
    return Case(name, disc, "not_applicable", because, also=frozenset(also.split()), options=options)


def is_blocked(name: str, disc: Disc, because: str, also: str = "", **options: Any) -> Case:
    return Case(name, disc, "blocked", because, also=frozenset(also.split()), options=options)
