"""Synthetic discs for tests: folders and zips of every kind a person may bring. Everything in them is invented.

`disc_folder(tmp_path, kind)` writes one and returns its folder; `files_of(kind)` gives the same as {path: bytes}
without a disk; `zip_bytes(files)` packs them. `KINDS` lists the kinds.
"""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.fileset import FileSet

from instances import (
    ANOTHER,
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    HTJ2K_LOSSLESS,
    IMPLICIT,
    JAPANESE,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    RLE,
    SAMPLE,
    Person,
    ct_series,
    ct_slice,
    encode,
    make_instance,
    uid,
)

__all__ = [
    "ANOTHER",
    "BIG_ENDIAN",
    "DEFLATED",
    "EXPLICIT",
    "HTJ2K_LOSSLESS",
    "IMPLICIT",
    "JAPANESE",
    "JPEG_2000_LOSSLESS",
    "JPEG_BASELINE",
    "JPEG_LOSSLESS_SV1",
    "JPEG_LS",
    "KINDS",
    "NEEDS_IMAGECODECS",
    "RLE",
    "SAMPLE",
    "Person",
    "close_file_set",
    "ct_series",
    "ct_slice",
    "disc_folder",
    "encode",
    "file_set",
    "files_of",
    "make_instance",
    "two_patients",
    "uid",
    "write_files",
    "zip_bomb",
    "zip_bytes",
]

Files = dict[str, bytes]


def file_set(*datasets: Dataset, transfer_syntax: str = EXPLICIT) -> Files:
    """A conformant file-set of `datasets`, laid out by pydicom's FileSet: DICOMDIR and PT000000/ST000000/..."""
    file_set = FileSet()
    file_set.ID, file_set.UID = "SCANFOLIO", uid("file-set", *(d.SOPInstanceUID for d in datasets))
    for ds in datasets:
        file_set.add(pydicom.dcmread(io.BytesIO(encode(ds, transfer_syntax))))
    with tempfile.TemporaryDirectory() as folder:
        file_set.write(folder)
        close_file_set(file_set)
        files = sorted(p for p in Path(folder).rglob("*") if p.is_file())
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def close_file_set(file_set: FileSet) -> None:
    """Remove the staging folder pydicom keeps for a FileSet; left to the garbage collector it warns."""
    file_set._stage["t"].cleanup()


def write_files(folder: Path, files: Files) -> Path:
    """Write `files` under `folder`, which is made; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def zip_bytes(files: Files, *, compression: int = zipfile.ZIP_DEFLATED, root: str = "") -> bytes:
    """A zip of `files` with fixed dates; `root` is a folder put in front of every path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            info = zipfile.ZipInfo(root + path, (2024, 2, 29, 10, 15, 0))
            info.compress_type, info.external_attr = compression, 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def zip_bomb(megabytes: int = 64) -> bytes:
    """A small zip whose one member unpacks to `megabytes` MB of zeros behind a DICOM header."""
    head = ct_slice(PixelData=b"\0\0")
    return zip_bytes({"BOMB": head + bytes(megabytes << 20)})


def two_patients() -> list[Dataset]:
    return [make_instance("ct", n, person=p) for p in (SAMPLE, ANOTHER) for n in (1, 2)]


def _series(n: int = 3) -> list[Dataset]:
    return [make_instance("ct", i) for i in range(1, n + 1)]


def _clean() -> Files:
    return file_set(*_series())


def _under(folder: str, files: Files) -> Files:
    return {f"{folder}/{path}": data for path, data in files.items()}


def _without(files: Files, path: str) -> Files:
    return {p: d for p, d in files.items() if p != path}


def _images(files: Files) -> list[str]:
    return [p for p in files if p != "DICOMDIR"]


def _missing_listed() -> Files:
    files = _clean()
    return _without(files, _images(files)[1])


def _truncated() -> Files:
    files = _clean()
    path = _images(files)[1]
    return {**files, path: files[path][:-700]}


def _loop() -> Files:
    """The second record of the IMAGE level points back at the first (0004,1400), so a naive walk never ends."""
    files = _clean()
    directory = files["DICOMDIR"]
    ds = pydicom.dcmread(io.BytesIO(directory))
    images = [r for r in ds.DirectoryRecordSequence if r.DirectoryRecordType == "IMAGE"]
    first, third = images[0].seq_item_tell, images[2].seq_item_tell
    marker = b"\x04\0\x00\x14UL\x04\0"
    assert first is not None and third is not None
    at = directory.index(marker, third) + len(marker)
    return {**files, "DICOMDIR": directory[:at] + struct.pack("<I", first) + directory[at + 4 :]}


