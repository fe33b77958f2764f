"""Fragments, offset tables, RLE and the codecs. PS3.5 8.2, A.4 and G."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
import pytest

from instances import (
    EXPLICIT,
    HTJ2K_LOSSLESS,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    RLE,
    encode,
    make_instance,
    pattern,
)
from instances import _rle as rle
from pixel_files import opened, picture
from scanfolio.errors import PixelError
from scanfolio.pixels import codecs
from scanfolio.pixels.codestream import parse
from scanfolio.pixels.frame import display_values, stored_values

DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"
FRAMES = np.stack([pattern(n, 8, 6, 16) for n in range(3)])


def item(data: bytes) -> bytes:
    data += b"\0" * (len(data) % 2)
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(data)) + data


def fragments(*pieces: bytes, table: list[int] | None = None) -> bytes:
    """Pixel data of undefined length: Basic Offset Table, fragments, (pydicom adds the delimiter)."""
    return item(struct.pack(f"<{len(table or [])}I", *(table or []))) + b"".join(item(p) for p in pieces)


def offsets(*pieces: bytes) -> list[int]:
    sizes = [len(item(p)) for p in pieces]
    return [sum(sizes[:n]) for n in range(len(sizes))]


def compressed(value: bytes, transfer_syntax: str = RLE, **attributes: Any) -> bytes:
    described = {"Rows": 8, "Columns": 6} | attributes
    return picture(value, "OB", transfer_syntax=transfer_syntax, undefined_length=True, **described)


def frames_of(data: bytes, count: int = 3) -> list[Any]:
    entry, instance = opened(data)
    assert instance.encapsulated
    return [stored_values(entry, instance, n).tolist() for n in range(count)]


ENCODED = [rle(frame) for frame in FRAMES]


@pytest.mark.parametrize(
    "table",
    [
        offsets(*ENCODED),
        None,
        [0, 2, 4],
        [0, *[n + 8 for n in offsets(*ENCODED)[1:]]],
        offsets(*ENCODED)[:2],
        [4, 3, 2],
        [0, 4_000_000_000, 4_100_000_000],
    ],
    ids=["right", "none", "nonsense", "off by an item", "too short", "descending", "beyond the file"],
)
def test_frames_are_found_whatever_the_offset_table_says(table: list[int] | None) -> None:
    data = compressed(fragments(*ENCODED, table=table), NumberOfFrames=3)
    assert frames_of(data) == FRAMES.tolist()


def test_a_right_offset_table_spares_reading_the_other_frames() -> None:
    reads: list[tuple[int, int]] = []
    big = [rle(pattern(n, 200, 200, 16)) for n in range(3)]
    data = compressed(fragments(*big, table=offsets(*big)), NumberOfFrames=3, Rows=200, Columns=200)
    entry, instance = opened(data, reads=reads)
    reads.clear()
    stored_values(entry, instance, 2)
    assert sum(length for _, length in reads) < len(big[2]) + 3 * (1 << 14)


def test_one_frame_in_several_fragments() -> None:
    whole = ENCODED[0]
    pieces = [whole[:40], whole[40:100], whole[100:]]
    assert frames_of(compressed(fragments(*pieces)), 1) == [FRAMES[0].tolist()]
    assert frames_of(compressed(fragments(*pieces, table=[0])), 1) == [FRAMES[0].tolist()]


def test_several_fragments_for_each_frame_by_offset_table() -> None:
    halves = [part for whole in ENCODED for part in (whole[:60], whole[60:])]
    data = compressed(fragments(*halves, table=offsets(*halves)[::2]), NumberOfFrames=3)
    assert frames_of(data) == FRAMES.tolist()


def test_several_fragments_for_each_frame_by_end_of_image() -> None:
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    streams = [_encode_frame(frame, JPEG_LS, 16, 90) for frame in FRAMES]
    halves = [part for whole in streams for part in (whole[:30], whole[30:])]
    data = compressed(fragments(*halves), JPEG_LS, NumberOfFrames=3)
    assert frames_of(data) == FRAMES.tolist()


def test_fewer_fragments_than_frames_loses_only_the_last() -> None:
    entry, instance = opened(compressed(fragments(*ENCODED[:2]), NumberOfFrames=3))
    assert stored_values(entry, instance, 1).tolist() == FRAMES[1].tolist()
    with pytest.raises(PixelError, match="promises 3 and holds 2"):
        stored_values(entry, instance, 2)


def test_a_file_that_ends_inside_a_fragment_is_refused() -> None:
    data = compressed(fragments(ENCODED[0]))
    entry, instance = opened(data[:-20])
    with pytest.raises(PixelError, match="ends in the middle"):
        stored_values(entry, instance)


def test_fragments_without_a_delimiter() -> None:
    data = compressed(fragments(ENCODED[0]))
    assert data.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0")
    entry, instance = opened(data[:-8])
    assert stored_values(entry, instance).tolist() == FRAMES[0].tolist()


@pytest.mark.parametrize(
    "value", [item(b""), item(b"")[:6], item(b"") + b"garbage!", b"\xfe\xff\x00\xe0\xff\xff\xff\x7f"]
)
def test_broken_fragments_are_refused_in_words(value: bytes) -> None:
    entry, instance = opened(compressed(value))
    with pytest.raises(PixelError) as refused:
        stored_values(entry, instance)
    assert refused.value.title.endswith(".")


def test_rle_runs_literals_and_padding() -> None:
    # 5 literals; a run of 3; the no-operation 128
    segment = bytes([4, 10, 20, 30, 40, 50, 128, 256 - 2, 7])
    header = struct.pack("<16I", 1, 64, *[0] * 14)
    assert codecs.unpack_rle(header + segment, 8, 1, 1) == bytes([10, 20, 30, 40, 50, 7, 7, 7])


def test_rle_bytes_are_put_in_order() -> None:
    # two pixels of 16 bits, three samples: most significant byte plane first
    planes = [bytes([1, b + k, b + k + 10]) for b in (0, 100, 200) for k in (0, 1)]
    header = struct.pack("<16I", 6, *[64 + 4 * n for n in range(6)], *[0] * 9)
    out = codecs.unpack_rle(header + b"".join(p + b"\x80" for p in planes), 2, 3, 2)
    assert np.frombuffer(out, "<u2").tolist() == [1, 0xA0B, 0x6465, 0x6E6F, 0xC8C9, 0xD2D3]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(64),
        struct.pack("<16I", 1, 64, *[0] * 14),
        struct.pack("<16I", 1, 4000, *[0] * 14) + bytes(10),
        struct.pack("<16I", 2, 64, 66, *[0] * 13) + bytes(10),
        struct.pack("<16I", 1, 3, *[0] * 14) + bytes(10),
    ],
)
def test_broken_rle_is_refused(data: bytes) -> None:
    with pytest.raises(PixelError, match="damaged"):
        codecs.unpack_rle(data, 48, 1, 1)


def test_an_rle_bomb_stops_at_the_size_of_the_frame() -> None:
    segment = bytes([129, 0]) * 1_000_000  # would be 128 MB
    header = struct.pack("<16I", 1, 64, *[0] * 14)
    assert codecs.unpack_rle(header + segment, 100, 1, 1) == bytes(100)


def test_rle_of_single_bits() -> None:
    packed = bytes([0b10110010, 0b00000001])
    data = struct.pack("<16I", 1, 64, *[0] * 14) + bytes([1]) + packed
    got = frames_of(compressed(fragments(data), BitsAllocated=1, BitsStored=1, HighBit=0, Rows=3, Columns=3), 1)
    assert got == [[[0, 1, 0], [0, 1, 1], [0, 1, 1]]]


@pytest.mark.parametrize("window_bits", [-15, 15])
def test_deflated_frames(window_bits: int) -> None:
    def deflated(frame: np.ndarray) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, window_bits)
        return packer.compress(frame.astype("<u2").tobytes()) + packer.flush()

    data = compressed(fragments(*[deflated(f) for f in FRAMES]), DEFLATED_FRAME, NumberOfFrames=3)
    assert frames_of(data) == FRAMES.tolist()


def test_a_deflate_bomb_is_refused_or_cut() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(50_000_000)) + packer.flush()
    assert codecs.inflate_frame(bomb, 100) == bytes(100)
    with pytest.raises(PixelError, match="damaged"):
        codecs.inflate_frame(bomb, 60_000_000)


LOSSLESS = [JPEG_LOSSLESS_SV1, JPEG_LS, JPEG_2000_LOSSLESS, HTJ2K_LOSSLESS]


@pytest.mark.parametrize("transfer_syntax", [RLE, *LOSSLESS])
@pytest.mark.parametrize("kind", ["twelve bits", "sixteen bits", "eight bits", "colour"])
def test_lossless_syntaxes_give_the_values_back(transfer_syntax: str, kind: str) -> None:
    if transfer_syntax != RLE:
        pytest.importorskip("imagecodecs")
    bits, samples = {"twelve bits": (12, 1), "sixteen bits": (16, 1), "eight bits": (8, 1), "colour": (8, 3)}[kind]
    pixels = pattern(3, 20, 30, bits, samples)
    ds = make_instance("us_rgb" if samples == 3 else "ct", pixels=pixels)
    if bits == 16:
        ds.BitsStored, ds.HighBit = 16, 15
    entry, instance = opened(encode(ds, transfer_syntax))
    got = stored_values(entry, instance)
    assert got.dtype == pixels.dtype
    assert got.tolist() == pixels.tolist()


@pytest.mark.parametrize("transfer_syntax", [JPEG_LS, JPEG_LOSSLESS_SV1, JPEG_2000_LOSSLESS])
def test_negative_values_written_as_their_bits_come_back_negative(transfer_syntax: str) -> None:
    """JPEG and JPEG-LS know no signed samples; JPEG 2000's sign is often not set."""
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    pixels = (pattern(1, 8, 6, 12).astype(np.int32) - 2048).astype(np.int16)
    stream = _encode_frame((pixels & 0xFFF).astype(np.uint16), transfer_syntax, 12, 90)
    data = compressed(fragments(stream), transfer_syntax, BitsStored=12, PixelRepresentation=1)
    entry, instance = opened(data)
    assert stored_values(entry, instance).tolist() == pixels.tolist()


