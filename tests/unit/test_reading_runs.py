"""Runs learned from earlier files never change what is read, only how fast."""

from __future__ import annotations

import random

import pytest

import discs
import instances
from scanfolio.reading.elements import Encoding
from scanfolio.reading.part10 import read_start
from scanfolio.reading.runs import FAMILIAR, MAX_LESSONS, Place
from scanfolio.reading.walk import Walk


def series(transfer_syntax: str) -> list[bytes]:
    """Slices whose values vary in length here and there, as those of a real series do."""
    chance = random.Random(4)
    return [
        instances.encode(
            instances.make_instance(
                "ct",
                number,
                InstanceNumber=number,
                ImagePositionPatient=[-16, -16, round(number * 1.25, 2)],
                WindowCenter=[chance.choice((40, 400, 1000))],
                StudyDescription="x" * chance.choice((4, 4, 4, 40)),
                AccessionNumber=None if number % 17 == 0 else "7",
            ),
            transfer_syntax,
        )
        for number in range(1, 80)
    ]


@pytest.mark.parametrize("transfer_syntax", [discs.EXPLICIT, discs.IMPLICIT, discs.BIG_ENDIAN])
def test_what_is_learned_changes_nothing(transfer_syntax: str) -> None:
    files = series(transfer_syntax)
    explicit, big = transfer_syntax != discs.IMPLICIT, transfer_syntax == discs.BIG_ENDIAN
    experienced = Encoding(explicit, big)
    for data in [*files, *reversed(files)]:
        start = read_start(data)
        walks = []
        for encoding in (experienced, Encoding(explicit, big)):
            walk = Walk(encoding, start.data_set_offset, len(data))
            assert walk.step(data, 0) is None
            walks.append(walk)
        one, other = walks
        assert list(one.raw.items()) == list(other.raw.items())
        assert (one.pixels, one.position, one.cut) == (other.pixels, other.position, other.cut)
    assert any(place.run for place in experienced.places.values())
    assert all(place.lessons <= MAX_LESSONS for place in experienced.places.values())


def test_a_few_files_teach_nothing() -> None:
    encoding = Encoding(explicit=True, big=False)
    for data in series(discs.EXPLICIT)[: FAMILIAR - 1]:
        Walk(encoding, read_start(data).data_set_offset, len(data)).step(data, 0)
    assert not encoding.places


def test_a_run_ends_before_what_varies() -> None:
    encoding = Encoding(explicit=True, big=False)
    base = discs.ct_slice(1, StudyDescription="one")
    longer = discs.ct_slice(1, StudyDescription="one and a half")
    offset = read_start(base).data_set_offset
    for data in [base] * FAMILIAR + [longer, longer]:
        Walk(encoding, offset, len(data)).step(data, 0)
    place: Place = encoding.places[base[offset : offset + 8]]
    assert place.run is not None
    assert offset + place.run.size == base.index(b"\x08\x00\x30\x10LO")


def test_a_cut_file_after_many_whole_ones_is_still_cut() -> None:
    encoding = Encoding(explicit=True, big=False)
    data = discs.ct_slice(1)
    offset = read_start(data).data_set_offset
    for _ in range(FAMILIAR + 2):
        Walk(encoding, offset, len(data)).step(data, 0)
    at = data.index(b"\x28\x00\x10\x00US")
    walk = Walk(encoding, offset, at + 3)
    assert walk.step(data[: at + 3], 0) is None
    assert f"the file ends at byte {at + 3}" in walk.cut
    assert walk.raw[0x00100020]
