"""The DICOMDIR writer: offsets, keys, characters, record types; and the second parser that checks it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pydicom
import pytest
from pydicom.dataset import Dataset

import directory_faults
from discs import EXPLICIT, files_of
from exports import Exported, directory_of, export, open_files, re_read
from instances import encode, make_instance
from scanfolio.export.directory_check import FileFacts
from scanfolio.export.elements import read_elements
from scanfolio.export.records import KEYS, WANTED_TAGS, record_type


def facts_of(exported: Exported) -> dict[str, FileFacts]:
    facts = {}
    for path, data in exported.files.items():
        if path.startswith("DICOM/"):
            ds = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)
            start = 144 + ds.file_meta.FileMetaInformationGroupLength
            values = {tag: value for tag, (_, value) in read_elements(data[start:], WANTED_TAGS).items()}
            facts[path] = FileFacts(str(ds.SOPClassUID), str(ds.SOPInstanceUID), EXPLICIT, values)
    return facts


def test_names_keep_their_bytes_and_their_character_set() -> None:
    exported = export(files_of("japanese"))
    patient = directory_of(exported).DirectoryRecordSequence[0]
    path = next(p for p in exported.files if p.startswith("DICOM/"))
    original = pydicom.dcmread(io.BytesIO(exported.files[path]))
    assert patient.SpecificCharacterSet == original.SpecificCharacterSet
    assert patient.get_item("PatientName").value == original.get_item("PatientName").value
    assert str(patient.PatientName) == "Yamada^Tarou=山田^太郎=やまだ^たろう"


def test_missing_type_1_keys_are_supplied_in_the_record_only() -> None:
    ds = make_instance(
        "ct", 1, PatientID="", StudyID="", SeriesNumber=None, InstanceNumber=None, StudyDate="", StudyTime=""
    )
    exported = export({"A": encode(ds)})
    records = {record.DirectoryRecordType: record for record in directory_of(exported).DirectoryRecordSequence}
    assert records["PATIENT"].PatientID == "NO-ID-000001"
    assert records["STUDY"].StudyID == "1"
    assert records["SERIES"].SeriesNumber == 1
    assert records["IMAGE"].InstanceNumber == 1
    assert {s.keyword for s in exported.manifest.supplied} == {
        "PatientID", "StudyDate", "StudyTime", "StudyID", "SeriesNumber", "InstanceNumber"
    }  # fmt: skip
    copy = pydicom.dcmread(io.BytesIO(exported.only()))
    assert copy.PatientID == ""
    assert copy.StudyID == ""
    assert re_read(exported).ok


def test_a_missing_study_date_is_taken_from_the_same_instance() -> None:
    ds = make_instance("ct", 1, StudyDate="", SeriesDate="20200102", SeriesTime="030405", StudyTime="")
    (study,) = [r for r in directory_of(export({"A": encode(ds)})).DirectoryRecordSequence if "StudyID" in r]
    assert (study.StudyDate, study.StudyTime) == ("20200102", "030405")


def test_supplied_numbers_avoid_those_in_use() -> None:
    numbered = [make_instance("ct", n) for n in (1, 2)]
    unnumbered = make_instance("ct", 3, InstanceNumber=None)
    files = {f"F{k}": encode(ds) for k, ds in enumerate([*numbered, unnumbered])}
    images = [r for r in directory_of(export(files)).DirectoryRecordSequence if r.DirectoryRecordType == "IMAGE"]
    assert sorted(r.InstanceNumber for r in images) == [1, 2, 3]


def test_a_report_is_listed_without_its_text() -> None:
    exported = export(files_of("dose_report"))
    (report,) = [r for r in directory_of(exported).DirectoryRecordSequence if r.DirectoryRecordType == "SR DOCUMENT"]
    assert report.ConceptNameCodeSequence[0].CodeValue
    assert report.CompletionFlag
    original = pydicom.dcmread(io.BytesIO(exported.files["/".join(report.ReferencedFileID)]))
    assert len(original.ContentSequence) > len(report.get("ContentSequence", []))
    assert all(item.RelationshipType == "HAS CONCEPT MOD" for item in report.get("ContentSequence", []))


@pytest.mark.parametrize(
    ("sop_class", "wanted"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.66.4", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.66.7", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.66.8", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.88.76", "SR DOCUMENT"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "KEY OBJECT DOC"),
        ("1.2.840.10008.5.1.4.1.1.11.8", "PRESENTATION"),
        ("1.2.840.10008.5.1.4.1.1.9.1.4", "WAVEFORM"),
        ("1.2.840.10008.5.1.4.1.1.104.3", "ENCAP DOC"),
        ("1.2.840.10008.5.1.4.1.1.481.1", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.481.8", "RT PLAN"),
        ("1.2.840.10008.5.1.4.1.1.481.14", "RADIOTHERAPY"),
        ("1.2.840.10008.5.1.4.1.1.4.2", "SPECTROSCOPY"),
        ("1.2.840.10008.5.1.4.1.1.200.1", "PLAN"),
        ("1.3.12.2.1107.5.9.1", "IMAGE"),
    ],
)
def test_record_types(sop_class: str, wanted: str) -> None:
    assert record_type(sop_class) == wanted


def test_keys_of_every_type_stand_in_no_private_group() -> None:
    assert all(not key.tag >> 16 & 1 for keys in KEYS.values() for key in keys)


def _records(ds: Dataset, kind: str) -> list[Dataset]:
    return [r for r in ds.DirectoryRecordSequence if r.DirectoryRecordType == kind]


def _offset_in(data: bytes, record: Dataset, tag: bytes, value: int) -> bytes:
    at = data.index(tag, record.seq_item_tell) + 8
    return data[:at] + struct.pack("<I", value) + data[at + 4 :]


NEXT, LOWER, LAST_ROOT = b"\x04\0\0\x14UL\4\0", b"\x04\0\x20\x14UL\4\0", b"\x04\0\x02\x12UL\4\0"


def _replaced(old: bytes, new: bytes) -> Callable[[bytes, Dataset], bytes]:
    return lambda data, ds: data.replace(old, new, 1)


PLANTED: dict[str, tuple[Callable[[bytes, Dataset], bytes], str]] = {
    "next offset two bytes off": (
        lambda data, ds: _offset_in(data, _records(ds, "IMAGE")[0], NEXT, _records(ds, "IMAGE")[1].seq_item_tell + 2),
        "no record begins",
    ),
    "offset loop": (
        lambda data, ds: _offset_in(data, _records(ds, "IMAGE")[2], NEXT, _records(ds, "IMAGE")[0].seq_item_tell),
        "reached twice",
    ),
    "a record is not linked": (
        lambda data, ds: _offset_in(data, _records(ds, "IMAGE")[1], NEXT, 0),
        "is not linked",
    ),
    "last offset zero": (
        lambda data, ds: data.replace(LAST_ROOT + data[data.index(LAST_ROOT) + 8 :][:4], LAST_ROOT + bytes(4), 1),
        "last root record",
    ),
    "wrong transfer syntax": (
        lambda data, ds: data[: data.index(b"\x04\0\x12\x15")]
        + data[data.index(b"\x04\0\x12\x15") :].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.2\0", 1),
        "another Transfer Syntax UID",
    ),
    "lower-case File ID": (_replaced(b"\\IM000001", b"\\im000001"), "is not a File ID"),
    "file listed but missing": (_replaced(b"\\IM000001", b"\\IM000009"), "listed but not there"),
    "one file listed twice": (_replaced(b"\\IM000001", b"\\IM000000"), "listed 2 times"),
    "another Patient ID": (_replaced(b"SAMPLE-001", b"SAMPLE-009"), "PatientID of the PATIENT record"),
    "another Modality": (_replaced(b"\x08\0\x60\0CS\2\0CT", b"\x08\0\x60\0CS\2\0MR"), "is in none of its files"),
    "empty Modality": (_replaced(b"\x08\0\x60\0CS\2\0CT", b"\x08\0\x60\0CS\2\0  "), "lacks Modality"),
    "inactive record": (_replaced(b"\x04\0\x10\x14US\2\0\xff\xff", b"\x04\0\x10\x14US\2\0\0\0"), "not in use"),
    "inconsistent": (_replaced(b"\x04\0\x12\x12US\2\0\0\0", b"\x04\0\x12\x12US\2\0\xff\xff"), "consistency flag"),
    "implicit VR": (_replaced(b"1.2.840.10008.1.2.1\0\2\0\x12\0", b"1.2.840.10008.1.2\0\0\0\2\0\x12\0"), "Explicit VR"),
    "cut off": (lambda data, ds: data[:-40], "cannot be followed"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_faults_are_found(fault: str) -> None:
    exported = export(files_of("clean"))
    plant, wanted = PLANTED[fault]
    good = exported.files["DICOMDIR"]
    bad = plant(good, directory_of(exported))
    assert bad != good
    assert directory_faults.faults_of(good, facts_of(exported)) == []
    found = directory_faults.faults_of(bad, facts_of(exported))
    assert any(wanted in fault for fault in found), found
    assert not re_read(exported, {**exported.files, "DICOMDIR": bad}).ok


def test_what_writers_get_wrong_is_found_in_every_record() -> None:
    exported = export(files_of("mixed"))
    read_again = open_files(exported.files)
    facts = directory_faults.facts_of(read_again.disc, read_again.index.entries)
    assert directory_faults.faults_of(exported.files["DICOMDIR"], facts) == []
    tried = {
        what: directory_faults.faults_of(bad, facts)
        for what, bad in directory_faults.planted(exported.files["DICOMDIR"])
    }
    assert len(tried) > 200
    assert [what for what, faults in tried.items() if not faults] == []


def test_a_file_that_is_not_listed_is_found() -> None:
    exported = export(files_of("clean"))
    facts = facts_of(exported)
    facts["DICOM/PT000000/ST000000/SE000000/IM000007"] = next(iter(facts.values()))
    assert "DICOM/PT000000/ST000000/SE000000/IM000007 is not in the DICOMDIR" in directory_faults.faults_of(
        exported.files["DICOMDIR"], facts
    )
