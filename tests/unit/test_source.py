"""Folders and zips as sources: what is listed, what can be read, what is refused and in which words."""

from __future__ import annotations

import array
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from reading_help import memory_entry, read_index
from scanfolio.effects import drained
from scanfolio.errors import SourceError
from scanfolio.model import Kind
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source import FolderSource, open_source
from scanfolio.source.limits import LockedError
from scanfolio.source.names import harmless
from scanfolio.source.stream import entry_stream
from scanfolio.source.zip import ZipSource, open_zip


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def source_of(data: bytes) -> ZipSource:
    return drained(open_zip(memory_entry(data, "disc.zip")))


def contents(source: ZipSource | FolderSource) -> dict[str, bytes]:
    return {entry.path: entry.read(0, entry.size) for entry in source.entries()}


# folders


def test_folder_lists_every_file_once_sorted_with_ids_counting_up(tmp_path: Path) -> None:
    for name in ("b/2", "b/10", "a", "b/ä/日本"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    entries = list(FolderSource(str(tmp_path)).entries())
    assert [e.path for e in entries] == ["a", "b/10", "b/2", "b/ä/日本"]
    assert [e.entry_id for e in entries] == [0, 1, 2, 3]
    assert entries[2].read(1, 100) == b"/2"
    assert entries[2].size == 3


def test_folder_reads_ranges_and_stops_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(bytes(range(100)))
    (entry,) = FolderSource(str(tmp_path)).entries()
    assert entry.read(90, 50) == bytes(range(90, 100))
    assert entry.read(200, 5) == b""


def test_links_out_of_the_folder_are_listed_but_not_followed(tmp_path: Path) -> None:
    disc = tmp_path / "disc"
    disc.mkdir()
    (tmp_path / "secret").write_bytes(b"not yours")
    (tmp_path / "elsewhere").mkdir()
    (disc / "inside").write_bytes(b"fine")
    try:
        os.symlink(tmp_path / "secret", disc / "link")
        os.symlink(tmp_path / "elsewhere", disc / "folder link")
        os.symlink(disc, disc / "loop")
        os.symlink(disc / "inside", disc / "same")
    except OSError:
        pytest.skip("no symbolic links here")
    index = DiscIndex()
    for _ in read_all(index, FolderSource(str(disc))):
        pass
    records = {record.path: record for record in index.files}
    assert sorted(records) == ["folder link", "inside", "link", "loop", "same"]
    for path in ("link", "folder link", "loop"):
        assert records[path].kind is Kind.UNREADABLE
        assert "did not" in records[path].reason
    assert records["same"].size == 4


def test_a_file_that_vanished_says_so(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 50)
    (entry,) = FolderSource(str(tmp_path)).entries()
    (tmp_path / "f").unlink()
    with pytest.raises(SourceError, match="could not be read") as caught:
        entry.read(0, 10)
    assert caught.value.where == "f"


def test_open_source_tells_folder_zip_and_neither(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "z").write_bytes(zipped({"a": b"1"}))
    (tmp_path / "t").write_bytes(b"just text, long enough to be looked at")
    assert isinstance(open_source(str(tmp_path / "d")), FolderSource)
    assert isinstance(open_source(str(tmp_path / "z")), ZipSource)
    with pytest.raises(SourceError, match="not an archive or disc image"):
        open_source(str(tmp_path / "t"))
    with pytest.raises(SourceError, match="nothing at this place"):
        open_source(str(tmp_path / "missing"))


# zips


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip_members_read_the_same_in_any_order(compression: int) -> None:
    files = {"DICOMDIR": b"d" * 300, "A/B": bytes(range(256)) * 2000, "empty": b""}
    source = source_of(zipped(files, compression))
    assert contents(source) == files
    entry = list(source.entries())[1]
    for offset, length in ((500_000, 100), (10, 5), (511_990, 50), (0, 1), (600_000, 10)):
        assert entry.read(offset, length) == files["A/B"][offset : offset + length]


def test_only_the_beginning_is_inflated_for_a_header() -> None:
    source = source_of(zipped({"big": os.urandom(1000) * 5000}))
    (entry,) = source.entries()
    entry.read(0, 16384)
    assert source._held.bytes < 100_000


def test_inflated_bytes_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanfolio.source.zip.CACHE_BYTES", 1 << 20)
    files = {f"f{n}": bytes([n]) * 700_000 for n in range(8)}
    source = source_of(zipped(files))
    assert contents(source) == files
    assert source._held.bytes <= 1 << 20
    assert contents(source) == files


def test_a_member_longer_than_the_cache_is_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanfolio.source.zip.CACHE_BYTES", 1 << 20)
    data = array.array("I", range(3_000_000)).tobytes()
    source = source_of(zipped({"big": data}))
    (entry,) = source.entries()
    for offset in (0, 6_000_000, 11_999_000, 5_000_000):
        assert entry.read(offset, 1000) == data[offset : offset + 1000]
    assert source._held.bytes <= 6 << 20


def test_zip64_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"hello")
    assert contents(source_of(buffer.getvalue())) == {"a": b"hello"}


def test_encrypted_members_are_listed_locked() -> None:
    data = bytearray(zipped({"IM1": b"x" * 500, "IM2": b"y" * 500}))
    for signature, flag_offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        data[at + flag_offset] |= 1
    source = source_of(bytes(data))
    first, second = source.entries()
    with pytest.raises(LockedError, match="password"):
        first.read(0, 10)
    assert second.read(0, 3) == b"yyy"
    index = DiscIndex()
    for _ in read_all(index, source):
        pass
    assert [(r.kind, r.locked) for r in index.files] == [(Kind.OTHER, True), (Kind.DOCUMENT, False)]
    assert "password" in index.files[0].reason


