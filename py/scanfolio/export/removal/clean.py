"""One data set (Explicit VR Little Endian) without identifying attributes. Works on raw bytes; pixels are not touched.

What happens to an attribute is said by PS3.15 Table E.1-1 and its Type (standard/removal.py), at every depth. What the
table does not name: private attributes go but for a known few, curves, overlays and encrypted attributes go as a whole,
unknown (UN) values go, further dates and names are treated like the others, identifiers of instances are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from struct import error, pack

from scanfolio import __version__
from scanfolio.effects import Part
from scanfolio.errors import ReadingError
from scanfolio.export.elements import (
    MAX_DEPTH,
    PIXEL_TAGS,
    UNDEFINED_LENGTH,
    element,
    end_of_element,
    header_of,
    read_items,
    sequence,
)
from scanfolio.export.reencode import IMPLICIT_LITTLE, dictionary_vr, re_encode
from scanfolio.export.removal.choices import Dates
from scanfolio.export.removal.values import Secret, dummy, shifted
from scanfolio.standard.removal import action_for, codes, edition, nested_types, types_of
from scanfolio.words import say

PATIENT_NAME, PATIENT_ID = 0x00100010, 0x00100020
CONTENT_SEQUENCE, GRAPHIC_ANNOTATION_SEQUENCE, WAVEFORM_ANNOTATION_SEQUENCE = 0x0040A730, 0x00700001, 0x0040B020
PATIENT_IDENTITY_REMOVED, METHOD, METHOD_CODES, DATES_MODIFIED = 0x00120062, 0x00120063, 0x00120064, 0x00280303
WITH_TREE = frozenset((CONTENT_SEQUENCE, GRAPHIC_ANNOTATION_SEQUENCE, WAVEFORM_ANNOTATION_SEQUENCE))
"""Sequences with action D whose items keep their form: texts and names are replaced, numbers and codes stay."""
OUR_CODES = {
    0x04000500: "X",  # Encrypted Attributes Sequence: the way back to the original values (E.1.2)
    0x0040A160: "D",  # Text Value
}
CLASS_UIDS = frozenset((
    0x00080016, 0x0008001A, 0x0008001B, 0x00080062, 0x0008010C, 0x0008010D, 0x00080117, 0x00080118, 0x0008040E,
    0x00081150, 0x0008115A, 0x00083002, 0x00089123, 0x00340003, 0x04000010, 0x3010001F, 0x30100052, 0x30100053,
))  # fmt: skip
"""UI attributes that name a kind of thing (SOP Class, Transfer Syntax, coding scheme, context), not a thing."""
NEVER_MOVED = frozenset((0x00080106, 0x00080107, 0x00100030, 0x00100032))
"""Dates the table treats alike whatever is wanted of dates: versions of context groups, date and time of birth."""
SAFE_PRIVATE = {(0x7053, b"Philips PET Private Group"): (0x00, 0x09)}
"""Of PS3.15 Table E.3.10-1, by group and Private Creator: the factors to SUV and to activity concentration (DS),
without which counts cannot be turned into SUV."""
NUMBER = re.compile(rb"[ ]*[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?[ \0]*")
DATES = (b"DA", b"DT", b"TM")
TEXTS = frozenset((b"LO", b"SH", b"ST", b"LT", b"UT", b"UC", b"UR"))


class Outcome(StrEnum):
    REMOVED = "removed"
    EMPTIED = "emptied"
    REPLACED = "replaced"
    KEPT = "kept"


See = Callable[[int, bytes, bytes, Outcome], None]
"""(tag, VR, old value, what became of it); called for every element, also for those inside a sequence that goes."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """How one instance is treated: `pseudonym` is its patient's, `days` by how many days dates move."""

    sop_class_uid: str
    pseudonym: str
    secret: Secret
    dates: Dates = Dates.REMOVE
    days: int = 0


def clean(data: bytes, treatment: Treatment, see: See | None = None) -> list[Part]:
    """The data set again, in pieces. Raises ReadingError where its structure is damaged."""
    return _Cleaner(treatment, see).data_set(data)


def clean_pixels_apart(data: bytes) -> memoryview:
    """The pixel data elements of a data set as they stand there, headers included."""
    view, position = memoryview(data), 0
    while position + 8 <= len(data):
        end = end_of_element(data, position)
        if header_of(view, position)[0] in PIXEL_TAGS:
            return view[position:end]
        position = end
    return view[:0]


