"""What the page is told of a frame, and that its arithmetic gives numpy's picture."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, RLE, encode, make_instance, pattern
from pixel_files import opened, picture
from scanfolio.pixels.frame import display_values, frame_for_page, stored_values
from scanfolio.pixels.recipe import quick_recipe, recipe
from scanfolio.pixels.window import Window, apply_window, auto_window, value_range
from scanfolio.source.entry import Entry

KEYS = {
    "sop_instance_uid", "frame", "rows", "columns", "samples", "kind", "dtype", "location", "shift_left",
    "shift_right", "slope", "intercept", "unit", "windows", "auto_window", "voi_lut", "invert", "padding",
    "lossy", "pixel_aspect", "spacing_mm", "spacing_source", "letters", "position_mm", "thickness_mm", "tilt_degrees",
    "cannot",
}  # fmt: skip


def made(data: bytes, frame: int = 0) -> dict[str, Any]:
    entry, instance = opened(data)
    return recipe(instance, entry, frame)


def ct(**overrides: Any) -> dict[str, Any]:
    return made(encode(make_instance("ct", **overrides)))


def drawn_by_the_page(entry: Entry, found: dict[str, Any]) -> np.ndarray:
    """The page's arithmetic, step by step as recipe.py documents it."""
    place = found["location"]
    raw = np.frombuffer(entry.read(place["offset"], place["length"]), np.dtype(found["dtype"]).newbyteorder("<"))
    if found["shift_left"] or found["shift_right"]:
        raw = (raw << raw.dtype.type(found["shift_left"])) >> raw.dtype.type(found["shift_right"])
    shape = (found["rows"], found["columns"]) + ((3,) if found["kind"] == "rgb" else ())
    raw = raw.reshape(shape)
    if found["kind"] == "rgb":
        return raw
    modality = raw * found["slope"] + found["intercept"]
    if found["auto_window"]:
        padding = found["padding"] and (found["padding"]["low"], found["padding"]["high"])
        low, high = (v * found["slope"] + found["intercept"] for v in value_range(raw, padding))
        window = auto_window(min(low, high), max(low, high))
    else:
        first = found["windows"][0]
        window = Window(first["center"], first["width"], first["function"])
    shown = apply_window(modality, window)
    return 255 - shown if found["invert"] else shown


def test_a_plain_ct_slice() -> None:
    data = encode(make_instance("ct", 3))
    entry, instance = opened(data)
    found = quick_recipe(instance)
    assert found is not None
    assert set(found) == KEYS
    assert found == recipe(instance, entry)
    assert found["location"] == {"entry_id": 0, "offset": len(data) - 2048, "length": 2048}
    assert (found["kind"], found["dtype"], found["rows"], found["columns"], found["samples"]) == (
        "gray",
        "uint16",
        32,
        32,
        1,
    )
    assert (found["shift_left"], found["shift_right"]) == (4, 4)
    assert (found["slope"], found["intercept"], found["unit"]) == (1, -1024, "HU")
    assert found["windows"] == [{"center": 40, "width": 400, "function": "LINEAR", "name": ""}]
    assert found["letters"] == {"top": "A", "right": "L", "bottom": "P", "left": "R"}
    assert (found["position_mm"], found["thickness_mm"], found["pixel_aspect"]) == (6, 2, 1)
    assert (found["spacing_mm"], found["spacing_source"]) == ({"row": 1, "column": 1}, "pixel")
    assert (found["lossy"], found["invert"], found["auto_window"], found["cannot"]) == (
        {"is": False, "text": ""},
        False,
        False,
        "",
    )


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"PresentationLUTShape": "INVERSE"},
        {"WindowCenter": None, "WindowWidth": None},
        {"WindowCenter": None, "WindowWidth": None, "RescaleSlope": -2, "PixelPaddingValue": 0},
        {"PixelRepresentation": 1},
        {"HighBit": 15},
        {"VOILUTFunction": "SIGMOID"},
        {"VOILUTFunction": "LINEAR_EXACT", "WindowWidth": 0.25},
    ],
)
def test_the_page_draws_what_numpy_draws(change: dict[str, Any]) -> None:
    entry, instance = opened(encode(make_instance("ct", **change)))
    found = quick_recipe(instance)
    assert found is not None
    assert drawn_by_the_page(entry, found).tolist() == display_values(entry, instance).tolist()


