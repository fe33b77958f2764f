"""All rules, by code, in the order of the report. Adding one: write it in its family's module, add it to that RULES."""

from __future__ import annotations

from scanfolio.rules import (
    after,
    dangling,
    dates_and_size,
    directory,
    directory_records,
    disc,
    entries,
    file_ends,
    file_names,
    files,
    identity,
    inside,
    numbers,
    obstacles,
    person_entries,
    required,
)
from scanfolio.rules.rule import FAMILIES, SCOPES, Rule

_MODULES = (
    disc,
    obstacles,
    directory,
    directory_records,
    file_names,
    files,
    file_ends,
    dangling,
    identity,
    person_entries,
    numbers,
    inside,
    required,
    entries,
    dates_and_size,
    after,
)

RETIRED_CODES: frozenset[str] = frozenset()
"""Codes that once had a rule. They stay here for good: a code never means something else."""


def _collect() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    order = list(FAMILIES)
    rules = [rule for module in _MODULES for rule in module.RULES]
    for rule in sorted(rules, key=lambda r: (order.index(r.code[0]), r.code)):
        if rule.code in found or rule.code in RETIRED_CODES or rule.scope not in SCOPES:
            raise ValueError(f"rule {rule.code} is registered twice, retired, or has no such scope")
        found[rule.code] = rule
    return found


RULES: dict[str, Rule] = _collect()
