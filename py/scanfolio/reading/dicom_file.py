"""Reading one DICOM file by the fast reader. A generator in the manner of `examine`."""

from __future__ import annotations

import zlib

from scanfolio.reading import extent
from scanfolio.reading.deflated import ZLIB_HEADER_FAULT, has_zlib_header, inflater_of
from scanfolio.reading.elements import Declined, TooDeep
from scanfolio.reading.facts import Converter
from scanfolio.reading.fallback import through_pydicom
from scanfolio.reading.finding import MAX_HEADER_BYTES, MAX_WHOLE_BYTES, BytesLost, Examination, NotDicom
from scanfolio.reading.instance import Reading, read_directory
from scanfolio.reading.part10 import MEDIA_STORAGE_DIRECTORY, Start, read_start
from scanfolio.reading.walk import Walk
from scanfolio.source.entry import Entry

MAX_STEPS = 4096
MAX_INFLATED_BYTES = 1 << 30
INFLATE_BYTES = 1 << 20
BOMB_BYTES, BOMB_RATIO = 100 << 20, 300
DIRECTORY_RECORDS = 0x00041220
TOO_DEEP = "the header is nested or long beyond what a real object has"


def read_dicom(entry: Entry, head: bytes, converter: Converter) -> Examination:
    """The Finding of a file that begins like DICOM. Raises NotDicom, and BytesLost where nothing can be saved."""
    try:
        start = read_start(head)
    except Declined as why:
        return (yield from through_pydicom(entry, head, converter, None, str(why)))
    if start.deflated:
        return (yield from _deflated(entry, start, converter))
    if start.meta.get(0x0002) == MEDIA_STORAGE_DIRECTORY:
        return (yield from read_directory(entry, head, start))
    walk = Walk(start.encoding, start.data_set_offset, entry.size)
    reading = Reading(entry, converter, start, walk, entry.size)
    window, base = head, 0
    try:
        want = walk.step(window, base)
        steps = taken = 0
        while want is not None:
            steps, taken = steps + 1, taken + want.length
            if steps > MAX_STEPS or taken > MAX_HEADER_BYTES:
                return reading.partial(TOO_DEEP)
            base = want.offset
            window = yield base, min(want.length, entry.size - base)
            want = walk.step(window, base)
        if walk.raw.get(DIRECTORY_RECORDS) is not None:
            return (yield from read_directory(entry, head, start))
        found = converter.fields(walk.raw, start.encoding)
    except Declined as why:
        return (yield from through_pydicom(entry, head, converter, reading, str(why)))
    except TooDeep:
        return reading.partial(TOO_DEEP)
    except BytesLost as problem:
        return reading.partial(f"the header cannot be read beyond byte {walk.position}: {problem}")
    missing = yield from reading.missing(found, window, base)
    return reading.finding(found, missing)


def _deflated(entry: Entry, start: Start, converter: Converter) -> Examination:
    """A deflated data set (PS3.5 A.5): inflated piece by piece, of which only the header is kept."""
    if entry.size > MAX_WHOLE_BYTES:
        raise NotDicom("reading.error.inflate_bound")
    length = entry.size - start.data_set_offset
    data = (yield start.data_set_offset, length) if length > 0 else b""
    if has_zlib_header(data):
        start = start._replace(meta_faults=(*start.meta_faults, ZLIB_HEADER_FAULT))
    header, total, broken = _inflated_header(data)
    walk = Walk(start.encoding, 0, total)
    reading = Reading(entry, converter, start, walk, total, offsets_in_file=False)
    try:
        if walk.step(header, 0) is not None:
            return reading.partial(TOO_DEEP)
        found = converter.fields(walk.raw, start.encoding)
    except (Declined, TooDeep) as why:
        return reading.partial(broken or str(why) or TOO_DEEP)
    missing = walk.cut or broken
    if walk.pixels is not None and not missing:
        missing = extent.missing_native(found, walk.pixels, total)
    return reading.finding(found, missing)


def _inflated_header(data: bytes) -> tuple[bytes, int, str]:
    """(the first bytes a raw deflate stream inflates to, how many there are in all, what is wrong with it or "")."""
    inflater = inflater_of(data)
    header = bytearray()
    total = 0
    try:
        piece = inflater.decompress(data, INFLATE_BYTES)
        while piece:
            total += len(piece)
            if total > MAX_INFLATED_BYTES or (total > BOMB_BYTES and total > BOMB_RATIO * len(data)):
                raise NotDicom("reading.error.inflate_bound")
            if len(header) < MAX_HEADER_BYTES:
                header += piece
            piece = inflater.decompress(inflater.unconsumed_tail, INFLATE_BYTES)
    except zlib.error as problem:
        return bytes(header), total, f"the deflated data set is damaged: {problem}"
    return bytes(header), total, "" if inflater.eof else "the deflated data set is cut short"
