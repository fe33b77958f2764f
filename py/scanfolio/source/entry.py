"""An Entry is one file as it was given: where it stands, how long it is, how to read a piece of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

ReadRange = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """`path` is '/'-separated and relative to what was opened (the picked folder's own name is not part of it).

    `size` is in bytes. `read(offset, length)` returns at most `length` bytes, fewer at the end of the file; raises
    SourceError when the bytes cannot be had (BytesNotHere when the host must fetch them first).
    `inside`: the bytes are those of something inside the file (unpacked, or behind other bytes; see `inside.py`), so
    that an offset in them is no offset in the file the host holds.
    """

    entry_id: int
    path: str
    size: int
    read: ReadRange
    inside: bool = False


class Source(Protocol):
    """A folder, a zip, a list of the browser's files."""

    @property
    def name(self) -> str:
        """What to call it: the folder's or the archive's name; may be ""."""

    def entries(self) -> Iterator[Entry]:
        """Every file of the source, once, ids counting up from 0."""
