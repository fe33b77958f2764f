"""Type 1C and 2C attributes whose conditions can be told from the facts: written by hand, each by its section of PS3.3.

A condition that is not here is not looked at, and nothing is ever said of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from scanfolio.model import Layout, SopInstance
from scanfolio.rules import uids
from scanfolio.rules.person_entries import PAIRED_PARTS
from scanfolio.standard.iods import Required

Applies = Callable[[SopInstance, Layout, frozenset[str]], bool]


class Condition(NamedTuple):
    """`applies(instance, layout, keys of the IOD's mandatory modules)`: the attribute has to be there."""

    required: Required
    applies: Applies


def _when(tag: int, name: str, type_: str, module: str, applies: Applies) -> Condition:
    return Condition(Required(tag, name, type_, module), applies)


def has(layout: Layout, tag: int) -> bool:
    """There, and not empty."""
    return tag in layout.tags and tag not in layout.empty


_S = uids.STORAGE
_NO_PLANE = frozenset(_S + tail for tail in ("1", "7", "6.1", "3.1", "12.1", "12.2"))
"""Images that have no Image Plane: CR, secondary capture, ultrasound, XA, XRF."""
_PATIENT_POSITION = frozenset(_S + tail for tail in ("2", "4"))
_X_RAY = frozenset(_S + tail for tail in ("12.1", "12.2"))
_SC_MULTI_FRAME = frozenset(_S + tail for tail in ("7.1", "7.2", "7.3", "7.4"))
_SC_MULTI_FRAME_GRAY = frozenset(_S + tail for tail in ("7.2", "7.3"))
_MODALITY_LUT = frozenset(_S + tail for tail in ("1", "7", "12.1", "12.2"))
_LOSSY_RATIO = frozenset(
    f"{name}-image" for name in (
        "dx", "enhanced-ct", "enhanced-mr", "enhanced-pet", "enhanced-us", "enhanced-xa-xrf", "enhanced-mammography",
        "intravascular-oct", "ophthalmic-photography", "ophthalmic-tomography", "parametric-map", "photoacoustic",
        "segmentation", "whole-slide-microscopy", "x-ray-3d",
    )
)  # fmt: skip
"""Modules in which ratio (and, but for DX, method) of lossy compression are Type 1C; in General Image they are 3."""

_IMAGE_PIXEL = (
    (0x00280002, "Samples per Pixel"),
    (0x00280004, "Photometric Interpretation"),
    (0x00280010, "Rows"),
    (0x00280011, "Columns"),
    (0x00280100, "Bits Allocated"),
    (0x00280101, "Bits Stored"),
    (0x00280102, "High Bit"),
    (0x00280103, "Pixel Representation"),
)
_PALETTE = ((0, "Red"), (1, "Green"), (2, "Blue"))


def _has_pixels(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    return i.pixel_keyword == "PixelData"


def _palette(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    return bool(i.pixel_keyword) and i.photometric_interpretation == "PALETTE COLOR"


def _plain_palette(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    return _palette(i, layout, modules) and not layout.tags & {0x00281221, 0x00281222, 0x00281223}


def _no_pixels(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    return "image-pixel" in modules and not i.pixel_keyword and 0x00287FE0 not in layout.tags


def _lossy(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    return i.lossy_image_compression == "01" and not modules.isdisjoint(_LOSSY_RATIO)


def _lossy_method(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    return _lossy(i, layout, modules) and "dx-image" not in modules


def _multi_frame_gray(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    return i.sop_class_uid in _SC_MULTI_FRAME_GRAY and i.photometric_interpretation == "MONOCHROME2"


def _paired(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
    paired = i.body_part_examined.upper() in PAIRED_PARTS
    return "general-series" in modules and paired and not i.has_functional_groups and 0x00200062 not in layout.tags


def _in(classes: frozenset[str], *also: int, without: int = 0) -> Applies:
    """An instance of these SOP Classes that holds the attributes `also` and lacks `without`."""

    def applies(i: SopInstance, layout: Layout, modules: frozenset[str]) -> bool:
        return i.sop_class_uid in classes and all(has(layout, tag) for tag in also) and without not in layout.tags

    return applies


def _with(tag: int) -> Applies:
    return lambda i, layout, modules: has(layout, tag)


def _frames_in(classes: frozenset[str]) -> Applies:
    return lambda i, layout, modules: i.sop_class_uid in classes and i.number_of_frames > 1


CONDITIONS: tuple[Condition, ...] = (
    *(_when(tag, name, "1C", "image-pixel", _has_pixels) for tag, name in _IMAGE_PIXEL),
    _when(
        0x00280006, "Planar Configuration", "1C", "image-pixel",
        lambda i, layout, modules: i.pixel_keyword == "PixelData" and (i.samples_per_pixel or 0) > 1,
    ),
    *(_when(0x00281101 + n, f"{colour} Palette Color Lookup Table Descriptor", "1C", "image-pixel", _palette)
      for n, colour in _PALETTE),
    *(_when(0x00281201 + n, f"{colour} Palette Color Lookup Table Data", "1C", "image-pixel", _plain_palette)
      for n, colour in _PALETTE),
    _when(0x7FE00010, "Pixel Data", "1C", "image-pixel", _no_pixels),
    _when(0x00280120, "Pixel Padding Value", "1C", "general-equipment", _with(0x00280121)),
    _when(0x00281051, "Window Width", "1C", "voi-lut", _with(0x00281050)),
    _when(0x00281053, "Rescale Slope", "1C", "modality-lut", _with(0x00281052)),
    _when(0x00281054, "Rescale Type", "1C", "modality-lut", _in(_MODALITY_LUT, 0x00281052)),
    _when(0x00281052, "Rescale Intercept", "1C", "sc-multi-frame-image", _multi_frame_gray),
    _when(0x00281053, "Rescale Slope", "1C", "sc-multi-frame-image", _multi_frame_gray),
    _when(0x00281054, "Rescale Type", "1C", "sc-multi-frame-image", _multi_frame_gray),
    _when(0x20500020, "Presentation LUT Shape", "1C", "sc-multi-frame-image", _multi_frame_gray),
    _when(0x00280009, "Frame Increment Pointer", "1C", "sc-multi-frame-image", _frames_in(_SC_MULTI_FRAME)),
    _when(0x00280009, "Frame Increment Pointer", "1C", "x-ray-image", _frames_in(_X_RAY)),
    _when(0x00282112, "Lossy Image Compression Ratio", "1C", "image", _lossy),
    _when(0x00282114, "Lossy Image Compression Method", "1C", "image", _lossy_method),
    _when(
        0x00080005, "Specific Character Set", "1C", "sop-common",
        lambda i, layout, modules: 0x00080005 in layout.empty or (i.undecodable_text and not i.specific_character_set),
    ),
    _when(
        0x00120063, "De-identification Method", "1C", "patient",
        lambda i, layout, modules: i.patient_identity_removed == "YES" and not has(layout, 0x00120064),
    ),
    _when(0x00280A04, "Pixel Spacing Calibration Description", "1C", "calibration", _with(0x00280A02)),
    _when(0x00200060, "Laterality", "2C", "general-series", _paired),
    _when(0x00185100, "Patient Position", "2C", "general-series", _in(_PATIENT_POSITION, without=0x00540410)),
    _when(0x00200020, "Patient Orientation", "2C", "general-image", _in(_NO_PLANE, without=0x00200037)),
)  # fmt: skip

_OVERLAY = (
    (0x0010, "Overlay Rows"),
    (0x0011, "Overlay Columns"),
    (0x0040, "Overlay Type"),
    (0x0050, "Overlay Origin"),
    (0x0100, "Overlay Bits Allocated"),
    (0x0102, "Overlay Bit Position"),
    (0x3000, "Overlay Data"),
)
OVERLAYS: dict[int, tuple[Required, ...]] = {
    group: tuple(Required((group << 16) + element, name, "1", "overlay-plane") for element, name in _OVERLAY)
    for group in range(0x6000, 0x6020, 2)
}
"""Overlay group -> what its Overlay Plane Module requires (C.9.2) once any element of the group is there."""


def conditional(i: SopInstance, layout: Layout, modules: frozenset[str]) -> list[Required]:
    """What this instance has to hold because of a condition that is met."""
    found = [c.required for c in CONDITIONS if c.applies(i, layout, modules)]
    for group in sorted({tag >> 16 for tag in layout.tags if 0x6000 <= tag >> 16 < 0x6020} & OVERLAYS.keys()):
        found += OVERLAYS[group]
    return found


def facts_of(i: SopInstance) -> tuple[object, ...]:
    """The facts the conditions look at: where they and the layout are equal, so is the answer."""
    return (
        i.sop_class_uid, i.layout, i.pixel_keyword, i.photometric_interpretation, i.samples_per_pixel,
        i.number_of_frames > 1, i.lossy_image_compression, i.body_part_examined, i.has_functional_groups,
        i.specific_character_set, i.undecodable_text, i.patient_identity_removed,
    )  # fmt: skip
