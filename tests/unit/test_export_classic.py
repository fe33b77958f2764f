"""Enhanced images as single ones for older systems: every attribute from its frame, nothing invented, nothing lost."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from enhanced import PULSES, UPRIGHT, enhanced_ct, enhanced_mr, enhanced_pet, with_colour_tables
from exports import Exported, MemorySource, drive, effects_of, export, open_files, plan_of, re_read
from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, JPEG_2000_LOSSLESS, RLE, encode, make_instance, pattern
from scanfolio.effects import WriteFile
from scanfolio.errors import ExportError
from scanfolio.export import write
from scanfolio.export.classic import pixels, split
from scanfolio.export.classic.common import frame_uid, series_uid
from scanfolio.export.classic.flat import decimal
from scanfolio.export.papers import NOT_READY
from scanfolio.export.parts import divide
from scanfolio.export.planned import EVERYONE
from scanfolio.export.write import write_folder
from scanfolio.scroll import scroll
from scanfolio.session import Session
from scanfolio.standard.classic import CLASSIC, CT, MR, PET

HIGHEST = max(int(pattern(n).max()) for n in range(3))

MADE = {
    "ct": lambda: enhanced_ct(4),
    "mr": lambda: two_echoes(),
    "pet": lambda: enhanced_pet(3, 2),
}


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


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED, RLE, JPEG_2000_LOSSLESS])
@pytest.mark.parametrize("kind", MADE)
def test_every_frame_becomes_an_image_with_its_own_pixels_and_is_proved(kind: str, syntax: str) -> None:
    if syntax == JPEG_2000_LOSSLESS:
        pytest.importorskip("imagecodecs")
    source = MADE[kind]()
    exported = split_export(source, syntax=syntax)
    images = by_frame(exported)
    assert len(images) == source.NumberOfFrames == len(exported.manifest.instances)
    classic = {"ct": CT, "mr": MR, "pet": PET}[kind]
    for number, image in enumerate(images):
        assert image.SOPClassUID == image.file_meta.MediaStorageSOPClassUID == classic
        assert image.SOPInstanceUID == frame_uid(source.SOPInstanceUID, number)
        assert image.SeriesInstanceUID == series_uid(source.SeriesInstanceUID) != source.SeriesInstanceUID
        assert (image.StudyInstanceUID, image.FrameOfReferenceUID) == (
            source.StudyInstanceUID,
            source.FrameOfReferenceUID,
        )
        assert np.array_equal(image.pixel_array, pattern(number, bits=15 if kind == "pet" else 12))
        assert "NumberOfFrames" not in image and "SharedFunctionalGroupsSequence" not in image
        assert list(image.keys()) == sorted(image.keys())
        (origin,) = image.ConversionSourceAttributesSequence
        assert origin.ReferencedSOPClassUID == source.SOPClassUID
        assert (origin.ReferencedSOPInstanceUID, origin.ReferencedFrameNumber) == (source.SOPInstanceUID, number + 1)
    verification = re_read(exported)
    assert verification.differences == ()
    assert verification.ok
    assert verification.identical == len(images)


@pytest.mark.parametrize("kind", MADE)
def test_the_same_source_gives_the_same_bytes_whatever_its_encoding(kind: str) -> None:
    one, two, three = (split_export(MADE[kind](), syntax=s) for s in (EXPLICIT, EXPLICIT, IMPLICIT))
    paths = [path for path in one.files if path.startswith("DICOM/")]
    assert all(one.files[path] == two.files[path] == three.files[path] for path in paths)


def test_derived_identifiers_never_change() -> None:
    """Whoever splits the same image again must not make a second examination of it."""
    assert frame_uid("1.2.3", 0) == "2.25.66067454492311267748497642512624986311"
    assert frame_uid("1.2.3", 1) != frame_uid("1.2.3", 0) != frame_uid("1.2.31", 0)
    assert series_uid("1.2.3") not in (frame_uid("1.2.3", 0), "1.2.3")


def says(image: Dataset, expected: Mapping[str, Any]) -> None:
    found = {keyword: image.get(keyword, "not there") for keyword in expected}
    assert {k: list(v) if isinstance(v, pydicom.multival.MultiValue) else v for k, v in found.items()} == expected


def test_ct_attributes_come_from_the_frame() -> None:
    image = by_frame(split_export(enhanced_ct(4)))[1]
    says(image, {
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", "VOLUME", "NONE"], "ImagePositionPatient": [-16, -16, 6],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [0.5, 0.5], "SliceThickness": 2,
        "RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU", "WindowCenter": 40, "WindowWidth": 400,
        "KVP": 120, "ConvolutionKernel": "B30f", "GantryDetectorTilt": -12.5, "TableHeight": 150, "ExposureTime": 500,
        "XRayTubeCurrent": 201, "Exposure": 100, "ExposureInuAs": 100200, "AcquisitionNumber": 3, "InstanceNumber": 3,
        "AcquisitionDate": "20240229", "AcquisitionTime": "101501.5", "AcquisitionDateTime": "20240229101501.5",
        "ImageLaterality": "U", "FocalSpots": 0.9, "FrameType": "not there", "DimensionIndexValues": "not there",
    })  # fmt: skip


def test_mr_attributes_come_from_the_frame() -> None:
    images = by_frame(split_export(two_echoes()))
    says(images[3], {
        "ImageType": ["ORIGINAL", "PRIMARY", "T2", "NONE", "MAGNITUDE"], "ImagePositionPatient": [-16, -16, 46],
        "EchoTime": 80, "RepetitionTime": 500, "FlipAngle": 25,
        "ImagingFrequency": 63.8712345678, "ImagedNucleus": "1H",
        "InPlanePhaseEncodingDirection": "COL", "ScanningSequence": "GR", "SequenceVariant": ["SK", "SS", "SP"],
        "ScanOptions": "", "EchoTrainLength": None, "TemporalPositionIdentifier": 1, "WindowCenter": 101,
        "RescaleSlope": 2, "RescaleIntercept": -5, "MRAcquisitionType": "2D", "InstanceNumber": 4,
    })  # fmt: skip
    assert [float(image.EchoTime) for image in images] == [12.5, 80] * 6


def test_diffusion_gating_and_inversion_of_mr() -> None:
    frames = [
        {"ImagePositionPatient": [0, 0, 3.0 * k], "DiffusionBValue": 800.0 * k, "InversionTimes": [150.0],
         "NominalCardiacTriggerDelayTime": 62.5 * k, "TemporalPositionIndex": k + 1,
         "InPlanePhaseEncodingDirection": "ROW"}
        for k in range(2)
    ]  # fmt: skip
    ds = enhanced_mr(frames, **PULSES, ScanningSequence=None, SequenceVariant=None, ScanOptions=None)
    ds.EchoPulseSequence, ds.EchoPlanarPulseSequence = "SPIN", "YES"
    ds.CardiacSynchronizationTechnique, ds.CardiacSignalSource, ds.FlowCompensation = (
        "PROSPECTIVE",
        "ECG",
        "ACCELERATION",
    )
    gradient = Dataset()
    gradient.DiffusionGradientOrientation = [0.0, 0.6, 0.8]
    ds.PerFrameFunctionalGroupsSequence[1].MRDiffusionSequence[0].DiffusionGradientDirectionSequence = Items([gradient])
    second = by_frame(split_export(ds))[1]
    says(second, {
        "DiffusionBValue": 800.0, "DiffusionGradientOrientation": [0.0, 0.6, 0.8], "InversionTime": 150,
        "TriggerTime": 62.5, "TemporalPositionIdentifier": 2, "InPlanePhaseEncodingDirection": "ROW",
        "ScanningSequence": ["SE", "EP"], "ScanOptions": ["CG", "FC"],
    })  # fmt: skip


def test_pet_attributes_come_from_the_frame() -> None:
    images = by_frame(split_export(enhanced_pet(3, 2)))
    says(images[4], {
        "Units": "BQML", "CountsSource": "EMISSION", "DecayCorrection": "START", "SeriesType": ["DYNAMIC", "IMAGE"],
        "CorrectedImage": ["DECY", "ATTN", "SCAT"], "NumberOfSlices": 3, "NumberOfTimeSlices": 2, "ImageIndex": 5,
        "FrameReferenceTime": 90000, "ActualFrameDuration": 60000, "RescaleSlope": 2.0, "RescaleIntercept": 0,
        "AcquisitionTime": "101600", "ImagePositionPatient": [-64, -64, 3],
        "DecayFactor": 1.25, "PatientPosition": "HFS", "PatientOrientationCodeSequence": "not there",
    })  # fmt: skip
    assert images[4].RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose == 3.5e8
    assert images[4].RealWorldValueMappingSequence[0].RealWorldValueSlope == 2.0
    static, whole_body = enhanced_pet(3), enhanced_pet(3)
    whole_body.PerFrameFunctionalGroupsSequence[2].FrameContentSequence[0].FrameAcquisitionDateTime = "20240229101900"
    assert written(split_export(static))[0].SeriesType == ["STATIC", "IMAGE"]
    assert written(split_export(whole_body))[0].SeriesType == ["WHOLE BODY", "IMAGE"]


def test_a_groups_word_goes_before_the_roots_and_shared_groups_hold_for_all() -> None:
    ds = two_echoes()
    ds.EchoTime, ds.WindowCenter, ds.WindowWidth = 7, 1, 1
    assert [float(i.EchoTime) for i in by_frame(split_export(ds))[:2]] == [12.5, 80]
    assert {float(i.WindowWidth) for i in by_frame(split_export(ds))} == {300}


def groups(ds: Dataset, number: int = 0) -> Dataset:
    item: Dataset = ds.PerFrameFunctionalGroupsSequence[number]
    return item


def derived_without_pulses() -> Dataset:
    ds = two_echoes(**dict.fromkeys(PULSES))
    ds.SharedFunctionalGroupsSequence[0].MRImageFrameTypeSequence[0].FrameType = ["DERIVED", "PRIMARY", "T2", "NONE"]
    return ds


def _without(ds: Dataset, keyword: str) -> Dataset:
    delattr(ds, keyword)
    return ds


def _with(ds: Dataset, **values: Any) -> Dataset:
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def _in_frame(ds: Dataset, sequence: str, **values: Any) -> Dataset:
    _with(groups(ds, 1)[sequence].value[0], **values)
    return ds


WHOLE = {
    "no groups": (lambda: _without(enhanced_ct(), "PerFrameFunctionalGroupsSequence"), "groups"),
    "another number of frames": (lambda: _with(enhanced_ct(), NumberOfFrames=3), "groups"),
    "a frame without a place": (lambda: _placeless(enhanced_ct()), "place"),
    "a place in the root only": (lambda: _with(_placeless(enhanced_ct()), ImagePositionPatient=[0, 0, 0]), "place"),
    "no distance of pixels": (lambda: _spacingless(enhanced_ct()), "place"),
    "colours": (lambda: _shared(enhanced_ct(), "CTImageFrameTypeSequence", PixelPresentation="COLOR"), "colours"),
    "a palette": (lambda: _with(enhanced_ct(), RedPaletteColorLookupTableDescriptor=[256, 0, 16]), "colours"),
    "8 bits": (lambda: _eight_bits(two_echoes()), "values"),
    "no rescaling": (lambda: _unscaled(enhanced_ct()), "values"),
    "no type": (lambda: _shared(enhanced_ct(), "CTImageFrameTypeSequence", FrameType=["MIXED", "PRIMARY"]), "kind"),
    "derived, and how is not said": (derived_without_pulses, "kind"),
    "activity of unknown unit": (lambda: _unitless(enhanced_pet()), "values"),
    "an intercept in PET": (
        lambda: _in_frame(enhanced_pet(), "PixelValueTransformationSequence", RescaleIntercept=3), "values"),
    "decay corrected to no known moment": (
        lambda: _with(enhanced_pet(), DecayCorrectionDateTime="20240229000000"), "kind"),
    "gated": (lambda: _with(enhanced_pet(), CardiacSynchronizationTechnique="RETROSPECTIVE"), "kind"),
    "a slice twice at one time": (
        lambda: _in_frame(enhanced_pet(), "PlanePositionSequence", ImagePositionPatient=[-64, -64, 0]), "kind"),
    "no moment of a frame": (
        lambda: _in_frame(enhanced_pet(), "FrameContentSequence", FrameReferenceDateTime=""), "kind"),
}  # fmt: skip


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN, RLE])
def test_colour_tables_that_no_pixel_uses_stay_behind(syntax: str) -> None:
    source = with_colour_tables(enhanced_ct(3), HIGHEST + 1)
    exported = split_export(source, syntax=syntax)
    images = by_frame(exported)
    assert len(images) == 3
    for number, image in enumerate(images):
        assert np.array_equal(image.pixel_array, pattern(number))
        assert image.PixelPresentation == "MONOCHROME"
        assert not [e.keyword for e in image if "Palette" in e.keyword]
    changes = exported.manifest.instances[0].changes
    assert "(0028,1101) left out" in changes
    assert any("said to be MONOCHROME" in change for change in changes)
    assert re_read(exported).differences == ()


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG_ENDIAN, RLE])
def test_one_coloured_pixel_keeps_the_image_whole(syntax: str) -> None:
    exported = split_export(with_colour_tables(enhanced_ct(3), HIGHEST), syntax=syntax)
    assert [kept.code for kept in exported.plan.kept_whole] == ["colours"]
    (whole,) = written(exported)
    assert whole.NumberOfFrames == 3
    assert whole.RedPaletteColorLookupTableDescriptor == [256, HIGHEST, 16]
    assert re_read(exported).ok


def test_signed_values_are_compared_as_such() -> None:
    def made(first: int) -> Dataset:
        ds = enhanced_ct(2)
        values = np.full((2, 32, 32), -900, np.int16)
        values[1, 5, 5] = -3
        ds.PixelData, ds.PixelRepresentation, ds.BitsStored, ds.HighBit = values.tobytes(), 1, 16, 15
        return with_colour_tables(ds, first)

    for first, images in ((-2, 2), (-3, 1)):
        exported = split_export(made(first))
        assert len(exported.manifest.instances) == images, first
        assert re_read(exported).ok


def test_a_frame_that_is_grey_by_its_own_word_may_have_any_value() -> None:
    ds = with_colour_tables(enhanced_ct(3), 1, "MIXED")
    shared = ds.SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence[0]
    del ds.SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence
    for k, presentation in enumerate(("MONOCHROME", "COLOR", "MONOCHROME")):
        kind = copy.deepcopy(shared)
        kind.PixelPresentation = presentation
        groups(ds, k).CTImageFrameTypeSequence = Items([kind])
    assert [kept.code for kept in split_export(ds).plan.kept_whole] == ["colours"]
    frames = np.frombuffer(ds.PixelData, "<u2").reshape(3, 32, 32).copy()
    frames[1] = 0
    ds.PixelData = frames.tobytes()
    exported = split_export(ds)
    assert len(by_frame(exported)) == 3
    assert re_read(exported).differences == ()


@pytest.mark.parametrize("change", ["one table", "different tables", "no numbers"])
def test_colour_tables_that_cannot_be_understood_keep_it_whole(change: str) -> None:
    ds = with_colour_tables(enhanced_ct(2), HIGHEST + 1)
    if change == "one table":
        del ds.GreenPaletteColorLookupTableDescriptor
    elif change == "different tables":
        ds.BluePaletteColorLookupTableDescriptor = [256, HIGHEST + 2, 16]
    else:
        for colour in ("Red", "Green", "Blue"):
            delattr(ds, f"{colour}PaletteColorLookupTableDescriptor")
    assert [kept.code for kept in split_export(ds).plan.kept_whole] == ["colours"]


def test_a_copy_in_which_a_colour_became_grey_is_not_called_identical() -> None:
    """As if the plan had overlooked it: the comparison looks at the pixels by itself."""
    exported = split_export(with_colour_tables(enhanced_ct(3), HIGHEST + 1))
    coloured = with_colour_tables(enhanced_ct(3), HIGHEST)
    opened = open_files({"E0.DCM": encode(coloured)})
    verification = re_read(replace(exported, opened=opened))
    assert "values that had a colour are grey in it" in {d.what for d in verification.differences}


def _placeless(ds: Dataset) -> Dataset:
    del groups(ds, 1).PlanePositionSequence
    return ds


def _spacingless(ds: Dataset) -> Dataset:
    del ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing
    return ds


def _shared(ds: Dataset, sequence: str, **values: Any) -> Dataset:
    _with(ds.SharedFunctionalGroupsSequence[0][sequence].value[0], **values)
    return ds


def _unscaled(ds: Dataset) -> Dataset:
    del ds.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence
    return ds


def _unitless(ds: Dataset) -> Dataset:
    del groups(ds, 1).RealWorldValueMappingSequence
    return ds


def _eight_bits(ds: Dataset) -> Dataset:
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelData = 7, ds.PixelData[::2]
    return ds


@pytest.mark.parametrize("case", WHOLE)
def test_what_cannot_be_split_faithfully_stays_whole_and_says_why(case: str) -> None:
    make, code = WHOLE[case]
    exported = split_export(make(), make_instance("ct", 7, series=2))
    (kept,) = exported.plan.kept_whole
    assert kept.code == code
    assert f"stays as it is: {kept.reason}" in " ".join(exported.plan.changes())
    record = json.loads(exported.files["EXPORT.JSN"])["instances"]
    assert [r["changes"] for r in record if r["sop_instance_uid"] == kept.sop_instance_uid] == [
        [f"not split into single frames: {code}"]
    ]
    assert exported.manifest.instances[0].action == "copy"
    assert re_read(exported).ok


def test_an_original_mr_that_lacks_what_its_own_class_asks_for_is_split_and_nothing_is_made_up() -> None:
    image = written(split_export(two_echoes(**dict.fromkeys(PULSES))))[0]
    assert "ScanningSequence" not in image
    assert "SequenceVariant" not in image


def test_other_classes_are_untouched_and_without_the_wish_nothing_is_split() -> None:
    ct, color, secondary = enhanced_ct(), make_instance("ct", 1, series=2), make_instance("multiframe", 1, series=3)
    exported = split_export(ct, color, secondary)
    assert exported.plan.counts() == {"copy": 2, "keep": 0, "re-encode": 0, "decompress": 0, "split": 4}
    assert re_read(exported).ok
    plain = export({"A": encode(ct)})
    assert plain.plan.counts()["split"] == 0
    assert plain.manifest.instances[0].sop_instance_uid == ct.SOPInstanceUID


def test_the_plan_says_how_many_come_of_how_many() -> None:
    plan = plan_of({"A": encode(enhanced_ct(4)), "B": encode(enhanced_ct(3, number=2))}, for_old_software=True)
    assert plan.changes()[0].startswith("2 files with many images become 7 single images, each with a new number")
    assert "not in this copy" in plan.changes()[1]
    said = plan.as_dict()
    assert (said["instances"], said["actions"]["split"], said["series"]) == (7, 7, 1)
    assert said["size_before"] == sum(i.size for i in {f.instance.path: f.instance for f in plan.files}.values())


def test_sizes_are_foretold_and_a_split_series_is_divided_over_media() -> None:
    exported = split_export(enhanced_ct(4))
    for planned, made in zip(exported.plan.files, exported.manifest.instances, strict=True):
        assert abs(planned.as_written.size - made.size) < 600
    parts = divide(exported.plan, (256 << 10) + 19_000)
    assert [len(part.files) for part in parts] == [2, 2]
    for part in parts:
        manifest, files, _ = drive(write_folder(part, "{}", ""))
        del files[NOT_READY]
        verification = re_read(Exported(exported.opened, part, manifest, files))
        assert (verification.ok, verification.identical, verification.differences) == (True, 2, ())


def test_numbers_go_up_with_the_frames_order_and_on_through_the_series() -> None:
    images = written(split_export(enhanced_ct(4, number=1), enhanced_ct(3, number=2)))
    assert [int(i.InstanceNumber) for i in images] == [1, 2, 3, 4, 10001, 10002, 10003]
    assert [float(i.ImagePositionPatient[2]) for i in images[:4]] == [2, 4, 6, 8]


def test_it_needs_the_most_compatible_form() -> None:
    with pytest.raises(ExportError) as caught:
        plan_of({"A": encode(enhanced_ct())}, for_old_software=True, encoding="keep-encoding")
    assert "older systems" in caught.value.title


# -- what is nobody's word, and private ones


def test_private_groups_are_carried_as_they_are_and_a_taken_block_is_said() -> None:
    ds = enhanced_ct(2)
    ds.private_block(0x2005, "SOMEBODY", create=True).add_new(1, "LO", "root")
    ds.private_block(0x2007, "SOMEBODY", create=True).add_new(1, "LO", "root")
    for k in range(2):
        inner = Dataset()
        inner.SOPInstanceUID, inner.RescaleSlope = "1.2.3", 99
        groups(ds, k).private_block(0x2005, "SOMEBODY", create=True).add_new(0x0F, "SQ", Items([inner]))
        groups(ds, k).private_block(0x2007, "SOMEBODY ELSE", create=True).add_new(2, "LO", f"frame {k}")
        content = groups(ds, k).FrameContentSequence[0]
        content.private_block(0x2009, "A THIRD", create=True).add_new(3, "LO", f"frame {k}")
    exported = split_export(ds)
    image = by_frame(exported)[1]
    assert image[0x20051001].value == "root"
    assert image[0x2005100F].value[0].RescaleSlope == 99
    assert image.RescaleSlope == 1
    assert image[0x20091003].value == "frame 1"
    assert image[0x20071001].value == "root"
    assert 0x20071002 not in image
    assert "(2007,1002) left out" in exported.manifest.instances[0].changes
    assert re_read(exported).ok


def test_no_group_can_say_who_the_patient_is_or_how_the_pixels_lie() -> None:
    ds = enhanced_ct(2)
    content = groups(ds, 0).FrameContentSequence[0]
    content.PatientName, content.Rows, content.StudyInstanceUID = "SOMEBODY^ELSE", 5, "1.2.3"
    exported = split_export(ds)
    image = by_frame(exported)[0]
    assert (image.PatientName, image.Rows, image.StudyInstanceUID) == (ds.PatientName, 32, ds.StudyInstanceUID)
    assert {"(0010,0010) left out", "(0028,0010) left out", "(0020,000D) left out"} <= set(
        exported.manifest.instances[-1].changes
    )
    assert re_read(exported).ok


def test_a_year_alone_does_not_replace_a_whole_time() -> None:
    ds = enhanced_ct(1)
    groups(ds).FrameContentSequence[0].FrameAcquisitionDateTime = "2024"
    says(written(split_export(ds))[0], {"AcquisitionDateTime": "20240229101500", "AcquisitionTime": "101500"})


def test_a_time_in_another_zone_gives_no_date_and_time() -> None:
    ds = enhanced_ct(1)
    groups(ds).FrameContentSequence[0].FrameAcquisitionDateTime = "20240229101500+0900"
    assert "AcquisitionTime" not in written(split_export(ds))[0]
    ds.TimezoneOffsetFromUTC = "+0900"
    assert written(split_export(ds))[0].AcquisitionTime == "101500"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (194.39999999999998, b"194.4"),
        (1 / 3, b"0.33333333333333"),
        (-1.23456789012345e-7, b"-1.234567890e-07"),
        (3.0, b"3"),
    ],
)
def test_decimals_fit(value: float, text: bytes) -> None:
    assert len(decimal(value)) <= 16
    assert float(decimal(value)) == pytest.approx(value, rel=1e-9)
    assert decimal(value)[:8] == text[:8]


# -- the copy, read back


def test_the_copy_opens_with_the_same_order_places_and_values() -> None:
    """What our own viewer makes of the copy is what it made of the enhanced image, echo after echo."""
    for source in (enhanced_ct(4), two_echoes(), enhanced_pet(3, 2)):
        before, after = session_of({"A": encode(source)}), session_of(split_export(source).files)
        assert list(chain.from_iterable(seen(before))) == list(chain.from_iterable(seen(after)))
        assert sum(map(len, seen(after))) == source.NumberOfFrames


def session_of(files: Mapping[str, bytes]) -> Session:
    session = Session("")
    drive(session.read(MemorySource(files)))
    return session


def seen(session: Session) -> list[Any]:
    """Of each series as it is shown: place, scale, window and stored values, image by image."""
    found = []
    for patient in session.catalogue()["patients"]:
        for listed in (s for study in patient["studies"] for s in study["series"]):
            rows = []
            for frame in scroll(session._series(listed["key"]), session.index.entries).frames:
                f = frame.facts
                values = session.stored_values(frame.instance.sop_instance_uid, frame.number)
                rows.append([getattr(f, name) for name in SEEN] + [values.tobytes()])
            found.append(rows)
    return found


SEEN = (
    "image_position_mm", "image_orientation", "pixel_spacing_mm", "slice_thickness_mm", "rescale_slope",
    "rescale_intercept", "window_centers", "window_widths", "echo_time_ms", "temporal_position", "kvp",
    "convolution_kernel", "gantry_tilt_degrees",
)  # fmt: skip


def test_a_later_check_against_the_source_needs_no_memory_of_the_writer() -> None:
    exported = split_export(enhanced_ct(3), make_instance("ct", 9, series=2))
    verification = re_read(exported, said=False)
    assert (verification.ok, verification.identical, verification.instances_in) == (True, 4, 4)
    assert re_read(exported, source=False, said=False).ok


def tampered(exported: Exported, change: Any) -> dict[str, bytes]:
    """The copy with its second image changed behind the writer's back; the check sums are put right."""
    path = sorted(p for p in exported.files if p.startswith("DICOM/"))[1]
    ds = pydicom.dcmread(io.BytesIO(exported.files[path]))
    change(ds)
    stream = io.BytesIO()
    ds.save_as(stream, enforce_file_format=True)
    return {**exported.files, path: stream.getvalue()}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda ds: setattr(ds, "ImagePositionPatient", [-16, -16, 4.5]), "ImagePositionPatient is"),
        (lambda ds: setattr(ds, "RescaleIntercept", 0), "RescaleIntercept is"),
        (lambda ds: setattr(ds, "PixelData", ds.PixelData[2:] + b"\0\0"), "it has other pixels"),
        (lambda ds: setattr(ds, "ConvolutionKernel", "B70f"), "(0018,1210) has another value"),
        (lambda ds: delattr(ds, "ManufacturerModelName"), "(0008,1090) is only in the source"),
        (
            lambda ds: setattr(ds.ConversionSourceAttributesSequence[0], "ReferencedFrameNumber", 1),
            "it does not name the frame",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_copy_is_found(change: Any, what: str) -> None:
    exported = split_export(enhanced_ct(3))
    differences = re_read(exported, tampered(exported, change)).differences
    assert any(d.what.startswith(what) for d in differences), differences


def test_a_lost_frame_is_missed() -> None:
    exported = split_export(enhanced_ct(3))
    lost = exported.manifest.instances[1]
    verification = re_read(exported, {p: d for p, d in exported.files.items() if p != lost.file_id}, said=False)
    assert not verification.ok
    assert any(d.what == "is on the source but not in the export" for d in verification.differences) or any(
        d.what == "is missing" for d in verification.differences
    )


# -- what goes wrong


def test_one_frame_that_cannot_be_decoded_costs_its_image_and_nothing_else() -> None:
    packed = bytearray(encode(enhanced_ct(3), RLE))
    at = packed.rfind((2).to_bytes(4, "little") + (64).to_bytes(4, "little"))
    packed[at : at + 4] = (15).to_bytes(4, "little")
    for into in ("folder", "zip"):
        exported = export(
            {"A": bytes(packed), "B": encode(make_instance("ct", 1, series=2))}, into=into, for_old_software=True
        )
        assert [i.source_path for i in exported.manifest.instances] == ["B"]
        assert [(left.path, left.code) for left in exported.manifest.left_out] == [("A", "undecodable")]
        assert [p for p in exported.files if p.startswith("DICOM/")] == [exported.manifest.instances[0].file_id]
        assert re_read(exported).ok


def test_an_image_on_a_scratch_is_left_out_once_and_the_export_goes_on() -> None:
    files = {"A": encode(enhanced_ct(5)), "B": encode(make_instance("ct", 1, series=2))}
    opened = open_files(files, frozenset({"A"}))
    plan = plan_of_opened(opened)
    opened.source.broken = True
    split.forget()
    manifest, _, _ = drive(write_folder(plan, "{}", ""))
    assert [i.source_path for i in manifest.instances] == ["B"]
    assert [(left.path, left.code) for left in manifest.left_out] == [("A", "unreadable")]


def test_a_frame_that_fails_after_others_were_written_ends_the_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what is kept of the frames a second reading can fail; an image must not arrive with a slice missing."""
    monkeypatch.setattr(pixels, "KEPT_BYTES", 0)
    opened = open_files({"A": encode(enhanced_ct(4))}, frozenset({"A"}))
    steps = effects_of(write_folder(plan_of_opened(opened), "{}", ""))
    written = 0
    with pytest.raises(ExportError, match="can no longer be read"):
        for effect in steps:
            written += isinstance(effect, WriteFile) and effect.path.startswith("DICOM/")
            opened.source.broken = written == 2
    assert written == 2


def test_the_copy_is_the_same_however_few_headers_are_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    unlisted = encode(make_instance("dose_report"))
    start = unlisted.find(b"\x40\x00\x30\xa7SQ")  # Content Sequence, whose items go into the record
    unlisted = unlisted[: start + 12] + b"\x01\x02\x03\x04" + unlisted[start + 16 :]
    files = {f"{n}.DCM": encode(make_instance("ct", n, series=2)) for n in (1, 2, 4, 5)}
    files |= {"A": encode(enhanced_ct(5)), "3.DCM": unlisted}
    copies = []
    for ahead in (1, 3, 1000):
        monkeypatch.setattr(write, "READ_AHEAD", ahead)
        exported = export(files, for_old_software=True, patient_key=EVERYONE)
        assert [(left.path, left.code) for left in exported.manifest.left_out] == [("3.DCM", "damaged")]
        assert re_read(exported).ok
        copies.append(exported.files)
    assert copies[0] == copies[1] == copies[2]
    assert len(exported.images) == 9


def plan_of_opened(opened: Any) -> Any:
    from scanfolio.export.plan import make_plan
    from scanfolio.export.planned import Choices

    return make_plan(opened.disc, opened.index.entries, Choices(for_old_software=True))


def test_frames_are_read_piece_by_piece() -> None:
    """Each frame once to check and once to write it at most: never the file as a whole for one frame."""
    files = {"A": encode(enhanced_ct(40))}
    opened = open_files(files)
    plan = plan_of_opened(opened)
    read: list[int] = []
    entry = opened.index.entries[0]
    counted = type(entry)(entry.entry_id, entry.path, entry.size, lambda at, n: read.append(n) or entry.read(at, n))
    plan = replace(plan, files=tuple(replace(f, entry=counted) for f in plan.files))
    drive(write_folder(plan, "{}", ""))
    assert sum(read) < 3 * entry.size


def test_hostile_groups_are_refused_and_do_not_stop_the_plan() -> None:
    data = encode(enhanced_ct(2))
    at = data.find(b"\x00\x52\x30\x92SQ")
    for cut in (b"\xff\xff\xff\x7f", b"\x02\x00\x00\x00", b"\x00\x00\x00\x00"):
        broken = data[: at + 8] + cut + data[at + 12 :]
        opened = open_files({"A": broken, "B": encode(make_instance("ct", 1, series=2))})
        made = plan_of_opened(opened)
        assert all(f.action != "split" for f in made.files)


def test_every_class_has_its_counterpart_in_the_tables() -> None:
    from scanfolio.standard.iods import iod_of

    assert all(iod_of(enhanced) and iod_of(classic) for enhanced, classic in CLASSIC.items())


def test_what_has_no_place_before_the_pixels_is_left_out_and_said() -> None:
    data = encode(enhanced_ct(2), trailing=b"\xe1\x7f\x10\x00LO\x04\x00SOME\xe1\x7f\x01\x10LO\x02\x00AB")
    exported = export({"A": data}, for_old_software=True)
    assert {"(7FE1,0010) left out", "(7FE1,1001) left out"} <= set(exported.manifest.instances[0].changes)
    assert re_read(exported).ok


def test_a_malformed_value_of_a_group_is_carried_and_counted_as_inherited() -> None:
    data = encode(enhanced_ct(2))
    assert data.count(b"DS\x06\x00-12.5 ") == 1  # Gantry/Detector Tilt
    exported = export({"A": data.replace(b"DS\x06\x00-12.5 ", b"DS\x06\x00-1o.5 ")}, for_old_software=True)
    assert exported.plan.counts()["split"] == 2
    verification = re_read(exported)
    assert verification.ok, verification.differences
    assert "F11" in verification.inherited


def test_readme_and_record_say_what_was_done() -> None:
    exported = split_export(enhanced_ct(2))
    readme = " ".join(exported.files["README.TXT"].decode("ascii").split())
    assert "2 instances made of one frame each of enhanced multi-frame images" in readme
    assert "The enhanced images themselves are not in this copy" in readme
    record = json.loads(exported.files["EXPORT.JSN"])["instances"]
    assert [(r["action"], r["frame"]) for r in record] == [("split", 2), ("split", 1)]
    assert {r["source_path"] for r in record} == {"E0.DCM"}
