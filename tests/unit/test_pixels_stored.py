"""Native pixel data, built byte by byte, to stored values. PS3.5 8.1, PS3.3 C.7.6.3."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT
from pixel_files import opened, picture
from scanfolio.errors import PixelError
from scanfolio.pixels.frame import stored_values


def values(pixel_data: bytes, vr: str = "OW", frame: int = 0, **attributes: Any) -> Any:
    entry, instance = opened(picture(pixel_data, vr, **attributes))
    return stored_values(entry, instance, frame)


SIX = [0, 1, 2, 40000, 65534, 65535]


@pytest.mark.parametrize("transfer_syntax", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
def test_sixteen_bits(transfer_syntax: str) -> None:
    order = ">" if transfer_syntax == BIG_ENDIAN else "<"
    got = values(struct.pack(f"{order}6H", *SIX), transfer_syntax=transfer_syntax)
    assert got.dtype == np.uint16
    assert got.tolist() == [SIX[:3], SIX[3:]]


@pytest.mark.parametrize("transfer_syntax", [IMPLICIT, EXPLICIT, BIG_ENDIAN])
def test_signed_sixteen_bits(transfer_syntax: str) -> None:
    order = ">" if transfer_syntax == BIG_ENDIAN else "<"
    data = struct.pack(f"{order}6h", -32768, -1, 0, 1, 2, 32767)
    got = values(data, transfer_syntax=transfer_syntax, PixelRepresentation=1)
    assert got.dtype == np.int16
    assert got.tolist() == [[-32768, -1, 0], [1, 2, 32767]]


def test_bits_above_high_bit_are_cut() -> None:
    # 12 of 16 bits: what lies above (an overlay in old files) is not part of the value
    data = struct.pack("<6H", 0xF001, 0x0FFF, 0x8800, 0x1000, 0x0800, 0x07FF)
    assert values(data, BitsStored=12).tolist() == [[1, 0xFFF, 0x800], [0, 0x800, 0x7FF]]


def test_the_sign_is_extended_from_high_bit() -> None:
    data = struct.pack("<6H", 0xF001, 0x0FFF, 0x8800, 0x1000, 0x0800, 0x07FF)
    got = values(data, BitsStored=12, PixelRepresentation=1)
    assert got.dtype == np.int16
    assert got.tolist() == [[1, -1, -2048], [0, -2048, 2047]]


def test_bits_below_the_lowest_stored_one_are_cut() -> None:
    # High Bit 15 with 12 bits stored: allowed until 2011, so the value is in the upper twelve bits
    data = struct.pack("<6H", 0x001F, 0xFFFF, 0x8000, 0x1234, 0x7FF0, 0x000F)
    assert values(data, BitsStored=12, HighBit=15).tolist() == [[1, 0xFFF, 0x800], [0x123, 0x7FF, 0]]
    signed = values(data, BitsStored=12, HighBit=15, PixelRepresentation=1)
    assert signed.tolist() == [[1, -1, -2048], [0x123, 0x7FF, 0]]


@pytest.mark.parametrize("high_bit", [0, 3, 200])
def test_an_impossible_high_bit_is_taken_as_bits_stored_less_one(high_bit: int) -> None:
    data = struct.pack("<6H", *SIX)
    assert values(data, BitsStored=16, HighBit=high_bit).tolist() == [SIX[:3], SIX[3:]]


@pytest.mark.parametrize(
    ("vr", "transfer_syntax"), [("OB", EXPLICIT), ("OW", EXPLICIT), ("OW", IMPLICIT), ("OB", BIG_ENDIAN)]
)
def test_eight_bits(vr: str, transfer_syntax: str) -> None:
    got = values(bytes([1, 2, 3, 4, 5, 255]), vr, transfer_syntax=transfer_syntax, BitsAllocated=8, BitsStored=8)
    assert got.dtype == np.uint8
    assert got.tolist() == [[1, 2, 3], [4, 5, 255]]


def test_eight_bits_in_big_endian_words() -> None:
    """OW is a string of words; in big endian the first of two pixels is the second byte."""
    got = values(bytes([2, 1, 4, 3, 6, 5]), "OW", transfer_syntax=BIG_ENDIAN, BitsAllocated=8, BitsStored=8)
    assert got.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_frames_of_odd_length_in_big_endian_words() -> None:
    words = bytes([2, 1, 4, 3, 6, 5])  # two frames of three pixels: 1 2 3, 4 5 6
    described = {"BitsAllocated": 8, "BitsStored": 8, "Rows": 1, "NumberOfFrames": 2}
    assert values(words, "OW", 0, transfer_syntax=BIG_ENDIAN, **described).tolist() == [[1, 2, 3]]
    assert values(words, "OW", 1, transfer_syntax=BIG_ENDIAN, **described).tolist() == [[4, 5, 6]]


def test_signed_eight_bits() -> None:
    got = values(bytes([0, 127, 128, 255, 1, 2]), "OB", BitsAllocated=8, BitsStored=8, PixelRepresentation=1)
    assert got.tolist() == [[0, 127, -128], [-1, 1, 2]]


@pytest.mark.parametrize("order", ["<", ">"])
def test_thirty_two_bits(order: str) -> None:
    data = struct.pack(f"{order}6I", 0, 1, 70000, 1 << 31, (1 << 32) - 1, 5)
    got = values(data, transfer_syntax=EXPLICIT if order == "<" else BIG_ENDIAN, BitsAllocated=32, BitsStored=32)
    assert got.dtype == np.uint32
    assert got.tolist() == [[0, 1, 70000], [1 << 31, (1 << 32) - 1, 5]]


def test_float_and_double() -> None:
    numbers = [0.0, -1.5, 3.25, 1e6, -1e-3, 7.0]
    got = values(struct.pack("<6f", *numbers), "OF", BitsAllocated=32)
    assert got.dtype == np.float32
    assert got.ravel().tolist() == pytest.approx(numbers)
    got = values(struct.pack("<6d", *numbers), "OD", BitsAllocated=64)
    assert got.dtype == np.float64
    assert got.ravel().tolist() == numbers


def test_single_bits_lowest_first_and_frames_not_on_byte_borders() -> None:
    # two frames of 2 x 3: 6 bits each, packed without a gap: 1 0 1 1 0 0 | 0 1 1 1 1 1
    described = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "NumberOfFrames": 2}
    data = bytes([0b10001101, 0b00001111])
    assert values(data, "OB", 0, **described).tolist() == [[1, 0, 1], [1, 0, 0]]
    assert values(data, "OB", 1, **described).tolist() == [[0, 1, 1], [1, 1, 1]]


COLOUR = {
    "SamplesPerPixel": 3,
    "PhotometricInterpretation": "RGB",
    "BitsAllocated": 8,
    "BitsStored": 8,
    "Rows": 1,
    "Columns": 2,
}


def test_interleaved_and_planar_colour() -> None:
    pixels = [[[10, 20, 30], [40, 50, 60]]]
    assert values(bytes([10, 20, 30, 40, 50, 60]), "OB", PlanarConfiguration=0, **COLOUR).tolist() == pixels
    assert values(bytes([10, 40, 20, 50, 30, 60]), "OB", PlanarConfiguration=1, **COLOUR).tolist() == pixels


def test_ybr_422_gives_both_pixels_their_shared_colour() -> None:
    described = COLOUR | {"PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 0}
    got = values(bytes([100, 200, 30, 40]), "OB", **described)
    assert got.tolist() == [[[100, 30, 40], [200, 30, 40]]]


def test_ybr_422_with_all_samples_present_is_read_as_what_it_is() -> None:
    described = COLOUR | {"PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 0}
    assert values(bytes([1, 2, 3, 4, 5, 6]), "OB", **described).tolist() == [[[1, 2, 3], [4, 5, 6]]]


def test_one_frame_of_many_reads_only_that_frame() -> None:
    frames = np.arange(50 * 6, dtype="<u2").reshape(50, 2, 3)
    reads: list[tuple[int, int]] = []
    entry, instance = opened(picture(frames.tobytes(), NumberOfFrames=50), reads=reads)
    reads.clear()
    assert stored_values(entry, instance, 49).tolist() == frames[49].tolist()
    assert sum(length for _, length in reads) == 12


def test_compressed_syntax_over_plain_pixels_is_read_plainly() -> None:
    """Some archives decompress and keep the old Transfer Syntax; a defined length gives them away."""
    plain = picture(struct.pack("<6H", *SIX))
    mislabelled = plain.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")
    entry, instance = opened(mislabelled)
    assert instance.transfer_syntax_uid == "1.2.840.10008.1.2.5"
    assert stored_values(entry, instance).tolist() == [SIX[:3], SIX[3:]]


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"BitsAllocated": 12}, "makes no sense"),
        ({"BitsStored": 17}, "makes no sense"),
        ({"BitsStored": 0}, "makes no sense"),
        ({"SamplesPerPixel": 2}, "colour channels"),
        ({"Rows": 0}, "how many rows"),
        ({"Rows": None}, "how many rows"),
        ({"Rows": 3}, "12 of 18 bytes"),
        ({"Rows": 65535, "Columns": 65535}, "too large"),
        ({"NumberOfFrames": 2_000_000_000}, "missing"),
    ],
)
def test_what_cannot_be_is_refused_in_words(attributes: dict[str, Any], sentence: str) -> None:
    described = {"HighBit": 15} | attributes
    entry, instance = opened(picture(struct.pack("<6H", *SIX), **described))
    frame = max(0, instance.number_of_frames - 1)
    with pytest.raises(PixelError) as refused:
        stored_values(entry, instance, frame)
    assert sentence in refused.value.title
    assert refused.value.where == "IMAGE"


def test_a_frame_that_is_not_there_is_refused() -> None:
    entry, instance = opened(picture(struct.pack("<6H", *SIX)))
    for frame in (1, -1):
        with pytest.raises(PixelError, match="no picture number"):
            stored_values(entry, instance, frame)


def test_a_file_cut_short_loses_only_the_frames_that_are_cut() -> None:
    data = picture(np.arange(18, dtype="<u2").tobytes(), NumberOfFrames=3)
    entry, instance = opened(data[:-4])
    assert stored_values(entry, instance, 1).tolist() == [[6, 7, 8], [9, 10, 11]]
    with pytest.raises(PixelError, match="Part of the picture is missing: 32 of 36 bytes"):
        stored_values(entry, instance, 2)
