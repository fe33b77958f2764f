"""A .tar as a source, also inside gzip, bzip2 or xz. Members are read where they lie; nothing is unpacked whole."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from scanfolio.effects import Fetch, Progress, Steps, patiently
from scanfolio.errors import SourceError
from scanfolio.source.archive_source import ArchiveSource
from scanfolio.source.blocks import in_blocks
from scanfolio.source.entry import Entry, Locate, ReadRange, nowhere
from scanfolio.source.limits import absurd_total
from scanfolio.source.names import decoded
from scanfolio.words import say

BLOCK = 512
MAX_NOTE_BYTES = 1 << 20  # of a long name, or of the extended attributes of one member
STEP_BYTES = 4 << 20
REPORT_EVERY = 64
Reach = Callable[[int], Generator[Any, Any, None]]


@dataclass(slots=True)
class _Notes:
    """What stands before a member about it: a long name, a long link, pax attributes."""

    name: bytes = b""
    link: bytes = b""
    attributes: dict[bytes, bytes] = field(default_factory=dict)


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are a tar header: its checksum says so, whatever the dialect."""
    try:
        info = tarfile.TarInfo.frombuf(head[:BLOCK], "latin-1", "strict")
    except (tarfile.TarError, ValueError):
        return False
    return bool(info.name)


def open_tar(archive: Entry) -> Steps:
    """Read the headers of a plain .tar. Yields Progress("opening", …); returns an ArchiveSource."""
    archive = in_blocks(archive)

    def reach(offset: int) -> Generator[Any, Any, None]:
        yield Progress("opening", min(offset, archive.size), archive.size)

    return (yield from read_headers(archive, archive.read, reach, archive.place, archive.size))


def read_headers(
    archive: Entry, read: ReadRange, reach: Reach, place: Locate, archive_size: int
) -> Generator[Any, Any, ArchiveSource]:
    """The members of the tar that `read` reads. `reach(offset)` is gone through before reading there, for progress.

    `place` is where its bytes lie plainly. Raises SourceError when there are too many or absurdly large members.
    """
    source = ArchiveSource(archive)
    known: dict[str, tuple[int, int]] = {}  # name -> (offset, size), for hard links
    notes, general = _Notes(), dict[bytes, bytes]()
    position = count = 0
    while True:
        if count % REPORT_EVERY == 0:
            yield from reach(position)
        count += 1
        try:
            block = yield from _ready(read, position, BLOCK)
        except SourceError as problem:
            if not position:
                raise
            source.add_damage(detail=f"the header at byte {position} cannot be read: {problem.title}")
            break
        if len(block) < BLOCK or not block.strip(b"\0"):
            cut = not block and position > BLOCK and not (yield from _ready(read, position - 1, 1))
            if cut or (len(block) < BLOCK and block.strip(b"\0")) or notes.name:
                source.add_damage(detail=f"the archive is cut short before byte {position}")
            break
        try:
            info = tarfile.TarInfo.frombuf(block, "latin-1", "strict")
        except (tarfile.TarError, ValueError) as problem:
            source.add_damage(detail=f"no header at byte {position}: {type(problem).__name__}")
            break
        start = position + BLOCK
        if info.type in (b"L", b"K", b"x", b"g", b"X"):
            if not 0 <= info.size <= MAX_NOTE_BYTES:
                source.add_damage(detail=f"a note of {info.size} bytes at byte {position}")
                break
            note = yield from _ready(read, start, info.size)
            _take(info.type, note, notes, general)
            position = start + _whole(info.size)
            continue
        attributes = {**general, **notes.attributes}
        size = _number(attributes.get(b"size"), info.size)
        if size < 0:
            source.add_damage(detail=f"a negative size at byte {position}")
            break
        has_data = info.type in tarfile.REGULAR_TYPES or info.type not in tarfile.SUPPORTED_TYPES
        if info.type == tarfile.GNUTYPE_SPARSE:
            start = yield from _after_sparse_map(read, block, start)
        name = decoded(attributes.get(b"path") or notes.name.rstrip(b"\0") or info.name.encode("latin-1"))
        link = decoded(attributes.get(b"linkpath") or notes.link.rstrip(b"\0") or info.linkname.encode("latin-1"))
        _list(source, info, name, link, (start, size), attributes, known, read, place)
        notes = _Notes()
        position = start + (_whole(size) if has_data else 0)
        if size > STEP_BYTES:
            yield from reach(position)
    absurd = absurd_total((entry.size for entry in source.entries()), archive_size)
    if absurd:
        raise SourceError(absurd, where=archive.path)
    yield from reach(position)
    return source


