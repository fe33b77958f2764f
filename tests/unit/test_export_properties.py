"""The properties an export must have, by number, as docs/conformance.md lists them. Here: file-set and images."""

from __future__ import annotations

import hashlib
import re
import struct
import uuid
from functools import cache

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels import convert_color_space
from pydicom.sequence import Sequence

from discs import JAPANESE, NEEDS_IMAGECODECS, Files, files_of
from documents import code
from exports import CREATED, Exported, data_set, directory_of, drive, export, plan_of, re_read, read
from instances import (
    ANOTHER,
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    RLE,
    compress,
    encode,
    make_instance,
)
from referring import presentation
from scanfolio.errors import ExportError
from scanfolio.export.file_meta import IMPLEMENTATION_CLASS_UID
from scanfolio.export.planned import second_set
from scanfolio.export.write import write_folder

KINDS = ("ct", "mr", "pet", "us_rgb", "palette", "mono1", "multiframe", "enhanced_ct", "dose_report", "pdf")
MPEG_2 = "1.2.840.10008.1.2.4.100"


def with_private_data(ds: Dataset) -> Dataset:
    inside = Dataset()
    inside.add_new(0x00090010, "LO", "SCANFOLIO TESTS")
    inside.add_new(0x00091010, "LO", "private inside")
    inside.ReferencedSOPClassUID, inside.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "2.25.5"
    inside.PurposeOfReferenceCodeSequence = Sequence([code("1", "99X", "odd")])
    ds.ReferencedImageSequence = Sequence([inside])
    ds.add_new(0x00090010, "LO", "SCANFOLIO TESTS")
    ds.add_new(0x00091001, "OB", b"\1\2\3\4")
    return ds


