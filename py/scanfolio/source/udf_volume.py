"""The volume structure of UDF: from an image's anchor to its partitions, and from a block number to bytes."""

from __future__ import annotations

from dataclasses import dataclass
from struct import error as struct_error
from struct import unpack_from

from scanfolio.source.entry import Entry
from scanfolio.source.extents import NOT_WRITTEN, Extent, joined, read_extents

ANCHOR, PRIMARY, PARTITION, LOGICAL, TERMINATING, POINTER = 2, 1, 5, 6, 8, 3
FILE_SET, ALLOCATION, INDIRECT, FILE, EXTENDED_FILE = 256, 258, 259, 261, 266
MAX_EXTENTS = 100_000
MAX_TABLE_BYTES = 64 << 20
PIECE_BYTES = 1 << 20
MAX_PADDING_BYTES = 256 << 20
BLOCK_SIZES = (2048, 512, 4096, 1024)

Place = tuple[int, int]
"""(partition reference, logical block)."""


class NotReadableError(Exception):
    """Something of the volume structure is not what it should be; a technical sentence."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Kind as ICB file type (ECMA-167 4/14.6.6), size in bytes, and where it lies; `data` when it is embedded."""

    kind: int
    size: int
    extents: tuple[Extent, ...]
    data: bytes | None = None


@dataclass(slots=True)
class _Partition:
    """One partition map: how its logical blocks become bytes of the image."""

    start: int  # block of the image
    table: list[int] | None = None  # virtual: where each block really is; sparable: nothing
    moved: dict[int, int] | None = None  # sparable: first block of a packet -> where it is instead
    packet: int = 32
    extents: tuple[Extent, ...] | None = None  # metadata: the file that holds it


