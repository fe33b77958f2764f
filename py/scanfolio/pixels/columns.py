"""The recipes of many frames, column by column. The frames of a series share nearly all of theirs: it is said once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanfolio.pixels.recipe import Recipe

MAX_COMPARED = 16  # shared parts met last that a recipe is compared with before it becomes one of its own


def in_columns(recipes: Iterable[Recipe | None]) -> dict[str, Any]:
    """{shared, recipe_of, offsets, lengths, positions_mm}, the last four with one value for each of `recipes`.

    `shared[recipe_of[n]]` with the others' n-th value is recipe n without what the frame itself is called; where
    `recipe_of` is -1 there is none yet. `offsets` is -1 where the page cannot slice the frame out of its file.
    """
    shared: list[Recipe] = []
    columns: dict[str, list[Any]] = {"recipe_of": [], "offsets": [], "lengths": [], "positions_mm": []}
    last = -1
    for recipe in recipes:
        if recipe is None:
            row: tuple[Any, ...] = (-1, -1, 0, None)
        else:
            common = recipe.copy()
            place = common.pop("location") or {"offset": -1, "length": 0}
            position = common.pop("position_mm")
            del common["sop_instance_uid"], common["frame"]
            if last < 0 or common != shared[last]:
                last = next((n for n in range(len(shared) - 1, -1, -1)[:MAX_COMPARED] if shared[n] == common), -1)
            if last < 0:
                last = len(shared)
                shared.append(common)
            row = (last, place["offset"], place["length"], position)
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    return {"shared": shared, **columns}
