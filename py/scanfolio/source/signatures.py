"""What a file that is not DICOM is, told from its first bytes.

Names are looked at only where content cannot tell (a batch file is text; an installer and a letter are both OLE files),
never to decide whether something is DICOM.
"""

from __future__ import annotations

import re

from scanfolio.model import Kind

Identity = tuple[Kind, str, bool]  # (kind, signature, locked)
Tail = tuple[int, bytes]  # bytes from an offset further on


class Found(tuple[Kind, str, bool]):
    """(kind, signature, locked), by name too."""

    __slots__ = ()

    @property
    def kind(self) -> Kind:
        return self[0]

    @property
    def signature(self) -> str:
        return self[1]

    @property
    def locked(self) -> bool:
        return self[2]


P, I, D, A, O = Kind.PROGRAM, Kind.PICTURE, Kind.DOCUMENT, Kind.ARCHIVE, Kind.OTHER  # noqa: E741  # for the table

PREFIXES: tuple[tuple[bytes, Kind, str], ...] = (
    (b"\x7fELF", P, "Linux program (ELF)"),
    (b"\xfe\xed\xfa\xce", P, "Mac program (Mach-O)"),
    (b"\xfe\xed\xfa\xcf", P, "Mac program (Mach-O)"),
    (b"\xce\xfa\xed\xfe", P, "Mac program (Mach-O)"),
    (b"\xcf\xfa\xed\xfe", P, "Mac program (Mach-O)"),
    (b"#!", P, "script"),
    (b"L\0\0\0\x01\x14\x02\0", P, "Windows shortcut"),
    (b"\xff\xd8\xff", I, "JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", I, "PNG picture"),
    (b"GIF87a", I, "GIF picture"),
    (b"GIF89a", I, "GIF picture"),
    (b"II*\0", I, "TIFF picture"),
    (b"MM\0*", I, "TIFF picture"),
    (b"II+\0", I, "BigTIFF picture"),
    (b"MM\0+", I, "BigTIFF picture"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", I, "JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", I, "JPEG 2000 picture"),
    (b"8BPS", I, "Photoshop picture"),
    (b"\x1aE\xdf\xa3", I, "Matroska video"),
    (b"\0\0\x01\xba", I, "MPEG video"),
    (b"\0\0\x01\xb3", I, "MPEG video"),
    (b"0&\xb2u\x8ef\xcf\x11", I, "Windows Media video"),
    (b"FLV\x01", I, "Flash video"),
    (b"FWS", I, "Flash film"),
    (b"CWS", I, "Flash film"),
    (b"%PDF-", D, "PDF document"),
    (b"{\\rtf", D, "RTF document"),
    (b"%!PS", D, "PostScript document"),
    (b"ITSF", D, "Windows help (CHM)"),
    (b"7z\xbc\xaf'\x1c", A, "7z archive"),
    (b"\x1f\x8b", A, "gzip archive"),
    (b"BZh", A, "bzip2 archive"),
    (b"\xfd7zXZ\0", A, "xz archive"),
    (b"(\xb5/\xfd", A, "Zstandard archive"),
    (b"MSCF", A, "Windows cabinet archive"),
    (b"ISc(", A, "InstallShield archive"),
    (b"SQLite format 3\0", O, "SQLite database"),
    (b"\0\x01\0\0Standard Jet DB", O, "Access database"),
    (b"\0\x01\0\0Standard ACE DB", O, "Access database"),
    (b"\x89HDF\r\n\x1a\n", O, "HDF5 data"),
    (b"CDF\x01", O, "netCDF data (MINC)"),
    (b"NRRD000", O, "NRRD image"),
    (b"ObjectType", O, "MetaImage header"),
    (b"\0\0\x01\0", O, "Windows icon"),
    (b"\0\0\x02\0", O, "Windows cursor"),
    (b"wOFF", O, "font"),
    (b"wOF2", O, "font"),
    (b"OTTO", O, "font"),
    (b"\0\x01\0\0\0", O, "font"),
    (b"ID3", O, "sound"),
    (b"OggS", O, "sound"),
    (b"Bud1", O, "Mac folder settings"),
    (b"\0\0\0\x01Bud1", O, "Mac folder settings"),
    (b"\0\x05\x16\x07", O, "Mac resource fork"),
    (b"IMGF", O, "GE Signa raw image"),
    (b"MATLAB 5.0", O, "MATLAB data"),
    (b"\x93NUMPY", O, "NumPy array"),
)
CMS_ENVELOPED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
SCRIPT_ENDINGS = {
    "bat": "Windows batch file",
    "cmd": "Windows batch file",
    "vbs": "Windows script",
    "ps1": "Windows script",
    "sh": "script",
    "reg": "Windows registry file",
}
BMP_HEADER_SIZES = (12, 40, 52, 56, 64, 108, 124)
OLE_PROGRAMS = {"msi": "Windows installer", "msp": "Windows installer", "mst": "Windows installer"}


def identify(head: bytes, tail: Tail | None = None, path: str = "", size: int = 0) -> Found:
    """What begins with `head` (16 KB are plenty). `tail` is (offset, bytes) of a later piece, where one was read.

    The signature is "" when nothing is recognised: then the kind is OTHER.
    """
    size = size or len(head)
    ending = path.rsplit(".", 1)[-1].lower() if "." in path.rsplit("/", 1)[-1] else ""
    return Found(
        _locked(head, ending)
        or _structured(head, ending, size)
        or _by_prefix(head)
        or _text(head, ending)
        or (_further_on(tail, size) if tail else None)
        or (Kind.OTHER, "", False)
    )


def wants_more(found: Found, head: bytes, size: int) -> list[tuple[int, int]]:
    """Pieces (offset, length) worth reading where `head` alone does not tell: disc images mark themselves later."""
    if found.signature:
        return []
    pieces = []
    if size >= 34816:
        pieces.append((32768, 2048))
    if size > max(512, len(head)):
        pieces.append((size - 512, 512))
    return pieces


def _by_prefix(head: bytes) -> Identity | None:
    for prefix, kind, signature in PREFIXES:
        if head.startswith(prefix):
            return kind, signature, False
    return None


def _locked(head: bytes, ending: str) -> Identity | None:
    """Encrypted content: CMS EnvelopedData (PS3.10 7.4), PGP, and archives that say so in their first bytes."""
    if head[:1] == b"\x30" and CMS_ENVELOPED_DATA in head[:24]:
        return Kind.OTHER, "encrypted (CMS)", True
    start = head[:64]
    pgp_packet = ending in ("pgp", "gpg") and head[:1] in (b"\x84", b"\x85", b"\xc1", b"\xc3")
    if start.startswith(b"-----BEGIN PGP MESSAGE-----") or pgp_packet:
        return Kind.OTHER, "encrypted (PGP)", True
    if start.startswith((b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")):
        return Kind.OTHER, "encrypted (CMS)", True
    if start.startswith(b"Salted__"):
        return Kind.OTHER, "encrypted (OpenSSL)", True
    if start.startswith(b"age-encryption.org/"):
        return Kind.OTHER, "encrypted (age)", True
    if start.startswith((b"-FVE-FS-", b"\xeb\x58\x90-FVE-FS-", b"LUKS\xba\xbe", b"encrcdsa")):
        return Kind.ARCHIVE, "encrypted disc image", True
    if head.startswith(b"PK\x03\x04") and len(head) > 8 and head[6] & 1:
        return Kind.ARCHIVE, "zip archive, encrypted", True
    if head.startswith(b"Rar!\x1a\x07\x01\0"):
        return Kind.ARCHIVE, "RAR archive", len(head) > 14 and head[13] == 4
    if head.startswith(b"Rar!\x1a\x07\0"):
        return Kind.ARCHIVE, "RAR archive", len(head) > 11 and bool(head[10] & 0x80)
    if head.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in head:
        return Kind.DOCUMENT, "Office document, encrypted", True
    return None


def _structured(head: bytes, ending: str, size: int) -> Identity | None:
    """Formats whose mark stands elsewhere than at the start, or needs a second look."""
    if head.startswith(b"MZ"):
        pe = int.from_bytes(head[60:64], "little")
        known = head[pe : pe + 4] == b"PE\0\0"
        return Kind.PROGRAM, "Windows program (PE)" if known else "DOS or Windows program", False
    if head.startswith(b"\xca\xfe\xba\xbe"):
        count = int.from_bytes(head[4:8], "big")
        return Kind.PROGRAM, "Mac program (Mach-O)" if count < 20 else "Java class", False
    if head.startswith(b"PK"):
        return _zip(head, ending)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if ending in OLE_PROGRAMS:
            return Kind.PROGRAM, OLE_PROGRAMS[ending], False
        if ending == "db":
            return Kind.OTHER, "Windows thumbnail cache", False
        return Kind.DOCUMENT, "Office document (OLE)", False
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in BMP_HEADER_SIZES:
        return Kind.PICTURE, "BMP picture", False
    if head.startswith(b"RIFF"):
        forms = {b"AVI ": (I, "AVI video"), b"WEBP": (I, "WebP picture"), b"WAVE": (O, "sound")}
        kind, signature = forms.get(head[8:12], (O, "RIFF data"))
        return kind, signature, False
    if head[4:8] == b"ftyp":
        still = head[8:12] in (b"heic", b"heix", b"mif1", b"avif")
        return Kind.PICTURE, "HEIF picture" if still else "MP4 or QuickTime video", False
    if head[4:8] in (b"moov", b"mdat", b"wide") and head[:2] == b"\0\0":
        return Kind.PICTURE, "QuickTime video", False
    if head[257:262] == b"ustar":
        return Kind.ARCHIVE, "tar archive", False
    if head[32769:32774] == b"CD001":
        return Kind.ARCHIVE, "disc image (ISO 9660)", False
    if head[:4] in (b"\x5c\x01\0\0", b"\0\0\x01\x5c"):
        if head[344:348] in (b"n+1\0", b"ni1\0"):
            return Kind.OTHER, "NIfTI image", False
        if size == 348 or head[38:39] == b"r":
            return Kind.OTHER, "Analyze header", False
    if head[:4] in (b"\x1c\x02\0\0", b"\0\0\x02\x1c") and head[4:8] in (b"n+2\0", b"ni2\0"):
        return Kind.OTHER, "NIfTI-2 image", False
    if head.startswith(b"koly") or (size <= len(head) and head[-512:-508] == b"koly"):
        return Kind.ARCHIVE, "Mac disc image (DMG)", False
    if size % 188 == 0 and size >= 564 and head[:1] == head[188:189] == head[376:377] == b"G":
        return Kind.PICTURE, "MPEG transport stream", False
    return None


def _zip(head: bytes, ending: str) -> Identity | None:
    """Tell Office and Java files from plain archives by the name of the first member."""
    if head[:4] == b"PK\x05\x06":
        return Kind.ARCHIVE, "zip archive, empty", False
    if head[:4] != b"PK\x03\x04":
        return (Kind.ARCHIVE, "zip archive, one of several parts", False) if head[:4] == b"PK\x07\x08" else None
    name_length = int.from_bytes(head[26:28], "little")
    name = head[30 : 30 + name_length]
    if name in (b"[Content_Types].xml", b"_rels/.rels", b"docProps/app.xml"):
        return Kind.DOCUMENT, "Office document", False
    if name == b"mimetype":
        if b"application/epub" in head[:128]:
            return Kind.DOCUMENT, "e-book (EPUB)", False
        return Kind.DOCUMENT, "OpenDocument document", False
    if name.startswith(b"META-INF/") or ending in ("jar", "war"):
        return Kind.PROGRAM, "Java program (JAR)", False
    if name == b"AndroidManifest.xml":
        return Kind.PROGRAM, "Android program (APK)", False
    return Kind.ARCHIVE, "zip archive", False


def _further_on(tail: Tail, size: int) -> Identity | None:
    offset, data = tail
    if offset == 32768:
        if data[1:6] == b"CD001":
            return Kind.ARCHIVE, "disc image (ISO 9660)", False
        if data[1:6] in (b"BEA01", b"NSR02", b"NSR03"):
            return Kind.ARCHIVE, "disc image (UDF)", False
    if offset == size - 512 and data[:4] == b"koly":
        return Kind.ARCHIVE, "Mac disc image (DMG)", False
    return None


def _text(head: bytes, ending: str) -> Identity | None:
    sample = head[:4096]
    text = _as_text(sample)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")[:1024].lower()
    if re.search(r"^\s*\[autorun", text.lower(), re.MULTILINE):
        return Kind.PROGRAM, "start instruction (autorun)", False
    if ending in SCRIPT_ENDINGS:
        return Kind.PROGRAM, SCRIPT_ENDINGS[ending], False
    if start.startswith(("@echo off", "<?php")):
        return Kind.PROGRAM, "script", False
    if start.startswith(("<!doctype html", "<html")) or "<html" in start or "<head>" in start:
        return Kind.DOCUMENT, "HTML page", False
    if start.startswith("<svg") or (start.startswith("<?xml") and "<svg" in start):
        return Kind.PICTURE, "SVG picture", False
    if start.startswith(("<?xml", "<clinicaldocument")):
        return Kind.DOCUMENT, "XML document", False
    if ending in ("js", "css"):
        return Kind.DOCUMENT, "part of a web page", False
    if start.startswith(("{", "[")) and ending == "json":
        return Kind.DOCUMENT, "JSON data", False
    return Kind.DOCUMENT, "text", False


def _as_text(sample: bytes) -> str | None:
    """`sample` decoded when it is text: no control characters but layout, few odd ones; else None."""
    if not sample:
        return None
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = sample.decode("utf-16", "replace")
        return text if "\0" not in text else None
    if re.search(rb"[\0-\x06\x0e-\x19\x1c-\x1f\x7f]", sample):
        return None
    try:
        return sample.decode("utf-8")
    except UnicodeDecodeError as problem:
        if problem.start >= len(sample) - 3:
            return sample[: problem.start].decode("utf-8")
    high = sum(byte > 0x7F for byte in sample)
    return sample.decode("latin-1") if high * 3 < len(sample) * 2 else None
