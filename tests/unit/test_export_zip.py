"""The zip writer: plain entries, zip64 only where a number needs it."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime
from zlib import crc32

import pytest

from discs import files_of
from exports import export
from scanfolio.export.zip import ZipWriter

CREATED = datetime(2024, 2, 29, 10, 15, 30)


def packed(files: dict[str, bytes]) -> bytes:
    writer = ZipWriter(CREATED)
    out = b"".join(bytes(piece) for path, data in files.items() for piece in writer.add(path, [data]))
    return out + writer.finish()


def test_entries_are_stored_without_descriptors() -> None:
    data = packed({"A": b"first", "DIR/B": b""})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["A", "DIR/B"]
        for info in archive.infolist():
            assert (info.flag_bits, info.compress_type, info.extract_version) == (0, zipfile.ZIP_STORED, 20)
            assert info.date_time == (2024, 2, 29, 10, 15, 30)
            assert info.extra == b""
    assert b"PK\x06\x06" not in data  # no zip64


def test_local_header_has_size_and_crc() -> None:
    data = packed({"A": b"first"})
    crc, packed_size, size = struct.unpack_from("<III", data, 14)
    assert (packed_size, size) == (5, 5)
    assert crc == crc32(b"first")


def test_content_may_come_in_pieces() -> None:
    writer = ZipWriter(CREATED)
    out = (
        b"".join(bytes(p) for p in writer.add("A", [b"one", memoryview(b"two"), bytearray(b"three")])) + writer.finish()
    )
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert archive.read("A") == b"onetwothree"


def test_more_entries_than_16_bits_count_need_zip64() -> None:
    data = packed({f"F{n:06d}": b"" for n in range(65_536)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 65_536
    assert b"PK\x06\x06" in data


def test_sizes_beyond_32_bits_go_into_zip64_fields() -> None:
    writer = ZipWriter(CREATED)
    size = 5 << 30
    header = writer.begin("BIG", size, 7)
    assert struct.unpack_from("<HHQQ", header, 30 + 3) == (1, 16, size, size)
    assert struct.unpack_from("<II", header, 18) == (0xFFFFFFFF, 0xFFFFFFFF)
    writer.passed(size)
    behind = writer.begin("SMALL", 1, 7)
    assert struct.unpack_from("<H", behind, 4) == (20,)
    writer.passed(1)
    end = writer.finish()
    big, small = end.index(b"BIG"), end.index(b"SMALL")
    assert struct.unpack_from("<HHQQ", end, big + 3) == (1, 16, size, size)
    assert struct.unpack_from("<HHQ", end, small + 5) == (1, 8, len(header) + size)
    (start,) = struct.unpack_from("<Q", end, end.index(b"PK\x06\x06") + 48)
    assert start == len(header) + size + len(behind) + 1


def test_a_path_added_again_replaces_the_first() -> None:
    writer = ZipWriter(CREATED)
    parts = [*writer.add("DICOMDIR", [b"old"]), *writer.add("A", [b"x"]), *writer.add("DICOMDIR", [b"new"])]
    with zipfile.ZipFile(io.BytesIO(b"".join(map(bytes, parts)) + writer.finish())) as archive:
        assert archive.namelist() == ["DICOMDIR", "A"]
        assert archive.read("DICOMDIR") == b"new"


def test_names_are_ascii() -> None:
    with pytest.raises(UnicodeEncodeError):
        list(ZipWriter(CREATED).add("größe", [b""]))


def test_export_as_zip_begins_with_the_directory() -> None:
    exported = export(files_of("clean"), into="zip")
    assert next(iter(exported.files)) == "DICOMDIR"
    assert exported.archive[30:38] == b"DICOMDIR"
    assert {name.split("/")[0] for name in exported.files} == {
        "DICOMDIR", "DICOM", "README.TXT", "INDEX.HTM", "REPORT.TXT", "REPORT.JSN", "EXPORT.JSN", "SHA256SUM.TXT"
    }  # fmt: skip
