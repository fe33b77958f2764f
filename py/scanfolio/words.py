"""Sentences for people, by key. One JSON file per topic under i18n/<language>/; keys are flat and dotted.

A value is a text with {placeholders}, or one text per plural category of its language, chosen by the value named
`count`. What a language lacks is said in English.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

Text = str | dict[str, str]

# The cardinal plural categories of each language, for whole numbers, and how it groups digits. Source: Unicode CLDR,
# supplemental/plurals.xml and main/<language>.xml (group, decimal, minimumGroupingDigits). The page has it from Intl.
PLURALS: dict[str, tuple[str, ...]] = {
    "de": ("one", "other"),
    "en": ("one", "other"),
    "es": ("one", "many", "other"),
    "fr": ("one", "many", "other"),
    "ja": ("other",),
    "ko": ("other",),
}
_ONE = {"de": (1,), "en": (1,), "es": (1,), "fr": (0, 1)}
_GROUP = {"de": ".", "es": ".", "fr": "\u202f"}
_DECIMAL = {"de": ",", "es": ",", "fr": ","}
_FEWEST_DIGITS_GROUPED = {"es": 5}


class Sentence(str):
    """A text that knows its key and its values, so that `again` can say it in another language.

    It is what `say` gives: whoever reads a disc says things in English, whoever shows them says them again.
    """

    key: str
    values: dict[str, Any]


@cache
def catalogue(language: str = "en") -> dict[str, Text]:
    """All texts of `language`; English for those it lacks, and for a language there is not."""
    texts: dict[str, Text] = {} if language == "en" else dict(catalogue("en"))
    folder = resources.files(__package__) / "i18n" / language
    if not (language.isalpha() and folder.is_dir()):
        return catalogue("en")
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
        category = plural(values.get("count"), language)
        text = text[category] if category in text else text["other"]
    said = Sentence(text.format(**{k: _shown(v, language) for k, v in values.items()}))
    said.key, said.values = key, values
    return said


def _shown(value: object, language: str) -> object:
    return number(value, language) if isinstance(value, int) and not isinstance(value, bool) else value


def again(value: Any, language: str) -> Any:
    """`value` with every Sentence in it (in lists and dictionaries, too) said in `language`; the rest as it is."""
    if isinstance(value, Sentence):
        return say(value.key, language, **{k: again(v, language) for k, v in value.values.items()})
    if isinstance(value, dict):
        return {k: again(v, language) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [again(v, language) for v in value]
    return value


def plural(count: object, language: str) -> str:
    """The plural category of a whole number; what is no number is "other"."""
    if not isinstance(count, int):
        return "other"
    if count in _ONE.get(language, ()):
        return "one"
    if "many" in PLURALS.get(language, ()) and count and count % 1_000_000 == 0:
        return "many"
    return "other"


def number(value: int, language: str) -> str:
    """A whole number with its digits grouped as the language does: 1,843; 1.843; 1 843."""
    if len(str(abs(value))) < _FEWEST_DIGITS_GROUPED.get(language, 4):
        return str(value)
    return f"{value:,}".replace(",", _GROUP.get(language, ","))


def tenths(value: float, language: str) -> str:
    """The same with one digit behind the point: 1,843.2; 1.843,2."""
    whole, tenth = divmod(round(abs(value) * 10), 10)
    sign = "-" if value < 0 else ""
    return f"{sign}{number(whole, language)}{_DECIMAL.get(language, '.')}{tenth}"
