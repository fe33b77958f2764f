"""The sentences: every key that is used exists, every key that exists is used, and placeholders match."""

from __future__ import annotations

import ast
import json
import re
import string
from functools import cache
from pathlib import Path

import pytest

from scanfolio import words
from scanfolio.rules.registry import RULES
from scanfolio.rules.rule import FAMILIES

PACKAGE = Path(__file__).parents[2] / "py" / "scanfolio"  # the sources: what is shipped holds none
TEXTS = words.catalogue("en")
TOPICS = sorted({key.partition(".")[0] for key in TEXTS})
KEY = re.compile(rf"({'|'.join(TOPICS)})(\.[\w-]+)+")
OF_A_RULE = re.compile(r"rules\.[VDFSAP]\d\d\.(\w+)")


def forms(text: words.Text) -> list[str]:
    return list(text.values()) if isinstance(text, dict) else [text]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [(p.relative_to(PACKAGE).as_posix(), ast.parse(p.read_text("utf-8"))) for p in sorted(PACKAGE.rglob("*.py"))]


def pattern(node: ast.JoinedStr) -> str:
    """A regular expression for what an f-string can become."""
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.-]+" for part in node.values)


def used() -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys named in the code, and patterns of keys made by f-strings."""
    literals: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                literals.add(node.value)
            elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                topic, dot, _ = str(node.values[0].value).partition(".")
                if dot and topic in TOPICS:
                    patterns.append(re.compile(pattern(node)))
    return literals, patterns


def test_every_key_that_is_used_exists() -> None:
    literals, _ = used()
    folded = {key for key in literals if key not in TEXTS}
    stems = {key for key in folded if any(k.startswith(key + ".") for k in TEXTS)}  # "rules.verdict.A" and the like
    assert folded - stems == set()


def test_every_key_that_exists_is_used() -> None:
    literals, patterns = used()
    wide = re.compile(r"rules\.\[\\w")  # "rules.{code}.{text}" would match anything: rules are counted below
    patterns = [p for p in patterns if not wide.match(p.pattern.replace("\\.", "."))]
    unused = [
        key
        for key in TEXTS
        if key not in literals and not OF_A_RULE.fullmatch(key) and not any(p.fullmatch(key) for p in patterns)
    ]
    assert unused == []


def test_the_sentences_of_rules_are_those_they_declare() -> None:
    declared = set()
    for rule in RULES.values():
        declared |= {f"rules.{rule.code}.{tail}" for tail in ("title", *rule.says)}
        if set(rule.says) - {"passed", "passed_documents"}:
            declared.add(f"rules.{rule.code}.in_copy")
    assert {key for key in TEXTS if OF_A_RULE.fullmatch(key)} == declared
    assert {f"rules.family.{letter}" for letter in FAMILIES} <= set(TEXTS)


def test_reasons_are_those_given() -> None:
    given = set()
    for path, tree in trees():
        for node in ast.walk(tree):
            if not (path.startswith("rules/") and isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in ("not_applicable", "blocked"):
                given |= {n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)}
    written = {key.removeprefix("rules.because.") for key in TEXTS if key.startswith("rules.because.")}
    assert given == written


def test_verdicts_have_all_their_parts() -> None:
    parts: dict[str, set[str]] = {}
    for key in TEXTS:
        if key.startswith("rules.verdict."):
            _, _, variant, part = key.split(".")
            parts.setdefault(variant, set()).add(part)
    for variant, found in parts.items():
        steps = sorted(part for part in found if part.startswith("step"))
        assert found - set(steps) == {"title", "summary", "meaning"}, variant
        assert steps == [f"step{n}" for n in range(1, len(steps) + 1)] and steps, variant


def test_calls_give_every_value_a_sentence_needs() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "_say")):
                continue
            given = {k.arg for k in node.keywords}
            keys = [a.value for a in node.args if isinstance(a, ast.Constant) and a.value in TEXTS]
            if keys and None not in given:
                for form in forms(TEXTS[keys[0]]):
                    assert placeholders(form) <= given, (path, node.lineno, keys[0])


def test_no_key_stands_in_two_topics() -> None:
    for language in (f for f in (PACKAGE / "i18n").iterdir() if f.is_dir()):
        for file in language.glob("*.json"):
            for key in json.loads(file.read_text("utf-8")):
                assert key.startswith(file.stem + "."), (file.name, key)


def test_numbers_are_grouped_and_plurals_chosen() -> None:
    assert words.say("rules.count.images", count=1) == "1 image"
    assert words.say("rules.count.images", count=1843) == "1,843 images"
    assert words.say("rules.count.images", "xx", count=0) == "0 images"
    assert words.say("rules.count.images", "../en", count=0) == "0 images"


@pytest.mark.parametrize(
    ("language", "zero", "one", "two", "million", "number"),
    [
        ("de", "other", "one", "other", "other", "1.843"),
        ("en", "other", "one", "other", "other", "1,843"),
        ("es", "other", "one", "other", "many", "1843"),
        ("fr", "one", "one", "other", "many", "1\u202f843"),
        ("ja", "other", "other", "other", "other", "1,843"),
        ("ko", "other", "other", "other", "other", "1,843"),
    ],
)
def test_plural_categories_and_numbers_are_those_of_the_language(
    language: str, zero: str, one: str, two: str, million: str, number: str
) -> None:
    found = [words.plural(count, language) for count in (0, 1, 2, 2_000_000)]
    assert found == [zero, one, two, million]
    assert {*found} <= {*words.PLURALS[language]}
    assert words.number(1843, language) == number
    assert words.number(-12, language) == "-12"
    assert words.number(12_345, "es") == "12.345"


def test_a_sentence_is_said_again_in_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    german = {
        "reading.reason.empty": "Diese Datei ist leer.",
        "rules.count.images": {"one": "1 Bild", "other": "{count} Bilder"},
    }
    monkeypatch.setattr(words, "catalogue", lambda language="en": {**TEXTS, **german} if language == "de" else TEXTS)
    reason = words.say("reading.reason.empty")
    nested = words.say("rules.verdict.A.summary", what=words.say("rules.count.images", count=1843))
    found = words.again({"files": [{"path": "A", "reason": reason}], "what": nested, "n": 3, "none": None}, "de")
    assert found["files"] == [{"path": "A", "reason": "Diese Datei ist leer."}]
    assert found["what"] == "1.843 Bilder. No check found anything that would stop an import."
    assert (found["n"], found["none"]) == (3, None)
    assert words.again(found, "en")["files"][0]["reason"] == "This file is empty."
    assert words.again("As it is {stored}", "de") == "As it is {stored}"
