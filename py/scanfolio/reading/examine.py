"""Deciding what one file is, from as few of its bytes as will do.

`examine` is a generator: it yields which bytes it wants (offset, length) and is sent them. So the same code is driven
by the command line (which reads at once), by the page (which reads many files at a time) and by tests.
"""

from __future__ import annotations

from scanfolio.model import Kind
from scanfolio.reading.dicom_file import read_dicom
from scanfolio.reading.facts import Converter
from scanfolio.reading.finding import BytesLost, Examination, Finding, NotDicom
from scanfolio.reading.part10 import looks_like_bare_data_set, looks_like_part10
from scanfolio.source.entry import Entry
from scanfolio.source.signatures import identify, wants_more
from scanfolio.words import say


def examine(entry: Entry, head: bytes, converter: Converter, language: str = "en") -> Examination:
    """What `entry` is, whose first bytes are `head`. Returns a Finding; raises only programming errors."""
    if not (looks_like_part10(head) or looks_like_bare_data_set(head)):
        return (yield from _other(entry, head, language))
    try:
        return (yield from read_dicom(entry, head, converter, language))
    except BytesLost as problem:
        return Finding(Kind.UNREADABLE, "DICOM", str(problem))
    except NotDicom as problem:
        if looks_like_part10(head):
            return Finding(Kind.UNREADABLE, "damaged DICOM file", say(str(problem), language))
        return (yield from _other(entry, head, language))


def _other(entry: Entry, head: bytes, language: str) -> Examination:
    found = identify(head, None, entry.path, entry.size)
    for offset, length in wants_more(found, head, entry.size):
        try:
            piece = yield offset, length
        except BytesLost as problem:
            return Finding(Kind.UNREADABLE, found.signature, str(problem))
        found = identify(head, (offset, piece), entry.path, entry.size)
        if found.signature:
            break
    if not found.signature and b"DICM\x02\0" in head[:4096]:
        return Finding(Kind.UNREADABLE, "damaged DICOM file", say("reading.reason.damaged_dicom", language))
    key = "locked" if found.locked else found.kind.value
    return Finding(found.kind, found.signature or "unknown", say(f"reading.reason.{key}", language), found.locked)
