"""Rock Ridge: long names, links and moved folders in the System Use fields of ISO 9660 (SUSP, RRIP)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from struct import unpack_from
from typing import Any

from scanfolio.effects import patiently
from scanfolio.source.entry import Entry
from scanfolio.source.names import decoded

MAX_CONTINUATIONS = 32


@dataclass(slots=True)
class Notes:
    """What Rock Ridge says of one record. `moved_here` is the block of a folder that really belongs in this place."""

    name: str = ""
    link: bool = False
    moved_here: int | None = None
    moved_away: bool = False
    packed: bool = False


def begins(root: bytes) -> int:
    """How many bytes to skip in every System Use field, told by the root folder's record "."; -1 without Rock Ridge."""
    if len(root) < 41 or root[0] < 41:
        return -1
    field = root[34 : root[0]]
    for skip in (0, 14):  # 14: behind the fields of CD-ROM XA
        if field[skip : skip + 2] == b"SP" and field[skip + 4 : skip + 6] == b"\xbe\xef":
            return skip or field[skip + 6]
    return -1


def notes(field: bytes, image: Entry, block_size: int) -> Generator[Any, Any, Notes]:
    """Read one System Use field, with what it continues in elsewhere. What is malformed ends it."""
    found = Notes()
    name = b""
    for _ in range(MAX_CONTINUATIONS):
        continuation = None
        position = 0
        while position + 4 <= len(field):
            kind, length = field[position : position + 2], field[position + 2]
            if length < 4 or position + length > len(field):
                break
            value = field[position + 4 : position + length]
            if kind == b"NM" and value and not value[0] & 6:
                name += value[1:]
            elif kind == b"CE" and len(value) >= 24:
                continuation = unpack_from("<I4xI4xI", value, 0)
            elif kind == b"CL" and len(value) >= 8:
                found.moved_here = unpack_from("<I", value, 0)[0]
            elif kind == b"RE":
                found.moved_away = True
            elif kind == b"SL":
                found.link = True
            elif kind == b"ZF":
                found.packed = True
            elif kind == b"ST":
                break
            position += length
        if continuation is None:
            break
        block, offset, length = continuation
        field = yield from patiently(partial(image.read, block * block_size + offset, min(length, 4096)))
    found.name = decoded(name)
    return found
