"""Disc images: ISO 9660 (ECMA-119) with Joliet and Rock Ridge names. UDF is in udf.py.

An image is read where it lies. One broken record costs that record, a broken folder that folder; both stay on the list
with a sentence. docs/decisions/0040-sources.md says why this is not left to a library.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from functools import partial
from struct import unpack_from
from typing import Any

from scanfolio.effects import Progress, Steps, patiently
from scanfolio.errors import SourceError
from scanfolio.source import rock_ridge, udf
from scanfolio.source.archive_source import ArchiveSource
from scanfolio.source.blocks import in_blocks
from scanfolio.source.entry import Entry
from scanfolio.source.extents import Extent, joined, locate_extents, read_extents
from scanfolio.source.limits import NotAnArchiveError, absurd_total
from scanfolio.source.names import decoded
from scanfolio.source.sectors import SECTOR, plain_sectors
from scanfolio.words import say

MAX_DEPTH = 64
MAX_FOLDER_BYTES = 64 << 20
MAX_DESCRIPTORS = 100
MAX_SESSIONS = 20
MIN_SESSION_BYTES = 300 << 11
SEARCH_BYTES = 48 << 20  # behind a session: the gap to the next is 11,400 or 6,900 sectors
MAX_DAMAGE_ROWS = 100
JOLIET = (b"%/@", b"%/C", b"%/E")
DIRECTORY, ASSOCIATED, MULTI_EXTENT = 0x02, 0x04, 0x80


@dataclass(frozen=True, slots=True)
class Volume:
    """One tree of names over the same files: that of the Primary or of a Supplementary Volume Descriptor."""

    root: bytes
    block_size: int
    joliet: bool


@dataclass(slots=True)
class _Folder:
    path: str
    extent: Extent
    depth: int


@dataclass(slots=True)
class _Tree:
    """What one volume lists, and where it is damaged."""

    source: ArchiveSource
    joliet: bool
    skip: int = -1  # of a System Use field, before Rock Ridge begins; -1: no Rock Ridge
    damages: int = 0
    """Rows of the list that stand for what cannot be listed."""
    waiting: list[_Folder] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    @property
    def files(self) -> int:
        return len(self.source) - self.damages


def open_image(archive: Entry) -> Steps:
    """Read the folders of a disc image. Yields Progress("opening", …); returns an ArchiveSource.

    Where an image names its files in several ways (ISO 9660, Joliet, UDF), the one that lists most counts; among equals
    Rock Ridge, then Joliet, then plain ISO 9660, then UDF. Raises NotAnArchiveError when no volume is in it.
    """
    archive = in_blocks(archive)
    image = yield from patiently(partial(plain_sectors, archive))
    if image is None:
        raise NotAnArchiveError(say("source.image.not_one"), where=archive.path, detail="no volume descriptor")
    trees: list[tuple[int, int, ArchiveSource]] = []  # (files, rank, source)
    for volume in (yield from _volumes(image)):
        tree = yield from _read_tree(archive, image, volume)
        rank = 0 if tree.skip >= 0 else 1 if volume.joliet else 2
        trees.append((tree.files, -rank, tree.source))
    reason = ""
    if (yield from patiently(partial(udf.is_marked, image))):
        try:
            files, source = yield from udf.read_tree(archive, image)
            trees.append((files, -3, source))
        except udf.NotReadableError as problem:
            reason = str(problem)
    if not trees:
        raise SourceError(say("source.image.no_volume"), where=archive.path, detail=reason)
    best = max(trees, key=lambda tree: tree[:2])[2]
    absurd = absurd_total((entry.size for entry in best.entries()), archive.size)
    if absurd:
        raise SourceError(absurd, where=archive.path)
    return best


def _volumes(image: Entry) -> Generator[Any, Any, list[Volume]]:
    """The volumes of the last session."""
    found = yield from patiently(partial(_descriptors, image, 16))
    for _ in range(MAX_SESSIONS if found else 0):
        end = max(volume_end for _, volume_end in found)
        later = yield from _later_session(image, end)
        further = [] if later is None else (yield from patiently(partial(_descriptors, image, later)))
        if not further:
            break
        found = further
    return [volume for volume, _ in found]


def _descriptors(image: Entry, first: int) -> list[tuple[Volume, int]]:
    """(volume, sector behind its end) of every volume descriptor from sector `first` on."""
    volumes: list[tuple[Volume, int]] = []
    for sector in range(first, first + MAX_DESCRIPTORS):
        descriptor = image.read(sector * SECTOR, SECTOR)
        if len(descriptor) < SECTOR or descriptor[1:6] != b"CD001" or descriptor[0] == 255:
            break
        kind, escape = descriptor[0], descriptor[88:91]
        if kind not in (1, 2):
            continue
        block_size = _both(descriptor, 128, "H")
        block_size = block_size if block_size in (512, 1024, 2048, 4096) else SECTOR
        joliet = kind == 2 and escape in JOLIET
        if kind == 1 or joliet:
            blocks = _both(descriptor, 80, "I")
            volumes.append((Volume(descriptor[156:190], block_size, joliet), blocks * block_size // SECTOR))
    return volumes


def _later_session(image: Entry, end: int) -> Generator[Any, Any, int | None]:
    """The sector where the descriptors of a session behind sector `end` begin, or None."""
    offset = end * SECTOR
    until = min(image.size, offset + SEARCH_BYTES)
    if until - offset < MIN_SESSION_BYTES:
        return None  # padding
    while offset < until:
        piece = yield from patiently(partial(image.read, offset, min(1 << 20, until - offset)))
        at = -1
        while (at := piece.find(b"\1CD001\1\0", at + 1)) >= 0:
            root = unpack_from("<I", piece, at + 158)[0] if at + 162 <= len(piece) else 0
            if (offset + at) % SECTOR == 0 and root >= end:  # else it is that of an image stored as a file
                return (offset + at) // SECTOR
        yield Progress("opening", offset, image.size)
        offset += 1 << 20
    return None


def _both(data: bytes, offset: int, kind: str) -> int:
    """A number that is stored in both byte orders: the little-endian one, or the other where that is nonsense."""
    little: int = unpack_from("<" + kind, data, offset)[0]
    return little or int(unpack_from(">" + kind, data, offset + (4 if kind == "I" else 2))[0])


def _read_tree(archive: Entry, image: Entry, volume: Volume) -> Generator[Any, Any, _Tree]:
    tree = _Tree(ArchiveSource(archive), volume.joliet)
    root = _record(volume.root, volume, image)
    if root is None:
        _damage(tree, _Folder("", (0, 0), 0), "the root folder has no place")
        return tree
    if not volume.joliet:
        first = yield from patiently(partial(image.read, root.extent[0], SECTOR))
        tree.skip = rock_ridge.begins(first)
    tree.waiting.append(_Folder("", root.extent, 0))
    tree.seen.add(root.extent[0])
    done = 0
    while tree.waiting:
        folder = tree.waiting.pop()
        yield from _read_folder(tree, image, volume, folder)
        done += 1
        yield Progress("opening", done, done + len(tree.waiting))
    return tree


@dataclass(slots=True)
class _Record:
    name: bytes
    extent: Extent
    flags: int
    interleaved: bool
    system_use: bytes


def _read_folder(tree: _Tree, image: Entry, volume: Volume, folder: _Folder) -> Generator[Any, Any, None]:
    offset, length = folder.extent
    if length > MAX_FOLDER_BYTES or offset + length > image.size:
        _damage(tree, folder, f"a folder of {length} bytes at {offset}")
        length = max(0, min(length, MAX_FOLDER_BYTES, image.size - offset))
    try:
        data = yield from patiently(partial(image.read, offset, length))
    except SourceError as problem:
        _damage(tree, folder, f"{length} bytes at {offset}: {problem.title}")
        return
    position = 0
    parts: list[Extent] = []  # of a file in several extents
    while position < len(data):
        size = data[position]
        if size == 0:
            position = (position // SECTOR + 1) * SECTOR
            continue
        record = _record(data[position : position + size], volume, image)
        if record is None:
            _damage(tree, folder, f"the record at byte {offset + position}")
            position = (position // SECTOR + 1) * SECTOR
            parts = []
            continue
        position += size
        if record.name in (b"\0", b"\1") or record.flags & ASSOCIATED:
            continue
        parts.append(record.extent)
        if record.flags & MULTI_EXTENT and not record.flags & DIRECTORY:
            continue
        notes = rock_ridge.Notes()
        if tree.skip >= 0:
            notes = yield from rock_ridge.notes(record.system_use[tree.skip :], image, volume.block_size)
        if notes.moved_here is not None:
            place = notes.moved_here * volume.block_size
            own = yield from patiently(partial(image.read, place, 34))  # its record "." says how long it is
            record.flags |= DIRECTORY
            record.extent = place, unpack_from("<I", own, 10)[0] if len(own) == 34 else 0
        _list(tree, image, folder, record, parts, notes)
        parts = []


def _record(data: bytes, volume: Volume, image: Entry) -> _Record | None:
    """A Directory Record, ECMA-119 9.1; None when it cannot be one."""
    if len(data) < 34 or 33 + data[32] > len(data):
        return None
    block, size = unpack_from("<I", data, 2)[0], unpack_from("<I", data, 10)[0]
    if block * volume.block_size >= image.size:
        other = unpack_from(">I", data, 6)[0]
        block = other if other * volume.block_size < image.size else block
    size = size or unpack_from(">I", data, 14)[0]
    name = data[33 : 33 + data[32]]
    after = 33 + len(name) + (1 - len(name) % 2)
    extent = (block + data[1]) * volume.block_size, size
    return _Record(name, extent, data[25], bool(data[26] or data[27]), data[after:])


def _list(
    tree: _Tree, image: Entry, folder: _Folder, record: _Record, parts: list[Extent], notes: rock_ridge.Notes
) -> None:
    """Put one file on the list, or one folder among those still to be read."""
    name = notes.name or _name(record.name, tree.joliet)
    path = f"{folder.path}/{name}" if folder.path else name
    if notes.moved_away:
        return  # a deep folder; it is listed where it belongs
    if record.flags & DIRECTORY:
        offset, size = record.extent
        if offset in tree.seen or folder.depth >= MAX_DEPTH:
            _damage(tree, _Folder(path, (0, 0), 0), "a folder inside itself" if offset in tree.seen else "too deep")
            return
        tree.seen.add(offset)
        tree.waiting.append(_Folder(path, (offset, size), folder.depth + 1))
    elif notes.link:
        tree.source.add_refused(path, 0, say("source.archive.link"))
    elif notes.packed or record.interleaved:
        detail = "interleaved" if record.interleaved else "zisofs"
        tree.source.add_refused(path, sum(size for _, size in parts), say("source.archive.method"), detail)
    else:
        extents = joined(parts)
        size = sum(length for _, length in extents)
        read = partial(read_extents, image, extents, path)
        tree.source.add(path, size, read, partial(locate_extents, image, extents))


def _name(raw: bytes, joliet: bool) -> str:
    """A File Identifier as a computer shows it: without version number and the dot of an empty extension."""
    name = raw.decode("utf-16-be", "replace") if joliet else decoded(raw)
    name = name.rsplit(";", 1)[0] if ";" in name else name
    return name if joliet else name.removesuffix(".")


def _damage(tree: _Tree, folder: _Folder, detail: str) -> None:
    if tree.damages < MAX_DAMAGE_ROWS:
        tree.damages += 1
        tree.source.add_damage(folder.path, detail)
