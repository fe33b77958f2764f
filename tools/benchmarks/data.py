"""Synthetic CT series of any length, quickly: one encoded slice is the mould, only what differs is filled in."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from scanfolio.export.dicomdir import Gatherer, dicomdir
from scanfolio.export.drive import run
from scanfolio.export.records import WANTED_TAGS
from scanfolio.export.transcode import header_elements
from scanfolio.session import Session
from scanfolio.source.folder import FolderSource

SIZE = 512
SERIES_LENGTH, STUDY_LENGTH = 500, 5000
UID_ROOT = "2.25.1002003004005006"
# stand where the number of the slice goes, ten digits wide; a part of a UID must not begin with 0
_NUMBER = "0987654321"
_UID_NUMBER = "1987654321"


def mould(size: int = SIZE, study: int = 1, series_number: int = 2) -> bytes:
    """One CT slice with the header of a scanner: some ninety attributes, sequences and private blocks among them."""
    ds = Dataset()
    ds.SpecificCharacterSet, ds.ImageType = "ISO_IR 100", ["ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"]
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"{UID_ROOT}.3.{_UID_NUMBER}"
    for day in ("Study", "Series", "Acquisition", "Content", "InstanceCreation"):
        setattr(ds, f"{day}Date", "20240229")
        setattr(ds, f"{day}Time", "101500.123000")
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = "BENCH1", "CT", "Scanfolio bench"
    ds.InstitutionName, ds.InstitutionAddress = "Invented hospital", "1 Nowhere Street, Nowhere"
    ds.ReferringPhysicianName, ds.StationName = "Invented^Physician", "CT1"
    ds.StudyDescription, ds.SeriesDescription = "Thorax^routine (invented)", "Thorax 1.0 B70f"
    ds.ManufacturerModelName, ds.PatientName, ds.PatientID = "Bench", "SCANFOLIO^BENCH", "BENCH-001"
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge, ds.PatientWeight = "19700101", "O", "054Y", 70
    ds.BodyPartExamined, ds.ScanOptions, ds.SliceThickness, ds.KVP = "CHEST", "SPIRAL", 1, 120
    ds.DataCollectionDiameter, ds.DeviceSerialNumber, ds.SoftwareVersions = 500, "1", "bench 1"
    ds.ProtocolName, ds.ReconstructionDiameter, ds.DistanceSourceToDetector = "Thorax", 360, 1040
    ds.DistanceSourceToPatient, ds.GantryDetectorTilt, ds.TableHeight, ds.RotationDirection = 570, 0, 150, "CW"
    ds.ExposureTime, ds.XRayTubeCurrent, ds.Exposure, ds.FilterType = 500, 200, 100, "0"
    ds.GeneratorPower, ds.FocalSpots, ds.ConvolutionKernel, ds.PatientPosition = 40, [0.7], "B70f", "HFS"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{UID_ROOT}.{study}", f"{UID_ROOT}.{series_number}"
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = f"{UID_ROOT}.4", ""
    ds.StudyID, ds.SeriesNumber, ds.AcquisitionNumber = str(study), series_number, 1
    ds.add_new("InstanceNumber", "IS", _NUMBER)
    ds.ImagePositionPatient, ds.ImageOrientationPatient = ["-180", "-180", _NUMBER], [1, 0, 0, 0, 1, 0]
    ds.SliceLocation, ds.PixelSpacing = _NUMBER, [0.7, 0.7]
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = ds.SOPClassUID, f"{UID_ROOT}.9"
    ds.ReferencedImageSequence, ds.RequestAttributesSequence = Sequence([reference, reference]), Sequence([Dataset()])
    block = ds.private_block(0x0019, "SCANFOLIO BENCH", create=True)
    for element in range(8, 30):
        block.add_new(element, "LO", f"private value {element}")
    block.add_new(0x40, "OB", bytes(range(256)) * 4)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.Rows, ds.Columns = 1, "MONOCHROME2", size, size
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.WindowCenter, ds.WindowWidth, ds.RescaleIntercept, ds.RescaleSlope = [40, -500], [400, 1500], -1024, 1
    ds.RescaleType = "HU"
    ds.add_new("PixelData", "OW", picture(size).tobytes())
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def picture(size: int = SIZE) -> np.ndarray:
    """A disc of tissue with some noise, 12 bits in uint16."""
    row, column = np.mgrid[:size, :size]
    noise = (np.arange(size * size, dtype=np.uint32) * 2654435761 >> 20).reshape(size, size) % 30
    inside = (row - size // 2) ** 2 + (column - size // 2) ** 2 < (size * 200 // SIZE) ** 2
    return np.where(inside, 1040, 24).astype("<u2") + noise.astype("<u2")


# the runtime of the page has no links
link: Callable[[Path, Path], object] = getattr(os, "link", shutil.copyfile)


def with_dicomdir(folder: Path, target: Path) -> Path:
    """`target` with the files of `folder` (the same on disk, by links) and a DICOMDIR beside them."""
    if (target / "DICOMDIR").is_file():
        return target
    (target / "IMAGES").mkdir(parents=True, exist_ok=True)
    session = Session()
    run(session.read(FolderSource(str(folder))))
    gatherer = Gatherer()
    listed = []
    for instance in session.disc.instances:
        linked = target / instance.path
        if not linked.exists():
            link(folder / instance.path, linked)
        elements = header_elements(session.index.entries[instance.entry_id], instance, WANTED_TAGS)
        identity = (instance.sop_class_uid, instance.sop_instance_uid, instance.transfer_syntax_uid)
        listed.append(gatherer.listed(instance.path, *identity, elements))
    (target / "DICOMDIR").write_bytes(bytes(dicomdir(listed, f"{UID_ROOT}.5")[0]))
    return target


def numbered(model: bytes) -> Callable[[int], bytearray]:
    """What makes slice n out of the mould: its number in all the places where it stands."""
    places = {first: [m.start() for m in re.finditer(first + _NUMBER[1:].encode(), model)] for first in (b"0", b"1")}

    def slice_of(number: int) -> bytearray:
        data = bytearray(model)
        for first, where in places.items():
            for place in where:
                data[place : place + 10] = first + b"%09d" % number
        return data

    return slice_of


def large_disc(folder: Path, count: int) -> Path:
    """`folder` with `count` slices of 72 kB, each with pixels of its own, in series of 500 and studies of 5,000."""
    if (folder / "DONE").is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    size = 184
    noise = np.random.default_rng(1).integers(0, 4096, size * size + SERIES_LENGTH, dtype="<u2").tobytes()
    for first in range(0, count, SERIES_LENGTH):
        number, study = first // SERIES_LENGTH, first // STUDY_LENGTH + 1
        fill = numbered(mould(size, 10_000 + study, 20_000 + number))
        place = folder / f"ST{study:04d}" / f"SE{number:04d}"
        place.mkdir(parents=True)
        for n in range(first, min(first + SERIES_LENGTH, count)):
            data = fill(n)
            at = len(data) - size * size * 2
            shift = 2 * (n - first)
            data[at:] = noise[shift : shift + size * size * 2]
            data[at : at + 4] = n.to_bytes(4, "little")
            (place / f"IM{n:06d}").write_bytes(data)
    (folder / "DONE").touch()
    return folder


def series(folder: Path, count: int, *, sparse: bool = False) -> Path:
    """`folder` with `count` slices of 512 x 512, made only if it is not there yet.

    `sparse`: pixels after the first 16 KB stay unwritten (zeros), so that 20,000 files fit on a small disk.
    """
    ready = folder / "IMAGES" / f"IM{count - 1:06d}"
    if ready.is_file() and len(list(ready.parent.iterdir())) == count:
        return folder
    ready.parent.mkdir(parents=True, exist_ok=True)
    fill = numbered(mould())
    for number in range(count):
        data = fill(number)
        with (ready.parent / f"IM{number:06d}").open("wb") as file:
            if sparse:
                file.write(data[:32768])
                os.truncate(file.fileno(), len(data))
            else:
                # two rows that differ from slice to slice, so that a step changes the picture
                at = len(data) - SIZE * 2 * (SIZE - 40 - number % 400)
                data[at : at + 2 * SIZE * 2] = b"\x00\x08" * (2 * SIZE)
                file.write(data)
    return folder
