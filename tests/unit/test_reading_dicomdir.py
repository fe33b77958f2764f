"""DICOMDIRs, whole and broken: the tree they mean, the faults they have, the files they name."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pydicom.data
import pytest
from pydicom.datadict import dictionary_keyword

import discs
from reading_help import CORPUS, read_disc
from scanfolio.model import Dicomdir, DirectoryRecord, Kind
from scanfolio.reading.dicomdir import Paths, resolve
from scanfolio.standard.directory import KEYS, REQUIRED


def dicomdir_of(data: bytes) -> Dicomdir:
    disc = read_disc({"DICOMDIR": data})
    assert [record.kind for record in disc.files] == [Kind.DICOMDIR]
    return disc.dicomdirs[0]


def walk(records: tuple[DirectoryRecord, ...]) -> Iterator[DirectoryRecord]:
    for record in records:
        yield record
        yield from walk(record.children)


def shape(directory: Dicomdir) -> list[str]:
    return [record.record_type for record in walk(directory.roots)]


def good() -> bytes:
    return discs.files_of("clean")["DICOMDIR"]


def patch_offset(data: bytes, tag: bytes, which: int, value: int) -> bytes:
    """`data` with the `which`-th offset element of this tag set to `value`."""
    at = -1
    for _ in range(which + 1):
        at = data.index(tag + b"UL\x04\x00", at + 1)
    return data[: at + 8] + struct.pack("<I", value) + data[at + 12 :]


ROOT, LAST_ROOT = b"\x04\x00\x00\x12", b"\x04\x00\x02\x12"
NEXT, LOWER = b"\x04\x00\x00\x14", b"\x04\x00\x20\x14"


def test_a_good_one() -> None:
    files = discs.files_of("clean")
    disc = read_disc(files)
    directory = disc.dicomdirs[0]
    assert directory.faults == ()
    assert directory.usable
    assert directory.transfer_syntax_uid == discs.EXPLICIT
    assert directory.file_set_uid
    patient = directory.roots[0]
    study, series = patient.children[0], patient.children[0].children[0]
    assert (patient.record_type, study.record_type, series.record_type) == ("PATIENT", "STUDY", "SERIES")
    assert patient.keys["PatientID"] == disc.instances[0].patient_id
    assert study.keys["StudyInstanceUID"] == disc.instances[0].study_instance_uid
    assert series.keys["Modality"] == "CT"
    paths = Paths(files)
    images = [record for record in walk(directory.roots) if record.file_id]
    assert len(images) == len(disc.instances)
    by_path = {instance.path: instance for instance in disc.instances}
    for record in images:
        path = paths.find(record.file_id)
        assert path is not None
        assert by_path[path].sop_instance_uid == record.sop_instance_uid
        assert by_path[path].sop_class_uid == record.sop_class_uid
        assert record.transfer_syntax_uid == discs.EXPLICIT
        assert record.absent == frozenset()
        assert record.keys["InstanceNumber"] == str(by_path[path].instance_number)


def test_a_loop_is_cut_and_told() -> None:
    directory = dicomdir_of(discs.files_of("dicomdir_loop")["DICOMDIR"])
    assert any("already in the tree: a loop" in fault for fault in directory.faults)
    assert shape(directory) == shape(dicomdir_of(good()))


def test_a_wrong_root_is_rebuilt_by_order() -> None:
    for offset in (0, 7, 0xFFFFFFF0):
        directory = dicomdir_of(patch_offset(good(), ROOT, 0, offset))
        assert shape(directory) == shape(dicomdir_of(good()))
        assert any("placed by their order" in fault for fault in directory.faults)


def test_a_wrong_pointer_down_leaves_orphans_in_their_place() -> None:
    directory = dicomdir_of(patch_offset(good(), LOWER, 1, 12345))
    assert shape(directory) == shape(dicomdir_of(good()))
    assert any("points to byte 12345, where no record begins" in fault for fault in directory.faults)


def test_a_cut_chain_keeps_the_rest() -> None:
    directory = dicomdir_of(patch_offset(good(), NEXT, 3, 0))
    assert sorted(shape(directory)) == sorted(shape(dicomdir_of(good())))
    assert directory.faults


def test_a_wrong_last_record_is_a_fault_of_its_own() -> None:
    directory = dicomdir_of(patch_offset(good(), LAST_ROOT, 0, 99))
    (fault,) = directory.faults
    assert fault.startswith("(0004,1202) gives byte 99")


def test_a_cut_one_keeps_the_whole_records() -> None:
    data = good()
    whole = shape(dicomdir_of(data))
    directory = dicomdir_of(data[: len(data) * 2 // 3])
    assert directory.usable
    assert directory.faults
    assert 0 < len(shape(directory)) < len(whole)


def test_one_without_records_is_unusable() -> None:
    data = good()
    at = data.index(b"\x04\x00\x20\x12SQ")
    empty = data[:at] + b"\x04\x00\x20\x12SQ\0\0\0\0\0\0"
    directory = dicomdir_of(empty)
    assert not directory.usable
    assert "the Directory Record Sequence is empty" in directory.faults
    assert not dicomdir_of(data[:at]).usable
    disc = read_disc({"DICOMDIR": empty})
    assert disc.files[0].reason == "This table of contents is damaged or empty."


def test_an_inactive_record_is_kept_and_said_to_be() -> None:
    data = good()
    at = data.index(b"\x04\x00\x10\x14US\x02\x00\xff\xff")
    directory = dicomdir_of(data[: at + 8] + b"\0\0" + data[at + 10 :])
    assert next(walk(directory.roots)).in_use is False


def test_every_cut_and_every_flipped_byte_is_survived() -> None:
    data = good()
    for cut in range(0, len(data), 41):
        disc = read_disc({"DICOMDIR": data[:cut]})
        assert len(disc.files) == 1
    for at in range(132, len(data), 29):
        disc = read_disc({"DICOMDIR": data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]})
        assert len(disc.files) == 1


PYDICOM_FILES = Path(pydicom.data.__file__).parent / "test_files" / "dicomdirtests"


@pytest.mark.parametrize(
    "name",
    [
        "DICOMDIR",
        "DICOMDIR-bigEnd",
        "DICOMDIR-implicit",
        "DICOMDIR-reordered",
        "DICOMDIR-nooffset",
        "DICOMDIR-nopatient",
    ],
)
def test_pydicoms_own(name: str) -> None:
    path = PYDICOM_FILES / name
    if not path.exists():
        pytest.skip("pydicom came without its test files")
    directory = dicomdir_of(path.read_bytes())
    reference = pydicom.dcmread(path)
    records = list(walk(directory.roots))
    expected = sorted(str(item.DirectoryRecordType) for item in reference.DirectoryRecordSequence)
    assert sorted(record.record_type for record in records) == expected
    uids = {
        str(item.ReferencedSOPInstanceUIDInFile)
        for item in reference.DirectoryRecordSequence
        if "ReferencedSOPInstanceUIDInFile" in item
    }
    assert {record.sop_instance_uid for record in records if record.sop_instance_uid} == uids
    names = {str(item.PatientName) for item in reference.DirectoryRecordSequence if "PatientName" in item}
    assert {record.keys["PatientName"] for record in records if "PatientName" in record.keys} == names
    if name in ("DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit"):
        assert directory.faults == ()


def test_the_corpus_has_only_directories_that_can_be_used() -> None:
    if not CORPUS.is_dir():
        pytest.skip("no corpus beside the repository")
    for path in sorted(CORPUS.rglob("DICOMDIR*")):
        directory = dicomdir_of(path.read_bytes())
        assert directory.usable == (path.name != "DICOMDIR-empty.dcm"), path


def test_keys_are_named_as_in_the_standard() -> None:
    for tag, keyword in KEYS.items():
        assert dictionary_keyword(tag) == keyword
    for keywords in REQUIRED.values():
        assert set(keywords) <= set(KEYS.values())


# finding files


PATHS = [
    "DICOMDIR",
    "DICOM/ST1/IM1",
    "dicom/st1/im2",
    "DICOM/ST1/IM3.dcm",
    "DICOM/ST1/IM4;1",
    "DICOM/ST1/IM5.",
    "a/b/X.DCM;1",
    "DICOM/ST1/IM6.;1",
    "dicom/st1/im7.dcm;1",
    "DICOM/ST1/IM8.Dcm.",
    "DICOM/ST2/IM1",
    "DICOM/ST2/im1.dcm",
    "DICOM/ST2/IM1.;1",
]


@pytest.mark.parametrize(
    ("file_id", "path"),
    [
        (("DICOM", "ST1", "IM1"), "DICOM/ST1/IM1"),
        (("DICOM", "ST1", "IM2"), "dicom/st1/im2"),
        (("DICOM", "ST1", "IM3"), "DICOM/ST1/IM3.dcm"),
        (("DICOM", "ST1", "IM4"), "DICOM/ST1/IM4;1"),
        (("DICOM", "ST1", "IM5"), "DICOM/ST1/IM5."),
        (("A", "B", "X"), "a/b/X.DCM;1"),
        (("DICOM", "ST1", "IM6"), "DICOM/ST1/IM6.;1"),
        (("DICOM", "ST1", "IM7"), "dicom/st1/im7.dcm;1"),
        (("DICOM", "ST1", "IM7.DCM;1"), "dicom/st1/im7.dcm;1"),
        (("DICOM", "ST1", "IM8"), "DICOM/ST1/IM8.Dcm."),
        (("dicom", "st1", "im1."), "DICOM/ST1/IM1"),
        (("DICOM", "ST1", "IM1;1"), "DICOM/ST1/IM1"),
        (("DICOM", "ST2", "IM1"), "DICOM/ST2/IM1"),
        (("DICOM", "ST2", "im1"), "DICOM/ST2/IM1"),
        (("DICOM", "ST2", "IM1.DCM"), "DICOM/ST2/im1.dcm"),
        (("DICOM", "ST2", "im1.;1"), "DICOM/ST2/IM1.;1"),
        (("DICOM\\ST1\\IM1",), "DICOM/ST1/IM1"),
        (("DICOM", "ST1", "IM9"), None),
        (("..", "DICOM", "ST1", "IM1"), None),
        (("DICOM", "", "IM1"), None),
        ((), None),
        (("", "DICOM", "ST1", "IM1"), "DICOM/ST1/IM1"),
        ((".", "DICOM", "ST1", "IM1"), "DICOM/ST1/IM1"),
        (("D:", "DICOM", "ST1", "IM1"), "DICOM/ST1/IM1"),
        (("\\DICOM\\ST1\\IM1",), "DICOM/ST1/IM1"),
        (("", "..", "DICOM", "ST1", "IM1"), None),
        (("DICOM", "..", "DICOM", "ST1", "IM1"), None),
        ((".",), None),
        (("",), None),
    ],
)
def test_resolve(file_id: tuple[str, ...], path: str | None) -> None:
    assert resolve(file_id, PATHS) == path


def test_resolve_below_the_folder_of_the_dicomdir() -> None:
    paths = Paths(["DISC 1/DICOM/IM1", "DICOM/IM1"])
    assert paths.find(("DICOM", "IM1"), "DISC 1") == "DISC 1/DICOM/IM1"
    assert paths.find(("DICOM", "IM1")) == "DICOM/IM1"
    assert paths.find(("..", "DICOM", "IM1"), "DISC 1") is None
