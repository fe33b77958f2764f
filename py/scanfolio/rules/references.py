"""Match the records of a DICOMDIR with the files that are there (PS3.10 8.5, PS3.12 F.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanfolio.model import Dicomdir, DirectoryRecord, FileRecord, SopInstance


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


def walk(
    dicomdir: Dicomdir,
) -> Iterator[tuple[DirectoryRecord, tuple[DirectoryRecord, ...]]]:
    """Every record with its ancestors, in the order written; without recursion, however deep."""
    waiting: list[tuple[DirectoryRecord, tuple[DirectoryRecord, ...]]] = [
        (r, ()) for r in reversed(dicomdir.roots)
    ]
    while waiting:
        record, ancestors = waiting.pop()
        yield record, ancestors
        below = (*ancestors, record)
        waiting.extend((child, below) for child in reversed(record.children))


def path_index(files: Iterable[FileRecord]) -> Mapping[str, FileRecord]:
    """Lower-case path -> file; also under the name without ";1", a last "." or ".dcm" where that is free."""
    index: dict[str, FileRecord] = {}
    spare: dict[str, FileRecord] = {}
    for file in files:
        path = file.path.lower()
        index.setdefault(path, file)
        bare = path.removesuffix(";1").removesuffix(".")
        for name in (bare, bare.removesuffix(".dcm")):
            if name != path:
                spare.setdefault(name, file)
    return {**spare, **index}


def collect_references(
    dicomdir: Dicomdir,
    by_path: Mapping[str, FileRecord],
    by_entry: Mapping[int, SopInstance],
) -> Iterator[Reference]:
    """The file references of `dicomdir`; File IDs are relative to the folder it lies in and case means nothing."""
    folder = dicomdir.path.lower().rpartition("/")[0]
    prefix = folder + "/" if folder else ""
    for record, ancestors in walk(dicomdir):
        if not record.in_use or not record.file_id:
            continue
        wanted = prefix + "/".join(record.file_id).lower()
        file = by_path.get(wanted) or by_path.get(wanted.removesuffix(".dcm"))
        instance = by_entry.get(file.entry_id) if file else None
        yield Reference(dicomdir, record, ancestors, file, instance)
