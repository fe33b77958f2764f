"""A .zip as a source: random access to its members without unpacking it. PS3.12 Annex V discs come as one.

Members are inflated from the start only as far as somebody reads; a bounded number of inflated bytes is kept. What is
encrypted, packed by a method we lack, or grows beyond what it declares is listed and says so when it is read.
"""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from struct import unpack_from
from typing import BinaryIO

from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.source.entry import Entry
from scanfolio.source.folder import read_range
from scanfolio.source.stream import entry_stream
from scanfolio.words import say

CACHE_BYTES = 96 << 20
FEED_BYTES = 1 << 18
BOMB_RATIO = 1000
BOMB_BYTES = 100 << 20
MAX_MEMBERS = 1_000_000
MAX_TOTAL_RATIO = 1000
MAX_TOTAL_BYTES = 1 << 40
STORED, DEFLATED, AES = 0, 8, 99


class LockedError(SourceError):
    """The bytes are there but encrypted."""

    code = "locked"


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


class ZipSource:
    """The files of the zip `given`, a path or an Entry. Raises SourceError when it is no readable zip.

    `refused` is a plain sentence when the archive as a whole is built to do harm: then reading any member raises it.
    """

    def __init__(self, given: str | Entry) -> None:
        if isinstance(given, str):
            try:
                size = os.path.getsize(given)
            except OSError as problem:
                raise SourceError(say("source.zip.closed"), where=given, detail=str(problem)) from problem
            given = Entry(0, given.replace(os.sep, "/"), size, partial(read_range, given, given))
        self._archive = given
        self.members = _members(given)
        self.refused = _harmful(self.members, given.size)
        self._cache = InflatedCache(CACHE_BYTES)
        self._data_offsets: dict[int, int] = {}

    @property
    def name(self) -> str:
        return self._archive.path.rsplit("/", 1)[-1]

    def entries(self) -> Iterator[Entry]:
        for entry_id, member in enumerate(self.members):
            yield Entry(entry_id, member.path, member.size, partial(self._read, entry_id))

    def _read(self, number: int, offset: int, length: int) -> bytes:
        member = self.members[number]
        self._check(member)
        length = max(0, min(length, member.size - offset))
        if not length:
            return b""
        if member.method == STORED:
            data = self._archive.read(self._data_offset(number, member) + offset, length)
        else:
            data = self._cache.read(number, partial(self._inflation, number, member), offset, length)
        if len(data) < length:
            detail = "fewer bytes than the directory of the zip says"
            raise SourceError(say("source.zip.damaged"), where=member.path, detail=detail)
        return data

    def _check(self, member: Member) -> None:
        if member.encrypted or member.method == AES:
            raise LockedError(say("source.zip.locked"), where=member.path)
        if self.refused:
            raise SourceError(self.refused, where=member.path)
        if member.method not in (STORED, DEFLATED):
            detail = f"compression method {member.method}"
            raise SourceError(say("source.zip.method"), where=member.path, detail=detail)
        if member.size > BOMB_BYTES and member.size > BOMB_RATIO * max(1, member.packed_size):
            raise SourceError(say("source.zip.bomb"), where=member.path)

    def _data_offset(self, number: int, member: Member) -> int:
        known = self._data_offsets.get(number)
        if known is None:
            header = self._archive.read(member.header_offset, 30)
            if len(header) < 30 or header[:4] != b"PK\x03\x04":
                raise SourceError(say("source.zip.damaged"), where=member.path, detail="no local header")
            name_length, extra_length = unpack_from("<HH", header, 26)
            known = self._data_offsets[number] = member.header_offset + 30 + name_length + extra_length
        return known

    def _inflation(self, number: int, member: Member) -> Inflation:
        return Inflation(self._archive, self._data_offset(number, member), member)


class Inflation:
    """One member being inflated from its start: `data` is what came out so far."""

    def __init__(self, archive: Entry, data_offset: int, member: Member) -> None:
        self._archive = archive
        self._offset = data_offset
        self._left = member.packed_size
        self._member = member
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._pending = b""
        self._crc = 0
        self.start = 0  # of `data` in the member: > 0 where the beginning was dropped
        self.data = bytearray()

    @property
    def end(self) -> int:
        return self.start + len(self.data)

    def reach(self, end: int, keep_from: int) -> None:
        """Inflate up to byte `end` of the member, dropping what lies before `keep_from`."""
        while self.end < end:
            if not self._pending:
                if not self._left:
                    return
                take = min(FEED_BYTES, self._left, max(4096, end - self.end))
                self._pending = self._archive.read(self._offset, take)
                if not self._pending:
                    return
                self._offset += len(self._pending)
                self._left -= len(self._pending)
            try:
                piece = self._inflater.decompress(self._pending, min(end - self.end + 4096, 1 << 22))
            except zlib.error as problem:
                raise SourceError(say("source.zip.damaged"), where=self._member.path, detail=str(problem)) from problem
            self._pending = self._inflater.unconsumed_tail
            if self.end + len(piece) > self._member.size:
                detail = "inflates to more than it declares"
                raise SourceError(say("source.zip.bomb"), where=self._member.path, detail=detail)
            self.data += piece
            self._crc = zlib.crc32(piece, self._crc)
            if self._inflater.eof:
                self._left, self._pending = 0, b""
                if self._crc != self._member.crc:
                    detail = "the CRC-32 is not what it should be"
                    raise SourceError(say("source.zip.damaged"), where=self._member.path, detail=detail)
            drop = min(keep_from - self.start, len(self.data))
            if drop > (1 << 22):
                del self.data[:drop]
                self.start += drop


