"""Reading a disc the page's way: files and their first bytes in batches, further bytes only when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from discs import files_of
from scanfolio.bridge.handlers import Handlers
from scanfolio.bridge.messages import ExportChoices, Finish, Index, Judge, Nothing, Open
from scanfolio.errors import RequestError
from scanfolio.export.drive import FolderSink, run
from scanfolio.reading.index import HEAD_BYTES
from scanfolio.session import Session
from scanfolio.source import open_source


def read_like_the_page(files: dict[str, bytes]) -> tuple[Handlers, list[tuple[int, int, int]]]:
    """The handlers after reading, and every (entry_id, offset, length) that was read."""
    contents = list(files.values())
    handlers = Handlers(lambda entry_id, offset, length: contents[entry_id][offset : offset + length])
    handlers.bind("open", Open("disc"), [])()
    paths, sizes = list(files), [len(data) for data in contents]
    wanted = [(n, 0, min(HEAD_BYTES, len(data))) for n, data in enumerate(contents) if data]
    reads = list(wanted)
    while True:
        packed = b"".join(contents[n][offset : offset + length] for n, offset, length in wanted)
        piece_of, offsets, asked = ([piece[part] for piece in wanted] for part in range(3))
        lengths = [len(contents[n][offset : offset + length]) for n, offset, length in wanted]
        request = Index(0, paths, sizes, piece_of, offsets, asked, lengths, [""] * len(wanted))
        answer: dict[str, Any] = handlers.bind("index", request, [packed])()
        wanted = [(n["entry_id"], n["offset"], n["length"]) for n in answer["needs"]]
        reads += wanted
        paths, sizes = [], []
        if not wanted:
            handlers.bind("finish", Finish(True), [])()
            return handlers, reads


@pytest.mark.parametrize(
    "kind", ["clean", "mixed", "deflated", "rle", "broken_dicomdir", "empty_files", "truncated", "japanese"]
)
def test_the_same_disc_is_known_as_by_the_command_line(kind: str) -> None:
    files = files_of(kind)
    handlers, _ = read_like_the_page(files)
    from exports import open_files

    wanted = open_files(files).disc
    disc = handlers.session.disc
    assert disc.files == wanted.files
    assert disc.instances == wanted.instances
    assert disc.patients == wanted.patients


def test_nothing_is_read_twice() -> None:
    _, reads = read_like_the_page(files_of("clean"))
    assert len(set(reads)) == len(reads)


def test_a_piece_that_could_not_be_read_is_one_unreadable_file_with_a_reason_in_words() -> None:
    handlers = Handlers(lambda entry_id, offset, length: b"")
    words = ["NotReadableError", "NotAllowedError"]
    request = Index(0, ["A", "B"], [100, 100], [0, 1], [0, 0], [100, 100], [0, 0], words)
    answer = handlers.bind("index", request, [b""])()
    assert answer["needs"] == []
    assert answer["counts"]["unreadable"] == 2
    assert [record.reason for record in handlers.session.index.files] == [
        "This file could not be read.",
        "The browser was not allowed to read this file.",
    ]


def test_opening_again_starts_from_nothing() -> None:
    handlers, _ = read_like_the_page(files_of("clean"))
    handlers.bind("open", Open("other"), [])()
    assert handlers.bind("memory", Nothing(), [])() == {"files": 0, "instances": 0}
    assert isinstance(handlers.session, Session)


@pytest.mark.parametrize("request_", [Index(0, ["A"], []), Index(0, ["A"], [5], [0], [0], [5], [5], [])])
def test_columns_of_different_lengths_are_refused_and_leave_nothing_behind(request_: Index) -> None:
    handlers = Handlers(lambda entry_id, offset, length: b"")
    with pytest.raises(RequestError):
        handlers.bind("index", request_, [b"12345"])()
    assert handlers.session.index.counts()["files"] == 0


def states_after(handlers: Handlers, answer: str = "") -> dict[str, str]:
    report: dict[str, Any] = run(handlers.bind("judge", Judge(answer), [])())
    return {o["rule"]: o["state"] for o in report["outcomes"]}


def test_the_report_says_what_the_person_answered() -> None:
    handlers, _ = read_like_the_page(files_of("clean"))
    assert states_after(handlers)["S03"] == "blocked"
    assert states_after(handlers, "right")["S03"] == "passed"
    assert states_after(handlers)["S03"] == "passed", "an answer holds until there is another"
    assert states_after(handlers, "wrong")["S03"] == "failed"
    assert states_after(handlers, "ask")["S03"] == "blocked"


def test_the_report_says_how_the_copy_turned_out(tmp_path: Path) -> None:
    handlers, _ = read_like_the_page(files_of("implicit"))
    before = states_after(handlers)
    assert [before[code] for code in ("P01", "P02", "P03")] == ["not_applicable"] * 3
    run(handlers.bind("export", ExportChoices(sink="folder"), [])(), FolderSink(tmp_path / "copy"))
    assert states_after(handlers)["P01"] == "not_applicable", "written is not yet read back"
    assert run(handlers.session.verify(open_source(str(tmp_path / "copy")))).ok
    after = states_after(handlers)
    assert [after[code] for code in ("P01", "P02", "P03")] == ["passed", "passed", "failed"]
    (changed,) = [o for o in handlers.session._judged().outcomes if o.rule == "P03"]
    assert {i.message: i.evidence["instances"] for i in changed.issues} == {
        "given a new preamble and File Meta Information: 3 instances": 3,
        "given another name: 3 instances": 3,
        "re-encoded as Explicit VR Little Endian: 3 instances": 3,
    }


def test_the_report_says_when_the_copy_is_not_the_same(tmp_path: Path) -> None:
    handlers, _ = read_like_the_page(files_of("clean"))
    run(handlers.bind("export", ExportChoices(sink="folder"), [])(), FolderSink(tmp_path / "copy"))
    image = sorted(p for p in (tmp_path / "copy" / "DICOM").rglob("*") if p.is_file())[0]
    data = bytearray(image.read_bytes())
    data[-1] ^= 1
    image.write_bytes(data)
    assert not run(handlers.session.verify(open_source(str(tmp_path / "copy")))).ok
    assert states_after(handlers)["P01"] == "failed"
