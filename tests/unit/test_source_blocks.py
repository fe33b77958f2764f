"""A file read in blocks: the same bytes as without, in few pieces; what cannot be read costs no more than itself."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.export.drive import run
from scanfolio.export.zip import ZipWriter
from scanfolio.source.blocks import BLOCK_BYTES, MOST_AT_ONCE, in_blocks
from scanfolio.source.entry import Entry
from scanfolio.source.zip import open_zip

SIZE = 40 * BLOCK_BYTES + 77
DATA = random.Random(1).randbytes(1000) * (SIZE // 1000 + 1)


class Asked:
    """A file of SIZE bytes; `asked` are the reads of it, `bad` the bytes that cannot be read."""

    def __init__(self, bad: range = range(0), error: Exception | None = None) -> None:
        self.asked: list[tuple[int, int]] = []
        self.bad, self.error = bad, error

    def read(self, offset: int, length: int) -> bytes:
        self.asked.append((offset, length))
        if self.error and offset < self.bad.stop and self.bad.start < offset + length:
            raise self.error
        return DATA[:SIZE][offset : offset + length]

    def entry(self, most: int = 16) -> Entry:
        return in_blocks(Entry(0, "FILE", SIZE, self.read), most)


@pytest.mark.parametrize("most", [1, 2, 8, 16])
def test_any_piece_has_the_bytes_of_the_file(most: int) -> None:
    chance, entry = random.Random(2), Asked().entry(most)
    for _ in range(300):
        offset, length = (
            chance.randrange(SIZE + 10),
            chance.choice([0, 1, 30, 70_000, BLOCK_BYTES - 1, 3 * BLOCK_BYTES]),
        )
        assert entry.read(offset, length) == DATA[:SIZE][offset : offset + length]


def test_what_is_read_in_order_is_read_in_large_pieces_and_each_byte_once() -> None:
    asked = Asked()
    entry = asked.entry()
    for offset in range(0, SIZE, 5000):
        entry.read(offset, 5000)
    assert sum(length for _, length in asked.asked) == SIZE
    assert [length // BLOCK_BYTES for _, length in asked.asked] == [1, 2, 4, MOST_AT_ONCE, 8, 8, 8, 1]


def test_what_is_read_here_and_there_is_read_in_single_blocks() -> None:
    asked = Asked()
    entry = asked.entry()
    for block in range(0, 40, 3):
        entry.read(block * BLOCK_BYTES, 16384)
    assert {length for _, length in asked.asked} == {BLOCK_BYTES}


def test_a_block_behind_that_cannot_be_read_costs_no_other() -> None:
    bad = range(20 * BLOCK_BYTES, 20 * BLOCK_BYTES + 1)
    entry = Asked(bad, SourceError("cannot be read")).entry()
    lost = []
    for block in range(40):
        try:
            assert entry.read(block * BLOCK_BYTES, 100) == DATA[block * BLOCK_BYTES : block * BLOCK_BYTES + 100]
        except SourceError:
            lost.append(block)
    assert lost == [20]


def test_of_bytes_that_are_not_here_yet_no_more_are_asked_for_than_were_wanted() -> None:
    asked = Asked()
    entry = asked.entry()
    entry.read(0, 10)
    asked.bad, asked.error = range(SIZE), BytesNotHere(0, BLOCK_BYTES, BLOCK_BYTES)
    with pytest.raises(BytesNotHere):
        entry.read(BLOCK_BYTES, 10)
    assert asked.asked[-1] == (BLOCK_BYTES, BLOCK_BYTES)
    asked.error = None
    assert entry.read(BLOCK_BYTES, 10) == DATA[BLOCK_BYTES : BLOCK_BYTES + 10]


def test_a_zip_read_file_by_file_is_read_in_large_pieces() -> None:
    writer = ZipWriter(datetime(2024, 2, 29))
    files = {f"DICOM/IM{n:06}": n.to_bytes(4, "big") * 18_000 for n in range(200)}
    data = b"".join(bytes(piece) for path, content in files.items() for piece in writer.add(path, [content]))
    data += writer.finish()
    asked: list[tuple[int, int]] = []

    def read(offset: int, length: int) -> bytes:
        asked.append((offset, length))
        return data[offset : offset + length]

    source = run(open_zip(Entry(0, "A.ZIP", len(data), read)))
    asked.clear()
    for entry in source.entries():
        assert entry.read(0, 100) + entry.read(100, entry.size) == files[entry.path]
    assert len(asked) <= len(data) / (MOST_AT_ONCE * BLOCK_BYTES) + 5, "one for each of 200 files would be too many"
    assert sum(length for _, length in asked) <= len(data) + BLOCK_BYTES


def test_names_in_two_zips_are_the_same_texts() -> None:
    """Of a copy with 70,000 files they are in the plan of the export already."""

    def paths() -> list[str]:
        writer = ZipWriter(datetime(2024, 2, 29))
        data = b"".join(bytes(piece) for piece in writer.add("DICOM/SE000001/IM000001", [b"x"])) + writer.finish()
        source = run(open_zip(Entry(0, "A.ZIP", len(data), lambda offset, length: data[offset : offset + length])))
        return [entry.path for entry in source.entries()]

    assert paths()[0] is paths()[0]
