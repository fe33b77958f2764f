"""Synthetic multi-frame objects: enhanced MR with the functional groups a test asks for, CT, PET, nuclear medicine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from instances import make_instance, pattern, set_pixels, uid

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
ENHANCED_PET = "1.2.840.10008.5.1.4.1.1.130"
NUCLEAR_MEDICINE = "1.2.840.10008.5.1.4.1.1.20"
GROUP_OF = {
    "PixelSpacing": "PixelMeasuresSequence",
    "SliceThickness": "PixelMeasuresSequence",
    "ImagePositionPatient": "PlanePositionSequence",
    "ImageOrientationPatient": "PlaneOrientationSequence",
    "StackID": "FrameContentSequence",
    "InStackPositionNumber": "FrameContentSequence",
    "TemporalPositionIndex": "FrameContentSequence",
    "DimensionIndexValues": "FrameContentSequence",
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
    "RescaleType": "PixelValueTransformationSequence",
    "WindowCenter": "FrameVOILUTSequence",
    "WindowWidth": "FrameVOILUTSequence",
    "FrameType": "MRImageFrameTypeSequence",
    "ComplexImageComponent": "MRImageFrameTypeSequence",
    "EffectiveEchoTime": "MREchoSequence",
    "DiffusionBValue": "MRDiffusionSequence",
    "InversionTimes": "MRModifierSequence",
    "InversionRecovery": "MRModifierSequence",
    "RepetitionTime": "MRTimingAndRelatedParametersSequence",
    "FlipAngle": "MRTimingAndRelatedParametersSequence",
    "InPlanePhaseEncodingDirection": "MRFOVGeometrySequence",
    "TransmitterFrequency": "MRImagingModifierSequence",
    "MagnetizationTransfer": "MRImagingModifierSequence",
    "NominalCardiacTriggerDelayTime": "CardiacSynchronizationSequence",
}

UPRIGHT = {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [0.9, 0.8], "SliceThickness": 3.0}


def groups(values: Mapping[str, Any]) -> Dataset:
    """One item of functional groups that holds `values`, each in its macro."""
    item = Dataset()
    for keyword, value in values.items():
        name = GROUP_OF[keyword]
        if name not in item:
            setattr(item, name, Items([Dataset()]))
        setattr(item[name].value[0], keyword, value)
    return item


def enhanced_mr(
    frames: Sequence[Mapping[str, Any]], shared: Mapping[str, Any] = UPRIGHT, number: int = 1, **overrides: Any
) -> Dataset:
    """An enhanced MR with `frames`, each {keyword: value}; frame k holds pattern(k)."""
    ds = make_instance("mr", number, SOPClassUID=ENHANCED_MR, **overrides)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "EchoTime"):
        del ds[keyword]
    ds.SOPInstanceUID = uid("enhanced", number, len(frames))
    set_pixels(ds, np.stack([pattern(n) for n in range(len(frames))]), 12)
    ds.SharedFunctionalGroupsSequence = Items([groups(shared)])
    ds.PerFrameFunctionalGroupsSequence = Items([groups(frame) for frame in frames])
    return ds


def nuclear(image_type: str, frames: int, vectors: Mapping[str, Sequence[int]], **values: Any) -> Dataset:
    """A nuclear medicine image with these `vectors`; `values` are further elements."""
    ds = make_instance("mr", 1, SOPClassUID=NUCLEAR_MEDICINE)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "SliceThickness", "EchoTime"):
        del ds[keyword]
    ds.Modality, ds.ImageType = "NM", ["ORIGINAL", "PRIMARY", image_type, "EMISSION"]
    set_pixels(ds, np.stack([pattern(n) for n in range(frames)]), 12)
    for keyword, vector in vectors.items():
        setattr(ds, keyword, list(vector))
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def enhanced_ct(frames: int = 4, number: int = 1, **overrides: Any) -> Dataset:
    """An enhanced CT whose groups say all that a classic CT image needs; frames are stored from the head down."""
    ds = make_instance("enhanced_ct", number, ManufacturerModelName="Invented", ContentQualification="PRODUCT")
    ds.ImageType, ds.AcquisitionDateTime = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"], "20240229101500"
    ds.SOPInstanceUID, ds.PositionReferenceIndicator, ds.PatientPosition = uid("enhanced ct", number, frames), "", "HFS"
    del ds.AcquisitionDate, ds.AcquisitionTime
    set_pixels(ds, np.stack([pattern(n) for n in range(frames)]), 12)
    shared = ds.SharedFunctionalGroupsSequence[0]
    of_all: dict[str, dict[str, Any]] = {
        "CTImageFrameTypeSequence": {
            "FrameType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
            "PixelPresentation": "MONOCHROME",
        },
        "CTXRayDetailsSequence": {"KVP": 120, "FocalSpots": [0.9]},
        "CTReconstructionSequence": {"ConvolutionKernel": "B30f", "ReconstructionDiameter": 350},
        "CTAcquisitionDetailsSequence": {"GantryDetectorTilt": -12.5, "TableHeight": 150, "RotationDirection": "CW"},
        "FrameAnatomySequence": {"FrameLaterality": "U"},
    }
    for name, values in of_all.items():
        setattr(shared, name, Items([_item(values)]))
    ds.PerFrameFunctionalGroupsSequence = Items([])
    for k in range(frames):
        item = Dataset()
        item.PlanePositionSequence = Items([_item({"ImagePositionPatient": [-16, -16, 2.0 * (frames - k)]})])
        item.FrameContentSequence = Items([_item({
            "FrameAcquisitionNumber": 3, "StackID": "1", "InStackPositionNumber": frames - k,
            "DimensionIndexValues": [1, frames - k], "FrameAcquisitionDateTime": f"202402291015{k:02d}.5",
        })])  # fmt: skip
        item.CTExposureSequence = Items(
            [_item({"ExposureTimeInms": 500.0, "XRayTubeCurrentInmA": 200.4 + k, "ExposureInmAs": 100.2})]
        )
        ds.PerFrameFunctionalGroupsSequence.append(item)
    return _overridden(ds, overrides)


def enhanced_pet(slices: int = 3, moments: int = 1, **overrides: Any) -> Dataset:
    """An enhanced PET: `slices` at each of `moments`, time outermost; every frame has a slope of its own."""
    ds = make_instance("pet", 1, SOPClassUID=ENHANCED_PET, Units=None, DecayCorrection=None, SeriesType=None)
    for keyword in (
        "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "RescaleSlope",
        "RescaleIntercept", "CorrectedImage", "NumberOfSlices", "ImageIndex", "FrameReferenceTime",
        "ActualFrameDuration", "AcquisitionDate", "AcquisitionTime",
    ):  # fmt: skip
        del ds[keyword]
    ds.SOPInstanceUID, ds.ImageType = uid("enhanced pet", slices, moments), ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.AcquisitionDateTime = "20240229101500"
    ds.DecayCorrected, ds.DecayCorrectionDateTime = "YES", "20240229101500"
    ds.AttenuationCorrected, ds.ScatterCorrected, ds.RandomsCorrected = "YES", "YES", "NO"
    count = slices * moments
    set_pixels(ds, np.stack([pattern(n, bits=15) for n in range(count)]))
    shared = Dataset()
    shared.PixelMeasuresSequence = Items([_item({"PixelSpacing": [4, 4], "SliceThickness": 3})])
    shared.PlaneOrientationSequence = Items([_item({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]})])
    shared.PETFrameTypeSequence = Items([_item({"FrameType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]})])
    shared.PETFrameCorrectionFactorsSequence = Items([_item({"DecayFactor": 1.25})])
    ds.RadiopharmaceuticalInformationSequence[0].RadionuclideCodeSequence = Items([])
    ds.SharedFunctionalGroupsSequence = Items([shared])
    ds.PerFrameFunctionalGroupsSequence = Items([])
    for k in range(count):
        moment, place = divmod(k, slices)
        unit = _item({"CodeValue": "Bq/ml", "CodingSchemeDesignator": "UCUM", "CodeMeaning": "Becquerels/milliliter"})
        mapping = {
            "RealWorldValueFirstValueMapped": 0, "RealWorldValueLastValueMapped": 32767, "LUTLabel": "BQML",
            "LUTExplanation": "activity", "RealWorldValueIntercept": 0.0, "RealWorldValueSlope": 1.5 + k / 8,
        }  # fmt: skip
        item = Dataset()
        item.PlanePositionSequence = Items([_item({"ImagePositionPatient": [-64, -64, 3.0 * place]})])
        item.PixelValueTransformationSequence = Items(
            [_item({"RescaleSlope": 1.5 + k / 8, "RescaleIntercept": 0, "RescaleType": "US"})]
        )
        item.RealWorldValueMappingSequence = Items([_item(mapping)])
        item.RealWorldValueMappingSequence[0].MeasurementUnitsCodeSequence = Items([unit])
        item.FrameContentSequence = Items([_item({
            "FrameAcquisitionDateTime": f"2024022910{15 + moment}00",
            "FrameReferenceDateTime": f"2024022910{15 + moment}30",
            "FrameAcquisitionDuration": 60000.0, "StackID": "1", "InStackPositionNumber": place + 1,
            "TemporalPositionIndex": moment + 1, "DimensionIndexValues": [1, moment + 1, place + 1],
        })])  # fmt: skip
        ds.PerFrameFunctionalGroupsSequence.append(item)
    return _overridden(ds, overrides)


def of_kind(
    sop_class: str, modality: str, shared: Mapping[str, Any], frames: Sequence[Mapping[str, Any]], **values: Any
) -> Dataset:
    """Any other enhanced object, whose root says nothing of place, size or window: `shared` and `frames` give
    {sequence: its item's values}."""
    ds = make_instance("mr", 1, SOPClassUID=sop_class, Modality=modality)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "EchoTime"):
        del ds[keyword]
    ds.ImageType = ["ORIGINAL", "PRIMARY", "MIXED", "NONE"]
    set_pixels(ds, np.stack([pattern(n) for n in range(len(frames))]), 12)
    made = []
    for groups_of in (shared, *frames):
        item = Dataset()
        for name, its_values in groups_of.items():
            setattr(item, name, Items([_item(its_values)]))
        made.append(item)
    ds.SharedFunctionalGroupsSequence = Items(made[:1])
    ds.PerFrameFunctionalGroupsSequence = Items(made[1:])
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


PULSES = {
    "EchoPulseSequence": "GRADIENT", "EchoPlanarPulseSequence": "NO", "SegmentedKSpaceTraversal": "PARTIAL",
    "SteadyStatePulseSequence": "LONGITUDINAL", "Spoiling": "RF", "OversamplingPhase": "NONE", "ResonantNucleus": "1H",
}  # fmt: skip
"""What an original enhanced MR says of how it was taken."""


def _item(values: Mapping[str, Any]) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _overridden(ds: Dataset, overrides: Mapping[str, Any]) -> Dataset:
    for keyword, value in overrides.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return ds


def with_colour_tables(ds: Dataset, first: int, presentation: str = "COLOR") -> Dataset:
    """`ds` (an enhanced CT) with Supplemental Palette Color Lookup Tables: values from `first` on have a colour."""
    for colour, table in (("Red", range(0, 512, 2)), ("Green", range(256)), ("Blue", range(256, 0, -1))):
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [256, first, 16])
        setattr(ds, f"{colour}PaletteColorLookupTableData", np.array(table, "<u2").tobytes())
    ds.PixelPresentation = presentation
    ds.SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence[0].PixelPresentation = presentation
    return ds
