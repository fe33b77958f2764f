"""The recipe of a frame: all a page needs to draw it, as plain data. The page only does the arithmetic named here.

    value = stored number of `dtype`, shifted left by `shift_left` and back by `shift_right` in that type's width
    modality value = value * slope + intercept
    display value  = window of the modality value (window.py has the formulas and the rounding), 255 - it where `invert`

`windows` is empty only with `auto_window`: then the window goes from the smallest to the largest modality value of the
frame, padding left out, as LINEAR_EXACT (low == high: centre low + 0.5, width 1). That saves reading every file of a
series before the first one is drawn. Nothing here imports numpy or pydicom unless the facts do not suffice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from scanfolio.errors import PixelError, ScanfolioError
from scanfolio.geometry import orientation_letters, position_along_normal_mm, slice_normal, spacing_mm
from scanfolio.model import SopInstance
from scanfolio.pixels import syntax
from scanfolio.pixels.layout import Layout, check_frame, layout_of, native_span
from scanfolio.reading.frames import facts_of_frame
from scanfolio.source.entry import Entry
from scanfolio.words import say

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Recipe = dict[str, Any]

_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
_PET_UNITS = {"BQML": "Bq/ml", "CNTS": "counts", "GML": "g/ml", "PROPCNTS": "proportional to counts", "NONE": ""}
_LITTLE_ENDIAN_IN_PLACE = syntax.NATIVE - {syntax.DEFLATED} - syntax.BIG_ENDIAN_PIXELS


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What the recipes of a series have in common. `recipe` is None where the files have to be read."""

    layout: Layout
    recipe: Recipe | None
    normal: tuple[float, float, float] | None


_patterns: dict[tuple[Any, ...], _Pattern] = {}
_MAX_PATTERNS = 1000
MAX_WINDOWS = 100  # offered; nobody chooses among more
_common_facts = attrgetter(
    "transfer_syntax_uid", "encapsulated", "number_of_frames", "rows", "columns", "samples_per_pixel",
    "bits_allocated", "bits_stored", "high_bit", "pixel_representation", "planar_configuration",
    "photometric_interpretation", "pixel_keyword", "has_functional_groups", "has_modality_lut", "has_voi_lut",
    "has_ultrasound_regions", "modality", "units", "image_type", "rescale_slope", "rescale_intercept",
    "rescale_type", "window_centers", "window_widths", "window_explanations", "voi_lut_function",
    "presentation_lut_shape", "pixel_padding_value", "pixel_padding_range_limit", "image_orientation",
    "pixel_spacing_mm", "imager_pixel_spacing_mm", "pixel_aspect_ratio", "slice_thickness_mm", "gantry_tilt_degrees",
    "lossy_image_compression", "lossy_image_compression_ratio",
)  # fmt: skip


def quick_recipe(instance: SopInstance, frame: int = 0) -> Recipe | None:
    """The recipe from the facts alone; None where the file has to be read for it.

    A page asks this for each slice of a series at once, so what the slices share is worked out once and shared: lists
    and dictionaries inside a recipe are not to be changed.
    """
    key = _common_facts(instance)
    pattern = _patterns.get(key)
    try:
        if pattern is None:
            pattern = _pattern(instance)
            if len(_patterns) >= _MAX_PATTERNS:
                _patterns.clear()
            _patterns[key] = pattern
        if pattern.recipe is None:
            return None
        check_frame(instance, pattern.layout, frame)
        offset, length, _ = native_span(instance, pattern.layout, frame)
    except PixelError as error:
        return _cannot(instance, frame, error)
    made = pattern.recipe.copy()
    made["sop_instance_uid"] = instance.sop_instance_uid
    made["frame"] = frame
    made["location"] = {"entry_id": instance.entry_id, "offset": offset, "length": length}
    position, normal = instance.image_position_mm, pattern.normal
    if position is not None and normal is not None:
        place = position[0] * normal[0] + position[1] * normal[1] + position[2] * normal[2]
        made["position_mm"] = place if isfinite(place) else None
    return made


