"""Small reads made cheap: a file read in blocks of which the latest are kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from scanfolio.source.entry import Entry

BLOCK_BYTES = 1 << 17
KEPT_BLOCKS = 96


class _Blocks:
    def __init__(self, entry: Entry, most: int) -> None:
        self._entry, self._most = entry, most
        self._kept: OrderedDict[int, bytes] = OrderedDict()

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
            start = number * BLOCK_BYTES
            block = self._entry.read(start, min(BLOCK_BYTES, self._entry.size - start))
            self._kept[number] = block
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(number)
        return block


def in_blocks(entry: Entry, most: int = KEPT_BLOCKS) -> Entry:
    """`entry`, reading through a cache of at most 12 MB, or of so many blocks of 128 KB.

    What was read once needs not be there a second time.
    """
    return replace(entry, read=_Blocks(entry, most).read, locate=entry.place)
