"""Leaving out on purpose: only what is told without doubt, never what is all there is, and never without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from discs import Files, write_files
from exports import export, open_files, re_read
from instances import encode, make_instance
from scanfolio.__main__ import main
from scanfolio.catalogue import as_dict
from scanfolio.export.by_choice import BY_CHOICE
from scanfolio.reading.roles import roles_on
from scanfolio.words import catalogue

CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MULTI_FRAME_CAPTURE = "1.2.840.10008.5.1.4.1.1.7.4"
DOSE = "1.2.840.10008.5.1.4.1.1.88.67"
SCOUT = ["ORIGINAL", "PRIMARY", "LOCALIZER"]


def capture(number: int = 1, **other: object) -> Dataset:
    facts = {"SOPClassUID": CAPTURE, "ConversionType": "WSD", "Modality": "CT", "series": 7, **other}
    return make_instance("us_rgb", number, **facts)  # type: ignore[arg-type]


def slices(series: int = 1, count: int = 3) -> list[Dataset]:
    return [make_instance("ct", n, series=series, SeriesNumber=series) for n in range(1, count + 1)]


def disc_of(*datasets: Dataset) -> Files:
    return {f"F{n:03d}": encode(ds) for n, ds in enumerate(datasets)}


def told(*datasets: Dataset) -> list[str]:
    """The roles of what lies beside an ordinary series, in the catalogue's order."""
    disc = open_files(disc_of(*slices(), *datasets)).disc
    return [role for study in disc.patients[0].studies for s in study.series if (role := roles_on(disc).get(s.key, ""))]


def everything() -> Files:
    """A scan, its overview in a series of its own, another among its slices, a screen, a dose list, a report."""
    scouts = [make_instance("ct", n, series=5, SeriesNumber=5, ImageType=SCOUT) for n in (1, 2)]
    inside = make_instance("ct", 9, series=1, SeriesNumber=1, ImageType=SCOUT)
    dose = make_instance("dose_report", 1, series=8, SOPClassUID=DOSE)
    report = make_instance("dose_report", 1, series=9, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.22")
    return disc_of(*slices(), inside, *scouts, capture(), dose, report)


@pytest.mark.parametrize(
    ("ds", "role"),
    [
        (make_instance("ct", 1, series=5, ImageType=SCOUT), "localizer"),
        (make_instance("ct", 1, series=5, ImageType=["ORIGINAL", "PRIMARY", "AXIAL"], SeriesDescription="Scout"), ""),
        (make_instance("ct", 1, series=5, ImageType=["LOCALIZER", "PRIMARY"]), ""),
        (capture(), "capture"),
        (capture(ConversionType="SYN"), "capture"),
        (capture(ConversionType="DF"), ""),  # a film that was scanned: an image like any other
        (capture(ConversionType="SD"), ""),
        (capture(ConversionType=None), ""),
        (capture(ImagePositionPatient=[0, 0, 0], ImageOrientationPatient=[1, 0, 0, 0, 1, 0]), ""),
        (make_instance("multiframe", 1, series=7, SOPClassUID=MULTI_FRAME_CAPTURE, ConversionType="WSD"), ""),
        (make_instance("us_rgb", 1, series=7, ConversionType="WSD"), ""),  # made by the scanner itself
        (make_instance("dose_report", 1, series=8, SOPClassUID=DOSE), "dose"),
        (make_instance("dose_report", 1, series=8, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.22"), ""),
    ],
)  # fmt: skip
def test_a_role_is_told_only_without_doubt(ds: Dataset, role: str) -> None:
    assert told(ds) == ([role] if role else [])


def test_a_series_that_is_only_partly_one_has_no_role() -> None:
    assert told(capture(1), capture(2, ConversionType="DF")) == []


def test_nothing_is_dispensable_that_is_all_there_is_of_a_study() -> None:
    other = [make_instance("ct", n, study=2, series=2, ImageType=SCOUT) for n in (1, 2)]
    assert told(*other) == []
    assert told(*other, make_instance("ct", 3, study=2, series=3)) == ["localizer"]


def test_the_catalogue_says_the_role_of_every_series() -> None:
    disc = open_files(everything()).disc
    rows = as_dict(disc, {})["patients"][0]["studies"][0]["series"]
    assert sorted(row["role"] for row in rows) == ["", "", "capture", "dose", "localizer", "localizer"]


def test_a_copy_holds_everything_unless_somebody_wants_less() -> None:
    exported = export(everything())
    assert len(exported.images) == len(everything())
    assert [left for left in exported.manifest.left_out if left.code in BY_CHOICE] == []


def test_what_is_left_out_by_choice_is_named_and_the_copy_is_whole() -> None:
    opened = open_files(everything())
    keys = list(roles_on(opened.disc))
    exported = export(opened, without=keys)
    left = [left.code for left in exported.manifest.left_out]
    assert sorted(left) == ["capture", "dose", "localizer", "localizer", "localizer"]
    assert exported.plan.not_chosen == 0
    assert len(exported.images) == len(everything()) - len(left)
    rows = exported.plan.as_dict()["left_out_by_reason"]
    assert {row["by_choice"] for row in rows} == {True}
    assert all("as you chose" in row["reason"] for row in rows)
    assert re_read(exported).ok
    assert re_read(exported, said=False).ok, "later, the copy's own record has to excuse what is missing"


@pytest.mark.parametrize("taken", [0, 1])
def test_one_part_of_a_series_can_be_taken_alone(taken: int) -> None:
    """Echoes of one series: what is not taken of it is named, so that it is not missed when the copy is compared."""
    echoes = [make_instance("mr", n + 10 * e, EchoNumbers=e, EchoTime=20 * e, ImagePositionPatient=[0, 0, 2.0 * n])
              for e in (1, 2) for n in (1, 2, 3)]  # fmt: skip
    opened = open_files(disc_of(*echoes))
    keys = [s.key for s in opened.disc.patients[0].studies[0].series]
    assert len(keys) == 2
    exported = export(opened, without=[keys[1 - taken]])
    assert len(exported.images) == 3
    assert [left.code for left in exported.manifest.left_out] == ["not-chosen"] * 3
    assert re_read(exported, said=False).ok


def test_a_whole_series_that_is_not_wanted_is_counted_only() -> None:
    opened = open_files(disc_of(*slices(1), *slices(2)))
    key = opened.disc.patients[0].studies[0].series[1].key
    exported = export(opened, without=[key])
    assert (len(exported.images), exported.plan.not_chosen, exported.manifest.left_out) == (3, 3, ())
    assert re_read(exported, said=False).ok


def test_the_command_line_leaves_out_what_another_doctor_does_not_need(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_files(tmp_path / "DISC", everything())
    assert main(["export", str(folder), str(tmp_path / "COPY"), "--essential", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "4 images and documents would be written" in said
    assert "3 × Not needed by another doctor: an overview picture" in said
    assert "1 × Not needed by another doctor: a picture of a screen. Left out as you chose." in said
    assert main(["export", str(folder), str(tmp_path / "COPY"), "--essential"]) == 0
    assert len(list((tmp_path / "COPY" / "DICOM").rglob("IM*"))) == 4
    assert main(["verify", str(tmp_path / "COPY"), "--against", str(folder)]) == 0


def test_every_reason_of_a_choice_has_a_sentence() -> None:
    assert {f"export.left_out.{code}" for code in BY_CHOICE} <= set(catalogue())