def _contradictory() -> Files:
    """One study and one series, one Patient ID, two names: nobody can say whose images these are."""
    slices = _series(4)
    for ds in slices[2:]:
        ds.PatientName = "SCANFOLIO^SOMEONE ELSE"
    return {f"IM{i:06d}": encode(ds) for i, ds in enumerate(slices)}


def _duplicate(different: bool) -> Files:
    files = ct_series(2)
    return {
        **files,
        "COPY/CT000001": ct_slice(1, pixels=np.full((32, 32), 7, np.uint16)) if different else files["CT000001"],
    }


def program(name: str, size: int = 2048) -> bytes:
    """The head of a Windows program (PE) and nothing that could run."""
    text = f"Stand-in for {name}, made for tests. It does nothing.\r\n".encode()
    head = b"MZ\x90\0" + bytes(56) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0\x4c\x01\0\0" + text
    return head.ljust(size, b"\0")


PICTURES = {
    "jpeg": bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300")
    + b"\x10" * 64
    + bytes.fromhex(
        "ffc0000b080001000101011100ffc40014000100000000000000000000000000000000ffda0008010100003f00d2cf20ffd9"
    ),
    "png": bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200"
        "0148afa4710000000049454e44ae426082"
    ),
    "gif": b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
    "bmp": b"BM"
    + struct.pack("<IHHI", 58, 0, 0, 54)
    + struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0)
    + b"\1\2\3\0",
}


def _self_display() -> Files:
    """What is left of a viewer disc whose images are only in the maker's own container: no DICOM."""
    names = [
        "ImageLite.exe",
        "StartLite.exe",
        "MakeSlide.exe",
        "OpenBox.exe",
        "KeyHook.dll",
        "raw2jpg.dll",
        "raw2ll.dll",
        "msvcr71.dll",
    ]
    files = {f"OTHER/LITE/{n}": program(n, 1024 + 512 * i) for i, n in enumerate(names)}
    rng = np.random.default_rng(20240229)
    files |= {
        "001_20240229_101500_000001.dat": rng.integers(0, 256, 2620, np.uint8).tobytes(),
        "OTHER/index.evx": b"EVX1" + rng.integers(0, 256, 15000, np.uint8).tobytes(),
        "OTHER/LITE/Common.ini": b"[Viewer]\r\nLanguage=EN\r\n; made up for tests\r\n",
        "OTHER/LITE/Lite_help.pdf": b"%PDF-1.4\n% made up for tests\n%%EOF\n",
        "autorun.inf": b"[autorun]\r\nopen=.\\OTHER\\LITE\\StartLite.exe\r\nicon=.\\OTHER\\LITE\\StartLite.exe,0\r\n",
        "readme.txt": b"To see the pictures start StartLite.exe. Made up for tests.\r\n",
    }
    return files


def _pictures_and_dicom() -> Files:
    pictures = {f"IHE_PDI/IMAGE/D{i:07d}.JPG": PICTURES["jpeg"] for i in range(3)}
    web = {"INDEX.HTM": b"<html><body>Made up for tests</body></html>", "README.TXT": b"Made up for tests\r\n"}
    return (
        _clean() | pictures | web | {"IHE_PDI/DESIGN/ARROW.GIF": PICTURES["gif"], "IHE_PDI/NOIMG.PNG": PICTURES["png"]}
    )


def _locked() -> Files:
    """Files that begin like CMS EnvelopedData (PS3.10 7.4: ContentInfo with OID 1.2.840.113549.1.7.3)."""
    head = bytes.fromhex("3082040006092a864886f70d010703a08203ef308203eb020100")
    rng = np.random.default_rng(7)
    return {f"SECURE/IM{i:06d}": head + rng.integers(0, 256, 1000, np.uint8).tobytes() for i in range(3)}


def _viewer() -> Files:
    return _clean() | {"VIEWER.EXE": program("a viewer"), "AUTORUN.INF": b"[autorun]\r\nopen=VIEWER.EXE\r\n"}


def _polyglot() -> Files:
    return {"CT000001": ct_slice(1), "CT000002": ct_slice(2, preamble=program("a hidden program", 128))}


def _sagittal() -> list[Dataset]:
    return [
        make_instance("mr", n, ImageOrientationPatient=[0, 1, 0, 0, 0, -1], ImagePositionPatient=[2.0 * n, -16, 16])
        for n in (1, 2, 3)
    ]


