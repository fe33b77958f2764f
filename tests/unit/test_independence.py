"""What is said of a file does not depend on its neighbours: not on their order, their faults, their names or UIDs."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from functools import cache

import pytest

import discs
import instances
import mutants
from exports import MemorySource, drive
from reading_help import feed_all, memory_entry, read_one
from scanfolio.errors import SourceError
from scanfolio.model import Disc, FileRecord, Series, SopInstance
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.reading.part10 import read_start

ROUNDS = 6


@cache
def good_disc() -> dict[str, bytes]:
    """Four series of different kinds, and what else lies on a disc."""
    kinds = ("ct", "mr", "pet", "us_rgb")
    files = {
        f"{kind.upper()}/IM{n:02d}": instances.encode(
            instances.make_instance(kind, n, series=kind, StudyInstanceUID="1.2.3"),
            (discs.EXPLICIT, discs.IMPLICIT, discs.EXPLICIT, discs.RLE)[kinds.index(kind)],
        )
        for kind in kinds
        for n in range(1, 7)
    }
    return {**files, "README.TXT": b"hello", "EMPTY": b"", "RUN.EXE": b"MZ" + bytes(300)}


Said = tuple[FileRecord, SopInstance | None]


def said_of(disc: Disc) -> dict[str, Said]:
    """Record and facts of each path; the number a file was given is not about the file."""
    instances_ = {i.path: replace(i, entry_id=0) for i in disc.instances}
    return {f.path: (replace(f, entry_id=0), instances_.get(f.path)) for f in disc.files}


def series_of(disc: Disc, paths: set[str]) -> list[tuple[str, str, list[str]]]:
    """Of each series that holds only `paths`: how it is sorted, and its files in that order."""
    every = [series for p in disc.patients for st in p.studies for series in st.series]
    return sorted(_order(s) for s in every if {i.path for i in s.instances} <= paths)


def _order(series: Series) -> tuple[str, str, list[str]]:
    return series.sorted_by, series.split_reason, [i.path for i in series.instances]


def read(files: dict[str, bytes], lost: frozenset[str] = frozenset()) -> Disc:
    source = MemorySource(files, lost)
    source.broken = True
    index = DiscIndex()
    drive(read_all(index, source))
    return index.finish()


def poison(chance: random.Random, count: int) -> dict[str, bytes]:
    """Files that are hard to bear, of other people, some with the beginnings of the good ones."""
    good = list(good_disc().values())
    files = {}
    for n in range(count):
        data = mutants.mutant(chance) if chance.random() < 0.6 else chance.choice(good)
        match chance.randrange(4):
            case 0:
                data = data[: chance.randrange(len(data) + 1)]
            case 1:
                data = mutants.flip_a_bit(data or b"\0", chance)
            case 2:
                data = mutants.another_value(data or b"\0", chance)
        data = data.replace(b"1.2.3", b"1.2.4")  # their study is another
        files[f"POISON/{n:03d}"] = data
    return files


def shuffled(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    paths = list(files)
    chance.shuffle(paths)
    return {path: files[path] for path in paths}


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_order_changes_nothing(seed: int) -> None:
    good = good_disc()
    here, there = read(good), read(shuffled(good, random.Random(seed)))
    assert said_of(here) == said_of(there)
    assert series_of(here, set(good)) == series_of(there, set(good))
    assert len(series_of(here, set(good))) == 4


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_poison_changes_nothing_of_the_others(seed: int) -> None:
    chance = random.Random(seed)
    good, bad = good_disc(), poison(chance, 60)
    lost = frozenset(path for path in bad if chance.random() < 0.1)
    alone = read(good)
    together = read(shuffled({**good, **bad}, chance), lost)
    said = said_of(together)
    assert {path: said[path] for path in good} == said_of(alone)
    expected = series_of(alone, set(good))
    assert series_of(together, set(good)) == expected
    assert len(said) == len(good) + len(bad)
    assert all(said[path][0].reason for path in lost if bad[path])


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_each_file_is_said_to_be_what_it_is_alone(seed: int) -> None:
    """Mutants one after the other through one index, each compared with itself in an index of its own."""
    chance = random.Random(1000 + seed)
    files = {**poison(chance, 120), **good_disc()}
    said = said_of(read(shuffled(files, chance)))
    for path, data in files.items():
        record, facts = read_one(data, path)
        assert said[path][0] == replace(record, entry_id=0), path
        alone = facts and replace(facts, entry_id=0)
        differing = [
            f.name for f in fields(SopInstance) if getattr(alone, f.name, 0) != getattr(said[path][1], f.name, 0)
        ]
        assert not differing, path


def test_files_read_at_the_same_time_do_not_mix() -> None:
    """As the page does: many files begun, then fed in another order."""
    files = {**good_disc(), **poison(random.Random(7), 40)}
    files = {**files, "LONG": discs.ct_slice(9, PatientComments="x" * 9_000, StudyInstanceUID="1.2.5") + bytes(20_000)}
    index, chance = DiscIndex(), random.Random(3)
    entries = [memory_entry(data, path, n) for n, (path, data) in enumerate(files.items())]
    needs = [need for entry in entries if (need := index.add(entry))]
    while needs:
        need = needs.pop(chance.randrange(len(needs)))
        needs.extend(index.feed(need, entries[need.entry_id].read(need.offset, need.length)))
    assert said_of(index.finish()) == said_of(read(files))


def test_a_file_that_ends_behind_its_header_says_nothing_of_the_next() -> None:
    """Its data set's encoding cannot be seen, so it must not be remembered for files that begin alike."""
    whole = discs.ct_slice(1)
    declared_implicit = whole.replace(discs.EXPLICIT.encode() + b"\0", discs.IMPLICIT.encode() + b"\0\0\0", 1)
    alone, _ = read_one(declared_implicit), None
    start = read_start(declared_implicit)
    index = DiscIndex()
    for n, data in enumerate((declared_implicit[: start.data_set_offset], declared_implicit)):
        feed_all(index, memory_entry(data, f"F{n}", n))
    assert index.instances[-1].notes == (start.encoding_doubt,)
    assert start.encoding_doubt
    assert alone[1] is not None
    assert replace(index.instances[-1], entry_id=0, path="FILE") == alone[1]


