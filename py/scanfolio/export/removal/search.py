"""The last check: whether anything written holds a value that had to go. In bytes, wherever it may stand.

Searched for are names and their parts, identifiers, dates, addresses, serial numbers and texts: the bytes they had, and
their text in UTF-8 and UTF-16, in capitals or not, as whole words. Not searched for: what has less than four bytes, and
descriptions of what was done, whose words rightly stand elsewhere; a name in them is searched for by itself. In pixels
nothing shorter than eight bytes is looked for, because by chance they hold every short one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from scanfolio.errors import ReadingError
from scanfolio.export.elements import ITEM, PIXEL_TAGS, TAG_LENGTH, end_of_element, header_of
from scanfolio.export.removal.values import WELL_KNOWN
from scanfolio.reading.text import decode

SHORTEST = 4
SHORTEST_IN_BYTES = 8  # in pixels and other binary values
SHORTEST_NUMBER_IN_PAPERS = 9  # papers are full of sizes and counts
TEXTS = frozenset((b"PN", b"LO", b"SH", b"ST", b"LT", b"UT", b"UC", b"UR", b"AE"))
DIGITS = re.compile(rb"[0-9][0-9.]{6,}[0-9]")
WORDS = re.compile(r"\w+")
SAYS_NOTHING = frozenset(b"none null unknown other unspecified default removed anonymous test".split())
FIXED_WORDS = frozenset((b"CS", b"AS", b"DS", b"IS", b"TM"))
"""VRs whose values are numbers or come from lists of the Standard."""
BINARY = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"UN", b"US", b"SS", b"UL", b"SL", b"FL", b"FD", b"AT"))
VOCABULARY = frozenset((
    0x00080070, 0x00081090, 0x00181020, 0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120,
    0x00080115, 0x00180024, 0x00189005, 0x00181160, 0x00181210, 0x00281054, 0x00281055, 0x00120063, 0x00020013,
))  # fmt: skip
"""Texts of makers and code lists, and our own: a person called Philips is not why Manufacturer says so."""


class Hit(NamedTuple):
    """A value of the attribute `of` found in the attribute `within` (0: in none), by tag."""

    of: int
    within: int


class Forbidden:
    """What must not be in the copy any more, and what was found to be there by chance."""

    def __init__(self) -> None:
        self._words: dict[bytes, int] = {}  # lower case
        self._in_bytes: dict[bytes, int] = {}  # the longer ones, as they were
        self._numbers: dict[bytes, int] = {}  # UIDs and dates
        self._allowed: set[bytes] = set()
        self._known: set[tuple[int, bytes]] = set()
        self._own_words: frozenset[str] = frozenset()
        self.by_chance: Counter[Hit] = Counter()

    def __len__(self) -> int:
        return len(self._words) + len(self._numbers)

    def add(self, tag: int, vr: bytes, value: bytes, charset: tuple[str, ...]) -> None:
        """A value that goes or is replaced. `charset`: values of its Specific Character Set."""
        if (tag, value) in self._known:
            return
        self._known.add((tag, value))
        if vr in (b"UI", b"DA", b"DT"):
            for one in value.split(b"\\"):
                number = one.strip(b"\0 ")
                if vr == b"UI" or not number[:8].isdigit():
                    self._add_number(tag, number)
                else:
                    self._add_number(tag, number[:8])
                    self._add_number(tag, number)
                    iso = b"-".join((number[:4], number[4:6], number[6:8]))
                    self._words.setdefault(iso, tag)
        elif vr in TEXTS:
            for piece in _pieces(vr, value):
                self._add_text(tag, piece, charset)

    def _add_number(self, tag: int, number: bytes) -> None:
        if len(number) >= 8 and not number.startswith(WELL_KNOWN.encode()):
            self._numbers.setdefault(number, tag)

    def _add_text(self, tag: int, raw: bytes, charset: tuple[str, ...]) -> None:
        stripped = raw.strip(b"\0 \t\r\n")
        text = decode(stripped, charset).text
        if stripped.lower() in SAYS_NOTHING:
            return
        spellings = {text, text.upper(), text.lower()}
        unicode = {t.encode(codec, "replace") for t in spellings for codec in ("utf-8", "utf-16-le", "utf-16-be")}
        if len(text.encode("utf-8", "replace")) < SHORTEST:
            return
        for form in {stripped, *unicode}:
            if len(form) < SHORTEST:
                continue
            self._words.setdefault(form.lower(), tag)
        if len(stripped) >= SHORTEST_IN_BYTES:
            self._in_bytes.setdefault(stripped, tag)

    def allow(self, dates: Iterable[str]) -> None:
        """Dates that are ours, YYYYMMDD: moved ones, the day of the copy. That one is also an original says nothing."""
        for day in dates:
            self._allowed |= {day.encode(), f"{day[:4]}-{day[4:6]}-{day[6:8]}".encode()}

    def own_words(self, texts: Iterable[str]) -> None:
        """Texts that stand in every copy: their words are nobody's name in the papers."""
        self._own_words = frozenset(word.lower() for text in texts for word in WORDS.findall(text))

    def find(self, data: bytes) -> list[Hit]:
        """Where one written file still holds what had to go. [] when nothing is left."""
        dicom = data[128:132] == b"DICM"
        end = _pixels_start(data) if dicom else len(data)
        lower = data[:end].lower()
        hits = [
            hit
            for word, tag in self._words.items()
            if word in lower and word not in self._allowed
            for hit in self._places(data, lower, word, tag, dicom=dicom)
        ]
        if end < len(data):
            hits += [Hit(tag, 0x7FE00010) for word, tag in self._in_bytes.items() if data.find(word, end) >= 0]
        for match in DIGITS.finditer(data, 0, end):
            number = match[0].strip(b".")
            if number in self._numbers and number not in self._allowed:
                hits += self._weighed(data, match.start(), number, self._numbers[number], dicom=dicom)
        return hits

    def _places(self, data: bytes, lower: bytes, word: bytes, tag: int, *, dicom: bool) -> list[Hit]:
        hits: list[Hit] = []
        at = lower.find(word)
        while at >= 0 and not hits:
            if _stands_alone(lower, at, at + len(word)):
                hits += self._weighed(data, at, word, tag, dicom=dicom)
            at = lower.find(word, at + 1)
        return hits

    def _weighed(self, data: bytes, at: int, word: bytes, tag: int, *, dicom: bool) -> list[Hit]:
        """[the hit], or [] where it stands there by chance."""
        if dicom:
            within, vr = _element_at(data, at)
            chance = (
                vr in FIXED_WORDS or within in VOCABULARY or (vr in BINARY and len(word) < SHORTEST_IN_BYTES)
            )  # fmt: skip
        else:
            within = 0
            words = WORDS.findall(word.decode("utf-8", "replace"))
            short_number = word.isdigit() and len(word) < SHORTEST_NUMBER_IN_PAPERS
            chance = short_number or (bool(words) and all(w in self._own_words for w in words))
        if chance:
            self.by_chance[Hit(tag, within)] += 1
            return []
        return [Hit(tag, within)]


