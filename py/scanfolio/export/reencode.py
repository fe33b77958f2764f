"""Implicit VR Little Endian, Explicit VR Big Endian and deflated data sets as Explicit VR Little Endian.

Works on raw bytes: every value keeps its bytes (numbers are turned round where the source is big endian), so nothing a
library might normalise on the way, such as padding, odd characters or a malformed number, is changed. What a reader may
not rely on is left out: group lengths (PS3.5 7.2, retired and wrong afterwards). Sequences get defined lengths.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from struct import Struct

from scanfolio.effects import Part
from scanfolio.errors import ReadingError
from scanfolio.export.elements import ITEM, ITEM_END, LONG_VRS, MAX_DEPTH, SEQUENCE_END, SHORT_VRS, UNDEFINED_LENGTH
from scanfolio.reading.deflated import inflater_of
from scanfolio.words import say

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
NATIVE = frozenset((IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG))
MAX_INFLATED_BYTES = (1 << 31) - 1  # the largest size a 32-bit Python (the page) can ask zlib for
_SWAPPED_BYTES = {
    b"US": 2, b"SS": 2, b"OW": 2, b"AT": 2, b"UL": 4, b"SL": 4, b"FL": 4, b"OF": 4, b"OL": 4,
    b"FD": 8, b"OD": 8, b"SV": 8, b"UV": 8, b"OV": 8,
}  # fmt: skip
_LITTLE = (Struct("<HHI"), Struct("<HH2sH"), Struct("<H"), Struct("<I"))
_BIG = (Struct(">HHI"), Struct(">HH2sH"), Struct(">H"), Struct(">I"))
BITS_ALLOCATED, PIXEL_REPRESENTATION, LUT_DESCRIPTOR, WAVEFORM_BITS = 0x00280100, 0x00280103, 0x00283002, 0x54001004
PIXEL_DATA = 0x7FE00010


def inflate(data: Part, limit: int = MAX_INFLATED_BYTES) -> bytes:
    """The data set inside a deflated one (PS3.5 A.5). Raises ReadingError if damaged or above `limit` bytes."""
    inflater = inflater_of(data)
    try:
        plain = inflater.decompress(data, limit)
    except zlib.error as fault:
        raise ReadingError(say("export.bad.packed"), detail=str(fault)) from None
    if not inflater.eof and (inflater.unconsumed_tail or len(plain) >= limit):
        raise ReadingError(say("export.bad.packed_large"), detail=f"more than {limit} bytes")
    return plain + b"\0" if len(plain) % 2 else plain


def re_encode(data: Part, transfer_syntax_uid: str) -> list[Part]:
    """`data`, a native data set in `transfer_syntax_uid`, as Explicit VR Little Endian: pieces to be written in a row.

    Raises ReadingError when the data set cannot be followed to its end.
    """
    if transfer_syntax_uid == DEFLATED:
        return [inflate(data)]
    if transfer_syntax_uid == EXPLICIT_LITTLE:
        return [data]
    writer = _Recoder(memoryview(data), implicit=transfer_syntax_uid == IMPLICIT_LITTLE)
    parts, _ = writer.data_set(0, len(data), {}, 0)
    return parts


class _Recoder:
    def __init__(self, data: memoryview, *, implicit: bool) -> None:
        self.data = data
        self.implicit = implicit
        self.tag_length, self.short_header, self.us, self.ul = _LITTLE if implicit else _BIG

    def data_set(self, position: int, end: int, outer: dict[int, int], depth: int) -> tuple[list[Part], int]:
        """Elements from `position` to `end` or to an Item Delimitation; `outer`: numbers of the enclosing data set."""
        if depth > MAX_DEPTH:
            raise ReadingError(say("export.bad.list"), detail=f"nested deeper than {MAX_DEPTH} levels")
        parts: list[Part] = []
        numbers = dict(outer)
        while position + 8 <= end:
            tag, vr, start, length = self._header(position)
            if tag == ITEM_END:
                return parts, position + 8
            if vr == b"":
                vr = self._vr(tag, length, numbers, start)
            if length != UNDEFINED_LENGTH and start + length > end:
                raise ReadingError(
                    say("export.bad.ends_early"), detail=f"tag {tag:08X} claims {length} bytes at {start}"
                )
            if length == UNDEFINED_LENGTH and tag == PIXEL_DATA:
                raise ReadingError(say("export.bad.compressed"), detail=f"at {start}")
            if vr == b"SQ":
                value, position = self._sequence(start, length, end, numbers, depth)
            elif length == UNDEFINED_LENGTH:
                raise ReadingError(say("export.bad.list"), detail=f"undefined length of tag {tag:08X}")
            else:
                raw = self.data[start : start + length]
                position = start + length
                value = [raw if self.implicit else _swapped(raw, vr)]
                if tag in (BITS_ALLOCATED, PIXEL_REPRESENTATION, LUT_DESCRIPTOR, WAVEFORM_BITS) and length >= 2:
                    numbers[tag] = int(self.us.unpack_from(raw)[0])
            if tag & 0xFFFF or tag >> 16 < 8:
                parts += _element(tag, vr, value)
        return parts, position

    def _header(self, position: int) -> tuple[int, bytes, int, int]:
        group, element, length = self.tag_length.unpack_from(self.data, position)
        tag = group << 16 | element
        if self.implicit or group == 0xFFFE:
            return tag, b"", position + 8, length
        _, _, vr, short = self.short_header.unpack_from(self.data, position)
        if vr in SHORT_VRS:
            return tag, vr, position + 8, short
        if vr in LONG_VRS and position + 12 <= len(self.data):
            return tag, vr, position + 12, self.ul.unpack_from(self.data, position + 8)[0]
        raise ReadingError(say("export.bad.header"), detail=f"VR {vr!r} of tag {tag:08X} at {position}")

    def _vr(self, tag: int, length: int, numbers: dict[int, int], start: int) -> bytes:
        if tag >> 16 == 0xFFFE:
            raise ReadingError(say("export.bad.list"), detail=f"tag {tag:08X} outside a sequence at {start}")
        vr = dictionary_vr(tag)
        if " or " in vr:
            vr = _resolve(tag, vr, length, numbers)
        if length == UNDEFINED_LENGTH and vr == "UN":
            return b"SQ"  # only sequences and pixels have undefined length
        if length > 0xFFFE and length != UNDEFINED_LENGTH and vr.encode() in SHORT_VRS:
            return b"UN"  # PS3.5 6.2.2: too long for a two-byte length
        return vr.encode()

    def _sequence(
        self, position: int, length: int, end: int, numbers: dict[int, int], depth: int
    ) -> tuple[list[Part], int]:
        limit = end if length == UNDEFINED_LENGTH else position + length
        parts: list[Part] = []
        while position + 8 <= limit:
            group, element, item_length = self.tag_length.unpack_from(self.data, position)
            tag = group << 16 | element
            position += 8
            if tag == SEQUENCE_END:
                return parts, position
            if tag != ITEM:
                raise ReadingError(say("export.bad.list"), detail=f"tag {tag:08X} where an item should be")
            open_end = item_length == UNDEFINED_LENGTH
            if not open_end and position + item_length > limit:
                raise ReadingError(say("export.bad.ends_early"), detail=f"item of {item_length} bytes at {position}")
            item, position = self.data_set(position, limit if open_end else position + item_length, numbers, depth + 1)
            parts.append(Struct("<HHI").pack(0xFFFE, 0xE000, sum(map(len, item))))
            parts += item
        if length == UNDEFINED_LENGTH:
            raise ReadingError(say("export.bad.ends_early"), detail="a sequence is not closed")
        return parts, limit


def _element(tag: int, vr: bytes, value: list[Part]) -> Iterator[Part]:
    length = sum(map(len, value))
    if length % 2:
        value = [*value, b"\0" if vr in LONG_VRS or vr == b"UI" else b" "]
        length += 1
    if vr in LONG_VRS:
        yield Struct("<HH2sHI").pack(tag >> 16, tag & 0xFFFF, vr, 0, length)
    else:
        yield Struct("<HH2sH").pack(tag >> 16, tag & 0xFFFF, vr, length)
    yield from value


def _swapped(raw: memoryview, vr: bytes) -> Part:
    width = _SWAPPED_BYTES.get(vr, 1)
    if width == 1 or len(raw) < width:
        return raw
    turned = bytearray(raw)
    usable = len(turned) - len(turned) % width
    for k in range(width):
        turned[k:usable:width] = raw[width - 1 - k : usable : width]
    return turned


@cache
def dictionary_vr(tag: int) -> str:
    """The VR(s) PS3.6 gives `tag`; LO for private creators, UN for everything private or unknown (PS3.5 6.2.2)."""
    from pydicom.datadict import dictionary_VR

    group, element = tag >> 16, tag & 0xFFFF
    if group & 1:
        return "LO" if 0x10 <= element <= 0xFF else "UN"
    if element == 0:
        return "UL"
    try:
        return str(dictionary_VR(tag))
    except KeyError:
        return "UN"


def _resolve(tag: int, choices: str, length: int, numbers: dict[int, int]) -> str:
    """One VR where PS3.6 leaves a choice (PS3.5 8.1.2, 8.2, A.1; PS3.3 C.7.6.3.1.1, C.11.1.1.1)."""
    if tag == PIXEL_DATA:
        return "OB" if 0 < numbers.get(BITS_ALLOCATED, 16) <= 8 else "OW"
    if tag >> 16 == 0x5400:
        return "OB" if numbers.get(WAVEFORM_BITS, 16) == 8 else "OW"
    if tag == 0x00283006:  # LUT Data
        return "US" if numbers.get(LUT_DESCRIPTOR) == 1 or length == 2 else "OW"
    if "OW" in choices:
        return "OW"
    return "SS" if numbers.get(PIXEL_REPRESENTATION) == 1 else "US"
