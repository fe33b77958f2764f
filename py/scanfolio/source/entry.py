"""An Entry is one file as it was given: where it stands, how long it is, how to read a piece of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from scanfolio.effects import Lend

ReadRange = Callable[[int, int], bytes]
LENT_AT_ONCE = 128
Locate = Callable[[int, int], tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """`path` is '/'-separated and relative to what was opened (the picked folder's own name is not part of it).

    `size` is in bytes. `read(offset, length)` returns at most `length` bytes, fewer at the end of the file; raises
    SourceError when the bytes cannot be had (BytesNotHere when the host must fetch them first).
    `locate(offset, length)` says where those bytes lie plainly, as (entry id, offset) of a file the host holds, or None
    where they lie nowhere in one piece (they have to be inflated); without it they lie in the file of this very entry.
    """

    entry_id: int
    path: str
    size: int
    read: ReadRange
    locate: Locate | None = None

    def place(self, offset: int, length: int) -> tuple[int, int] | None:
        """Where `length` bytes from `offset` lie plainly: (entry id, offset) of a file the host holds, or None."""
        return self.locate(offset, length) if self.locate is not None else (self.entry_id, offset)


def lend(entries: Sequence[Entry], at: int) -> Iterator[Lend]:
    """Ask for the files of the next entries from `entries[at]` on, once for many; to be called with every `at`."""
    if at % LENT_AT_ONCE == 0:
        places = [entry.place(0, 1) for entry in entries[at : at + LENT_AT_ONCE]]
        yield Lend(tuple(sorted({place[0] for place in places if place})))


class Source(Protocol):
    """A folder, an archive, a list of the browser's files."""

    @property
    def name(self) -> str:
        """What to call it: the folder's or the archive's name; may be ""."""

    def entries(self) -> Iterator[Entry]:
        """Every file of the source, once, ids counting up from 0."""


def nowhere(offset: int, length: int) -> None:
    """The `locate` of bytes that stand in no file as they are."""
    return None
