"""Raw elements of an Explicit VR Little Endian data set: found, cut out and written again without interpreting values.

A DICOMDIR repeats values of the instances byte for byte (same characters, same Specific Character Set), so nothing is
decoded here. PS3.5 7.1.2 (explicit VR), 7.5 (sequences), 6.2.2 note 2 (UN of undefined length is Implicit VR).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from struct import Struct, error, pack, unpack_from

from scanfolio.errors import ReadingError
from scanfolio.words import say

TAG_LENGTH = Struct("<HHI")
SHORT_HEADER = Struct("<HH2sH")
UNDEFINED_LENGTH = 0xFFFFFFFF
LONG_VRS = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
SHORT_VRS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(),
)
MAX_DEPTH = 128  # sequences inside sequences
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_TAGS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))

RawElement = tuple[bytes, bytes]  # (VR, value); an undefined-length value is without its delimitation item


class MoreNeeded(ReadingError):
    """The bytes at hand end before the wanted elements do; `needed` bytes of the data set would get further."""

    def __init__(self, needed: int) -> None:
        super().__init__("The file ends too early.", detail=f"{needed} bytes needed")
        self.needed = needed


def read_elements(
    data: bytes | memoryview, wanted: Collection[int], *, last_tag: int = 0x7FDFFFFF, complete: bool = True
) -> dict[int, RawElement]:
    """The elements of `wanted` at the top level of the Explicit VR Little Endian data set `data`, by tag as an integer.

    Stops at the first tag above `last_tag`. With `complete` false `data` may be the first part of the data set only.
    Raises MoreNeeded when it ends inside an element that matters, ReadingError where it is not Explicit VR.
    """
    view = memoryview(data)
    found: dict[int, RawElement] = {}
    position, end, previous = 0, len(view), -1
    while position + 8 <= end:
        tag, vr, value_start, length = header_of(view, position)
        if tag > last_tag or tag in PIXEL_TAGS:
            return found
        if tag <= previous and tag >> 16 != previous >> 16:
            raise ReadingError(say("export.bad.order"), detail=f"tag {tag:08X} after {previous:08X}")
        previous = tag
        if length == UNDEFINED_LENGTH:
            value_end, position = _end_of_sequence(view, value_start, implicit=vr == b"UN")
        else:
            value_end = position = value_start + length
        if value_end > end and (tag in wanted or complete):
            raise MoreNeeded(value_end)
        if tag in wanted:
            found[tag] = (vr, bytes(view[value_start:value_end]))
    if not complete:
        raise MoreNeeded(max(position, end) + 4096)
    return found


def header_of(view: memoryview, position: int) -> tuple[int, bytes, int, int]:
    """(tag, VR, first byte of the value, its length as it is stated) of the element at `position`."""
    group, element, vr, length = SHORT_HEADER.unpack_from(view, position)
    tag = group << 16 | element
    if vr in SHORT_VRS:
        return tag, vr, position + 8, length
    if vr in LONG_VRS:
        if position + 12 > len(view):
            raise MoreNeeded(position + 12)
        return tag, vr, position + 12, int.from_bytes(view[position + 8 : position + 12], "little")
    raise ReadingError(say("export.bad.not_explicit"), detail=f"VR {vr!r} of tag {tag:08X} at {position}")


def _end_of_sequence(view: memoryview, position: int, *, implicit: bool, depth: int = 0) -> tuple[int, int]:
    """(end of the value, first byte behind it) of a sequence of undefined length whose value starts at `position`."""
    _refuse_depth(depth)
    try:
        while True:
            group, element, length = TAG_LENGTH.unpack_from(view, position)
            tag = group << 16 | element
            if tag == SEQUENCE_END:
                return position, position + 8
            if tag != ITEM:
                raise ReadingError(say("export.bad.list"), detail=f"tag {tag:08X} where an item should be")
            position += 8
            if length == UNDEFINED_LENGTH:
                position = _end_of_item(view, position, implicit=implicit, depth=depth)
            else:
                position += length
    except error:
        raise MoreNeeded(len(view) + 4096) from None


def _refuse_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ReadingError(say("export.bad.list"), detail=f"nested deeper than {MAX_DEPTH} levels")


def _end_of_item(view: memoryview, position: int, *, implicit: bool, depth: int) -> int:
    while True:
        group, element, length = TAG_LENGTH.unpack_from(view, position)
        if group << 16 | element == ITEM_END:
            return position + 8
        if implicit:
            vr, value_start = b"UN", position + 8
        else:
            _, vr, value_start, length = header_of(view, position)
        if length == UNDEFINED_LENGTH:
            undefined = implicit or vr == b"UN"
            _, position = _end_of_sequence(view, value_start, implicit=undefined, depth=depth + 1)
        else:
            position = value_start + length


def read_items(value: bytes) -> list[bytes]:
    """The items (data sets, Explicit VR) of a sequence's value."""
    view, items, position = memoryview(value), [], 0
    while position + 8 <= len(view):
        group, element, length = TAG_LENGTH.unpack_from(view, position)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise ReadingError(say("export.bad.list"), detail=f"tag {tag:08X} where an item should be")
        start = position + 8
        if length == UNDEFINED_LENGTH:
            position = _end_of_item(view, start, implicit=False, depth=0)
            items.append(bytes(view[start : position - 8]))
        else:
            position = start + length
            items.append(bytes(view[start:position]))
    return items


