"""What becomes of one instance's data set in an export: copied, re-encoded, or decompressed.

Only the elements that describe the compression change when pixels are decompressed; everything else keeps its bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from struct import pack
from typing import TYPE_CHECKING

from scanfolio.effects import Part
from scanfolio.errors import PixelError, ReadingError
from scanfolio.export.elements import (
    MoreNeeded,
    RawElement,
    edit,
    element,
    elements_end,
    end_of_element,
    read_elements,
    without_fragments,
)
from scanfolio.export.reencode import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    NATIVE,
    PIXEL_DATA,
    re_encode,
)
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry
from scanfolio.words import say

if TYPE_CHECKING:
    from scanfolio.export.pixels import PlainPixels

HEAD_BYTES = 1 << 16
MAX_TAIL_BYTES = 1 << 24
PAPYRUS = "1.2.840.10008.1.20"  # Implicit VR Little Endian under another name
# Length of the pixel data element's header in front of its value, by Transfer Syntax
_PIXEL_HEADER_BYTES = {"1.2.840.10008.1.2": 8, "1.2.840.10008.1.2.2": 12}
# Group lengths that would be wrong and the offset tables of compressed frames
_COMPRESSED_ONLY = (0x00280000, 0x00880000, 0x7FE00000, 0x7FE00001, 0x7FE00002, 0x7FE00003)


@dataclass(frozen=True, slots=True)
class Transcoded:
    """The data set to write, in pieces, and in technical words what is different from the source."""

    parts: list[Part]
    changes: tuple[str, ...] = ()


def effective(entry: Entry, instance: SopInstance) -> SopInstance:
    """`instance` with the Transfer Syntax its data set is really written in: where none is stated, or a wrong one.

    Raises SourceError when the head of the file cannot be read.
    """
    stated = instance.transfer_syntax_uid
    if stated == PAPYRUS:
        return replace(instance, transfer_syntax_uid=IMPLICIT_LITTLE)
    if stated and not any(note.startswith("the transfer syntax says") for note in instance.notes):
        return instance
    from scanfolio.reading.elements import Declined
    from scanfolio.reading.part10 import read_start

    try:
        encoding = read_start(entry.read(0, HEAD_BYTES)).encoding
    except Declined:
        return instance
    if not encoding.explicit:
        return replace(instance, transfer_syntax_uid=IMPLICIT_LITTLE)
    if stated and not encoding.big and stated not in NATIVE:
        return instance
    return replace(instance, transfer_syntax_uid=EXPLICIT_BIG if encoding.big else EXPLICIT_LITTLE)


def data_set_length(entry: Entry, instance: SopInstance) -> int:
    """Bytes of the data set in the file. What lies behind the pixel data counts as long as it consists of elements."""
    total = entry.size - instance.data_set_offset
    pixels, length = instance.pixel_data_offset, instance.pixel_data_length
    if pixels is None or length is None or instance.transfer_syntax_uid == DEFLATED:
        return total
    end = pixels + length
    tail = entry.read(end, min(entry.size - end, MAX_TAIL_BYTES)) if end < entry.size else b""
    big = instance.transfer_syntax_uid == EXPLICIT_BIG
    return (
        end
        - instance.data_set_offset
        + elements_end(tail, explicit=instance.transfer_syntax_uid != IMPLICIT_LITTLE, big=big, after=PIXEL_DATA)
    )


def data_set_bytes(entry: Entry, instance: SopInstance) -> bytes:
    """The data set as it stands in the file, without anything that lies behind its end."""
    length = data_set_length(entry, instance)
    data = entry.read(instance.data_set_offset, length)
    if len(data) != length:
        raise ReadingError(say("export.bad.ends_early"), where=entry.path, detail=f"{len(data)} of {length} bytes")
    return data


def data_set_head(entry: Entry, instance: SopInstance) -> bytes:
    """The data set up to its pixel data, as Explicit VR Little Endian; the whole of a deflated one."""
    encoding, pixels, start = instance.transfer_syntax_uid, instance.pixel_data_offset, instance.data_set_offset
    if pixels is None or encoding == DEFLATED:
        data = data_set_bytes(entry, instance)
    else:
        length = pixels - _PIXEL_HEADER_BYTES.get(encoding, 12) - start
        data = entry.read(start, length)
        if len(data) != length:
            raise ReadingError(say("export.bad.ends_early"), where=entry.path, detail=f"{len(data)} of {length} bytes")
    return b"".join(re_encode(data, encoding)) if encoding in NATIVE and encoding != EXPLICIT_LITTLE else data


def header_elements(entry: Entry, instance: SopInstance, wanted: frozenset[int]) -> dict[int, RawElement]:
    """The elements of `wanted`, as Explicit VR Little Endian. Reads no more of the file than it must."""
    start, encoding = instance.data_set_offset, instance.transfer_syntax_uid
    total = entry.size - start
    if encoding in NATIVE and encoding != EXPLICIT_LITTLE:
        length = total
        if instance.pixel_data_offset is not None and encoding in _PIXEL_HEADER_BYTES:
            length = instance.pixel_data_offset - _PIXEL_HEADER_BYTES[encoding] - start
        return read_elements(b"".join(re_encode(entry.read(start, length), encoding)), wanted)
    # with the pixel data element's own header in sight nothing more has to be read
    pixels = instance.pixel_data_offset
    length = min(total, HEAD_BYTES if pixels is None else pixels - start)
    while True:
        try:
            return read_elements(entry.read(start, length), wanted, complete=length >= total)
        except MoreNeeded as short:
            if length >= total:
                raise ReadingError(say("export.bad.ends_early"), where=entry.path, detail=short.detail) from None
            length = min(total, short.needed + HEAD_BYTES)


def transcode(entry: Entry, instance: SopInstance, action: str) -> Transcoded:
    """The data set of `instance` as `action` ("copy", "keep", "re-encode", "decompress") makes it.

    Raises ReadingError when its structure is damaged, PixelError when its pixels cannot be decoded, SourceError when
    the bytes cannot be had.
    """
    data = data_set_bytes(entry, instance)
    if action in ("copy", "keep"):
        return Transcoded([data])
    if action == "re-encode":
        return Transcoded(
            re_encode(data, instance.transfer_syntax_uid), ("data set re-encoded as Explicit VR Little Endian",)
        )
    return _decompress(entry, instance, data)


def _decompress(entry: Entry, instance: SopInstance, data: bytes) -> Transcoded:
    from scanfolio.export.pixels import plain_pixels

    if instance.pixel_data_offset is None:
        raise PixelError(say("export.bad.no_pixels"), where=entry.path)
    value_start = instance.pixel_data_offset - instance.data_set_offset
    head, tail = data[: value_start - 12], data[end_of_element(data, value_start - 12) :]
    decoded = plain_pixels(entry, instance)
    edits: dict[int, bytes | None] = dict.fromkeys(_COMPRESSED_ONLY)
    changes = [f"pixels decompressed from {instance.transfer_syntax_uid}"]
    if decoded.photometric_interpretation != instance.photometric_interpretation:
        edits[0x00280004] = element(0x00280004, b"CS", decoded.photometric_interpretation.encode("ascii"))
        changes.append(f"(0028,0004) {instance.photometric_interpretation} -> {decoded.photometric_interpretation}")
    if decoded.samples > 1 and instance.planar_configuration != 0:
        edits[0x00280006] = element(0x00280006, b"US", pack("<H", 0))
        changes.append("(0028,0006) -> 0")
    if len(decoded.frames) != 1 and 0x00280008 not in read_elements(head, (0x00280008,)):
        edits[0x00280008] = element(0x00280008, b"IS", b"%d" % len(decoded.frames))
        changes.append(f"(0028,0008) -> {len(decoded.frames)}")
    for tag, (vr, value) in lossy_elements(head, decoded).items():
        edits[tag] = element(tag, vr, value)
        changes.append(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) -> {value.decode('ascii')}")
    (head, in_head), (tail, in_tail) = without_fragments(head), without_fragments(tail)
    changes += [f"{name} compressed preview picture left out" for name in in_head + in_tail]
    length = sum(map(len, decoded.frames))
    vr = b"OB" if decoded.bits_allocated <= 8 else b"OW"
    pixel_header = pack("<HH2sHI", 0x7FE0, 0x0010, vr, 0, length + length % 2)
    parts: list[Part] = [edit(head, edits), pixel_header, *decoded.frames]
    if length % 2:
        parts.append(b"\0")
    parts.append(edit(tail, dict.fromkeys(_COMPRESSED_ONLY)))
    return Transcoded(parts, tuple(changes))


def lossy_elements(head: bytes, decoded: PlainPixels) -> dict[int, RawElement]:
    """What has to be said of lossy compression that the head does not say yet (PS3.3 C.7.6.1.1.5).

    The flag stays 01 once it is; it is set where the codestream itself was lossy. Ratio and method belong to the flag.
    """
    if not decoded.lossy:
        return {}
    said = read_elements(head, (0x00282110, 0x00282112, 0x00282114))
    out: dict[int, RawElement] = {}
    if said.get(0x00282110, (b"", b""))[1].strip(b"\0 ") != b"01":
        out[0x00282110] = (b"CS", b"01")
    if not said.get(0x00282112, (b"", b""))[1].strip(b"\0 "):
        ratio = sum(map(len, decoded.frames)) / max(1, decoded.compressed_bytes)
        out[0x00282112] = (b"DS", f"{ratio:.4g}".encode())
    if not said.get(0x00282114, (b"", b""))[1].strip(b"\0 ") and decoded.lossy_method:
        out[0x00282114] = (b"CS", decoded.lossy_method.encode("ascii"))
    return out
