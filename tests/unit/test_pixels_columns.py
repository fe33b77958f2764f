"""The recipes of a series, column by column: put together they are what they were; what is shared is said once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from discs import ct_slice, files_of
from exports import MemorySource, drive
from frame_items import frame_items
from scanfolio.pixels.columns import in_columns
from scanfolio.pixels.recipe import quick_recipe
from scanfolio.scroll import scroll
from scanfolio.session import Session


def opened(files: dict[str, bytes]) -> Session:
    session = Session()
    drive(session.read(MemorySource(files)))
    return session


def series_of(session: Session) -> list[Any]:
    return [series for patient in session.disc.patients for study in patient.studies for series in study.series]


KINDS = ["clean", "mixed", "truncated", "deflated", "rle", "multiframe", "us_rgb", "two_people"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_recipe_is_the_one_it_was(kind: str) -> None:
    session = opened(files_of(kind))
    for series in series_of(session):
        answer = json.loads(json.dumps(session.series(series.key)))
        shown = [(frame.facts, frame.number) for frame in scroll(series, session.index.entries).frames]
        made = [item["recipe"] for item in frame_items(answer)]
        assert made == json.loads(json.dumps([quick_recipe(i, f) for i, f in shown]))


def test_a_thousand_like_slices_share_one_recipe() -> None:
    session = opened({f"IM{n}": ct_slice(n) for n in range(1, 31)})
    (series,) = series_of(session)
    answer = session.series(series.key)
    assert len(answer["shared"]) == 1
    assert answer["recipe_of"] == [0] * 30
    assert len(set(answer["positions_mm"])) == 30


def test_slices_that_take_turns_share_two() -> None:
    recipes = [quick_recipe(i) for i in opened({"A": ct_slice(1), "B": ct_slice(2, RescaleSlope="2")}).disc.instances]
    answer = in_columns(recipes * 20)
    assert len(answer["shared"]) == 2
    assert answer["recipe_of"] == [0, 1] * 20


def test_what_differs_everywhere_is_not_compared_for_ever() -> None:
    (recipe,) = [quick_recipe(i) for i in opened({"A": ct_slice(1)}).disc.instances]
    assert recipe is not None
    answer = in_columns([{**recipe, "slope": float(n % 40)} for n in range(80)] + [None])
    assert [answer["shared"][of]["slope"] for of in answer["recipe_of"][:-1]] == [float(n % 40) for n in range(80)]
    assert answer["recipe_of"][-1] == -1
