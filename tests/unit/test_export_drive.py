"""Where an export goes on CPython: nothing half-valid stays behind, nothing of the person's is replaced."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from discs import files_of
from exports import open_files
from scanfolio.effects import Chunk, Progress, Steps, WriteFile
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
