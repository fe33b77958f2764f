"""Mutated files: nothing raises, every file is listed with a reason, and the facts are those of the reference.

The number of mutants is small here; SCANFOLIO_FUZZ=100000 makes it a long job.
"""

from __future__ import annotations

import os
import random
import struct
from functools import cache

import pytest

import discs
import instances
from reading_help import CORPUS, feed_all, memory_entry
from reading_reference import differences
from scanfolio.model import Kind
from scanfolio.reading.facts import Converter
from scanfolio.reading.index import DiscIndex

MUTANTS = int(os.environ.get("SCANFOLIO_FUZZ", "600"))


@cache
def originals() -> tuple[bytes, ...]:
    return (
        discs.ct_slice(1),
        discs.ct_slice(2, discs.IMPLICIT),
        discs.ct_slice(3, discs.BIG_ENDIAN),
        discs.ct_slice(4, discs.DEFLATED),
        discs.ct_slice(5, discs.RLE),
        discs.ct_slice(6, preamble=None, meta=False),
        instances.encode(instances.make_instance("enhanced_ct")),
        instances.encode(instances.make_instance("dose_report")),
        discs.files_of("clean")["DICOMDIR"],
    )


def mutant(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(originals()))
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        at = chance.randrange(len(data))
        match chance.randrange(8):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at] = chance.randrange(256)
            case 2:
                data = data[: max(1, at)]
            case 3:
                length = chance.choice((0xFFFFFFFF, 0x7FFFFFFF, 0xFFFF, 0, 1, 3, len(data)))
                data[at : at + 4] = struct.pack("<I", length)
            case 4:
                del data[at : at + chance.randrange(1, 40)]
            case 5:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 20)))
            case 6:
                other = chance.choice(originals())
                start = chance.randrange(len(other))
                data[at:at] = other[start : start + chance.randrange(300)]
            case 7:
                nested = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
                data[at:at] = nested * chance.choice((1, 3, 200))
        if not data:
            data = bytearray(b"\0")
    return bytes(data)


@pytest.mark.parametrize("seed", range(6))
def test_mutants_are_survived_and_listed(seed: int) -> None:
    chance = random.Random(seed)
    index = DiscIndex()
    count = MUTANTS // 6
    for number in range(count):
        feed_all(index, memory_entry(mutant(chance), f"F{number}", number))
    disc = index.finish()
    assert len(disc.files) == count
    for record in disc.files:
        assert record.signature
        assert record.reason or record.kind in (Kind.DICOM, Kind.DICOMDIR)
        assert not record.signature.startswith("not understood"), record
    grouped = sum(len(se.instances) for p in disc.patients for st in p.studies for se in st.series)
    assert grouped == len(disc.instances) == index.counts()["dicom"]


@pytest.mark.parametrize("seed", range(6))
def test_mutants_give_the_facts_of_the_reference(seed: int) -> None:
    chance = random.Random(100 + seed)
    converter = Converter()
    compared = 0
    for _ in range(MUTANTS // 6):
        data = mutant(chance)
        if data[128:132] != b"DICM":
            continue
        found = differences(data, converter)
        compared += found is not None
        assert not found, data.hex()
    assert compared > MUTANTS // 40


@pytest.mark.parametrize("seed", range(2))
def test_random_bytes_are_never_dicom(seed: int) -> None:
    chance = random.Random(seed)
    index = DiscIndex()
    for number in range(300):
        start = chance.choice((b"", b"\x08\x00", b"\x08\x00\x05\x00", b"\x02\x00", b"\x00\x08", b"\x08\x00\x16\x00UI"))
        feed_all(index, memory_entry(start + chance.randbytes(chance.randrange(1, 3000)), f"F{number}", number))
    assert index.counts()["dicom"] == 0


def test_the_malformed_files_of_the_corpus() -> None:
    folder = CORPUS / "fuzz-pwnlab"
    if not folder.is_dir():
        pytest.skip("no corpus beside the repository")
    index = DiscIndex()
    for number, path in enumerate(p for p in sorted(folder.rglob("*")) if p.is_file()):
        feed_all(index, memory_entry(path.read_bytes(), path.name, number))
    disc = index.finish()
    for record in disc.files:
        assert record.reason or record.kind is Kind.DICOM
        assert not record.signature.startswith("not understood"), record
    damaged = [record for record in disc.files if record.kind is Kind.UNREADABLE]
    assert len(damaged) <= 5, damaged
