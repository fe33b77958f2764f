"""Deciding what one file is, from as few of its bytes as will do.

`examine` is a generator: it yields which bytes it wants (offset, length) and is sent them. So the same code is driven
by the command line (which reads at once), by the page (which reads many files at a time) and by tests.
"""

from __future__ import annotations

from scanfolio.model import Kind
from scanfolio.reading.dicom_file import read_dicom
from scanfolio.reading.facts import Converter
from scanfolio.reading.finding import BytesLost, Examination, Finding, NotDicom
from scanfolio.reading.inside import GZIP, behind_other_bytes, displaced, in_gzip
from scanfolio.reading.part10 import looks_like_bare_data_set, looks_like_part10
from scanfolio.source.entry import Entry
from scanfolio.source.signature_table import OWN_VIEWER
from scanfolio.source.signatures import MIME_WITH_DICOM, identify, wants_more
from scanfolio.words import say

FIRST_BYTES = 16
REASONS = {MIME_WITH_DICOM: "mime", OWN_VIEWER: "own_viewer"}  # by signature, where the kind says too little


def examine(entry: Entry, head: bytes, converter: Converter) -> Examination:
    """What `entry` is, whose first bytes are `head`. Returns a Finding; raises only programming errors."""
    if looks_like_part10(head) or looks_like_bare_data_set(head):
        try:
            return (yield from read_dicom(entry, head, converter))
        except BytesLost as problem:
            return Finding(Kind.UNREADABLE, "DICOM", str(problem))
        except NotDicom as problem:
            if looks_like_part10(head):
                reason = say(str(problem))
                return Finding(Kind.UNREADABLE, "damaged DICOM file", reason, first_bytes=_hexadecimal(head))
    return (yield from _other(entry, head, converter))


def _other(entry: Entry, head: bytes, converter: Converter) -> Examination:
    def inner(inside: Entry, its_head: bytes) -> Examination:
        try:
            return (yield from read_dicom(inside, its_head, converter))
        except BytesLost as problem:
            return Finding(Kind.UNREADABLE, "DICOM", str(problem))
        except NotDicom as problem:
            return Finding(Kind.UNREADABLE, "damaged DICOM file", say(str(problem)))

    found = identify(head, None, entry.path, entry.size)
    try:
        if found.signature == GZIP:
            return (yield from in_gzip(entry, head, inner))
        place = None if found.signature else displaced(head)
        if place:
            return (yield from behind_other_bytes(entry, head, place, inner))
        for offset, length in wants_more(found, head, entry.size):
            piece = yield offset, length
            found = identify(head, (offset, piece), entry.path, entry.size)
            if found.signature:
                break
    except BytesLost as problem:
        return Finding(Kind.UNREADABLE, found.signature, str(problem))
    if not found.signature:
        reason = say("reading.reason.other")
        return Finding(found.kind, "unknown", reason, first_bytes=_hexadecimal(head))
    key = "locked" if found.locked else REASONS.get(found.signature, found.kind.value)
    return Finding(found.kind, found.signature, say(f"reading.reason.{key}"), found.locked)


def _hexadecimal(head: bytes) -> str:
    return head[:FIRST_BYTES].hex(" ").upper()
