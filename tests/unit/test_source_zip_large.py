"""Zips at the limits of their numbers, made without their bulk; and a program that carries one."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from zlib import crc32

from discs import ct_slice, program, zip_bytes
from reading_help import memory_entry
from scanfolio.effects import drained
from scanfolio.export.zip import ZipWriter
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source.archive import open_archive
from scanfolio.source.entry import Entry
from scanfolio.source.zip import open_zip

CREATED = datetime(2024, 2, 29, 10, 15, 30)


def test_more_members_than_16_bits_count() -> None:
    """The count in the old end record is 65,535 then, and another record has the true one."""
    writer = ZipWriter(CREATED)
    out = [writer.begin(f"F/{n:05d}", 0, 0) for n in range(65_599)]
    data = ct_slice(1)
    out += [bytes(piece) for piece in writer.add("F/IMAGE", [data])]
    packed = b"".join([*out, writer.finish()])
    assert b"PK\6\6" in packed
    entries = list(drained(open_zip(memory_entry(packed, "disc.zip"))).entries())
    assert len(entries) == 65_600
    assert len({entry.path for entry in entries}) == 65_600
    assert [(e.path, e.read(0, e.size) == data) for e in entries if e.size] == [("F/IMAGE", True)]


def test_a_member_of_five_gigabytes_and_one_behind_it() -> None:
    """Only the headers are real; between them lie zeros that nobody reads."""
    size = 5 << 30
    writer = ZipWriter(CREATED)
    head = writer.begin("BIG", size, 0)
    writer.passed(size)
    small = b"".join(bytes(piece) for piece in writer.add("SMALL", [b"behind it"]))
    tail = small + writer.finish()
    total = len(head) + size + len(tail)
    longest = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal longest
        longest = max(longest, length)
        wanted = range(offset, min(offset + length, total))
        assert len(wanted) < 1 << 26, "the whole of it is not for memory"
        out = bytearray(len(wanted))
        for start, piece in ((0, head), (len(head) + size, tail)):
            low, high = max(wanted.start, start), min(wanted.stop, start + len(piece))
            if low < high:
                out[low - wanted.start : high - wanted.start] = piece[low - start : high - start]
        return bytes(out)

    entries = list(drained(open_zip(Entry(0, "disc.zip", total, read))).entries())
    assert [(e.path, e.size) for e in entries] == [("BIG", size), ("SMALL", 9)]
    assert entries[1].read(0, 9) == b"behind it"
    assert entries[0].read((4 << 30) + 7, 5) == bytes(5)


def test_a_program_that_unpacks_itself_is_read_as_the_zip_it_carries() -> None:
    """Once as it is made by putting one behind the other, once with its offsets put right."""
    files = {"DICOM/IM1": ct_slice(1), "DICOM/IM2": ct_slice(2)}
    stub = program("a self-extractor", 6000)
    adjusted = io.BytesIO()
    adjusted.write(stub)
    with zipfile.ZipFile(adjusted, "a") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    for data in (stub + zip_bytes(files), adjusted.getvalue()):
        index = DiscIndex()
        drained(read_all(index, drained(open_archive(memory_entry(data, "PATIENT.EXE")))))
        disc = index.finish()
        assert sorted(i.path for i in disc.instances) == sorted(files)
        assert {crc32(index.entries[i.entry_id].read(0, i.size)) for i in disc.instances} == set(
            map(crc32, files.values())
        )
