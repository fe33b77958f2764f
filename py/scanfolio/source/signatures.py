"""What a file that is not DICOM is, told from its first bytes.

Names are looked at only where content cannot tell (a batch file is text; an installer and a letter are both OLE files),
never to decide whether something is DICOM.
"""

from __future__ import annotations

import binascii
import re
from struct import unpack_from

from scanfolio.model import Kind
from scanfolio.source.signature_table import OWN_VIEWER, PREFIXES

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


CMS = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # OID 1.2.840.113549.1.7, its last number follows
CMS_AUTHENTICATED = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"  # AuthEnvelopedData, RFC 5083
CMS_KINDS = {2: "signed (CMS)", 3: "encrypted (CMS)", 4: "encrypted (CMS)", 6: "encrypted (CMS)"}
HEADER_LINES = rb"(?:[!-9;-~]++:[^\r\n]*+\r?\n(?:[ \t][^\r\n]*+\r?\n)*+|HTTP/1\.[01] \d{3}[^\r\n]*+\r?\n)++"
OWN_TITLE = "<title>scanfolio: "
MIME_WITH_DICOM = "message with DICOM attached (MIME)"
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
        or _marked_inside(head, size)
        or _message(head)
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


def _cms(data: bytes) -> Identity | None:
    """A CMS object (RFC 5652) by its content type: BER or DER, of definite or indefinite length. PS3.10 7.4."""
    if data[:1] != b"\x30":
        return None
    if CMS_AUTHENTICATED in data[:24]:
        return Kind.OTHER, "encrypted (CMS)", True
    at = data.find(CMS, 2, 16)
    name = CMS_KINDS.get(data[at + len(CMS)], "") if 0 < at < len(data) - len(CMS) else ""
    return (Kind.OTHER, name, name.startswith("encrypted")) if name else None


