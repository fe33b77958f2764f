"""What parts of a series and runs through the body are called, in sentences that can be said again elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from scanfolio.words import say

Name = tuple[str, dict[str, str | int | float]]
"""An i18n key tail and what fills it in."""


def said(names: Iterable[Name], topic: str) -> list[str]:
    """Each of `names` in words: the text of `reading.<topic>.<its key>`."""
    return [
        say(
            f"reading.{topic}.{key}",
            "en",
            **{name: f"{value:g}" if isinstance(value, float) else value for name, value in values.items()},
        )
        for key, values in names
    ]


def joined(texts: Sequence[str]) -> str:
    """ "Echo 2 (80 ms), Phase"; "" for nothing."""
    if not texts:
        return ""
    return reduce(lambda first, second: say("reading.part.and", first=first, second=second), texts)
