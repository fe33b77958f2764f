"""What lies inside a file, as an Entry of its own: what a gzip file unpacks to, what stands behind other bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import partial

from scanfolio.source.entry import Entry, nowhere

FEED_BYTES = 1 << 18
SLICE_BYTES, STEP_BYTES = 1 << 13, 1 << 12  # small, because damage takes with it what the same step has unpacked
DROP_BYTES = 1 << 20
KEEP_BYTES = 32 << 20
READERS_KEPT = 4
MAX_UNPACKED_BYTES = 1 << 30
BOMB_BYTES, BOMB_RATIO = 100 << 20, 300


def behind(outer: Entry, start: int) -> Entry:
    """`outer` from byte `start` on."""
    locate = partial(_moved, outer, start)
    return Entry(outer.entry_id, outer.path, outer.size - start, partial(_shifted, outer, start), locate)


def _moved(outer: Entry, start: int, offset: int, length: int) -> tuple[int, int] | None:
    return outer.place(start + offset, length)


def _shifted(outer: Entry, start: int, offset: int, length: int) -> bytes:
    return outer.read(start + offset, length)


def unpacked(outer: Entry, size: int) -> Entry:
    """What the gzip file `outer` unpacks to: `size` bytes, as `measured` them."""
    return Entry(outer.entry_id, outer.path, size, Unpacking(outer, size), nowhere)


class TooMuch(Exception):
    """A gzip file unpacks to more than a real one would."""


def measured(packed: bytes) -> tuple[int, str]:
    """(bytes that a whole gzip file unpacks to, a technical sentence about what is wrong with it or "").

    Of a damaged one, the bytes before the damage. Raises TooMuch beyond 1 GB, or 100 MB at 300 times its own size.
    """
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    total = 0
    try:
        for at in range(0, len(packed), FEED_BYTES):
            for piece in _pieces(inflater, packed[at : at + FEED_BYTES]):
                total += len(piece)
                if total > MAX_UNPACKED_BYTES or (total > BOMB_BYTES and total > BOMB_RATIO * len(packed)):
                    raise TooMuch
            if inflater.eof:
                break
    except zlib.error as problem:
        return total, f"the gzip file is damaged: {problem}"
    return total, "" if inflater.eof else "the gzip file is cut short"


def _pieces(inflater: zlib._Decompress, feed: bytes) -> Iterator[bytes]:
    """What `feed` inflates to, in pieces. Always cut in the same way: so damage is met at the same byte every time."""
    for at in range(0, len(feed), SLICE_BYTES):
        left = feed[at : at + SLICE_BYTES]
        while True:
            piece = inflater.decompress(left, STEP_BYTES)
            left = inflater.unconsumed_tail
            if piece:
                yield piece
            if inflater.eof:
                return
            if not (left or piece):
                break


class Unpacking:
    """Reads at any place of what a gzip file unpacks to, by inflating it from its start as far as is asked for.

    What was inflated is kept up to KEEP_BYTES, for the READERS_KEPT files read last.
    """

    _recent: list[Unpacking] = []  # shared on purpose: the memory of all of them is bounded together

    def __init__(self, outer: Entry, size: int) -> None:
        self._outer = outer
        self._size = size
        self._begin()

    def _begin(self) -> None:
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._coming: Iterator[bytes] = iter(())
        self._taken = 0  # of the packed bytes
        self._start = 0  # of `_data` in what is unpacked: > 0 where the beginning was dropped
        self._data = bytearray()

    def __call__(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`. Raises what reading the file itself raises."""
        end = min(offset + length, self._size)
        if offset >= end:
            return b""
        self._stay()
        if offset < self._start:
            self._begin()
        while self._start + len(self._data) < end:
            try:
                piece = next(self._coming, b"")
            except zlib.error:
                break  # `measured` has told it, and counts nothing from here on
            if piece:
                self._data += piece
                spare = min(len(self._data) - KEEP_BYTES, offset - self._start)
                if spare > DROP_BYTES:
                    del self._data[:spare]
                    self._start += spare
            elif self._inflater.eof or self._taken >= self._outer.size:
                break
            else:
                feed = self._outer.read(self._taken, FEED_BYTES)
                if not feed:
                    break
                self._taken += len(feed)
                self._coming = _pieces(self._inflater, feed)
        at = offset - self._start
        return bytes(self._data[at : at + end - offset])

    def _stay(self) -> None:
        recent = Unpacking._recent
        if self in recent:
            recent.remove(self)
        recent.append(self)
        if len(recent) > READERS_KEPT:
            recent.pop(0)._begin()
