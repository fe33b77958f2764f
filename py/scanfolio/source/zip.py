"""A .zip as a source: random access to its members without unpacking it. PS3.12 Annex V discs come as one.

Members are inflated only as far as somebody reads; a bounded number of inflated bytes is kept. What is encrypted,
packed by a method we lack, or grows beyond what it declares is listed and says so when it is read.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import partial
from struct import Struct, unpack_from
from sys import intern

from scanfolio.effects import Progress, Steps, patiently
from scanfolio.errors import SourceError
from scanfolio.source.archive_source import ArchiveSource
from scanfolio.source.blocks import in_blocks
from scanfolio.source.entry import Entry
from scanfolio.source.inflate import CACHE_BYTES, Held, Inflated, raw_deflate
from scanfolio.source.limits import LockedError, NotAnArchiveError, absurd_total, check_count, is_bomb
from scanfolio.source.names import decoded
from scanfolio.words import say

STORED, DEFLATED, AES = 0, 8, 99
METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd"}
RECORD = Struct("<4s6H3I5H2I")
END, END64, LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
END_SEARCH_BYTES = 65535 + 22
MAX_DIRECTORY_BYTES = 256 << 20
PIECE_BYTES = 1 << 20
BLOCKS_AT_HAND = 16  # members are read in their order, and their headers with them
LONGEST_RECORD = RECORD.size + 3 * 65535
SIGNATURE = b"PK\x05\x05"
ABSENT = 0xFFFFFFFF
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive; `header_offset` is where its local header stands, sizes are in bytes."""

    path: str
    header_offset: int
    packed_size: int
    size: int
    method: int
    encrypted: bool
    crc: int


