"""Small reads made cheap: a file read in blocks of which the latest are kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from scanfolio.errors import SourceError
from scanfolio.source.entry import Entry

BLOCK_BYTES = 1 << 17
KEPT_BLOCKS = 96
MOST_AT_ONCE = 8


class _Blocks:
    def __init__(self, entry: Entry, most: int) -> None:
        self._entry, self._most = entry, most
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._next, self._at_once = -1, 1

    def read(self, offset: int, length: int) -> bytes:
        length = min(length, self._entry.size - offset)
        if length <= 0:
            return b""
        if length >= BLOCK_BYTES:
            return self._entry.read(offset, length)
        number, start = divmod(offset, BLOCK_BYTES)
        data = self._block(number)[start : start + length]
        if len(data) < length and start + length > BLOCK_BYTES:
            data += self._block(number + 1)[: length - len(data)]
        return data

    def _block(self, number: int) -> bytes:
        block = self._kept.get(number)
        if block is None:
            block = self._fetched(number)
        else:
            self._kept.move_to_end(number)
        return block

    def _fetched(self, number: int) -> bytes:
        """Block after block is read in ever larger runs: a browser keeps a kilobyte for every piece it reads."""
        in_order = number == self._next
        count = max(1, min(self._at_once * 2, MOST_AT_ONCE, self._most // 2)) if in_order else 1
        start = number * BLOCK_BYTES
        try:
            data = self._entry.read(start, min(count * BLOCK_BYTES, self._entry.size - start))
        except SourceError:
            if count == 1:
                raise
            count = 1  # it may be one of the others that cannot be read, or is not here yet
            data = self._entry.read(start, min(BLOCK_BYTES, self._entry.size - start))
        self._next, self._at_once = number + count, count
        for n in reversed(range(count)):  # the one asked for is the latest
            self._kept[number + n] = data[n * BLOCK_BYTES : (n + 1) * BLOCK_BYTES]
            self._kept.move_to_end(number + n)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[number]


def in_blocks(entry: Entry, most: int = KEPT_BLOCKS) -> Entry:
    """`entry`, reading through a cache of at most 12 MB, or of so many blocks of 128 KB.

    What was read once needs not be there a second time.
    """
    return replace(entry, read=_Blocks(entry, most).read, locate=entry.place)
