"""Looking into archives that lie on a disc: their files join the others, the archive stays on the list as it was."""

from __future__ import annotations

from dataclasses import replace

from scanfolio.effects import Steps
from scanfolio.errors import SourceError
from scanfolio.model import Inside
from scanfolio.reading.index import DiscIndex, read_entries
from scanfolio.source.archive import open_archive
from scanfolio.source.entry import Entry
from scanfolio.source.limits import MAX_DEPTH, MAX_MEMBERS, MAX_TOTAL_BYTES
from scanfolio.words import say


class Opener:
    """Opens archives of one disc, within limits that hold for all of them together."""

    def __init__(self, index: DiscIndex) -> None:
        self._index = index
        self._depths: dict[int, int] = {}  # entry id -> how many archives it lies in, of those that lie in any
        self._bytes = 0

    def closed(self) -> list[Entry]:
        """Archives that can still be looked into, in the order given."""
        records = self._index.files
        return [self._index.entries[r.entry_id] for r in records if r.inside is Inside.CLOSED]

    def open(self, archive: Entry) -> Steps:
        """Read the files of `archive` into the index. Yields Progress; returns how many they are.

        What cannot be opened is no error: its row then says why, and 0 is returned.
        """
        index = self._index
        record = index.record(archive.entry_id)
        if record is None or record.inside is not Inside.CLOSED:
            return 0
        depth = self._depths.get(archive.entry_id, 0) + 1
        try:
            if depth > MAX_DEPTH:
                raise SourceError(say("source.archive.too_deep"), where=archive.path)
            source = yield from open_archive(archive)
            first = len(index.entries)
            entries = [
                replace(entry, entry_id=first + entry.entry_id, path=f"{archive.path}/{entry.path}")
                for entry in source.entries()
            ]
            self._bytes += sum(entry.size for entry in entries)
            if first + len(entries) > MAX_MEMBERS:
                raise SourceError(say("source.archive.too_many"), where=archive.path)
            if self._bytes > MAX_TOTAL_BYTES:
                raise SourceError(say("source.archive.all_bomb"), where=archive.path)
        except SourceError as problem:
            index.looked_inside(archive.entry_id, Inside.REFUSED, problem.title, locked=problem.code == "locked")
            return 0
        self._depths.update((entry.entry_id, depth) for entry in entries)
        index.looked_inside(archive.entry_id, Inside.LISTED, say("reading.reason.looked_inside", count=len(entries)))
        yield from read_entries(index, entries)
        return len(entries)

    def open_all(self) -> Steps:
        """Open every archive, and those that are found inside. Yields Progress; returns how many files they held."""
        total = 0
        while closed := self.closed():
            for archive in closed:
                total += yield from self.open(archive)
        return total