def test_native_colour_may_be_sliced_too() -> None:
    entry, instance = opened(encode(make_instance("us_rgb")))
    found = quick_recipe(instance)
    assert found is not None
    assert (found["kind"], found["samples"], found["dtype"]) == ("rgb", 3, "uint8")
    assert drawn_by_the_page(entry, found).tolist() == pattern(1, bits=8, samples=3).tolist()


def test_every_frame_has_its_place() -> None:
    data = encode(make_instance("multiframe"))
    entry, instance = opened(data)
    for frame in range(4):
        found = quick_recipe(instance, frame)
        assert found is not None
        assert found["frame"] == frame
        assert drawn_by_the_page(entry, found).tolist() == pattern(frame, bits=8).tolist()


@pytest.mark.parametrize("transfer_syntax", [BIG_ENDIAN, DEFLATED, RLE])
def test_where_the_page_cannot_slice_the_worker_sends_the_values(transfer_syntax: str) -> None:
    entry, instance = opened(encode(make_instance("ct", WindowCenter=None, WindowWidth=None), transfer_syntax))
    assert quick_recipe(instance) is None
    found = recipe(instance, entry)
    assert found["location"] is None
    found, values = frame_for_page(instance, entry, 0, found)
    assert (found["shift_left"], found["shift_right"], found["dtype"], found["auto_window"]) == (0, 0, "uint16", False)
    assert values.tolist() == pattern(1).tolist()
    assert values.flags.c_contiguous
    low, high = float(values.min()) - 1024, float(values.max()) - 1024
    assert found["windows"] == [
        {"center": (low + high) / 2, "width": high - low, "function": "LINEAR_EXACT", "name": "auto"}
    ]


def test_single_bits_arrive_as_bytes_black_and_white() -> None:
    data = picture(bytes([0b101101]), "OB", BitsAllocated=1, BitsStored=1, HighBit=0)
    entry, instance = opened(data)
    found, values = frame_for_page(instance, entry, 0)
    assert (found["dtype"], found["location"], values.tolist()) == ("uint8", None, [[1, 0, 1], [1, 0, 1]])
    assert display_values(entry, instance).tolist() == [[255, 0, 255], [255, 0, 255]]


def test_eight_bit_pictures_without_a_window_are_shown_as_they_are() -> None:
    data = picture(bytes([0, 1, 50, 100, 101, 200]), "OB", BitsAllocated=8, BitsStored=8)
    entry, instance = opened(data)
    assert display_values(entry, instance).tolist() == [[0, 1, 50], [100, 101, 200]]
    assert recipe(instance, entry)["windows"] == [
        {"center": 127.5, "width": 255, "function": "LINEAR_EXACT", "name": "auto"}
    ]