def _cms_in_text(head: bytes) -> Identity | None:
    """The same in base64: with the armour of PEM, behind the header of an S/MIME message, or bare."""
    text = head[:4096]
    if text.startswith((b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")):
        text = text.split(b"\n", 1)[-1]
    elif re.search(rb"(?im)^content-type:\s*application/(?:x-)?pkcs7-mime", text):
        text = re.split(rb"\r?\n\r?\n", text, maxsplit=1)[-1]
    elif not re.match(rb"MI[A-Za-z0-9+/]{14}", text):
        return None
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", text[:128])[:64]
    return _cms(binascii.a2b_base64(letters[: len(letters) // 4 * 4]))


def _locked(head: bytes, ending: str) -> Identity | None:
    """Encrypted content: CMS (PS3.10 7.4), PGP, and archives that say so in their first bytes."""
    cms = _cms(head) or _cms_in_text(head)
    if cms:
        return cms
    start = head[:64]
    pgp_packet = ending in ("pgp", "gpg") and head[:1] in (b"\x84", b"\x85", b"\xc1", b"\xc3")
    if start.startswith(b"-----BEGIN PGP MESSAGE-----") or pgp_packet:
        return Kind.OTHER, "encrypted (PGP)", True
    if start.startswith((b"Salted__", b"U2FsdGVkX1")):
        return Kind.OTHER, "encrypted (OpenSSL)", True
    if start.startswith(b"age-encryption.org/"):
        return Kind.OTHER, "encrypted (age)", True
    if re.match(rb"AES[\0-\2]\0", start):
        return Kind.OTHER, "encrypted (AES Crypt)", True
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
        forms = {
            b"AVI ": (Kind.PICTURE, "AVI video"),
            b"WEBP": (Kind.PICTURE, "WebP picture"),
            b"WAVE": (Kind.OTHER, "sound"),
        }
        kind, signature = forms.get(head[8:12], (Kind.OTHER, "RIFF data"))
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
    if size % 188 == 0 and size >= 564 and head[:1] == head[188:189] == head[376:377] == b"G":
        return Kind.PICTURE, "MPEG transport stream", False
    return None


def _marked_inside(head: bytes, size: int) -> Identity | None:
    """Formats whose mark does not stand first: pictures, fonts, file systems, scans of research and raw data."""
    if re.match(rb"\0\0[\1\2]\0.\0", head, re.DOTALL) and head[4]:
        first = int.from_bytes(head[18:22], "little")
        if 6 + 16 * head[4] <= first < max(size, 64):
            return Kind.OTHER, "Windows icon" if head[2] == 1 else "Windows cursor", False
    if head[:4] == b"\0\1\0\0" and _is_font(head):
        return Kind.OTHER, "font", False
    if head[40:44] == b" EMF" and head[:4] == b"\1\0\0\0":
        return Kind.PICTURE, "Windows metafile (EMF)", False
    if head[36:40] == b"acsp":
        return Kind.OTHER, "colour profile (ICC)", False
    if head[:2] == b"\x1f\x9d" and 0x09 <= head[2] & 0x1F <= 0x10:
        return Kind.ARCHIVE, "compress archive", False
    if re.match(rb"-l[hz][0-9ds]-", head[2:7]):
        return Kind.ARCHIVE, "LHA archive", False
    if head[7:14] == b"**ACE**":
        return Kind.ARCHIVE, "ACE archive", False
    if head[64:68] == b"\x7f\x10\xda\xbe":
        return Kind.ARCHIVE, "disc image (VDI)", False
    if head[510:512] == b"\x55\xaa" and (head[3:11] == b"NTFS    " or b"FAT" in (head[54:57], head[82:85])):
        return Kind.ARCHIVE, "disc image (FAT or NTFS)", False
    if head[1024:1026] in (b"H+", b"HX", b"BD") and head[:2] in (b"\0\0", b"LK"):
        return Kind.ARCHIVE, "disc image (HFS)", False
    if head[:2] == b"ER" and head[512:514] == b"PM":
        return Kind.ARCHIVE, "disc image (Apple)", False
    if head[34:44] in (b"GE_MED_NMR", b"INVALIDNMR"):
        return Kind.OTHER, "GE P-file (raw data)", False
    if head[96:103] == b"SIEMENS" and size > 6144:
        return Kind.OTHER, "Siemens raw image", False
    if b"<XProtocol>" in head and b"\0" in head[:64]:
        return Kind.OTHER, "Siemens raw data", False
    if head[16:22] == b"SCPECG":
        return Kind.OTHER, "ECG recording (SCP)", False
    if re.match(rb"0 {7}[\x20-\x7e]{160}\d\d\.\d\d\.\d\d", head):
        return Kind.OTHER, "EEG recording (EDF)", False
    return (Kind.OTHER, "MGH image", False) if _is_mgh(head, size) else None


def _is_font(head: bytes) -> bool:
    """TrueType: the search range follows from the number of tables."""
    tables = int.from_bytes(head[4:6], "big")
    return 0 < tables < 100 and int.from_bytes(head[6:8], "big") == 16 << (tables.bit_length() - 1)


def _is_mgh(head: bytes, size: int) -> bool:
    """FreeSurfer's image has no mark: version 1, four dimensions and a type that explain its size."""
    if len(head) < 28:
        return False
    version, width, height, depth, frames, cell = unpack_from(">6i", head)
    bytes_each = {0: 1, 1: 4, 3: 4, 4: 2}.get(cell, 0)
    if version != 1 or not bytes_each or min(width, height, depth, frames) < 1:
        return False
    needed = 284 + width * height * depth * frames * bytes_each
    return bool(needed <= size < needed + (1 << 20))


def _zip(head: bytes, ending: str) -> Identity | None:
    """Tell Office and Java files from plain archives by the name of the first member."""
    if head[:4] == b"PK\x05\x06":
        return Kind.ARCHIVE, "zip archive, empty", False
    if head[:4] != b"PK\x03\x04":
        return (Kind.ARCHIVE, "zip archive, one of several parts", False) if head[:4] == b"PK\x07\x08" else None
    name_length = int.from_bytes(head[26:28], "little")
    name = head[30 : 30 + name_length]
    if name in (b"[Content_Types].xml", b"_rels/.rels", b"docProps/app.xml"):
        return Kind.DOCUMENT, "Office document (OOXML)", False
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
    if offset + len(data) == size:
        if data[-512:-508] == b"koly":
            return Kind.ARCHIVE, "Mac disc image (DMG)", False
        if data[-512:-504] == b"conectix":
            return Kind.ARCHIVE, "disc image (VHD)", False
        if data[-12:-8] == b"NER5" or data[-8:-4] == b"NERO":
            return Kind.ARCHIVE, "disc image (NRG)", False
    return None


def _message(head: bytes) -> Identity | None:
    """A MIME message (RFC 2045): an e-mail, or what a DICOMweb server answers; with or without DICOM in it."""
    start = head[:8192]
    start = start.lstrip(b"\r\n")
    headers = re.match(HEADER_LINES, start)
    parts = re.match(rb"--[^\r\n]{1,70}\r?\n" + HEADER_LINES, start)
    found = (headers or parts or [b""])[0].lower()
    many = parts or b"multipart/" in found or b"mime-version:" in found or start.startswith(b"--", len(found))
    if b"content-type:" not in found or not many:
        return None
    if re.search(rb"application/dicom\b(?!\+)|\.dcm\b|\bdicomdir\b|DICM\x02\0", start, re.IGNORECASE):
        return Kind.ARCHIVE, MIME_WITH_DICOM, False
    return Kind.DOCUMENT, "message (MIME)", False


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
        return Kind.DOCUMENT, OWN_VIEWER if OWN_TITLE in start else "HTML page", False
    if start.startswith("[internetshortcut]"):
        return Kind.DOCUMENT, "Internet shortcut", False
    if start.startswith("[desktop entry]"):
        return Kind.PROGRAM, "Linux starter", False
    if re.match(r"(?:rem [^\n]*\n|catalog [^\n]*\n)*file \"[^\n]*\n\s*track \d", start):
        return Kind.ARCHIVE, "disc image (CUE sheet)", False
    if start.startswith("<jnlp") or (start.startswith("<?xml") and "<jnlp" in start):
        return Kind.PROGRAM, "Java program (Web Start)", False
    if "<clinicaldocument" in start:
        return Kind.DOCUMENT, "clinical document (CDA)", False
    if start.startswith("<svg") or (start.startswith("<?xml") and "<svg" in start):
        return Kind.PICTURE, "SVG picture", False
    if start.startswith("<?xml"):
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
