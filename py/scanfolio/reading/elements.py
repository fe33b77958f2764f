"""How data elements are written: VRs, lengths, encodings, sequences of undefined length. PS3.5 section 7."""

from __future__ import annotations

from struct import Struct

from scanfolio.reading.attributes import ATTRIBUTES, PIXEL_KEYWORDS, PRIVATE_VRS
from scanfolio.reading.layout import Layouts
from scanfolio.reading.runs import Places

UNDEFINED = 0xFFFFFFFF
MAX_STEPS = 2_000_000  # through one sequence; 10,000 frames with a hundred elements each are half of it
MAX_DEPTH = 128  # sequences inside sequences; real objects stay below 20

LONG_VRS = b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split()
SHORT_VRS = b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
FORM = {vr: True for vr in LONG_VRS} | {vr: False for vr in SHORT_VRS}
"""VR -> whether its length has four bytes (PS3.5 7.1.2)."""

STRINGS = frozenset(b"AE AS CS DA DS DT IS LO LT PN SH ST TM UI UT".split())
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


SKIP_SHORT, SKIP_LONG, LOOK_CLOSER = 0, -1, -2


class Plan(dict[bytes, int]):
    """What the walk does with an element, by the bytes of its tag (and VR): filled as elements are met.

    SKIP_SHORT and SKIP_LONG step over it, LOOK_CLOSER leaves it to the slow path, a positive number is the tag of a
    looked-for attribute with a two-byte length (in implicit VR: with any length) whose value is kept.
    """

    LIMIT = 50000

    def __init__(self, encoding: Encoding) -> None:
        super().__init__()
        self._encoding = encoding

    def __missing__(self, key: bytes) -> int:
        encoding = self._encoding
        tag = key[:4]
        what = SKIP_SHORT
        if encoding.explicit:
            vr = key[4:]
            long_form = FORM.get(vr)
            if long_form is None:
                raise Declined(f"unknown VR {vr!r}")
            what = SKIP_LONG if long_form else SKIP_SHORT
        looked_for = encoding.wanted.get(tag)
        if looked_for is not None and encoding.explicit and vr not in PRIVATE_VRS.get(looked_for[2], (vr,)):
            looked_for = None
        if tag in encoding.pixel_tags:
            what = LOOK_CLOSER
        elif looked_for is not None:
            number, expected, convert = looked_for
            plain = what == SKIP_SHORT and convert != "present"
            fits = not encoding.explicit or vr == expected or same_bytes(vr, expected, encoding.big)
            if plain and not fits and convert not in PRIVATE_VRS:
                raise Declined(f"({number >> 16:04X},{number & 0xFFFF:04X}) has VR {vr!r}")
            what = number if plain else LOOK_CLOSER
        if len(self) > self.LIMIT:
            self.clear()
        self[key] = what
        return what


class Encoding:
    """How elements are written: explicit or implicit VR, little or big endian; with the structs to read them."""

    def __init__(self, explicit: bool, big: bool) -> None:
        order = ">" if big else "<"
        self.explicit = explicit
        self.big = big
        self.short_header = Struct(order + ("4s2sH" if explicit else "4sI")).unpack_from
        self.key_header = Struct(order + ("6sH" if explicit else "4sI")).unpack_from
        self.tag_header = Struct(order + ("HH2sH" if explicit else "HHI")).unpack_from
        self.tag_pair = Struct(order + "HH").unpack_from
        self.uint32 = Struct(order + "I").unpack_from
        self.uint16 = Struct(order + "H")
        pack = Struct(order + "HH").pack
        self.wanted = {pack(a.tag >> 16, a.tag & 0xFFFF): (a.tag, a.vr.encode(), a.convert) for a in ATTRIBUTES}
        self.pixel_tags = {pack(tag >> 16, tag & 0xFFFF): tag for tag in PIXEL_KEYWORDS}
        self.delimiters = {pack(0xFFFE, element): element for element in (0xE000, 0xE00D, 0xE0DD)}
        self.plan = Plan(self)
        self.places = Places()
        self.layouts = Layouts(self.tag_of)

    def tag_of(self, key: bytes) -> int:
        """The tag that a header begins with, as (group << 16) + element."""
        group, element = self.tag_pair(key, 0)
        return int(group) << 16 | int(element)


EXPLICIT_LITTLE = Encoding(explicit=True, big=False)
IMPLICIT_LITTLE = Encoding(explicit=False, big=False)
EXPLICIT_BIG = Encoding(explicit=True, big=True)

IN_UN = Encoding(explicit=False, big=False)
"""Of a sequence of undefined length that is said to be UN: implicit VR (PS3.5 6.2.2 note 5), unless its items show
otherwise; some writers leave them explicit."""


def items_of_un(window: bytes, position: int) -> Encoding:
    """The encoding of an item of such a sequence, told from its first element at `position`."""
    return EXPLICIT_LITTLE if window[position + 4 : position + 6] in FORM else IMPLICIT_LITTLE


def after_sequence(window: bytes, start: int, encoding: Encoding, end: int | None = None) -> tuple[int, int]:
    """(position after the sequence of undefined length whose first item is at `start`, how many items it has).

    Raises MoreNeeded when the window (or `end` in it) is reached first, TooDeep, or Declined when it is no sequence.
    """
    end = len(window) if end is None else end
    position = start
    items = 0
    steps = 0
    stack: list[tuple[bool, Encoding]] = [(False, encoding)]  # (inside an item of undefined length?, encoding)
    while stack:
        inside, current = stack[-1]
        steps += 1
        if steps > MAX_STEPS:
            raise TooDeep
        if position + 8 > end:
            raise MoreNeeded
        delimiter = current.delimiters.get(window[position : position + 4])
        if not inside:
            length: int = current.uint32(window, position + 4)[0]
            position += 8
            if delimiter == 0xE000:
                if len(stack) == 1:
                    items += 1
                if length == UNDEFINED:
                    stack.append((True, items_of_un(window, position) if current is IN_UN else current))
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
                    inner = IN_UN
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
