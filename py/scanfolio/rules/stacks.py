"""Stacks of parallel slices and the gaps in them (PS3.3 section C.7.6.2). Plain arithmetic, no numpy.

Conservative on purpose: a wrong alarm about a missing slice frightens people. A gap is reported only in a stack whose
spacing is otherwise even, and counts as certain only where the instance numbers jump at the same place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import isfinite

from scanfolio.geometry import position_along_normal_mm
from scanfolio.model import SopInstance
from scanfolio.rules import uids

FEWEST_SLICES = 5
TOLERANCE = 0.03
"""Of the spacing: how far a distance may lie from a multiple of it."""
MOST_MISSING_IN_A_GAP = 12
SMALLEST_SPACING_MM = 0.02
FARTHEST_MM = 1e5  # from the first to the last slice; no body is longer


@dataclass(frozen=True, slots=True)
class Gap:
    """`missing` slices between two neighbours; `numbers_jump` when their instance numbers leave room for them."""

    before: SopInstance
    after: SopInstance
    missing: int
    spacing_mm: float
    numbers_jump: bool


def needs_image_plane(i: SopInstance) -> bool:
    """CT, MR and PET images of the single-frame classes must say where they lie."""
    return i.sop_class_uid in uids.CT_MR_PT and i.is_image and not i.has_functional_groups


@lru_cache(maxsize=1000)
def _rounded(orientation: tuple[float, ...]) -> tuple[float, ...]:
    """Directions that differ by what a scanner rounds away are one; few occur on a disc, many times each."""
    return tuple(round(v, 3) + 0.0 for v in orientation)


def _picture_of(i: SopInstance) -> tuple[object, ...]:
    """What slices share that are one picture: series, direction, frame of reference, size, kind, moment, echo …"""
    assert i.image_orientation is not None
    return (
        i.series_instance_uid,
        _rounded(i.image_orientation),
        i.frame_of_reference_uid,
        (i.rows, i.columns, i.slice_thickness_mm),
        i.image_type,
        (i.temporal_position, i.echo_number, i.echo_time_ms),
        (i.inversion_time_ms, i.diffusion_b_value, i.kvp, i.convolution_kernel),
    )


def _has_plane(i: SopInstance) -> bool:
    return needs_image_plane(i) and i.image_position_mm is not None and i.image_orientation is not None


def _position_mm(i: SopInstance) -> float:
    assert i.image_position_mm is not None and i.image_orientation is not None
    return position_along_normal_mm(i.image_position_mm, i.image_orientation)


def gaps_in(instances: Sequence[SopInstance]) -> tuple[int, list[Gap]]:
    """(stacks looked at, the gaps in them).

    No gap where a slice of another acquisition lies that is otherwise the same picture: scanners take every second
    slice first, and the rest after that.
    """
    taken: dict[tuple[object, ...], list[float]] = {}
    for i in instances:
        if _has_plane(i) and isfinite(place := _position_mm(i)):
            taken.setdefault(_picture_of(i), []).append(place)
    for positions in taken.values():
        positions.sort()
    looked_at, found = 0, []
    for slices, positions in stacks(instances):
        looked_at += 1
        for gap in gaps_of(slices, positions):
            others = taken[_picture_of(gap.before)]
            margin = gap.spacing_mm / 2
            first = bisect_left(others, _position_mm(gap.before) + margin)
            if first >= len(others) or others[first] > _position_mm(gap.after) - margin:
                found.append(gap)
    return looked_at, found


def stacks(instances: Iterable[SopInstance]) -> Iterator[tuple[list[SopInstance], list[float]]]:
    """Groups of slices that belong on one axis, each sorted, with their positions along the normal in mm.

    Divided by what makes another picture of the same place, and by acquisition.
    """
    groups: dict[tuple[object, ...], list[SopInstance]] = {}
    for i in instances:
        if _has_plane(i):
            key = (*_picture_of(i), i.acquisition_number)
            groups.setdefault(key, []).append(i)
    for group in groups.values():
        placed = sorted(((_position_mm(i), i.path, i) for i in group), key=lambda p: p[:2])
        if all(isfinite(position) for position, _, _ in placed):
            yield [i for _, _, i in placed], [position for position, _, _ in placed]


def gaps_of(slices: list[SopInstance], positions: list[float]) -> list[Gap]:
    """Gaps of one stack; [] where its spacing is not even enough to say anything."""
    if len(slices) < FEWEST_SLICES:
        return []
    steps = [b - a for a, b in pairwise(positions)]
    spacing = sorted(steps)[len(steps) // 2]
    if spacing < SMALLEST_SPACING_MM:
        return []  # several images at one place: phases of time, not a plain stack
    if positions[-1] - positions[0] > FARTHEST_MM:
        return []
    multiples = [round(step / spacing) for step in steps]
    if any(m < 1 or abs(step - m * spacing) > TOLERANCE * spacing for step, m in zip(steps, multiples, strict=True)):
        return []
    wide = [n for n, m in enumerate(multiples) if m > 1]
    if not wide or len(wide) > max(1, len(steps) // 10) or any(b - a == 1 for a, b in pairwise(wide)):
        return []  # so many, or side by side: planned that way
    number_step = _usual_number_step(slices)
    found = []
    for n in wide:
        before, after, m = slices[n], slices[n + 1], multiples[n]
        jump = _number_step(before, after)
        jumps = number_step is not None and jump is not None and jump == m * number_step
        if m - 1 <= (MOST_MISSING_IN_A_GAP if jumps else 3):
            found.append(Gap(before, after, m - 1, spacing, jumps))
    return found


def _number_step(a: SopInstance, b: SopInstance) -> int | None:
    if a.instance_number is None or b.instance_number is None:
        return None
    return b.instance_number - a.instance_number


def _usual_number_step(slices: list[SopInstance]) -> int | None:
    """By how much the instance number grows from slice to slice, where most agree; None else."""
    found = [s for a, b in pairwise(slices) if (s := _number_step(a, b)) is not None]
    if not found:
        return None
    usual, times = max(Counter(found).items(), key=lambda counted: (counted[1], counted[0]))
    return usual if usual != 0 and times * 2 > len(found) else None