def test_a_zip_bomb_is_refused_and_the_rest_is_read() -> None:
    data = bytearray(zipped({"bomb": bytes(100_000), "note.txt": b"still here"}))
    start = data.find(b"PK\x01\x02")
    data[start + 24 : start + 28] = struct.pack("<I", 150 << 20)
    bomb, note = source_of(bytes(data)).entries()
    assert bomb.size == 150 << 20
    with pytest.raises(SourceError, match="absurd size"):
        bomb.read(0, 16384)
    assert note.read(0, 100) == b"still here"


def test_a_member_that_inflates_to_more_than_it_declares_is_stopped() -> None:
    data = bytearray(zipped({"a": bytes(1_000_000)}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(signature)
        data[start + at : start + at + 4] = struct.pack("<I", 1000)
    (entry,) = source_of(bytes(data)).entries()
    with pytest.raises(SourceError, match="absurd size"):
        entry.read(0, 1000)


def test_overlapping_members_are_refused() -> None:
    data = zipped({"a": b"1" * 100, "b": b"2" * 100}, zipfile.ZIP_STORED)
    start = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    second_to_first = data[: start + 42] + struct.pack("<I", 0) + data[start + 46 :]
    source = source_of(second_to_first)
    assert "overlap" in source.refused
    for entry in source.entries():
        with pytest.raises(SourceError, match="overlap"):
            entry.read(0, 10)


def test_damage_inside_a_member_is_said() -> None:
    data = bytearray(zipped({"a": os.urandom(5000)}))
    data[100:2000] = bytes(1900)
    (entry,) = source_of(bytes(data)).entries()
    with pytest.raises(SourceError, match="damaged inside the archive"):
        entry.read(0, 5000)


def test_a_method_we_lack_is_said() -> None:
    data = bytearray(zipped({"a": b"hello"}))
    for signature, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = data.find(signature)
        data[start + at : start + at + 2] = struct.pack("<H", 9)
    (entry,) = source_of(bytes(data)).entries()
    with pytest.raises(SourceError, match="a way we cannot open"):
        entry.read(0, 5)


def raw_name_zip(name: bytes, flags: int = 0, extra: bytes = b"") -> bytes:
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, flags, 0, 0, 33, zlib.crc32(b"x"), 1, 1, len(name), len(extra))
    body = local + name + extra + b"x"
    sizes = zlib.crc32(b"x"), 1, 1, len(name), len(extra), 0, 0, 0, 0, 0
    central = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, flags, 0, 0, 33, *sizes)
    directory = central + name + extra
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(body), 0)
    return body + directory + end


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("größer.dcm".encode("cp437"), 0, "größer.dcm"),
        ("größer.dcm".encode(), 0, "größer.dcm"),
        ("größer.dcm".encode(), 0x800, "größer.dcm"),
        ("検査画像/頭部.dcm".encode("cp932"), 0, "検査画像/頭部.dcm"),
        ("検査画像.dcm".encode(), 0x800, "検査画像.dcm"),
    ],
    ids=["code page 437", "UTF-8 unsaid", "UTF-8 said", "Shift-JIS", "Japanese UTF-8"],
)
def test_names_in_old_code_pages(raw: bytes, flags: int, name: str) -> None:
    source = source_of(raw_name_zip(raw, flags))
    assert [e.path for e in source.entries()] == [name]


def test_the_unicode_path_field_wins() -> None:
    path = "図.dcm".encode()
    extra = struct.pack("<HHBI", 0x7075, 5 + len(path), 1, 0) + path
    assert [e.path for e in source_of(raw_name_zip(b"_.dcm", 0, extra)).entries()] == ["図.dcm"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/passwd", "_/_/etc/passwd"),
        ("/root/file", "root/file"),
        ("C:\\DICOM\\IM1", "DICOM/IM1"),
        ("a/./b//c", "a/b/c"),
        ("a\nb", "a_b"),
        ("..", "_"),
        ("", "_"),
    ],
)
def test_names_cannot_leave_the_archive(name: str, path: str) -> None:
    assert harmless(name) == path


def test_equal_names_stay_apart() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a", b"1")
            archive.writestr("a", b"22")
    assert [(e.path, e.size) for e in source_of(buffer.getvalue()).entries()] == [("a", 1), ("a (2)", 2)]


def test_folder_and_its_zip_give_the_same_disc(tmp_path: Path) -> None:
    files = {"README.TXT": b"hello there", "X/PIC.JPG": b"\xff\xd8\xff\xe0" + bytes(100), "NOTHING": b""}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    kinds = []
    for source in (FolderSource(str(tmp_path)), source_of(zipped(files))):
        index = DiscIndex()
        for _ in read_all(index, source):
            pass
        kinds.append({r.path: (r.kind, r.signature, r.size) for r in index.files})
    assert kinds[0] == kinds[1]
    assert kinds[0] == {r.path: (r.kind, r.signature, r.size) for r in read_index(files).files}


def test_entry_stream_seeks_and_reads() -> None:
    stream = entry_stream(memory_entry(bytes(range(200))))
    assert stream.read(3) == b"\0\1\2"
    stream.seek(-4, io.SEEK_END)
    assert stream.read() == bytes(range(196, 200))
    stream.seek(1000)
    assert stream.read(1) == b""
