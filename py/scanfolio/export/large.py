"""Instances too large to hold in memory: read piece by piece, once for the check sums and once to be written."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Generator
from functools import partial
from typing import Any
from zlib import crc32

from scanfolio.effects import Effect, Progress, patiently
from scanfolio.errors import ReadingError
from scanfolio.source.entry import Entry
from scanfolio.words import say

STREAM_ABOVE_BYTES = 64 << 20
PIECE_BYTES = 1 << 20
# What may be held at once where addresses have 32 bits: source, result and the rest have to fit into 2 to 4 GB
MAX_WHOLE_BYTES = 512 << 20 if sys.maxsize < 1 << 32 else 1 << 40


def sha256_of(entry: Entry, progress: Progress) -> Generator[Effect, Any, str]:
    """The lower-case hex SHA-256 of a whole file, read in pieces; yields `progress` between them."""
    digest = hashlib.sha256()
    for at in range(0, entry.size, PIECE_BYTES):
        digest.update((yield from _piece(entry, at, min(PIECE_BYTES, entry.size - at))))
        yield progress
    return digest.hexdigest()


def equal_ranges(
    a: Entry, a_start: int, b: Entry, b_start: int, length: int, progress: Progress
) -> Generator[Effect, Any, bool]:
    """Whether two files hold the same `length` bytes from these places on."""
    for at in range(0, length, PIECE_BYTES):
        count = min(PIECE_BYTES, length - at)
        if (yield from _piece(a, a_start + at, count)) != (yield from _piece(b, b_start + at, count)):
            return False
        yield progress
    return True


def sums_of(
    head: bytes, entry: Entry, start: int, length: int, progress: Progress
) -> Generator[Effect, Any, tuple[str, int]]:
    """(lower-case hex SHA-256, CRC-32) of `head` and `length` bytes of `entry` from `start` on, read in pieces."""
    digest, crc = hashlib.sha256(head), crc32(head)
    for at in range(0, length, PIECE_BYTES):
        piece = yield from _piece(entry, start + at, min(PIECE_BYTES, length - at))
        digest.update(piece)
        crc = crc32(piece, crc)
        yield progress
    return digest.hexdigest(), crc


def pieces_of(
    head: bytes, entry: Entry, start: int, length: int, crc: int, send: Callable[[bytes, bool], Effect]
) -> Generator[Effect, Any, None]:
    """Yield what `send` makes of the bytes behind `head`, in pieces; its second argument says that it is the last one.

    Raises ReadingError when this reading gives other bytes than the first, of which `crc` is: the disc is failing.
    """
    again = crc32(head)
    for at in range(0, length, PIECE_BYTES):
        piece = yield from _piece(entry, start + at, min(PIECE_BYTES, length - at))
        again = crc32(piece, again)
        yield send(piece, at + len(piece) == length)
    if again != crc:
        raise ReadingError(say("export.bad.changing"), where=entry.path)


def _piece(entry: Entry, offset: int, length: int) -> Generator[Effect, Any, bytes]:
    data = yield from patiently(partial(entry.read, offset, length))
    if len(data) != length:
        raise ReadingError(say("export.bad.ends_early"), where=entry.path, detail=f"{len(data)} of {length} bytes")
    return data
