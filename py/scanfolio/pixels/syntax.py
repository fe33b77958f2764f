"""What each Transfer Syntax means for pixel data. A pure table: imports nothing, decides nothing about this machine.

PS3.6 table A-1. Retired ones are in it because old discs are exactly what we are given.
"""

from __future__ import annotations

EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
EXPLICIT_BIG_ENDIAN = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"
RLE = "1.2.840.10008.1.2.5"
GE_PRIVATE_BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2"  # implicit VR little endian, pixel data big endian

NATIVE = frozenset(
    {
        "1.2.840.10008.1.2",
        EXPLICIT_LITTLE_ENDIAN,
        EXPLICIT_BIG_ENDIAN,
        DEFLATED,
        GE_PRIVATE_BIG_ENDIAN_PIXELS,
        "1.2.840.10008.1.20",  # Papyrus 3, implicit VR little endian
        "",  # no File Meta Information: what the reader found out is uncompressed unless the length is undefined
    }
)
BIG_ENDIAN_PIXELS = frozenset({EXPLICIT_BIG_ENDIAN, GE_PRIVATE_BIG_ENDIAN_PIXELS})
IN_PYTHON = frozenset({RLE, DEFLATED_FRAME})

# uid -> (name for people, imagecodecs member that must be there, certain lossy: yes "1", no "0", either "?")
IMAGECODECS: dict[str, tuple[str, str, str]] = {
    "1.2.840.10008.1.2.4.50": ("JPEG", "JPEG8", "1"),
    "1.2.840.10008.1.2.4.51": ("JPEG", "JPEG8", "1"),
    "1.2.840.10008.1.2.4.53": ("JPEG", "JPEG8", "1"),
    "1.2.840.10008.1.2.4.55": ("JPEG", "JPEG8", "1"),
    "1.2.840.10008.1.2.4.57": ("JPEG lossless", "JPEG8", "0"),
    "1.2.840.10008.1.2.4.70": ("JPEG lossless", "JPEG8", "0"),
    "1.2.840.10008.1.2.4.80": ("JPEG-LS", "JPEGLS", "0"),
    "1.2.840.10008.1.2.4.81": ("JPEG-LS", "JPEGLS", "?"),
    "1.2.840.10008.1.2.4.90": ("JPEG 2000", "JPEG2K", "0"),
    "1.2.840.10008.1.2.4.91": ("JPEG 2000", "JPEG2K", "?"),
    "1.2.840.10008.1.2.4.110": ("JPEG XL", "JPEGXL", "0"),
    "1.2.840.10008.1.2.4.111": ("JPEG XL", "JPEGXL", "1"),
    "1.2.840.10008.1.2.4.112": ("JPEG XL", "JPEGXL", "?"),
    "1.2.840.10008.1.2.4.201": ("High-Throughput JPEG 2000", "HTJ2K", "0"),
    "1.2.840.10008.1.2.4.202": ("High-Throughput JPEG 2000", "HTJ2K", "0"),
    "1.2.840.10008.1.2.4.203": ("High-Throughput JPEG 2000", "HTJ2K", "?"),
}

VIDEO = frozenset(
    {f"1.2.840.10008.1.2.4.{n}" for n in (100, 101, 102, 103, 104, 105, 106, 107, 108)}
    | {f"1.2.840.10008.1.2.4.{n}.1" for n in (100, 101, 102, 103, 104, 105, 106)}
    | {"1.2.840.10008.1.2.7.1", "1.2.840.10008.1.2.7.2", "1.2.840.10008.1.2.7.3"}
)


def is_native(transfer_syntax_uid: str) -> bool:
    """Pixel data are not compressed frame by frame (a deflated data set counts as native once inflated)."""
    return transfer_syntax_uid in NATIVE


def needs_imagecodecs(transfer_syntax_uid: str) -> bool:
    """Frames of this Transfer Syntax are decoded by imagecodecs; nothing is imported to tell."""
    return transfer_syntax_uid in IMAGECODECS


def is_known(transfer_syntax_uid: str) -> bool:
    """We have a way to decode it, given that imagecodecs is installed where it is needed."""
    return transfer_syntax_uid in NATIVE or transfer_syntax_uid in IN_PYTHON or transfer_syntax_uid in IMAGECODECS


def compression_name(transfer_syntax_uid: str) -> str:
    """A name for people, "" for uncompressed."""
    if transfer_syntax_uid in IMAGECODECS:
        return IMAGECODECS[transfer_syntax_uid][0]
    return {RLE: "RLE", DEFLATED_FRAME: "Deflate"}.get(transfer_syntax_uid, "")


def lossy_by_syntax(transfer_syntax_uid: str) -> str:
    """ "1" surely lossy, "0" surely not, "?" the Transfer Syntax allows both."""
    return IMAGECODECS[transfer_syntax_uid][2] if transfer_syntax_uid in IMAGECODECS else "0"
