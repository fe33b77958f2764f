"""Whole discs of real bytes: each planted fault is found, nothing else serious is said, and nothing of clean ones."""

from __future__ import annotations

from pathlib import Path

import pytest

import discs
from facts import failing
from scanfolio.export.drive import FolderSink, run
from scanfolio.export.planned import Choices
from scanfolio.rules.report import Report
from scanfolio.session import Session
from scanfolio.source import open_source

CLEAN = ("clean", "mr", "pet", "us_rgb", "palette", "mono1", "sagittal", "pdf", "with_viewer", "lower_case",
         "pictures_and_dicom")  # fmt: skip
"""Laid out by pydicom's FileSet, not by us."""

PLANTED = {
    "no_dicomdir": "D01",
    "dicomdir_in_subfolder": "D03",
    "two_dicomdirs": "D02",
    "broken_dicomdir": "D04 D05 D07 D09",  # cut off: half of the records are gone
    "dicomdir_loop": "D05",
    "missing_listed": "D06",
    "unlisted": "D07",
    "implicit": "D01 F04",  # these, too, have no DICOMDIR
    "big_endian": "D01 F04",
    "deflated": "D01 F04",
    "rle": "F05",
    "jpeg2000": "F05",
    "jpeg_lossless": "F05",
    "jpeg_ls": "F05",
    "htj2k": "F05",
    "truncated": "F09",
    "locked": "V05",
    "two_people": "S01",
    "contradictory_identity": "D01 S01 S02",
    "duplicate_uid_same": "D01",
    "duplicate_uid_different": "D01 S07",
    "self_display": "V02",
    "hidden_program": "D01 V09",
    "odd_names": "D01 D13",
    "no_preamble": "D01 F01",
    "bare_implicit": "D01 F01",
    "japanese": "D01",
    "no_identity": "D01 S04 S05",
    "gap": "A07 D01",
    "wrong_pixel_facts": "A08 D01",
    "no_position": "A01 A06 D01",
    "no_modality": "A01 A05 D01",
    "multiframe": "A01",  # made for other tests, without all that is required
    "enhanced_ct": "A01",
    "dose_report": "A01",
}


def opened(where: Path) -> Session:
    session = Session()
    run(session.read(open_source(str(where))))
    return session


def judged(where: Path) -> Report:
    report = run(opened(where).judge())
    assert isinstance(report, Report)
    return report


def folder_of(tmp_path: Path, kind: str) -> Path:
    if kind in discs.NEEDS_IMAGECODECS:
        pytest.importorskip("imagecodecs")
    return discs.disc_folder(tmp_path, kind)


@pytest.mark.parametrize("kind", CLEAN)
def test_nothing_serious_is_said_of_a_clean_disc(tmp_path: Path, kind: str) -> None:
    report = judged(folder_of(tmp_path, kind))
    assert failing(report, "BH") == set()
    assert report.verdict.letter == "A"


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_wrong_with_a_disc_is_found_and_nothing_else(tmp_path: Path, kind: str) -> None:
    assert failing(judged(folder_of(tmp_path, kind)), "BH") == set(PLANTED[kind].split())


REPAIRED = ("clean", "no_dicomdir", "implicit", "big_endian", "deflated", "rle", "jpeg2000", "odd_names",
            "no_preamble", "two_dicomdirs", "dicomdir_loop", "unlisted", "hidden_program", "japanese")  # fmt: skip


@pytest.mark.parametrize("kind", REPAIRED)
def test_nothing_serious_is_said_of_our_copy(tmp_path: Path, kind: str) -> None:
    session = opened(folder_of(tmp_path, kind))
    run(session.export(Choices(), "folder"), FolderSink(tmp_path / "copy"))
    report = judged(tmp_path / "copy")
    assert failing(report, "BH") == set()
    assert [p.id for p in report.profiles if not p.met] == []
