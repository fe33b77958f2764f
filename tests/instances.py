"""Synthetic DICOM instances for tests: small, deterministic, marked as invented. pydicom and numpy only.

`make_instance(kind, number, **overrides)` gives a Dataset, `encode(ds, transfer_syntax, ...)` the bytes of a file.
Runs on CPython and in Pyodide; `compress` needs imagecodecs for everything but RLE.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Any, NamedTuple

import numpy as np
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.sequence import Sequence

import documents

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
RLE = "1.2.840.10008.1.2.5"
NATIVE = (IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN)

SOP_CLASS = {
    "ct": "1.2.840.10008.5.1.4.1.1.2",
    "enhanced_ct": "1.2.840.10008.5.1.4.1.1.2.1",
    "mr": "1.2.840.10008.5.1.4.1.1.4",
    "pet": "1.2.840.10008.5.1.4.1.1.128",
    "us": "1.2.840.10008.5.1.4.1.1.6.1",
    "cr": "1.2.840.10008.5.1.4.1.1.1",
    "multiframe": "1.2.840.10008.5.1.4.1.1.7.2",
    "dose_report": "1.2.840.10008.5.1.4.1.1.88.67",
    "pdf": "1.2.840.10008.5.1.4.1.1.104.1",
}


class Person(NamedTuple):
    name: str
    patient_id: str
    birth_date: str
    sex: str


SAMPLE = Person("SCANFOLIO^SAMPLE", "SAMPLE-001", "19700101", "O")
ANOTHER = Person("SCANFOLIO^ANOTHER", "SAMPLE-002", "19650505", "F")
JAPANESE = Person("Yamada^Tarou=山田^太郎=やまだ^たろう", "SAMPLE-003", "19800808", "M")


def uid(*parts: object) -> str:
    """A UID under 2.25 that is the same for the same parts, everywhere."""
    digest = hashlib.sha256("/".join(str(p) for p in ("scanfolio-tests", *parts)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:15], 'big')}"


def pattern(number: int = 1, rows: int = 32, columns: int = 32, bits: int = 12, samples: int = 1) -> np.ndarray:
    """Unsigned values in which every pixel of every slice can be told from its neighbours (uint8 or uint16)."""
    row, column = np.mgrid[:rows, :columns]
    value = (row * 37 + column * 5 + number * 11) % (1 << bits)
    if samples > 1:
        value = np.stack([(value + 71 * s) % (1 << bits) for s in range(samples)], axis=-1)
    return value.astype(np.uint8 if bits <= 8 else np.uint16)


def set_pixels(ds: Dataset, pixels: np.ndarray, bits_stored: int | None = None) -> None:
    """Put `pixels` - (rows, columns), (frames, rows, columns) or either with 3 samples last - into `ds`."""
    samples = 3 if pixels.ndim > 2 and pixels.shape[-1] == 3 else 1
    shape = pixels.shape[:-1] if samples == 3 else pixels.shape
    if len(shape) == 3:
        ds.NumberOfFrames = shape[0]
    ds.Rows, ds.Columns = shape[-2:]
    ds.SamplesPerPixel = samples
    if samples == 3:
        ds.PhotometricInterpretation, ds.PlanarConfiguration = "RGB", 0
    elif "PhotometricInterpretation" not in ds:
        ds.PhotometricInterpretation = "MONOCHROME2"
    allocated = pixels.dtype.itemsize * 8
    ds.BitsAllocated, ds.BitsStored = allocated, bits_stored or allocated
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    raw = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    ds.add_new("PixelData", "OB" if allocated == 8 and len(raw) else "OW", raw + b"\0" * (len(raw) % 2))


def _common(kind: str, number: int, person: Person, study: object, series: object) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = SOP_CLASS[kind]
    ds.StudyInstanceUID = uid(person.patient_id, study)
    ds.SeriesInstanceUID = uid(person.patient_id, study, series)
    ds.SOPInstanceUID = uid(person.patient_id, study, series, number)
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = person
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = ds.AcquisitionDate = "20240229"
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = ds.AcquisitionTime = "101500"
    ds.StudyID, ds.AccessionNumber, ds.ReferringPhysicianName = "1", "", ""
    ds.StudyDescription, ds.SeriesDescription = "Invented study", f"Invented {kind}"
    ds.InstitutionName, ds.Manufacturer = "Invented hospital", "Scanfolio tests"
    ds.SeriesNumber, ds.InstanceNumber, ds.BodyPartExamined = 1, number, "CHEST"
    return ds


def _plane(ds: Dataset, number: int, spacing_mm: float = 2.0) -> None:
    ds.FrameOfReferenceUID = uid(ds.StudyInstanceUID, "frame of reference")
    ds.PositionReferenceIndicator = ""
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [-16, -16, spacing_mm * number]
    ds.PixelSpacing = [1.0, 1.0]
    ds.SliceThickness = spacing_mm
    ds.PatientPosition = "HFS"


def _gray(ds: Dataset, kind: str, number: int) -> None:
    ds.Modality = {"ct": "CT", "mr": "MR", "pet": "PT"}[kind]
    ds.ImageType = ["ORIGINAL", "PRIMARY", {"ct": "AXIAL", "mr": "OTHER", "pet": "IMAGE"}[kind]]
    _plane(ds, number)
    if kind == "ct":
        ds.KVP, ds.AcquisitionNumber = 120, 1
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = -1024, 1, "HU"
        ds.WindowCenter, ds.WindowWidth = 40, 400
    elif kind == "mr":
        ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = "SE", "NONE", "", "2D"
        ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength = 500, 15, 1
    else:
        ds.Units, ds.CountsSource, ds.DecayCorrection = "BQML", "EMISSION", "START"
        ds.SeriesType, ds.CorrectedImage = ["WHOLE BODY", "IMAGE"], ["ATTN", "DECY"]
        ds.RescaleIntercept, ds.RescaleSlope = 0, 1.5 + number / 8
        ds.NumberOfSlices, ds.ImageIndex, ds.FrameReferenceTime, ds.ActualFrameDuration = 3, number, 0, 120000
        drug = Dataset()
        drug.RadionuclideTotalDose, drug.RadionuclideHalfLife, drug.RadiopharmaceuticalStartTime = (
            3.5e8,
            6586.2,
            "091500",
        )
        ds.RadiopharmaceuticalInformationSequence = Sequence([drug])
    set_pixels(ds, pattern(number), 16 if kind == "pet" else 12)


def _palette(ds: Dataset, number: int) -> None:
    ds.Modality, ds.ImageType = "US", ["ORIGINAL", "PRIMARY"]
    ds.PhotometricInterpretation = "PALETTE COLOR"
    set_pixels(ds, pattern(number, bits=8))
    ramp = np.arange(256, dtype="<u2") * 257
    for color, table in (("Red", ramp), ("Green", ramp[::-1]), ("Blue", np.roll(ramp, 64))):
        ds.add_new(f"{color}PaletteColorLookupTableDescriptor", "US", [256, 0, 16])
        ds.add_new(f"{color}PaletteColorLookupTableData", "OW", np.ascontiguousarray(table).tobytes())


def _enhanced(ds: Dataset, frames: int = 3) -> None:
    ds.Modality, ds.ImageType = "CT", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.FrameOfReferenceUID = uid(ds.StudyInstanceUID, "frame of reference")
    shared, transform, window = Dataset(), Dataset(), Dataset()
    orientation, measures = Dataset(), Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.5], 2
    transform.RescaleIntercept, transform.RescaleSlope, transform.RescaleType = -1024, 1, "HU"
    window.WindowCenter, window.WindowWidth = 40, 400
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = Sequence([orientation]), Sequence([measures])
    shared.PixelValueTransformationSequence, shared.FrameVOILUTSequence = Sequence([transform]), Sequence([window])
    per_frame = []
    for number in range(frames):
        item, position, content = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [-16, -16, 2.0 * number]
        content.FrameAcquisitionNumber, content.InStackPositionNumber = 1, number + 1
        item.PlanePositionSequence, item.FrameContentSequence = Sequence([position]), Sequence([content])
        per_frame.append(item)
    ds.SharedFunctionalGroupsSequence, ds.PerFrameFunctionalGroupsSequence = Sequence([shared]), Sequence(per_frame)
    set_pixels(ds, np.stack([pattern(n) for n in range(frames)]), 12)


def make_instance(
    kind: str = "ct",
    number: int = 1,
    *,
    person: Person = SAMPLE,
    study: object = 1,
    series: object = 1,
    pixels: np.ndarray | None = None,
    extra: tuple[DataElement, ...] = (),
    **overrides: Any,
) -> Dataset:
    """One instance without file meta.

    `kind`: ct mr pet us_rgb palette mono1 multiframe enhanced_ct dose_report pdf. `overrides` are DICOM keywords; None
    takes the attribute out, "" leaves it empty. `pixels` replaces the picture (12 bits stored when uint16).
    """
    sop = {"us_rgb": "us", "palette": "us", "mono1": "cr"}.get(kind, kind)
    ds = _common(sop, number, person, study, series)
    if kind in ("ct", "mr", "pet"):
        _gray(ds, kind, number)
    elif kind == "us_rgb":
        ds.Modality, ds.ImageType = "US", ["ORIGINAL", "PRIMARY"]
        set_pixels(ds, pattern(number, bits=8, samples=3))
    elif kind == "palette":
        _palette(ds, number)
    elif kind == "mono1":
        ds.Modality, ds.ImageType, ds.ViewPosition = "CR", ["ORIGINAL", "PRIMARY"], "PA"
        ds.PhotometricInterpretation, ds.ImagerPixelSpacing = "MONOCHROME1", [0.2, 0.2]
        set_pixels(ds, pattern(number), 12)
    elif kind == "multiframe":
        ds.Modality, ds.ConversionType, ds.BurnedInAnnotation = "OT", "WSD", "NO"
        ds.FrameIncrementPointer = tag_for_keyword("FrameTime")
        ds.FrameTime, ds.RescaleIntercept, ds.RescaleSlope = 40, 0, 1
        set_pixels(ds, np.stack([pattern(n, bits=8) for n in range(4)]))
    elif kind == "enhanced_ct":
        _enhanced(ds)
    elif kind == "dose_report":
        documents.dose_report(ds)
    elif kind == "pdf":
        documents.encapsulated_pdf(ds)
    else:
        raise ValueError(f"no such kind of instance: {kind}")
    if pixels is not None:
        set_pixels(ds, pixels, 12 if pixels.dtype == np.uint16 else None)
    for keyword, value in overrides.items():
        if value is None:
            if keyword in ds:
                delattr(ds, keyword)
        elif isinstance(value, list) and value and isinstance(value[0], Dataset):
            setattr(ds, keyword, Sequence(value))
        else:
            # through add_new, so that wrong values can be made on purpose without setattr's own checks of the keyword
            tag = tag_for_keyword(keyword)
            assert tag is not None, keyword
            vr = ds[keyword].VR if keyword in ds else dictionary_VR(tag).split(" or ")[0]
            ds.add_new(tag, vr, value)
    for element in extra:
        ds.add(element)
    return ds


def compress(ds: Dataset, transfer_syntax: str, *, level: int = 90) -> Dataset:
    """A copy of `ds` with its native little-endian pixels encapsulated. Needs imagecodecs except for RLE."""
    out = Dataset()
    out.update(ds)
    frames = int(ds.get("NumberOfFrames", 1) or 1)
    samples = int(ds.SamplesPerPixel)
    shape = (frames, ds.Rows, ds.Columns) + ((samples,) if samples > 1 else ())
    sign = "i" if ds.PixelRepresentation else "u"
    values = np.frombuffer(ds.PixelData, f"<{sign}{ds.BitsAllocated // 8}", int(np.prod(shape))).reshape(shape)
    out.add_new(
        "PixelData", "OB", encapsulate([_encode_frame(f, transfer_syntax, int(ds.BitsStored), level) for f in values])
    )
    out["PixelData"].is_undefined_length = True
    if transfer_syntax == JPEG_BASELINE:
        out.LossyImageCompression, out.LossyImageCompressionRatio = "01", 10
        out.LossyImageCompressionMethod = "ISO_10918_1"
        if samples == 3:
            out.PhotometricInterpretation = "YBR_FULL_422"
    return out


def _encode_frame(frame: np.ndarray, transfer_syntax: str, bits: int, level: int) -> bytes:
    if transfer_syntax == RLE:
        return _rle(frame)
    import imagecodecs

    frame = np.ascontiguousarray(frame)
    if transfer_syntax == JPEG_2000_LOSSLESS:
        stream = imagecodecs.jpeg2k_encode(
            frame, level=0, codecformat="j2k", reversible=True, bitspersample=bits, mct=False
        )
    elif transfer_syntax == JPEG_LOSSLESS_SV1:
        stream = imagecodecs.jpeg8_encode(frame, lossless=True, predictor=1, bitspersample=bits)
    elif transfer_syntax == JPEG_LS:
        stream = imagecodecs.jpegls_encode(frame)
    elif transfer_syntax == HTJ2K_LOSSLESS:
        stream = imagecodecs.htj2k_encode(frame, reversible=True)
    elif transfer_syntax == JPEG_BASELINE:
        stream = imagecodecs.jpeg8_encode(frame, level=level)
    else:
        raise ValueError(f"cannot encode {transfer_syntax}")
    return bytes(stream)


def _rle(frame: np.ndarray) -> bytes:
    """PS3.5 Annex G: one segment per byte plane, most significant first; literal runs only."""
    planes = [frame] if frame.ndim == 2 else [frame[..., s] for s in range(frame.shape[-1])]
    segments = []
    for plane in planes:
        raw = plane.astype(plane.dtype.newbyteorder(">")).tobytes()
        for byte in range(plane.dtype.itemsize):
            flat = raw[byte :: plane.dtype.itemsize]
            runs = [flat[i : i + 128] for i in range(0, len(flat), 128)]
            segment = b"".join(bytes([len(run) - 1]) + run for run in runs)
            segments.append(segment + b"\x80" * (len(segment) % 2))
    offsets = [64 + sum(map(len, segments[:i])) for i in range(len(segments))]
    return struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(offsets))) + b"".join(segments)


def data_set_bytes(ds: Dataset, transfer_syntax: str = EXPLICIT) -> bytes:
    """The data set alone; deflated where the transfer syntax says so."""
    buffer = DicomBytesIO()
    buffer.is_little_endian = transfer_syntax != BIG_ENDIAN
    buffer.is_implicit_VR = transfer_syntax == IMPLICIT
    out = Dataset()
    out.update(ds)
    if transfer_syntax == BIG_ENDIAN and "PixelData" in ds and ds.BitsAllocated > 8:
        # OW is a string of 16-bit words, whatever the pixels are (PS3.5 8.1.1)
        out.add_new("PixelData", "OW", np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes())
    write_dataset(buffer, out)
    raw: bytes = buffer.getvalue()
    if transfer_syntax != DEFLATED:
        return raw
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(raw) + packer.flush()
    return packed + b"\0" * (len(packed) % 2)


def file_meta(ds: Dataset, transfer_syntax: str = EXPLICIT, **overrides: Any) -> bytes:
    """Group 0002 alone, explicit little endian, with its length. `overrides` as in make_instance."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", "")
    meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", "")
    meta.TransferSyntaxUID = transfer_syntax
    meta.ImplementationClassUID = uid("implementation")
    meta.ImplementationVersionName = "SCANFOLIO_TESTS"
    for keyword, value in overrides.items():
        if value is None:
            delattr(meta, keyword)
        else:
            setattr(meta, keyword, value)
    buffer = DicomBytesIO()
    write_file_meta_info(buffer, meta, enforce_standard=False)
    body: bytes = buffer.getvalue()
    return b"\x02\0\0\0UL\x04\0" + struct.pack("<I", len(body)) + body


