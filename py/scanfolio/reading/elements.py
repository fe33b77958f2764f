"""Walking over data elements without building any: the inner loop of the fast reader. PS3.5 section 7.

A walk goes over the top level of one data set, keeps the raw values of the looked-for attributes, steps over
everything else by its length and stops at the pixel data. It works on windows of the file: when an element reaches
beyond the window it says which bytes it wants next and goes on from there.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from scanfolio.reading.attributes import ATTRIBUTES, PIXEL_KEYWORDS

UNDEFINED = 0xFFFFFFFF
MAX_DEPTH = 128  # sequences inside sequences; real objects stay below 20
CHUNK_BYTES = 16384
MAX_VALUE_BYTES = 1 << 20  # of a looked-for attribute: the longest real ones are some hundred bytes
MAX_SEQUENCE_BYTES = 64 << 20  # of one sequence of undefined length, which has to be walked to find its end

LONG_FORM = {vr: True for vr in (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV")}
FORM = LONG_FORM | {
    vr: False
    for vr in (b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL",
               b"SS", b"ST", b"TM", b"UI", b"UL", b"US")
}  # fmt: skip
"""VR -> whether its length has four bytes (PS3.5 7.1.2)."""


STRINGS = frozenset({b"AE", b"AS", b"CS", b"DA", b"DS", b"DT", b"IS", b"LO", b"LT", b"PN", b"SH", b"ST", b"TM", b"UI", b"UT"})
FRAGMENTED = (b"SQ", b"OB", b"OW")  # may have undefined length: items, or the fragments of a compressed icon


def same_bytes(vr: bytes, expected: bytes, big: bool) -> bool:
    """Whether a value under a wrong VR has the same bytes as under the expected one."""
    if expected == b"US" and vr == b"SS":
        return True  # whoever asks for a short knows whether it is signed
    return (vr in STRINGS and expected in STRINGS) or (vr == b"UN" and not big)


class Declined(Exception):
    """The fast reader leaves this file to pydicom; the text says why."""


class TooDeep(Exception):
    """Sequences are nested deeper than any real object: nobody reads this further, pydicom neither."""


class MoreNeeded(Exception):
    """The walk of a sequence ran out of the window."""


class Encoding:
    """How elements are written: explicit or implicit VR, little or big endian; with the structs to read them."""

    def __init__(self, explicit: bool, big: bool) -> None:
        order = ">" if big else "<"
        self.explicit = explicit
        self.big = big
        self.short_header = Struct(order + ("4s2sH" if explicit else "4sI")).unpack_from
        self.uint32 = Struct(order + "I").unpack_from
        self.item_header = Struct(order + "HHI").unpack_from
        self.uint16 = Struct(order + "H")
        pack = Struct(order + "HH").pack
        self.wanted = {pack(a.tag >> 16, a.tag & 0xFFFF): (a.tag, a.vr.encode(), a.convert) for a in ATTRIBUTES}
        self.pixel_tags = {pack(tag >> 16, tag & 0xFFFF): tag for tag in PIXEL_KEYWORDS}
        self.delimiters = {pack(0xFFFE, element): element for element in (0xE000, 0xE00D, 0xE0DD)}


EXPLICIT_LITTLE = Encoding(explicit=True, big=False)
IMPLICIT_LITTLE = Encoding(explicit=False, big=False)
EXPLICIT_BIG = Encoding(explicit=True, big=True)


class PixelElement(NamedTuple):
    """The pixel data element: `offset` of its value and `length` in bytes, None for undefined length."""

    tag: int
    vr: str
    offset: int
    length: int | None


class Want(NamedTuple):
    """Bytes the walk has to see next."""

    offset: int
    length: int


class Walk:
    """One walk over the data set that starts at byte `start` of a stream of `size` bytes."""

    def __init__(self, encoding: Encoding, start: int, size: int) -> None:
        self.encoding = encoding
        self.position = start  # of the next element
        self.size = size
        self.raw: dict[int, bytes] = {}
        self.pixels: PixelElement | None = None
        self.cut = ""  # a technical sentence, when the stream ends inside an element
        self.elements = 0

    def step(self, window: bytes, base: int) -> Want | None:
        """Go as far as `window` (the bytes from `base` on) allows. None when finished, else what to read next.

        Raises Declined for what the fast reader does not do, TooDeep for absurd nesting.
        """
        encoding = self.encoding
        explicit = encoding.explicit
        header, uint32, wanted, pixel_tags = encoding.short_header, encoding.uint32, encoding.wanted, encoding.pixel_tags
        raw, form = self.raw, FORM
        end = len(window)
        last = end - 12
        position = self.position - base
        count = 0
        try:
            while position <= last:
                count += 1
                if explicit:
                    tag, vr, length = header(window, position)
                    long_form = form.get(vr)
                    if long_form is None:
                        raise Declined(f"unknown VR {vr!r}")
                    if long_form:
                        length = uint32(window, position + 8)[0]
                        start = position + 12
                    else:
                        start = position + 8
                else:
                    tag, length = header(window, position)
                    vr = b""
                    start = position + 8
                if length == UNDEFINED and tag not in pixel_tags:
                    want, after = self._undefined(window, base, position, start, vr, tag)
                    if want:
                        return want
                    position = after
                    continue
                looked_for = wanted.get(tag)
                if looked_for is not None:
                    number, expected, convert = looked_for
                    if convert == "present":
                        raw[number] = b"1" if length else b""
                    else:
                        if explicit and vr != expected and not same_bytes(vr, expected, encoding.big):
                            raise Declined(f"({number >> 16:04X},{number & 0xFFFF:04X}) has VR {vr!r}")
                        if length > MAX_VALUE_BYTES:
                            raise Declined("a looked-for value of impossible length")
                        if start + length > end:
                            break
                        raw[number] = window[start : start + length]
                elif tag in pixel_tags:
                    number = pixel_tags[tag]
                    known = None if length == UNDEFINED else length
                    self.pixels = PixelElement(number, vr.decode("ascii", "replace"), base + start, known)
                    return None
                position = start + length
        finally:
            self.position = position + base
            self.elements += count
        return self._beyond(window, base)

    def _beyond(self, window: bytes, base: int) -> Want | None:
        """What to do where the window ends: more bytes, the end of the stream, or an element cut short."""
        at, size = self.position, self.size
        if at >= size:
            if at > size:
                self.cut = f"an element before the pixel data ends at byte {at}, the file at byte {size}"
            return None
        if base + len(window) < size:
            need = self._element_bytes(window, at - base)
            return Want(at, max(CHUNK_BYTES, need))
        if size - at < 12:
            return self._short_tail(window, base)
        self.cut = f"the file ends at byte {size}, inside the element at byte {at}"
        return None

    def _short_tail(self, window: bytes, base: int) -> None:
        """The last 11 bytes or fewer: an element with a value of at most three bytes, or the end of a cut one."""
        rest = window[self.position - base :]
        if len(rest) >= 8:
            encoding = self.encoding
            if encoding.explicit:
                tag, vr, length = encoding.short_header(rest, 0)
                whole = FORM.get(vr) is False and 8 + length == len(rest)
            else:
                tag, length = encoding.short_header(rest, 0)
                vr = b""
                whole = 8 + length == len(rest)
            if tag in encoding.pixel_tags and not encoding.explicit:
                known = None if length == UNDEFINED else length
                self.pixels = PixelElement(encoding.pixel_tags[tag], "", self.position + 8, known)
                return
            if whole:
                self._keep_short(encoding, tag, vr, rest[8:])
                self.position = self.size
                return
        if rest.strip(b"\0"):
            self.cut = f"the file ends at byte {self.size}, inside the element at byte {self.position}"

    def _keep_short(self, encoding: Encoding, tag: bytes, vr: bytes, value: bytes) -> None:
        looked_for = encoding.wanted.get(tag)
        if looked_for is None:
            return
        number, expected, convert = looked_for
        if convert == "present":
            value = b"1" if value else b""
        elif encoding.explicit and vr != expected and not same_bytes(vr, expected, encoding.big):
            raise Declined(f"({number >> 16:04X},{number & 0xFFFF:04X}) has VR {vr!r}")
        self.raw[number] = value

    def _element_bytes(self, window: bytes, position: int) -> int:
        """How long the element at `position` of the window is with its value, as far as that can be seen; else 0."""
        if position < 0 or position + 12 > len(window):
            return 0
        if self.encoding.explicit:
            _, vr, length = self.encoding.short_header(window, position)
            if FORM.get(vr):
                length = self.encoding.uint32(window, position + 8)[0]
        else:
            _, length = self.encoding.short_header(window, position)
        return min(length, MAX_VALUE_BYTES) + 12

    def _undefined(
        self, window: bytes, base: int, position: int, start: int, vr: bytes, tag: bytes
    ) -> tuple[Want | None, int]:
        """Step over a sequence of undefined length: (None, position after it) or (what to read, the same position)."""
        encoding = self.encoding
        if encoding.explicit and vr not in (b"SQ", b"UN"):
            raise Declined(f"undefined length with VR {vr!r}")
        looked_for = encoding.wanted.get(tag)
        if looked_for and looked_for[2] != "present":
            raise Declined("undefined length of a looked-for attribute")
        inner = IMPLICIT_LITTLE if vr == b"UN" else encoding
        try:
            after, items = after_sequence(window, start, inner)
        except MoreNeeded:
            have = len(window) - position
            if base + len(window) >= self.size:
                self.cut = f"the file ends at byte {self.size}, inside the sequence at byte {base + position}"
                return None, self.size - base
            if have >= MAX_SEQUENCE_BYTES:
                raise Declined("a sequence of more than 64 MB") from None
            return Want(base + position, max(4 * CHUNK_BYTES, 2 * have)), position
        if looked_for:
            self.raw[looked_for[0]] = b"1" if items else b""
        return None, after


def after_sequence(window: bytes, start: int, encoding: Encoding) -> tuple[int, int]:
    """(position after the sequence of undefined length whose first item is at `start`, how many items it has).

    Raises MoreNeeded when the window ends first, TooDeep, or Declined when it is no sequence.
    """
    end = len(window)
    position = start
    items = 0
    stack: list[tuple[bool, Encoding]] = [(False, encoding)]  # (inside an item of undefined length?, encoding)
    while stack:
        inside, current = stack[-1]
        if position + 8 > end:
            raise MoreNeeded
        delimiter = current.delimiters.get(window[position : position + 4])
        if not inside:
            length = current.uint32(window, position + 4)[0]
            position += 8
            if delimiter == 0xE000:
                if len(stack) == 1:
                    items += 1
                if length == UNDEFINED:
                    stack.append((True, current))
                else:
                    position += length
            elif delimiter == 0xE0DD:
                stack.pop()
            else:
                raise Declined("something else where a sequence item should be")
            continue
        if delimiter is not None:
            if delimiter != 0xE00D:
                raise Declined("a sequence ends inside an item")
            position += 8
            stack.pop()
            continue
        inner = current
        if current.explicit:
            _, vr, length = current.short_header(window, position)
            long_form = FORM.get(vr)
            if long_form is None:
                raise Declined(f"unknown VR {vr!r} in a sequence")
            position += 8
            if long_form:
                if position + 4 > end:
                    raise MoreNeeded
                length = current.uint32(window, position)[0]
                position += 4
                if vr == b"UN":
                    inner = IMPLICIT_LITTLE
                elif vr not in FRAGMENTED and length == UNDEFINED:
                    raise Declined(f"undefined length with VR {vr!r} in a sequence")
        else:
            length = current.uint32(window, position + 4)[0]
            position += 8
        if length == UNDEFINED:
            if len(stack) > 2 * MAX_DEPTH:
                raise TooDeep
            stack.append((False, inner))
        else:
            position += length
    return position, items

