"""The UIDs rules speak of: transfer syntaxes (PS3.5 section 10, PS3.6 Annex A) and kinds of SOP Class (PS3.4 B.5)."""

from __future__ import annotations

import re

IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
DICOMDIR_SOP_CLASS = "1.2.840.10008.1.3.10"
STANDARD_ROOT = "1.2.840.10008."

UNCOMPRESSED = {
    EXPLICIT_VR_LITTLE_ENDIAN: "Explicit VR Little Endian",
    IMPLICIT_VR_LITTLE_ENDIAN: "Implicit VR Little Endian",
    EXPLICIT_VR_BIG_ENDIAN: "Explicit VR Big Endian",
    DEFLATED: "Deflated Explicit VR Little Endian",
    "1.2.840.10008.1.2.8.1": "Deflated Image Frame Compression",
}
_JPEG = "1.2.840.10008.1.2.4."
COMPRESSED = {
    _JPEG + "50": "JPEG Baseline",
    _JPEG + "51": "JPEG Extended (12 bit)",
    _JPEG + "52": "JPEG Extended, hierarchical (retired)",
    _JPEG + "53": "JPEG Spectral Selection (retired)",
    _JPEG + "55": "JPEG Full Progression (retired)",
    _JPEG + "57": "JPEG Lossless, Non-Hierarchical",
    _JPEG + "70": "JPEG Lossless, First-Order Prediction",
    _JPEG + "80": "JPEG-LS Lossless",
    _JPEG + "81": "JPEG-LS Near-Lossless",
    _JPEG + "90": "JPEG 2000 Lossless",
    _JPEG + "91": "JPEG 2000",
    _JPEG + "92": "JPEG 2000 Part 2 Lossless",
    _JPEG + "93": "JPEG 2000 Part 2",
    _JPEG + "110": "JPEG XL Lossless",
    _JPEG + "111": "JPEG XL JPEG Recompression",
    _JPEG + "112": "JPEG XL",
    _JPEG + "201": "High-Throughput JPEG 2000 Lossless",
    _JPEG + "202": "High-Throughput JPEG 2000 RPCL Lossless",
    _JPEG + "203": "High-Throughput JPEG 2000",
    "1.2.840.10008.1.2.5": "RLE Lossless",
}
VIDEO = {
    _JPEG + "100": "MPEG2 Main Profile",
    _JPEG + "100.1": "MPEG2 Main Profile, fragmentable",
    _JPEG + "101": "MPEG2 High Profile",
    _JPEG + "101.1": "MPEG2 High Profile, fragmentable",
    _JPEG + "102": "MPEG-4 AVC/H.264 High Profile",
    _JPEG + "102.1": "MPEG-4 AVC/H.264 High Profile, fragmentable",
    _JPEG + "103": "MPEG-4 AVC/H.264 BD-compatible",
    _JPEG + "103.1": "MPEG-4 AVC/H.264 BD-compatible, fragmentable",
    _JPEG + "104": "MPEG-4 AVC/H.264 for 2D video",
    _JPEG + "104.1": "MPEG-4 AVC/H.264 for 2D video, fragmentable",
    _JPEG + "105": "MPEG-4 AVC/H.264 for 3D video",
    _JPEG + "105.1": "MPEG-4 AVC/H.264 for 3D video, fragmentable",
    _JPEG + "106": "MPEG-4 AVC/H.264 Stereo",
    _JPEG + "106.1": "MPEG-4 AVC/H.264 Stereo, fragmentable",
    _JPEG + "107": "HEVC/H.265 Main Profile",
    _JPEG + "108": "HEVC/H.265 Main 10 Profile",
}
ALWAYS_LOSSY = frozenset(_JPEG + tail for tail in ("50", "51", "52", "53", "55", "81"))
"""Syntaxes whose process loses detail. JPEG 2000 (.91, .93), HTJ2K (.203) and JPEG XL (.112) may or may not: the flag says."""

DECODED_HERE = (
    frozenset(UNCOMPRESSED)
    | frozenset(
        _JPEG + tail
        for tail in (
            "50",
            "51",
            "53",
            "55",
            "57",
            "70",
            "80",
            "81",
            "90",
            "91",
            "201",
            "202",
            "203",
        )
    )
    | {"1.2.840.10008.1.2.5"}
)
"""What the shipped decoders open; a caller who knows better passes its own answer to `judge`."""

STORAGE = "1.2.840.10008.5.1.4.1.1."
CT_MR_PT = {STORAGE + "2": "CT", STORAGE + "4": "MR", STORAGE + "128": "PT"}
"""Single-frame image storage classes that must carry the Image Plane Module (PS3.3 A.3, A.4, A.21)."""

PROJECTION = frozenset(
    STORAGE + tail
    for tail in ("1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "12.1", "12.2")
)
"""CR, DX, MG, intra-oral, XA and XRF image storage: projections with Imager Pixel Spacing."""

ULTRASOUND = frozenset(STORAGE + tail for tail in ("6", "6.1", "3", "3.1"))
PDF = STORAGE + "104.1"
ENCAPSULATED = {
    PDF: "Encapsulated PDF",
    STORAGE + "104.2": "Encapsulated CDA",
    STORAGE + "104.3": "Encapsulated STL",
    STORAGE + "104.4": "Encapsulated OBJ",
    STORAGE + "104.5": "Encapsulated MTL",
}
DOSE_REPORT = STORAGE + "88.67"


def is_structured_report(sop_class_uid: str) -> bool:
    """SR documents, Key Object Selection apart (PS3.4 B.5: 88.x; 88.59 is Key Object Selection)."""
    return (
        sop_class_uid.startswith(STORAGE + "88.") and sop_class_uid != STORAGE + "88.59"
    )


def is_compressed(transfer_syntax_uid: str) -> bool:
    """A known compression of pictures (films apart)."""
    return transfer_syntax_uid in COMPRESSED


def is_video(transfer_syntax_uid: str) -> bool:
    return transfer_syntax_uid in VIDEO or transfer_syntax_uid.startswith(
        "1.2.840.10008.1.2.7."
    )


def is_private(uid: str) -> bool:
    """Not one of the Standard's own (PS3.5 9)."""
    return bool(uid) and not uid.startswith(STANDARD_ROOT)


def name_of(transfer_syntax_uid: str) -> str:
    """The Standard's name, shortened; "private or unknown" for others."""
    for table in (UNCOMPRESSED, COMPRESSED, VIDEO):
        if transfer_syntax_uid in table:
            return table[transfer_syntax_uid]
    return "private or unknown"


_UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")


def uid_fault(uid: str) -> str:
    """Why `uid` is not a valid instance UID (PS3.5 9.1), as a technical phrase; "" when it is one."""
    if len(uid) > 64:
        return "longer than 64 characters"
    if not _UID.fullmatch(uid):
        components = uid.split(".")
        if any(
            len(c) > 1 and c.startswith("0") and c.isascii() and c.isdigit()
            for c in components
        ):
            return "a component with a leading zero"
        return "not digits and dots"
    if uid.startswith(STANDARD_ROOT):
        return "the root 1.2.840.10008 is the Standard's own"
    return ""
