"""Match the records of a DICOMDIR with the files that are there (PS3.10 8.5, PS3.12 F.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanfolio.model import Dicomdir, DirectoryRecord, FileRecord, SopInstance
from scanfolio.reading.dicomdir import Paths


@dataclass(frozen=True, slots=True)
class Reference:
    """One record that names a file: its ancestors (outermost first), and the file and instance found, if any."""

    dicomdir: Dicomdir
    record: DirectoryRecord
    ancestors: tuple[DirectoryRecord, ...]
    file: FileRecord | None
    instance: SopInstance | None

    @property
    def file_id(self) -> str:
        return "/".join(self.record.file_id)

    def key(self, record_type: str, keyword: str) -> str:
        """The value of `keyword` in this record's PATIENT, STUDY or SERIES record; "" when there is none."""
        for ancestor in self.ancestors:
            if ancestor.record_type == record_type:
                return ancestor.keys.get(keyword, "")
        return ""


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """A record in use, with the DICOMDIR it stands in and the records above it, outermost first."""

    dicomdir: Dicomdir
    record: DirectoryRecord
    ancestors: tuple[DirectoryRecord, ...]


def walk(dicomdir: Dicomdir) -> Iterator[PlacedRecord]:
    """Every record in use, in the order written; without recursion, however deep. Below one not in use, nothing is."""
    waiting: list[tuple[Iterator[DirectoryRecord], tuple[DirectoryRecord, ...]]] = [(iter(dicomdir.roots), ())]
    while waiting:
        siblings, ancestors = waiting[-1]
        record = next(siblings, None)
        if record is None:
            waiting.pop()
        elif record.in_use:
            yield PlacedRecord(dicomdir, record, ancestors)
            if record.children:
                waiting.append((iter(record.children), (*ancestors, record)))


class FileFinder:
    """Files by what a record calls them; see reading.dicomdir.Paths for what is forgiven."""

    def __init__(self) -> None:
        self._by_path: dict[str, FileRecord] = {}
        self._paths = Paths(())

    def add(self, file: FileRecord) -> None:
        self._by_path[file.path] = file
        self._paths.add(file.path)

    def find(self, file_id: tuple[str, ...], folder: str) -> FileRecord | None:
        path = self._paths.find(file_id, folder)
        return self._by_path[path] if path is not None else None


def collect_references(
    records: Iterable[PlacedRecord], files: FileFinder, by_entry: Mapping[int, SopInstance]
) -> Iterator[Reference]:
    """The file references among `records`; File IDs are relative to the folder their DICOMDIR lies in."""
    for placed in records:
        record = placed.record
        if record.file_id:
            file = files.find(record.file_id, placed.dicomdir.path.rpartition("/")[0])
            instance = by_entry.get(file.entry_id) if file else None
            yield Reference(placed.dicomdir, record, placed.ancestors, file, instance)