def _pieces(vr: bytes, value: bytes) -> set[bytes]:
    """Each value; of a person's name also its parts and their words."""
    values = [value] if vr in (b"ST", b"LT", b"UT", b"UR") else value.split(b"\\")
    if vr != b"PN":
        return set(values)
    parts = {part for one in values for part in re.split(rb"[\^=]", one)}
    return {*values, *parts, *(word for part in parts for word in re.split(rb"[ ,.]+", part))}


def _stands_alone(lower: bytes, start: int, end: int) -> bool:
    """No letter or digit touches the word."""
    before = start > 0 and lower[start : start + 1].isalnum() and lower[start - 1 : start].isalnum()
    after = lower[end - 1 : end].isalnum() and lower[end : end + 1].isalnum()
    return not before and not after


def _data_set_start(data: bytes) -> int:
    return 144 + int.from_bytes(data[140:144], "little")  # behind the group length of the File Meta Information


def _pixels_start(data: bytes) -> int:
    """Where the value of the pixel data begins; the end of the file where there is none."""
    view, position = memoryview(data), _data_set_start(data)
    while position + 8 <= len(data):
        tag, _, start, _ = header_of(view, position)
        if tag in PIXEL_TAGS:
            return start
        position = end_of_element(data, position)
    return len(data)


def _element_at(data: bytes, at: int) -> tuple[int, bytes]:
    """(tag, VR) of the innermost element around a byte of a DICOM file; (0, b"") where there is none."""
    view, position, end = memoryview(data), 132, len(data)
    found = (0, b"")
    while position + 8 <= end:
        group, number, length = TAG_LENGTH.unpack_from(view, position)
        if group << 16 | number == ITEM:
            position = position + 8 if at < position + 8 + length else position + 8 + length
            continue
        try:
            tag, vr, start, _ = header_of(view, position)
            behind = end_of_element(data, position)
        except ReadingError:
            return found
        if position <= at < behind:
            found = (tag, vr)
            if vr != b"SQ":
                return found
            position, end = start, behind
        else:
            position = behind
    return found
