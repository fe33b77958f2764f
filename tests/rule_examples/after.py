"""P: examples of the rules about a copy."""

from __future__ import annotations

from rule_examples.case import Case

EXAMPLES: dict[str, list[Case]] = {}
