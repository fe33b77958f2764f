"""Image Plane arithmetic against numbers worked out by hand (PS3.3 C.7.6.2.1.1)."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import facts
from scanfolio import geometry

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
PRONE_AXIAL = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
C30, S30 = math.cos(math.radians(30)), math.sin(math.radians(30))
TURNED_30 = (C30, S30, 0.0, -S30, C30, 0.0)


@pytest.mark.parametrize(
    ("orientation", "top", "right", "bottom", "left"),
    [
        (AXIAL, "A", "L", "P", "R"),
        (SAGITTAL, "H", "P", "F", "A"),
        (CORONAL, "H", "L", "F", "R"),
        (PRONE_AXIAL, "P", "R", "A", "L"),
        (TURNED_30, "AL", "LP", "PR", "RA"),
        ((-1.0, 0.0, 0.0, 0.0, 1.0, 0.0), "A", "R", "P", "L"),
    ],
    ids=["axial", "sagittal", "coronal", "prone", "turned by 30 degrees", "mirrored"],
)
def test_orientation_letters(orientation: tuple[float, ...], top: str, right: str, bottom: str, left: str) -> None:
    expected = {"top": top, "right": right, "bottom": bottom, "left": left}
    assert geometry.orientation_letters(orientation) == expected


def test_a_tilt_of_five_degrees_gets_no_second_letter() -> None:
    tilt = math.radians(5)
    letters = geometry.orientation_letters((1.0, 0.0, 0.0, 0.0, math.cos(tilt), math.sin(tilt)))
    assert letters == {"top": "A", "right": "L", "bottom": "P", "left": "R"}


@pytest.mark.parametrize(
    "orientation",
    [None, (1.0, 0.0, 0.0), (0.0,) * 6, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), (2.0, 0.0, 0.0, 0.0, 1.0, 0.0)],
    ids=["absent", "too short", "zero", "parallel", "not a unit vector"],
)
def test_no_letters_without_a_valid_orientation(orientation: tuple[float, ...] | None) -> None:
    assert geometry.orientation_letters(orientation) is None
    assert geometry.plane_name(orientation) == ""


def test_normal_points_from_row_to_column_by_the_right_hand() -> None:
    assert geometry.slice_normal(AXIAL) == (0, 0, 1)
    assert geometry.slice_normal(SAGITTAL) == (-1, 0, 0)
    assert geometry.slice_normal(CORONAL) == (0, 1, 0)


def test_position_along_the_normal() -> None:
    assert geometry.position_along_normal_mm((-125.0, -125.0, 37.5), AXIAL) == 37.5
    assert geometry.position_along_normal_mm((12.0, -80.0, 90.0), SAGITTAL) == -12.0
    assert geometry.position_along_normal_mm((10.0, 20.0, 5.0), TURNED_30) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("orientation", "name"), [(AXIAL, "axial"), (SAGITTAL, "sagittal"), (CORONAL, "coronal"), (TURNED_30, "axial")]
)
def test_plane_name(orientation: tuple[float, ...], name: str) -> None:
    assert geometry.plane_name(orientation) == name


def test_a_plane_between_all_axes_is_oblique() -> None:
    turn = math.radians(45)
    tipped = (1.0, 0.0, 0.0, 0.0, math.cos(turn), math.sin(turn))
    assert geometry.plane_name(tipped) == "oblique"


def test_spacing_prefers_the_patient_to_the_detector() -> None:
    instance = replace(facts.make_instance(), pixel_spacing_mm=(0.7, 0.6), imager_pixel_spacing_mm=(0.2, 0.2))
    assert geometry.spacing_mm(instance) == ((0.7, 0.6), "pixel")
    assert geometry.spacing_mm(replace(instance, pixel_spacing_mm=None)) == ((0.2, 0.2), "imager")
    zero = replace(instance, pixel_spacing_mm=(0.0, 0.6), imager_pixel_spacing_mm=None)
    assert geometry.spacing_mm(zero) == (None, "")
