"""Which files a DICOMDIR makes worth reading first, on a disc that is slow or huge. PS3.3 F.4.

Only an order: what a file is, is told by the file itself, whatever a record says of it. The order is the one the
finished catalogue will show (`grouping`), so that what is read first is also what is seen first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scanfolio.model import Dicomdir, DirectoryRecord
from scanfolio.reading.dicomdir import Paths

UNNUMBERED = 1 << 62


class ReadingOrder(NamedTuple):
    """Paths of files that are here, each at most once.

    `first_series` holds the images of the first series that has any, in the order of their numbers: its first path is
    the first picture worth showing. `others` goes on: the first image of every further series (for the list of
    series), then the rest of each, then reports and whatever else is named. What no record names is in neither.
    """

    first_series: tuple[str, ...]
    others: tuple[str, ...]


def reading_order(dicomdir: Dicomdir, paths: Paths | Iterable[str]) -> ReadingOrder:
    """The files of a disc with these `paths` in the order in which `dicomdir` makes them worth reading.

    File IDs count from the folder the DICOMDIR stands in and are matched as `Paths.find` does; records that name no
    file here are left out. Cheap: no file is opened. Raises nothing; a DICOMDIR that is not usable gives no paths.
    """
    finder = paths if isinstance(paths, Paths) else Paths(paths)
    folder = dicomdir.path.rpartition("/")[0]
    taken: set[str] = set()

    def here(records: Iterable[DirectoryRecord]) -> list[str]:
        found = []
        for record in records:
            path = finder.find(record.file_id, folder) if record.file_id else None
            if path is not None and path not in taken:
                taken.add(path)
                found.append(path)
        return found

    stacks = [stack for images in _series_images(dicomdir) if (stack := here(images))]
    rest = here(_active(dicomdir.roots))
    if not stacks:
        return ReadingOrder((), tuple(rest))
    further = [stack[0] for stack in stacks[1:]]
    further += [path for stack in stacks[1:] for path in stack[1:]]
    return ReadingOrder(tuple(stacks[0]), (*further, *rest))


def _series_images(dicomdir: Dicomdir) -> Iterator[list[DirectoryRecord]]:
    """The IMAGE records of each series: patients as written, studies by date, series and images by number."""
    for patient in _of_type(dicomdir.roots, "PATIENT"):
        studies = _of_type(patient.children, "STUDY")
        studies.sort(key=lambda r: (r.keys.get("StudyDate", ""), r.keys.get("StudyTime", "")))
        for study in studies:
            series = _of_type(study.children, "SERIES")
            series.sort(key=lambda r: (_number(r, "SeriesNumber"), r.keys.get("SeriesInstanceUID", "")))
            for one in series:
                yield sorted(_of_type(one.children, "IMAGE"), key=lambda r: _number(r, "InstanceNumber"))
    # records without a patient, a study or a series above them (wrong offsets, trees built by order)
    yield _of_type(_active(dicomdir.roots), "IMAGE")


def _of_type(records: Iterable[DirectoryRecord], record_type: str) -> list[DirectoryRecord]:
    return [record for record in records if record.in_use and record.record_type == record_type]


def _active(records: Iterable[DirectoryRecord]) -> Iterator[DirectoryRecord]:
    """Every record in use at and below `records`, in the order written, without recursion."""
    waiting = [iter(records)]
    while waiting:
        record = next(waiting[-1], None)
        if record is None:
            waiting.pop()
        elif record.in_use:
            yield record
            waiting.append(iter(record.children))


def _number(record: DirectoryRecord, keyword: str) -> int:
    text = record.keys.get(keyword, "")
    try:
        return int(text)
    except ValueError:
        return UNNUMBERED
