"""The instances on the sample disc: one invented person, one invented PET/CT examination. pydicom data sets, no files.

What a scanner would write (PS3.3 A.3, A.21, A.35.8, A.45.1), so that validators find nothing and every view has
something real to show. Every text says that it is invented.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence

from sample_phantom import trunk

EXPLICIT = "1.2.840.10008.1.2.1"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"

CT, PET = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128"
DOSE_REPORT, PDF = "1.2.840.10008.5.1.4.1.1.88.67", "1.2.840.10008.5.1.4.1.1.104.1"

SIZE = 512
FIELD_MM = 420.0
FIRST_MM, STEP_MM, SLICES = 20.0, 5.0, 61
DATE = "20250314"
Values = NDArray[Any]


def uid(*parts: object) -> str:
    """The same UID for the same parts, under 2.25."""
    digest = hashlib.sha256("/".join(str(p) for p in ("scanfolio sample disc", *parts)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:15], 'big')}"


def axis(count: int, step_mm: float, center_mm: float = 0.0) -> Values:
    """`count` pixel centres, `step_mm` apart, around `center_mm`."""
    return ((np.arange(count) - (count - 1) / 2) * step_mm + center_mm).astype(np.float32)


def code(value: str, scheme: str, meaning: str) -> Dataset:
    return dataset(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def dataset(**attributes: Any) -> Dataset:
    ds = Dataset()
    for keyword, value in attributes.items():
        setattr(ds, keyword, Sequence(value) if keyword.endswith("Sequence") else value)
    return ds


def _common(sop_class: str, modality: str, series: int, number: int, time: str, description: str) -> Dataset:
    return dataset(
        SpecificCharacterSet="ISO_IR 192",
        SOPClassUID=sop_class,
        SOPInstanceUID=uid(series, number),
        PatientName="Sample^Jane",
        PatientID="SAMPLE-001",
        PatientBirthDate="19700101",
        PatientSex="F",
        PatientAge="055Y",
        PatientSize=1.70,
        PatientWeight=70,
        PatientComments="Invented: no real person was scanned for this disc",
        StudyInstanceUID=uid("study"),
        StudyDate=DATE,
        StudyTime="101500",
        StudyID="1",
        AccessionNumber="INVENTED-1",
        ReferringPhysicianName="",
        StudyDescription="PET/CT chest and upper abdomen (invented)",
        SeriesInstanceUID=uid(series),
        SeriesNumber=series,
        SeriesDescription=description,
        SeriesDate=DATE,
        SeriesTime=time,
        Modality=modality,
        Manufacturer="Scanfolio",
        ManufacturerModelName="Phantom",
        DeviceSerialNumber="0",
        SoftwareVersions="1",
        InstitutionName="Example General Hospital (invented)",
        InstanceNumber=number,
        ContentDate=DATE,
        ContentTime=time,
        InstanceCreationDate=DATE,
        InstanceCreationTime=time,
    )


def _image(
    ds: Dataset,
    stored: Values,
    image_type: list[str],
    origin: tuple[float, float, float],
    orientation: list[int],
    spacing_mm: float,
    thickness_mm: float,
    bits: int,
) -> Dataset:
    ds.ImageType, ds.BodyPartExamined, ds.PatientPosition = image_type, "CHEST", "HFS"
    ds.AcquisitionDate, ds.AcquisitionTime, ds.AcquisitionNumber = DATE, ds.SeriesTime, 1
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = uid("frame of reference"), ""
    ds.ImagePositionPatient = [round(float(v), 4) for v in origin]
    ds.ImageOrientationPatient = orientation
    ds.PixelSpacing, ds.SliceThickness = [spacing_mm, spacing_mm], thickness_mm
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, bits, bits - 1
    ds.PixelRepresentation = int(stored.dtype.kind == "i")
    ds.BurnedInAnnotation, ds.LossyImageCompression = "NO", "00"
    ds.add_new("PixelData", "OW", stored.astype(stored.dtype.newbyteorder("<")).tobytes())
    return ds


def _ct(ds: Dataset, center: list[int], width: list[int], names: list[str]) -> Dataset:
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = -1024, 1, "HU"
    ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = center, width, names
    ds.KVP, ds.ExposureTime, ds.XRayTubeCurrent, ds.ConvolutionKernel, ds.ScanOptions = (
        120,
        500,
        180,
        "SOFT",
        "HELICAL MODE",
    )
    ds.ContrastBolusAgent = "Invented contrast medium"
    return ds


def _grain(shape: tuple[int, ...], seed: int, passes: int) -> Values:
    """Noise of mean 0, deviation 1, with the grain a reconstruction filter leaves, from raw bits that never change."""
    count = int(np.prod(shape))
    words = np.random.PCG64(seed).random_raw((count + 1) // 2)
    parts = np.ascontiguousarray(words).view(np.uint8)[: count * 4].reshape(*shape, 4)
    noise = parts.sum(axis=-1, dtype=np.float32) - 510
    for _ in range(passes):
        for along in (-1, -2):
            noise = (np.roll(noise, 1, along) + 2 * noise + np.roll(noise, -1, along)) / 4
    out: Values = noise / noise.std()
    return out


def _hounsfield_to_stored(values: Values, seed: int, noise: float, step: int) -> Values:
    """HU + 1024, with noise, in steps of `step` HU (twice that in lung and bone) so that the disc stays small."""
    steps = np.where((values < -400) | (values > 320), 2 * step, step)
    amount = np.where(values > -985, np.where(values < -400, 2 * noise, noise), 0)
    rough = np.round((values + amount * _grain(values.shape, seed, 3)) / steps) * steps
    return np.clip(rough + 1024, 0, 4095).astype(np.uint16)


def localizer() -> Iterator[Dataset]:
    """The frontal scout: the same body, added up from front to back."""
    x, y, z = axis(SIZE, FIELD_MM / SIZE), axis(64, 4.2), axis(416, FIELD_MM / SIZE, 168)
    density = np.maximum(trunk(x, y, z, table=False) + 1000, 0)[::-1].sum(axis=1) * (4.2 / 1000)
    picture = np.log1p(density / 40) * 900 - 1000
    stored = _hounsfield_to_stored(picture, 1, 2, 4)
    ds = _common(CT, "CT", 1, 1, "101600", "Localizer")
    origin = (float(x[0]), 0.0, float(z[-1]))
    _ct(
        _image(ds, stored, ["ORIGINAL", "PRIMARY", "LOCALIZER"], origin, [1, 0, 0, 0, 0, -1], FIELD_MM / SIZE, 1.0, 12),
        [350],
        [1100],
        ["SCOUT"],
    )
    ds.RescaleType = "US"  # a shadow, not attenuation: unspecified units
    yield ds


def axial_ct() -> Iterator[Dataset]:
    """The CT: 61 slices of 512 x 512, 5 mm apart, numbered from the head down."""
    x = axis(SIZE, FIELD_MM / SIZE)
    heights = FIRST_MM + STEP_MM * np.arange(SLICES)
    # three thin planes make one thick slice, as on a scanner; a dozen slices at a time keeps memory low
    thin = (heights[:, None] + np.array([-1.6, 0, 1.6])).astype(np.float32)
    for last in range(SLICES, 0, -12):
        first = max(last - 12, 0)
        slab = trunk(x, x + 10, thin[first:last].ravel()).reshape(last - first, 3, SIZE, SIZE).mean(axis=1)
        for index in range(last - 1, first - 1, -1):
            number, z = SLICES - index, float(heights[index])
            ds = _common(CT, "CT", 2, number, "101900", "CT axial 5.0 mm")
            ds.SliceLocation = z
            stored = _hounsfield_to_stored(slab[index - first], 100 + number, 4, 10)
            yield _ct(
                _image(
                    ds,
                    stored,
                    ["ORIGINAL", "PRIMARY", "AXIAL"],
                    (float(x[0]), float(x[0]) + 10, z),
                    [1, 0, 0, 0, 1, 0],
                    FIELD_MM / SIZE,
                    STEP_MM,
                    12,
                ),
                [50, -600, 400],
                [400, 1500, 1800],
                ["SOFT TISSUE", "LUNG", "BONE"],
            )


def coronal_ct() -> Iterator[Dataset]:
    """Coronal reformats of the CT, compressed with JPEG 2000 lossless as an archive might send them."""
    step = FIELD_MM / 256
    x, z = axis(256, step), axis(184, step, FIRST_MM + STEP_MM * (SLICES - 1) / 2)
    depths = np.arange(-72, 73, 8, dtype=np.float32)
    thin = (depths[:, None] + np.array([-2, 0, 2], np.float32)).ravel()
    slabs = trunk(x, thin, z).reshape(len(z), len(depths), 3, len(x)).mean(axis=2)[::-1]
    for number, y in enumerate(depths, 1):
        stored = _hounsfield_to_stored(slabs[:, number - 1], 300 + number, 1.5, 1)
        ds = _common(CT, "CT", 3, number, "102600", "CT coronal reformat")
        _ct(
            _image(
                ds,
                stored,
                ["DERIVED", "SECONDARY", "REFORMATTED"],
                (float(x[0]), float(y), float(z[-1])),
                [1, 0, 0, 0, 0, -1],
                step,
                6.0,
                12,
            ),
            [50],
            [400],
            ["SOFT TISSUE"],
        )
        ds.SpacingBetweenSlices = 8
        stream = imagecodecs.jpeg2k_encode(stored, level=0, codecformat="j2k", reversible=True, bitspersample=12)
        ds.add_new("PixelData", "OB", encapsulate([bytes(stream)]))
        ds["PixelData"].is_undefined_length = True
        yield ds


def pet() -> Iterator[Dataset]:
    """The PET: attenuation corrected, Bq/ml, on the planes of the CT; each slice with a Rescale Slope of its own."""
    x = axis(128, 4.0)
    z = np.arange(-1, SLICES + 1) * STEP_MM + FIRST_MM
    activity = trunk(x, x + 10, z.astype(np.float32), "activity", table=False)
    for _ in range(2):
        for along in (0, 1, 2):
            activity = (np.roll(activity, 1, along) + 2 * activity + np.roll(activity, -1, along)) / 4
    activity = activity * (1 + 0.06 * _grain(activity.shape, 5, 3))
    becquerel = np.where(activity > 0.2, activity, 0)[1:-1] * 1000
    for number in range(1, SLICES + 1):
        plane = becquerel[SLICES - number]
        slope = round(float(plane.max()) / 400, 5)
        position = FIRST_MM + STEP_MM * (SLICES - number)
        ds = _common(PET, "PT", 4, number, "104000", "PET attenuation corrected")
        _image(
            ds,
            np.round(plane / slope).astype(np.int16),
            ["ORIGINAL", "PRIMARY"],
            (float(x[0]), float(x[0]) + 10, position),
            [1, 0, 0, 0, 1, 0],
            4.0,
            STEP_MM,
            16,
        )
        ds.RescaleIntercept, ds.RescaleSlope, ds.SliceLocation = 0, slope, position
        ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = 12500, 25000, "SUV 0 TO 5 (70 KG)"
        _pet_series(ds, number)
        yield ds


def _pet_series(ds: Dataset, number: int) -> None:
    # the position is coded below; PS3.3 C.8.4.6 wants one or the other
    del ds.PatientPosition
    ds.Units, ds.CountsSource, ds.DecayCorrection, ds.CollimatorType = "BQML", "EMISSION", "START", "NONE"
    ds.SeriesType, ds.NumberOfSlices, ds.ImageIndex = ["WHOLE BODY", "IMAGE"], SLICES, number
    ds.CorrectedImage = ["NORM", "DTIM", "ATTN", "SCAT", "RAN", "DECY"]
    ds.AttenuationCorrectionMethod, ds.ScatterCorrectionMethod = "CT based (invented)", "Model based (invented)"
    ds.RandomsCorrectionMethod, ds.ReconstructionMethod = "DLYD", "OSEM 3i21s (invented)"
    ds.FrameReferenceTime, ds.ActualFrameDuration, ds.DecayFactor, ds.DoseCalibrationFactor = 0, 180000, 1.0, 1.0
    ds.ScatterFractionFactor = 0.3
    ds.AcquisitionDateTime = DATE + ds.SeriesTime
    ds.EnergyWindowRangeSequence = [dataset(EnergyWindowLowerLimit=425, EnergyWindowUpperLimit=650)]
    ds.PatientOrientationCodeSequence = [code("102538003", "SCT", "recumbent")]
    ds.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [code("40199007", "SCT", "supine")]
    ds.PatientGantryRelationshipCodeSequence = [code("102540008", "SCT", "headfirst")]
    ds.RadiopharmaceuticalInformationSequence = [
        dataset(
            Radiopharmaceutical="Fluorodeoxyglucose",
            RadiopharmaceuticalStartTime="094000",
            RadionuclideTotalDose=3.5e8,
            RadionuclideHalfLife=6586.2,
            RadionuclidePositronFraction=0.967,
            RadiopharmaceuticalRoute="Intravenous route",
            RadionuclideCodeSequence=[code("77004003", "SCT", "^18^Fluorine")],
            RadiopharmaceuticalCodeSequence=[code("35321007", "SCT", "Fluorodeoxyglucose F^18^")],
        )
    ]
