"""UDF (ECMA-167, OSTA UDF 1.02 to 2.60) in disc images: DVDs, Blu-ray discs, discs written like a USB stick."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from struct import unpack_from
from typing import Any

from scanfolio.effects import Progress, patiently
from scanfolio.source.archive_source import ArchiveSource
from scanfolio.source.entry import Entry
from scanfolio.source.extents import NOT_WRITTEN, Extent, joined, locate_extents, read_extents
from scanfolio.source.sectors import SECTOR
from scanfolio.source.udf_volume import FileEntry, NotReadableError, Place, UdfVolume
from scanfolio.words import say

__all__ = ["NotReadableError", "is_marked", "read_tree"]

MAX_DEPTH = 64
MAX_FOLDER_BYTES = 64 << 20
MAX_DAMAGE_ROWS = 100
FOLDER, LINK, STREAM_FOLDER = 4, 12, 13
ORDINARY = (0, 5, 249)
OF_THE_SYSTEM = ("Non-Allocatable Space", "Non-Allocatable List")  # UDF's own note of bad places, no file
IS_FOLDER, DELETED, PARENT = 0x02, 0x04, 0x08


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    place: Place
    depth: int


def is_marked(image: Entry) -> bool:
    """Whether the volume recognition area says that UDF is in the image."""
    for sector in range(16, 64):
        mark = image.read(sector * SECTOR + 1, 5)
        if mark in (b"NSR02", b"NSR03"):
            return True
        if mark not in (b"BEA01", b"CD001", b"BOOT2", b"CDW02", b"TEA01"):
            return False
    return False


def read_tree(archive: Entry, image: Entry) -> Generator[Any, Any, tuple[int, ArchiveSource]]:
    """(number of files, the files). Raises NotReadableError with a technical sentence when there is no way in."""
    source = ArchiveSource(archive)
    volume = yield from patiently(partial(UdfVolume, image))
    root = yield from patiently(volume.root)
    waiting = [_Folder("", root, 0)]
    seen = {root}
    damages = done = 0
    while waiting:
        folder = waiting.pop()
        done += 1
        yield Progress("opening", done, done + len(waiting))
        try:
            data = yield from patiently(partial(_folder_bytes, volume, folder))
        except NotReadableError as problem:
            if not folder.path:
                raise
            damages += _damage(source, damages, folder.path, str(problem))
            continue
        for number, (name, characteristics, place) in enumerate(_identifiers(data)):
            if number % 256 == 0:
                yield Progress("opening", done, done + len(waiting))
            if characteristics & (DELETED | PARENT) or (not folder.path and name in OF_THE_SYSTEM):
                continue
            path = f"{folder.path}/{name}" if folder.path else name
            if place is None:
                damages += _damage(source, damages, folder.path, "a damaged File Identifier Descriptor")
            elif characteristics & IS_FOLDER:
                if place in seen or folder.depth >= MAX_DEPTH:
                    damages += _damage(source, damages, path, "a folder inside itself, or too deep")
                    continue
                seen.add(place)
                waiting.append(_Folder(path, place, folder.depth + 1))
            else:
                try:
                    entry = yield from patiently(partial(volume.file_entry, place))
                    _list(source, image, path, entry)
                except NotReadableError as problem:
                    source.add_refused(path, 0, say("source.image.file_damaged"), str(problem))
    return len(source) - damages, source


def _folder_bytes(volume: UdfVolume, folder: _Folder) -> bytes:
    entry = volume.file_entry(folder.place)
    if entry.kind not in (FOLDER, STREAM_FOLDER) or entry.size > MAX_FOLDER_BYTES:
        raise NotReadableError(f"no folder of a sensible size at {folder.place}")
    return entry.data if entry.data is not None else volume.read(entry.extents, entry.size)


def _identifiers(data: bytes) -> Generator[tuple[str, int, Place | None], None, None]:
    """(name, characteristics, where its File Entry is) of every File Identifier Descriptor, ECMA-167 4/14.4."""
    position = 0
    while position + 38 <= len(data):
        if unpack_from("<H", data, position)[0] != 257:
            if data[position:].strip(b"\0"):
                yield "", 0, None
            return
        characteristics, name_length = data[position + 18], data[position + 19]
        block, partition = unpack_from("<IH", data, position + 24)
        use_length = unpack_from("<H", data, position + 36)[0]
        name_at = position + 38 + use_length
        name = _text(data[name_at : name_at + name_length])
        yield name, characteristics, (partition, block)
        position += (38 + use_length + name_length + 3) // 4 * 4


def _text(raw: bytes) -> str:
    """OSTA Compressed Unicode: one byte says how wide the characters are."""
    if raw[:1] in (b"\x10", b"\xff"):
        return raw[1:].decode("utf-16-be", "replace")
    return raw[1:].decode("latin-1")


def _list(source: ArchiveSource, image: Entry, path: str, entry: FileEntry) -> None:
    if entry.kind == LINK:
        source.add_refused(path, 0, say("source.archive.link"))
    elif entry.kind not in ORDINARY:
        source.add_refused(path, entry.size, say("source.not_ordinary"), f"ICB file type {entry.kind}")
    elif entry.data is not None:
        source.add(path, len(entry.data), partial(_slice, entry.data))
    else:
        extents = _cut(joined(list(entry.extents)), entry.size)
        read = partial(read_extents, image, extents, path)
        source.add(path, entry.size, read, partial(locate_extents, image, extents))


def _cut(extents: tuple[Extent, ...], size: int) -> tuple[Extent, ...]:
    """Exactly `size` bytes of `extents`; what is missing is zeros nobody wrote."""
    kept: list[Extent] = []
    for offset, length in extents:
        take = min(length, size)
        if take:
            kept.append((offset, take))
        size -= take
    return (*kept, (NOT_WRITTEN, size)) if size else tuple(kept)


def _slice(data: bytes, offset: int, length: int) -> bytes:
    return data[offset : offset + length]


def _damage(source: ArchiveSource, so_far: int, folder: str, detail: str) -> int:
    """One more row for what cannot be listed, if there are not too many already: how many rows that made."""
    if so_far >= MAX_DAMAGE_ROWS:
        return 0
    source.add_damage(folder, detail)
    return 1