def all_elements(data: bytes) -> dict[int, RawElement]:
    """Every top-level element of a small data set such as a sequence item."""
    return elements_before(data, (), strict=False)


def elements_before(data: bytes, stop: Collection[int], *, strict: bool = True) -> dict[int, RawElement]:
    """Every top-level element before the first one of `stop`.

    Raises MoreNeeded where `data` end inside a value; not `strict`, the value is what is there.
    """
    view, found, position = memoryview(data), {}, 0
    while position + 8 <= len(view):
        tag, vr, value_start, length = header_of(view, position)
        if tag in stop:
            break
        if length == UNDEFINED_LENGTH:
            value_end, position = _end_of_sequence(view, value_start, implicit=vr == b"UN")
        else:
            value_end = position = value_start + length
        if strict and value_end > len(view):
            raise MoreNeeded(value_end)
        found[tag] = (vr, bytes(view[value_start:value_end]))
    return found


def end_of_element(data: bytes, position: int) -> int:
    """The first byte behind the element (Explicit VR) that starts at `position`, whatever its length."""
    view = memoryview(data)
    _, vr, start, length = header_of(view, position)
    return _end_of_sequence(view, start, implicit=vr == b"UN")[1] if length == UNDEFINED_LENGTH else start + length


def elements_end(data: bytes, *, explicit: bool, big: bool, after: int) -> int:
    """How many bytes of `data` are whole elements with tags above `after`, in ascending order; 0 for garbage."""
    order = ">" if big else "<"
    position = 0
    while position + 8 <= len(data):
        group, element_number, length = unpack_from(order + "HHI", data, position)
        tag, vr, start = group << 16 | element_number, data[position + 4 : position + 6], position + 8
        if explicit and vr in SHORT_VRS:
            length = unpack_from(order + "H", data, position + 6)[0]
        elif explicit and vr in LONG_VRS and position + 12 <= len(data):
            length, start = unpack_from(order + "I", data, position + 8)[0], position + 12
        elif explicit:
            break
        if length == UNDEFINED_LENGTH and explicit and not big:
            try:
                end = end_of_element(data, position)
            except ReadingError:
                break
        else:
            end = start + length
        if tag <= after or end > len(data):
            break
        position, after = end, tag
    return position


