"""The images a DICOMDIR names, in the order in which the finished catalogue will show them (`grouping`). PS3.3 F.4.

Only an order: what a file is, is told by the file itself, whatever a record says of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanfolio.model import DirectoryRecord

UNNUMBERED = 1 << 62


def series_images(roots: Iterable[DirectoryRecord]) -> list[list[DirectoryRecord]]:
    """The IMAGE records in use that name a file, series by series; series without any are left out.

    Patients as written, studies by date and time, series and images by number. Images that no series stands above
    (wrong offsets, a directory cut short) are one series more, at the end.
    """
    found: list[list[DirectoryRecord]] = []
    placed: set[int] = set()
    for patient in _of_type(roots, "PATIENT"):
        studies = sorted(_of_type(patient.children, "STUDY"), key=_date_and_time)
        for study in studies:
            for series in sorted(_of_type(study.children, "SERIES"), key=_series_number):
                images = [record for record in _of_type(series.children, "IMAGE") if record.file_id]
                placed.update(record.offset for record in images)
                found.append(sorted(images, key=_instance_number))
    found.append([r for r in _active(roots) if r.record_type == "IMAGE" and r.file_id and r.offset not in placed])
    return [images for images in found if images]


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


def _date_and_time(study: DirectoryRecord) -> tuple[str, str]:
    return study.keys.get("StudyDate", ""), study.keys.get("StudyTime", "")


def _series_number(series: DirectoryRecord) -> tuple[int, str]:
    return _number(series, "SeriesNumber"), series.keys.get("SeriesInstanceUID", "")


def _instance_number(image: DirectoryRecord) -> int:
    return _number(image, "InstanceNumber")


def _number(record: DirectoryRecord, keyword: str) -> int:
    text = record.keys.get(keyword, "")
    try:
        return int(text)
    except ValueError:
        return UNNUMBERED