def _ready(read: ReadRange, offset: int, length: int) -> Generator[Fetch, None, bytes]:
    return (yield from patiently(partial(read, offset, length)))


def _list(
    source: ArchiveSource,
    info: tarfile.TarInfo,
    name: str,
    link: str,
    extent: tuple[int, int],
    attributes: dict[bytes, bytes],
    known: dict[str, tuple[int, int]],
    read: ReadRange,
    place: Locate,
) -> None:
    """Put one member on the list, as what it is."""
    if info.isdir() or name.endswith("/"):
        return
    if info.type == tarfile.LNKTYPE:
        if link not in known:
            source.add_refused(name, 0, say("source.archive.link"), "a hard link to something that is not there")
            return
        extent = known[link]
    elif info.issym():
        source.add_refused(name, 0, say("source.archive.link"))
        return
    elif info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith(b"GNU.sparse") for key in attributes):
        source.add_refused(name, extent[1], say("source.archive.method"), "a sparse member")
        return
    elif info.type in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
        source.add_refused(name, 0, say("source.not_ordinary"))
        return
    start, size = extent
    known[name] = extent
    locate = nowhere if place is nowhere else partial(_located, place, start, size)
    source.add(name, size, partial(_read, read, start, size, name), locate)


def _read(read: ReadRange, start: int, size: int, name: str, offset: int, length: int) -> bytes:
    length = max(0, min(length, size - offset))
    data = read(start + offset, length) if length else b""
    if len(data) < length:
        detail = "the archive ends before this file does"
        raise SourceError(say("source.archive.damaged"), where=name, detail=detail)
    return data


def _located(place: Locate, start: int, size: int, offset: int, length: int) -> tuple[int, int] | None:
    return place(start + offset, length) if offset + length <= size else None


def _after_sparse_map(read: ReadRange, header: bytes, start: int) -> Generator[Fetch, None, int]:
    """Where the data of an old GNU sparse member begin: behind the blocks that go on with its map."""
    goes_on = header[482:483] == b"\1"
    while goes_on:
        more = yield from _ready(read, start, BLOCK)
        start += BLOCK
        goes_on = more[504:505] == b"\1"
    return start


def _take(kind: bytes, note: bytes, notes: _Notes, general: dict[bytes, bytes]) -> None:
    if kind == b"L":
        notes.name = note
    elif kind == b"K":
        notes.link = note
    else:
        (general if kind == b"g" else notes.attributes).update(_attributes(note))


def _attributes(note: bytes) -> dict[bytes, bytes]:
    """Those records of pax ("length key=value\\n") that matter here. What is malformed ends the list."""
    found: dict[bytes, bytes] = {}
    position = 0
    while position < len(note):
        digits, space, _ = note[position : position + 20].partition(b" ")
        if not space or not digits.isdigit():
            break
        length = int(digits)
        record = note[position + len(digits) + 1 : position + length]
        key, equals, value = record.partition(b"=")
        if length <= len(digits) + 1 or not equals:
            break
        if key in (b"path", b"linkpath", b"size") or key.startswith(b"GNU.sparse.m"):
            found[key] = value[:-1] if value.endswith(b"\n") else value
        position += length
    return found


def _number(text: bytes | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 20 else otherwise


def _whole(size: int) -> int:
    return (size + BLOCK - 1) // BLOCK * BLOCK
