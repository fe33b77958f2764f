"""The order in which a DICOMDIR's images are worth reading: the one in which they will be shown."""

from __future__ import annotations

import struct

import discs
from reading_help import memory_entry, read_disc
from scanfolio.model import DirectoryRecord
from scanfolio.reading.dicomdir import Paths
from scanfolio.reading.directory_order import series_images
from scanfolio.reading.preview import images_worth_a_look


def shuffled() -> discs.Files:
    """A later study named first, a report among the images, series 2 before series 1, slices numbered backwards."""
    slices = [
        discs.make_instance("ct", n, study=study, series=series, SeriesNumber=series, StudyDate=date)
        for study, date in ((1, "20240301"), (2, "20240101"))
        for series in (2, 1)
        for n in (3, 2, 1)
    ]
    report = discs.make_instance("dose_report", 9, study=2, series=9, SeriesNumber=0, StudyDate="20240101")
    return discs.file_set(*slices[:4], report, *slices[4:])


def paths_of(files: discs.Files) -> list[list[str | None]]:
    directory = read_disc(files).dicomdirs[0]
    paths = Paths(files)
    return [[paths.find(record.file_id) for record in images] for images in series_images(directory.roots)]


def test_series_and_images_come_as_they_will_be_shown() -> None:
    files = shuffled()
    shown = [s for study in read_disc(files).patients[0].studies for s in study.series if s.shows == "image"]
    assert paths_of(files) == [[instance.path for instance in series.instances] for series in shown]
    assert len(shown) == 4


def test_the_first_picture_is_the_one_that_will_be_first() -> None:
    files = shuffled()
    data = files["DICOMDIR"]
    assert images_worth_a_look(memory_entry(data, "DICOMDIR"), data) == [paths_of(files)[0][0]]


def test_wrong_offsets_change_nothing() -> None:
    files = shuffled()
    data = files["DICOMDIR"]
    at = data.index(b"\x04\x00\x00\x12UL\x04\x00") + 8
    for root in (0, 7):
        assert paths_of({**files, "DICOMDIR": data[:at] + struct.pack("<I", root) + data[at + 4 :]}) == paths_of(files)


def test_images_without_a_series_above_them_are_not_lost() -> None:
    images = tuple(DirectoryRecord("IMAGE", 400 + n, file_id=(f"IM{n}",)) for n in (1, 2))
    idle = DirectoryRecord("IMAGE", 900, in_use=False, file_id=("IM3",))
    nameless = DirectoryRecord("IMAGE", 901)
    assert series_images((*images, idle, nameless)) == [list(images)]
    below = DirectoryRecord("SERIES", 300, children=images)
    assert series_images((DirectoryRecord("PATIENT", 100, children=(below,)),)) == [list(images)]
    assert series_images(()) == []


def test_numbers_that_are_none_come_last() -> None:
    def image(offset: int, number: str) -> DirectoryRecord:
        return DirectoryRecord("IMAGE", offset, file_id=(f"IM{offset}",), keys={"InstanceNumber": number})

    images = (image(1, "none"), image(2, "10"), image(3, "9"), image(4, ""))
    series = DirectoryRecord("SERIES", 300, children=images)
    study = DirectoryRecord("STUDY", 200, children=(series,))
    (found,) = series_images((DirectoryRecord("PATIENT", 100, children=(study,)),))
    assert [record.offset for record in found] == [3, 2, 1, 4]
