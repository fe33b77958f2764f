"""Are the pixel data all there? By their declared length, by rows and columns, by the file's size. PS3.5 8, A.4."""

from __future__ import annotations

from collections.abc import Generator
from struct import unpack_from
from typing import Any

from scanfolio.reading.walk import PixelElement

TAIL_BYTES = 1024
LONG_TAIL_BYTES = 65536
MAX_JUMPS = 256
SEQUENCE_DELIMITER = b"\xfe\xff\xdd\xe0"
ITEM = b"\xfe\xff\x00\xe0"

Pieces = Generator[tuple[int, int], bytes, str]
"""Yields (offset, length) wanted, is sent the bytes; returns a technical sentence about what is missing, or ""."""


def expected_bytes(found: dict[str, Any]) -> int | None:
    """Length of native pixel data that the Image Pixel attributes ask for; None when they are incomplete."""
    rows, columns, bits = found.get("rows"), found.get("columns"), found.get("bits_allocated")
    if not rows or not columns or not bits:
        return None
    samples = found.get("samples_per_pixel") or 1
    count = rows * columns * samples * found["number_of_frames"]
    if found.get("photometric_interpretation") == "YBR_FULL_422" and samples == 3:
        count = count * 2 // 3
    return int((count * bits + 7) // 8)


def missing_native(found: dict[str, Any], pixels: PixelElement, size: int) -> str:
    """What is missing of native pixel data in a file of `size` bytes; "" when nothing is."""
    declared = pixels.length or 0
    there = max(0, min(declared, size - pixels.offset))
    if there < declared:
        return f"the pixel data should be {declared:,} bytes long, the file ends after {there:,} of them"
    expected = expected_bytes(found)
    if expected is not None and declared < expected and pixels.tag == 0x7FE00010:
        return f"rows, columns and frames ask for {expected:,} bytes of pixel data, there are {declared:,}"
    return ""


def missing_encapsulated(pixels: PixelElement, size: int, window: bytes, base: int) -> Pieces:
    """Whether the fragments are closed by a Sequence Delimitation Item, reading as little of the file as possible.

    `window` holds the bytes from `base` on.
    """
    position = pixels.offset
    header = b""
    for _ in range(2):  # the Basic Offset Table and, mostly, the only fragment
        header = window[position - base : position - base + 8]
        if len(header) < 8:
            if position + 8 <= size:
                header = yield position, 8
            if len(header) < 8:
                return f"the file ends at byte {size}, before the first fragment of the pixel data"
        if header[:4] != ITEM:
            break
        position += 8 + unpack_from("<I", header, 4)[0]
    if header[:4] == ITEM and position > size:
        return f"a fragment of the pixel data should end at byte {position:,}, the file ends at byte {size:,}"
    if header[:4] == ITEM and position + 8 == size:
        return ""  # room for exactly the delimiter: read nothing more
    for length in (TAIL_BYTES, LONG_TAIL_BYTES):
        start = max(pixels.offset, size - length)
        tail = window[start - base :] if base <= start and base + len(window) >= size else (yield start, size - start)
        if _ends(tail):
            return ""
        if start == pixels.offset:
            break
    return (yield from _walk_fragments(pixels.offset, size))


def _ends(tail: bytes) -> bool:
    return (SEQUENCE_DELIMITER + b"\0\0\0\0") in tail or tail.endswith(SEQUENCE_DELIMITER)


def _walk_fragments(position: int, size: int) -> Pieces:
    """Follow the fragments from item to item, at most MAX_JUMPS of them: longer ones get the benefit of the doubt."""
    for _ in range(MAX_JUMPS):
        if position + 8 > size:
            return f"the fragments of the pixel data run to byte {position:,} without an end, the file to byte {size:,}"
        header = yield position, 8
        if header[:4] == SEQUENCE_DELIMITER:
            return ""
        if header[:4] != ITEM:
            return f"at byte {position:,} of the pixel data something else stands where a fragment should begin"
        position += 8 + unpack_from("<I", header, 4)[0]
    return ""