def forget() -> None:
    """Drop what is remembered of series (another disc was opened)."""
    _patterns.clear()


def _pattern(instance: SopInstance) -> _Pattern:
    layout = layout_of(instance)
    if _needs_header(instance) or not _in_place(instance, layout):
        return _Pattern(layout, None, None)
    made = _build(replace(instance, image_position_mm=None), layout, 0)
    normal = slice_normal(instance.image_orientation) if made["letters"] and instance.image_orientation else None
    return _Pattern(layout, made, normal)


def recipe(instance: SopInstance, entry: Entry, frame: int = 0) -> Recipe:
    """The recipe of frame `frame` (from 0). Never raises for a file's content: `cannot` is then a sentence for people.

    Raises SourceError when bytes are needed and cannot be had.
    """
    try:
        check_frame(instance, layout_of(instance), frame)
        facts = facts_of_frame(entry, instance, frame)
        quick = quick_recipe(facts, frame)
        return _from_header(facts, entry, frame) if quick is None else quick
    except PixelError as error:
        return _cannot(instance, frame, error)


def _from_header(instance: SopInstance, entry: Entry, frame: int) -> Recipe:
    layout = layout_of(instance)
    location = None
    if layout.native and instance.transfer_syntax_uid != syntax.DEFLATED:
        offset, length, _ = native_span(instance, layout, frame)
        if _in_place(instance, layout):
            location = {"entry_id": instance.entry_id, "offset": offset, "length": length}
    if not _needs_header(instance):
        return _build(instance, layout, frame)
    from scanfolio.pixels.header import facts_with_header, understood

    facts, data_set = facts_with_header(entry, instance, frame)
    with understood(instance):
        made = _build(facts, layout, frame, data_set)
    made["location"] = location
    return made


def _needs_header(instance: SopInstance) -> bool:
    """Something the facts do not hold decides what is seen."""
    return (
        instance.has_functional_groups
        or instance.has_modality_lut
        or (instance.has_voi_lut and not instance.window_centers)
        or instance.has_ultrasound_regions
        or instance.modality == "RTDOSE"
    )


def _in_place(instance: SopInstance, layout: Layout) -> bool:
    """The page may take the values out of the file as they stand (and shift them)."""
    if not layout.native or instance.transfer_syntax_uid not in _LITTLE_ENDIAN_IN_PLACE or instance.has_modality_lut:
        return False
    if layout.samples == 3:
        eight = layout.bits_allocated == 8 and layout.bits_stored == 8 and not layout.signed
        return layout.photometric == "RGB" and eight and not layout.planar
    whole = layout.bits_allocated in (8, 16, 32) or layout.floating
    return whole and not layout.is_palette


def _build(facts: SopInstance, layout: Layout, frame: int, data_set: Dataset | None = None) -> Recipe:
    """The recipe without location. `facts` are those of the frame; `data_set` is there where the facts need it."""
    left, right = (0, 0) if layout.is_colour else layout.shifts
    spacing, source = _spacing(facts, data_set)
    orientation, position = facts.image_orientation, facts.image_position_mm
    letters = orientation_letters(orientation)
    made: Recipe = {
        "sop_instance_uid": facts.sop_instance_uid,
        "frame": frame,
        "rows": layout.rows,
        "columns": layout.columns,
        "samples": 3 if layout.is_colour else 1,
        "kind": "rgb" if layout.is_colour else "gray",
        "dtype": "uint8" if layout.is_colour else layout.dtype,
        "location": None,
        "shift_left": left,
        "shift_right": right,
        "slope": 1.0,
        "intercept": 0.0,
        "unit": "",
        "windows": [],
        "auto_window": False,
        "voi_lut": None,
        "invert": False,
        "padding": None,
        "lossy": lossy_mark(facts),
        "pixel_aspect": _pixel_aspect(facts, spacing),
        "spacing_mm": None if spacing is None else {"row": spacing[0], "column": spacing[1]},
        "spacing_source": source,
        "letters": letters,
        "position_mm": _place_mm(position, orientation) if letters and position and orientation else None,
        "thickness_mm": facts.slice_thickness_mm,
        "tilt_degrees": facts.gantry_tilt_degrees or None,
        "cannot": "",
    }
    if not layout.is_colour:
        _add_gray(made, facts, layout, data_set)
    return made


