"""Facts of single frames of PET, angiography, eyes and ultrasound volumes: place, size, values, order."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from enhanced import enhanced_pet, of_kind
from instances import BIG_ENDIAN, EXPLICIT, IMPLICIT, encode
from pixel_files import opened
from scanfolio.model import SopInstance
from scanfolio.reading.frames import frames_of

XA, XRF, X_RAY_3D = (f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("12.1.1", "12.2.1", "13.1.1"))
OPT, US_VOLUME = "1.2.840.10008.5.1.4.1.1.77.1.5.4", "1.2.840.10008.5.1.4.1.1.6.2"
SYNTAXES = pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN])


def facts(ds: Dataset, syntax: str = EXPLICIT) -> tuple[SopInstance, ...]:
    entry, instance = opened(encode(ds, syntax))
    return frames_of(entry, instance).facts


@SYNTAXES
def test_pet_has_a_place_a_moment_and_a_slope_of_its_own_in_every_frame(syntax: str) -> None:
    found = facts(enhanced_pet(slices=2, moments=2), syntax)
    assert [f.image_position_mm for f in found] == [(-64, -64, 0), (-64, -64, 3)] * 2
    assert {f.image_orientation for f in found} == {(1, 0, 0, 0, 1, 0)}
    assert {(f.pixel_spacing_mm, f.slice_thickness_mm) for f in found} == {((4, 4), 3)}
    assert [(f.rescale_slope, f.rescale_intercept, f.rescale_type) for f in found] == [
        (1.5 + k / 8, 0, "US") for k in range(4)
    ]
    assert [(f.temporal_position, f.instance_number) for f in found] == [(1, 1), (1, 2), (2, 3), (2, 4)]
    assert [(f.content_date, f.acquisition_time) for f in found] == [
        ("20240229", "101500"), ("20240229", "101500"), ("20240229", "101600"), ("20240229", "101600")
    ]  # fmt: skip
    assert {f.image_type for f in found} == {("ORIGINAL", "PRIMARY", "VOLUME", "NONE")}


def test_pet_stored_with_time_innermost_is_numbered_as_its_dimensions_say() -> None:
    ds = enhanced_pet(slices=2, moments=2)
    stored = ds.PerFrameFunctionalGroupsSequence
    ds.PerFrameFunctionalGroupsSequence = [stored[k] for k in (2, 0, 3, 1)]
    found = facts(ds)
    assert [(f.instance_number, f.temporal_position, (f.image_position_mm or ())[2]) for f in found] == [
        (3, 2, 0), (1, 1, 0), (4, 2, 3), (2, 1, 3)
    ]  # fmt: skip
    assert [f.rescale_slope for f in found] == [1.75, 1.5, 1.875, 1.625]


def angiography(sop_class: str = XA, **values: Any) -> Dataset:
    """Three frames; the field of view halves with the second, which is subtracted."""
    frames = [
        {
            "FramePixelDataPropertiesSequence": {
                "FrameType": (["ORIGINAL", "PRIMARY", "", "NONE"], ["DERIVED", "PRIMARY", "", "SUBTRACTION"])[k == 1],
                "ImagerPixelSpacing": [0.308 / (1 + (k > 0)), 0.3 / (1 + (k > 0))],
                "PixelIntensityRelationship": "LOG", "PixelIntensityRelationshipSign": 1,
            },
            "PositionerPositionSequence": {"PositionerPrimaryAngle": 10.0 * k, "PositionerSecondaryAngle": -5.0},
            "FrameVOILUTSequence": {"WindowCenter": 500 + k, "WindowWidth": 900 - k},
            "FrameContentSequence": {
                "FrameAcquisitionDateTime": f"20240229101500.{k}", "TemporalPositionIndex": k + 1,
                "DimensionIndexValues": [k + 1],
            },
        }
        for k in range(3)
    ]  # fmt: skip
    return of_kind(sop_class, "XA", {"XAXRFFrameCharacteristicsSequence": {"DerivationDescription": "none"}}, frames,
                   **values)  # fmt: skip


@SYNTAXES
@pytest.mark.parametrize("sop_class", [XA, XRF])
def test_angiography_lies_on_no_plane_and_is_measured_at_the_detector(sop_class: str, syntax: str) -> None:
    found = facts(angiography(sop_class), syntax)
    assert {(f.image_position_mm, f.image_orientation, f.pixel_spacing_mm) for f in found} == {(None, None, None)}
    assert [f.imager_pixel_spacing_mm for f in found] == [(0.308, 0.3), (0.154, 0.15), (0.154, 0.15)]
    assert [(f.window_centers, f.window_widths) for f in found] == [((500 + k,), (900 - k,)) for k in range(3)]
    assert [f.image_type[0] for f in found] == ["ORIGINAL", "DERIVED", "ORIGINAL"]
    assert [f.image_type[3] for f in found] == ["NONE", "SUBTRACTION", "NONE"]
    assert [(f.instance_number, f.temporal_position) for f in found] == [(1, 1), (2, 2), (3, 3)]
    assert [f.acquisition_time for f in found] == ["101500.0", "101500.1", "101500.2"]
    assert {(f.rescale_slope, f.rescale_intercept) for f in found} == {(None, None)}


def test_angiography_without_a_detector_spacing_keeps_what_the_root_says() -> None:
    ds = angiography(ImagerPixelSpacing=[0.5, 0.5])
    for item, spacing in zip(ds.PerFrameFunctionalGroupsSequence, ([0.2], None, [0.2, 0.2]), strict=True):
        item.FramePixelDataPropertiesSequence[0].ImagerPixelSpacing = spacing
    assert [f.imager_pixel_spacing_mm for f in facts(ds)] == [(0.5, 0.5), (0.5, 0.5), (0.2, 0.2)]


def test_a_rotation_that_became_a_volume_has_planes() -> None:
    shared = {
        "PlaneOrientationSequence": {"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]},
        "PixelMeasuresSequence": {"PixelSpacing": [0.4, 0.5], "SliceThickness": 0.6},
        "XRay3DFrameTypeSequence": {"FrameType": ["DERIVED", "PRIMARY", "VOLUME", "NONE"]},
    }
    found = facts(of_kind(X_RAY_3D, "XA", shared, [
        {"PlanePositionSequence": {"ImagePositionPatient": [-10, 0.6 * k, 20]}} for k in range(3)
    ]))  # fmt: skip
    assert [f.image_position_mm for f in found] == [(-10, 0, 20), (-10, 0.6, 20), (-10, 1.2, 20)]
    assert {f.image_orientation for f in found} == {(1, 0, 0, 0, 0, -1)}
    assert {(f.pixel_spacing_mm, f.slice_thickness_mm) for f in found} == {((0.4, 0.5), 0.6)}
    assert {f.image_type for f in found} == {("DERIVED", "PRIMARY", "VOLUME", "NONE")}


@SYNTAXES
def test_cuts_through_an_eye_lie_fan_wise_or_one_behind_another(syntax: str) -> None:
    turned = ([1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1], [0.6, 0.8, 0, 0, 0, -1])
    frames = [
        {
            "PlanePositionSequence": {"ImagePositionPatient": [-3, 0.25 * k, 1]},
            "PlaneOrientationSequence": {"ImageOrientationPatient": turned[k]},
            "FrameVOILUTSequence": {"WindowCenter": 128, "WindowWidth": 256 - k, "VOILUTFunction": "LINEAR_EXACT"},
            "FrameContentSequence": {"InStackPositionNumber": 3 - k, "DimensionIndexValues": [1, 3 - k]},
        }
        for k in range(3)
    ]  # fmt: skip
    shared = {"PixelMeasuresSequence": {"PixelSpacing": [0.0039, 0.0117], "SliceThickness": 0.02}}
    found = facts(of_kind(OPT, "OPT", shared, frames), syntax)
    assert [f.image_position_mm for f in found] == [(-3, 0, 1), (-3, 0.25, 1), (-3, 0.5, 1)]
    assert [f.image_orientation for f in found] == [tuple(o) for o in turned]
    assert {f.pixel_spacing_mm for f in found} == {(0.0039, 0.0117)}
    assert [(f.window_centers, f.window_widths, f.voi_lut_function) for f in found] == [
        ((128,), (256 - k,), "LINEAR_EXACT") for k in range(3)
    ]
    assert [f.instance_number for f in found] == [3, 2, 1]


@SYNTAXES
def test_an_ultrasound_volume_is_placed_beside_its_probe_and_not_in_the_patient(syntax: str) -> None:
    frames = [
        {
            "PlanePositionVolumeSequence": {"ImagePositionVolume": [0.0, 0.0, 0.5 * place]},
            "USImageDescriptionSequence": {"FrameType": ["ORIGINAL", "PRIMARY", "VOLUME", kind]},
            "FrameContentSequence": {
                "TemporalPositionIndex": moment + 1, "StackID": "1", "InStackPositionNumber": place + 1,
                "DimensionIndexValues": [moment + 1, place + 1],
            },
        }
        for place in range(2)
        for moment, kind in enumerate(("TISSUE_INTENSITY", "FLOW_VELOCITY"))
    ]  # fmt: skip
    shared = {
        "PlaneOrientationVolumeSequence": {"ImageOrientationVolume": [1.0, 0, 0, 0, 1, 0]},
        "PixelMeasuresSequence": {"PixelSpacing": [0.25, 0.3], "SliceThickness": 0.5, "SpacingBetweenSlices": 0.5},
        "FrameVOILUTSequence": {"WindowCenter": 127.5, "WindowWidth": 255},
    }
    found = facts(of_kind(US_VOLUME, "US", shared, frames), syntax)
    assert {(f.image_position_mm, f.image_orientation) for f in found} == {(None, None)}
    assert {(f.pixel_spacing_mm, f.spacing_between_slices_mm) for f in found} == {((0.25, 0.3), 0.5)}
    assert {(f.window_centers, f.window_widths) for f in found} == {((127.5,), (255,))}
    assert [(f.instance_number, f.temporal_position) for f in found] == [(1, 1), (3, 2), (2, 1), (4, 2)]
    assert [f.image_type[3] for f in found] == ["TISSUE_INTENSITY", "FLOW_VELOCITY"] * 2
