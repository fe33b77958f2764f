"""The diffusion b-value where (0018,9087) is absent: as Siemens, GE and Philips wrote it, under their creators only."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from instances import BIG_ENDIAN, EXPLICIT, IMPLICIT, encode, make_instance
from reading_help import facts_of, read_disc
from reading_reference import differences
from scanfolio.reading.facts import Converter

SIEMENS, GE = (0x0019, "SIEMENS MR HEADER", 0x0C, "IS"), (0x0043, "GEMS_PARM_01", 0x39, "IS")
PHILIPS = (0x2001, "Philips Imaging DD 001", 0x03, "FL")


def with_private(where: tuple[int, str, int, str], value: Any, number: int = 1, syntax: str = EXPLICIT,
                 **more: Any) -> bytes:  # fmt: skip
    group, creator, element, vr = where
    ds = make_instance("mr", number, **more)
    ds.private_block(group, creator, create=True).add_new(element, vr, value)
    return encode(ds, syntax)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN])
@pytest.mark.parametrize(
    ("where", "value", "b"),
    [
        (SIEMENS, "1000", 1000.0),
        (GE, "1000000800\\6\\0\\0", 800.0),
        (PHILIPS, 1000.0, 1000.0),
        (PHILIPS, 0.0, 0.0),
        (PHILIPS, 62.5, 62.5),
        (PHILIPS, -1.0, None),
        (PHILIPS, 1e9, None),
        (PHILIPS, float("nan"), None),
        (PHILIPS, float("inf"), None),
        (PHILIPS, [1000.0, 500.0], None),
        ((0x2001, "SOMEBODY ELSE", 0x03, "FL"), 1000.0, None),
        ((0x2001, "Philips Imaging DD 002", 0x03, "FL"), 1000.0, None),
    ],
)
def test_only_what_its_own_creator_says_is_a_b_value(
    where: tuple[int, str, int, str], value: Any, b: float | None, syntax: str
) -> None:
    data = with_private(where, value, syntax=syntax)
    facts = facts_of(data)
    assert (facts.diffusion_b_value, facts.truncated, facts.instance_number) == (b, "", 1)
    assert differences(data, Converter()) in ({}, None)


@pytest.mark.parametrize(("vr", "value"), [("DS", "1000"), ("IS", "1000"), ("FD", 1000.0), ("SS", 100)])
def test_a_value_of_another_vr_is_none_and_disturbs_nothing(vr: str, value: Any) -> None:
    data = with_private((*PHILIPS[:3], vr), value)
    assert (facts_of(data).diffusion_b_value, facts_of(data).rows) == (None, 32)
    assert differences(data, Converter()) in ({}, None)


def test_a_value_said_to_be_un_is_taken_by_its_bytes() -> None:
    data = with_private((*PHILIPS[:3], "UN"), struct.pack("<f", 700))
    assert facts_of(data).diffusion_b_value == 700
    assert differences(data, Converter()) in ({}, None)


def test_the_standard_attribute_comes_first() -> None:
    assert facts_of(with_private(PHILIPS, 1000.0, DiffusionBValue=500.0)).diffusion_b_value == 500


def test_a_value_of_the_file_before_does_not_stay() -> None:
    disc = read_disc({"A": with_private(PHILIPS, 1000.0, 1), "B": encode(make_instance("mr", 2)),
                      "C": with_private(PHILIPS, 0.0, 3), "D": with_private(PHILIPS, 1000.0, 4)})  # fmt: skip
    assert [i.diffusion_b_value for i in disc.instances] == [1000, None, 0, 1000]


def test_a_diffusion_series_is_divided_by_it() -> None:
    files = {
        f"{place}-{b:.0f}": with_private(PHILIPS, b, 2 * place + (b > 0), ImagePositionPatient=[0, 0, 4.0 * place])
        for place in range(1, 6)
        for b in (0.0, 1000.0)
    }
    ((study,),) = [patient.studies for patient in read_disc(files).patients]
    assert [(series.part, len(series.instances)) for series in study.series] == [
        ("b = 0 s/mm²", 5), ("b = 1000 s/mm²", 5)
    ]  # fmt: skip
