"""Instances in which every attribute that has to go holds a value that can be found again by searching bytes."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

from pydicom import Dataset, dcmread
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.sequence import Sequence

from scanfolio.standard.removal import codes

DATE, TIME, NUMBER, UID_ROOT = "19610203", "112233.445566", "-7654321", "1.2.3.4.555"
BINARY = b"\xde\xad\xbe\xef\xca\xfe\xba\xbe"
MARKS = (b"PLANTED", DATE.encode(), TIME.encode(), NUMBER.encode(), UID_ROOT.encode(), BINARY)
"""What must not be found again."""
KEEP_AS_IT_IS = frozenset((
    0x00080018, 0x0020000D, 0x0020000E,  # the reader groups by them; they are long UIDs of our own already
    0x0040A730, 0x00700001, 0x00420011, 0x00281199, 0x00080005,
))  # fmt: skip
"""Attributes that decide what kind of object it is."""


def value_for(tag: int, vr: str) -> object:
    """A value of `vr` that holds one of MARKS; numbers of two bytes cannot, and are looked for by their tag."""
    texts = {
        "PN": f"PLANTED{tag:08X}^PERSON", "DA": DATE, "TM": TIME, "DT": DATE + TIME, "UI": f"{UID_ROOT}.{tag}",
        "IS": NUMBER, "DS": NUMBER, "AS": "077Y", "UR": "http://PLANTED.example", "CS": "PLANTED_CODE",
        "AE": "PLANTED_AE",
    }  # fmt: skip
    if vr in ("OB", "OW", "UN"):
        return BINARY
    if vr in ("US", "SS"):
        return 77
    return texts.get(vr, f"PLANTED {tag:08X}")


def plant(ds: Dataset, *, nested: bool = True) -> list[int]:
    """Fill every attribute of PS3.15 Table E.1-1 that pydicom knows, private ones, curves, overlays; the tags."""
    planted = []
    for tag in sorted(codes()):
        if tag >> 16 <= 2 or tag in KEEP_AS_IT_IS or not dictionary_has_tag(tag):
            continue
        vr = dictionary_VR(tag).split(" or ")[0]
        if vr == "SQ" and nested:
            item = Dataset()
            plant(item, nested=False)
            ds.add_new(tag, vr, Sequence([item]))
        elif vr != "SQ":
            ds.add_new(tag, vr, value_for(tag, vr))
        planted.append(tag)
    if nested:
        plant_deep(ds)
        block = ds.private_block(0x0009, "PLANTED CREATOR", create=True)
        block.add_new(0x01, "LO", "PLANTED private")
        inner = Dataset()
        inner.PatientName = "PLANTED^PRIVATE"
        block.add_new(0x02, "SQ", Sequence([inner]))
        ds.add_new(0x50000030, "LO", "PLANTED curve")
        overlay = {
            0x10: ("US", 2), 0x11: ("US", 2), 0x40: ("CS", "G"), 0x50: ("SS", [1, 1]), 0x100: ("US", 1),
            0x102: ("US", 0), 0x22: ("LO", "PLANTED overlay"), 0x3000: ("OW", BINARY), 0x4000: ("LT", "PLANTED"),
        }  # fmt: skip
        for number, (vr, value) in overlay.items():
            ds.add_new(0x60000000 | number, vr, value)
        ds.add_new(0xFFFCFFFC, "OB", BINARY)
    return planted


def plant_deep(ds: Dataset) -> None:
    """Inside sequences that stay, three levels down."""
    code, deeper, step = Dataset(), Dataset(), Dataset()
    plant(deeper, nested=False)
    step.ReferencedSeriesSequence = Sequence([deeper])
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-D1100", "SRT", "Head"
    code.PurposeOfReferenceCodeSequence = Sequence([step])
    ds.AnatomicRegionSequence = Sequence([code])


def leaks(files: dict[str, bytes], marks: tuple[bytes, ...] = MARKS) -> list[tuple[str, bytes]]:
    """[(path, mark)] of all that is found in names and bytes, also in UTF-16. Shares nothing with our own search."""
    found = []
    for path, data in files.items():
        lower = data.lower()
        for mark in marks:
            wide = mark.decode("latin-1").encode("utf-16-le")
            # digits of a new identifier may be those of a date by chance: a mark begins where no digit stands before it
            narrow = re.search(rb"(?<![0-9])" + re.escape(mark.lower()), lower)
            if narrow or wide in data or mark in path.encode():
                found.append((path, mark))
    return found


def data_sets(files: dict[str, bytes]) -> list[Dataset]:
    """The instances of an export, by path."""
    return [dcmread(io.BytesIO(data)) for path, data in sorted(files.items()) if path.startswith("DICOM/")]


def all_elements(ds: Dataset) -> Iterator[tuple[int, str, object]]:
    """(tag, VR, value) at every depth."""
    for element in ds:
        yield int(element.tag), element.VR, element.value
        if element.VR == "SQ":
            for item in element.value:
                yield from all_elements(item)


def with_bad_head(data: bytes) -> bytes:
    """A file with names in its preamble and File Meta Information."""
    length = struct.unpack("<I", data[140:144])[0]
    more = b"".join(
        struct.pack("<HH2sH", 2, element, b"AE", 14) + b"PLANTED_AE_000"[:14] for element in (0x16, 0x17, 0x18)
    )
    head = b"PLANTED PREAMBLE".ljust(128, b"\0") + data[128:140] + struct.pack("<I", length + len(more))
    return head + data[144 : 144 + length] + more + data[144 + length :]
