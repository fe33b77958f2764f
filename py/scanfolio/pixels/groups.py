"""What holds for one frame: functional groups of enhanced objects, dose grids, ultrasound regions. PS3.3 C.7.6.16.

Per-frame groups come before shared ones, both before the root. The answer is a SopInstance, so whatever understands the
facts of a single-frame image understands a frame of a multi-frame one.
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


def _texts(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


def _group(data_set: Dataset, frame: int, keyword: str) -> Dataset | None:
    """The item of functional group `keyword` that holds for frame `frame` (from 0), or None."""
    per_frame = data_set.get("PerFrameFunctionalGroupsSequence") or []
    shared = data_set.get("SharedFunctionalGroupsSequence") or []
    for holder in (per_frame[frame] if frame < len(per_frame) else None, shared[0] if len(shared) else None):
        if holder is not None and holder.get(keyword):
            item: Dataset = holder[keyword].value[0]
            return item
    return None


def facts_of_frame(instance: SopInstance, data_set: Dataset, frame: int) -> SopInstance:
    """`instance` with what its functional groups say of frame `frame` (from 0) in place of the root's."""
    changes: dict[str, Any] = {}
    if measures := _group(data_set, frame, "PixelMeasuresSequence"):
        changes["pixel_spacing_mm"] = numbers(measures.get("PixelSpacing"), 2) or instance.pixel_spacing_mm
        thickness = numbers(measures.get("SliceThickness"), 1)
        changes["slice_thickness_mm"] = thickness[0] if thickness else instance.slice_thickness_mm
    if position := _group(data_set, frame, "PlanePositionSequence"):
        changes["image_position_mm"] = numbers(position.get("ImagePositionPatient"), 3) or None
    if orientation := _group(data_set, frame, "PlaneOrientationSequence"):
        changes["image_orientation"] = numbers(orientation.get("ImageOrientationPatient"), 6) or None
    if transform := _group(data_set, frame, "PixelValueTransformationSequence"):
        slope, intercept = numbers(transform.get("RescaleSlope"), 1), numbers(transform.get("RescaleIntercept"), 1)
        changes["rescale_slope"] = slope[0] if slope else None
        changes["rescale_intercept"] = intercept[0] if intercept else None
        changes["rescale_type"] = str(transform.get("RescaleType") or "")
    if voi := _group(data_set, frame, "FrameVOILUTSequence"):
        changes["window_centers"] = numbers(voi.get("WindowCenter"))
        changes["window_widths"] = numbers(voi.get("WindowWidth"))
        changes["window_explanations"] = _texts(voi.get("WindowCenterWidthExplanation"))
        changes["voi_lut_function"] = str(voi.get("VOILUTFunction") or "")
    return replace(instance, **changes) if changes else instance


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
