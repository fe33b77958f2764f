"""Enhanced images as single ones for older systems: every attribute from its frame, nothing invented, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from enhanced import PULSES, enhanced_ct, enhanced_mr, enhanced_pet
from exports import Exported, drive, export, open_files, plan_of, re_read
from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, JPEG_2000_LOSSLESS, RLE, encode, make_instance, pattern
from scanfolio.errors import ExportError
from scanfolio.export.classic.common import frame_uid, series_uid
from scanfolio.export.classic.flat import decimal
from scanfolio.export.papers import NOT_READY
from scanfolio.export.parts import divide
from scanfolio.export.write import write_folder
from scanfolio.standard.classic import CLASSIC, CT, MR, PET
from split_exports import by_frame, groups, plan_of_opened, split_export, two_echoes, written

MADE = {
    "ct": lambda: enhanced_ct(4),
    "mr": lambda: two_echoes(),
    "pet": lambda: enhanced_pet(3, 2),
}


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