def test_what_looks_like_a_uid_inside_another_value_is_no_uid() -> None:
    """The bytes of (0002,0003) stand once more in the private information before the real one."""

    def file(inside: bytes) -> bytes:
        whole = discs.ct_slice(1)
        at = whole.find(b"\x02\0\x02\0UI")
        fake = b"\x02\0\x01\0OB\0\0" + (8 + len(inside)).to_bytes(4, "little") + b"\x02\0\x03\0UI"
        version = whole.find(b"\x02\0\x01\0OB")
        return whole[:version] + fake + len(inside).to_bytes(2, "little") + inside + whole[at:]

    real = read_start(discs.ct_slice(1)).meta[0x0003].encode()
    real += b"\0" * (len(real) % 2)
    read_start(file(real))
    assert read_start(file(b"9" * len(real))).meta[0x0003].encode() == real.strip(b"\0")


def test_two_files_of_one_uid_keep_their_own_facts() -> None:
    one, other = discs.ct_slice(1, PatientName="A^B"), discs.ct_slice(1, PatientName="C^D", Rows=16)
    for order in ((one, other), (other, one)):
        disc = read({f"{n}/IM": data for n, data in enumerate(order)})
        names = {i.path: (i.patient_name, i.rows) for i in disc.instances}
        expected = [("A^B", 32), ("C^D", 16)] if order[0] is one else [("C^D", 16), ("A^B", 32)]
        assert names == {"0/IM": expected[0], "1/IM": expected[1]}


def test_a_locked_file_says_so_and_the_next_is_read() -> None:
    index = DiscIndex()
    locked, other = (index.add(memory_entry(discs.ct_slice(n), f"{n}", n)) for n in (0, 1))
    assert locked
    assert other
    error = SourceError("Needs a password.")
    error.code = "locked"
    index.feed(locked, None, error)
    index.feed(other, discs.ct_slice(1)[:16384])
    assert [(f.locked, bool(f.sop_instance_uid)) for f in index.files] == [(True, False), (False, True)]
