"""Bytes of a file that lie in several pieces of a disc image."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from scanfolio.errors import SourceError
from scanfolio.source.entry import Entry
from scanfolio.words import say

NOT_WRITTEN = -1
Extent = tuple[int, int]
"""(offset in the image, length) in bytes; the offset NOT_WRITTEN stands for zeros that were never written."""


def joined(extents: list[Extent]) -> tuple[Extent, ...]:
    """The same bytes in as few pieces as possible."""
    whole: list[Extent] = []
    for offset, length in extents:
        if not length:
            continue
        if whole and offset >= 0 and whole[-1][0] >= 0 and sum(whole[-1]) == offset:
            whole[-1] = whole[-1][0], whole[-1][1] + length
        else:
            whole.append((offset, length))
    return tuple(whole)


def read_extents(image: Entry, extents: tuple[Extent, ...], path: str, offset: int, length: int) -> bytes:
    """At most `length` bytes from `offset`. Raises SourceError where the image ends before they do."""
    ends = list(accumulate(extent[1] for extent in extents))
    length = max(0, min(length, (ends[-1] if ends else 0) - offset))
    pieces = []
    at = bisect_right(ends, offset)
    while length > 0:
        start, size = extents[at]
        inside = offset - (ends[at] - size)
        take = min(length, size - inside)
        if start == NOT_WRITTEN:
            piece = bytes(take)
        else:
            piece = image.read(start + inside, take)
            if len(piece) < take:
                detail = f"{take} bytes at {start + inside}, the image has {image.size}"
                raise SourceError(say("source.image.cut"), where=path, detail=detail)
        pieces.append(piece)
        offset, length, at = offset + take, length - take, at + 1
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def locate_extents(image: Entry, extents: tuple[Extent, ...], offset: int, length: int) -> tuple[int, int] | None:
    """Where these bytes lie in one piece, or None."""
    for start, size in extents:
        if offset < size:
            return image.place(start + offset, length) if start >= 0 and offset + length <= size else None
        offset -= size
    return None