def encode(
    ds: Dataset,
    transfer_syntax: str = EXPLICIT,
    *,
    preamble: bytes | None = bytes(128),
    meta: bool = True,
    trailing: bytes = b"",
    **meta_overrides: Any,
) -> bytes:
    """The bytes of a file. `preamble` None leaves out preamble and "DICM"; `meta` False leaves out group 0002 as well.

    A compressed `transfer_syntax` compresses native pixels first; an already encapsulated data set is written as it is.
    """
    element = ds["PixelData"] if "PixelData" in ds else None  # noqa: SIM401 (get gives the value, not the element)
    if transfer_syntax not in NATIVE and element is not None and not element.is_undefined_length:
        ds = compress(ds, transfer_syntax)
    head = b"" if preamble is None else preamble.ljust(128, b"\0")[:128] + b"DICM"
    group_2 = file_meta(ds, transfer_syntax, **meta_overrides) if meta else b""
    return head + group_2 + data_set_bytes(ds, transfer_syntax) + trailing


def ct_slice(
    number: int = 1,
    transfer_syntax: str = EXPLICIT,
    *,
    preamble: bytes | None = bytes(128),
    meta: bool = True,
    trailing: bytes = b"",
    **overrides: Any,
) -> bytes:
    """The bytes of one CT slice: make_instance("ct", ...) encoded."""
    return encode(
        make_instance("ct", number, **overrides), transfer_syntax, preamble=preamble, meta=meta, trailing=trailing
    )


def ct_series(n: int = 3, transfer_syntax: str = EXPLICIT, **overrides: Any) -> dict[str, bytes]:
    """{"CT000001": bytes, ...}: n slices, 2 mm apart, number and position counting up together."""
    return {f"CT{i:06d}": ct_slice(i, transfer_syntax, **overrides) for i in range(1, n + 1)}
