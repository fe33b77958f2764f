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


def walk(dicomdir: Dicomdir) -> Iterator[tuple[DirectoryRecord, tuple[DirectoryRecord, ...]]]:
    """Every record with its ancestors, in the order written; without recursion, however deep."""
    waiting: list[tuple[DirectoryRecord, tuple[DirectoryRecord, ...]]] = [(r, ()) for r in reversed(dicomdir.roots)]
    while waiting:
        record, ancestors = waiting.pop()
        yield record, ancestors
        below = (*ancestors, record)
        waiting.extend((child, below) for child in reversed(record.children))


class FileFinder:
    """Files by what a record calls them; see reading.dicomdir.Paths for what is forgiven."""

    def __init__(self, files: Iterable[FileRecord]) -> None:
        self._by_path = {file.path: file for file in files}
        self._paths = Paths(self._by_path)

    def find(self, file_id: tuple[str, ...], folder: str) -> FileRecord | None:
        path = self._paths.find(file_id, folder)
        return self._by_path[path] if path is not None else None


def collect_references(
    dicomdir: Dicomdir, files: FileFinder, by_entry: Mapping[int, SopInstance]
) -> Iterator[Reference]:
    """The file references of `dicomdir`; File IDs are relative to the folder it lies in."""
    folder = dicomdir.path.rpartition("/")[0]
    for record, ancestors in walk(dicomdir):
        if record.in_use and record.file_id:
            file = files.find(record.file_id, folder)
            instance = by_entry.get(file.entry_id) if file else None
            yield Reference(dicomdir, record, ancestors, file, instance)
