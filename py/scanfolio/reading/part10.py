"""The start of a DICOM file: preamble, prefix, File Meta Information; and data sets that come without. PS3.10 7.1."""

from __future__ import annotations

from struct import unpack_from
from sys import intern
from typing import NamedTuple

from scanfolio.reading.elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    FORM,
    IMPLICIT_LITTLE,
    Declined,
    Encoding,
)

IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1.99"
EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
GE_PRIVATE_IMPLICIT = "1.2.840.113619.5.2"
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"

REQUIRED_META = {0x0001: "File Meta Information Version", 0x0002: "Media Storage SOP Class UID",
                 0x0003: "Media Storage SOP Instance UID", 0x0010: "Transfer Syntax UID",
                 0x0012: "Implementation Class UID"}  # fmt: skip


class Start(NamedTuple):
    """Where the data set of a file begins and how it is said to be encoded."""

    preamble: str  # none | zero | tiff | program | other
    has_prefix: bool
    meta: dict[int, str]  # element number of group 0002 -> text
    meta_faults: tuple[str, ...]
    data_set_offset: int
    encoding: Encoding
    deflated: bool
    encoding_doubt: str  # a technical sentence, when the data set is not encoded as its transfer syntax says

    @property
    def has_meta(self) -> bool:
        return bool(self.meta)


def looks_like_part10(head: bytes) -> bool:
    return head[128:132] == b"DICM"


