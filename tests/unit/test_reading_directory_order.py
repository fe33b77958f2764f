"""The order in which a DICOMDIR makes files worth reading: the first picture first, then its series, then the rest."""

from __future__ import annotations

from dataclasses import replace

import discs
from reading_help import read_disc
from scanfolio.model import Dicomdir, DirectoryRecord
from scanfolio.reading.dicomdir import Paths
from scanfolio.reading.directory_order import reading_order


def several_series() -> discs.Files:
    """A later study named first, a report among the images, series 2 before series 1, slices numbered backwards."""
    slices = [
        discs.make_instance("ct", n, study=study, series=series, SeriesNumber=series, StudyDate=date)
        for study, date in ((1, "20240301"), (2, "20240101"))
        for series in (2, 1)
        for n in (3, 2, 1)
    ]
    report = discs.make_instance("dose_report", 9, study=2, series=9, SeriesNumber=0, StudyDate="20240101")
    return discs.file_set(*slices[:4], report, *slices[4:])


def test_the_first_series_is_the_one_shown_first_in_the_order_it_is_shown() -> None:
    files = several_series()
    disc = read_disc(files)
    order = reading_order(disc.dicomdirs[0], files)
    shown = [series for study in disc.patients[0].studies for series in study.series if series.shows == "image"]
    assert order.first_series == tuple(instance.path for instance in shown[0].instances)
    assert len(order.first_series) == 3
    starts = tuple(series.instances[0].path for series in shown[1:])
    assert order.others[: len(starts)] == starts


def test_every_file_that_is_named_comes_once() -> None:
    files = several_series()
    order = reading_order(read_disc(files).dicomdirs[0], files)
    assert sorted((*order.first_series, *order.others)) == sorted(set(files) - {"DICOMDIR"})


def test_what_is_not_here_is_left_out_and_a_series_without_files_is_not_the_first() -> None:
    files = several_series()
    directory = read_disc(files).dicomdirs[0]
    first = reading_order(directory, files).first_series
    left = [path for path in files if path not in first]
    order = reading_order(directory, left)
    assert order.first_series
    assert not set(order.first_series) & set(first)
    assert reading_order(directory, ["DICOMDIR"]) == ((), ())


def test_names_are_found_below_the_folder_of_the_dicomdir_whatever_their_case() -> None:
    files = several_series()
    directory = replace(read_disc(files).dicomdirs[0], path="DISC1/DICOMDIR")
    moved = [f"disc1/{path.lower()}.dcm" for path in files if path != "DICOMDIR"]
    order = reading_order(directory, Paths(moved))
    assert len(order.first_series) == 3
    assert {*order.first_series, *order.others} == set(moved)


def test_wrong_offsets_still_give_the_first_series() -> None:
    files = discs.files_of("clean")
    data = files["DICOMDIR"]
    at = data.index(b"\x04\x00\x00\x12UL\x04\x00") + 8
    broken = read_disc({**files, "DICOMDIR": data[:at] + b"\0\0\0\0" + data[at + 4 :]}).dicomdirs[0]
    assert broken.faults
    assert reading_order(broken, files) == reading_order(read_disc(files).dicomdirs[0], files)


def test_images_without_a_series_above_them_are_not_lost() -> None:
    images = tuple(DirectoryRecord("IMAGE", 400 + n, file_id=(f"IM{n}",)) for n in (1, 2))
    idle = DirectoryRecord("IMAGE", 900, in_use=False, file_id=("IM3",))
    directory = Dicomdir(0, "DICOMDIR", roots=(*images, idle))
    assert reading_order(directory, ["IM1", "IM2", "IM3"]) == (("IM1", "IM2"), ())
    assert reading_order(Dicomdir(0, "DICOMDIR", usable=False), ["IM1"]) == ((), ())
