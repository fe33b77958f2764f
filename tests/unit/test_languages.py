"""The catalogues of every language: of the sentences (py/scanfolio/i18n) and of the page (static/i18n)."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

from scanfolio.words import PLURALS, Text, languages

ROOT = Path(__file__).parents[2]
SENTENCES, PAGE = ROOT / "py" / "scanfolio" / "i18n", ROOT / "static" / "i18n"
NAMES: dict[str, str] = json.loads((PAGE / "languages.json").read_text("utf-8"))
OTHERS = sorted(set(NAMES) - {"en"})
# Nobody has certified this program, nobody can promise that a copy is anonymous or a disc safe; and no text shouts.
NEVER = {
    "de": r"zertifiziert|anonym|\bsicher(?!ung)|garantiert|zugelassen|erfolgreich|!",
    "en": r"(?<!not a )certified|anonymous|\bsafe|guaranteed|successful|oops|!",
    "es": r"certificad|anónim|\bsegur[oa]s?\b|garantizad|homologad|éxito|[!¡]",
    "fr": r"certifié|anonym|\bsûrs?\b|\bsûres?\b|garanti|homologué|succès|!",
    "ja": r"認証済|認定|匿名|安全|保証|成功|！|!",
    "ko": r"인증|익명|안전|보장|성공|!",
}
SHARED = (
    "DICOMDIR",
    "DICOM",
    "IHE PDI",
    "README.TXT",
    "REPORT.TXT",
    "REPORT.JSON",
    "EXPORT.JSN",
    ".zip",
    "UID",
    "Scanfolio",
)


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


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_and_no_other(language: str) -> None:
    english, texts = texts_of("en").keys(), texts_of(language).keys()
    assert sorted(english - texts) == []
    assert sorted(texts - english) == []


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


@pytest.mark.parametrize("language", sorted(NAMES))
def test_the_voice_is_kept(language: str) -> None:
    never = re.compile(NEVER[language], re.IGNORECASE)
    for key, text in texts_of(language).items():
        for form in forms(text).values():
            assert not never.search(form), (key, form)


@pytest.mark.parametrize("language", OTHERS)
def test_names_of_the_standard_and_of_files_are_not_translated(language: str) -> None:
    english = texts_of("en")
    for key, text in texts_of(language).items():
        wanted, found = ("\n".join(forms(one).values()) for one in (english[key], text))
        for name in SHARED:
            assert (name in found) or (name not in wanted), (key, name)


@pytest.mark.parametrize("language", OTHERS)
def test_every_rule_has_a_title_of_its_own(language: str) -> None:
    """A sentence copied to another key by mistake would say the wrong thing."""
    title = re.compile(r"rules: rules\.[A-Z]\d\d\.title")
    titles = [str(text) for key, text in texts_of(language).items() if title.fullmatch(key)]
    assert titles and len(titles) == len(set(titles))
