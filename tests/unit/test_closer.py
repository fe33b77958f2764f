"""The closer look at few instances: references at every level, and what lies behind the pixel data, from real bytes."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from discs import ct_slice, file_set, write_files
from facts import failing
from instances import BIG_ENDIAN, EXPLICIT, IMPLICIT, encode, make_instance
from reading_help import CORPUS
from referring import CT, presentation, reference
from scanfolio.closer import look_closer
from scanfolio.effects import Fetch
from scanfolio.errors import BytesNotHere
from scanfolio.export.drive import run
from scanfolio.reading.elements import Declined
from scanfolio.reading.index import DiscIndex
from scanfolio.reading.items import references_in
from scanfolio.reading.part10 import read_start
from scanfolio.rules.report import Report
from scanfolio.session import Session
from scanfolio.source import open_source
from scanfolio.source.entry import Entry


def found_in(data: bytes) -> set[tuple[str, str]]:
    start = read_start(data)
    return {r for r in references_in(data, start.data_set_offset, len(data), start.encoding) if r is not None}


@pytest.mark.parametrize("transfer_syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN])
@pytest.mark.parametrize("undefined", [False, True])
def test_references_are_found_at_every_level(transfer_syntax: str, undefined: bool) -> None:
    data = encode(presentation("1.2.3.1", "1.2.3.2", undefined=undefined), transfer_syntax)
    assert found_in(data) == {(CT, "1.2.3.1"), (CT, "1.2.3.2"), ("1.2.840.10008.3.1.2.3.1", "1.2.99")}


def test_a_reference_belongs_to_the_class_of_its_own_item() -> None:
    inner, outer = reference("1.2.3.2", "1.2.840.10008.5.1.4.1.1.4"), reference("1.2.3.1")
    outer.PurposeOfReferenceCodeSequence = Sequence([inner])
    ds = make_instance("dose_report")
    ds.ReferencedInstanceSequence = Sequence([outer])
    assert {(CT, "1.2.3.1"), ("1.2.840.10008.5.1.4.1.1.4", "1.2.3.2")} <= found_in(encode(ds))


def test_a_sequence_written_as_unknown_is_looked_into() -> None:
    inside = encode(presentation("1.2.3.1"), IMPLICIT)
    at = inside.index(b"\x08\0\x15\x11")
    length = struct.unpack_from("<I", inside, at + 4)[0]
    unknown = struct.pack("<HH2sHI", 0x0008, 0x1115, b"UN", 0, length) + inside[at + 8 : at + 8 + length]
    start = read_start(encode(presentation("1.2.3.1")))
    assert (CT, "1.2.3.1") in set(references_in(unknown, 0, len(unknown), start.encoding))


def by_pydicom(data: bytes) -> set[tuple[str, str]]:
    def look(item: Dataset, depth: int) -> Iterator[tuple[str, str]]:
        if depth and "ReferencedSOPInstanceUID" in item:
            yield str(item.get("ReferencedSOPClassUID", "")), str(item.ReferencedSOPInstanceUID)
        for element in item:
            if element.VR == "SQ":
                for inner in element.value:
                    yield from look(inner, depth + 1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return set(look(pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True, force=True), 0))


def test_real_objects_refer_to_what_pydicom_says() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    session = read(CORPUS)
    closer = run(look_closer(session.disc, session.index.entries))
    compared = 0
    for instance in session.disc.instances:
        ours = closer.references.get(instance.entry_id)
        if ours is not None and not instance.path.startswith("fuzz"):
            assert ours == by_pydicom((CORPUS / instance.path).read_bytes()), instance.path
            compared += 1
    assert compared > 40


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<HH2sHI", 0x0008, 0x1115, b"SQ", 0, 200),
        struct.pack("<HH2sHI", 0x0008, 0x1115, b"SQ", 0, 0xFFFFFFFF) * 1000,
        struct.pack("<HH2sHIHHI", 0x0008, 0x1115, b"SQ", 0, 0xFFFFFFFF, 0xFFFE, 0xE000, 0xFFFFFFFF) * 1000,
        b"\x08\0\x15\x11XX\0\0",
        bytes(7),
    ],
)
def test_damaged_nesting_is_refused(data: bytes) -> None:
    start = read_start(encode(make_instance("dose_report")))
    with pytest.raises(Declined):
        list(references_in(data, 0, len(data), start.encoding))


def read(folder: Path) -> Session:
    session = Session()
    run(session.read(open_source(str(folder))))
    return session


def judged(folder: Path, files: dict[str, bytes]) -> Report:
    report = run(read(write_files(folder, files)).judge())
    assert isinstance(report, Report)
    return report


def files_with(*documents: Dataset) -> dict[str, bytes]:
    return file_set(*(make_instance("ct", n) for n in (1, 2, 3)), *documents)


def test_dangling_references_are_found_on_a_disc(tmp_path: Path) -> None:
    here = [make_instance("ct", n).SOPInstanceUID for n in (1, 2)]
    assert "F14" not in failing(judged(tmp_path / "whole", files_with(presentation(*here))))
    report = judged(tmp_path / "part", files_with(presentation(*here, "1.2.3.4.5")))
    (outcome,) = [o for o in report.outcomes if o.rule == "F14"]
    assert outcome.issues[0].evidence["first_missing"] == "1.2.3.4.5"
    assert outcome.technical == "1 of 1 objects refer to 1 instances that are not here."


PADDING = DataElement(0xFFFCFFFC, "OB", bytes(64))


@pytest.mark.parametrize(
    ("behind", "fails"), [(b"", False), (b"\0", True), (bytes(512), True), (b"<html>not a part of it</html>", True)]
)
@pytest.mark.parametrize("padded", [False, True])
def test_bytes_behind_the_end(tmp_path: Path, behind: bytes, fails: bool, padded: bool) -> None:
    data = ct_slice(1, extra=(PADDING,) if padded else ()) + behind
    assert ("F10" in failing(judged(tmp_path / "disc", {"CT000001": data}))) is fails


def test_odd_lengths(tmp_path: Path) -> None:
    data = ct_slice(1)
    at = data.index(b"\x08\0\x70\0LO")
    length = struct.unpack_from("<H", data, at + 6)[0]
    odd = data[: at + 6] + struct.pack("<H", length - 1) + data[at + 8 : at + 8 + length - 1] + data[at + 8 + length :]
    report = judged(tmp_path / "disc", {"CT000001": odd})
    (outcome,) = [o for o in report.outcomes if o.rule == "F10"]
    assert [i.message for i in outcome.issues] == ["(0008,0070) has an odd length"]


def test_where_a_worker_reads_no_files_the_bytes_are_fetched() -> None:
    """The first read of every range is refused, as a page does that has to read for its worker."""
    data = encode(presentation("1.2.3.1"))
    supplied: set[tuple[int, int]] = set()

    def reading(offset: int, length: int) -> bytes:
        if (offset, length) not in supplied:
            raise BytesNotHere(0, offset, length)
        return data[offset : offset + length]

    index = DiscIndex()
    need = index.add(Entry(0, "PR000001", len(data), reading))
    assert need is not None
    index.feed(need, data[: need.length])
    steps, fetched, closer = look_closer(index.finish(), index.entries), 0, None
    while closer is None:
        try:
            effect: Any = next(steps)
        except StopIteration as end:
            closer = end.value
            break
        if isinstance(effect, Fetch):
            supplied.add((effect.offset, effect.length))
            fetched += 1
    assert fetched == 2
    assert (CT, "1.2.3.1") in closer.references[0]