def _add_gray(made: Recipe, facts: SopInstance, layout: Layout, data_set: Dataset | None) -> None:
    if not facts.has_modality_lut:  # a table replaces the line, and is applied before the page gets the values
        made["slope"], made["intercept"] = rescale(facts)
    made["unit"] = unit(facts)
    made["windows"] = stored_windows(facts)
    made["invert"] = is_inverted(facts, layout)
    low, high = padding_range(facts)
    made["padding"] = None if low is None else {"low": low, "high": high}
    if not made["windows"]:
        if data_set is not None and facts.has_voi_lut:
            made["voi_lut"] = _voi_lut(data_set, layout, made, facts)
        if shown_as_stored(facts, layout):
            made["windows"] = [{"center": 127.5, "width": 255.0, "function": "LINEAR_EXACT", "name": "auto"}]
        else:
            made["auto_window"] = True


def _voi_lut(data_set: Dataset, layout: Layout, made: Recipe, facts: SopInstance) -> dict[str, Any] | None:
    from scanfolio.pixels.lut import voi_table

    table = voi_table(data_set, layout, made["slope"], made["intercept"], facts.has_modality_lut)
    if table is None:
        return None
    return {"first": table.first, "values": table.values.tolist(), "bits": table.bits}


def rescale(facts: SopInstance) -> tuple[float, float]:
    """(slope, intercept) of the Modality LUT (C.11.1.1.2); a slope of 0 would flatten the picture and counts as 1."""
    return facts.rescale_slope or 1.0, facts.rescale_intercept or 0.0


def unit(facts: SopInstance) -> str:
    """The unit of modality values; CT numbers are HU unless another Rescale Type is given (C.8.2.1)."""
    if facts.modality == "PT" and facts.units:
        return _PET_UNITS.get(facts.units, facts.units)
    if facts.rescale_type:
        return "" if facts.rescale_type == "US" else facts.rescale_type
    is_ct = facts.modality == "CT" and facts.rescale_intercept is not None and "LOCALIZER" not in facts.image_type
    return "HU" if is_ct and not facts.has_modality_lut else ""


def stored_windows(facts: SopInstance) -> list[dict[str, Any]]:
    """The windows of the file that can be applied, in its order; LINEAR ones narrower than 1 must mean LINEAR_EXACT."""
    function = facts.voi_lut_function.strip().upper()
    if function not in _FUNCTIONS:
        function = "LINEAR"
    names = facts.window_explanations
    found = []
    pairs = zip(facts.window_centers[:MAX_WINDOWS], facts.window_widths, strict=False)
    for n, (center, width) in enumerate(pairs):
        if width > 0:
            usual = function if function != "LINEAR" or width >= 1 else "LINEAR_EXACT"
            name = names[n] if n < len(names) else ""
            found.append({"center": center, "width": width, "function": usual, "name": name})
    return found


def shown_as_stored(facts: SopInstance, layout: Layout) -> bool:
    """8-bit pictures without a window (screenshots, ultrasound) are meant as they are: 0 black, 255 white."""
    plain = layout.bits_stored == 8 and not layout.signed and not layout.floating and not facts.has_modality_lut
    return plain and rescale(facts) == (1.0, 0.0) and facts.modality != "SEG"


def is_inverted(facts: SopInstance, layout: Layout) -> bool:
    """White is low. MONOCHROME1 and Presentation LUT Shape INVERSE say the same thing, not one against the other."""
    return layout.photometric == "MONOCHROME1" or facts.presentation_lut_shape == "INVERSE"


