"""What files that are not DICOM are told to be, from their first bytes."""

from __future__ import annotations

import base64
import struct

import pytest

from reading_help import read_one
from scanfolio.model import Kind
from scanfolio.source.signatures import identify

PE = b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0" + bytes(200)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
CMS = b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x82\x0f\xf0" + bytes(range(256))


def local_header(name: bytes, flags: int = 0) -> bytes:
    return struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, flags, 8, 0, 33, 0, 10, 10, len(name), 0) + name + bytes(20)


CASES = [
    ("VIEWER.EXE", PE, Kind.PROGRAM, "Windows program (PE)"),
    ("NOEND", PE, Kind.PROGRAM, "Windows program (PE)"),
    ("OLD.COM", b"MZ" + bytes(100), Kind.PROGRAM, "DOS or Windows program"),
    ("viewer", b"\x7fELF\x02\x01\x01" + bytes(50), Kind.PROGRAM, "Linux program (ELF)"),
    ("Viewer", b"\xcf\xfa\xed\xfe" + bytes(50), Kind.PROGRAM, "Mac program (Mach-O)"),
    ("Viewer", b"\xca\xfe\xba\xbe\0\0\0\x02" + bytes(50), Kind.PROGRAM, "Mac program (Mach-O)"),
    ("A.class", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(50), Kind.PROGRAM, "Java class"),
    ("viewer.jar", local_header(b"META-INF/MANIFEST.MF"), Kind.PROGRAM, "Java program (JAR)"),
    ("run.sh", b"#!/bin/sh\necho hello\n", Kind.PROGRAM, "script"),
    ("START.BAT", b"start viewer.exe\r\n", Kind.PROGRAM, "Windows batch file"),
    ("AUTORUN.INF", b"[autorun]\r\nopen=viewer.exe\r\n", Kind.PROGRAM, "start instruction (autorun)"),
    ("setup.msi", OLE, Kind.PROGRAM, "Windows installer"),
    ("X.LNK", b"L\0\0\0\x01\x14\x02\0" + bytes(40), Kind.PROGRAM, "Windows shortcut"),
    ("IM1", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(40), Kind.PICTURE, "JPEG picture"),
    ("IM2", b"\x89PNG\r\n\x1a\n" + bytes(40), Kind.PICTURE, "PNG picture"),
    ("IM3", b"GIF89a" + bytes(40), Kind.PICTURE, "GIF picture"),
    ("IM4", b"BM" + struct.pack("<IHHII", 1000, 0, 0, 54, 40) + bytes(40), Kind.PICTURE, "BMP picture"),
    ("IM5", b"II*\0\x08\0\0\0" + bytes(40), Kind.PICTURE, "TIFF picture"),
    ("V1", b"RIFF\x10\0\0\0AVI LIST" + bytes(40), Kind.PICTURE, "AVI video"),
    ("V2", b"\0\0\0\x18ftypmp42" + bytes(40), Kind.PICTURE, "MP4 or QuickTime video"),
    ("V3", b"\0\0\x01\xba" + bytes(40), Kind.PICTURE, "MPEG video"),
    ("S1", b"RIFF\x10\0\0\0WAVEfmt " + bytes(40), Kind.OTHER, "sound"),
    ("REPORT", b"%PDF-1.4\n%\xe2\xe3" + bytes(40), Kind.DOCUMENT, "PDF document"),
    ("INDEX.HTM", b"\r\n<!DOCTYPE HTML PUBLIC>\r\n<html>", Kind.DOCUMENT, "HTML page"),
    ("README.TXT", b"This disc holds images.\r\n", Kind.DOCUMENT, "text"),
    ("LIESMICH", "Größe: 3 mm".encode("latin-1"), Kind.DOCUMENT, "text"),
    ("UTF16.TXT", "\ufeffHello".encode("utf-16-le"), Kind.DOCUMENT, "text"),
    ("A.RTF", b"{\\rtf1\\ansi hello}", Kind.DOCUMENT, "RTF document"),
    ("A.DOC", OLE, Kind.DOCUMENT, "Office document (OLE)"),
    ("A.DOCX", local_header(b"[Content_Types].xml"), Kind.DOCUMENT, "Office document (OOXML)"),
    ("A.XML", b'<?xml version="1.0"?><a/>', Kind.DOCUMENT, "XML document"),
    ("Thumbs.db", OLE, Kind.OTHER, "Windows thumbnail cache"),
    ("A.ZIP", local_header(b"DICOM/IM1"), Kind.ARCHIVE, "zip archive"),
    ("A.7Z", b"7z\xbc\xaf'\x1c\0\x04" + bytes(40), Kind.ARCHIVE, "7z archive"),
    ("A.RAR", b"Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5\x0a\x01\x05" + bytes(40), Kind.ARCHIVE, "RAR archive"),
    ("A.GZ", b"\x1f\x8b\x08\0" + bytes(40), Kind.ARCHIVE, "gzip archive"),
    ("A.TAR", bytes(257) + b"ustar\x0000" + bytes(300), Kind.ARCHIVE, "tar archive"),
    ("A.CAB", b"MSCF\0\0\0\0" + bytes(40), Kind.ARCHIVE, "Windows cabinet archive"),
    ("brain.nii", b"\x5c\x01\0\0" + bytes(340) + b"n+1\0" + bytes(40), Kind.OTHER, "NIfTI image"),
    ("brain.hdr", b"\x5c\x01\0\0" + bytes(34) + b"r" + bytes(309), Kind.OTHER, "Analyze header"),
    ("brain.nrrd", b"NRRD0004\ntype: short\n", Kind.OTHER, "NRRD image"),
    (".DS_Store", b"\0\0\0\x01Bud1" + bytes(40), Kind.OTHER, "Mac folder settings"),
    ("viewer", b"Joy!peffpwpc" + bytes(40), Kind.PROGRAM, "Mac program (PEF)"),
    ("run.jnlp", b'<?xml version="1.0"?>\n<jnlp spec="1.0+">', Kind.PROGRAM, "Java program (Web Start)"),
    ("viewer.desktop", b"[Desktop Entry]\nExec=viewer\n", Kind.PROGRAM, "Linux starter"),
    ("P.jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40), Kind.PICTURE, "JPEG XL picture"),
    ("P.emf", b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(40), Kind.PICTURE, "Windows metafile (EMF)"),
    ("V.rm", b".RMF\0\0\0\x12" + bytes(40), Kind.PICTURE, "RealMedia video"),
    ("A.HLP", b"?_\x03\0" + bytes(40), Kind.DOCUMENT, "Windows help (HLP)"),
    ("A.hl7", b"MSH|^~\\&|RIS|", Kind.DOCUMENT, "HL7 message"),
    ("A.XML", b'<?xml version="1.0"?><ClinicalDocument>', Kind.DOCUMENT, "clinical document (CDA)"),
    ("A.URL", b"[InternetShortcut]\r\nURL=https://example.org\r\n", Kind.DOCUMENT, "Internet shortcut"),
    ("A.odt", local_header(b"mimetype"), Kind.DOCUMENT, "OpenDocument document"),
    ("A.Z", b"\x1f\x9d\x90" + bytes(range(40)), Kind.ARCHIVE, "compress archive"),
    ("A.lzh", b"\x21\x30-lh5-" + bytes(40), Kind.ARCHIVE, "LHA archive"),
    ("A.pkg", b"xar!\0\x1c\0\x01" + bytes(40), Kind.ARCHIVE, "Mac installer package"),
    ("A.mds", b"MEDIA DESCRIPTOR\x01" + bytes(40), Kind.ARCHIVE, "disc image (MDS)"),
    ("A.bin", b"\0" + b"\xff" * 10 + b"\0" + bytes(3000), Kind.ARCHIVE, "disc image (raw sectors)"),
    ("A.cue", b'REM made\r\nFILE "A.BIN" BINARY\r\n  TRACK 01 MODE1/2352\r\n', Kind.ARCHIVE, "disc image (CUE sheet)"),
    ("A.vmdk", b"KDMV\x01\0\0\0" + bytes(40), Kind.ARCHIVE, "disc image (VMDK)"),
    ("A.img", b"\xeb\x3c\x90MSDOS5.0" + bytes(43) + b"FAT16   " + bytes(448) + b"\x55\xaa", Kind.ARCHIVE,
     "disc image (FAT or NTFS)"),
    ("A.hfs", bytes(1024) + b"H+\0\x04" + bytes(40), Kind.ARCHIVE, "disc image (HFS)"),
    ("A.ICO", b"\0\0\1\0\1\0" + struct.pack("<4B2H2I", 16, 16, 0, 0, 1, 32, 1128, 22), Kind.OTHER, "Windows icon"),
    ("F.ttf", b"\0\1\0\0\0\x10\1\0\0\4\0\0" + bytes(40), Kind.OTHER, "font"),
    ("P.icc", bytes(36) + b"acsp" + bytes(90), Kind.OTHER, "colour profile (ICC)"),
    ("P12345.7", struct.pack("<f", 14.3) + bytes(30) + b"GE_MED_NMR" + bytes(90), Kind.OTHER, "GE P-file (raw data)"),
    ("E1S1I1.MR", b"IMGF" + bytes(90), Kind.OTHER, "GE Signa raw image"),
    ("1.IMA", bytes(96) + b"SIEMENS " + bytes(7000), Kind.OTHER, "Siemens raw image"),
    ("meas.dat", b"\0\0\0\0\1\0\0\0Config\0<XProtocol> \n{" + bytes(9), Kind.OTHER, "Siemens raw data"),
    ("T.mgh", struct.pack(">7i", 1, 4, 4, 4, 1, 4, 0) + bytes(256 + 128), Kind.OTHER, "MGH image"),
    ("a.v", b"MATRIX72v\0" + bytes(90), Kind.OTHER, "ECAT 7 image"),
    ("a.par", b"# === DATA DESCRIPTION FILE ======\r\n#\r\n", Kind.OTHER, "Philips PAR header"),
    ("acqp", b"##TITLE=Parameter List, ParaVision 6.0\n##JCAMPDX=4.24\n", Kind.OTHER, "Bruker parameters"),
    ("a.hv", b"!INTERFILE :=\n!imaging modality := nucmed\n", Kind.OTHER, "Interfile header"),
    ("a.mnc", b"CDF\x01" + bytes(90), Kind.OTHER, "netCDF data (MINC)"),
    ("a.mha", b"ObjectType = Image\nNDims = 3\n", Kind.OTHER, "MetaImage header"),
    ("a.vol", b"KRETZFILE 1.0   " + bytes(90), Kind.OTHER, "GE Voluson volume"),
    ("a.fdf", b"#!/usr/local/fdf/startup\nfloat  rank = 2;\n", Kind.OTHER, "Varian FDF image"),
    ("old.img", b"\0\x08\0\0\0\0\0\x04" + bytes(90), Kind.OTHER, "ACR-NEMA data set, implicit VR big endian"),
    ("ECG", bytes(16) + b"SCPECG" + bytes(90), Kind.OTHER, "ECG recording (SCP)"),
    ("signed.p7m", CMS.replace(b"\x01\x07\x03", b"\x01\x07\x02"), Kind.OTHER, "signed (CMS)"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "data", "kind", "signature"), CASES, ids=[f"{c[3]} {c[0]}" for c in CASES])
def test_signature(path: str, data: bytes, kind: Kind, signature: str) -> None:
    found = identify(data, path=path, size=len(data))
    assert (found.kind, found.signature, found.locked) == (kind, signature, False)
    record, _ = read_one(data, path)
    assert (record.kind, record.signature) == (kind, signature)
    assert record.reason


@pytest.mark.parametrize(
    ("path", "data", "signature"),
    [
        ("IM000001", CMS, "encrypted (CMS)"),
        ("IM000002", b"\x30\x80" + CMS[4:], "encrypted (CMS)"),  # BER, of indefinite length
        ("IM000003", b"\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17" + bytes(90), "encrypted (CMS)"),
        ("IM000004", base64.encodebytes(CMS), "encrypted (CMS)"),
        ("IM000005", b"-----BEGIN PKCS7-----\n" + base64.encodebytes(CMS), "encrypted (CMS)"),
        ("IM000006", b"-----BEGIN CMS-----\r\n" + base64.encodebytes(b"\x30\x80" + CMS[4:]), "encrypted (CMS)"),
        (
            "smime.p7m",
            b"MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(CMS),
            "encrypted (CMS)",
        ),
        ("a.aes", b"AES\x02\0\0" + bytes(range(90)), "encrypted (AES Crypt)"),
        ("a.enc", b"Salted__" + bytes(range(90)), "encrypted (OpenSSL)"),
        ("a.img", b"LUKS\xba\xbe\0\x01" + bytes(90), "encrypted disc image"),
        ("a.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQEM", "encrypted (PGP)"),
        ("a.zip", local_header(b"IM1", flags=1), "zip archive, encrypted"),
        ("a.rar", b"Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5\x0a\x04\x05" + bytes(40), "RAR archive"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "Office document, encrypted"),
    ],
)
def test_locked_content(path: str, data: bytes, signature: str) -> None:
    record, instance = read_one(data, path)
    assert (record.locked, record.signature, instance) == (True, signature, None)
    assert "Locked" in record.reason


def test_base64_that_is_no_envelope_is_text() -> None:
    for data in (b"MII" + b"A" * 40, b"MISSISSIPPIMISSISSIPPI is a river", base64.encodebytes(b"\x30\x82" + bytes(60))):
        record, _ = read_one(data, "a.txt")
        assert (record.locked, record.signature) == (False, "text")


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\1\0" + b"\x07PVDATA" * 60,  # like an icon, but nothing in it begins where an icon's first picture does
        b"\0\1\0\0\0" + b"\x07PVDATA" * 60,  # like a font, but the tables do not add up
        b"\x1f\x9d\xff" + b"\x07PVDATA" * 60,
        struct.pack(">7i", 1, 512, 512, 100, 1, 4, 0) + b"\x07PVDATA" * 60,  # like MGH, but too short by far
    ],
)
def test_two_or_three_bytes_alone_name_nothing(data: bytes) -> None:
    assert read_one(data, "PVDATA.001")[0].signature == "unknown"


