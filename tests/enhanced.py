"""Synthetic multi-frame objects: enhanced MR with the functional groups a test asks for, and nuclear medicine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from instances import make_instance, pattern, set_pixels, uid

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
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
