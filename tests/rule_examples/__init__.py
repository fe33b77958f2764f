"""Examples of every rule, by code: passing, failing (two ways or more where there are two), and not applicable.

They live here and not beside the rules so that the page does not ship them.
"""

from __future__ import annotations

from rule_examples import after, directory, disc, files, identity, inside
from rule_examples.case import Case

EXAMPLES: dict[str, list[Case]] = {
    **disc.EXAMPLES,
    **directory.EXAMPLES,
    **files.EXAMPLES,
    **identity.EXAMPLES,
    **inside.EXAMPLES,
    **after.EXAMPLES,
}

__all__ = ["EXAMPLES", "Case"]