def edit(data: bytes, edits: Mapping[int, bytes | None]) -> bytes:
    """A data set (Explicit VR) with some top-level elements replaced, put in (encoded) or taken out (None)."""
    parts: list[bytes] = []
    due = sorted(edits)
    position, kept_from = 0, 0
    while position + 8 <= len(data):
        tag = header_of(memoryview(data), position)[0]
        end = end_of_element(data, position)
        while due and due[0] <= tag:
            parts += [data[kept_from:position], edits[due[0]] or b""]
            kept_from = end if due.pop(0) == tag else position
        position = end
    parts.append(data[kept_from:])
    return b"".join([*parts, *(edits[tag] or b"" for tag in due)])


def element(tag: int, vr: bytes, value: bytes) -> bytes:
    """One element in Explicit VR Little Endian, padded to an even length (PS3.5 6.2: NUL or space)."""
    if len(value) % 2:
        value += b"\0" if vr in (b"UI", b"OB", b"UN") else b" "
    if vr in LONG_VRS:
        return pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, len(value)) + value
    if len(value) > 0xFFFE:
        raise ReadingError(say("export.bad.too_long"), detail=f"tag {tag:08X}, {len(value)} bytes")
    return pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def sequence(tag: int, items: list[bytes]) -> bytes:
    """A sequence of defined length holding `items` (encoded data sets)."""
    return element(tag, b"SQ", b"".join(pack("<HHI", 0xFFFE, 0xE000, len(item)) + item for item in items))


def without_private(data: bytes, keep: Collection[int] | None = None, depth: int = 0) -> bytes:
    """A sequence item again, without private elements; of its own level only `keep` when given."""
    _refuse_depth(depth)
    parts = []
    for tag, (vr, value) in sorted(all_elements(data).items()):
        if tag >> 16 & 1 or (keep is not None and tag not in keep) or not tag & 0xFFFF:
            continue
        if vr == b"SQ":
            parts.append(sequence(tag, [without_private(item, None, depth + 1) for item in read_items(value)]))
        else:
            parts.append(element(tag, vr, value))
    return b"".join(parts)


FRAGMENTS = tuple(pack("<HH2sHI", 0x7FE0, 0x0010, vr, 0, UNDEFINED_LENGTH) for vr in (b"OB", b"OW"))
ICON_IMAGE_SEQUENCE = 0x00880200


def without_fragments(data: bytes, where: str = "") -> tuple[bytes, list[str]]:
    """A data set (Explicit VR) without the compressed pictures inside its sequences, and in technical words which.

    Fragments may stand only in a data set of an encapsulated Transfer Syntax (PS3.5 A.4): once the pixels are plain,
    a preview that is not would end every strict reader. An Icon Image Sequence goes as a whole, its pixels being
    Type 1; of any other sequence only the pixels go. `where` is the path of `data` for those words.
    """
    if not any(mark in data for mark in FRAGMENTS):
        return data, []
    parts: list[bytes] = []
    left: list[str] = []
    view, position = memoryview(data), 0
    while position + 8 <= len(data):
        tag, vr, _, length = header_of(view, position)
        end = end_of_element(data, position)
        raw, position = data[position:end], end
        name = f"{where}({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if tag in PIXEL_TAGS and length == UNDEFINED_LENGTH:
            left.append(name)
        elif vr == b"SQ" and any(mark in raw for mark in FRAGMENTS):
            if tag == ICON_IMAGE_SEQUENCE:
                left.append(name)
                continue
            items = []
            for number, item in enumerate(read_items(raw[12:])):
                kept, within = without_fragments(item, f"{name}[{number}]")
                items.append(kept)
                left += within
            parts.append(sequence(tag, items))
        else:
            parts.append(raw)
    parts.append(data[position:])
    return b"".join(parts), left


def text_of(value: bytes) -> str:
    """A short value for messages and comparisons: padding removed, undecodable bytes as Latin-1."""
    return value.decode("latin-1").strip("\0 ")
