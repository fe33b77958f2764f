"""Where an export goes on CPython: nothing half-valid stays behind, nothing of the person's is replaced."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from discs import files_of
from exports import open_files
from scanfolio.effects import Chunk, Progress, Settled, Steps, WriteFile
from scanfolio.errors import Cancelled, ExportError
from scanfolio.export import drive
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import Choices
from scanfolio.export.write import write_folder, write_zip


def steps_for(sink: str) -> Steps:
    opened = open_files(files_of("clean"))
    plan = make_plan(opened.disc, opened.index.entries, Choices())
    return (write_zip if sink == "zip" else write_folder)(plan, "{}", "report")


def left_in(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


@pytest.mark.parametrize(("sink", "name"), [("zip", "OUT.ZIP"), ("folder", "out/deep")])
def test_a_whole_export_stays(tmp_path: Path, sink: str, name: str) -> None:
    manifest = drive.run(steps_for(sink), drive.sink_for(tmp_path / name))
    assert len(manifest.instances) == 3
    written = tmp_path / name
    assert [p.name for p in written.parent.iterdir()] == [written.name]
    assert written.is_file() == (sink == "zip")


@pytest.mark.parametrize(("sink", "name"), [("zip", "OUT.ZIP"), ("folder", "out/deep")])
def test_stopping_leaves_nothing(tmp_path: Path, sink: str, name: str) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == 2:
            assert left_in(tmp_path) != []
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        drive.run(steps_for(sink), drive.sink_for(tmp_path / name), stop)
    assert left_in(tmp_path) == []


def test_stopping_keeps_an_empty_folder_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive.run(steps_for("folder"), drive.sink_for(target), stop)
    assert left_in(tmp_path) == ["mine"]


@pytest.mark.parametrize(("sink", "name"), [("zip", "OUT.ZIP"), ("folder", "out")])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, sink: str, name: str, monkeypatch: Any) -> None:
    target = drive.sink_for(tmp_path / name)
    taken = target.write
    written = 0

    def write(effect: WriteFile | Chunk) -> None:
        nonlocal written
        written += 1
        if written == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken(effect)

    monkeypatch.setattr(target, "write", write)
    with pytest.raises(ExportError) as caught:
        drive.run(steps_for(sink), target)
    assert "could not be written" in caught.value.title
    assert "No space left" in caught.value.detail
    assert left_in(tmp_path) == []


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ExportError, match="not empty"):
        drive.sink_for(tmp_path)
    assert left_in(tmp_path) == ["letter.txt"]


def test_an_existing_zip_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "OUT.ZIP").write_bytes(b"mine")
    with pytest.raises(ExportError, match="already a file"):
        drive.sink_for(tmp_path / "OUT.ZIP")
    assert (tmp_path / "OUT.ZIP").read_bytes() == b"mine"


def test_progress_is_passed_on() -> None:
    def steps() -> Iterator[Progress]:
        yield Progress("writing", 1, 2)
        yield Progress("writing", 2, 2)

    seen: list[tuple[str, int, int]] = []
    drive.run(steps(), on_progress=lambda *p: seen.append(p))  # type: ignore[arg-type]
    assert seen == [("writing", 1, 2), ("writing", 2, 2)]


class Recorded:
    """A sink that keeps what it is given, and in which order things happened to it."""

    written = Path("nowhere")

    def __init__(self, fails_at: int = 0) -> None:
        self.happened: list[str] = []
        self.data = b""
        self.fails_at = fails_at

    def write(self, effect: WriteFile | Chunk) -> None:
        self.happened.append("write")
        if len(self.happened) == self.fails_at:
            raise OSError(errno.EIO, "Input/output error")
        self.data += b"".join(effect.parts)

    def close(self) -> None:
        self.happened.append("close")

    def confirm(self) -> None:
        self.happened.append("confirm")

    def discard(self) -> None:
        self.happened.append("discard")


LARGE = bytes(range(256)) * 1024  # worth a thread


def chunks(count: int) -> Steps:
    """Large chunks and small ones in turn; returns the digests."""
    for n in range(count):
        yield Chunk([b"head %d" % n])
        yield Chunk([b"%d" % n, memoryview(LARGE), bytearray(LARGE)], str(n))
        yield Progress("writing", n, count)
    return (yield Settled())


def test_what_is_written_beside_the_reading_keeps_its_order_and_its_sums() -> None:
    sink = Recorded()
    sums = drive.run(chunks(60), sink)
    parts = [b"%d" % n + LARGE * 2 for n in range(60)]
    assert sums == {str(n): hashlib.sha256(part).hexdigest() for n, part in enumerate(parts)}
    assert sink.data == b"".join(b"head %d" % n + part for n, part in enumerate(parts))
    assert sink.happened == ["write"] * 120 + ["close"]


@pytest.mark.parametrize("at", [2, 119, 120])
def test_a_failure_beside_the_reading_is_said_and_nothing_follows_it(at: int) -> None:
    sink = Recorded(fails_at=at)
    with pytest.raises(ExportError, match="could not be written"):
        drive.run(chunks(60), sink)
    assert sink.happened[-1] == "discard"
    assert "close" not in sink.happened
    assert b"".join(b"head %d" % n + b"%d" % n + LARGE * 2 for n in range(60)).startswith(sink.data)


def test_when_it_is_stopped_nothing_is_written_any_more() -> None:
    sink = Recorded()

    def stop(stage: str, done: int, total: int) -> None:
        if done == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive.run(chunks(60), sink, stop)
    assert sink.happened.count("discard") == 1
    assert sink.happened[-1] == "discard"
    assert len(sink.happened) <= 63
