"""Modality LUT, VOI LUT, palettes and colour, with numbers worked out by hand. PS3.3 C.11.1, C.11.2, C.7.6.3, C.7.9."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from instances import BIG_ENDIAN, EXPLICIT, IMPLICIT
from pixel_files import opened, picture
from scanfolio.errors import PixelError
from scanfolio.pixels.colour import ybr_full_to_rgb
from scanfolio.pixels.frame import display_values, frame_for_page, modality_values
from scanfolio.pixels.lut import as_descriptor, as_words, expand_segments
from scanfolio.pixels.recipe import recipe


def shown(pixel_data: bytes, vr: str = "OB", **attributes: Any) -> list[Any]:
    entry, instance = opened(picture(pixel_data, vr, **attributes))
    return display_values(entry, instance).tolist()


EIGHT = {"BitsAllocated": 8, "BitsStored": 8}


def lut(entries: list[int], first: int = 0, bits: int = 16, vr: str = "US") -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", vr, [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "OW", struct.pack(f"<{len(entries)}H", *entries))
    item.ModalityLUTType = "OD"
    return item


def test_modality_table_replaces_the_line() -> None:
    data = picture(bytes([0, 5, 6, 7, 8, 255]), "OB", ModalityLUTSequence=Sequence([lut([100, 200, 300], 5)]), **EIGHT)
    entry, instance = opened(data)
    assert modality_values(entry, instance).tolist() == [[100, 100, 200], [300, 300, 300]]
    made, values = frame_for_page(instance, entry, 0)
    assert (values.dtype, values.tolist()) == (np.uint16, [[100, 100, 200], [300, 300, 300]])
    assert (made["dtype"], made["slope"], made["intercept"], made["location"]) == ("uint16", 1, 0, None)
    assert made["windows"] == [{"center": 200, "width": 200, "function": "LINEAR_EXACT", "name": "auto"}]


def test_voi_table_is_the_default_where_no_window_is_stored() -> None:
    data = picture(bytes([0, 5, 6, 7, 8, 255]), "OB", VOILUTSequence=Sequence([lut([0, 128, 255], 5, 8)]), **EIGHT)
    entry, instance = opened(data)
    assert display_values(entry, instance).tolist() == [[0, 0, 128], [255, 255, 255]]
    made = recipe(instance, entry)
    assert made["voi_lut"] == {"first": 5, "values": [0, 128, 255], "bits": 8}
    assert made["location"] is not None  # the values themselves may still be sliced out of the file
    assert made["windows"]
    # a window chosen by the person replaces the table
    assert display_values(entry, instance, 0, (127.5, 255)).tolist() == [[0, 5, 6], [7, 8, 255]]


def test_voi_table_begins_below_zero_where_rescaling_can_give_negative_values() -> None:
    """The first input is signed because of the intercept, though the stored values are not (C.11.2.1.1)."""
    table = lut([0, 85, 170, 255], 65536 - 2, 8)
    data = picture(
        bytes([0, 1, 2, 3, 4, 5]), "OB", VOILUTSequence=Sequence([table]), RescaleSlope=1, RescaleIntercept=-3, **EIGHT
    )
    entry, instance = opened(data)
    assert display_values(entry, instance).tolist() == [[0, 0, 85], [170, 255, 255]]


def test_a_stored_window_comes_before_the_voi_table() -> None:
    data = picture(bytes(6), "OB", VOILUTSequence=Sequence([lut([9])]), WindowCenter=128, WindowWidth=256, **EIGHT)
    entry, instance = opened(data)
    made = recipe(instance, entry)
    assert (made["voi_lut"], made["windows"][0]["center"]) == (None, 128)


def test_an_unusable_table_is_passed_over() -> None:
    broken = Dataset()
    broken.add_new("LUTDescriptor", "US", [3, 0])
    broken.add_new("LUTData", "OW", b"")
    data = picture(bytes([0, 1, 2, 3, 4, 255]), "OB", ModalityLUTSequence=Sequence([broken]), **EIGHT)
    entry, instance = opened(data)
    assert modality_values(entry, instance).tolist() == [[0, 1, 2], [3, 4, 255]]


def test_descriptors() -> None:
    assert as_descriptor([0, 0, 16], False) == (65536, 0, 16)
    assert as_descriptor([256, 65535, 8], False) == (256, 65535, 8)
    assert as_descriptor([256, 65535, 8], True) == (256, -1, 8)
    assert as_descriptor(b"\x02\0\xff\xff\x08\0", True) == (2, -1, 8)
    for wrong in (None, [], [1, 2], [1, 2, 0], [1, 2, 17], b""):
        with pytest.raises(ValueError):
            as_descriptor(wrong, False)
    assert as_words([-1, 5]).tolist() == [65535, 5]
    assert as_words(7).tolist() == [7]


def palette(data: list[bytes], entries: int, first: int = 0, bits: int = 16, segmented: bool = False) -> dict[str, Any]:
    out: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour, table in zip(("Red", "Green", "Blue"), data, strict=True):
        out[f"{colour}PaletteColorLookupTableDescriptor"] = [entries % 65536, first, bits]
        out[f"{'Segmented' if segmented else ''}{colour}PaletteColorLookupTableData"] = table
    return out


def words(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


@pytest.mark.parametrize("transfer_syntax", [EXPLICIT, IMPLICIT])
def test_palette_of_sixteen_bits_keeps_the_upper_byte(transfer_syntax: str) -> None:
    tables = [words(0x1200, 0xFF00, 0xFFFF), words(0, 0x0180, 0x7FFF), words(0xABCD, 0, 0xFF)]
    got = shown(bytes([0, 1, 2, 3, 200, 0]), transfer_syntax=transfer_syntax, **EIGHT, **palette(tables, 3))
    first, second, last = [0x12, 0, 0xAB], [255, 1, 0], [255, 0x7F, 0]
    assert got == [[first, second, last], [last, last, first]]


def test_palette_that_begins_above_zero() -> None:
    tables = [words(1, 2), words(3, 4), words(5, 6)]
    got = shown(bytes([0, 99, 100, 101, 102, 255]), **EIGHT, **palette(tables, 2, 100, 8))
    assert got == [[[1, 3, 5]] * 3, [[2, 4, 6]] * 3]


def test_palette_of_eight_bits_two_to_a_word() -> None:
    tables = [bytes([1, 2, 3, 4]), bytes([5, 6, 7, 8]), bytes([9, 10, 11, 12])]
    got = shown(bytes([0, 1, 2, 3, 0, 1]), **EIGHT, **palette(tables, 4, 0, 8))
    assert got == [[[1, 5, 9], [2, 6, 10], [3, 7, 11]], [[4, 8, 12], [1, 5, 9], [2, 6, 10]]]


def test_palette_said_to_have_sixteen_bits_that_has_eight() -> None:
    tables = [words(10, 255), words(20, 0), words(30, 128)]
    assert shown(bytes([0, 1, 0, 1, 0, 1]), **EIGHT, **palette(tables, 2))[0][:2] == [[10, 20, 30], [255, 0, 128]]


def test_segmented_palette() -> None:
    # discrete 2: 0, 10; linear 5 up to 60; indirect: the 1 segment at word 0 again
    data = words(0, 2, 0, 10, 1, 5, 60, 2, 1, 0, 0)
    assert expand_segments(np.frombuffer(data, "<u2")).tolist() == [0, 10, 20, 30, 40, 50, 60, 0, 10]
    got = shown(bytes([0, 2, 6, 8, 1, 7]), **EIGHT, **palette([data] * 3, 9, 0, 8, segmented=True))
    assert got == [[[0] * 3, [20] * 3, [60] * 3], [[10] * 3, [10] * 3, [0] * 3]]


@pytest.mark.parametrize(
    "data", [words(1, 5, 60), words(3, 1, 1), words(2, 1, 0, 0, 2, 1, 4, 0), words(0, 1, 1, 1, 0, 5)]
)
def test_broken_segments_do_not_run_away(data: bytes) -> None:
    with suppress(ValueError):
        assert len(expand_segments(np.frombuffer(data, "<u2"))) <= 65536


def test_segments_that_would_expand_without_end_are_cut() -> None:
    data = words(0, 1, 7, *([1, 65535, 9] * 50))
    assert len(expand_segments(np.frombuffer(data, "<u2"))) == 65536


def test_a_missing_palette_is_refused_in_words() -> None:
    entry, instance = opened(picture(bytes(6), "OB", PhotometricInterpretation="PALETTE COLOR", **EIGHT))
    with pytest.raises(PixelError, match="colours is missing"):
        display_values(entry, instance)


COLOUR = EIGHT | {"SamplesPerPixel": 3, "Rows": 1, "Columns": 2, "PlanarConfiguration": 0}


def test_ybr_full_to_rgb() -> None:
    ybr = np.array(
        [[[0, 128, 128], [255, 128, 128], [76, 85, 255], [150, 44, 21], [29, 255, 107], [128, 0, 0]]], np.uint8
    )
    expected = [
        [0, 0, 0],
        [255, 255, 255],
        [254, 0, 0],  # 76 + 1.402 * 127 = 254.05; 76 + 14.80 - 90.70 = 0.10; 76 - 76.2 = -0.2
        [0, 255, 1],  # 150 - 150.01; 150 + 28.91 + 76.41 = 255.3; 150 - 148.8 = 1.15
        [0, 0, 254],  # 29 - 29.44; 29 - 43.70 + 15.0 = 0.29; 29 + 225.04 = 254.04
        [0, 255, 0],
    ]
    assert ybr_full_to_rgb(ybr).tolist() == [expected]


def test_ybr_is_what_the_formula_says_for_every_colour_difference() -> None:
    cb, cr = np.meshgrid(np.arange(256), np.arange(256))
    ybr = np.stack([np.full_like(cb, 117), cb, cr], -1).astype(np.uint8)
    c, r = cb - 128.0, cr - 128.0
    exact = np.stack([117 + 1.402 * r, 117 - (0.114 * 1.772 * c + 0.299 * 1.402 * r) / 0.587, 117 + 1.772 * c], -1)
    exact = exact.clip(0, 255)
    assert np.abs(ybr_full_to_rgb(ybr) - exact).max() < 0.5 + 1e-9


@pytest.mark.parametrize(
    ("photometric", "data", "expected"),
    [
        ("RGB", [1, 2, 3, 4, 5, 6], [[1, 2, 3], [4, 5, 6]]),
        ("YBR_FULL", [255, 128, 128, 76, 85, 255], [[255, 255, 255], [254, 0, 0]]),
        ("YBR_FULL_422", [0, 255, 128, 128], [[0, 0, 0], [255, 255, 255]]),
        ("YBR_PARTIAL_422", [16, 235, 128, 128], [[0, 0, 0], [255, 255, 255]]),
    ],
)
def test_colour_pictures(photometric: str, data: list[int], expected: list[list[int]]) -> None:
    assert shown(bytes(data), PhotometricInterpretation=photometric, **COLOUR) == [expected]


def test_sixteen_bit_colour_shows_its_upper_eight_bits() -> None:
    described = COLOUR | {"BitsAllocated": 16, "BitsStored": 12, "PhotometricInterpretation": "RGB"}
    got = shown(struct.pack("<6H", 0, 0x800, 0xFFF, 0x10, 0xF, 0xF7F0), "OW", **described)
    assert got == [[[0, 128, 255], [1, 0, 127]]]


@pytest.mark.parametrize("photometric", ["HSV", "CMYK", "ARGB"])
def test_colour_models_nobody_uses_are_named(photometric: str) -> None:
    with pytest.raises(PixelError, match=photometric):
        shown(bytes(6), PhotometricInterpretation=photometric, **COLOUR)


def test_big_endian_palette() -> None:
    # LUT Data of OW are words too, so they are written big endian; pydicom hands them over as they stand
    described = palette([words(0x1234, 0xFF21), words(0x43, 0x100), words(0, 1)], 2)
    for colour in ("Red", "Green", "Blue"):
        key = f"{colour}PaletteColorLookupTableData"
        described[key] = np.frombuffer(described[key], "<u2").astype(">u2").tobytes()
    got = shown(bytes([0, 1, 0, 1, 0, 1]), transfer_syntax=BIG_ENDIAN, **EIGHT, **described)
    assert got[0][:2] == [[0x12, 0, 0], [255, 1, 0]]
