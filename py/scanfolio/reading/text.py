"""Specific Character Set: from bytes to text. PS3.3 C.12.1.1.2, PS3.5 6.1."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from scanfolio.reading.elements import Declined

PYTHON_CODECS = {
    "": "latin-1",
    "ISO_IR 6": "latin-1",
    "ISO_IR 100": "latin-1",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 144": "iso8859_5",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 203": "iso8859_15",
    "ISO_IR 13": "shift_jis",
    "ISO_IR 166": "tis_620",
    "ISO_IR 192": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gbk",
    "GB2312": "gb2312",
}
"""Defined terms without code extensions -> Python codec. "" is the default repertoire, ASCII."""

WRONG_SPELLINGS = {
    "UTF8": "ISO_IR 192",
    "UTF_8": "ISO_IR 192",
    "ISO_8859_1": "ISO_IR 100",
    "ISO8859_1": "ISO_IR 100",
    "LATIN1": "ISO_IR 100",
    "ISO_8859_2": "ISO_IR 101",
    "ISO_8859_5": "ISO_IR 144",
    "ISO_8859_15": "ISO_IR 203",
    "ASCII": "ISO_IR 6",
    "GB_18030": "GB18030",
}
ASCII_ONLY = ("", "ISO_IR 6")
NO_SPLITTING = ("gb18030", "gbk", "shift_jis")  # a second byte may look like a backslash


class CharacterSet(NamedTuple):
    """`codec` decodes text without escape sequences; `ascii_only`: bytes above 127 are not covered by what was declared."""

    codec: str
    ascii_only: bool
    extended: bool  # code extensions with escape sequences (ISO 2022)
    known: bool


def defined_term(spelling: str) -> str:
    """The defined term a value was meant to be: "ISO IR 192" and "ISO-IR 192" are "ISO_IR 192"."""
    term = spelling.strip().upper()
    match = re.fullmatch(r"ISO[ _-]?(2022[ _-]?)?IR[ _-]?(\d+)", term)
    if match:
        return f"ISO 2022 IR {match[2]}" if match[1] else f"ISO_IR {match[2]}"
    return WRONG_SPELLINGS.get(re.sub(r"[ -]", "_", term), term)


@lru_cache(maxsize=64)
def character_set(values: tuple[str, ...]) -> CharacterSet:
    """What the values of Specific Character Set mean; an unknown one counts as none declared."""
    terms = [defined_term(value) for value in values] or [""]
    extended = len(terms) > 1 or terms[0].startswith("ISO 2022")
    first = terms[0].replace("ISO 2022 IR", "ISO_IR")
    codec = PYTHON_CODECS.get(first)
    if codec is None:
        return CharacterSet("latin-1", True, extended, extended)
    return CharacterSet(codec, first in ASCII_ONLY, extended, True)


class Decoded(NamedTuple):
    text: str
    undecodable: bool


def decode(raw: bytes, declared: tuple[str, ...]) -> Decoded:
    """`raw` as text, padding stripped. Raises Declined for ISO 2022 escape sequences."""
    if raw.isascii() and b"\x1b" not in raw:
        return Decoded(raw.decode("ascii").strip(" \0"), False)
    charset = character_set(declared)
    if b"\x1b" in raw:
        raise Declined("escape sequences in text")
    if charset.ascii_only:
        return Decoded(guessed(raw), True)
    if b"\\" in raw and charset.codec in NO_SPLITTING:
        raise Declined("a backslash byte in a multi-byte character set")
    try:
        return Decoded(raw.decode(charset.codec).strip(" \0"), False)
    except UnicodeDecodeError:
        return Decoded(raw.decode(charset.codec, "replace").strip(" \0"), True)


def guessed(raw: bytes) -> str:
    """Text whose character set was not declared, for showing only: UTF-8 if it is valid, else Western European."""
    try:
        return raw.decode("utf-8").strip(" \0")
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip(" \0")
