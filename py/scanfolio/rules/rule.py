"""The Rule: a function that looks at prepared facts, with everything a report says about it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from scanfolio.rules.context import DiscContext
from scanfolio.rules.outcome import Repair, Result, Severity

Pausing = Generator[None, None, Result]
"""A check that gives way now and then, because it looks at every instance with some effort: it yields None."""

Check = Callable[[DiscContext], Result | Pausing]

FAMILIES = {"V": "disc", "D": "directory", "F": "files", "S": "identity", "A": "inside", "P": "after"}
"""First letter of a code -> family, in the order of the report."""

SCOPES = ("disc", "study", "series", "instance", "export")


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. Codes are those of the project's list of 70 and are never reused.

    `says` are the tails of the sentences it may speak (keys "rules.<code>.<tail>"); `check` sees facts, never files.
    """

    code: str
    severity: Severity
    repair: Repair
    scope: str
    reference: str
    says: tuple[str, ...]
    check: Check

    @property
    def family(self) -> str:
        """The letter the code begins with, a key of FAMILIES."""
        return self.code[0]

    @property
    def explanation(self) -> str:
        """The docstring of the check: What it checks, Why it matters, Reference."""
        return self.check.__doc__ or ""


def rule(
    code: str, severity: str, repair: str, scope: str, reference: str, says: tuple[str, ...] = ("passed", "failed")
) -> Callable[[Check], Rule]:
    """Make a Rule of the decorated check function."""

    def make(check: Check) -> Rule:
        return Rule(code, Severity(severity), Repair(repair), scope, reference, says, check)

    return make
