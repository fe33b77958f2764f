"""Faults planted in a DICOMDIR, one at a time: what writers of real discs got wrong, record by record."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping

import pydicom

from scanfolio.export.directory_check import FileFacts, check_directory
from scanfolio.export.records import WANTED_TAGS
from scanfolio.export.transcode import header_elements
from scanfolio.model import Disc
from scanfolio.source.entry import Entry

# Byte of the value within a record's item: its first four elements are of fixed length (PS3.3 F.3.2.2)
NEXT_AT, IN_USE_AT, LOWER_AT = 8 + 8, 8 + 12 + 8, 8 + 12 + 10 + 8
FIRST, LAST, FLAG = b"\x04\0\0\x12UL\4\0", b"\x04\0\2\x12UL\4\0", b"\x04\0\x12\x12US\2\0"
WRITTEN = {"File ID": 0x00041500, "SOP Class UID": 0x00041510, "SOP Instance UID": 0x00041511,
           "Transfer Syntax UID": 0x00041512, "record type": 0x00041430}  # fmt: skip
IDENTITY = {
    "character set": 0x00080005,
    "Patient ID": 0x00100020,
    "Study Instance UID": 0x0020000D,
    "Series Instance UID": 0x0020000E,
}


def facts_of(disc: Disc, entries: list[Entry]) -> dict[str, FileFacts]:
    """What the files of a file-set really are, as the second parser is told."""
    facts = {}
    for i in disc.instances:
        elements = header_elements(entries[i.entry_id], i, WANTED_TAGS)
        values = {tag: value for tag, (_, value) in elements.items()}
        facts[i.path] = FileFacts(i.sop_class_uid, i.sop_instance_uid, i.transfer_syntax_uid, values)
    return facts


def faults_of(directory: bytes, files: Mapping[str, FileFacts]) -> list[str]:
    """What the second parser finds in a file-set of these files."""
    entry = Entry(0, "DICOMDIR", len(directory), lambda offset, length: directory[offset : offset + length])
    asking = check_directory(entry, files.keys())
    facts = None
    while True:
        try:
            wanted = asking.send(facts)
        except StopIteration as result:
            faults: list[str] = result.value
            return faults
        assert isinstance(wanted, str), "bytes in memory need no effect"
        facts = files[wanted]


def planted(directory: bytes, *, every: int = 1) -> Iterator[tuple[str, bytes]]:
    """(what is wrong, the DICOMDIR with it): in the head, then in every so many-th record."""

    def with_bytes(at: int, new: bytes) -> bytes:
        return directory[:at] + new + directory[at + len(new) :]

    for name, mark in (("first", FIRST), ("last", LAST)):
        at = directory.index(mark) + len(mark)
        (offset,) = struct.unpack_from("<I", directory, at)
        yield f"{name} offset zero", with_bytes(at, bytes(4))
        yield f"{name} offset counted from behind the preamble", with_bytes(at, struct.pack("<I", offset - 132))
    yield "not consistent", with_bytes(directory.index(FLAG) + len(FLAG), b"\xff\xff")
    yield "said to be Implicit VR", directory.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0", 1)
    yield "cut off", directory[:-30]
    records = pydicom.dcmread(io.BytesIO(directory)).DirectoryRecordSequence
    first = records[0].seq_item_tell
    for record in records[::every]:
        item = record.seq_item_tell
        assert item is not None
        what = f"{record.DirectoryRecordType} at {item}"
        links = {"next": (NEXT_AT, record.OffsetOfTheNextDirectoryRecord),
                 "lower": (LOWER_AT, record.OffsetOfReferencedLowerLevelDirectoryEntity)}  # fmt: skip
        for name, (within, offset) in links.items():
            if offset:
                yield f"{what}: {name} offset two bytes off", with_bytes(item + within, struct.pack("<I", offset + 2))
                yield f"{what}: {name} offset zero", with_bytes(item + within, bytes(4))
            yield f"{what}: {name} offset in a circle", with_bytes(item + within, struct.pack("<I", first))
        yield f"{what}: not in use", with_bytes(item + IN_USE_AT, bytes(2))
        for name, tag in (WRITTEN | IDENTITY).items():
            at, value = _element(directory, item, tag) if tag in record else (0, b"")
            if not value:
                continue
            last = at + len(value.rstrip(b"\0 ")) - 1
            yield f"{what}: another {name}", with_bytes(last, b"9" if directory[last : last + 1] != b"9" else b"8")
            if name == "File ID":
                yield f"{what}: a File ID in small letters", with_bytes(at, value.lower())
            elif name != "record type":
                yield f"{what}: no {name}", with_bytes(at, bytes(len(value)))


def _element(directory: bytes, item: int, tag: int) -> tuple[int, bytes]:
    """Where an element's value begins, and the value, going through the item from its first element."""
    at = item + 8
    while True:
        group, element, vr, length = struct.unpack_from("<HH2sH", directory, at)
        start = at + 8
        if vr in (b"SQ", b"OB", b"UN", b"UT"):
            (length,) = struct.unpack_from("<I", directory, at + 8)
            start = at + 12
        if group << 16 | element == tag:
            return start, directory[start : start + length]
        at = start + length
