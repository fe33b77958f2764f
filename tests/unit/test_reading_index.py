"""The index of a disc: every entry counted once, in any order, however the bytes arrive."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace

import pytest

import discs
from reading_help import facts_of, feed_all, memory_entry, read_disc, read_index
from scanfolio.effects import Lend, Progress
from scanfolio.errors import SourceError
from scanfolio.model import Kind
from scanfolio.reading.index import DiscIndex, Need, read_all
from scanfolio.source.entry import Entry


@pytest.mark.parametrize("kind", [k for k in discs.KINDS if k not in discs.NEEDS_IMAGECODECS])
def test_every_entry_is_listed_once_and_counted_once(kind: str) -> None:
    files = discs.files_of(kind)
    index = read_index(files)
    disc = index.finish()
    assert [record.path for record in disc.files] == list(files)
    counts = index.counts()
    assert counts["files"] == counts["done"] == len(files)
    assert counts["dicom"] + counts["other"] + counts["unreadable"] == len(files)
    assert counts["dicom"] == len(disc.instances) == sum(r.kind is Kind.DICOM for r in disc.files)
    assert counts["images"] == sum(i.is_image for i in disc.instances)
    grouped = [i for p in disc.patients for st in p.studies for se in st.series for i in se.instances]
    assert sorted(i.entry_id for i in grouped) == sorted(i.entry_id for i in disc.instances)
    for record in disc.files:
        assert record.signature
        assert record.reason or record.kind in (Kind.DICOM, Kind.DICOMDIR)
    assert disc.complete


def test_the_dicomdir_is_neither_study_nor_image() -> None:
    index = read_index(discs.files_of("clean"))
    disc = index.finish()
    assert [r.kind for r in disc.files if r.path == "DICOMDIR"] == [Kind.DICOMDIR]
    assert len(disc.dicomdirs) == 1
    assert index.counts()["images"] == len(disc.files) - 1 - sum(r.kind is Kind.DOCUMENT for r in disc.files)
    assert index.counts()["other"] == len(disc.files) - index.counts()["dicom"]


def test_order_and_poison_change_nothing_about_the_others() -> None:
    clean = dict(discs.files_of("clean"))
    before = {r.path: (r.kind, r.signature, r.sop_instance_uid) for r in read_disc(clean).files}
    rotten = {"BAD1": bytes(128) + b"DICM\x02\0\0\0ULXX", "BAD2": b"", "BAD3": discs.ct_slice()[:700]}
    mixed = list((clean | rotten).items())
    random.Random(5).shuffle(mixed)
    after = {r.path: (r.kind, r.signature, r.sop_instance_uid) for r in read_disc(dict(mixed)).files}
    assert {path: after[path] for path in before} == before


def test_answers_may_come_in_any_order() -> None:
    files = list(discs.files_of("mixed").items())
    index = DiscIndex()
    needs = [index.add(memory_entry(data, path, n)) for n, (path, data) in enumerate(files)]
    waiting = [need for need in needs if need]
    chance = random.Random(3)
    while waiting:
        need = waiting.pop(chance.randrange(len(waiting)))
        waiting.extend(index.feed(need, files[need.entry_id][1][need.offset : need.offset + need.length]))
    expected = read_index(dict(files)).finish()
    disc = index.finish()
    assert disc.files == expected.files
    assert disc.instances == expected.instances
    assert disc.patients == expected.patients


def test_duplicated_uids_keep_every_row() -> None:
    disc = read_disc({"A": discs.ct_slice(1), "B": discs.ct_slice(1)})
    assert len(disc.files) == len(disc.instances) == 2
    assert len({i.sop_instance_uid for i in disc.instances}) == 1
    series = disc.patients[0].studies[0].series[0]
    assert sorted(i.path for i in series.instances) == ["A", "B"]


def test_the_catalogue_so_far() -> None:
    files = list(discs.ct_series(3).items())
    index = DiscIndex()
    for n, (path, data) in enumerate(files[:2]):
        feed_all(index, memory_entry(data, path, n))
    waiting = index.add(memory_entry(files[2][1], files[2][0], 2))
    so_far = index.finish()
    assert not so_far.complete
    assert len(so_far.instances) == 2
    assert [r.signature for r in so_far.files] == ["DICOM instance", "DICOM instance", "not read"]
    assert index.latest is not None
    assert index.latest.path == files[1][0]
    assert index.first_image is not None
    assert index.first_image.path == files[0][0]
    assert waiting
    index.feed(waiting, files[2][1])
    assert index.finish().complete
    assert not index.finish(complete=False).complete
    assert index.by_sop_uid(so_far.instances[0].sop_instance_uid) is so_far.instances[0]
    assert index.by_sop_uid("1.2.3") is None


def test_entries_come_in_order() -> None:
    index = DiscIndex()
    with pytest.raises(ValueError, match="where 0 is next"):
        index.add(memory_entry(b"x", "A", 4))


def test_feeding_a_decided_file_again_changes_nothing() -> None:
    data = discs.ct_slice()
    index = DiscIndex()
    need = index.add(memory_entry(data))
    assert need
    assert index.feed(need, data) == []
    assert index.feed(need, b"x" * len(data)) == []
    assert index.counts()["done"] == 1


def test_files_wait_for_pydicom_where_it_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanfolio.reading.fallback.find_spec", lambda name: None)
    data = discs.ct_slice(7)
    at = data.find(b"\x20\x00\x13\x00IS\x02\x00")
    odd = data[: at + 8] + b"?!" + data[at + 10 :]
    index = DiscIndex()
    need = index.add(memory_entry(odd))
    assert need
    assert index.feed(need, odd) == []
    assert index.waiting_for_pydicom == 1
    assert index.counts()["done"] == 0
    monkeypatch.undo()
    needs = index.resume()
    assert needs == [Need(0, 0, len(odd))]
    assert index.feed(needs[0], odd) == []
    assert index.waiting_for_pydicom == 0
    assert index.counts()["images"] == 1


def test_read_all_reports_progress_and_takes_the_sources_name() -> None:
    files = {f"IM{n:05d}": discs.ct_slice(n) for n in range(1, 70)}

    class Memory:
        name = "A disc"

        def entries(self) -> list[Entry]:
            return [memory_entry(data, path, n) for n, (path, data) in enumerate(files.items())]

    index = DiscIndex()
    lent, *steps = list(read_all(index, Memory()))  # type: ignore[arg-type]
    assert lent == Lend(tuple(range(69))), "asked for at once, not one by one"
    assert steps[0] == Progress("reading", 0, 69)
    assert steps[-1] == Progress("reading", 69, 69)
    assert index.finish().name == "A disc"
    assert index.counts()["images"] == 69


def test_a_file_in_gzip_waits_for_pydicom_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanfolio.reading.fallback.find_spec", lambda name: None)
    odd = discs.ct_slice(7)
    at = odd.find(b"\x20\x00\x13\x00IS\x02\x00")
    data = gzip.compress(odd[: at + 8] + b"?!" + odd[at + 10 :], mtime=0)
    index = DiscIndex()
    feed_all(index, memory_entry(data, "A.gz"))
    assert index.waiting_for_pydicom == 1
    monkeypatch.undo()
    needs = index.resume()
    while needs:
        needs = index.feed(needs[0], data[needs[0].offset : needs[0].offset + needs[0].length])
    assert index.files[0].signature == "DICOM instance in gzip"


def test_files_that_could_not_be_read_are_read_again() -> None:
    files = {"A": discs.ct_slice(1), "B": discs.ct_slice(2), "C": b"hello", "D": discs.ct_slice(4)}
    entries = [memory_entry(data, path, n) for n, (path, data) in enumerate(files.items())]
    index = DiscIndex()
    needs = [index.add(entry) for entry in entries]
    assert all(needs)
    for n, need in enumerate(needs):
        assert need
        lost = n in (1, 2)
        index.feed(need, None if lost else entries[n].read(0, 16384), "The disc was taken out." if lost else "")
    assert index.counts() == {"files": 4, "done": 4, "dicom": 2, "images": 2, "other": 0, "unreadable": 2}
    again = index.again([1, 2, 77])
    assert [need.entry_id for need in again] == [1, 2]
    assert index.counts() == {"files": 4, "done": 2, "dicom": 2, "images": 2, "other": 0, "unreadable": 0}
    assert not index.finish().complete
    for need in again:
        assert index.feed(need, entries[need.entry_id].read(need.offset, need.length)) == []
    assert index.counts() == {"files": 4, "done": 4, "dicom": 3, "images": 3, "other": 1, "unreadable": 0}
    whole = read_disc(files)
    assert index.finish().files == whole.files
    assert index.finish().instances == whole.instances
    assert index.finish().complete


def test_a_file_that_could_not_be_opened_is_read_again_with_its_size_as_it_is_now() -> None:
    data = discs.ct_slice(1)
    entry = memory_entry(data, "A", 0)
    index = DiscIndex()
    need = index.add(replace(entry, size=1))
    assert need
    index.feed(need, None, "NotReadableError")
    needs = index.again([0, 9], [len(data), 5])
    while needs:
        piece = needs.pop()
        needs.extend(index.feed(piece, entry.read(piece.offset, piece.length)))
    assert index.counts()["images"] == 1
    assert index.finish().files[0].size == len(data)


def test_an_instance_whose_end_was_unreadable_is_forgotten_and_read_whole() -> None:
    data = discs.ct_slice(1, discs.RLE, PatientComments="x" * 9000) + bytes(40_000)
    index = DiscIndex()
    entry = memory_entry(data, "A", 0)
    need = index.add(entry)
    assert need
    needs = index.feed(need, data[:16384])
    while needs:
        needs = index.feed(needs[0], None, SourceError("The disc is scratched here."))
    assert index.instances[0].truncated
    needs = index.again([0])
    assert index.instances == []
    assert index.by_sop_uid(facts_of(data).sop_instance_uid) is None
    while needs:
        piece = needs.pop()
        needs.extend(index.feed(piece, entry.read(piece.offset, piece.length)))
    assert [i.truncated for i in index.instances] == [""]
    assert index.counts()["images"] == 1