def key_object() -> Dataset:
    ds = make_instance("dose_report", 21, series=21, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.59", Modality="KO")
    ds.ConceptNameCodeSequence = Sequence([code("113000", "DCM", "Of Interest")])
    return ds


def contours() -> Dataset:
    ds = make_instance("pdf", 22, series=22, SOPClassUID="1.2.840.10008.5.1.4.1.1.481.3", EncapsulatedDocument=None)
    ds.Modality, ds.StructureSetLabel, ds.StructureSetDate, ds.StructureSetTime = "RTSTRUCT", "ALL", "20240229", "1015"
    return ds


@cache
def everything() -> Files:
    """One person: every kind of object, one series in five encodings, private data, marks, contours."""
    files = {kind: encode(with_private_data(make_instance(kind, n, series=n))) for n, kind in enumerate(KINDS, 40)}
    for number, syntax in enumerate((EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED, RLE), 30):
        files[f"in {syntax}"] = encode(with_private_data(make_instance("ct", number, series=30)), syntax)
    more = {"presentation": presentation("1.2.3.4"), "key object": key_object(), "contours": contours()}
    return files | {path: encode(ds) for path, ds in more.items()}


@cache
def whole(into: str = "folder") -> Exported:
    return export(everything(), into=into)


def records_of(exported: Exported, kind: str = "") -> list[Dataset]:
    return [r for r in directory_of(exported).DirectoryRecordSequence if kind in ("", r.DirectoryRecordType)]


def record_of(exported: Exported, path: str) -> Dataset:
    """The record of one image of the export."""
    (record,) = [r for r in records_of(exported) if path == "/".join(r.get("ReferencedFileID", ()))]
    return record


@pytest.mark.parametrize("into", ["folder", "zip"])
def test_property_01_one_file_set_with_its_directory_at_the_root(into: str) -> None:
    for kind in ("two_dicomdirs", "dicomdir_in_subfolder"):
        exported = export(files_of(kind), into=into)
        assert [path for path in exported.files if path.rpartition("/")[2] == "DICOMDIR"] == ["DICOMDIR"]
        dicom = {path for path, data in exported.files.items() if data[128:132] == b"DICM"}
        assert dicom == {"DICOMDIR", *exported.images}
        assert len(exported.images) == 3


def test_property_02_the_head_of_the_directory_and_a_new_identifier_each_time() -> None:
    plan = plan_of(files_of("clean"))
    uids = []
    for _ in range(2):
        manifest, files, _ = drive(write_folder(plan, "{}", "", created=CREATED))
        ds = read(files["DICOMDIR"])
        assert ds.file_meta.TransferSyntaxUID == EXPLICIT
        assert ds.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.1.3.10"
        assert ds.file_meta.MediaStorageSOPInstanceUID == manifest.file_set_uid
        assert ds.FileSetConsistencyFlag == 0
        assert ds.FileSetID
        assert {record.RecordInUseFlag for record in ds.DirectoryRecordSequence} == {0xFFFF}
        uids.append(manifest.file_set_uid)
    assert uids[0] != uids[1]
    assert all(uuid.UUID(int=int(uid.removeprefix("2.25."))).version == 4 for uid in uids)


OFFSET = re.compile(rb"\x04\x00[\x00\x20]\x14UL\x04\x00|\x04\x00[\x00\x02]\x12UL\x04\x00")


def offsets_moved(directory: bytes, by: int) -> bytes:
    """Every offset but the zeros, as if it were counted from another place."""
    moved = bytearray(directory)
    for found in OFFSET.finditer(directory):
        (offset,) = struct.unpack_from("<I", directory, found.end())
        if offset:
            struct.pack_into("<I", moved, found.end(), offset + by)
    return bytes(moved)


def test_property_03_offsets_from_byte_0_checked_by_a_second_parser() -> None:
    """pydicom's places of the items are the third opinion; then every offset is counted from a wrong place."""
    exported = whole()
    data, ds = exported.files["DICOMDIR"], directory_of(exported)
    there = {record.seq_item_tell for record in ds.DirectoryRecordSequence}
    first = ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity
    assert data[first : first + 4] == b"\xfe\xff\x00\xe0"
    named = {first}
    for record in ds.DirectoryRecordSequence:
        named |= {record.OffsetOfTheNextDirectoryRecord, record.OffsetOfReferencedLowerLevelDirectoryEntity}
    assert named - {0} == there
    assert ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity in there
    for wrong_by in (-132, -(144 + ds.file_meta.FileMetaInformationGroupLength), 8):
        spoilt = offsets_moved(data, wrong_by)
        assert spoilt != data
        verification = re_read(exported, {**exported.files, "DICOMDIR": spoilt})
        assert any(d.path == "DICOMDIR" and "no record begins" in d.what for d in verification.differences)


def test_property_04_every_image_is_listed_once_and_nothing_else_is() -> None:
    exported = whole()
    listed = [r for r in records_of(exported) if "ReferencedFileID" in r]
    assert sorted("/".join(r.ReferencedFileID) for r in listed) == sorted(exported.images)
    assert len(listed) == len(everything())
    for record in listed:
        ds = read(exported.files["/".join(record.ReferencedFileID)])
        assert record.ReferencedSOPInstanceUIDInFile == ds.SOPInstanceUID
        assert record.ReferencedSOPClassUIDInFile == ds.SOPClassUID
        assert record.ReferencedTransferSyntaxUIDInFile == ds.file_meta.TransferSyntaxUID
    (lost, data), *_ = exported.images.items()
    gone = re_read(exported, {p: d for p, d in exported.files.items() if p != lost})
    assert f"{lost} is listed but not there" in [d.what for d in gone.differences]
    stray = lost[:-6] + "999999"
    more = re_read(exported, {**exported.files, stray: data})
    assert f"{stray} is not in the DICOMDIR" in [d.what for d in more.differences]


def test_property_05_names_every_system_can_read() -> None:
    form = re.compile(r"DICOM/PT\d{6}/ST\d{6}/SE\d{6}/IM\d{6}")
    for kind in ("odd_names", "lower_case", "mixed"):
        for path in export(files_of(kind)).images:
            assert form.fullmatch(path)
            assert all(re.fullmatch("[A-Z0-9_]{1,8}", part) for part in path.split("/"))


def test_property_06_uncompressed_and_what_cannot_be_in_a_second_set() -> None:
    for path, data in whole().images.items():
        ds = read(data)
        assert ds.file_meta.TransferSyntaxUID == EXPLICIT, path
        assert not ("PixelData" in ds and ds["PixelData"].is_undefined_length), path
    video = encode(compress(make_instance("ct", 9, series=9), RLE), MPEG_2)
    first = export({**files_of("clean"), "VIDEO": video})
    assert [(left.path, left.code) for left in first.manifest.left_out if left.sop_instance_uid] == [("VIDEO", "video")]
    choices = second_set(first.plan.choices, first.manifest.left_out)
    assert choices
    second = export(first.opened, encoding=choices.encoding, only=choices.only)
    assert {read(data).file_meta.TransferSyntaxUID for data in second.images.values()} == {MPEG_2}
    assert re_read(second).ok
    assert b"the second part of a copy" in second.files["README.TXT"]
    assert len(first.images) + len(second.images) == 4


def test_property_07_the_head_of_every_file_is_right() -> None:
    exported = export({"WRONG": encode(make_instance("ct", 1), preamble=b"MZ", MediaStorageSOPInstanceUID="1.2.3")})
    for data in (*exported.images.values(), *whole().images.values(), whole().files["DICOMDIR"]):
        ds = read(data)
        meta = ds.file_meta
        assert data[:132] == bytes(128) + b"DICM"
        assert meta.FileMetaInformationVersion == b"\0\1"
        end = 144 + meta.FileMetaInformationGroupLength
        assert data[end : end + 2] in (b"\x08\0", b"\x04\0"), "the group length leads to the data set"
        assert meta.ImplementationClassUID == IMPLEMENTATION_CLASS_UID
        assert 0 < len(meta.ImplementationVersionName) <= 16
        if "SOPInstanceUID" in ds:
            assert meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID
            assert meta.MediaStorageSOPClassUID == ds.SOPClassUID


def elements_of(ds: Dataset) -> list[tuple[int, str, object]]:
    """(tag, VR, value) in order, through all sequences."""
    return [
        (e.tag, e.VR, [elements_of(item) for item in e.value] if e.VR == "SQ" else e.value)  # as pydicom reads them
        for e in ds
    ]


def test_property_08_the_same_bytes_or_the_same_elements() -> None:
    copies = whole().copies()
    for path, original in everything().items():
        before, after = read(original), read(copies[path])
        if before.file_meta.TransferSyntaxUID == EXPLICIT:
            assert data_set(copies[path]) == data_set(original), path
        elif before.file_meta.TransferSyntaxUID != RLE:  # whose pixels are the next property's matter
            if before.file_meta.TransferSyntaxUID == BIG_ENDIAN:  # pydicom leaves the words of OW as they are
                before["PixelData"].value = np.frombuffer(before.PixelData, ">u2").astype("<u2").tobytes()
            assert elements_of(after) == elements_of(before), path


def sha256_of_pixels(ds: Dataset) -> str:
    return hashlib.sha256(np.ascontiguousarray(ds.pixel_array).tobytes()).hexdigest()


@pytest.mark.parametrize("kind", ["rle", *NEEDS_IMAGECODECS])
def test_property_09_the_same_pixels_and_what_was_lost_stays_said(kind: str) -> None:
    if kind in NEEDS_IMAGECODECS:
        pytest.importorskip("imagecodecs")
    files = files_of(kind)
    for path, data in export(files).copies().items():
        copy, source = read(data), read(files[path])
        if kind == "jpeg_baseline":
            import imagecodecs

            frame = get_frame(source.PixelData, 0)
            values = imagecodecs.jpeg8_decode(frame, colorspace="YCBCR", outcolorspace="YCBCR")
            assert np.array_equal(copy.pixel_array, convert_color_space(values, "YBR_FULL", "RGB"))
            assert (copy.PhotometricInterpretation, copy.PlanarConfiguration) == ("RGB", 0)
            assert copy.LossyImageCompression == "01"
            for keyword in ("LossyImageCompressionRatio", "LossyImageCompressionMethod"):
                assert copy[keyword].value == source[keyword].value
            continue
        before = read(encode(make_instance("ct", int(source.InstanceNumber))))
        assert sha256_of_pixels(copy) == sha256_of_pixels(before), path
        assert copy.PhotometricInterpretation == source.PhotometricInterpretation
        assert "LossyImageCompression" not in copy


def test_property_09_colour_by_plane_becomes_colour_by_pixel() -> None:
    copy = read(export({"A": encode(make_instance("us_rgb", PlanarConfiguration=1), RLE)}).only())
    assert copy.PlanarConfiguration == 0
    assert sha256_of_pixels(copy) == sha256_of_pixels(read(encode(make_instance("us_rgb"))))


def test_property_10_identifiers_stay_and_only_equal_doubles_are_taken_once() -> None:
    names = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID")
    copies = whole().copies()
    for path, original in everything().items():
        before, after = read(original), read(copies[path])
        assert [before.get(name) for name in names] == [after.get(name) for name in names], path
    once = export(files_of("duplicate_uid_same"))
    assert [left.code for left in once.manifest.left_out if left.sop_instance_uid] == ["duplicate"]
    with pytest.raises(ExportError) as caught:
        export(files_of("duplicate_uid_different"))
    assert caught.value.detail.startswith("S07")


LACKING = {
    "PatientID": "NO-ID-000001", "StudyID": "1", "SeriesNumber": "1", "InstanceNumber": "1", "StudyDate": "20200102",
    "StudyTime": "101500", "Modality": "OT",
}  # fmt: skip
"""What a record has to have, and what it gets: the date and time of the series, else a number no sibling has."""


def test_property_11_nothing_is_invented_in_an_image() -> None:
    original = encode(make_instance("ct", 1, SeriesDate="20200102", **dict.fromkeys(LACKING)))
    exported = export({"A": original})
    assert data_set(exported.only()) == data_set(original)
    supplied = {s.keyword: s.value for s in exported.manifest.supplied}
    assert supplied == LACKING
    there = {k: str(record[k].value) for record in records_of(exported) for k in LACKING if k in record}
    assert there == LACKING
    listed = exported.manifest.as_dict()["supplied"]
    assert {row["keyword"] for row in listed} == set(LACKING)
    assert b"values missing in the images were filled in the DICOMDIR only" in exported.files["README.TXT"]


HELPFUL = {
    "PATIENT": "PatientName PatientID PatientBirthDate PatientSex",
    "STUDY": "StudyDate StudyTime AccessionNumber StudyDescription StudyInstanceUID StudyID",
    "SERIES": "Modality InstitutionName SeriesDescription SeriesInstanceUID SeriesNumber BodyPartExamined SeriesDate",
    "IMAGE": "ImageType Rows Columns ImagePositionPatient ImageOrientationPatient FrameOfReferenceUID PixelSpacing",
}


def test_property_12_the_keys_of_every_profile() -> None:
    """Those of PS3.11 D.3-2, E.3-2 and H.3-2; a record without one its image has is found by the second parser."""
    exported = export(files_of("clean"))
    for kind, keywords in HELPFUL.items():
        for record in records_of(exported, kind):
            assert [k for k in keywords.split() if k not in record] == []
    image = records_of(exported, "IMAGE")[0]
    copy = read(exported.files["/".join(image.ReferencedFileID)])
    assert all(image[k].value == copy[k].value for k in HELPFUL["IMAGE"].split())
    data = exported.files["DICOMDIR"].replace(b"\x28\0\x30\0DS", b"\x28\0\x31\0DS", 1)  # Pixel Spacing
    faults = re_read(exported, {**exported.files, "DICOMDIR": data}).differences
    assert any("its record lacks PixelSpacing" in fault.what for fault in faults)


def test_property_13_characters_are_explained_in_every_record_and_nothing_private_is_there() -> None:
    sets = {"ISO_IR 192": ["ISO_IR 192"], "ISO 2022 IR 87": ["", "ISO 2022 IR 87"]}
    for said in sets.values():
        ds = with_private_data(make_instance("ct", 1, person=JAPANESE, SpecificCharacterSet=said))
        ds.StudyDescription, ds.SeriesDescription = "頭部", "横断像"
        exported = export({"A": encode(ds)})
        copy = read(exported.only())
        for record in records_of(exported):
            assert record.get("SpecificCharacterSet") == copy.SpecificCharacterSet
            for keyword in ("PatientName", "StudyDescription", "SeriesDescription"):
                if keyword in record:
                    assert record.get_item(keyword).value == copy.get_item(keyword).value
    for record in records_of(whole()):
        assert not any(element.tag.is_private for element in record.iterall())
        assert record.DirectoryRecordType not in ("PRIVATE", "MRDR", "FILM SESSION", "STORED PRINT", "OVERLAY", "CURVE")


def test_property_14_one_patient_and_one_record_of_him() -> None:
    assert len(records_of(whole(), "PATIENT")) == 1
    with pytest.raises(ExportError, match="Which"):
        export(files_of("two_people"))
    both = export(files_of("two_people"), patient_key="*")
    assert sorted(r.PatientID for r in records_of(both, "PATIENT")) == sorted(
        {read(d).PatientID for d in both.images.values()}
    )
    one, other = make_instance("ct", 1), make_instance("ct", 2, PatientName=ANOTHER.name)
    with pytest.raises(ExportError) as caught:
        export({"A": encode(one), "B": encode(other)})
    assert caught.value.detail.startswith("S02")


TYPES = {
    "ct": ("IMAGE", "Rows Columns"),
    "enhanced_ct": ("IMAGE", "NumberOfFrames"),
    "dose_report": ("SR DOCUMENT", "CompletionFlag VerificationFlag ConceptNameCodeSequence ContentDate"),
    "key object": ("KEY OBJECT DOC", "ConceptNameCodeSequence ContentDate"),
    "presentation": ("PRESENTATION", "PresentationCreationDate ContentLabel ReferencedSeriesSequence"),
    "pdf": ("ENCAP DOC", "DocumentTitle MIMETypeOfEncapsulatedDocument"),
    "contours": ("RT STRUCTURE SET", "StructureSetLabel StructureSetDate StructureSetTime"),
}


@pytest.mark.parametrize("source", TYPES)
def test_property_15_each_kind_of_object_has_its_record_and_its_keys(source: str) -> None:
    (path,) = [i.file_id for i in whole().manifest.instances if i.source_path == source]
    record = record_of(whole(), path)
    kind, keywords = TYPES[source]
    assert record.DirectoryRecordType == kind
    assert [k for k in keywords.split() if k not in record] == []


def test_the_whole_of_it_is_found_identical() -> None:
    """What the properties are asked of is what people get: written, read back, compared."""
    for into in ("folder", "zip"):
        verification = re_read(whole(into))
        assert verification.differences == ()
        assert verification.identical == len(everything())
