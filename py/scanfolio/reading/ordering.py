"""The order in which a person scrolls the images of one series, and what tells one run through the body from the next.

Where several images lie at every place (moments, echoes, b-values), the images of one moment stay together: scrolling
runs through the body once per moment. A heart beat is the other way round, if its scanner numbered it so: at each place
the whole beat, which is what one plays.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any

from scanfolio.geometry import is_orientation, places_of, same_orientation, slice_normal, stack_of
from scanfolio.model import SopInstance, Stack

UNNUMBERED = 1 << 62
FEWEST_MOMENTS_OF_A_BEAT = 8

Placed = tuple[int, SopInstance]  # (number of the place along the normal, from 0; the image there)
Value = Callable[[SopInstance], Any]


@dataclass(frozen=True, slots=True)
class Order:
    """Fields as those of model.Series."""

    instances: list[SopInstance]
    sorted_by: str
    runs: tuple[int, ...] = ()
    runs_are: str = ""
    stack: Stack | None = None


RUNS: tuple[tuple[str, Value], ...] = (
    ("time", lambda i: i.temporal_position),
    ("time", lambda i: i.trigger_time_ms),
    ("echo", lambda i: i.echo_number),
    ("echo", lambda i: i.echo_time_ms),
    ("inversion", lambda i: i.inversion_time_ms),
    ("b_value", lambda i: i.diffusion_b_value),
    ("acquisition", lambda i: i.acquisition_number),
    ("kind", lambda i: i.image_type),
)
"""What may tell one run through the body from the next, the surest first."""


def number_of(value: int | None) -> int:
    return UNNUMBERED if value is None else value


def in_order(members: Sequence[SopInstance], placed: list[Placed] | None = None) -> Order:
    """`members` of one series in scroll order. `placed` are they by place, where the caller has looked already."""
    if placed is None:
        placed = placed_along_normal(members)
    if placed is None:
        return _by_number_or_path(members)
    if placed[-1][0] == 0:
        return _at_one_place(members)
    runs = _runs(placed, RUNS)
    if runs is None:
        return _by_number_or_path(members)
    pieces, runs_are = runs
    stack = _stack(pieces[0])
    pieces = _as_numbered(pieces)
    if _is_a_beat(pieces):
        return _place_by_place(pieces, stack)
    ordered = [instance for piece in pieces for _, instance in piece]
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece)
    several = len(pieces) > 1
    return Order(ordered, "geometry", tuple(starts) if several else (), runs_are if several else "", stack)


def placed_along_normal(members: Sequence[SopInstance]) -> list[Placed] | None:
    """Images that share one direction, with the numbers of their places, ascending; None without that."""
    orientation = members[0].image_orientation
    if len(members) < 2 or orientation is None or not is_orientation(orientation):
        return None
    nx, ny, nz = slice_normal(orientation)
    found = []
    for instance in members:
        position, own = instance.image_position_mm, instance.image_orientation
        if position is None or own is None:
            return None
        if own is not orientation and not same_orientation(own, orientation):
            return None
        found.append((position[0] * nx + position[1] * ny + position[2] * nz, instance))
    if not all(isfinite(distance) for distance, _ in found):
        return None
    found.sort(key=lambda pair: pair[0])
    places = places_of([distance for distance, _ in found])
    return [(place, instance) for place, (_, instance) in zip(places, found, strict=True)]


def by_value(placed: Sequence[Placed], value: Value) -> dict[Hashable, list[Placed]]:
    """`placed` divided by what `value` says, in the order met."""
    classes: dict[Hashable, list[Placed]] = {}
    for pair in placed:
        classes.setdefault(value(pair[1]), []).append(pair)
    return classes


def covers_the_same_places(classes: dict[Hashable, list[Placed]], places: int) -> bool:
    """Whether most of the `classes` lie at the same `places`, so that they are several pictures of one thing.

    At least two of them hold two images and half of the places; all others together a fifth of the images at most.
    """
    if len(classes) < 2:
        return False
    covered = images = strays = 0
    whole = 0
    for members in classes.values():
        own = len({place for place, _ in members})
        images += len(members)
        if len(members) >= 2 and 2 * own >= places:
            covered += own
            whole += 1
        else:
            strays += len(members)
    return whole >= 2 and 2 * covered >= 3 * places and 5 * strays <= images


def _runs(placed: list[Placed], values: Sequence[tuple[str, Value]]) -> tuple[list[list[Placed]], str] | None:
    """(runs through the body, each ascending; what tells them apart). None where images cannot be told apart."""
    count = len({place for place, _ in placed})
    if len(placed) - count <= len(placed) // 10:  # a few doubles at most
        return [sorted(placed, key=lambda pair: (pair[0], _as_acquired(pair[1])))], ""
    for n, (name, value) in enumerate(values):
        classes = by_value(placed, value)
        if not covers_the_same_places(classes, count):
            continue
        pieces: list[list[Placed]] = []
        for key in in_value_order(classes):
            inner = _runs(classes[key], values[n + 1 :])
            if inner is None:
                return None
            pieces += inner[0]
        return pieces, name
    return _by_rank(placed, count)


def in_value_order(classes: dict[Hashable, list[Placed]]) -> list[Any]:
    """Numbers ascending with None last; anything else as the scanner began to number it."""
    if all(key is None or isinstance(key, int | float) for key in classes):
        return sorted(classes, key=lambda key: (key is None, key))
    return sorted(classes, key=lambda key: min(number_of(i.instance_number) for _, i in classes[key]))


def _by_rank(placed: list[Placed], count: int) -> tuple[list[list[Placed]], str] | None:
    """Nothing names the moments: the first image of every place is the first one, if all places have as many."""
    at_place: dict[int, list[Placed]] = {}
    for pair in placed:
        at_place.setdefault(pair[0], []).append(pair)
    each = len(placed) // count
    if any(len(together) != each for together in at_place.values()):
        return None
    for together in at_place.values():
        together.sort(key=lambda pair: _as_acquired(pair[1]))
    times = {(i.trigger_time_ms, i.acquisition_time, i.content_time) for _, i in placed}
    runs = [[at_place[place][n] for place in sorted(at_place)] for n in range(each)]
    return runs, "time" if len(times) > 1 else "other"


def _as_acquired(i: SopInstance) -> tuple[Any, ...]:
    numbers = [number_of(n) for n in (i.temporal_position, i.echo_number, i.acquisition_number, i.instance_number)]
    return *numbers, i.content_date, i.acquisition_time, i.content_time, i.path


def _as_numbered(pieces: list[list[Placed]]) -> list[list[Placed]]:
    """The same runs, starting at the end of the body where the scanner began to number."""
    first, last = pieces[0][0][1].instance_number, pieces[0][-1][1].instance_number
    if first is None or last is None or first <= last:
        return pieces
    return [sorted(piece, key=lambda pair: -pair[0]) for piece in pieces]  # those at one place stay as they were


def _stack(run: list[Placed]) -> Stack | None:
    one_each = dict(reversed(run))  # the first of each place
    orientation = run[0][1].image_orientation
    assert orientation is not None
    positions = [one_each[place].image_position_mm or (0.0, 0.0, 0.0) for place in sorted(one_each)]
    return stack_of(positions, orientation, len(run) - len(one_each))


def _is_a_beat(pieces: list[list[Placed]]) -> bool:
    """Moments of a heart beat (trigger times) that the scanner numbered place by place."""
    if len(pieces) < FEWEST_MOMENTS_OF_A_BEAT or len({i.trigger_time_ms for piece in pieces for _, i in piece}) < 2:
        return False
    if any(len(piece) != len(pieces[0]) for piece in pieces):
        return False
    numbered = [(i.instance_number, place) for piece in pieces for place, i in piece if i.instance_number is not None]
    numbered.sort()
    changes = sum(one[1] != other[1] for one, other in pairwise(numbered))
    return bool(numbered) and 2 * changes < len(numbered)


def _place_by_place(pieces: list[list[Placed]], stack: Stack | None) -> Order:
    ordered = [instance for together in zip(*pieces, strict=True) for _, instance in together]
    return Order(ordered, "geometry", tuple(range(0, len(ordered), len(pieces))), "place", stack)


def _at_one_place(members: Sequence[SopInstance]) -> Order:
    """Films of one slice: by the first time that is another one in every image, else by number."""
    times: tuple[Value, ...] = (
        lambda i: i.temporal_position,
        lambda i: i.trigger_time_ms,
        lambda i: (i.content_date, i.acquisition_time) if i.acquisition_time else None,
    )
    for time in times:
        found = [time(i) for i in members]
        if None not in found and len(set(found)) == len(found):
            return Order(sorted(members, key=time), "time")
    return _by_number_or_path(members)


def _by_number_or_path(members: Sequence[SopInstance]) -> Order:
    if sum(i.instance_number is not None for i in members) * 2 > len(members):
        return Order(sorted(members, key=_by_number), "instance_number")
    return Order(sorted(members, key=lambda i: i.path), "path")


def _by_number(i: SopInstance) -> tuple[Any, ...]:
    acquired = i.content_date, i.acquisition_time, i.content_time
    return (
        number_of(i.temporal_position),
        number_of(i.instance_number),
        number_of(i.acquisition_number),
        *acquired,
        i.path,
    )
