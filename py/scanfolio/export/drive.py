"""Carries an export's effects out on CPython: hashes, writes, cleans up. The worker has the page do it."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from scanfolio.effects import Chunk, Progress, Sha256, Steps, WriteFile
from scanfolio.errors import ExportError
from scanfolio.export.papers import NOT_READY
from scanfolio.words import say

OnProgress = Callable[[str, int, int], None]


class Sink(Protocol):
    """Where bytes go. `close` keeps what was written, `discard` leaves nothing behind.

    `confirm`: what was written has been read back and is identical.
    """

    def write(self, effect: WriteFile | Chunk) -> None: ...
    def close(self) -> None: ...
    def confirm(self) -> None: ...
    def discard(self) -> None: ...


class FolderSink:
    """A new or empty folder. Raises ExportError when there is something in it already."""

    def __init__(self, folder: Path) -> None:
        refuse_taken(folder)
        self.folder = folder
        self._made: list[Path] = []

    def write(self, effect: WriteFile | Chunk) -> None:
        assert isinstance(effect, WriteFile)
        target = self.folder / effect.path
        self._make_folder(target.parent)
        self._made.append(target)
        target.write_bytes(effect.data)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            if folder != folder.parent:
                self._make_folder(folder.parent)
            folder.mkdir()
            self._made.append(folder)

    def close(self) -> None:
        self._made.clear()

    def confirm(self) -> None:
        (self.folder / NOT_READY).unlink(missing_ok=True)

    def discard(self) -> None:
        for path in reversed(self._made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        self._made.clear()


class ZipFileSink:
    """A zip, written beside its place under a temporary name and moved there once it is whole."""

    def __init__(self, path: Path) -> None:
        refuse_taken(path)
        self.path = path
        self._partial = path.with_name(f".{path.name}.part-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("xb")
        except OSError as error:
            raise _not_written(error, str(path)) from error

    def write(self, effect: WriteFile | Chunk) -> None:
        self._file.write(effect.data)

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.replace(self.path)

    def confirm(self) -> None:
        """A zip gets its name only when it is whole: there is nothing to take away."""

    def discard(self) -> None:
        with contextlib.suppress(OSError):  # on a full disk closing fails, too: what is buffered has no place to go
            self._file.close()
        self._partial.unlink(missing_ok=True)


def sink_for(destination: Path) -> Sink:
    """A ZipFileSink for a name ending in .zip, else a FolderSink."""
    return ZipFileSink(destination) if is_zip_name(destination) else FolderSink(destination)


def is_zip_name(destination: Path) -> bool:
    return destination.suffix.lower() == ".zip"


def refuse_taken(destination: Path) -> None:
    """Raises ExportError where a zip of this name exists, or a folder that is not empty."""
    if is_zip_name(destination):
        if destination.exists():
            where = str(destination)
            raise ExportError(say("export.stopped.exists"), hint=say("export.stopped.exists_hint"), where=where)
    elif destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        hint = say("export.stopped.not_empty_hint")
        raise ExportError(say("export.stopped.not_empty"), hint=hint, where=str(destination))


def run(steps: Steps, sink: Sink | None = None, on_progress: OnProgress | None = None) -> Any:
    """Perform every effect of `steps` and return what it returns.

    Whatever ends it early (an error, Ctrl-C, Cancelled from `on_progress`) leaves nothing behind in `sink`. Raises
    ExportError when `sink` cannot take the bytes.
    """
    reply: str | None = None
    try:
        while True:
            try:
                effect = steps.send(reply)
            except StopIteration as result:
                if sink is not None:
                    sink.close()
                return result.value
            reply = None
            if isinstance(effect, Sha256):
                reply = hashlib.sha256(effect.data).hexdigest()
            elif isinstance(effect, WriteFile | Chunk):
                assert sink is not None, "this use-case writes, so it needs a sink"
                sink.write(effect)
            elif isinstance(effect, Progress) and on_progress is not None:
                on_progress(effect.stage, effect.done, effect.total)
    except BaseException as error:
        if sink is not None:
            sink.discard()
        if isinstance(error, OSError):
            raise _not_written(error, "") from error
        raise


def _not_written(error: OSError, where: str) -> ExportError:
    return ExportError(
        say("export.stopped.write"),
        hint=say("export.stopped.write_hint"),
        where=where,
        detail=f"{type(error).__name__}: {error.strerror}",
    )
