"""DICOM that does not begin where its file does: packed with gzip, or behind bytes that do not belong to it.

Both are read as what they hold; the entry is then replaced by the one inside, so that pixels and exports read it too.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from functools import partial

from scanfolio.model import Kind
from scanfolio.reading.finding import (
    HEAD_BYTES,
    MAX_WHOLE_BYTES,
    WAIT_FOR_PYDICOM,
    BytesLost,
    Examination,
    Examine,
    Finding,
)
from scanfolio.reading.part10 import looks_like_bare_data_set, looks_like_part10
from scanfolio.source.entry import Entry
from scanfolio.source.inside import TooMuch, behind, measured, unpacked
from scanfolio.source.signature_table import SCANS
from scanfolio.source.signatures import identify
from scanfolio.words import say

PREFIX = re.compile(rb"DICM(\0{0,512})\x02\0[\0-\x26]\0(?:UL|OB|UI|SH|AE|UN)")
BARE_BYTES = 512
BARE = re.compile(rb"\x08\0[\0\x01\x05\x08\x16]\0(?:UL|CS|UI)")
GZIP = "gzip archive"
FIRST_BYTES = 8192  # unpacked to see what is inside; few, because damage further on must not hide them
MORE_BYTES = 1024  # behind the image: as much as a second one would have at least


def in_gzip(entry: Entry, head: bytes, examine: Examine) -> Examination:
    """The Finding of a gzip file: of the one DICOM file in it, else that it is an archive."""
    archive = Finding(Kind.ARCHIVE, GZIP, say("reading.reason.archive"))
    first = _first_unpacked(head)
    if not _begins_like_dicom(first):
        known = identify(first)
        if known.signature in SCANS:
            return Finding(known.kind, f"{known.signature} in gzip", say("reading.reason.other"))
        return archive
    if entry.size > MAX_WHOLE_BYTES:
        return archive
    packed = head if len(head) >= entry.size else (yield 0, entry.size)
    try:
        size, wrong = measured(packed)
    except TooMuch:
        return Finding(Kind.UNREADABLE, GZIP, say("reading.error.inflate_bound"))
    in_memory = unpacked(Entry(entry.entry_id, entry.path, len(packed), partial(_slice, packed)), size)
    examination = examine(in_memory, in_memory.read(0, HEAD_BYTES))
    try:
        want = next(examination)
        while True:
            if want == WAIT_FOR_PYDICOM:
                yield want
                want = examination.send(b"")
            else:
                want = examination.send(in_memory.read(*want))
    except StopIteration as result:
        found: Finding = result.value
    if found.kind not in (Kind.DICOM, Kind.DICOMDIR):
        return found._replace(signature=f"{found.signature} in gzip") if found.kind is Kind.UNREADABLE else archive
    if wrong and found.instance is not None and not found.instance.truncated:
        found = found._replace(instance=replace(found.instance, truncated=wrong))
    return found._replace(signature=f"{found.signature} in gzip", entry=unpacked(entry, size))


def _first_unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, FIRST_BYTES)
    except zlib.error:
        return b""


def _slice(data: bytes, offset: int, length: int) -> bytes:
    return data[offset : offset + length]


def _begins_like_dicom(head: bytes) -> bool:
    return looks_like_part10(head) or looks_like_bare_data_set(head)


def displaced(head: bytes) -> tuple[int, int] | None:
    """(byte where the mark of a DICOM file stands, byte from which it is to be read); None where there is none.

    The mark is "DICM" before File Meta Information, or the first element of a data set near the start.
    """
    mark = PREFIX.search(head)
    if mark:
        at = mark.start()
        if mark[1]:
            return at, mark.end(1)
        return at, at - 128 if at > 128 else at
    bare = BARE.search(head, 1, BARE_BYTES)
    if bare and looks_like_bare_data_set(head[bare.start() :]):
        return bare.start(), bare.start()
    return None


def behind_other_bytes(entry: Entry, head: bytes, place: tuple[int, int], examine: Examine) -> Examination:
    """The Finding of a file whose DICOM begins too late, or whose "DICM" is not at byte 128; `place` as `displaced`."""
    mark, start = place
    inner = behind(entry, start)
    reason = say("reading.reason.displaced", position=mark)
    examination = examine(inner, head[start:])
    try:
        want = next(examination)
        while True:
            offset, length = want
            try:
                data = yield want if want == WAIT_FOR_PYDICOM else (offset + start, length)
            except BytesLost as problem:
                want = examination.throw(problem)
            else:
                want = examination.send(data)
    except StopIteration as result:
        found: Finding = result.value
    what = "DICM" if head[mark : mark + 4] == b"DICM" else "the data set"
    fault = f"{what} stands at byte {mark}, not where PS3.10 7.1 puts it"
    if found.dicomdir is not None:
        directory = replace(found.dicomdir, faults=(f"the file is damaged: {fault}", *found.dicomdir.faults))
        return found._replace(reason=reason, dicomdir=directory, entry=inner)
    if found.instance is None:
        return Finding(Kind.UNREADABLE, "damaged DICOM file", reason)
    instance = replace(found.instance, meta_faults=(fault, *found.instance.meta_faults))
    if instance.trailing_bytes > MORE_BYTES:
        reason = say("reading.reason.displaced_more", position=mark)
    return found._replace(signature="DICOM instance, displaced", reason=reason, instance=instance, entry=inner)
