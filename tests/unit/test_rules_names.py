"""Person names by PS3.5 6.2.1: the same, spelled alike (a question), or different."""

from __future__ import annotations

import pytest

from facts import clean_disc, judged, make_instance, make_series
from scanfolio.rules.person_names import Likeness, compare_names

SAME = [
    ("Doe^Jane", "DOE^JANE"),
    ("Doe^Jane^^^", "Doe^Jane"),
    ("Doe^Jane ", " Doe^ Jane"),
    ("Doe^Jane==", "Doe^Jane"),
    ("M\u00fcller^Hans", "Mu\u0308ller^Hans"),  # one letter, or two code points
    ("Yamada^Tarou=山田^太郎", "Yamada^Tarou"),  # a group may be left out
    ("Yamada^Tarou=山田^太郎=やまだ^たろう", "=山田^太郎"),
]
ALIKE = [
    ("Doe^Jane", "Jane^Doe"),
    ("Doe Jane", "Doe^Jane"),
    ("Doe, Jane", "Doe^Jane"),
    ("Doe^J", "Doe^Jane"),
    ("Doe^Jane^Marie", "Doe^Jane"),
    ("Doe^Jane^^Dr", "Doe^Jane"),
    ("M\u00fcller^Hans", "MUELLER^HANS"),
    ("O'Neil^Ann", "ONeil^Ann"),
    ("Smith^John", "Smyth^John"),
    ("=山田^太郎", "Yamada^Tarou"),  # no group in common
    ("Yamada^Tarou=山田^太郎", "Yamada^Tarou=佐藤^太郎"),  # one group agrees, one does not
    ("Иванов^Иван", "Ivanov^Ivan"),  # another script in the same group
    ("山田^太郎", "Yamada^Tarou"),
]
DIFFERENT = [
    ("Doe^Jane", "Roe^Richard"),
    ("Doe^John", "Doe^Jane"),
    ("Kim^A", "Kim^B"),
    ("Иванов^Иван", "Петрова^Анна"),
    ("山田^太郎", "佐藤^花子"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one) is Likeness.SAME


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_spelled_alike(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one) is Likeness.ALIKE


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one) is Likeness.DIFFERENT


def test_a_name_that_is_not_there_says_nothing() -> None:
    assert compare_names("", "Doe^Jane") is compare_names("^^^==", "Doe^Jane") is Likeness.UNKNOWN


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_one_person_spelled_twice_is_asked_about_and_not_accused(one: str, other: str) -> None:
    """With one number and one birth date: never severity B, and the disc is no class H."""
    disc = clean_disc([*make_series(3, patient_name=one), make_instance(9, patient_name=other)])
    report = judged(disc)
    said = {o.rule: o for o in report.outcomes if o.rule in ("S01", "S02") and o.state == "failed"}
    assert set(said) == {"S01", "S02"}
    assert {o.severity.value for o in said.values()} == {"W"}
    assert report.verdict.letter != "H"


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_names_under_one_number_stop_everything(one: str, other: str) -> None:
    disc = clean_disc([*make_series(3, patient_name=one), make_instance(9, patient_name=other)])
    assert judged(disc).verdict.letter == "H"