def _encoded(transfer_syntax: str) -> Callable[[], Files]:
    return lambda: file_set(*_series(), transfer_syntax=transfer_syntax)


def _of(*kinds: str) -> Callable[[], Files]:
    return lambda: file_set(*(make_instance(k, i, series=i) for i, k in enumerate(kinds, 1)))


def _loose(**overrides: object) -> Callable[[], Files]:
    return lambda: ct_series(3, **overrides)  # type: ignore[arg-type]


NEEDS_IMAGECODECS = ("jpeg2000", "jpeg_lossless", "jpeg_ls", "htj2k", "jpeg_baseline")

_BUILDERS: dict[str, Callable[[], Files]] = {
    "clean": _clean,
    "no_dicomdir": lambda: _without(_clean(), "DICOMDIR"),
    "dicomdir_in_subfolder": lambda: _under("EXPORT", _clean()),
    "two_dicomdirs": lambda: _clean() | _under("OLD", _clean()),
    "broken_dicomdir": lambda: _clean() | {"DICOMDIR": _clean()["DICOMDIR"][:600]},
    "dicomdir_loop": _loop,
    "missing_listed": _missing_listed,
    "unlisted": lambda: _clean() | {"EXTRA/CT000009": ct_slice(9)},
    "implicit": lambda: ct_series(3, IMPLICIT),
    "big_endian": lambda: ct_series(3, BIG_ENDIAN),
    "deflated": lambda: ct_series(3, DEFLATED),
    "rle": _encoded(RLE),
    "jpeg2000": _encoded(JPEG_2000_LOSSLESS),
    "jpeg_lossless": _encoded(JPEG_LOSSLESS_SV1),
    "jpeg_ls": _encoded(JPEG_LS),
    "htj2k": _encoded(HTJ2K_LOSSLESS),
    "jpeg_baseline": lambda: {"US000001": encode(make_instance("us_rgb"), JPEG_BASELINE)},
    "truncated": _truncated,
    "locked": _locked,
    "two_people": lambda: file_set(*two_patients()),
    "contradictory_identity": _contradictory,
    "duplicate_uid_same": lambda: _duplicate(False),
    "duplicate_uid_different": lambda: _duplicate(True),
    "self_display": _self_display,
    "pictures_and_dicom": _pictures_and_dicom,
    "with_viewer": _viewer,
    "hidden_program": _polyglot,
    "lower_case": lambda: {p.lower(): d for p, d in _clean().items()},
    "odd_names": lambda: {f"My Scans/Bild Nr. {i} (größer).dcm": d for i, d in enumerate(ct_series(3).values())},
    "no_preamble": _loose(preamble=None),
    "bare_implicit": lambda: ct_series(3, IMPLICIT, preamble=None, meta=False),
    "japanese": _loose(person=JAPANESE),
    "no_identity": _loose(person=Person("", "", "", "")),
    "mr": _of("mr", "mr"),
    "pet": _of("pet"),
    "us_rgb": _of("us_rgb"),
    "palette": _of("palette"),
    "mono1": _of("mono1"),
    "multiframe": _of("multiframe"),
    "enhanced_ct": _of("enhanced_ct"),
    "dose_report": _of("ct", "dose_report"),
    "pdf": _of("ct", "pdf"),
    "mixed": _of("ct", "mr", "pet", "us_rgb", "palette", "mono1", "multiframe", "enhanced_ct", "dose_report", "pdf"),
    "non_square_pixels": _loose(PixelSpacing=[2.0, 0.5]),
    "sagittal": lambda: file_set(*_sagittal()),
    "gap": lambda: {f"CT{n:06d}": ct_slice(n) for n in (1, 2, 3, 5, 6, 7)},
    "wrong_pixel_facts": _loose(BitsStored=20),
    "no_position": _loose(ImagePositionPatient=None, ImageOrientationPatient=None),
    "no_modality": _loose(Modality=""),
    "empty_files": lambda: _clean() | {"EMPTY": b"", "EMPTY.TXT": b""},
    "empty": dict,
}
KINDS = tuple(_BUILDERS)


def files_of(kind: str) -> Files:
    """{path: bytes} of a disc of this kind, see KINDS; NEEDS_IMAGECODECS names those that do."""
    return _BUILDERS[kind]()


def disc_folder(folder: Path, kind: str) -> Path:
    """Write a disc of this kind into `folder`/<kind> and return that."""
    return write_files(folder / kind, files_of(kind))
