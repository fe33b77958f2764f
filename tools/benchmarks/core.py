"""Rows that need no browser: header reading, what an instance costs in memory, decoding, export."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import imagecodecs
import numpy as np
import pydicom

from scanfolio.export.drive import FolderSink, run
from scanfolio.export.planned import Choices
from scanfolio.model import SopInstance
from scanfolio.pixels.frame import stored_values
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.session import Session
from scanfolio.source.entry import Entry
from scanfolio.source.folder import FolderSource

from .data import series
from .rows import Row, in_turn, short

HEADERS = 400
JUDGED = 1000
EXPORTED = 200


def bytes_entry(entry_id: int, path: str, data: bytes) -> Entry:
    return Entry(entry_id, path, len(data), lambda offset, length: data[offset : offset + length])


class _Loaded:
    """Files in memory, so that only the reading of headers is timed."""

    name = "bench"

    def __init__(self, files: list[tuple[str, bytes]]) -> None:
        self.files = files

    def entries(self) -> Any:
        return (bytes_entry(i, path, data) for i, (path, data) in enumerate(self.files))


def _read(files: list[tuple[str, bytes]]) -> DiscIndex:
    index = DiscIndex()
    for _ in read_all(index, _Loaded(files)):
        pass
    return index


def header_reading(folder: Path) -> Row:
    """Our reader against pydicom.dcmread(stop_before_pixels=True), taking the same facts out of the same bytes."""
    files = [(p.name, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()][:HEADERS]
    names = ("".join(word.title() for word in field.name.split("_")) for field in fields(SopInstance))
    keywords = [name for name in names if pydicom.datadict.tag_for_keyword(name)]

    def by_pydicom() -> None:
        for _, data in files:
            ds = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)
            for keyword in keywords:
                ds.get(keyword)

    ours, theirs = in_turn([lambda: _read(files), by_pydicom], times=3)
    note = f"CPython, {len(files)} CT headers in memory, {len(keywords)} facts taken with both"
    n = len(files)
    return Row("header reading, per file", short(ours / n), f"pydicom {short(theirs / n)}", ours / theirs, 0.1, note)


def judging(folder: Path) -> Row:
    """Judging 1,000 instances against reading them."""
    files = [(p.name, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()][:JUDGED]
    session = Session()
    session.index = _read(files)
    session.finish()
    judged, read = in_turn([lambda: run(session.judge()), lambda: _read(files)], times=5)
    note = f"CPython, {len(files)} CT slices in memory without a DICOMDIR, all rules"
    return Row("judging, 1,000 slices", short(judged), f"reading them {short(read)}", judged / read, 0.5, note)


def memory_per_instance(folder: Path) -> Row:
    files = [(p.name, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()][:1000]
    _read(files)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    index = _read(files)
    kept = (tracemalloc.get_traced_memory()[0] - before) / index.counts()["images"]
    tracemalloc.stop()
    note = "CPython, tracemalloc, facts of 1,000 CT slices"
    return Row("kept per instance", f"{kept / 1000:.2f} kB", "2 kB", kept / 2000, 1.0, note)


class _Case(NamedTuple):
    name: str
    transfer_syntax_uid: str
    bits: int
    encode: Callable[..., Any]
    decode: Callable[..., Any]
    options: dict[str, Any] = {}


CASES = (
    _Case(
        "JPEG baseline 8 bit",
        "1.2.840.10008.1.2.4.50",
        8,
        imagecodecs.jpeg8_encode,
        imagecodecs.jpeg8_decode,
        {"level": 90},
    ),
    _Case(
        "JPEG lossless",
        "1.2.840.10008.1.2.4.70",
        12,
        imagecodecs.jpeg8_encode,
        imagecodecs.jpeg8_decode,
        {"lossless": True, "predictor": 1, "bitspersample": 12},
    ),
    _Case("JPEG-LS", "1.2.840.10008.1.2.4.80", 12, imagecodecs.jpegls_encode, imagecodecs.jpegls_decode),
    _Case(
        "JPEG 2000 lossless",
        "1.2.840.10008.1.2.4.90",
        12,
        imagecodecs.jpeg2k_encode,
        imagecodecs.jpeg2k_decode,
        {"level": 0, "codecformat": "j2k", "reversible": True, "bitspersample": 12},
    ),
    _Case(
        "HTJ2K lossless",
        "1.2.840.10008.1.2.4.201",
        12,
        imagecodecs.htj2k_encode,
        imagecodecs.htj2k_decode,
        {"reversible": True},
    ),
)


def decoding(model: Path) -> list[Row]:
    """One 512 x 512 frame through the whole of our decoder against the bare codec on the bare codestream."""
    base = pydicom.dcmread(model)
    rows = []
    for name, syntax, bits, encode, decode, options in CASES:
        pixels = base.pixel_array if bits > 8 else (base.pixel_array >> 4).astype(np.uint8)
        stream = bytes(encode(np.ascontiguousarray(pixels), **options))
        ds = pydicom.dcmread(model)
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = (16, 12, 11) if bits > 8 else (8, 8, 7)
        ds.add_new("PixelData", "OB", pydicom.encaps.encapsulate([stream]))
        ds["PixelData"].is_undefined_length = True
        ds.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
        buffer = io.BytesIO()
        ds.save_as(buffer, enforce_file_format=True)
        entry = bytes_entry(0, "frame", buffer.getvalue())
        instance = _read([("frame", buffer.getvalue())]).latest
        assert instance is not None
        ours, bare = in_turn([partial(stored_values, entry, instance, 0), partial(decode, stream)], times=15)
        rows.append(Row(f"decoding, {name}", short(ours), f"the codec alone {short(bare)}", ours / bare, 1.5))
    return rows


def exporting(folder: Path) -> list[Row]:
    """Writing an export of Explicit VR Little Endian files against reading the same files and writing them again."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "source"
        source.mkdir()
        for path in sorted(p for p in folder.rglob("*") if p.is_file())[:EXPORTED]:
            shutil.copyfile(path, source / path.name)
        session = Session()
        run(session.read(FolderSource(str(source))))
        run(session.judge())
        turn = 0

        def export() -> None:
            nonlocal turn
            turn += 1
            run(session.export(Choices(), "folder"), FolderSink(Path(scratch) / f"export{turn}"))

        def prove() -> None:
            export()
            verification = run(session.verify(FolderSource(str(Path(scratch) / f"export{turn}"))))
            assert verification.identical == EXPORTED

        def copy(hashed: bool) -> None:
            nonlocal turn
            turn += 1
            target = Path(scratch) / f"copy{turn}"
            target.mkdir()
            for path in source.iterdir():
                data = path.read_bytes()
                if hashed:
                    hashlib.sha256(data).hexdigest()
                (target / path.name).write_bytes(data)

        works = [export, partial(copy, False), partial(copy, True), prove]
        ours, plain, hashing, proven = in_turn(works, times=3)
    what, note = f"export, stored, {EXPORTED} slices", "CPython, to a folder; ours hashes every file too"
    return [
        Row(what, short(ours), f"copying the files {short(plain)}", ours / plain, 2.0, note),
        Row("the same against the floor", short(ours), f"copying and hashing {short(hashing)}", ours / hashing, None),
        Row(
            "the same, read back and compared", short(proven), f"copying the files {short(plain)}", proven / plain, None
        ),
    ]


def rows(scratch: Path) -> list[Row]:
    folder = series(scratch / "ct1000", 1000)
    model = next(iter(sorted((folder / "IMAGES").iterdir())))
    return [header_reading(folder), judging(folder), memory_per_instance(folder), *decoding(model), *exporting(folder)]
