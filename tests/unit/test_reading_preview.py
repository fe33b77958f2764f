"""The picture shown first: found through the DICOMDIR's first bytes, taken from one file, and kept out of the index."""

from __future__ import annotations

from typing import Any

import pytest

from discs import ct_slice, file_set, files_of, make_instance
from reading_help import memory_entry, read_index
from scanfolio.bridge.handlers import Handlers
from scanfolio.bridge.messages import Index, Look, NewEntry, OfFrame, Open
from scanfolio.model import SopInstance
from scanfolio.reading.index import is_overview
from scanfolio.reading.preview import images_worth_a_look, read_one

LOCALIZER = ["ORIGINAL", "PRIMARY", "LOCALIZER"]


def looked(data: bytes, head: int = 65536) -> list[str]:
    return images_worth_a_look(memory_entry(data, "DICOMDIR"), data[:head])


def disc_of(*series: tuple[int, dict[str, Any]], kind: str = "ct") -> tuple[dict[str, bytes], list[str]]:
    """A disc whose series have so many images, and the first file of each of its series."""
    made = [
        make_instance(kind, number, series=n, SeriesNumber=n, **more)
        for n, (count, more) in enumerate(series, 1)
        for number in range(1, count + 1)
    ]
    files = file_set(*made)
    firsts: dict[str, str] = {}
    for instance in read_index(files).instances:
        firsts.setdefault(instance.series_instance_uid, instance.path)
    return files, list(firsts.values())


def test_the_first_image_of_the_first_series() -> None:
    files, firsts = disc_of((6, {}), (6, {}))
    assert looked(files["DICOMDIR"]) == [firsts[0]]


def test_a_series_of_two_beside_one_of_many_is_tried_last() -> None:
    files, firsts = disc_of((2, {}), (12, {}))
    assert looked(files["DICOMDIR"]) == [firsts[1], firsts[0]]


def test_series_without_images_are_no_pictures() -> None:
    files = file_set(make_instance("dose_report"), make_instance("ct", 2, series=2))
    (path,) = looked(files["DICOMDIR"])
    assert read_one(memory_entry(files[path], path), files[path][:16384]) is not None
    assert looked(file_set(make_instance("dose_report"))["DICOMDIR"]) == []


def test_the_beginning_of_a_long_directory_is_enough() -> None:
    files, firsts = disc_of((40, {}), (3, {}))
    whole = files["DICOMDIR"]
    assert len(whole) > 8192
    assert looked(whole, 8192) == [firsts[0]]


@pytest.mark.parametrize("cut", [0, 1, 100, 132, 300, 400])
def test_what_is_no_directory_names_nothing(cut: int) -> None:
    assert looked(files_of("clean")["DICOMDIR"][:cut]) == []
    assert looked(ct_slice()[:cut]) == []
    assert looked(b"II*\0" * 100) == []


def test_one_image_is_read_from_its_first_bytes_and_more_where_it_needs_them() -> None:
    data = ct_slice(3)
    found = read_one(memory_entry(data, "IM3"), data[:200])
    assert found is None or isinstance(found, SopInstance)  # 200 bytes hold no File Meta Information
    assert read_one(memory_entry(data, "IM3"), data[:1024]) == read_one(memory_entry(data, "IM3"), data)
    assert read_one(memory_entry(b"no image", "A"), b"no image") is None


def test_an_overview_is_first_only_while_there_is_nothing_else() -> None:
    overview = ct_slice(1, ImageType=LOCALIZER, SeriesInstanceUID="1.2.3.4")
    index = read_index({"A": overview})
    assert index.first_image is not None
    assert is_overview(index.first_image)
    index = read_index({"A": overview, "B": ct_slice(2), "C": ct_slice(3)})
    assert index.first_image is not None
    assert index.first_image.path == "B"


def test_a_preview_can_be_shown_and_leaves_no_trace_in_the_index() -> None:
    data = ct_slice(5)
    handlers = Handlers(lambda entry_id, offset, length: data[offset : offset + length])
    handlers.bind("open", Open("disc"), [])()
    look = Look(NewEntry(99, "IM5", len(data)))
    first = handlers.bind("preview", look, [data[:16384]])()["first_image"]
    assert first["entry_id"] == 99
    assert first["recipe"]["location"]["entry_id"] == 99
    assert handlers.session.index.counts()["files"] == 0
    shown = handlers.bind("frame", OfFrame(first["sop_instance_uid"], 0), [])()
    assert shown.result["recipe"] == first["recipe"]
    request = Index(0, ["IM5"], [len(data)], [0], [0], [len(data)], [len(data)], [""])
    indexed = handlers.bind("index", request, [data])()
    assert indexed["counts"] == {"files": 1, "done": 1, "dicom": 1, "images": 1, "other": 0, "unreadable": 0}
    assert indexed["first_image"]["entry_id"] == 0
    assert handlers.session.stored_values(first["sop_instance_uid"], 0).shape == (
        first["recipe"]["rows"],
        first["recipe"]["columns"],
    )


def test_the_first_image_is_told_once() -> None:
    handlers = Handlers(lambda entry_id, offset, length: b"")
    handlers.bind("open", Open("disc"), [])()
    told = []
    for n in range(3):
        data = ct_slice(n + 1)
        request = Index(n, [f"IM{n}"], [len(data)], [n], [0], [len(data)], [len(data)], [""])
        told.append(handlers.bind("index", request, [data])()["first_image"])
    assert told[0]["entry_id"] == 0
    assert told[1:] == [None, None]
