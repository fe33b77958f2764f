"""Compressed bytes, readable at any place without unpacking the whole: inflated from the nearest known point on.

Only a bounded number of inflated bytes is kept, and of deflated streams a bounded number of states to go on from. bzip2
and xz have no such states; going back there begins anew.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from scanfolio.errors import SourceError
from scanfolio.source.entry import ReadRange
from scanfolio.source.limits import is_bomb
from scanfolio.words import say

CACHE_BYTES = 96 << 20
BLOCK_BYTES = 1 << 15
FEED_BYTES = 1 << 16
MAX_STATES = 32
FIRST_INTERVAL = 64  # blocks between two states to go on from
MAX_PARTS = 200_000  # streams one after the other in one file
XZ_MEMORY_BYTES = 160 << 20

Begin = Callable[[], Any]
"""Makes a decompressor as zlib, bz2 and lzma have them."""


def raw_deflate() -> Any:
    return zlib.decompressobj(-zlib.MAX_WBITS)


def gzip_stream() -> Any:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def bzip2_stream() -> Any:
    return bz2.BZ2Decompressor()


def xz_stream() -> Any:
    return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=XZ_MEMORY_BYTES)


class Held:
    """Inflated blocks of all streams of one archive, the longest unused dropped first; at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._blocks: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._states: OrderedDict[int, Inflated] = OrderedDict()
        self.bytes = 0

    def get(self, key: tuple[int, int]) -> bytes | None:
        block = self._blocks.get(key)
        if block is not None:
            self._blocks.move_to_end(key)
        return block

    def put(self, key: tuple[int, int], block: bytes) -> None:
        old = self._blocks.pop(key, b"")
        self._blocks[key] = block
        self.bytes += len(block) - len(old)
        while self.bytes > self._limit and len(self._blocks) > 1:
            self.bytes -= len(self._blocks.popitem(last=False)[1])

    def uses(self, stream: Inflated) -> None:
        """`stream` goes on now; those that did not for long lose their states."""
        self._states.pop(stream.number, None)
        self._states[stream.number] = stream
        if len(self._states) > MAX_STATES:
            self._states.popitem(last=False)[1].forget()


class _State:
    """A place in a stream to go on from: so many whole blocks came out, so many packed bytes went in."""

    __slots__ = ("block", "crc", "decompressor", "out", "packed", "parts", "pending")

    def __init__(self, decompressor: Any) -> None:
        self.decompressor = decompressor
        self.block = 0
        self.packed = 0
        self.pending = b""
        self.out = bytearray()  # of the block that is being made
        self.crc = 0
        self.parts = 1

    def copy(self) -> _State:
        twin = _State(self.decompressor.copy())
        twin.block, twin.packed, twin.pending = self.block, self.packed, self.pending
        twin.crc, twin.parts = self.crc, self.parts
        return twin


