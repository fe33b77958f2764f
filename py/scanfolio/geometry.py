"""Image Plane arithmetic (PS3.3 C.7.6.2.1.1): orientation letters, normal, position along it, in-plane spacing.

Plain Python on tuples; millimetres and unit vectors in the patient's LPS system: x to the patient's left, y to the
back (posterior), z to the head.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from scanfolio.model import SopInstance, Stack

Vector = tuple[float, float, float]
Orientation = Sequence[float]  # row cosines then column cosines

SAME_PLACE_MM = 0.01  # planes closer than this are at one place, whatever their spacing
ROUNDING_MM = 0.25  # the most a scanner rounds positions by
UNEVEN = 0.1  # of the spacing: how far distances vary before a stack counts as uneven
LEAST_TILT_DEGREES = 0.5

LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))
OBLIQUE_FROM = 0.17  # about 10 degrees: a smaller part of the direction gets no letter


def direction_letters(direction: Sequence[float]) -> str:
    """The way a direction points in the patient, strongest first: "L", "AL", "HLR".. never the weak parts."""
    parts = sorted(((abs(value), axis) for axis, value in enumerate(direction)), key=lambda part: (-part[0], part[1]))
    return "".join(LETTERS[axis][0 if direction[axis] > 0 else 1] for size, axis in parts if size > OBLIQUE_FROM)[:2]


def is_orientation(orientation: Orientation | None) -> bool:
    """Two perpendicular unit vectors, within 0.02."""
    if orientation is None or len(orientation) != 6:
        return False
    row, column = orientation[:3], orientation[3:]
    return (
        abs(math.hypot(*row) - 1) < 0.02
        and abs(math.hypot(*column) - 1) < 0.02
        and abs(sum(a * b for a, b in zip(row, column, strict=True))) < 0.02
    )


def orientation_letters(orientation: Orientation | None) -> dict[str, str] | None:
    """What lies at the edges of the picture as stored: {top, right, bottom, left}; None without a valid orientation."""
    if orientation is None or not is_orientation(orientation):
        return None
    row, column = orientation[:3], orientation[3:]
    return {
        "top": direction_letters([-value for value in column]),
        "right": direction_letters(row),
        "bottom": direction_letters(column),
        "left": direction_letters([-value for value in row]),
    }


def slice_normal(orientation: Orientation) -> Vector:
    """Row direction × column direction, of length 1 for a valid orientation."""
    rx, ry, rz, cx, cy, cz = orientation
    return (ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx)


def position_along_normal_mm(position: Sequence[float], orientation: Orientation) -> float:
    """How far along the normal the plane at `position` lies, in mm: what slices are sorted by."""
    return sum(a * b for a, b in zip(position, slice_normal(orientation), strict=True))


def plane_name(orientation: Orientation | None) -> str:
    """axial | sagittal | coronal | oblique | "" (unknown)."""
    if orientation is None or not is_orientation(orientation):
        return ""
    normal = [abs(value) for value in slice_normal(orientation)]
    strongest = max(normal)
    if strongest < 0.8:
        return "oblique"
    return ("sagittal", "coronal", "axial")[normal.index(strongest)]


def spacing_mm(instance: SopInstance) -> tuple[tuple[float, float] | None, str]:
    """((between rows, between columns), source): "pixel" in the patient, "imager" at the detector, "" unknown."""
    for value, source in ((instance.pixel_spacing_mm, "pixel"), (instance.imager_pixel_spacing_mm, "imager")):
        if value is not None and value[0] > 0 and value[1] > 0:
            return value, source
    return None, ""


def same_orientation(one: Orientation, other: Orientation) -> bool:
    """Whether two orientations differ by less than what scanners round away (about half a degree)."""
    return all(abs(a - b) < 0.01 for a, b in zip(one, other, strict=True))


def places_of(distances_mm: Sequence[float]) -> list[int]:
    """For each of the ascending `distances_mm` along a normal, the number of its place from 0.

    What lies closer than a twentieth of the usual spacing is one place: phases of one slice are written with different
    roundings.
    """
    steps = sorted(b - a for a, b in pairwise(distances_mm))
    wide = steps[bisect_left(steps, SAME_PLACE_MM) :]
    usual = wide[len(wide) * 3 // 4] if wide else 0.0
    nearest = min(max(SAME_PLACE_MM, usual / 20), ROUNDING_MM)
    places, first = [], -math.inf
    place = -1
    for distance in distances_mm:
        if distance - first >= nearest:
            place, first = place + 1, distance
        places.append(place)
    return places


def stack_of(positions: Sequence[Sequence[float]], orientation: Orientation, doubled: int = 0) -> Stack | None:
    """What the `positions` of neighbouring slices, one for each place and in their order, say of the stack.

    None for fewer than two places, and for positions no body has.
    """
    if len(positions) < 2:
        return None
    normal = nx, ny, nz = slice_normal(orientation)
    along, table = [], []
    for (x1, y1, z1), (x2, y2, z2) in pairwise(positions):
        dx, dy, dz = x2 - x1, y2 - y1, z2 - z1
        along.append(abs(dx * nx + dy * ny + dz * nz))
        table.append(dx * dx + dy * dy + dz * dz)
    spacing = sorted(along)[len(along) // 2]
    table_step = math.sqrt(sorted(table)[len(table) // 2])
    whole = tuple(b - a for a, b in zip(positions[0], positions[-1], strict=True))
    distance = math.hypot(*whole)
    if not math.isfinite(distance * distance + spacing + table_step):
        return None  # numbers beyond computing with
    straight = distance > 0 and _is_straight(positions, whole, distance)
    along_axis = abs(sum(a * b for a, b in zip(whole, normal, strict=True))) / math.hypot(*normal)
    aside = math.sqrt(max(0.0, distance * distance - along_axis * along_axis))
    tilt = math.degrees(math.atan2(aside, along_axis)) if straight else 0.0
    return Stack(
        places=len(positions),
        spacing_mm=spacing,
        table_step_mm=table_step if tilt >= LEAST_TILT_DEGREES else spacing,
        tilt_degrees=tilt if tilt >= LEAST_TILT_DEGREES else 0.0,
        even=all(abs(step - spacing) <= max(UNEVEN * spacing, SAME_PLACE_MM) for step in along),
        wide_gaps=sum(step >= 1.5 * spacing for step in along),
        doubled=doubled,
    )


def _is_straight(positions: Sequence[Sequence[float]], whole: Sequence[float], distance: float) -> bool:
    """Whether all `positions` lie on the line from the first to the last, within 2 % of its length or a millimetre."""
    ax, ay, az = (value / distance for value in whole)
    x0, y0, z0 = positions[0]
    most = max(1.0, 0.02 * distance)
    for x, y, z in positions:
        dx, dy, dz = x - x0, y - y0, z - z0
        along = dx * ax + dy * ay + dz * az
        if dx * dx + dy * dy + dz * dz - along * along > most * most:
            return False
    return True
