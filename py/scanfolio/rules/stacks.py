"""Stacks of parallel slices and the gaps in them (PS3.3 section C.7.6.2). Plain arithmetic, no numpy.

Conservative on purpose: a wrong alarm about a missing slice frightens people. A gap is reported only in a stack whose
spacing is otherwise even, and counts as certain only where the instance numbers jump at the same place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

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


def normal_of(orientation: tuple[float, ...]) -> tuple[float, float, float]:
    """Cross product of the row and column direction cosines."""
    rx, ry, rz, cx, cy, cz = orientation
    return (ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx)


def _position_mm(i: SopInstance, normal: tuple[float, float, float]) -> float:
    assert i.image_position_mm is not None
    return sum(a * b for a, b in zip(i.image_position_mm, normal, strict=True))


def stacks(instances: Iterable[SopInstance]) -> Iterator[tuple[list[SopInstance], list[float]]]:
    """Groups of slices that belong on one axis, each sorted, with their positions along the normal in mm.

    Divided by series, orientation, frame of reference, size, thickness, image type, acquisition, echo and time.
    """
    groups: dict[tuple[object, ...], list[SopInstance]] = {}
    rounded: dict[tuple[float, ...], tuple[float, ...]] = {}  # the slices of a stack share one direction
    for i in instances:
        if needs_image_plane(i) and i.image_position_mm and i.image_orientation:
            direction = rounded.get(i.image_orientation)
            if direction is None:
                direction = rounded[i.image_orientation] = tuple(round(v, 3) + 0.0 for v in i.image_orientation)
            key = (
                i.series_instance_uid,
                direction,
                i.frame_of_reference_uid,
                (i.rows, i.columns, i.slice_thickness_mm),
                i.image_type,
                (i.acquisition_number, i.echo_number, i.temporal_position),
            )
            groups.setdefault(key, []).append(i)
    for group in groups.values():
        orientation = group[0].image_orientation
        assert orientation is not None
        normal = normal_of(orientation)
        placed = sorted(((_position_mm(i, normal), i.path, i) for i in group), key=lambda p: p[:2])
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
