"""Discs made of facts alone, without a byte: what the tests of rules, verdicts and words judge.

`make_instance(...)` is one clean CT slice; `clean_disc()` a whole conformant disc with its table of contents. Every
planted fault is a small change to one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from scanfolio.model import (
    Dicomdir,
    DirectoryRecord,
    Disc,
    FileRecord,
    Kind,
    Layout,
    Patient,
    Series,
    SopInstance,
    Study,
)
from scanfolio.rules import Report, judge
from scanfolio.rules.conditions import CONDITIONS
from scanfolio.standard.iods import iod_of

ROOT = "2.25.1960"
CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
US = "1.2.840.10008.5.1.4.1.1.6.1"
CR = "1.2.840.10008.5.1.4.1.1.1"
DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"
EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
MPEG4 = "1.2.840.10008.1.2.4.102"
PIXEL_BYTES = 512 * 512 * 2
HEADER_BYTES = 1400


def make_instance(number: int = 1, series: int = 1, study: int = 1, **changes: Any) -> SopInstance:
    """Slice `number` of a clean CT series: 512 x 512, 16 bit, 1 mm apart, of Jane Doe; `changes` set other facts."""
    uid = f"{ROOT}.{study}.{series}.{number}"
    sop_class = changes.get("sop_class_uid", CT)
    facts: dict[str, Any] = {
        "entry_id": study * 1_000_000 + series * 10_000 + number,
        "path": f"DICOM/PT000000/ST{study - 1:06}/SE{series - 1:06}/IM{number - 1:06}",
        "size": HEADER_BYTES + PIXEL_BYTES,
        "media_storage_sop_class_uid": sop_class,
        "media_storage_sop_instance_uid": changes.get("sop_instance_uid", uid),
        "transfer_syntax_uid": EXPLICIT,
        "data_set_offset": 350,
        "specific_character_set": ("ISO_IR 100",),
        "sop_class_uid": sop_class,
        "sop_instance_uid": uid,
        "study_instance_uid": f"{ROOT}.{study}",
        "series_instance_uid": f"{ROOT}.{study}.{series}",
        "frame_of_reference_uid": f"{ROOT}.9.{study}",
        "patient_name": "Doe^Jane",
        "patient_id": "PAT-204881",
        "patient_birth_date": "19580314",
        "patient_sex": "F",
        "study_date": "20260303",
        "study_time": "101500",
        "study_id": "1",
        "study_description": "CT chest",
        "modality": "CT",
        "series_number": series,
        "instance_number": number,
        "image_type": ("ORIGINAL", "PRIMARY", "AXIAL"),
        "burned_in_annotation": "NO",
        "rows": 512,
        "columns": 512,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "bits_allocated": 16,
        "bits_stored": 12,
        "high_bit": 11,
        "pixel_representation": 0,
        "image_position_mm": (-180.0, -180.0, float(number)),
        "image_orientation": (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        "pixel_spacing_mm": (0.7, 0.7),
        "slice_thickness_mm": 1.0,
        "pixel_keyword": "PixelData",
        "pixel_data_offset": HEADER_BYTES,
        "pixel_data_length": PIXEL_BYTES,
    }
    return SopInstance(**{"layout": full_layout(sop_class), **facts, **changes})


@cache
def full_layout(sop_class_uid: str) -> Layout:
    """Everything the Standard requires of such an instance is there, and some of what it does not."""
    iod = iod_of(sop_class_uid)
    required = {r.tag for r in iod.attributes} if iod else set()
    return Layout(frozenset(required | {c.required.tag for c in CONDITIONS} | USUAL))


USUAL = {0x00080008, 0x00080022, 0x00080032, 0x0008103E, 0x00181030, 0x00281050, 0x00281052, 0x7FE00010}


def lacking(layout: Layout, *tags: int) -> Layout:
    return replace(layout, tags=layout.tags - set(tags))


def blank(layout: Layout, *tags: int) -> Layout:
    return Layout(layout.tags | set(tags), layout.empty | set(tags))


def make_document(number: int = 1, series: int = 90, **changes: Any) -> SopInstance:
    """A dose report: an instance without pixels."""
    without_pixels: dict[str, Any] = {
        "sop_class_uid": DOSE_SR, "modality": "SR", "rows": None, "columns": None, "samples_per_pixel": None,
        "photometric_interpretation": "", "bits_allocated": None, "bits_stored": None, "high_bit": None,
        "pixel_representation": None, "image_position_mm": None, "image_orientation": None, "pixel_spacing_mm": None,
        "pixel_keyword": "", "pixel_data_offset": None, "pixel_data_length": None, "size": 5000, "image_type": (),
    }  # fmt: skip
    return make_instance(number, series, **{**without_pixels, **changes})


def make_series(count: int = 8, series: int = 1, study: int = 1, **changes: Any) -> list[SopInstance]:
    """`count` slices of one series."""
    return [make_instance(n, series, study, **changes) for n in range(1, count + 1)]


_next_entry_id = 90_000_000


def make_file(path: str, kind: Kind, size: int = 20_000, **changes: Any) -> FileRecord:
    """A file that is not a DICOM instance."""
    global _next_entry_id
    _next_entry_id += 1
    signatures = {Kind.PROGRAM: "Windows program (PE)", Kind.PICTURE: "JPEG picture"}
    return FileRecord(_next_entry_id, path, size, kind, **{"signature": signatures.get(kind, ""), **changes})


def record_of(instance: SopInstance, **changes: Any) -> DirectoryRecord:
    """The directory record our export would write for `instance`."""
    keys = {"InstanceNumber": str(instance.instance_number)}
    kind = "SR DOCUMENT"
    if instance.is_image:
        kind = "IMAGE"
        for name in ("ImageType", "Rows", "Columns", "ImagePositionPatient", "ImageOrientationPatient"):
            keys[name] = "x"
        keys.update(FrameOfReferenceUID=instance.frame_of_reference_uid, PixelSpacing="x")
    else:
        keys.update(
            ContentDate="20260303", ContentTime="101500", CompletionFlag="COMPLETE", VerificationFlag="UNVERIFIED"
        )
    record = DirectoryRecord(
        record_type=kind,
        offset=1000,
        file_id=tuple(instance.path.split("/")),
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        keys=keys,
    )
    return replace(record, **changes)


def make_dicomdir(
    instances: Sequence[SopInstance],
    records: Mapping[str, Any] | None = None,
    keys: Mapping[str, str] | None = None,
    **changes: Any,
) -> Dicomdir:
    """A table of contents of `instances`. `records` changes instance records, `keys` those above ("STUDY.StudyID")."""
    given = dict(keys or {})
    tree: dict[str, dict[str, dict[str, list[SopInstance]]]] = {}
    for i in instances:
        studies = tree.setdefault(i.patient_id or "MADE-UP", {})
        studies.setdefault(i.study_instance_uid, {}).setdefault(i.series_instance_uid, []).append(i)
    patients = []
    for patient_id, studies in tree.items():
        study_records = []
        for study_uid, all_series in studies.items():
            series_records = []
            for series_uid, group in all_series.items():
                lowest = tuple(record_of(i, **(records or {})) for i in group)
                values = {"Modality": group[0].modality, "SeriesInstanceUID": series_uid, "SeriesNumber": "1"}
                series_records.append(_above("SERIES", values, given, lowest))
            first = next(iter(all_series.values()))[0]
            values = {"StudyDate": first.study_date or "20260303", "StudyTime": "101500", "StudyID": "1"}
            study_records.append(
                _above("STUDY", {**values, "StudyInstanceUID": study_uid}, given, tuple(series_records))
            )
        values = {"PatientID": patient_id, "PatientName": "Doe^Jane", "PatientBirthDate": "19580314", "PatientSex": "F"}
        patients.append(_above("PATIENT", values, given, tuple(study_records)))
    facts: dict[str, Any] = {
        "entry_id": 0,
        "path": "DICOMDIR",
        "transfer_syntax_uid": EXPLICIT,
        "file_set_uid": f"{ROOT}.77",
        "roots": tuple(patients),
    }
    return Dicomdir(**{**facts, **changes})


def _above(
    kind: str, keys: dict[str, str], given: dict[str, str], children: tuple[DirectoryRecord, ...]
) -> DirectoryRecord:
    chosen = {name: given.get(f"{kind}.{name}", value) for name, value in keys.items()}
    return DirectoryRecord(record_type=kind, offset=500, keys=chosen, children=children)


def make_disc(
    instances: Iterable[SopInstance] = (),
    files: Iterable[FileRecord] = (),
    dicomdirs: Iterable[Dicomdir] = (),
    **changes: Any,
) -> Disc:
    """A disc of these instances, with a file record for each and for each DICOMDIR; grouped the simplest way."""
    instances, dicomdirs = tuple(instances), tuple(dicomdirs)
    listed = [FileRecord(d.entry_id, d.path, 4000, Kind.DICOMDIR, "DICOMDIR") for d in dicomdirs]
    listed += [
        FileRecord(i.entry_id, i.path, i.size, Kind.DICOM, "DICOM instance", sop_instance_uid=i.sop_instance_uid)
        for i in instances
    ]
    listed += files
    facts: dict[str, Any] = {
        "name": "EXAMPLE",
        "files": tuple(listed),
        "instances": instances,
        "dicomdirs": dicomdirs,
        "patients": _grouped(instances),
    }
    return Disc(**{**facts, **changes})


def _grouped(instances: Sequence[SopInstance]) -> tuple[Patient, ...]:
    by_patient: dict[str, dict[str, dict[str, list[SopInstance]]]] = {}
    for i in instances:
        studies = by_patient.setdefault(i.patient_id or i.patient_name, {})
        studies.setdefault(i.study_instance_uid, {}).setdefault(i.series_instance_uid, []).append(i)
    patients = []
    for key, studies in by_patient.items():
        found = []
        for study_uid, all_series in studies.items():
            series = tuple(
                Series(uid, uid, group[0].modality, group[0].series_number, "", "image", "geometry", tuple(group))
                for uid, group in all_series.items()
            )
            found.append(Study(study_uid, "", "", "", "", "", "", series))
        first = found[0].series[0].instances[0]
        patients.append(Patient(key, first.patient_name, first.patient_id, first.patient_birth_date, "", tuple(found)))
    return tuple(patients)


README = make_file("README.TXT", Kind.DOCUMENT, 1800, signature="text")


def clean_disc(
    instances: Sequence[SopInstance] | None = None, files: Iterable[FileRecord] = (), **changes: Any
) -> Disc:
    """A conformant disc, as our export writes it: DICOMDIR in the root, README.TXT, instances by the rules."""
    instances = make_series() if instances is None else instances
    return make_disc(instances, [README, *files], [make_dicomdir(instances)], **changes)


def judged(disc: Disc, **options: Any) -> Report:
    """The report of `judge`, its steps driven to the end."""
    steps = judge(disc, **options)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            assert isinstance(end.value, Report)
            return end.value


def states(report: Report) -> dict[str, str]:
    """Rule code -> state."""
    return {o.rule: o.state.value for o in report.outcomes}


def failing(report: Report, severities: str = "BHWI") -> set[str]:
    """Codes of rules that failed with one of these severities."""
    return {o.rule for o in report.outcomes if o.state == "failed" and o.severity.value in severities}
