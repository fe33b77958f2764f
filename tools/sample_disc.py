"""Make the sample disc: a zip laid out like the disc a hospital hands over, every bit of it invented.

    python tools/sample_disc.py OUT.zip

Needs pydicom, numpy and imagecodecs. The same versions of these make the same bytes.
"""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import dcmwrite, write_dataset
from pydicom.uid import UID

import sample_documents
import sample_instances
from sample_instances import EXPLICIT, JPEG_2000_LOSSLESS, uid

MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
IMPLEMENTATION = uid("implementation")
MOMENT = (2025, 3, 14, 12, 0, 0)

README = """\
SAMPLE DISC - EVERYTHING ON IT IS INVENTED
==========================================

This folder is laid out like the discs hospitals hand to patients. It belongs
to Scanfolio, which opens such discs. The person, the hospital and the pictures
were made up by a program. Nobody was scanned.

DICOMDIR    table of contents of the images (DICOM, PS3.10)
DICOM       the images, a dose report and a letter
VIEWER      stands in for the viewer program such discs carry. It is a text
            file and does nothing.
"""
AUTORUN = "[autorun]\nopen=VIEWER\\VIEWER.EXE\naction=Show the images\n"
NOT_A_PROGRAM = (
    "This is not a program. It stands in for the viewer that discs from hospitals often carry, so that Scanfolio has "
    "something to leave out. It holds no code and does nothing when it is started."
)
# PS3.3 F.5: what a record of each level says; the keys later profiles ask for included
KEYS = {
    "PATIENT": ("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    "STUDY": ("StudyDate", "StudyTime", "StudyDescription", "StudyInstanceUID", "StudyID", "AccessionNumber"),
    "SERIES": ("Modality", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "InstitutionName"),
    "IMAGE": (
        "InstanceNumber",
        "ImageType",
        "Rows",
        "Columns",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "FrameOfReferenceUID",
        "PixelSpacing",
        "LossyImageCompression",
    ),
    "SR DOCUMENT": (
        "InstanceNumber",
        "CompletionFlag",
        "VerificationFlag",
        "ContentDate",
        "ContentTime",
        "ConceptNameCodeSequence",
    ),
    "ENCAP DOC": (
        "ContentDate",
        "ContentTime",
        "InstanceNumber",
        "DocumentTitle",
        "ConceptNameCodeSequence",
        "MIMETypeOfEncapsulatedDocument",
    ),
}
RECORD_TYPE = {sample_instances.DOSE_REPORT: "SR DOCUMENT", sample_instances.PDF: "ENCAP DOC"}


@dataclass
class Record:
    """A directory record and what lies under it."""

    ds: Dataset
    children: list[Record] = field(default_factory=list)


def _meta(sop_class: str, sop_instance: str, transfer_syntax: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = UID(sop_class), UID(sop_instance)
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID, meta.ImplementationVersionName = UID(IMPLEMENTATION), "SCANFOLIO_SAMPLE"
    return meta


def file_bytes(ds: Dataset) -> bytes:
    """`ds` as a DICOM file: JPEG 2000 where its pixels are encapsulated, else Explicit VR Little Endian."""
    compressed = "PixelData" in ds and ds["PixelData"].is_undefined_length
    ds.file_meta = _meta(ds.SOPClassUID, ds.SOPInstanceUID, JPEG_2000_LOSSLESS if compressed else EXPLICIT)
    buffer = BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def _record(level: str, ds: Dataset, file_id: str = "") -> Record:
    record = Dataset()
    record.OffsetOfTheNextDirectoryRecord = record.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    record.RecordInUseFlag, record.DirectoryRecordType = 0xFFFF, level
    if file_id:
        record.ReferencedFileID = file_id.split("/")
        record.ReferencedSOPClassUIDInFile, record.ReferencedSOPInstanceUIDInFile = ds.SOPClassUID, ds.SOPInstanceUID
        record.ReferencedTransferSyntaxUIDInFile = ds.file_meta.TransferSyntaxUID
    record.SpecificCharacterSet = ds.SpecificCharacterSet
    for keyword in KEYS[level]:
        if keyword in ds:
            record[keyword] = ds[keyword]
    return Record(record)


def _encoded(ds: Dataset) -> bytearray:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, ds)
    return bytearray(buffer.getvalue())


def dicomdir(file_set_id: str, roots: list[Record]) -> bytes:
    """A DICOMDIR of these records (PS3.3 F.3): offsets count from the first byte of the file."""
    head = Dataset()
    head.FileSetID = file_set_id
    head.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    head.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    head.FileSetConsistencyFlag = 0
    shell = Dataset()
    shell.file_meta = _meta(MEDIA_STORAGE_DIRECTORY, uid("file-set"), EXPLICIT)
    buffer = BytesIO()
    dcmwrite(buffer, shell, enforce_file_format=True)
    front = buffer.getvalue()
    fixed = _encoded(head)

    def flatten(records: list[Record]) -> Iterator[Record]:
        for record in records:
            yield record
            yield from flatten(record.children)

    flat = list(flatten(roots))
    bodies = {id(r): _encoded(r.ds) for r in flat}
    at, offset = {}, len(front) + len(fixed) + 12
    for record in flat:
        at[id(record)] = offset
        offset += 8 + len(bodies[id(record)])

    def link(records: list[Record]) -> None:
        for record, following in zip(records, [*records[1:], None], strict=True):
            body = bodies[id(record)]
            # (0004,1400) UL is the first element, (0004,1420) UL the third, behind (0004,1410) US
            struct.pack_into("<I", body, 8, at[id(following)] if following else 0)
            struct.pack_into("<I", body, 30, at[id(record.children[0])] if record.children else 0)
            if record.children:
                link(record.children)

    link(roots)
    first_at = fixed.index(b"\x04\0\0\x12UL\x04\0") + 8
    last_at = fixed.index(b"\x04\0\x02\x12UL\x04\0") + 8
    struct.pack_into("<I", fixed, first_at, at[id(roots[0])])
    struct.pack_into("<I", fixed, last_at, at[id(roots[-1])])
    items = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(bodies[id(r)])) + bodies[id(r)] for r in flat)
    return front + bytes(fixed) + b"\x04\0\x20\x12SQ\0\0" + struct.pack("<I", len(items)) + items


