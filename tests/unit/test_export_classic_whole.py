"""Enhanced images that stay whole because single ones for older systems would not say the same."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from enhanced import PULSES, enhanced_ct, enhanced_pet, with_colour_tables
from exports import open_files, re_read
from instances import BIG_ENDIAN, EXPLICIT, IMPLICIT, RLE, encode, make_instance, pattern
from split_exports import by_frame, groups, split_export, two_echoes, written

HIGHEST = max(int(pattern(n).max()) for n in range(3))


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