def test_jpeg_baseline_colour_is_close_to_what_went_in() -> None:
    pytest.importorskip("imagecodecs")
    smooth = np.stack([np.add.outer(np.arange(32) * 3, np.arange(32) * 2) + 20 * s for s in range(3)], -1).astype(
        np.uint8
    )
    entry, instance = opened(encode(make_instance("us_rgb", pixels=smooth), JPEG_BASELINE))
    assert instance.photometric_interpretation == "YBR_FULL_422"
    stored = stored_values(entry, instance)
    assert stored.shape == (32, 32, 3)
    y = smooth @ np.array([0.299, 0.587, 0.114])
    assert np.abs(stored[..., 0] - y).max() < 6  # stays YBR: the first sample is brightness
    assert np.abs(display_values(entry, instance).astype(int) - smooth).max() < 12


def test_the_codestream_decides_not_the_transfer_syntax() -> None:
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    stream = _encode_frame(FRAMES[0], JPEG_LS, 16, 90)
    assert frames_of(compressed(fragments(stream), JPEG_2000_LOSSLESS), 1) == [FRAMES[0].tolist()]


@pytest.mark.parametrize("transfer_syntax", [JPEG_BASELINE, *LOSSLESS])
def test_a_codestream_of_another_size_is_refused_before_decoding(transfer_syntax: str) -> None:
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    stream = _encode_frame(pattern(1, 16, 6, 8), transfer_syntax, 8, 90)
    found = parse(stream)
    assert found is not None
    assert (found.rows, found.columns, found.components, found.precision) == (16, 6, 1, 8)
    entry, instance = opened(compressed(fragments(stream), transfer_syntax, BitsAllocated=8, BitsStored=8))
    with pytest.raises(PixelError, match="another size"):
        stored_values(entry, instance)


