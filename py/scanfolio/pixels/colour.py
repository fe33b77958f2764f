"""Colour samples → 8-bit RGB. PS3.3 C.7.6.3.1.2, ISO 10918-5 section 7."""

from __future__ import annotations

from typing import Any

import numpy as np

from scanfolio.model import SopInstance
from scanfolio.pixels.layout import Layout, refuse

Array = np.ndarray[Any, np.dtype[Any]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


# Fixed point with 22 fractional bits: precise enough for halves to be told, small enough for 32 bits. The bias of 64
# lifts exact halves over what rounding the factors takes off them.
_BITS = 22
_ONE = 1 << _BITS
_HALF = np.int32(_ONE // 2 + 64)
_RED = np.int32(round(1.402 * _ONE))
_BLUE = np.int32(round(1.772 * _ONE))
_GREEN_CB = np.int32(-round(0.114 * 1.772 / 0.587 * _ONE))
_GREEN_CR = np.int32(-round(0.299 * 1.402 / 0.587 * _ONE))
_BLOCK = 1 << 14  # pixels at a time: what is in the works stays in the processor's cache


def ybr_full_to_rgb(values: Bytes) -> Bytes:
    """uint8 (rows, columns, 3) YBR_FULL to RGB, rounded to nearest (halves up) and clipped."""
    flat = values.reshape(-1, 3)
    out = np.empty_like(flat)
    for start in range(0, len(flat), _BLOCK):
        block = flat[start : start + _BLOCK].astype(np.int32)
        target = out[start : start + _BLOCK]
        y = block[:, 0] << _BITS
        y += _HALF
        cb, cr = block[:, 1] - 128, block[:, 2] - 128
        for channel, colour in enumerate((cr * _RED, cb * _GREEN_CB + cr * _GREEN_CR, cb * _BLUE)):
            colour += y
            colour >>= _BITS
            np.clip(colour, 0, 255, out=colour)
            target[:, channel] = colour
    return out.reshape(values.shape)


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