def test_monochrome_1_and_inverse_are_not_two_inversions() -> None:
    assert ct(PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE")["invert"] is True
    assert ct(PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="IDENTITY")["invert"] is True
    assert ct(PresentationLUTShape="IDENTITY")["invert"] is False
    assert ct(PresentationLUTShape="INVERSE")["invert"] is True


def test_several_windows_keep_order_and_names() -> None:
    found = ct(
        WindowCenter=[40, -600, 5, 7], WindowWidth=[400, 1500, 0, -1], WindowCenterWidthExplanation=["soft", "lung"]
    )
    assert [(w["center"], w["width"], w["name"]) for w in found["windows"]] == [(40, 400, "soft"), (-600, 1500, "lung")]


def test_an_unknown_window_function_is_linear_and_a_narrow_linear_window_exact() -> None:
    assert ct(VOILUTFunction="CUBIC")["windows"][0]["function"] == "LINEAR"
    assert ct(WindowCenter=0.01, WindowWidth=0.02)["windows"][0]["function"] == "LINEAR_EXACT"


@pytest.mark.parametrize(
    ("change", "unit"),
    [
        ({}, "HU"),
        ({"RescaleType": None}, "HU"),
        ({"RescaleType": "US"}, ""),
        ({"RescaleType": None, "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, ""),
        ({"RescaleType": "mgml"}, "mgml"),
        ({"Modality": "PT", "RescaleType": None, "Units": "BQML"}, "Bq/ml"),
        ({"Modality": "MR", "RescaleType": None}, ""),
    ],
)
def test_units(change: dict[str, Any], unit: str) -> None:
    assert ct(**change)["unit"] == unit


@pytest.mark.parametrize(
    ("representation", "value", "limit", "expected"),
    [
        (0, 63536, None, {"low": 63536, "high": 63536}),
        (1, -2000, None, {"low": -2000, "high": -2000}),
        (1, -2000, -1990, {"low": -2000, "high": -1990}),
        (0, 10, 3, {"low": 3, "high": 10}),
        (0, None, None, None),
    ],
)
@pytest.mark.parametrize("transfer_syntax", [EXPLICIT, IMPLICIT])
def test_padding(
    representation: int, value: int | None, limit: int | None, expected: Any, transfer_syntax: str
) -> None:
    ds = make_instance("ct", PixelRepresentation=representation)
    vr = "SS" if representation else "US"
    if value is not None:
        ds.add_new("PixelPaddingValue", vr, value)
    if limit is not None:
        ds.add_new("PixelPaddingRangeLimit", vr, limit)
    assert made(encode(ds, transfer_syntax))["padding"] == expected


@pytest.mark.parametrize(
    ("pixel", "imager", "aspect", "expected"),
    [
        ([0.5, 0.25], None, None, ({"row": 0.5, "column": 0.25}, "pixel", 2.0)),
        (None, [0.2, 0.2], None, ({"row": 0.2, "column": 0.2}, "imager", 1.0)),
        ([0.15, 0.15], [0.2, 0.2], None, ({"row": 0.15, "column": 0.15}, "pixel", 1.0)),
        ([0.2, 0.2], [0.2, 0.2], None, ({"row": 0.2, "column": 0.2}, "imager", 1.0)),
        (None, None, [4, 3], (None, "", 4 / 3)),
        ([0, 0], None, None, (None, "", 1.0)),
        (None, None, None, (None, "", 1.0)),
    ],
)
def test_scale(pixel: Any, imager: Any, aspect: Any, expected: Any) -> None:
    found = ct(
        PixelSpacing=pixel, **{k: v for k, v in (("ImagerPixelSpacing", imager), ("PixelAspectRatio", aspect)) if v}
    )
    assert (found["spacing_mm"], found["spacing_source"], found["pixel_aspect"]) == expected


def region(delta: float = 0.01, units: int = 3, form: int = 1) -> Dataset:
    item = Dataset()
    item.RegionSpatialFormat, item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = form, units, units
    item.PhysicalDeltaX, item.PhysicalDeltaY = delta, -2 * delta
    return item


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([region()], {"row": 0.2, "column": 0.1}),
        ([region(), region()], {"row": 0.2, "column": 0.1}),
        ([region(), region(0.02)], None),
        ([region(), region(form=3)], None),
        ([region(units=0)], None),
        ([region(0.0)], None),
    ],
)
def test_ultrasound_regions_give_a_scale_only_where_all_agree(regions: list[Dataset], expected: Any) -> None:
    found = made(encode(make_instance("us_rgb", SequenceOfUltrasoundRegions=regions)))
    assert found["spacing_mm"] == expected
    assert found["location"] is not None


@pytest.mark.parametrize(
    ("transfer_syntax", "flag", "ratio", "expected"),
    [
        ("1.2.840.10008.1.2.4.50", None, None, (True, "lossy JPEG")),
        ("1.2.840.10008.1.2.4.50", "01", "10", (True, "lossy JPEG, 10:1")),
        ("1.2.840.10008.1.2.4.91", "01", "12.345", (True, "lossy JPEG 2000, 12.3:1")),
        ("1.2.840.10008.1.2.4.91", None, None, (True, "possibly lossy JPEG 2000")),
        ("1.2.840.10008.1.2.4.91", "00", None, (False, "")),
        ("1.2.840.10008.1.2.4.70", None, None, (False, "")),
        ("1.2.840.10008.1.2.1", "01", "8", (True, "lossy, 8:1")),
        ("1.2.840.10008.1.2.4.70", "01", None, (True, "lossy")),
    ],
)
def test_lossy_is_said(transfer_syntax: str, flag: str | None, ratio: str | None, expected: tuple[bool, str]) -> None:
    attributes = {k: v for k, v in (("LossyImageCompression", flag), ("LossyImageCompressionRatio", ratio)) if v}
    plain = transfer_syntax == EXPLICIT
    value = bytes(12) if plain else b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x02\0\0\0\xff\xd8"
    found = made(
        picture(
            value, "OW" if plain else "OB", transfer_syntax=transfer_syntax, undefined_length=not plain, **attributes
        )
    )
    assert (found["lossy"]["is"], found["lossy"]["text"]) == expected


def test_enhanced_frames_have_their_own_facts() -> None:
    entry, instance = opened(encode(make_instance("enhanced_ct")))
    for frame in range(3):
        found = recipe(instance, entry, frame)
        assert (found["slope"], found["intercept"], found["unit"]) == (1, -1024, "HU")
        assert found["windows"][0]["center"] == 40
        assert found["spacing_mm"] == {"row": 0.5, "column": 0.5}
        assert (found["position_mm"], found["thickness_mm"]) == (2 * frame, 2)
        assert found["letters"]["right"] == "L"
        assert drawn_by_the_page(entry, found).tolist() == display_values(entry, instance, frame).tolist()


def test_what_holds_for_one_frame_comes_before_what_is_shared() -> None:
    ds = make_instance("enhanced_ct")
    own = Dataset()
    own.RescaleSlope, own.RescaleIntercept, own.RescaleType = 3, 7, "own"
    ds.PerFrameFunctionalGroupsSequence[1].PixelValueTransformationSequence = Sequence([own])
    entry, instance = opened(encode(ds))
    assert [recipe(instance, entry, f)["slope"] for f in range(3)] == [1, 3, 1]
    assert recipe(instance, entry, 1)["unit"] == "own"


def test_rt_dose_is_scaled_and_placed() -> None:
    dose = {"Modality": "RTDOSE", "DoseGridScaling": "0.5", "DoseUnits": "GY", "GridFrameOffsetVector": ["0", "2.5"]}
    data = picture(struct.pack("<12H", *range(12)), NumberOfFrames=2, ImagePositionPatient=[0, 0, 10], **dose)
    found = made(data, 1)
    assert (found["slope"], found["intercept"], found["unit"], found["position_mm"]) == (0.5, 0, "Gy", 12.5)
    assert found["location"] is not None


def test_what_cannot_be_shown_says_why() -> None:
    for change, words in (
        ({"BitsAllocated": 12}, "makes no sense"),
        ({"Rows": 3000}, "Part of the picture is missing"),
    ):
        found = ct(**change)
        assert set(found) == KEYS
        assert words in found["cannot"]
    found = made(encode(make_instance("dose_report")))
    assert found["cannot"] == "This object holds no picture."


def test_a_plain_recipe_reads_nothing() -> None:
    entry, instance = opened(encode(make_instance("ct")))

    def fail(offset: int, length: int) -> bytes:
        raise AssertionError("read")

    sealed = Entry(entry.entry_id, entry.path, entry.size, fail)
    assert recipe(instance, sealed)["location"] is not None


def test_stored_values_are_what_the_location_and_shifts_give() -> None:
    entry, instance = opened(encode(make_instance("ct", PixelRepresentation=1, BitsStored=10, HighBit=11)))
    found = quick_recipe(instance)
    assert found is not None
    raw = np.frombuffer(entry.read(found["location"]["offset"], found["location"]["length"]), found["dtype"]).reshape(
        32, 32
    )
    shifted = (raw << np.int16(found["shift_left"])) >> np.int16(found["shift_right"])
    assert (found["shift_left"], found["shift_right"]) == (4, 6)
    assert shifted.tolist() == stored_values(entry, instance).tolist()
