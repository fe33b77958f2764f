"""Files in memory as entries, and discs read from them: what the tests of reading share."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from scanfolio.model import Disc, FileRecord, SopInstance
from scanfolio.reading.index import DiscIndex
from scanfolio.source.entry import Entry

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS", Path(__file__).parent.parent.parent / "shared" / "corpus"))


def memory_entry(data: bytes, path: str = "FILE", entry_id: int = 0) -> Entry:
    return Entry(entry_id, path, len(data), partial(_slice, data))


def _slice(data: bytes, offset: int, length: int) -> bytes:
    return data[offset : offset + length]


def read_index(files: Mapping[str, bytes]) -> DiscIndex:
    """An index into which all `files` were read, one after the other."""
    index = DiscIndex("test disc")
    for number, (path, data) in enumerate(files.items()):
        feed_all(index, memory_entry(data, path, number))
    return index


def feed_all(index: DiscIndex, entry: Entry) -> None:
    """Add `entry` and feed it whatever is asked for."""
    first = index.add(entry)
    needs = [first] if first else []
    while needs:
        need = needs.pop()
        assert need.offset >= 0
        assert need.length > 0
        assert need.offset + need.length <= entry.size
        needs.extend(index.feed(need, entry.read(need.offset, need.length)))


def read_disc(files: Mapping[str, bytes]) -> Disc:
    return read_index(files).finish()


def read_one(data: bytes, path: str = "FILE") -> tuple[FileRecord, SopInstance | None]:
    """(what the file is, its facts if it is an instance)."""
    disc = read_disc({path: data})
    return disc.files[0], disc.instances[0] if disc.instances else None


def facts_of(data: bytes) -> SopInstance:
    """The facts of a file that must be an instance."""
    record, instance = read_one(data)
    assert instance is not None, record
    return instance


def element(tag: int, vr: str, value: bytes, *, length: int | None = None) -> bytes:
    """One explicit little endian element; `length` lies about it where given."""
    size = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in ("OB", "OW", "OF", "OD", "SQ", "UN", "UT", "UC"):
        return head + struct.pack("<HI", 0, size) + value
    return head + struct.pack("<H", size) + value
