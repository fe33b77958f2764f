"""Carries an export's effects out on CPython: hashes, writes, cleans up. The worker has the page do it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from scanfolio.effects import Chunk, Hash, Part, Progress, Settled, Steps, WriteFile
from scanfolio.errors import ExportError
from scanfolio.export.papers import NOT_READY
from scanfolio.words import say

WORTH_A_THREAD_BYTES = 64 << 10
ON_THE_WAY_BYTES = 8 << 20
OnProgress = Callable[[str, int, int], None]


class Sink(Protocol):
    """Where bytes go. `close` keeps what was written, where `written` says; `discard` leaves nothing behind.

    `confirm`: what was written has been read back and is identical.
    """

    written: Path

    def write(self, effect: WriteFile | Chunk) -> None: ...
    def close(self) -> None: ...
    def confirm(self) -> None: ...
    def discard(self) -> None: ...


class FolderSink:
    """A new or empty folder. Raises ExportError when there is something in it already."""

    def __init__(self, folder: Path) -> None:
        refuse_taken(folder)
        self.folder = self.written = folder
        self._made: list[Path] = []
        self._at: Path | None = None  # where the last file went
        self._goes_on = False  # the last file is not at its end yet

    def write(self, effect: WriteFile | Chunk) -> None:
        assert isinstance(effect, WriteFile)
        target = self.folder / effect.path
        if target.parent != self._at:
            self._make_folder(target.parent)
            self._at = target.parent
        if not self._goes_on:
            self._made.append(target)
        with open(target, "ab" if self._goes_on else "wb", buffering=0) as file:
            for part in effect.parts:
                left = memoryview(part)
                while left:
                    left = left[file.write(left) :]
        self._goes_on = effect.more

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
    """A zip, written beside its place under a temporary name and moved there once it is whole.

    `compared`: it will be read back; until `confirm` says that it is identical it is called `written`, which says so.
    """

    def __init__(self, path: Path, compared: bool = False) -> None:
        refuse_taken(path)
        self.path = path
        self.written = path.with_name(f"{path.name}.NOTREADY") if compared else path
        self._partial = path.with_name(f".{path.name}.part-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("xb")
        except OSError as error:
            raise _not_written(error, str(path)) from error

    def write(self, effect: WriteFile | Chunk) -> None:
        for part in effect.parts:
            self._file.write(part)

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._partial.replace(self.written)

    def confirm(self) -> None:
        if self.written != self.path:
            self.written.replace(self.path)
            self.written = self.path

    def discard(self) -> None:
        with contextlib.suppress(OSError):  # on a full disk closing fails, too: what is buffered has no place to go
            self._file.close()
        self._partial.unlink(missing_ok=True)


def sink_for(destination: Path, compared: bool = False) -> Sink:
    """A ZipFileSink for a name ending in .zip, else a FolderSink. `compared`: it will be read back and confirmed."""
    return ZipFileSink(destination, compared) if is_zip_name(destination) else FolderSink(destination)


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
    reply: dict[str, str] | None = None
    beside = _Beside(sink)
    try:
        while True:
            try:
                effect = steps.send(reply)
            except StopIteration as result:
                beside.settled()
                if sink is not None:
                    sink.close()
                return result.value
            reply = None
            if isinstance(effect, WriteFile):
                beside.take(effect.path if effect.hashed else "", effect.parts, effect)
            elif isinstance(effect, Chunk):
                beside.take(effect.file, effect.parts, effect)
            elif isinstance(effect, Hash):
                beside.take(effect.name, [effect.data])
            elif isinstance(effect, Settled):
                reply = beside.settled()
            elif isinstance(effect, Progress) and on_progress is not None:
                on_progress(effect.stage, effect.done, effect.total)
    except BaseException as error:
        beside.stop()
        if sink is not None:
            sink.discard()
        if isinstance(error, OSError):
            raise _not_written(error, "") from error
        raise
    finally:
        beside.stop()


class _Beside:
    """Hashing and writing beside the reading: both let other threads go on meanwhile. Each keeps its own order."""

    def __init__(self, sink: Sink | None) -> None:
        self._sink = sink
        self._pools: list[ThreadPoolExecutor] = []
        self._under_way: deque[tuple[int, str, Future[str] | None, Future[None] | None]] = deque()
        self._bytes = 0
        self._digests: dict[str, str] = {}
        self._failed = False

    def take(self, name: str, parts: Sequence[Part], effect: WriteFile | Chunk | None = None) -> None:
        """Hash `parts` under `name` unless it is "", and have the sink write `effect`, soon."""
        size = sum(map(len, parts))
        if sys.platform == "emscripten" or (size < WORTH_A_THREAD_BYTES and not self._under_way):
            if name:
                self._digests[name] = _sha256(parts)
            if effect is not None:
                self._write(effect)
            return
        if not self._pools:
            self._pools = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
        hashing, writing = self._pools
        written = None if effect is None else writing.submit(self._write, effect)
        self._under_way.append((size, name, hashing.submit(_sha256, parts) if name else None, written))
        self._bytes += size
        while self._bytes > ON_THE_WAY_BYTES and len(self._under_way) > 1:
            self._finish_one()

    def settled(self) -> dict[str, str]:
        """The digests since the last time. Raises what the sink met."""
        while self._under_way:
            self._finish_one()
        digests, self._digests = self._digests, {}
        return digests

    def _write(self, effect: WriteFile | Chunk) -> None:
        assert self._sink is not None, "this use-case writes, so it needs a sink"
        if not self._failed:  # what is under way behind a failure would only follow a gap
            self._failed = True
            self._sink.write(effect)
            self._failed = False

    def _finish_one(self) -> None:
        size, name, digest, written = self._under_way.popleft()
        self._bytes -= size
        if written is not None:
            written.result()
        if digest is not None:
            self._digests[name] = digest.result()

    def stop(self) -> None:
        """What has not begun never will; what has is waited for."""
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)


def _sha256(parts: Sequence[Part]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _not_written(error: OSError, where: str) -> ExportError:
    return ExportError(
        say("export.stopped.write"),
        hint=say("export.stopped.write_hint"),
        where=where,
        detail=f"{type(error).__name__}: {error.strerror}",
    )
