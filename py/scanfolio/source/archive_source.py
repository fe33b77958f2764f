"""What every archive is once its list of files was read: a Source whose entries read through the archive."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scanfolio.errors import SourceError
from scanfolio.source.entry import Entry, Locate, ReadRange, nowhere
from scanfolio.source.limits import check_count
from scanfolio.source.names import Names
from scanfolio.words import say


class ArchiveSource:
    """The files of one archive. `add` is for whoever reads its directory; entry ids count up from 0."""

    def __init__(self, archive: Entry) -> None:
        self.where = archive.path
        self._names = Names()
        self._entries: list[Entry] = []
        self.damaged = False

    @property
    def name(self) -> str:
        return self.where.rsplit("/", 1)[-1]

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> Iterator[Entry]:
        yield from self._entries

    def add(self, name: str, size: int, read: ReadRange, locate: Locate = nowhere) -> Entry:
        """One more file. Raises SourceError when there are too many."""
        check_count(len(self._entries) + 1, self.where)
        entry = Entry(len(self._entries), self._names.take(name), size, read, locate)
        self._entries.append(entry)
        return entry

    def all_added(self) -> None:
        """Nothing comes any more: which names are taken need not be known any longer."""
        self._names = Names()

    def add_refused(self, name: str, size: int, sentence: str, detail: str = "") -> None:
        """A file that is listed, and says `sentence` when it is read."""
        self.add(name, size, partial(refuse, sentence, name, detail))

    def add_damage(self, folder: str = "", detail: str = "") -> None:
        """Where the list breaks off, so that what cannot be counted is not simply missing."""
        self.damaged = True
        name = say("source.archive.damaged_part")
        self.add_refused(f"{folder}/{name}" if folder else name, 0, say("source.archive.list_damaged"), detail)


def refuse(sentence: str, where: str, detail: str, offset: int, length: int) -> bytes:
    raise SourceError(sentence, where=where, detail=detail)
