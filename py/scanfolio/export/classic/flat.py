"""Elements of one data set by tag, and how the functional groups of a frame are laid flat into them.

Values keep their bytes. Per-frame groups come after shared ones, both after the root (PS3.3 C.7.6.16).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from struct import calcsize, unpack_from

from scanfolio.export.elements import RawElement, element, elements_before, read_items

FLATTENED = frozenset(
    (
        # common (C.7.6.16.2)
        0x00089124, 0x00189118, 0x00189477, 0x00209071, 0x00209111, 0x00209113, 0x00209116, 0x00209253, 0x00209310,
        0x00209450, 0x00289110, 0x00289132, 0x00289145,
        # Legacy Converted: what its writer could assign to no group
        0x00209170, 0x00209171,
        # CT (C.8.15.3)
        0x00189301, 0x00189304, 0x00189308, 0x00189312, 0x00189314, 0x00189321, 0x00189325, 0x00189326, 0x00189329,
        # MR (C.8.13.5)
        0x00189006, 0x00189042, 0x00189049, 0x00189112, 0x00189114, 0x00189115, 0x00189117, 0x00189119, 0x00189125,
        0x00189152, 0x00189226,
        # PET (C.8.22.5)
        0x00189732, 0x00189733, 0x00189734, 0x00189735, 0x00189736, 0x00189749, 0x00189751,
    )
)  # fmt: skip
"""Groups whose one item goes to the top level. Any other group stays what it is, a sequence, and goes there whole."""

OF_THE_ROOT = frozenset(
    (
        0x00080005, 0x00080016, 0x00080018, 0x00080020, 0x00080030, 0x00080050, 0x00080060, 0x0020000D, 0x0020000E,
        0x00200010, 0x00200011, 0x00200013, 0x00200052, 0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010,
        0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103,
    )
)  # fmt: skip
"""What no group may say: who the patient is, what the object is, how its pixels lie."""


LAST_TAG = 0x7FDFFFFF
"""What comes behind has no place before pixel data."""


class Flat(dict[int, RawElement]):
    """Elements of a data set (Explicit VR Little Endian) by tag, with what has to be read of them."""

    def raw(self, tag: int) -> bytes:
        return self.get(tag, (b"", b""))[1]

    def texts(self, tag: int) -> list[str]:
        """The values of a code string or another text in ASCII."""
        text = self.raw(tag).decode("latin-1").strip("\0 ")
        return [part.strip() for part in text.split("\\")] if text else []

    def text(self, tag: int) -> str:
        return next(iter(self.texts(tag)), "")

    def numbers(self, tag: int) -> list[float]:
        """The values of a DS, IS, FD, FL, US, UL, SS or SL; [] where one of them is none."""
        vr, value = self.get(tag, (b"", b""))
        form = {b"FD": "d", b"FL": "f", b"US": "H", b"UL": "I", b"SS": "h", b"SL": "i"}.get(vr)
        try:
            if form:
                found = [float(v) for v in unpack_from(f"<{len(value) // calcsize(form)}{form}", value)]
            else:
                found = [float(part) for part in self.texts(tag)]
        except ValueError:
            return []
        return found if all(map(math.isfinite, found)) else []

    def number(self, tag: int) -> float | None:
        return next(iter(self.numbers(tag)), None)

    def sequence_items(self, tag: int) -> list[Flat]:
        """The items of a sequence."""
        vr, value = self.get(tag, (b"", b""))
        return [elements_of(item) for item in read_items(value)] if vr == b"SQ" else []

    def has(self, tag: int) -> bool:
        """There with a value."""
        return bool(self.raw(tag).strip(b"\0 "))

    def put(self, tag: int, vr: bytes, value: bytes | str | float | Iterable[float]) -> None:
        """Set an element; numbers become the text of a DS or IS."""
        if isinstance(value, str):
            value = value.encode("ascii")
        elif isinstance(value, (int, float)):
            value = decimal(value)
        elif not isinstance(value, bytes):
            value = b"\\".join(map(decimal, value))
        self[tag] = (vr, value)

    def encoded(self) -> bytes:
        """The data set, in ascending order."""
        return b"".join(element(tag, *self[tag]) for tag in sorted(self))


def elements_of(data: bytes) -> Flat:
    """The elements of a sequence item. Raises ReadingError where its bytes end too early."""
    return Flat(elements_before(data, ()))


def decimal(value: float) -> bytes:
    """A number as a DS of at most 16 characters, with as many digits as fit and mean something (15)."""
    if value == int(value) and abs(value) < 1e15:
        return b"%d" % int(value)
    for digits in range(15, 5, -1):
        text = f"{value:.{digits}g}"
        if len(text) <= 16:
            return text.encode("ascii")
    return f"{value:.6e}".encode("ascii")


def lay_flat(into: Flat, groups: Flat) -> list[str]:
    """Put what `groups` (one item of functional groups) say into `into`. Returns what found no place there."""
    lost: list[str] = []
    for tag, (vr, value) in groups.items():
        if tag in FLATTENED and vr == b"SQ":
            items = read_items(value)
            if len(items) == 1:
                lost += _take(into, elements_of(items[0]))
                continue
        lost += _take(into, Flat({tag: (vr, value)}), groups)
    return lost


def _take(into: Flat, given: Flat, creators: Flat | None = None) -> list[str]:
    """Elements of one item into `into`; `creators` is the item that holds the private creators, if not the same."""
    creators = given if creators is None else creators
    lost: list[str] = []
    for tag, (vr, value) in given.items():
        group, low = tag >> 16, tag & 0xFFFF
        if not low:
            continue
        if group & 1 and tag <= LAST_TAG:
            if 0x10 <= low <= 0xFF or not _private_place(into, creators, group, low):
                lost += [] if 0x10 <= low <= 0xFF else [tag_name(tag)]
                continue
        elif tag in OF_THE_ROOT or group in (0x0002, 0x0010, 0x5200) or tag > LAST_TAG:
            lost.append(tag_name(tag))
            continue
        into[tag] = (vr, value)
    return lost


def _private_place(into: Flat, creators: Flat, group: int, low: int) -> bool:
    """Reserve the block of a private element (PS3.5 7.8.1); not where another creator has it."""
    creator = group << 16 | low >> 8
    if not creators.has(creator) or (into.has(creator) and into.text(creator) != creators.text(creator)):
        return False
    into.setdefault(creator, creators[creator])
    return True


def tag_name(tag: int) -> str:
    """(gggg,eeee) as the record of changes names it."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
