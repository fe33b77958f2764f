"""Finding one compressed frame among fragments, reading no more of the file than that takes. PS3.5 A.4.

A frame's place is taken from the Basic Offset Table where that is sound, else from walking the fragments' headers.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from scanfolio.model import SopInstance
from scanfolio.pixels.layout import refuse
from scanfolio.source.entry import Entry

_ITEM = b"\xfe\xff\x00\xe0"
_DELIMITER = b"\xfe\xff\xdd\xe0"
_WINDOW = 1 << 14
_MAX_FRAGMENTS = 1 << 22
_ENDS = (b"\xff\xd9", b"\xff\xd9\x00")  # End of Image / End of Codestream, perhaps padded


@dataclass(frozen=True, slots=True)
class Fragment:
    """`offset` and `length` of the value in the file, bytes. `item` is where its header begins."""

    item: int
    offset: int
    length: int


class _Window:
    """Small reads near each other become one."""

    def __init__(self, entry: Entry, size: int = _WINDOW) -> None:
        self._entry, self._size = entry, size
        self._start, self._bytes = 0, b""

    def at(self, offset: int, length: int) -> bytes:
        inside = offset - self._start
        if inside < 0 or inside + length > len(self._bytes):
            self._start, self._bytes = offset, self._entry.read(offset, max(length, self._size))
            inside = 0
        return self._bytes[inside : inside + length]


def _basic_offset_table(entry: Entry, instance: SopInstance) -> tuple[tuple[int, ...], int]:
    """(offsets, offset of the first fragment's header). Raises PixelError where not even the table's item is there."""
    start = instance.pixel_data_offset or 0
    head = entry.read(start, 8)
    if len(head) < 8 or head[:4] != _ITEM:
        raise refuse("fragments", instance, "no Basic Offset Table item")
    length = int.from_bytes(head[4:], "little")
    if length > entry.size - start - 8:
        raise refuse("fragments", instance, "the Basic Offset Table is longer than the file")
    count = length // 4 if length <= 4 * _MAX_FRAGMENTS else 0
    table = struct.unpack(f"<{count}I", entry.read(start + 8, count * 4))
    return table, start + 8 + length


def _walk(entry: Entry, instance: SopInstance, start: int, stop: int | None = None) -> tuple[Fragment, ...]:
    """The fragments from the item header at `start` on, to the delimiter, `stop` or the end of what is sound."""
    window = _Window(entry)
    fragments: list[Fragment] = []
    at = start
    while at + 8 <= entry.size and (stop is None or at < stop):
        head = window.at(at, 8)
        if len(head) < 8 or head[:4] != _ITEM:
            break  # the delimiter, or damage: what was found before is still good
        length = int.from_bytes(head[4:], "little")
        fragments.append(Fragment(at, at + 8, length))
        if len(fragments) > _MAX_FRAGMENTS:
            raise refuse("fragments", instance, "too many fragments")
        at += 8 + length
    return tuple(fragments)


@lru_cache(maxsize=4)
def _all_fragments(entry: Entry, instance: SopInstance, start: int) -> tuple[Fragment, ...]:
    """Kept, because every further frame of the instance asks again."""
    return _walk(entry, instance, start)


def forget() -> None:
    """Drop what is remembered of fragments (another disc was opened)."""
    _all_fragments.cache_clear()
    _frames_by_ending.cache_clear()


@lru_cache(maxsize=4)
def _frames_by_ending(entry: Entry, fragments: tuple[Fragment, ...]) -> tuple[tuple[Fragment, ...], ...]:
    """Fragments grouped into frames: a frame ends where its last fragment ends with an end-of-image marker."""
    frames: list[tuple[Fragment, ...]] = []
    current: list[Fragment] = []
    for fragment in fragments:
        current.append(fragment)
        tail = entry.read(fragment.offset + max(fragment.length - 3, 0), min(fragment.length, 3))
        if tail.endswith(_ENDS):
            frames.append(tuple(current))
            current = []
    if current:
        frames.append(tuple(current))
    return tuple(frames)


def _from_table(
    entry: Entry, instance: SopInstance, table: tuple[int, ...], base: int, frame: int
) -> tuple[Fragment, ...] | None:
    """The frame's fragments by the Basic Offset Table; None where the table cannot be right."""
    ascending = all(a < b for a, b in pairwise(table))
    if len(table) != instance.number_of_frames or table[0] != 0 or not ascending:
        return None
    start = base + table[frame]
    stop = base + table[frame + 1] if frame + 1 < len(table) else None
    if start + 8 > entry.size or entry.read(start, 4) != _ITEM:
        return None
    fragments = _walk(entry, instance, start, stop)
    if not fragments or (stop is not None and fragments[-1].offset + fragments[-1].length != stop):
        return None
    return fragments


def fragments_of_frame(entry: Entry, instance: SopInstance, frame: int) -> tuple[Fragment, ...]:
    """The fragments that hold frame `frame` (from 0). Raises PixelError where they cannot be told."""
    table, base = _basic_offset_table(entry, instance)
    frames = max(instance.number_of_frames, 1)
    if frames > 1 and table:
        found = _from_table(entry, instance, table, base, frame)
        if found:
            return found
    fragments = _all_fragments(entry, instance, base)
    if not fragments:
        raise refuse("fragments", instance, "no fragment with pixel data")
    if frames == 1:
        return fragments
    if len(fragments) == frames:
        return (fragments[frame],)
    grouped = _frames_by_ending(entry, fragments) if len(fragments) > frames else tuple((f,) for f in fragments)
    if frame >= len(grouped):
        raise refuse("incomplete_frames", instance, frames=frames, count=len(grouped))
    return grouped[frame]


def encoded_frame(entry: Entry, instance: SopInstance, frame: int) -> bytes:
    """The compressed bytes of frame `frame` (from 0), fragments joined. Raises PixelError."""
    fragments = fragments_of_frame(entry, instance, frame)
    last = fragments[-1]
    if last.offset + last.length > entry.size:
        raise refuse("cut_off", instance, f"fragment at {last.offset} of {last.length} bytes in a file of {entry.size}")
    parts = [entry.read(f.offset, f.length) for f in fragments]
    data = parts[0] if len(parts) == 1 else b"".join(parts)
    if not data or len(data) != sum(f.length for f in fragments):
        raise refuse("fragments", instance, "an empty frame, or the file is shorter than it was")
    return data