def padding_range(facts: SopInstance) -> tuple[int | None, int | None]:
    """(low, high) stored values that are padding (C.7.5.1.1.2), or (None, None)."""
    value = facts.pixel_padding_value
    if value is None:
        return None, None
    limit = value if facts.pixel_padding_range_limit is None else facts.pixel_padding_range_limit
    if facts.pixel_representation == 1:
        value, limit = (number - 0x10000 if number >= 0x8000 else number for number in (value, limit))
    return min(value, limit), max(value, limit)


def _spacing(facts: SopInstance, data_set: Dataset | None) -> tuple[tuple[float, float] | None, str]:
    """As geometry.spacing_mm; equal spacings at both places mean nobody calibrated: it is the detector's."""
    spacing, source = spacing_mm(facts)
    if spacing is not None and spacing == facts.imager_pixel_spacing_mm:
        return spacing, "imager"
    if spacing is None and data_set is not None and facts.has_ultrasound_regions:
        from scanfolio.pixels.groups import ultrasound_spacing_mm

        spacing = ultrasound_spacing_mm(data_set)
        return spacing, "pixel" if spacing else ""
    return spacing, source


def _pixel_aspect(facts: SopInstance, spacing: tuple[float, float] | None) -> float:
    ratio = spacing or facts.pixel_aspect_ratio
    aspect = ratio[0] / ratio[1] if ratio and ratio[0] > 0 and ratio[1] > 0 else 1.0
    return aspect if 0 < aspect < 1e6 else 1.0  # beyond, it is no picture any more


def _place_mm(position: tuple[float, float, float], orientation: Sequence[float]) -> float | None:
    """Along the normal; None where the numbers are beyond computing with."""
    place = position_along_normal_mm(position, orientation)
    return place if isfinite(place) else None


def lossy_mark(facts: SopInstance) -> dict[str, Any]:
    """{is, text}: whether grey values were changed by compression, and how it is said. C.7.6.1.1.5."""
    by_syntax = syntax.lossy_by_syntax(facts.transfer_syntax_uid)
    by_header = facts.lossy_image_compression
    if by_syntax != "1" and by_header != "01" and not (by_syntax == "?" and by_header != "00"):
        return {"is": False, "text": ""}
    certain = by_syntax == "1" or by_header == "01"
    name = syntax.compression_name(facts.transfer_syntax_uid) if by_syntax != "0" else ""
    ratio = _last_ratio(facts.lossy_image_compression_ratio)
    key = f"pixels.lossy{'' if certain else '_perhaps'}{'_named' if name else ''}{'_ratio' if ratio else ''}"
    return {"is": True, "text": say(key, name=name, ratio=ratio)}


def _last_ratio(text: str) -> str:
    """ "12.5:1"'s number: the product of successive compressions is not told by the Standard, so the last one."""
    try:
        ratio = float(text.split("\\")[-1])
    except ValueError:
        return ""
    return f"{ratio:.3g}" if 1 < ratio < 10000 else ""


def _cannot(instance: SopInstance, frame: int, error: ScanfolioError) -> Recipe:
    return {
        "sop_instance_uid": instance.sop_instance_uid, "frame": frame, "rows": instance.rows or 0, "columns":
        instance.columns or 0, "samples": 1, "kind": "gray", "dtype": "uint8", "location": None, "shift_left": 0,
        "shift_right": 0, "slope": 1.0, "intercept": 0.0, "unit": "", "windows": [], "auto_window": False,
        "voi_lut": None, "invert": False, "padding": None, "lossy": {"is": False, "text": ""}, "pixel_aspect": 1.0,
        "spacing_mm": None, "spacing_source": "", "letters": None, "position_mm": None, "thickness_mm": None,
        "tilt_degrees": None, "cannot": error.title,
    }  # fmt: skip
