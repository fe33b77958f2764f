"""The first bytes of every file we write: a zeroed preamble, DICM and the File Meta Information (PS3.10 7.1)."""

from __future__ import annotations

from struct import pack

from scanfolio.errors import ExportError
from scanfolio.export.elements import element
from scanfolio.words import say

# Fixed for all versions of Scanfolio: 2.25.<a UUID as a decimal integer>, PS3.5 B.2.
IMPLEMENTATION_CLASS_UID = "2.25.169513774341885201688851580842046927286"
IMPLEMENTATION_VERSION_NAME = "SCANFOLIO_0_1"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


def file_meta(sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str) -> bytes:
    """Preamble, prefix and File Meta Information of one instance, every Type 1 attribute present and the length right.

    Raises ExportError when an identifier is empty or longer than 64 characters: such a file cannot be conformant.
    """
    for name, uid in (
        ("SOP Class UID", sop_class_uid),
        ("SOP Instance UID", sop_instance_uid),
        ("Transfer Syntax UID", transfer_syntax_uid),
    ):
        if not uid or len(uid) > 64 or not uid.isascii():
            raise ExportError(say("export.bad.identifier"), detail=f"{name} has {len(uid)} characters")
    body = b"".join(
        (
            element(0x00020001, b"OB", b"\0\1"),
            element(0x00020002, b"UI", sop_class_uid.encode("ascii")),
            element(0x00020003, b"UI", sop_instance_uid.encode("ascii")),
            element(0x00020010, b"UI", transfer_syntax_uid.encode("ascii")),
            element(0x00020012, b"UI", IMPLEMENTATION_CLASS_UID.encode("ascii")),
            element(0x00020013, b"SH", IMPLEMENTATION_VERSION_NAME.encode("ascii")),
        )
    )
    return bytes(128) + b"DICM" + element(0x00020000, b"UL", pack("<I", len(body))) + body
