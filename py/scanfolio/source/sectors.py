"""The sectors of a disc image as one run of bytes, also where each is wrapped in what only the drive needs."""

from __future__ import annotations

from functools import partial

from scanfolio.source.entry import Entry, nowhere

SECTOR = 2048
WRAPPED = ((2352, 16), (2352, 24), (2448, 16), (2448, 24), (2336, 8), (2056, 8))
"""(bytes from sector to sector, where its data begin): Mode 1, Mode 2 Form 1, both with subchannels, Mode 2 bare."""
MARKS = (b"CD001", b"BEA01", b"NSR02", b"NSR03")


def plain_sectors(image: Entry) -> Entry | None:
    """The image with 2048 data bytes per sector and nothing between, or None when no volume is marked in it."""
    if image.read(16 * SECTOR + 1, 5) in MARKS:
        return image
    for stride, start in WRAPPED:
        if image.read(16 * stride + start + 1, 5) in MARKS:
            size = image.size // stride * SECTOR
            return Entry(image.entry_id, image.path, size, partial(_unwrapped, image, stride, start), nowhere)
    return None


def _unwrapped(image: Entry, stride: int, start: int, offset: int, length: int) -> bytes:
    length = max(0, min(length, image.size // stride * SECTOR - offset))
    if not length:
        return b""
    first, inside = divmod(offset, SECTOR)
    count = (inside + length + SECTOR - 1) // SECTOR
    raw = image.read(first * stride, count * stride)
    data = b"".join(raw[at : at + SECTOR] for at in range(start, len(raw), stride))
    return data[inside : inside + length]
