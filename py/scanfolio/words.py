"""Sentences for people, by key. One JSON file per topic under i18n/<language>/; keys are flat and dotted.

A value is a text with {placeholders}, or {"one": ..., "other": ...} chosen by the value named `count`.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

Text = str | dict[str, str]


@cache
def catalogue(language: str = "en") -> dict[str, Text]:
    """All texts of `language`. Raises KeyError-free: an unknown language gives the English ones."""
    folder = resources.files(__package__) / "i18n" / language
    if not folder.is_dir():
        return catalogue("en")
    texts: dict[str, Text] = {}
    for topic in sorted(folder.iterdir(), key=lambda f: f.name):
        if topic.name.endswith(".json"):
            texts.update(json.loads(topic.read_text(encoding="utf-8")))
    return texts


def languages() -> list[str]:
    """The languages there are texts for."""
    return sorted(f.name for f in (resources.files(__package__) / "i18n").iterdir() if f.is_dir())


def say(key: str, language: str = "en", **values: object) -> str:
    """The text of `key`, filled in. Raises KeyError for an unknown key (a test holds code and catalogue together)."""
    text = catalogue(language)[key]
    if isinstance(text, dict):
        text = text["one" if values.get("count") == 1 else "other"]
    return text.format(
        **{k: f"{v:,}" if isinstance(v, int) and not isinstance(v, bool) else v for k, v in values.items()}
    )