class Inflated:
    """One compressed stream of `packed_size` bytes, read through `packed`.

    `size` is what the archive says it inflates to, or None: then it is known once the end was reached. `crc` is the
    CRC-32 of all of it, or None. `ended` says in a technical sentence why the stream broke off before its end.
    """

    def __init__(
        self,
        number: int,
        packed: ReadRange,
        packed_size: int,
        begin: Begin,
        held: Held,
        where: str,
        *,
        size: int | None = None,
        crc: int | None = None,
        several: bool = False,
    ) -> None:
        self.number = number
        self.size = size
        self.ended = ""
        self._packed = packed
        self._packed_size = packed_size
        self._begin = begin
        self._held = held
        self._where = where
        self._crc = crc
        self._several = several
        self._declared = size is not None
        self._state: _State | None = None
        self._points: list[_State] = []
        self._interval = FIRST_INTERVAL

    @property
    def taken(self) -> int:
        """Packed bytes that went in so far, for progress."""
        return self._state.packed if self._state else 0

    @property
    def reached(self) -> int:
        """Bytes that came out so far, when reading went on from the start."""
        return self._state.block * BLOCK_BYTES if self._state else 0

    def forget(self) -> None:
        """Let the states go; the next read begins anew."""
        self._state = None
        self._points = []
        self._interval = FIRST_INTERVAL

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`, fewer at the end. Raises SourceError where the stream is damaged."""
        if self.size is not None:
            length = min(length, self.size - offset)
        if length <= 0:
            return b""
        first, start = divmod(offset, BLOCK_BYTES)
        last = (offset + length - 1) // BLOCK_BYTES
        blocks = []
        for number in range(first, last + 1):
            blocks.append(self._block(number))
            if len(blocks[-1]) < BLOCK_BYTES:
                break
        data = blocks[0] if len(blocks) == 1 else b"".join(blocks)
        return data[start : start + length]

    def _block(self, number: int) -> bytes:
        block = self._held.get((self.number, number))
        if block is not None:
            return block
        if self.size is not None and number * BLOCK_BYTES >= self.size:
            return b""
        state = self._nearest(number)
        while state.block <= number:
            try:
                block = self._next(state)
            except SourceError as problem:
                if problem.code != "bytes-not-here":
                    self.forget()
                raise
            self._held.put((self.number, state.block - 1), block)
            if len(block) < BLOCK_BYTES:
                return block if state.block - 1 == number else b""
            self._keep(state)
        return block or b""

    def _nearest(self, number: int) -> _State:
        """The state to go on from so that block `number` comes out: the one in use, or a kept one that is nearer."""
        self._held.uses(self)
        current = self._state if self._state is not None and self._state.block <= number else None
        points = [point for point in self._points if point.block <= number]
        if points and (current is None or points[-1].block > current.block):
            current = points[-1].copy()
        self._state = current or _State(self._begin())
        return self._state

    def _keep(self, state: _State) -> None:
        last = self._points[-1].block if self._points else 0
        if state.block - last < self._interval or not hasattr(state.decompressor, "copy"):
            return
        self._points.append(state.copy())
        if len(self._points) > MAX_STATES * 2:
            self._points = self._points[1::2]
            self._interval *= 2

    def _next(self, state: _State) -> bytes:
        """The next block; shorter, or empty, at the end. Bytes that are not here yet leave the state as it is."""
        while len(state.out) < BLOCK_BYTES:
            made = self._more(state, BLOCK_BYTES - len(state.out))
            if made is None:
                break
            state.out += made
        block = bytes(state.out)
        produced = state.block * BLOCK_BYTES + len(block)
        self._check(state, produced)
        state.crc = zlib.crc32(block, state.crc) if self._crc is not None else 0
        state.out = bytearray()
        state.block += 1
        if len(block) < BLOCK_BYTES or produced == self.size:
            self._finish(state, produced)
        return block

    def _more(self, state: _State, wanted: int) -> bytes | None:
        """Some more bytes of the stream, None at its end."""
        while True:
            decompressor = state.decompressor
            if decompressor.eof:
                if not self._several or not self._another(state):
                    return None
                continue
            hungry = not state.pending and getattr(decompressor, "needs_input", True)
            if hungry and state.packed < self._packed_size:
                piece = self._packed(state.packed, min(FEED_BYTES, self._packed_size - state.packed))
                if not piece:
                    self.ended = "the packed bytes end too early"
                    return None
                state.packed += len(piece)
                state.pending = piece
            fed = state.pending
            try:
                if isinstance(decompressor, _ZLIB):
                    made: bytes = decompressor.decompress(fed, wanted)
                    state.pending = decompressor.unused_data if decompressor.eof else decompressor.unconsumed_tail
                else:
                    made = decompressor.decompress(fed, wanted)
                    state.pending = decompressor.unused_data if decompressor.eof else b""
            except (zlib.error, OSError, lzma.LZMAError, MemoryError, EOFError) as problem:
                self._broken(f"{type(problem).__name__}: {problem}")
                return None
            if made:
                return made
            if not fed and not decompressor.eof and state.packed >= self._packed_size:
                self.ended = "the packed bytes end too early"
                return None

    def _another(self, state: _State) -> bool:
        """Whether a further stream follows in the same file, as gzip, bzip2 and xz allow."""
        while len(state.pending) < 6 and state.packed < self._packed_size:
            piece = self._packed(state.packed, min(FEED_BYTES, self._packed_size - state.packed))
            if not piece:
                break
            state.packed += len(piece)
            state.pending += piece
        if not state.pending.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")):
            return False  # padding, or something that is none of ours
        state.parts += 1
        if state.parts > MAX_PARTS:
            raise SourceError(say("source.archive.bomb"), where=self._where, detail=f"more than {MAX_PARTS} streams")
        state.decompressor = self._begin()
        return True

    def _broken(self, detail: str) -> None:
        """Damage in the middle: what came before it still counts where nobody said how much there should be."""
        if self._declared:
            raise SourceError(say("source.archive.damaged"), where=self._where, detail=detail)
        self.ended = detail

    def _check(self, state: _State, produced: int) -> None:
        if self._declared and produced > (self.size or 0):
            detail = "inflates to more than it declares"
            raise SourceError(say("source.archive.bomb"), where=self._where, detail=detail)
        if not self._declared and is_bomb(produced, state.packed):
            raise SourceError(say("source.archive.bomb"), where=self._where, detail=f"{produced} bytes so far")

    def _finish(self, state: _State, produced: int) -> None:
        if not self._declared:
            self.size = produced
            return
        if self._crc is None or produced != self.size:
            return
        if not state.decompressor.eof:  # the last bytes are out, but the end mark may still have to be read
            extra = self._more(state, 1)
            if extra:
                self._check(state, produced + len(extra))
        if state.crc != self._crc:
            detail = "the CRC-32 is not what it should be"
            raise SourceError(say("source.archive.damaged"), where=self._where, detail=detail)


_ZLIB = type(zlib.decompressobj())