class UdfVolume:
    """Made from an image; raises NotReadableError. Nothing is kept of it but the partition maps."""

    def __init__(self, image: Entry) -> None:
        self._image = image
        self.block, sequence, length = self._anchor()
        starts: dict[int, int] = {}
        logical = b""
        for number in range(min(length // self.block, 4096)):
            descriptor = image.read((sequence + number) * self.block, self.block)
            if len(descriptor) < 512:
                break
            tag = _tag(descriptor)
            if tag == PARTITION:
                starts[unpack_from("<H", descriptor, 22)[0]] = unpack_from("<I", descriptor, 188)[0]
            elif tag == LOGICAL:
                logical = descriptor
            elif tag == TERMINATING:
                break
        if not logical or not starts:
            raise NotReadableError("no Logical Volume Descriptor or no Partition Descriptor")
        self._partitions: list[_Partition] = []
        try:
            self._read_maps(logical, starts)
        except struct_error as problem:
            raise NotReadableError(f"partition maps: {problem}") from problem
        self._file_set = self._long_ad(logical, 248)

    def root(self) -> Place:
        """Where the File Entry of the root folder is."""
        descriptor = self._read_block(*self._file_set)
        if _tag(descriptor) != FILE_SET:
            raise NotReadableError("no File Set Descriptor where the Logical Volume Descriptor points")
        return self._long_ad(descriptor, 400)

    def file_entry(self, place: Place) -> FileEntry:
        """The File Entry at `place`, ECMA-167 4/14.9 and 4/14.17."""
        return self._parse(self._read_block(*place), place[0])

    def read(self, extents: tuple[Extent, ...], size: int) -> bytes:
        return read_extents(self._image, extents, self._image.path, 0, size)

    # -- from the anchor to the partitions

    def _anchor(self) -> tuple[int, int, int]:
        """(block size, first block and length in bytes of the descriptor sequence)."""
        for block in BLOCK_SIZES:
            blocks = self._image.size // block
            for number in (256, blocks - 257, blocks - 1, 512):
                data = self._image.read(number * block, 512) if number > 0 else b""
                if len(data) == 512 and _tag(data) == ANCHOR and unpack_from("<I", data, 12)[0] == number:
                    for at in (16, 24):  # the main sequence, the reserve
                        length, start = unpack_from("<II", data, at)
                        first = self._image.read(start * block, 512)
                        if len(first) == 512 and _tag(first) in (PRIMARY, PARTITION, LOGICAL, 4, 7, POINTER):
                            return block, start, length
        raise NotReadableError("no Anchor Volume Descriptor Pointer")

    def _read_maps(self, logical: bytes, starts: dict[int, int]) -> None:
        if unpack_from("<I", logical, 212)[0] != self.block:
            raise NotReadableError("two block sizes")
        length, count = unpack_from("<II", logical, 264)
        at, end = 440, min(440 + length, len(logical))
        late: list[tuple[_Partition, int, bytes]] = []
        for _ in range(min(count, 16)):
            if at + 6 > end:
                break
            kind, size = logical[at], logical[at + 1]
            entry = logical[at : at + size]
            if size < 6:
                break
            if kind == 1:
                number = unpack_from("<H", entry, 4)[0]
                self._partitions.append(_Partition(starts.get(number, next(iter(starts.values())))))
            else:
                number = unpack_from("<H", entry, 38)[0]
                partition = _Partition(starts.get(number, next(iter(starts.values()))))
                late.append((partition, len(self._partitions), entry))
                self._partitions.append(partition)
            at += size
        for partition, number, entry in late:
            self._read_map(partition, number, entry)

    def _read_map(self, partition: _Partition, number: int, entry: bytes) -> None:
        name = entry[5:28]
        if name.startswith(b"*UDF Metadata"):
            for at in (40, 44):  # the file, its mirror
                place = number, unpack_from("<I", entry, at)[0]
                try:
                    found = self.file_entry(place)
                except NotReadableError:
                    continue
                if found.extents:
                    partition.extents = found.extents
                    return
            raise NotReadableError("neither the Metadata File nor its mirror can be read")
        if name.startswith(b"*UDF Sparable"):
            partition.packet = unpack_from("<H", entry, 40)[0] or 32
            partition.moved = self._sparing(entry)
        elif name.startswith(b"*UDF Virtual"):
            partition.table = self._virtual_table(number)
        else:
            raise NotReadableError(f"a partition map of a kind that is not known: {name!r}")

    def _sparing(self, entry: bytes) -> dict[int, int]:
        tables, size = entry[42], unpack_from("<I", entry, 44)[0]
        for n in range(min(tables, 4)):
            block = unpack_from("<I", entry, 48 + 4 * n)[0]
            data = self._image.read(block * self.block, min(size, MAX_TABLE_BYTES))
            if data[17:].startswith(b"*UDF Sparing Table"):
                count = min(unpack_from("<H", data, 48)[0], (len(data) - 56) // 8)
                pairs = (unpack_from("<II", data, 56 + 8 * i) for i in range(count))
                return {original: instead for original, instead in pairs if original < 0xFFFFFFF0}
        return {}

    def _virtual_table(self, number: int) -> list[int]:
        """The Virtual Allocation Table, whose File Entry is the last thing written on such a disc."""
        last = self._last_written()
        start = self._partitions[number].start
        for block in range(last, max(start, last - 64), -1):
            data = self._image.read(block * self.block, self.block)
            if _tag(data) not in (FILE, EXTENDED_FILE):
                continue
            try:
                entry = self._parse(data, number)
            except NotReadableError:
                continue
            if entry.kind not in (0, 248) or entry.size > MAX_TABLE_BYTES:
                continue
            table = entry.data if entry.data is not None else self.read(entry.extents, entry.size)
            if entry.kind == 248:  # UDF 2.00 and later begin with a header
                table = table[unpack_from("<H", table, 0)[0] :] if len(table) > 2 else b""
            else:
                table = table[:-36]  # its name, and where the one before stands
            return list(unpack_from(f"<{len(table) // 4}I", table, 0))
        raise NotReadableError("no Virtual Allocation Table at the end of the image")

    def _last_written(self) -> int:
        """The last block that holds anything: images may be filled up with zeros."""
        end = self._image.size // self.block * self.block
        start = end
        while start > max(0, end - MAX_PADDING_BYTES):
            piece = min(PIECE_BYTES, start)
            start -= piece
            written = self._image.read(start, piece).rstrip(b"\0")
            if written:
                return (start + len(written) - 1) // self.block
        return end // self.block - 1

    # -- from blocks to bytes

    def _bytes_of(self, reference: int, block: int, length: int) -> list[Extent]:
        """Where `length` bytes from a logical block on lie in the image."""
        if reference >= len(self._partitions):
            raise NotReadableError(f"partition {reference} is not there")
        partition = self._partitions[reference]
        if partition.extents is not None:
            return _part_of(partition.extents, block * self.block, length)
        if partition.table is not None:
            blocks = range(block, block + (length + self.block - 1) // self.block)
            places = [partition.table[b] if b < len(partition.table) else b for b in blocks]
            return self._one_by_one([partition.start + place for place in places], length)
        if partition.moved:
            blocks = range(block, block + (length + self.block - 1) // self.block)
            return self._one_by_one([self._spared(partition, b) for b in blocks], length)
        return [((partition.start + block) * self.block, length)]

    def _spared(self, partition: _Partition, block: int) -> int:
        packet = block - block % partition.packet
        instead = (partition.moved or {}).get(packet)
        return partition.start + block if instead is None else instead + block % partition.packet

    def _one_by_one(self, blocks: list[int], length: int) -> list[Extent]:
        pieces = [(block * self.block, self.block) for block in blocks]
        return _part_of(joined(pieces), 0, length)

    def _read_block(self, reference: int, block: int) -> bytes:
        pieces = self._bytes_of(reference, block, self.block)
        data = b"".join(self._image.read(offset, length) for offset, length in pieces if offset >= 0)
        if len(data) < self.block:
            raise NotReadableError(f"block {block} lies beyond the end of the image")
        return data

    def _long_ad(self, data: bytes, at: int) -> Place:
        block, reference = unpack_from("<IH", data, at + 4)
        return reference, block

    # -- file entries

    def _parse(self, data: bytes, reference: int) -> FileEntry:
        tag = _tag(data)
        if tag not in (FILE, EXTENDED_FILE):
            raise NotReadableError(f"no File Entry but tag {tag}")
        kind, flags = data[27], unpack_from("<H", data, 34)[0]
        size = unpack_from("<Q", data, 56)[0]
        attributes_at = 208 if tag == EXTENDED_FILE else 168
        attributes, length = unpack_from("<II", data, attributes_at)
        at = attributes_at + 8 + attributes
        form = flags & 7
        if at + length > len(data):
            raise NotReadableError("a File Entry longer than its block")
        if form == 3:
            return FileEntry(kind, min(size, length), (), data[at : at + min(size, length)])
        if form not in (0, 1):
            raise NotReadableError(f"allocation descriptors of kind {form}")
        return FileEntry(kind, size, tuple(self._extents(data[at : at + length], form, reference, size)))

    def _extents(self, descriptors: bytes, form: int, reference: int, size: int) -> list[Extent]:
        """The extents of a file, following those that go on in another block."""
        found: list[Extent] = []
        step = 8 if form == 0 else 16
        total, at, followed = 0, 0, 0
        while at + step <= len(descriptors) and total < size and len(found) < MAX_EXTENTS:
            word, block = unpack_from("<II", descriptors, at)
            kind, length = word >> 30, word & 0x3FFFFFFF
            at += step
            if form == 1:
                reference = unpack_from("<H", descriptors, at - 8)[0]
            if not length:
                break
            if kind == 3:
                followed += 1
                more = self._read_block(reference, block)
                if _tag(more) != ALLOCATION or followed > 1000:
                    raise NotReadableError("allocation descriptors that go on where none are")
                descriptors, at = more[24 : 24 + unpack_from("<I", more, 20)[0]], 0
                continue
            length = min(length, size - total)
            total += length
            found.extend(self._bytes_of(reference, block, length) if kind == 0 else [(NOT_WRITTEN, length)])
        return found


def _part_of(extents: tuple[Extent, ...], offset: int, length: int) -> list[Extent]:
    """`length` bytes from `offset` of what `extents` hold."""
    found = []
    for start, size in extents:
        if offset >= size:
            offset -= size
            continue
        take = min(size - offset, length)
        found.append((start + offset if start >= 0 else start, take))
        offset, length = 0, length - take
        if not length:
            break
    return found


def _tag(data: bytes) -> int:
    """The kind of a descriptor, or -1 when its tag is damaged (ECMA-167 3/7.2)."""
    if len(data) < 16 or (sum(data[:4]) + sum(data[5:16])) & 0xFF != data[4]:
        return -1
    return int(unpack_from("<H", data)[0])
