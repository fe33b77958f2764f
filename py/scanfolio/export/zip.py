"""A stored zip, written forwards: local headers are complete (no data descriptors), zip64 only where a number needs it.

PS3.12 Annex V asks for nothing but a plain zip. Sizes and CRC are known before an entry is sent, so old unpackers and
the Windows Explorer read it; memory is one entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from struct import pack
from zlib import crc32

from scanfolio.effects import Part

LIMIT_32 = 0xFFFFFFFF
LIMIT_16 = 0xFFFF
_FILE_BITS = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class _Written:
    name: bytes
    offset: int
    size: int
    crc: int


class ZipWriter:
    """Gives the bytes of a zip piece by piece; the caller passes them on at once.

    `created` (local time, 1980 or later) stamps every entry, so equal input gives equal bytes.
    """

    def __init__(self, created: datetime) -> None:
        self._written: dict[bytes, _Written] = {}
        self.position = 0  # bytes given so far
        self._time = created.hour << 11 | created.minute << 5 | created.second // 2
        self._date = max(created.year - 1980, 0) << 9 | created.month << 5 | created.day

    def add(self, path: str, parts: Sequence[Part]) -> Iterator[Part]:
        """The bytes of one stored entry whose content is `parts` in a row. A path added again replaces the first."""
        crc = size = 0
        for part in parts:
            crc = crc32(part, crc)
            size += len(part)
        yield self.begin(path, size, crc)
        for part in parts:
            self.position += len(part)
            yield part

    def begin(self, path: str, size: int, crc: int) -> bytes:
        """The local header of an entry of `size` bytes; its content must follow through `passed`."""
        name = path.encode("ascii")
        extra = pack("<HHQQ", 1, 16, size, size) if size >= LIMIT_32 else b""
        short = LIMIT_32 if extra else size
        header = (
            pack(
                "<IHHHHHIIIHH",
                0x04034B50,
                45 if extra else 20,
                0,
                0,
                self._time,
                self._date,
                crc,
                short,
                short,
                len(name),
                len(extra),
            )
            + name
            + extra
        )
        self._written[name] = _Written(name, self.position, size, crc)
        self.position += len(header)
        return header

    def passed(self, count: int) -> None:
        """`count` bytes of the entry begun have been sent."""
        self.position += count

    def finish(self) -> bytes:
        """The central directory and the end of the zip."""
        start = self.position
        directory = b"".join(self._central(entry) for entry in self._written.values())
        count, size = len(self._written), len(directory)
        end = b""
        if count >= LIMIT_16 or start >= LIMIT_32 or size >= LIMIT_32:
            end = pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, start)
            end += pack("<IIQI", 0x07064B50, 0, start + size, 1)
        short = min(count, LIMIT_16)
        end += pack("<IHHHHIIH", 0x06054B50, 0, 0, short, short, min(size, LIMIT_32), min(start, LIMIT_32), 0)
        return directory + end

    def _central(self, entry: _Written) -> bytes:
        wide = b""
        if entry.size >= LIMIT_32:
            wide += pack("<QQ", entry.size, entry.size)
        if entry.offset >= LIMIT_32:
            wide += pack("<Q", entry.offset)
        extra = pack("<HH", 1, len(wide)) + wide if wide else b""
        short = min(entry.size, LIMIT_32)
        version = 45 if extra else 20
        return (
            pack(
                "<IHHHHHHIIIHHHHHII",
                0x02014B50,
                3 << 8 | version,
                version,
                0,
                0,
                self._time,
                self._date,
                entry.crc,
                short,
                short,
                len(entry.name),
                len(extra),
                0,
                0,
                0,
                _FILE_BITS,
                min(entry.offset, LIMIT_32),
            )
            + entry.name
            + extra
        )
