"""A PNG of 8-bit gray or RGB values. ISO 15948; the standard library's zlib does the work."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode(picture: Bytes) -> bytes:
    """The file's bytes for uint8 (rows, columns) or (rows, columns, 3). Raises ValueError for anything else."""
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[2] != 3):
        raise ValueError(f"not an 8-bit picture: {picture.dtype} {picture.shape}")
    rows, columns = picture.shape[:2]
    lines = np.zeros((rows, 1 + columns * (1 if picture.ndim == 2 else 3)), np.uint8)  # filter type 0 before each line
    lines[:, 1:] = picture.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0 if picture.ndim == 2 else 2, 0, 0, 0)
    data = zlib.compress(lines.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
