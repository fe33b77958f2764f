"""The catalogues of every language: of the sentences (py/scanfolio/i18n) and of the page (static/i18n)."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest

from scanfolio.words import PLURALS, Text, languages

ROOT = Path(__file__).parents[2]
SENTENCES, PAGE = ROOT / "py" / "scanfolio" / "i18n", ROOT / "static" / "i18n"
NAMES: dict[str, str] = json.loads((PAGE / "languages.json").read_text("utf-8"))
OTHERS = sorted(set(NAMES) - {"en"})


def texts_of(language: str) -> dict[str, Text]:
    """What is written in this language, of both catalogues; nothing is filled in from English."""
    files = {path.stem: path for path in (SENTENCES / language).glob("*.json")}
    files["page"] = PAGE / f"{language}.json"
    return {f"{name}: {k}": v for name, path in files.items() for k, v in json.loads(path.read_text("utf-8")).items()}


def forms(text: Text) -> dict[str, str]:
    return text if isinstance(text, dict) else {"": text}


def placeholders(text: Text) -> set[str]:
    """All of its values; the count may be left out where the form itself says it."""
    found = {name for form in forms(text).values() for _, name, _, _ in string.Formatter().parse(form) if name}
    return found - {"count"}


def test_the_page_and_the_sentences_speak_the_same_languages() -> None:
    assert sorted(NAMES) == languages() and set(NAMES) <= set(PLURALS)


@pytest.mark.parametrize("language", sorted(NAMES))
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    for key, text in texts_of(language).items():
        if isinstance(text, dict):
            assert tuple(text) == PLURALS[language], key


@pytest.mark.parametrize("language", sorted(NAMES))
def test_every_form_holds_the_same_values_as_the_english_text(language: str) -> None:
    english = texts_of("en")
    for key, text in texts_of(language).items():
        assert isinstance(text, dict) == isinstance(english[key], dict), key
        for form in forms(text).values():
            assert placeholders(form) == placeholders(english[key]), key
            assert bool(form.strip()) == bool("".join(forms(english[key]).values()).strip()), key