def kind_of_preamble(head: bytes) -> str:
    """none | zero | tiff | program | other (PS3.10 7.1: readers shall not rely on the preamble)."""
    if not looks_like_part10(head):
        return "none"
    preamble = head[:128]
    if preamble == bytes(128):
        return "zero"
    if preamble[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    programs = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf",
                b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")  # fmt: skip
    return "program" if preamble.startswith(programs) else "other"


PROBE_BYTES = 8
MAX_IMPLICIT_META = 1024  # bytes of one element of a group 0002 without VRs: UIDs and titles are shorter
_known: dict[bytes, tuple[Start, bytes]] = {}
"""Starts met before, by their bytes up to the Media Storage SOP Instance UID; with the bytes that followed it.

In a series everything but that UID is the same in every file, and need not be read again.
"""


def read_start(head: bytes) -> Start:
    """Preamble, prefix and group 0002 of a file that begins with `head`.

    Raises Declined when they are not written as PS3.10 says.
    """
    at = head.find(b"\x02\0\x03\0UI", 132, 1024)
    if at < 0 or at + 8 > len(head) or not looks_like_part10(head):
        return _read_start(head)
    value = at + 8
    after = value + unpack_from("<H", head, at + 6)[0]
    uid = head[value:after].decode("latin-1").strip(" \0")
    known = _known.get(head[:value])
    if known is not None and uid and head.startswith(known[1], after):
        preamble, has_prefix, meta, faults, offset, encoding, deflated, doubt = known[0]
        return Start(preamble, has_prefix, {**meta, 0x0003: uid}, faults, offset, encoding, deflated, doubt)
    start = _read_start(head)
    end = start.data_set_offset + PROBE_BYTES
    if uid and start.meta.get(0x0003) == uid and end <= len(head) and _is_the_only_one(head, at, after, end):
        if len(_known) > 256:
            _known.clear()
        _known[head[:value]] = (start, head[after:end])
    return start


def _is_the_only_one(head: bytes, at: int, after: int, end: int) -> bool:
    """Whether the UID found at `at` is an element of group 0002, and not repeated: else it may not stand for another's.

    What looks like one inside another value would bring one file's UID into the next.
    """
    position = 132
    while position < at:
        _, vr, length = unpack_from("<H2sH", head, position + 2)
        if FORM.get(vr) is None:
            return False
        position += 12 + unpack_from("<I", head, position + 8)[0] if FORM[vr] else 8 + length
    return position == at and after <= end and head.find(b"\x02\0\x03\0", after, end) < 0


def _read_start(head: bytes) -> Start:
    preamble = kind_of_preamble(head)
    has_prefix = preamble != "none"
    position = 132 if has_prefix else 4 if head[:4] == b"DICM" else 0
    meta: dict[int, str] = {}
    faults: list[str] = []
    position = _read_meta(head, position, meta, faults)
    if has_prefix or meta:
        missing = (number for number in REQUIRED_META if not meta.get(number))
        faults.extend(f"(0002,{number:04X}) {REQUIRED_META[number]} is missing" for number in missing)
    transfer_syntax = meta.get(0x0010, "")
    deflated = transfer_syntax == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
    if deflated:
        return Start(preamble, has_prefix, meta, tuple(faults), position, EXPLICIT_LITTLE, True, "")
    encoding, doubt = _encoding(head, position, transfer_syntax)
    return Start(preamble, has_prefix, meta, tuple(faults), position, encoding, False, doubt)


def _read_meta(head: bytes, position: int, meta: dict[int, str], faults: list[str]) -> int:
    """Fill `meta` from group 0002 (Explicit VR Little Endian always, as it shall be); the position of the data set."""
    start = position
    declared_end = None
    without_vrs = False
    while head[position : position + 2] == b"\x02\x00":
        if position + 12 > len(head):
            raise Declined("the File Meta Information is cut or very long")
        element, vr, length = unpack_from("<H2sH", head, position + 2)
        long_form = FORM.get(vr)
        if long_form is None and _has_no_vr(head, position):
            without_vrs = True
            long_form, length, vr = False, unpack_from("<I", head, position + 4)[0], b"OB" if element == 1 else b"UI"
        elif long_form is None:
            faults.append(f"(0002,{element:04X}) has VR {vr!r}")
            long_form = _misspelled(head, position, element)
        value = position + 8
        if long_form:
            length = unpack_from("<I", head, position + 8)[0]
            value = position + 12
        if value + length > len(head):
            raise Declined("the File Meta Information is cut or very long")
        if vr == b"UN":
            faults.append(f"(0002,{element:04X}) has VR UN")
        raw = head[value : value + length]
        position = value + length
        if element == 0:
            if length == 4:
                declared_end = position + unpack_from("<I", raw)[0]
            meta[0] = "group length"
        elif vr in (b"OB", b"OW", b"UN"):
            meta[element] = raw[:16].hex().upper()
        else:
            meta[element] = intern(raw.decode("latin-1").strip(" \0"))
    if without_vrs:
        faults.append("the File Meta Information has no VRs: it is implicit VR little endian")
    if meta:
        if declared_end is None:
            faults.insert(0, "(0002,0000) File Meta Information Group Length is missing")
        elif declared_end != position:
            ends = f"ends at byte {declared_end}, it ends at {position}"
            faults.insert(0, f"(0002,0000) says the File Meta Information {ends}")
    elif start:
        faults.append("there is no File Meta Information")
    return position


def _has_no_vr(head: bytes, position: int) -> bool:
    """Whether the meta element at `position` is in Implicit VR Little Endian, which group 0002 never shall be."""
    element, length = unpack_from("<HI", head, position + 2)
    following = position + 8 + length
    if length > MAX_IMPLICIT_META or following + 4 > len(head):
        return False
    next_group, next_element = unpack_from("<HH", head, following)
    return bool(next_element > element if next_group == 0x0002 else 0x0004 <= next_group <= 0x0020)


def _misspelled(head: bytes, position: int, element: int) -> bool:
    """Whether the meta element with an impossible VR has a four-byte length, told from where the next one begins."""
    for long_form in (element == 0x0001, element != 0x0001):
        if long_form:
            following = position + 12 + unpack_from("<I", head, position + 8)[0]
        else:
            following = position + 8 + unpack_from("<H", head, position + 6)[0]
        if head[following : following + 2] in (b"\x02\0", b"\x08\0"):
            return long_form
    raise Declined("an impossible VR in the File Meta Information")


def _encoding(head: bytes, position: int, transfer_syntax: str) -> tuple[Encoding, str]:
    """The encoding the data set really has, and a technical sentence where that is not what was declared."""
    probe = head[position : position + 8]
    seen = probed(probe)
    if not transfer_syntax:
        if seen is None:
            raise Declined("no transfer syntax, and the encoding cannot be told")
        return seen, ""
    if transfer_syntax in (IMPLICIT_VR_LITTLE_ENDIAN, GE_PRIVATE_IMPLICIT):
        declared = IMPLICIT_LITTLE
    elif transfer_syntax == EXPLICIT_VR_BIG_ENDIAN:
        declared = EXPLICIT_BIG
    else:
        declared = EXPLICIT_LITTLE
    if seen is None or seen is declared or not probe:
        return declared, ""
    names = {EXPLICIT_LITTLE: "explicit VR little endian", IMPLICIT_LITTLE: "implicit VR little endian",
             EXPLICIT_BIG: "explicit VR big endian"}  # fmt: skip
    return seen, f"the transfer syntax says {names[declared]}, the data set is {names[seen]}"


def probed(probe: bytes) -> Encoding | None:
    """The encoding that the first eight bytes of a data set show, None when they show none."""
    if len(probe) < 8:
        return None
    group_little, group_big = unpack_from("<H", probe)[0], unpack_from(">H", probe)[0]
    known_vr = probe[4:6] in FORM
    if known_vr:
        return EXPLICIT_BIG if group_big < group_little else EXPLICIT_LITTLE
    return IMPLICIT_LITTLE if group_little < group_big else None


def looks_like_bare_data_set(head: bytes) -> bool:
    """Whether `head` may be a data set without preamble: ACR-NEMA style, or group 0002 with nothing before it.

    Only a first sieve: the caller must find a SOP Class, a SOP Instance or pixel data in it as well.
    """
    if head[:4] == b"DICM":
        return head[4:6] == b"\x02\x00"
    encoding = probed(head[:8])
    if encoding is None:
        return False
    order = ">" if encoding.big else "<"
    group, element = unpack_from(order + "HH", head)
    if group == 0x0002:
        begins_as_meta = encoding is EXPLICIT_LITTLE or (encoding is IMPLICIT_LITTLE and _has_no_vr(head, 0))
        return begins_as_meta and element <= 0x0016
    if group == 0x0004:
        return bool(0x1130 <= element <= 0x1220)
    if group != 0x0008 or element > 0x0070:
        return False
    if encoding.explicit:
        vr = head[4:6]
        length = unpack_from(order + "I", head, 8)[0] + 4 if FORM[vr] else unpack_from(order + "H", head, 6)[0]
    else:
        length = unpack_from(order + "I", head, 4)[0]
    following = 8 + length
    if length > 4096 or following + 4 > len(head):
        return False
    next_group, next_element = unpack_from(order + "HH", head, following)
    return bool((group, element) < (next_group, next_element) and next_group <= 0x0020)
