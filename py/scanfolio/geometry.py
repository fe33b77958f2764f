"""Image Plane arithmetic (PS3.3 C.7.6.2.1.1): orientation letters, normal, position along it, in-plane spacing.

Plain Python on tuples; millimetres and unit vectors in the patient's LPS system: x to the patient's left, y to the
back (posterior), z to the head.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scanfolio.model import SopInstance

Vector = tuple[float, float, float]
Orientation = Sequence[float]  # row cosines then column cosines

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