@pytest.mark.parametrize("transfer_syntax", LOSSLESS)
@pytest.mark.parametrize("kept", [3, 20, 60])
def test_a_damaged_codestream_is_refused_in_words(transfer_syntax: str, kept: int) -> None:
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    stream = _encode_frame(FRAMES[0], transfer_syntax, 16, 90)[:kept]
    entry, instance = opened(compressed(fragments(stream), transfer_syntax))
    with pytest.raises(PixelError) as refused:
        stored_values(entry, instance)
    assert "Traceback" not in refused.value.detail


@pytest.mark.parametrize("transfer_syntax", [JPEG_BASELINE, *LOSSLESS])
@pytest.mark.parametrize("part", [0.5, 0.95])
def test_a_codestream_that_ends_early_is_refused_not_filled_up(transfer_syntax: str, part: float) -> None:
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    noise = np.random.default_rng(1).integers(0, 256, (64, 48), dtype=np.uint8)
    stream = _encode_frame(noise, transfer_syntax, 8, 90)
    described = {"BitsAllocated": 8, "BitsStored": 8, "Rows": 64, "Columns": 48}
    cut = stream[: int(len(stream) * part)]
    entry, instance = opened(compressed(fragments(cut), transfer_syntax, **described))
    with pytest.raises(PixelError):
        stored_values(entry, instance)


