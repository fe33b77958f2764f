"""What only the whole header tells of a picture: dose grids (PS3.3 C.8.8.3), ultrasound regions (C.8.5.5).

Functional groups are read by reading/frames.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from scanfolio.model import SopInstance

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CENTIMETRES = 3  # Physical Units X/Y Direction, C.8.5.5.1.15
_TWO_DIMENSIONAL = 1  # Region Spatial Format


def numbers(value: Any, count: int | None = None) -> tuple[float, ...]:
    """A DS/FD value as floats; () when absent, not numeric, or not `count` of them."""
    if value is None or value == "":
        return ()
    try:
        found = tuple(
            float(v) for v in (value if isinstance(value, Iterable) and not isinstance(value, str) else (value,))
        )
    except (TypeError, ValueError):
        return ()
    if not all(map(isfinite, found)):
        return ()
    return found if count is None or len(found) == count else ()


def dose_facts(instance: SopInstance, data_set: Dataset, frame: int) -> SopInstance:
    """RT Dose: Dose Grid Scaling is the slope, Grid Frame Offset Vector the place of each plane (C.8.8.3)."""
    scaling = numbers(data_set.get("DoseGridScaling"), 1)
    units = str(data_set.get("DoseUnits") or "")
    changes: dict[str, Any] = {"rescale_type": {"GY": "Gy", "RELATIVE": "relative dose"}.get(units.upper(), units)}
    if scaling:
        changes.update(rescale_slope=scaling[0], rescale_intercept=0.0)
    offsets = numbers(data_set.get("GridFrameOffsetVector"))
    position = instance.image_position_mm
    if position and instance.image_orientation and frame < len(offsets) and offsets[0] == 0:
        from scanfolio.geometry import slice_normal

        normal = slice_normal(instance.image_orientation)
        changes["image_position_mm"] = tuple(p + n * offsets[frame] for p, n in zip(position, normal, strict=True))
    return replace(instance, **changes)


def ultrasound_spacing_mm(data_set: Dataset) -> tuple[float, float] | None:
    """(between rows, between columns) where all regions are flat, in cm and to one scale, else None (C.8.5.5)."""
    found = set()
    for region in data_set.get("SequenceOfUltrasoundRegions") or []:
        units = (region.get("PhysicalUnitsXDirection"), region.get("PhysicalUnitsYDirection"))
        across, down = numbers(region.get("PhysicalDeltaX"), 1), numbers(region.get("PhysicalDeltaY"), 1)
        if units != (_CENTIMETRES, _CENTIMETRES) or region.get("RegionSpatialFormat") != _TWO_DIMENSIONAL:
            return None
        if not across or not down or not across[0] or not down[0]:
            return None
        found.add((abs(down[0]) * 10, abs(across[0]) * 10))
    return found.pop() if len(found) == 1 else None