@pytest.mark.parametrize("data", [b" " * 16384, b"\n" * 16384, b" \n" * 8192, b"\t" * 16384, b"A:" * 8192])
def test_white_space_without_end_is_text(data: bytes) -> None:
    assert read_one(data, "a.txt")[0].signature == "text"


def test_a_disc_image_is_told_by_what_lies_behind_its_head() -> None:
    iso = bytes(32769) + b"CD001\x01" + bytes(3000)
    udf = bytes(32769) + b"BEA01\x01" + bytes(3000)
    dmg = b"\x01\x02\x03\x04" * 12000 + b"koly" + bytes(508)
    nrg = b"\x01\x02\x03\x04" * 12000 + b"NER5" + bytes(8)
    vhd = b"\x01\x02\x03\x04" * 12000 + b"conectix" + bytes(504)
    for data, signature in ((nrg, "disc image (NRG)"), (vhd, "disc image (VHD)")):
        record, _ = read_one(data)
        assert (record.kind, record.signature) == (Kind.ARCHIVE, signature)
    for data, signature in ((iso, "disc image (ISO 9660)"), (udf, "disc image (UDF)"), (dmg, "Mac disc image (DMG)")):
        record, _ = read_one(data)
        assert (record.kind, record.signature) == (Kind.ARCHIVE, signature)


def test_what_nobody_knows_stays_unknown() -> None:
    record, instance = read_one(bytes(range(1, 256)) * 200, "001_20180213.dat")
    assert (record.kind, record.signature, instance) == (Kind.OTHER, "unknown", None)
    assert record.reason == "Not a DICOM file."


def test_a_name_alone_makes_nothing_dicom() -> None:
    for path in ("IM000001.dcm", "DICOMDIR", "DICOM/CT.1.2.840.dcm"):
        record, _ = read_one(b"I am not an image.", path)
        assert record.kind is Kind.DOCUMENT