def stand_in_program() -> bytes:
    """ "MZ" and a sentence: what a scanner of file types takes for a program and no computer can run."""
    return b"MZ" + bytes(62) + NOT_A_PROGRAM.encode("ascii") + b"\r\n"


def _text(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("ascii")


def sample_files() -> dict[str, bytes]:
    """{path: bytes} of the whole disc, in the order of the zip, the DICOMDIR first."""
    series = [
        sample_instances.localizer(),
        sample_instances.axial_ct(),
        sample_instances.coronal_ct(),
        sample_instances.pet(),
        iter([sample_documents.dose_report()]),
        iter([sample_documents.report()]),
    ]
    images: dict[str, bytes] = {}
    patient: Record | None = None
    for series_number, instances in enumerate(series, 1):
        below: Record | None = None
        for number, ds in enumerate(instances, 1):
            kind = RECORD_TYPE.get(ds.SOPClassUID, "IMAGE")
            file_id = f"DICOM/PA000001/ST000001/SE{series_number:06d}/{'IM' if kind == 'IMAGE' else 'DO'}{number:06d}"
            images[file_id] = file_bytes(ds)
            if patient is None:
                patient = _record("PATIENT", ds)
                patient.children.append(_record("STUDY", ds))
            if below is None:
                below = _record("SERIES", ds)
                patient.children[0].children.append(below)
            below.children.append(_record(kind, ds, file_id))
    assert patient is not None
    others = {"README.TXT": _text(README), "AUTORUN.INF": _text(AUTORUN), "VIEWER/VIEWER.EXE": stand_in_program()}
    return {"DICOMDIR": dicomdir("SAMPLE_DISC", [patient]), **others, **images}


def build_sample(path: Path) -> None:
    """Write the sample disc as a zip to `path`."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in sample_files().items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, data, compresslevel=9)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build_sample(Path(sys.argv[1]))
