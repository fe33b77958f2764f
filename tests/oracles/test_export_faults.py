"""An export that is killed, that meets a full disk, or whose disc is pulled out: nothing half-valid is left, or it says
what it is.

In processes of their own, because killing is meant: no exception handler of ours may get a chance.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from discs import ct_slice, disc_folder, write_files
from scanfolio.__main__ import main
from scanfolio.export import drive
from scanfolio.export.papers import NOT_READY

KILLED_AT = """
import os, signal, sys
from scanfolio.export import drive
from scanfolio.__main__ import main
sink, at = getattr(drive, sys.argv[1]), int(sys.argv[2])
written, write = 0, sink.write
def dying(self, effect):
    global written
    written += 1
    if written == at:
        os.kill(os.getpid(), signal.SIGKILL)
    write(self, effect)
sink.write = dying
main(["export", *sys.argv[3:]])
"""


def killed(sink: str, at: int, source: Path, copy: Path) -> None:
    """Export in another process that dies, without a word, when it is about to write for the `at`-th time."""
    done = subprocess.run([sys.executable, "-c", KILLED_AT, sink, str(at), str(source), str(copy)], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("at", [2, 4, 9])
def test_a_folder_whose_writer_was_killed_says_that_it_is_not_ready(at: int, tmp_path: Path) -> None:
    source, copy = disc_folder(tmp_path, "clean"), tmp_path / "COPY"
    killed("FolderSink", at, source, copy)
    assert (copy / NOT_READY).read_bytes().startswith(b"This copy is not finished")
    assert not (copy / "DICOMDIR").exists()
    assert main(["verify", str(copy)]) == 1
    assert main(["export", str(source), str(copy)]) == 2, "what is left must not be mixed with a new copy"


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("at", [1, 3, 12])
def test_a_zip_whose_writer_was_killed_never_gets_its_name(at: int, tmp_path: Path) -> None:
    source, copy = disc_folder(tmp_path, "clean"), tmp_path / "COPY.ZIP"
    killed("ZipFileSink", at, source, copy)
    assert not copy.exists()
    assert all(path.name.startswith(".COPY.ZIP.part-") for path in tmp_path.iterdir() if path != source)
    assert main(["export", str(source), str(copy)]) == 0, "the rest of the first must not be in the way"


@contextmanager
def at_write(number: int, do: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something happens to the disc just before the `number`-th write of an export."""
    written = 0
    with monkeypatch.context() as patched:
        for sink in (drive.FolderSink, drive.ZipFileSink):

            def write(self: Any, effect: Any, real: Any = sink.write) -> None:
                nonlocal written
                written += 1
                if written == number:
                    do()
                real(self, effect)

            patched.setattr(sink, "write", write)
        yield


def long_disc(folder: Path) -> Path:
    return write_files(folder / "disc", {f"IM{n:02d}": ct_slice(n) for n in range(1, 13)})


@pytest.mark.parametrize("name", ["COPY", "COPY.ZIP"])
@pytest.mark.parametrize("at", [3, 9])
def test_a_disc_pulled_out_while_it_is_copied_leaves_nothing(
    name: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    source = long_disc(tmp_path)
    with at_write(at, lambda: source.rename(tmp_path / "away"), monkeypatch):
        assert main(["export", str(source), str(tmp_path / name)]) == 2
    assert "can no longer be read" in capfd.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["away"]


@pytest.mark.parametrize("name", ["COPY", "COPY.ZIP"])
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_a_file_lost_while_the_disc_is_copied_costs_itself_and_is_said(
    name: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    source, copy = long_disc(tmp_path), tmp_path / name
    lost = source / "IM12"

    def fault() -> None:
        if how == "cut":
            os.truncate(lost, lost.stat().st_size - 100)
        else:
            lost.unlink()

    with at_write(4, fault, monkeypatch):
        assert main(["export", str(source), str(copy)]) == 0
    assert "11 of 11" in capfd.readouterr().out
    assert main(["verify", str(copy)]) == 0, "what is there is whole"
    files = {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()} if copy.is_dir() else {}
    with ZipFile(copy) if not files else nullcontext() as archive:
        record = json.loads(archive.read("EXPORT.JSN") if archive else files[copy / "EXPORT.JSN"])
    assert len(record["instances"]) == 11
    said = [(left["path"], left["code"]) for left in record["left_out"]]
    assert said == [("IM12", "damaged" if how == "cut" else "unreadable")]


@pytest.mark.parametrize("name", ["COPY", "COPY.ZIP"])
def test_a_disc_pulled_out_before_it_was_compared_leaves_a_copy_that_says_so(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    source, copy = long_disc(tmp_path), tmp_path / name
    away = tmp_path / "away"
    for sink in (drive.FolderSink, drive.ZipFileSink):

        def close(self: Any, real: Any = sink.close) -> None:
            real(self)
            source.rename(away)

        monkeypatch.setattr(sink, "close", close)
    assert main(["export", str(source), str(copy)]) == 1
    assert "cannot be read for comparison" in capfd.readouterr().out
    if name == "COPY":
        assert (copy / NOT_READY).is_file()
        assert main(["verify", str(copy)]) == 1
    else:
        assert sorted(p.name for p in tmp_path.iterdir()) == ["COPY.ZIP.NOTREADY", "away"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 kB; skipped where we may not mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    tried = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if not tried or tried.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("name", ["COPY", "COPY.ZIP"])
def test_a_disk_that_is_full_is_left_as_it_was(
    name: str, small_disk: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = disc_folder(tmp_path, "mixed")
    (small_disk / "mine.txt").write_text("was here before")
    needed = sum(p.stat().st_size for p in source.rglob("*") if p.is_file())
    assert needed > 32 << 10, "the disc has to be larger than the disk"
    assert main(["export", str(source), str(small_disk / name)]) == 2
    said = capfd.readouterr().err
    assert "could not be written" in said
    assert "enough space" in said
    assert [p.name for p in small_disk.iterdir()] == ["mine.txt"]
