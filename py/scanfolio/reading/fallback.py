"""Files that the fast reader declined, read by pydicom; and what is left where that fails too."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from scanfolio.reading.attributes import BY_TAG
from scanfolio.reading.elements import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, MoreNeeded
from scanfolio.reading.facts import Converter
from scanfolio.reading.finding import HEAD_BYTES, MAX_HEADER_BYTES, WAIT_FOR_PYDICOM, Examination, Finding, NotDicom
from scanfolio.reading.instance import Reading, read_directory
from scanfolio.reading.part10 import MEDIA_STORAGE_DIRECTORY, Start, kind_of_preamble
from scanfolio.reading.walk import Walk
from scanfolio.source.entry import Entry

if TYPE_CHECKING:
    from scanfolio.reading.by_pydicom import Header

DIRECTORY_RECORDS = 0x00041220


def through_pydicom(entry: Entry, head: bytes, converter: Converter, fast: Reading | None, why: str) -> Examination:
    """The Finding of a file by pydicom; when that fails too, what `fast`, the fast reading, has got so far.

    `fast` is None where not even the start of the file was understood. Raises NotDicom.
    """
    if find_spec("pydicom") is None:
        head = b""  # there may be many such files: their bytes are asked for again when it is loaded
        yield WAIT_FOR_PYDICOM
    from scanfolio.reading import by_pydicom

    length = HEAD_BYTES
    while True:
        if len(head) < min(length, entry.size):
            head = yield 0, min(length, entry.size)
        try:
            header = by_pydicom.read(head, entry.size)
            break
        except MoreNeeded:
            length *= 4
            if length > MAX_HEADER_BYTES:
                return _after_failure(fast, why)
        except Exception as problem:  # noqa: BLE001  # pydicom has no common base for what it raises on a broken file
            return _after_failure(fast, f"{why}; {type(problem).__name__}")
    found = header.fields
    start = fast.start if fast else _start_of(head, header, why)
    if found.get("sop_class_uid") == MEDIA_STORAGE_DIRECTORY or DIRECTORY_RECORDS in header.layout.tags:
        return (yield from read_directory(entry, head, start))
    walk = Walk(start.encoding, start.data_set_offset, entry.size)
    walk.pixels = header.pixels
    walk.position += len(header.layout.tags)  # only whether there was anything counts from here on
    walk.raw = {tag: b"" for tag in header.layout.tags & BY_TAG.keys()}
    found["layout"] = header.layout
    reading = Reading(entry, converter, start, walk, entry.size)
    if not reading.plausible(found):
        return _after_failure(fast, why)
    for name, value in found.items():
        if isinstance(value, str):
            found[name] = converter.shared(value)
    missing = yield from reading.missing(found, head, 0)
    return reading.finding(found, missing)


def _after_failure(fast: Reading | None, why: str) -> Finding:
    if fast is None:
        raise NotDicom("reading.reason.damaged_dicom")
    return fast.partial(f"the header cannot be read beyond byte {fast.walk.position}: {why}")


def _start_of(head: bytes, header: Header, why: str) -> Start:
    """The Start of a file whose File Meta Information only pydicom could read; where the data set begins is unknown."""
    encoding = IMPLICIT_LITTLE if header.implicit else EXPLICIT_LITTLE if header.little else EXPLICIT_BIG
    preamble = kind_of_preamble(head)
    return Start(
        preamble=preamble,
        has_prefix=preamble != "none",
        meta=header.meta,
        meta_faults=(f"the File Meta Information is not as PS3.10 7.1 says: {why}",),
        data_set_offset=132 if preamble != "none" else 0,
        encoding=encoding,
        deflated=False,
        encoding_doubt="",
    )