@pytest.mark.parametrize("transfer_syntax", [JPEG_BASELINE, JPEG_LOSSLESS_SV1])
def test_a_codestream_that_lacks_nothing_but_its_end_marker_is_shown(transfer_syntax: str) -> None:
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    pixels = pattern(3, 64, 48, 8)
    stream = _encode_frame(pixels, transfer_syntax, 8, 90)
    described = {"BitsAllocated": 8, "BitsStored": 8, "Rows": 64, "Columns": 48}
    whole = frames_of(compressed(fragments(stream), transfer_syntax, **described), 1)
    assert stream.endswith(b"\xff\xd9")
    assert frames_of(compressed(fragments(stream[:-2]), transfer_syntax, **described), 1) == whole


@pytest.mark.parametrize("transfer_syntax", [JPEG_2000_LOSSLESS, HTJ2K_LOSSLESS])
@pytest.mark.parametrize(("at", "value"), [(39, 64), (24, 0), (31, 0), (12, 0xFF), (16, 0xFF)])
def test_tiles_that_are_nowhere_are_not_searched_for(transfer_syntax: str, at: int, value: int) -> None:
    """OpenJPH never comes back from a picture whose tiles begin behind it."""
    pytest.importorskip("imagecodecs")
    from instances import _encode_frame

    stream = bytearray(_encode_frame(pattern(1, 8, 6, 8), transfer_syntax, 8, 90))
    assert parse(bytes(stream)) is not None
    stream[at] = value
    if at in (24, 31):
        stream[24:32] = bytes(8)
    assert parse(bytes(stream)) is None


def test_what_is_no_codestream_is_refused() -> None:
    for data in (b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xda\0\x08", b"\xff\x4f\xff\x51", b"GIF89a", bytes(100)):
        found = parse(data)
        assert found is None


@pytest.mark.parametrize(
    ("transfer_syntax", "sentence"),
    [("1.2.840.10008.1.2.4.100", "video"), ("1.2.3.4", "do not know"), ("1.2.840.10008.1.2.4.94", "do not know")],
)
def test_syntaxes_we_cannot_decode_say_so(transfer_syntax: str, sentence: str) -> None:
    data = compressed(fragments(b"anything"), transfer_syntax)
    entry, instance = opened(data)
    with pytest.raises(PixelError, match=sentence):
        stored_values(entry, instance)


def test_which_syntaxes_need_imagecodecs() -> None:
    assert all(codecs.needs_imagecodecs(uid) for uid in (JPEG_BASELINE, *LOSSLESS))
    assert not any(codecs.needs_imagecodecs(uid) for uid in (EXPLICIT, RLE, DEFLATED_FRAME, "1.2.3", ""))
    assert codecs.has_decoder(RLE)
    assert codecs.has_decoder(EXPLICIT)
    assert not codecs.has_decoder("1.2.3")


def test_pydicom_decodes_through_the_plugin() -> None:
    pytest.importorskip("imagecodecs")
    import io

    import pydicom

    codecs.register()
    codecs.register()
    pixels = pattern(5, 20, 30, 12)
    ds = pydicom.dcmread(io.BytesIO(encode(make_instance("ct", pixels=pixels), JPEG_2000_LOSSLESS)))
    ds.pixel_array_options(decoding_plugin="imagecodecs")
    assert ds.pixel_array.tolist() == pixels.tolist()
