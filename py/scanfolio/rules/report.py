"""The report on a disc: a frozen value, and its three forms (dictionary, exact JSON bytes, text)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanfolio.model import Dicomdir, FileRecord, Kind, SopInstance
from scanfolio.pieces import json_parts
from scanfolio.rules.outcome import Outcome
from scanfolio.rules.profiles import Profile
from scanfolio.rules.receivers import Expectation
from scanfolio.rules.verdict import Verdict
from scanfolio.words import again

SCHEMA = "scanfolio-report-1"


@dataclass(frozen=True, slots=True)
class Report:
    """What all rules say of one disc. Files and outcomes are sorted: equal discs give equal reports everywhere."""

    verdict: Verdict
    outcomes: tuple[Outcome, ...]
    profiles: tuple[Profile, ...]
    receivers: tuple[Expectation, ...]
    dicomdirs: tuple[Dicomdir, ...]
    files: tuple[FileRecord, ...]
    instances: tuple[SopInstance, ...]
    patient_count: int
    study_count: int
    series_count: int
    complete: bool
    language: str

    @property
    def counts(self) -> dict[str, int]:
        """How much of what. `dicom`, `other` and `unreadable` add up to `files`; the DICOMDIR is among `other`."""
        kinds = [f.kind for f in self.files]
        dicom, unreadable = kinds.count(Kind.DICOM), kinds.count(Kind.UNREADABLE)
        return {
            "files": len(self.files),
            "dicom": dicom,
            "patients": self.patient_count,
            "studies": self.study_count,
            "series": self.series_count,
            "instances": len(self.instances),
            "frames": sum(i.frames_here for i in self.instances if i.is_image),
            "other": len(self.files) - dicom - unreadable,
            "unreadable": unreadable,
        }


def as_dict(report: Report, *, files: bool = True) -> dict[str, object]:
    """The report as docs/report.schema.json describes it; `files` false: without their rows, which may be many."""
    return {
        "schema": SCHEMA,
        "language": report.language,
        "complete": report.complete,
        "verdict": report.verdict.as_dict(),
        "counts": report.counts,
        "outcomes": [o.as_dict() for o in report.outcomes],
        "profiles": [p.as_dict() for p in report.profiles],
        "receivers": [r.as_dict(report.language) for r in report.receivers],
        "file_sets": [
            {"path": d.path, "file_set_id": d.file_set_id, "file_set_uid": d.file_set_uid} for d in report.dicomdirs
        ],
        "files": [_file_as_dict(f, report.language) for f in report.files] if files else [],
    }


def _file_as_dict(file: FileRecord, language: str) -> dict[str, object]:
    found: dict[str, object] = {"path": file.path, "size": file.size, "kind": file.kind.value}
    if file.signature:
        found["signature"] = file.signature
    if file.sop_instance_uid:
        found["sop_instance_uid"] = file.sop_instance_uid
    if file.reason:
        found["reason"] = again(file.reason, language)
    if file.locked:
        found["locked"] = True
    if file.first_bytes:
        found["first_bytes"] = file.first_bytes
    if file.inside:
        found["inside"] = file.inside.value
    return found


def as_json(report: Report) -> str:
    """The exact JSON text, one newline at its end: the same for the same disc in every runtime."""
    return "".join(as_json_parts(report))


def as_json_parts(report: Report) -> Iterator[str]:
    """The same a little at a time: of 70,000 files it has 20 MB."""
    rows = (_file_as_dict(f, report.language) for f in report.files)
    for part in json_parts(as_dict(report, files=False), {"files": rows}):
        yield encodable(part)
    yield "\n"


def encodable(text: str) -> str:
    """`text` with what no UTF-8 can hold (names that were not text to begin with) replaced."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def as_text(report: Report) -> str:
    """What `scanfolio report` prints: 80 columns, plain sentences first, then the part for technicians."""
    from scanfolio.rules.report_text import write_text

    return write_text(report)