class Members:
    """The files in the archive, in columns: as objects 70,000 of them would take 20 MB more."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._offsets, self._packed, self._sizes = array("Q"), array("Q"), array("Q")
        self._methods, self._encrypted, self._crcs = array("H"), array("B"), array("I")

    def append(self, member: Member) -> None:
        self._paths.append(member.path)
        self._offsets.append(member.header_offset)
        self._packed.append(member.packed_size)
        self._sizes.append(member.size)
        self._methods.append(member.method)
        self._encrypted.append(member.encrypted)
        self._crcs.append(member.crc)

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, n: int) -> Member:
        return Member(self._paths[n], self._offsets[n], self._packed[n], self._sizes[n], self._methods[n],
                      bool(self._encrypted[n]), self._crcs[n])  # fmt: skip

    def harm(self, archive_size: int) -> str:
        """A plain sentence when members overlap or together unpack to an absurd size: an archive built to do harm."""
        absurd = absurd_total(self._sizes, archive_size)
        if absurd:
            return absurd
        end = 0
        for offset, packed in sorted(zip(self._offsets, self._packed, strict=True)):
            if offset < end:
                return say("source.zip.overlap")
            end = offset + 30 + packed
        return ""


class _Access:
    """How one member is read."""

    __slots__ = ("_number", "_source")

    def __init__(self, source: ZipSource, number: int) -> None:
        self._source, self._number = source, number

    def __call__(self, offset: int, length: int) -> bytes:
        return self._source.read_member(self._number, offset, length)

    def locate(self, offset: int, length: int) -> tuple[int, int] | None:
        return self._source.locate_member(self._number, offset, length)


class ZipSource(ArchiveSource):
    """The files of a zip whose directory was read (see `open_zip`).

    `refused` is a plain sentence when the archive as a whole is built to do harm: then reading any member raises it.
    """

    def __init__(self, archive: Entry, members: Members, damage: str = "") -> None:
        super().__init__(archive)
        self._archive = archive
        self._members = members
        self._held = Held(CACHE_BYTES)
        self._streams: dict[int, Inflated] = {}
        self._data_offsets = array("q", [UNKNOWN]) * len(members)
        self.refused = members.harm(archive.size)
        for number in range(len(members)):
            access, member = _Access(self, number), members[number]
            self.add(member.path, member.size, access, access.locate)
        if damage:
            self.add_damage(detail=damage)
        self.all_added()

    def read_member(self, number: int, offset: int, length: int) -> bytes:
        member = self._members[number]
        self._check(member)
        length = max(0, min(length, member.size - offset))
        if not length:
            return b""
        if member.method == STORED:
            data = self._archive.read(self._data_offset(number) + offset, length)
        else:
            data = self._stream(number).read(offset, length)
        if len(data) < length:
            detail = "fewer bytes than the directory of the zip says"
            raise SourceError(say("source.archive.damaged"), where=member.path, detail=detail)
        return data

    def locate_member(self, number: int, offset: int, length: int) -> tuple[int, int] | None:
        member, start = self._members[number], self._data_offsets[number]
        if member.method != STORED or start == UNKNOWN or offset + length > member.size:
            return None
        return self._archive.place(start + offset, length)

    def _check(self, member: Member) -> None:
        if member.encrypted or member.method == AES:
            raise LockedError(say("source.zip.locked"), where=member.path)
        if self.refused:
            raise SourceError(self.refused, where=member.path)
        if member.method not in (STORED, DEFLATED):
            detail = f"compression method {member.method} ({METHODS.get(member.method, 'unknown')})"
            raise SourceError(say("source.archive.method"), where=member.path, detail=detail)
        if is_bomb(member.size, member.packed_size):
            raise SourceError(say("source.archive.bomb"), where=member.path)
        if member.method == STORED and member.packed_size != member.size:
            detail = "a stored member of two sizes"
            raise SourceError(say("source.archive.damaged"), where=member.path, detail=detail)

    def _data_offset(self, number: int) -> int:
        known = self._data_offsets[number]
        if known == UNKNOWN:
            member = self._members[number]
            header = self._archive.read(member.header_offset, 30)
            if len(header) < 30 or header[:4] != b"PK\x03\x04":
                raise SourceError(say("source.archive.damaged"), where=member.path, detail="no local header")
            name_length, extra_length = unpack_from("<HH", header, 26)
            known = self._data_offsets[number] = member.header_offset + 30 + name_length + extra_length
        return known

    def _stream(self, number: int) -> Inflated:
        stream = self._streams.get(number)
        if stream is None:
            member = self._members[number]
            packed = partial(_shifted, self._archive, self._data_offset(number))
            stream = Inflated(number, packed, member.packed_size, raw_deflate, self._held, member.path,
                              size=member.size, crc=member.crc)  # fmt: skip
            self._streams[number] = stream
        return stream


def _shifted(archive: Entry, start: int, offset: int, length: int) -> bytes:
    return archive.read(start + offset, length)


def open_zip(archive: Entry) -> Steps:
    """Read the directory at the end of a zip. Yields Progress("opening", …); returns a ZipSource.

    Raises NotAnArchiveError when there is none, SourceError when it lists more files than can be kept.
    """
    archive = in_blocks(archive, BLOCKS_AT_HAND)
    start, length, count, shift = yield from patiently(partial(_find_directory, archive))
    check_count(min(count, length // RECORD.size), archive.path)
    if length > MAX_DIRECTORY_BYTES:
        raise SourceError(say("source.archive.too_many"), where=archive.path, detail=f"a directory of {length} bytes")
    members = Members()
    data, base, at, seen = b"", 0, 0, 0  # `data` begins at byte `base` of the directory, the next record at byte `at`
    while at < length:
        if at + LONGEST_RECORD > base + len(data) and base + len(data) < length:
            behind = base + len(data)
            more = yield from patiently(partial(archive.read, start + behind, min(PIECE_BYTES, length - behind)))
            data, base = data[at - base :] + more, at
            length = length if more else behind
            yield Progress("opening", at, length)
        if at + RECORD.size > base + len(data) or data[at - base : at - base + 4] != b"PK\x01\x02":
            break
        member, next_at = _member(data, at - base, shift)
        at = base + next_at
        seen += 1
        if member is not None:
            members.append(member)
            check_count(len(members), archive.path)
    broken = seen < count or (at < length and data[at - base : at - base + 4] != SIGNATURE)
    return ZipSource(archive, members, f"the directory breaks off after {seen} of {count} entries" if broken else "")


def _member(data: bytes, position: int, shift: int) -> tuple[Member | None, int]:
    """The member whose record stands at `position`, None for a folder; and where the next record begins."""
    (_, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length, _, _, _, offset) = (
        RECORD.unpack_from(data, position)
    )
    name_at = position + RECORD.size
    extra_at = name_at + name_length
    raw = data[name_at:extra_at]
    extra = data[extra_at : extra_at + extra_length]
    after = extra_at + extra_length + comment_length
    if ABSENT in (packed, size, offset):
        size, packed, offset = _zip64(extra, size, packed, offset)
    if raw.endswith((b"/", b"\\")) and not size:
        return None, after
    name = raw.decode("utf-8", "replace") if flags & 0x800 else _unicode_path(extra) or decoded(raw)
    return Member(intern(name), offset + shift, packed, size, method, bool(flags & 1), crc), after


def _zip64(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    field = _extra_field(extra, 0x0001)
    values = [size, packed, offset]
    at = 0
    for number, value in enumerate(values):
        if value == ABSENT and at + 8 <= len(field):
            values[number] = int.from_bytes(field[at : at + 8], "little")
            at += 8
    return values[0], values[1], values[2]


def _unicode_path(extra: bytes) -> str:
    """The name in the Info-ZIP Unicode Path extra field (0x7075), or ""."""
    return _extra_field(extra, 0x7075)[5:].decode("utf-8", "replace")


def _extra_field(extra: bytes, wanted: int) -> bytes:
    position = 0
    while position + 4 <= len(extra):
        kind, length = unpack_from("<HH", extra, position)
        if kind == wanted:
            return extra[position + 4 : position + 4 + length]
        position += 4 + length
    return b""


def _find_directory(archive: Entry) -> tuple[int, int, int, int]:
    """(start, length, number of entries, how far all offsets are shifted) of the central directory.

    A program may stand before the zip and a comment after it; then offsets may count from where the zip begins.
    """
    tail_at = max(0, archive.size - END_SEARCH_BYTES)
    tail = archive.read(tail_at, archive.size - tail_at)
    at = len(tail)
    while (at := tail.rfind(END, 0, at)) >= 0:
        found = _directory_at(archive, tail, tail_at, at)
        if found is not None:
            return found
    raise NotAnArchiveError(say("source.zip.not_one"), where=archive.path, detail="no end of central directory")


def _directory_at(archive: Entry, tail: bytes, tail_at: int, at: int) -> tuple[int, int, int, int] | None:
    """What the end record at `at` of the tail says, when a directory is really there; else None."""
    if at + 22 > len(tail):
        return None
    _, _, _, count, length, offset, _ = unpack_from("<4H2IH", tail, at + 4)
    end = tail_at + at
    if 0xFFFF in (count,) or ABSENT in (length, offset):
        locator = archive.read(end - 20, 20) if end >= 20 else b""
        if locator[:4] == LOCATOR64:
            stated = int.from_bytes(locator[8:16], "little")
            for place in (end - 20 - 56, stated):
                record = archive.read(place, 56) if 0 <= place < end else b""
                if record[:4] == END64 and len(record) == 56:
                    count, length, offset = unpack_from("<3Q", record, 32)
                    end = place
                    break
    if length > end:
        return None
    shift = end - length - offset
    if shift < 0 or (length and archive.read(end - length, 4) != b"PK\x01\x02"):
        # Something stands between the directory and its end record (a signature, say): take the offset at its word.
        if offset + length > end or (length and archive.read(offset, 4) != b"PK\x01\x02"):
            return None
        return offset, length, count, 0
    return end - length, length, count, shift
