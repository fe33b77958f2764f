"""An Entry as an ordinary seekable binary file."""

from __future__ import annotations

import io
from typing import BinaryIO

from scanfolio.source.entry import Entry

BUFFER_BYTES = 65536


class EntryStream(io.RawIOBase):
    """Unbuffered view of one Entry. Reads raise what `entry.read` raises (SourceError)."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry
        self._position = 0
        self.name = entry.path  # pydicom asks a file for its name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._entry.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the stub wants the wider WriteableBuffer
        wanted = min(len(buffer), self._entry.size - self._position)
        if wanted <= 0:
            return 0
        data = self._entry.read(self._position, wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class _Bounded(io.BufferedReader):
    """Makes no room for more bytes than there are: a length in a damaged file may say four thousand million."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(EntryStream(entry), BUFFER_BYTES)
        self._size = entry.size

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > BUFFER_BYTES:
            size = min(size, max(0, self._size - self.tell()))
        return super().read(size)


def entry_stream(entry: Entry) -> BinaryIO:
    """Seekable, buffered reading over `entry.read`; nothing is read before it is asked for."""
    return _Bounded(entry)
