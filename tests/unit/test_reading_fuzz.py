"""Mutated files, the whole way of a page: nothing raises, everything is listed, and the facts are the reference's.

A plain run takes 10,000 of them (in Pyodide 600). SCANFOLIO_FUZZ=100000 makes it a long job, SCANFOLIO_FUZZ_SEED=7
another one.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import random
import sys
from collections.abc import Iterator

import pytest

import mutants
from journey import Journey, travelled
from reading_help import CORPUS, feed_all, memory_entry
from reading_reference import by_fast_reader, differences
from scanfolio.model import Kind
from scanfolio.reading.facts import Converter
from scanfolio.reading.index import DiscIndex

IN_THE_PAGE = sys.platform == "emscripten"
MUTANTS = int(os.environ.get("SCANFOLIO_FUZZ", "600" if IN_THE_PAGE else "10000"))
SEED = int(os.environ.get("SCANFOLIO_FUZZ_SEED", "0")) * 1_000_000_000
PARTS = 10
PER_DISC = 20
HANGS_AFTER_S = 300  # only a net for what would never end: how much work there is, is counted

READ_AT_MOST = 3  # times the size of a file, to index it
READ_ANYHOW_BYTES = 1 << 18


@contextlib.contextmanager
def net() -> Iterator[None]:
    """Ends a run that would never end, with the lines it hangs in."""
    if not IN_THE_PAGE:
        faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
    try:
        yield
    finally:
        if not IN_THE_PAGE:
            faulthandler.cancel_dump_traceback_later()


def seeds(part: int) -> range:
    each = max(1, MUTANTS // PARTS)
    return range(SEED + part * each, SEED + (part + 1) * each)


def mutant(seed: int) -> bytes:
    return mutants.mutant(random.Random(seed))


def check_reads(journey: Journey, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        read = journey.reads.bytes.get(path, 0)
        assert read <= READ_AT_MOST * len(data) + READ_ANYHOW_BYTES, (path, read, len(data))


@pytest.mark.parametrize("part", range(PARTS))
def test_mutants_go_the_whole_way(part: int) -> None:
    shown = refused = exported = differing = 0
    numbers = seeds(part)
    for first in range(numbers.start, numbers.stop, PER_DISC):
        files = {f"SEED{seed}": mutant(seed) for seed in range(first, min(first + PER_DISC, numbers.stop))}
        with net():
            try:
                journey = travelled(files, export=(first - numbers.start) % (2 * PER_DISC) == 0)
            except Exception as error:
                for path, data in files.items():  # which of them was it?
                    try:
                        travelled({path: data})
                    except Exception as same:
                        raise AssertionError(f"{path}: {type(same).__name__}: {same}") from same
                raise AssertionError(f"{', '.join(files)} together: {type(error).__name__}: {error}") from error
        check_reads(journey, files)
        shown, refused = shown + journey.shown, refused + journey.refused
        exported, differing = exported + journey.exported, differing + journey.differing
    print(f"{len(numbers)} mutants: {shown} answers, {refused} refusals, {exported} exported, {differing} differ")
    assert shown > refused > 0
    assert exported > 0


@pytest.mark.parametrize("part", range(PARTS))
def test_mutants_give_the_facts_of_the_reference(part: int) -> None:
    converter = Converter()
    compared = declined = parts10 = 0
    numbers = seeds(part)
    for seed in numbers:
        data = mutant(seed)
        if data[128:132] != b"DICM":
            continue
        parts10 += 1
        with net():
            declined += by_fast_reader(data, converter) is None
            found = differences(data, converter)
        compared += found is not None
        assert not found, (seed, found)
    print(
        f"{parts10} mutants with a prefix: the fast reader declined {declined}, {compared} compared with the reference"
    )
    assert compared > len(numbers) // 4


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
    files = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    with net():
        journey = travelled(files)
    check_reads(journey, files)
    damaged = [record for record in journey.disc.files if record.kind is Kind.UNREADABLE]
    assert len(damaged) <= 5, damaged
