"""Specific Character Set: from bytes to text. PS3.3 C.12.1.1.2, PS3.5 6.1.2.

Never fails: text that its character set does not cover is returned as well as it can be shown, and marked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

ESCAPE = b"\x1b"
DELIMITERS = re.compile(rb"[\t\n\x0c\r]")
"""A control character after which the first character set applies again (PS3.5 6.1.2.5.3)."""

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
    "ISO_IR 166": "iso8859_11",
    "ISO_IR 192": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gbk",
    "GB2312": "gb2312",
}
"""Defined terms without code extensions -> Python codec. "" is the default repertoire, ASCII."""

EXTENSIONS = PYTHON_CODECS | {
    "ISO_IR 87": "iso2022_jp",
    "ISO_IR 159": "iso2022_jp_2",
    "ISO_IR 149": "euc_kr",
    "ISO_IR 58": "gb2312",
}
"""The same for defined terms with code extensions ("ISO 2022 IR n", written here as "ISO_IR n")."""

ESCAPES = {
    b"\x1b(B": "latin-1",
    b"\x1b-A": "latin-1",
    b"\x1b-B": "iso8859_2",
    b"\x1b-C": "iso8859_3",
    b"\x1b-D": "iso8859_4",
    b"\x1b-F": "iso8859_7",
    b"\x1b-G": "iso8859_6",
    b"\x1b-H": "iso8859_8",
    b"\x1b-L": "iso8859_5",
    b"\x1b-M": "iso8859_9",
    b"\x1b-T": "iso8859_11",
    b"\x1b-b": "iso8859_15",
    b"\x1b)I": "shift_jis",
    b"\x1b(J": "shift_jis",
    b"\x1b$B": "iso2022_jp",
    b"\x1b$@": "iso2022_jp",
    b"\x1b$(D": "iso2022_jp_2",
    b"\x1b$)C": "euc_kr",
    b"\x1b$)A": "gb2312",
}
"""Escape sequence -> codec of what follows (PS3.3 tables C.12-3 and C.12-4)."""

KEEP_ESCAPE = ("iso2022_jp", "iso2022_jp_2")  # Python's codec wants to see the sequence itself

WRONG_SPELLINGS = {
    "UTF8": "ISO_IR 192",
    "UTF_8": "ISO_IR 192",
    "ISO_8859_1": "ISO_IR 100",
    "ISO8859_1": "ISO_IR 100",
    "LATIN1": "ISO_IR 100",
    "LATIN_1": "ISO_IR 100",
    "ISO_8859_2": "ISO_IR 101",
    "ISO_8859_5": "ISO_IR 144",
    "ISO_8859_15": "ISO_IR 203",
    "ASCII": "ISO_IR 6",
    "GB_18030": "GB18030",
    "ISO_2022_GBK": "GBK",
    "ISO_2022_58": "GB2312",
}


class CharacterSet(NamedTuple):
    """`codec` decodes text before any escape sequence; `ascii_only`: bytes above 127 are not covered without one.

    `codecs` are those that an escape sequence may switch to; `known` is false for a term nobody defined.
    """

    codec: str
    ascii_only: bool
    codecs: frozenset[str]
    known: bool


class Decoded(NamedTuple):
    """`undecodable`: the bytes are not covered by the declared character set; `text` is then for showing only."""

    text: str
    undecodable: bool


def defined_term(spelling: str) -> str:
    """The defined term a value was meant to be: "ISO IR 192" and "ISO-IR 192" are "ISO_IR 192"."""
    term = spelling.strip().upper()
    match = re.fullmatch(r"ISO[ _-]?(2022[ _-]?)?IR[ _-]?(\d+)", term)
    if match:
        return f"ISO 2022 IR {match[2]}" if match[1] else f"ISO_IR {match[2]}"
    return WRONG_SPELLINGS.get(re.sub(r"[ -]", "_", term), term)


@lru_cache(maxsize=64)
def character_set(values: tuple[str, ...]) -> CharacterSet:
    """What the values of Specific Character Set mean together; an unknown one counts as none declared."""
    terms = [defined_term(value) for value in values] or [""]
    extended = len(terms) > 1 or terms[0].startswith("ISO 2022")
    names = [term.replace("ISO 2022 IR", "ISO_IR") for term in terms]
    table = EXTENSIONS if extended else PYTHON_CODECS
    first = table.get(names[0])
    others = frozenset(table[name] for name in names if name in table) | {"latin-1"} if extended else frozenset()
    if first is None:
        return CharacterSet("latin-1", True, others, False)
    return CharacterSet(first, names[0] in ("", "ISO_IR 6"), others, True)


def decode(raw: bytes, declared: tuple[str, ...]) -> Decoded:
    """`raw` as text, padding stripped. `declared` are the values of Specific Character Set."""
    if raw.isascii() and ESCAPE not in raw:
        return Decoded(raw.decode("ascii").strip(" \0"), False)
    charset = character_set(declared)
    if not covers(raw, charset):
        return Decoded(guessed(raw), True)
    try:
        return Decoded(_with_escapes(raw, charset.codec, charset.codecs).strip(" \0"), False)
    except (UnicodeDecodeError, LookupError):
        return Decoded(as_far_as_possible(raw, charset.codec), True)


def as_far_as_possible(raw: bytes, codec: str) -> str:
    """Text that `codec` breaks off in, for showing only: Western European where nothing above ASCII is UTF-8 in it."""
    text = raw.decode(codec, "replace")
    if codec == "utf-8" and re.fullmatch(r"[\0-\x7f\ufffd]*", text):
        text = raw.decode("latin-1")
    return text.strip(" \0")


def covers(raw: bytes, charset: CharacterSet) -> bool:
    """Whether the declared character sets have a meaning for these bytes at all."""
    if ESCAPE in raw:
        return bool(charset.codecs)
    return raw.isascii() or not charset.ascii_only


def _with_escapes(raw: bytes, first: str, allowed: frozenset[str]) -> str:
    """Decode fragment by fragment, each by its escape sequence, the first by `first`. Raises UnicodeDecodeError."""
    if ESCAPE not in raw:
        return raw.decode(first)
    pieces = []
    for fragment in re.findall(rb"^[^\x1b]+|\x1b[^\x1b]*", raw):
        if not fragment.startswith(ESCAPE):
            pieces.append(fragment.decode(first))
            continue
        length = 4 if fragment[:3] in (b"\x1b$(", b"\x1b$)") else 3
        codec = ESCAPES.get(fragment[:length])
        if codec is None or codec not in allowed:
            raise LookupError(fragment[:length])
        if codec in KEEP_ESCAPE:
            pieces.append(fragment.decode(codec))
            continue
        body = fragment[length:]
        delimiter = DELIMITERS.search(body)
        end = delimiter.start() if delimiter else len(body)
        pieces.append(body[:end].decode(codec) + body[end:].decode(first))
    return "".join(pieces)


def guessed(raw: bytes) -> str:
    """Text whose character set was not declared, for showing only.

    Escape sequences are taken at their word; else it is UTF-8 if that is valid, else Western European.
    """
    if ESCAPE in raw:
        try:
            return _with_escapes(raw, "latin-1", frozenset(ESCAPES.values())).strip(" \0")
        except (UnicodeDecodeError, LookupError):
            return raw.replace(ESCAPE, b"").decode("latin-1").strip(" \0")
    try:
        return raw.decode("utf-8").strip(" \0")
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip(" \0")