class InflatedCache:
    """Members inflated so far, the longest unused dropped first; holds at most `limit` bytes besides the one in use."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: OrderedDict[int, Inflation] = OrderedDict()

    def read(self, number: int, begin: partial[Inflation], offset: int, length: int) -> bytes:
        """`length` bytes from `offset` of member `number`; `begin` starts its inflation anew."""
        inflation = self._open.pop(number, None)
        if inflation is None or offset < inflation.start:
            inflation = begin()
        try:
            whole = offset + length <= self._limit
            inflation.reach(offset + length, 0 if whole else offset)
        except BytesNotHere:
            raise  # the bytes that were taken are lost with this inflation; it starts anew when they are here
        at = offset - inflation.start
        data = bytes(inflation.data[at : at + length])
        self._open[number] = inflation
        self._trim(number)
        return data

    @property
    def held(self) -> int:
        """Inflated bytes held now."""
        return sum(len(inflation.data) for inflation in self._open.values())

    def _trim(self, in_use: int) -> None:
        held = self.held
        while held > self._limit or len(self._open) > 256:
            number, inflation = next(iter(self._open.items()))
            if number == in_use:
                return
            held -= len(inflation.data)
            del self._open[number]


def _members(archive: Entry) -> list[Member]:
    """The central directory, without folders. Raises SourceError."""
    stream: BinaryIO = entry_stream(archive)
    try:
        with zipfile.ZipFile(stream) as directory:
            infos = directory.infolist()
    except (SourceError, MemoryError):
        raise
    except Exception as problem:  # zipfile raises struct.error, ValueError and others besides BadZipFile
        detail = f"{type(problem).__name__}: {problem}"
        raise SourceError(say("source.zip.not_one"), where=archive.path, detail=detail) from problem
    if len(infos) > MAX_MEMBERS:
        raise SourceError(say("source.zip.too_many"), where=archive.path, detail=str(len(infos)))
    members = []
    used: dict[str, int] = {}
    for info in infos:
        name = _name(info)
        if info.is_dir() and not info.file_size:
            continue
        path = harmless(name)
        count = used[path] = used.get(path, 0) + 1
        if count > 1:
            path = f"{path} ({count})"
        members.append(Member(path, info.header_offset, info.compress_size, info.file_size, info.compress_type,
                              bool(info.flag_bits & 0x1), info.CRC))  # fmt: skip
    return members


def _harmful(members: list[Member], archive_size: int) -> str:
    """A plain sentence when members overlap or together unpack to an absurd size: an archive built to do harm."""
    total = sum(member.size for member in members)
    if total > MAX_TOTAL_BYTES or (total > 10 * BOMB_BYTES and total > MAX_TOTAL_RATIO * max(1, archive_size)):
        return say("source.zip.all_bomb")
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            return say("source.zip.overlap")
        end = member.header_offset + 30 + member.packed_size
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name. Old archives write it in the code page of the packing computer, without saying which."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    unicode_path = _unicode_path(info.extra)
    if unicode_path:
        return unicode_path
    name = info.orig_filename
    if name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        japanese = raw.decode("cp932")
    except UnicodeDecodeError:
        return name
    odd = re.sub(r"[\x20-\x7e]", "", japanese)
    return japanese if len(odd) > 1 and re.fullmatch(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]+", odd) else name


def _unicode_path(extra: bytes) -> str:
    """The name in the Info-ZIP Unicode Path extra field (0x7075), or ""."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = unpack_from("<HH", extra, position)
        if kind == 0x7075 and length > 5:
            return extra[position + 9 : position + 4 + length].decode("utf-8", "replace")
        position += 4 + length
    return ""


def harmless(name: str) -> str:
    """`name` as a relative path that stays inside: no drive, no root, no "..", no control characters."""
    parts = re.sub(r"[\x00-\x1f\x7f]", "_", name).replace("\\", "/").split("/")
    kept = [part for part in parts if part not in ("", ".")]
    if kept and re.fullmatch(r"[A-Za-z]:", kept[0]):
        kept = kept[1:]
    return "/".join("_" if part == ".." else part for part in kept) or "_"
