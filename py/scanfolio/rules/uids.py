"""The UIDs rules speak of, on top of the tables of PS3.6 Annex A in `standard.uids`."""

from __future__ import annotations

import re

from scanfolio.pixels.syntax import lossy_by_syntax
from scanfolio.standard.uids import SOP_CLASSES, TRANSFER_SYNTAXES

EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
STANDARD_ROOT = "1.2.840.10008."
NOT_FOR_DISCS = frozenset(
    {
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.2",
        DEFLATED,
        "1.2.840.10008.1.20",
        "1.2.840.113619.5.2",  # GE: implicit VR, pixel data big endian; private, but known well enough to convert
    }
)
"""Uncompressed forms other than Explicit VR Little Endian (PS3.11 Table D.3-1 allows only that one)."""

_COMPRESSIONS = frozenset(["rle", "jpeg", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k", "jpeg-xl"])

STORAGE = "1.2.840.10008.5.1.4.1.1."
CT_MR_PT = {STORAGE + "2": "CT", STORAGE + "4": "MR", STORAGE + "128": "PT"}
"""Single-frame image storage classes that must carry the Image Plane Module (PS3.3 A.3, A.4, A.21)."""
PROJECTION = frozenset(STORAGE + tail for tail in ["1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "12.1", "12.2"])
"""CR, DX, MG, intra-oral, XA and XRF image storage: projections with Imager Pixel Spacing."""
ULTRASOUND = frozenset(STORAGE + tail for tail in ["6", "6.1", "3", "3.1"])
DOSE_REPORT = STORAGE + "88.67"


def shows(sop_class_uid: str) -> str:
    """image, document, report, waveform, video or other; "" for a SOP Class the Standard does not know."""
    known = SOP_CLASSES.get(sop_class_uid)
    return known.shows if known else ""


def refers_to_others(sop_class_uid: str) -> bool:
    """Presentation states, key images, reports, segmentations and RT objects: what speaks about other instances."""
    tail = sop_class_uid.removeprefix(STORAGE)
    return tail != sop_class_uid and tail != "481.1" and tail.startswith(("11.", "66.", "88.", "481."))


def sop_class_name(sop_class_uid: str) -> str:
    known = SOP_CLASSES.get(sop_class_uid)
    return known.name if known else sop_class_uid or "no SOP Class"


def family(transfer_syntax_uid: str) -> str:
    """The codec: native, jpeg, jpeg-2000 and so on; "" for what the Standard does not know."""
    known = TRANSFER_SYNTAXES.get(transfer_syntax_uid)
    return known.family if known else ""


def is_compressed(transfer_syntax_uid: str) -> bool:
    """A compression of pictures (films apart)."""
    return family(transfer_syntax_uid) in _COMPRESSIONS or transfer_syntax_uid == "1.2.840.10008.1.2.8.1"


def is_video(transfer_syntax_uid: str) -> bool:
    return family(transfer_syntax_uid) == "video" or transfer_syntax_uid.startswith("1.2.840.10008.1.2.7.")


def is_always_lossy(transfer_syntax_uid: str) -> bool:
    """A syntax whose process loses detail. JPEG 2000, HTJ2K, JPEG-LS, JPEG XL may or may not: there, the flag says."""
    return lossy_by_syntax(transfer_syntax_uid) == "1"


def is_private(uid: str) -> bool:
    """Not one of the Standard's own (PS3.5 9)."""
    return bool(uid) and not uid.startswith(STANDARD_ROOT)


def name_of(transfer_syntax_uid: str) -> str:
    """The Standard's name, without what stands in brackets; "private or unknown" for others."""
    known = TRANSFER_SYNTAXES.get(transfer_syntax_uid)
    if known is None:
        return "private or unknown" if transfer_syntax_uid else "none"
    return known.name.partition(" (")[0].removesuffix(" Image Compression")


_UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")


def uid_fault(uid: str) -> str:
    """Why `uid` is not a valid instance UID (PS3.5 9.1), as a technical phrase; "" when it is one."""
    if len(uid) > 64:
        return "longer than 64 characters"
    if not _UID.fullmatch(uid):
        components = uid.split(".")
        if any(len(c) > 1 and c.startswith("0") and c.isascii() and c.isdigit() for c in components):
            return "a component with a leading zero"
        return "not digits and dots"
    if uid.startswith(STANDARD_ROOT):
        return "the root 1.2.840.10008 is the Standard's own"
    return ""
