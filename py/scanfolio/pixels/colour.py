"""Colour samples → 8-bit RGB. PS3.3 C.7.6.3.1.2, ISO 10918-5 section 7."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from scanfolio.model import SopInstance
from scanfolio.pixels.layout import Layout, refuse

Array = np.ndarray[Any, np.dtype[Any]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


@cache
def _difference_tables() -> tuple[Array, Array, Array]:
    """What Cr adds to red, (Cb, Cr) to green and Cb to blue, already rounded: Y is whole, so this is exact."""
    c = np.arange(256, dtype=np.float64) - 128.0
    red = np.floor(1.402 * c + 0.5).astype(np.int16)
    blue = np.floor(1.772 * c + 0.5).astype(np.int16)
    green = -(0.114 * 1.772 * c[:, None] + 0.299 * 1.402 * c[None, :]) / 0.587
    return red, np.floor(green + 0.5).astype(np.int16).reshape(-1), blue


def ybr_full_to_rgb(values: Bytes) -> Bytes:
    """uint8 (rows, columns, 3) YBR_FULL to RGB, rounded to nearest (halves up) and clipped."""
    red, green, blue = _difference_tables()
    y = values[..., 0].astype(np.int16)
    cb, cr = values[..., 1], values[..., 2]
    out = np.empty(values.shape, np.int16)
    np.add(y, red[cr], out=out[..., 0])
    np.add(y, green[(cb.astype(np.uint16) << 8) | cr], out=out[..., 1])
    np.add(y, blue[cb], out=out[..., 2])
    return out.clip(0, 255).astype(np.uint8)


def ybr_partial_to_rgb(values: Bytes) -> Bytes:
    """uint8 YBR_PARTIAL (Y 16…235, colour 16…240; retired) to RGB, stretched to the full range."""
    ybr = values.astype(np.float64) - (16.0, 128.0, 128.0)
    y, cb, cr = ybr[..., 0] * (255 / 219), ybr[..., 1] * (255 / 224), ybr[..., 2] * (255 / 224)
    green = y - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587
    rgb = np.stack((y + 1.402 * cr, green, y + 1.772 * cb), axis=-1)
    return np.floor(rgb.clip(0, 255) + 0.5).astype(np.uint8)


def to_eight_bits(values: Array, layout: Layout) -> Bytes:
    """The upper eight of Bits Stored; fewer bits are stretched to 0…255."""
    bits = layout.bits_stored
    if layout.floating:
        return np.floor(np.nan_to_num(values).clip(0, 1) * 255 + 0.5).astype(np.uint8)
    if layout.signed:
        values = values.astype(np.int64) + (1 << bits - 1)
    if bits > 8:
        upper: Bytes = (values >> values.dtype.type(bits - 8)).astype(np.uint8)
        return upper
    if bits == 8:
        return values.astype(np.uint8, copy=False)
    stretched: Bytes = (values.astype(np.uint16) * 255 // ((1 << bits) - 1)).astype(np.uint8)
    return stretched


def to_rgb(values: Array, photometric: str, layout: Layout, instance: SopInstance) -> Bytes:
    """(rows, columns, 3) samples of `photometric` to uint8 RGB. Raises PixelError for a colour model we do not have."""
    eight = to_eight_bits(values, layout)
    if photometric in ("YBR_FULL", "YBR_FULL_422"):
        return ybr_full_to_rgb(eight)
    if photometric in ("YBR_PARTIAL", "YBR_PARTIAL_422"):
        return ybr_partial_to_rgb(eight)
    if photometric in ("HSV", "CMYK", "ARGB", "YBR_PARTIAL_420"):
        raise refuse("photometric", instance, photometric=photometric)
    return eight