class _Cleaner:
    def __init__(self, treatment: Treatment, see: See | None) -> None:
        self.treatment = treatment
        self.see = see or _look_away
        self.watched = see is not None
        self.codes = codes()
        self.types = types_of(treatment.sop_class_uid)
        self.nested_types = nested_types()
        self.kept_private = False

    def data_set(self, data: bytes) -> list[Part]:
        found = self._elements(data, 0, 0)
        ours = self._ours()
        ours[METHOD_CODES] = self._method_codes()
        kept = [(tag, part) for tag, part in found if tag not in ours]
        return [part for _, part in sorted([*kept, *ours.items()], key=lambda pair: pair[0])]

    def _ours(self) -> dict[int, Part]:
        """What says that, and how, identity was removed (PS3.15 E.1.1 step 6, PS3.3 C.12.1.1.7)."""
        shift = self.treatment.dates is Dates.SHIFT
        method = (
            f"Scanfolio {__version__}",
            f"PS3.15 {edition()} Basic Profile",
            "Dates moved by a secret number of days" if shift else "Dates removed",
        )
        name = self.treatment.pseudonym.encode("ascii")
        return {
            PATIENT_NAME: element(PATIENT_NAME, b"PN", name),
            PATIENT_ID: element(PATIENT_ID, b"LO", name),
            PATIENT_IDENTITY_REMOVED: element(PATIENT_IDENTITY_REMOVED, b"CS", b"YES"),
            METHOD: element(METHOD, b"LO", "\\".join(method).encode("ascii")),
            DATES_MODIFIED: element(DATES_MODIFIED, b"CS", b"MODIFIED" if shift else b"REMOVED"),
        }

    def _method_codes(self) -> bytes:
        """CID 7050."""
        used = [(b"113100", b"Basic Application Confidentiality Profile")]
        if self.treatment.dates is Dates.SHIFT:
            used.append((b"113107", b"Retain Longitudinal Temporal Information Modified Dates Option"))
        if self.kept_private:
            used.append((b"113111", b"Retain Safe Private Option"))
        return sequence(METHOD_CODES, [
            element(0x00080100, b"SH", code) + element(0x00080102, b"SH", b"DCM") + element(0x00080104, b"LO", meaning)
            for code, meaning in used
        ])  # fmt: skip

    def _elements(self, data: bytes, parent: int, depth: int, *, scrub: bool = False) -> list[tuple[int, Part]]:
        if depth > MAX_DEPTH:
            raise ReadingError(say("export.bad.list"), detail=f"nested deeper than {MAX_DEPTH} levels")
        view, position = memoryview(data), 0
        found: list[tuple[int, Part]] = []
        creators: dict[tuple[int, int], bytes] = {}
        while position + 8 <= len(data):
            tag, vr, start, length = header_of(view, position)
            end = end_of_element(data, position)
            if end > len(data):
                raise ReadingError(say("export.bad.ends_early"), detail=f"tag {tag:08X} ends at {end} of {len(data)}")
            if tag in PIXEL_TAGS and not parent:
                found.append((tag, view[position:end]))
                self.see(tag, vr, b"", Outcome.KEPT)
            elif tag >> 16 & 1:
                found += self._private(tag, vr, bytes(view[start:end]), creators)
            elif tag & 0xFFFF and tag >> 16 >= 8 and tag != 0x00080001:
                whole = view[position:end]
                if vr == b"UN":
                    whole = memoryview(_in_its_vr(bytes(whole), tag, length))
                _, vr, start, length = header_of(whole, 0)
                undefined = length == UNDEFINED_LENGTH
                value = bytes(whole[start : len(whole) - 8 if undefined else len(whole)])
                written = self._element(tag, vr, value, parent, depth, scrub=scrub, undefined=undefined)
                if written is not None:
                    found.append((tag, written))
            position = end
        if position != len(data):
            rest = len(data) - position
            raise ReadingError(say("export.bad.ends_early"), detail=f"{rest} bytes behind the last element")
        return found

    def _private(
        self, tag: int, vr: bytes, value: bytes, creators: dict[tuple[int, int], bytes]
    ) -> list[tuple[int, Part]]:
        group, number = tag >> 16, tag & 0xFFFF
        if 0x10 <= number <= 0xFF:
            creators[group, number] = value.strip(b"\0 ")
        creator = creators.get((group, number >> 8), b"")
        safe = number > 0xFF and number & 0xFF in SAFE_PRIVATE.get((group, creator), ()) and NUMBER.fullmatch(value)
        self.see(tag, vr, creator if number > 0xFF else value, Outcome.KEPT if safe else Outcome.REMOVED)
        if not safe:
            return []
        self.kept_private = True
        block = group << 16 | number >> 8
        written: list[tuple[int, Part]] = [(tag, element(tag, vr, value))]
        if (group, -1 - (number >> 8)) not in creators:  # the block's own element, once
            creators[group, -1 - (number >> 8)] = b""
            written.append((block, element(block, b"LO", creator)))
        return written

    def _element(
        self, tag: int, vr: bytes, value: bytes, parent: int, depth: int, *, scrub: bool, undefined: bool
    ) -> bytes | None:
        if tag >> 24 in (0x50, 0x60) or (vr == b"UN" and undefined) or (vr != b"SQ" and undefined):
            return self._gone(tag, vr, value)
        code = self.codes.get(tag) or OUR_CODES.get(tag, "")
        if vr in DATES and value and tag not in NEVER_MOVED:
            if self.treatment.dates is Dates.SHIFT:
                return self._moved(tag, vr, value)
            code = code or "X"
        if not code:
            return self._unlisted(tag, vr, value, depth, scrub=scrub)
        kind = self.nested_types.get((parent, tag), "3") if parent else self.types.get(tag, "3")
        action = action_for(code, kind)
        if action != "X" and tag in (PATIENT_NAME, PATIENT_ID):
            return self._new(tag, vr, value, self.treatment.pseudonym.encode("ascii"))
        if action == "Z":
            if vr == b"SQ":
                self._look_inside(value)
            self.see(tag, vr, value, Outcome.EMPTIED if value else Outcome.KEPT)
            return element(tag, vr, b"")
        if action == "X" or (vr == b"UN" and action == "D"):
            return self._gone(tag, vr, value)
        if vr == b"SQ":
            return self._items(tag, value, depth, scrub=action == "D" and tag not in WITH_TREE)
        if action == "U" and vr not in (b"UI", b"UN"):
            return self._gone(tag, vr, value)
        return self._dummy(tag, vr, value, identifier=action == "U")

    def _unlisted(self, tag: int, vr: bytes, value: bytes, depth: int, *, scrub: bool) -> bytes | None:
        if vr == b"SQ":
            return self._items(tag, value, depth, scrub=scrub)
        if vr == b"UN" and value:
            return self._gone(tag, vr, value)
        if (vr == b"UI" and tag not in CLASS_UIDS) or vr in (b"PN", b"AE") or (scrub and vr in TEXTS):
            return self._dummy(tag, vr, value, identifier=vr == b"UI")
        self.see(tag, vr, value, Outcome.KEPT)
        return element(tag, vr, value)

    def _gone(self, tag: int, vr: bytes, value: bytes) -> bytes | None:
        if vr == b"SQ":
            self._look_inside(value)
        self.see(tag, vr, value, Outcome.REMOVED)
        return None

    def _look_inside(self, value: bytes) -> None:
        """Tell whoever watches of every value in a sequence that goes."""
        if not self.watched:
            return
        for item in read_items(value):
            view, position = memoryview(item), 0
            while position + 8 <= len(item):
                tag, vr, start, length = header_of(view, position)
                end = end_of_element(item, position)
                inner = bytes(view[start : end - 8 if length == UNDEFINED_LENGTH else end])
                self._gone(tag, vr, inner)
                position = end

    def _items(self, tag: int, value: bytes, depth: int, *, scrub: bool) -> bytes:
        self.see(tag, b"SQ", b"", Outcome.KEPT)
        items = []
        for item in read_items(value):
            kept = sorted(self._elements(item, tag, depth + 1, scrub=scrub), key=lambda pair: pair[0])
            items.append(b"".join(part for _, part in kept))
        return sequence(tag, items)

    def _dummy(self, tag: int, vr: bytes, value: bytes, *, identifier: bool) -> bytes:
        text = value.strip(b"\0 ")
        if not text:
            self.see(tag, vr, value, Outcome.KEPT)
            return element(tag, vr, value)
        if not identifier and vr != b"UI":
            return self._new(tag, vr, value, dummy(vr))
        news = [self.treatment.secret.uid(old.strip()) for old in text.decode("latin-1").split("\\")]
        return self._new(tag, vr, value, "\\".join(news).encode("ascii", "replace"))

    def _moved(self, tag: int, vr: bytes, value: bytes) -> bytes:
        if vr == b"TM":
            self.see(tag, vr, value, Outcome.KEPT)
            return element(tag, vr, value)
        moved = shifted(value.decode("latin-1"), self.treatment.days)
        return self._new(tag, vr, value, moved.encode("ascii", "replace"))

    def _new(self, tag: int, vr: bytes, value: bytes, new: bytes) -> bytes:
        self.see(tag, vr, value, Outcome.KEPT if new.strip(b"\0 ") == value.strip(b"\0 ") else Outcome.REPLACED)
        return element(tag, vr, new)


def _in_its_vr(whole: bytes, tag: int, length: int) -> bytes:
    """A UN element with the VR the dictionary has (PS3.5 6.2.2: its value is Implicit VR); itself without one."""
    if dictionary_vr(tag) == "UN":
        return whole
    try:
        return b"".join(re_encode(pack("<HHI", tag >> 16, tag & 0xFFFF, length) + whole[12:], IMPLICIT_LITTLE))
    except (ReadingError, error):
        return whole


def _look_away(tag: int, vr: bytes, value: bytes, outcome: Outcome) -> None:
    """Nobody watches."""
