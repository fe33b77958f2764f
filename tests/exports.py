"""Exports in memory, for tests: {path: bytes} in, {path: bytes} out. No disk, so the same under Pyodide."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pydicom

from scanfolio.effects import Chunk, Effect, Hash, Settled, Steps, WriteFile
from scanfolio.errors import SourceError
from scanfolio.export.manifest import Manifest
from scanfolio.export.papers import NOT_READY
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import Choices, Plan
from scanfolio.export.verification import Verification
from scanfolio.export.verify import verify
from scanfolio.export.write import write_folder, write_zip
from scanfolio.model import Disc
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source.entry import Entry

CREATED = datetime(2024, 2, 29, 10, 15, 30)
FILE_SET_UID = "2.25.77777"


class MemorySource:
    """A source over {path: bytes}; reading a path in `lost` fails once `broken` is set, as a scratched disc does."""

    name = "memory"

    def __init__(self, files: Mapping[str, bytes], lost: frozenset[str] = frozenset()) -> None:
        self.files = files
        self.lost = lost
        self.broken = False

    def entries(self) -> Iterator[Entry]:
        for number, (path, data) in enumerate(self.files.items()):
            yield Entry(number, path, len(data), self._reader(path, data))

    def _reader(self, path: str, data: bytes) -> Any:
        def read(offset: int, length: int) -> bytes:
            if self.broken and path in self.lost:
                raise SourceError("The disc has a scratch here.", where=path)
            return data[offset : offset + length]

        return read


@dataclass
class Opened:
    source: MemorySource
    index: DiscIndex
    disc: Disc


@dataclass
class Exported:
    opened: Opened
    plan: Plan
    manifest: Manifest
    files: dict[str, bytes]
    archive: bytes = b""

    @property
    def images(self) -> dict[str, bytes]:
        """{File ID: bytes} of the DICOM files."""
        return {path: data for path, data in self.files.items() if path.startswith("DICOM/")}

    def only(self) -> bytes:
        """The one DICOM file of the export."""
        (data,) = self.images.values()
        return data

    def copies(self) -> dict[str, bytes]:
        """{path on the source: bytes of the copy}."""
        return {i.source_path: self.files[i.file_id] for i in self.manifest.instances}


def read(data: bytes) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(data))


def directory_of(exported: Exported) -> pydicom.FileDataset:
    return read(exported.files["DICOMDIR"])


def data_set(data: bytes) -> bytes:
    """What follows the File Meta Information."""
    return data[144 + struct.unpack_from("<I", data, 140)[0] :]


def bytes_of(effect: Hash | WriteFile | Chunk) -> bytes:
    return effect.data if isinstance(effect, Hash) else b"".join(effect.parts)


def effects_of(steps: Steps) -> Generator[Effect, None, Any]:
    """Every effect as it comes, performed as far as it is a matter of hashing; returns what `steps` returns."""
    reply: dict[str, str] | None = None
    digests: dict[str, str] = {}
    while True:
        try:
            effect = steps.send(reply)
        except StopIteration as result:
            return result.value
        reply = None
        if isinstance(effect, Settled):
            reply, digests = digests, {}
        elif isinstance(effect, Hash | WriteFile | Chunk):
            name = {Hash: "name", Chunk: "file"}.get(type(effect), "path" if getattr(effect, "hashed", False) else "")
            if name and getattr(effect, name):
                digests[getattr(effect, name)] = hashlib.sha256(bytes_of(effect)).hexdigest()
        yield effect


def drive(steps: Steps) -> tuple[Any, dict[str, bytes], bytes]:
    """(result, files written, bytes streamed)."""
    files: dict[str, bytes] = {}
    stream = bytearray()
    unfinished = ""
    effects = effects_of(steps)
    while True:
        try:
            effect = next(effects)
        except StopIteration as result:
            assert not unfinished
            return result.value, files, bytes(stream)
        if isinstance(effect, WriteFile):
            assert unfinished in ("", effect.path), "one file after the other"
            assert (effect.path in files) == bool(unfinished)
            files[effect.path] = files.get(effect.path, b"") + bytes_of(effect)
            unfinished = effect.path if effect.more else ""
        elif isinstance(effect, Chunk):
            stream += bytes_of(effect)


def open_files(files: Mapping[str, bytes], lost: frozenset[str] = frozenset()) -> Opened:
    source = MemorySource(files, lost)
    index = DiscIndex()
    drive(read_all(index, source))
    return Opened(source, index, index.finish())


def plan_of(files: Mapping[str, bytes], **choices: Any) -> Plan:
    opened = open_files(files)
    return make_plan(opened.disc, opened.index.entries, Choices(**choices))


def export(
    files: Mapping[str, bytes] | Opened, *, into: str = "folder", report: str = "{}", **choices: Any
) -> Exported:
    """The whole way: open, plan, write into a "folder" or "zip"."""
    opened = files if isinstance(files, Opened) else open_files(files)
    plan = make_plan(opened.disc, opened.index.entries, Choices(**choices))
    write = write_folder if into == "folder" else write_zip
    manifest, written, stream = drive(
        write(plan, report, "A report\nof two lines", created=CREATED, file_set_uid=FILE_SET_UID)
    )
    if into == "folder":
        assert next(iter(written)) == NOT_READY
        del written[NOT_READY]  # as the one who verifies does
    if into == "zip":
        with zipfile.ZipFile(io.BytesIO(stream)) as archive:
            written = {name: archive.read(name) for name in archive.namelist()}
    return Exported(opened, plan, manifest, written, stream)


def re_read(
    exported: Exported, files: Mapping[str, bytes] | None = None, *, source: bool = True, said: bool = True
) -> Verification:
    """Verify `files` (default: what was written) against the source and the manifest."""
    opened = exported.opened
    steps = verify(
        MemorySource(exported.files if files is None else files),
        opened.disc if source else None,
        opened.index.entries if source else (),
        exported.manifest if said else None,
    )
    result, _, _ = drive(steps)
    assert isinstance(result, Verification)
    return result
