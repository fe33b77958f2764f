"""What the tests of single images for older systems share: sources, and what an export made of them."""

from __future__ import annotations

import io
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from enhanced import PULSES, UPRIGHT, enhanced_mr
from exports import Exported, export
from instances import EXPLICIT, encode
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import Choices


def two_echoes(**overrides: Any) -> Dataset:
    """Two stacks of three slices, each with two echoes; what all frames share is in the shared groups."""
    frames = [
        {
            "ImagePositionPatient": [-16, -16, 40.0 * stack + 3.0 * place],
            "StackID": str(stack), "InStackPositionNumber": place, "TemporalPositionIndex": 1,
            "DimensionIndexValues": [stack, place, echo + 1], "EffectiveEchoTime": (12.5, 80.0)[echo],
            "WindowCenter": 100 + echo, "WindowWidth": 300,
        }
        for stack in (1, 2) for place in (1, 2, 3) for echo in (0, 1)
    ]  # fmt: skip
    shared = {
        **UPRIGHT, "FrameType": ["ORIGINAL", "PRIMARY", "T2", "NONE"], "ComplexImageComponent": "MAGNITUDE",
        "RepetitionTime": 500, "FlipAngle": 25, "InPlanePhaseEncodingDirection": "COLUMN",
        "MagnetizationTransfer": "NONE",
        "TransmitterFrequency": 63.8712345678, "InversionRecovery": "NO", "RescaleSlope": 2, "RescaleIntercept": -5,
        "RescaleType": "US",
    }  # fmt: skip
    classic = dict.fromkeys(("ScanningSequence", "SequenceVariant", "ScanOptions", "RepetitionTime", "EchoTrainLength"))
    ds = enhanced_mr(frames, shared, **{**classic, **PULSES, **overrides})
    ds.ImageType = ["ORIGINAL", "PRIMARY", "T2", "NONE"]
    return ds


def split_export(*images: Dataset, syntax: str = EXPLICIT, **choices: Any) -> Exported:
    files = {f"E{n}.DCM": encode(ds, syntax) for n, ds in enumerate(images)}
    return export(files, for_old_software=True, **choices)


def written(exported: Exported) -> list[Dataset]:
    """The images in the order of the copy's table of contents."""
    paths = sorted(path for path in exported.files if path.startswith("DICOM/"))
    return [pydicom.dcmread(io.BytesIO(exported.files[path])) for path in paths]


def by_frame(exported: Exported) -> list[Dataset]:
    origin = {
        ds.SOPInstanceUID: ds.ConversionSourceAttributesSequence[0].ReferencedFrameNumber for ds in written(exported)
    }
    return sorted(written(exported), key=lambda ds: int(origin[ds.SOPInstanceUID]))


def groups(ds: Dataset, number: int = 0) -> Dataset:
    item: Dataset = ds.PerFrameFunctionalGroupsSequence[number]
    return item


def plan_of_opened(opened: Any) -> Any:
    return make_plan(opened.disc, opened.index.entries, Choices(for_old_software=True))
