"""Thumbnails and PNG files."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from instances import encode, make_instance
from pixel_files import opened
from scanfolio.pixels import forget, thumbnail
from scanfolio.pixels.png import encode as encode_png


def test_each_pixel_is_the_mean_of_what_it_covers() -> None:
    values = np.arange(36).reshape(6, 6).astype(np.uint8)
    entry, instance = opened(encode(make_instance("multiframe", pixels=values)))
    corner = (0 + 1 + 2 + 6 + 7 + 8 + 12 + 13 + 14) // 9
    assert thumbnail(entry, instance, 0, 2).tolist() == [[corner, corner + 3], [corner + 18, corner + 21]]


def test_a_thumbnail_of_something_smaller_is_enlarged() -> None:
    values = np.array([[0, 200], [100, 50]], np.uint8)
    entry, instance = opened(encode(make_instance("multiframe", pixels=values)))
    assert thumbnail(entry, instance, 0, 4).tolist() == [[0, 0, 200, 200]] * 2 + [[100, 100, 50, 50]] * 2


def test_a_thumbnail_keeps_proportions_in_a_black_square() -> None:
    white = np.full((20, 40), 4095, np.uint16)
    entry, instance = opened(encode(make_instance("ct", pixels=white)))
    small = thumbnail(entry, instance, 0, 8)
    assert small.shape == (8, 8)
    assert small.tolist() == [[0] * 8] * 2 + [[255] * 8] * 4 + [[0] * 8] * 2


def test_a_thumbnail_has_the_proportions_of_the_body() -> None:
    white = np.full((20, 40), 4095, np.uint16)
    entry, instance = opened(encode(make_instance("ct", pixels=white, PixelSpacing=[4, 1])))
    small = thumbnail(entry, instance, 0, 8)
    assert small[0].tolist() == [0, 0, 255, 255, 255, 255, 0, 0]


def test_a_thumbnail_of_colour() -> None:
    red = np.zeros((10, 10, 3), np.uint8)
    red[..., 0] = 200
    entry, instance = opened(encode(make_instance("us_rgb", pixels=red)))
    small = thumbnail(entry, instance)
    assert small.shape == (112, 112, 3)
    assert (small == [200, 0, 0]).all()
    forget()


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3), (1, 1)])
def test_png_holds_the_picture(shape: tuple[int, ...]) -> None:
    picture = (np.arange(np.prod(shape)) * 7 % 256).astype(np.uint8).reshape(shape)
    data = encode_png(picture)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    columns, rows, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (rows, columns, depth, colour) == (shape[0], shape[1], 8, 2 if len(shape) == 3 else 0)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(rows, -1)
    assert (lines[:, 0] == 0).all()
    assert lines[:, 1:].reshape(shape).tolist() == picture.tolist()


def test_png_of_anything_else_is_refused() -> None:
    for wrong in (np.zeros((2, 2), np.uint16), np.zeros((2, 2, 4), np.uint8), np.zeros(3, np.uint8)):
        with pytest.raises(ValueError, match="not an 8-bit picture"):
            encode_png(wrong)
