"""Files cut short, lying about lengths, nested too deep: what is still known of them, what is said to be missing."""

from __future__ import annotations

import struct
import zlib

import pytest

import discs
import instances
from reading_help import element, facts_of, memory_entry, read_one
from scanfolio.errors import SourceError
from scanfolio.model import Kind
from scanfolio.reading.index import DiscIndex


def test_cut_pixel_data() -> None:
    data = discs.ct_slice()
    record, facts = read_one(data[:-100])
    assert facts is not None
    assert facts.truncated == "the pixel data should be 2,048 bytes long, the file ends after 1,948 of them"
    assert (record.kind, record.reason) == (Kind.DICOM, "A part of this file is missing.")


def test_pixel_data_shorter_than_rows_and_columns_ask_for() -> None:
    facts = facts_of(discs.ct_slice(Rows=64))
    assert facts.truncated == "rows, columns and frames ask for 4,096 bytes of pixel data, there are 2,048"


@pytest.mark.parametrize("frames", [1, 4])
def test_whole_pixel_data_are_whole(frames: int) -> None:
    kind = "ct" if frames == 1 else "multiframe"
    assert facts_of(instances.encode(instances.make_instance(kind))).truncated == ""


def test_chroma_subsampled_colour_needs_a_third_less() -> None:
    dataset = instances.make_instance("us_rgb")
    whole = len(dataset.PixelData)
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    dataset.PixelData = dataset.PixelData[: whole * 2 // 3 // 2 * 2]
    facts = facts_of(instances.encode(dataset))
    assert facts.truncated == ""


@pytest.mark.parametrize("keep", [-8, -9, -20, -100])
def test_cut_fragments(keep: int) -> None:
    data = discs.ct_slice(1, discs.RLE)
    assert facts_of(data).truncated == ""
    facts = facts_of(data[:keep])
    assert facts.encapsulated
    assert "the file" in facts.truncated


def test_compressed_data_with_padding_or_elements_behind_is_whole() -> None:
    data = discs.ct_slice(1, discs.RLE)
    assert facts_of(data + bytes(300)).truncated == ""
    behind = element(0xFFFCFFFC, "OB", bytes(500_000))
    assert facts_of(data + behind).truncated == ""


def test_many_fragments_are_followed_to_their_end() -> None:
    fragment = b"\xfe\xff\x00\xe0" + struct.pack("<I", 1000) + bytes(1000)
    data = discs.ct_slice(1, discs.RLE)
    at = data.find(b"\xfe\xff\x00\xe0")
    body = data[:at] + b"\xfe\xff\x00\xe0\0\0\0\0" + fragment * 80
    assert facts_of(body + b"\xfe\xff\xdd\xe0\0\0\0\0").truncated == ""
    assert "without an end" in facts_of(body).truncated
    assert "should end" in facts_of(body[:-500]).truncated or "without an end" in facts_of(body[:-500]).truncated


def test_a_header_cut_short_keeps_what_was_read() -> None:
    data = discs.ct_slice(9)
    at = data.find(b"\x28\x00\x10\x00US")
    record, facts = read_one(data[: at + 3])
    assert facts is not None
    assert record.kind is Kind.DICOM
    assert facts.sop_instance_uid
    assert facts.instance_number == 9
    assert facts.rows is None
    assert not facts.is_image
    assert f"the file ends at byte {at + 3}" in facts.truncated


def test_a_length_beyond_the_file_keeps_what_was_read() -> None:
    data = bytearray(discs.ct_slice())
    at = data.find(b"\x20\x00\x10\x00SH")
    data[at + 4 : at + 8] = b"UT\0\0"
    data[at + 8 : at + 12] = b"\xf0\xff\xff\x7f"
    facts = facts_of(bytes(data))
    assert facts.patient_id
    assert facts.truncated


def test_nesting_without_end_is_given_up_without_harm() -> None:
    item = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    data = discs.ct_slice()
    at = data.find(b"\x10\x00\x10\x00PN")
    facts = facts_of(data[:at] + item * 20_000)
    assert facts.modality == "CT"
    assert "nested" in facts.truncated


def test_a_sequence_without_its_end() -> None:
    data = discs.ct_slice()
    at = data.find(b"\x10\x00\x10\x00PN")
    sequence = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\x08\0\0\0" + bytes(8)
    record, facts = read_one(data[:at] + sequence)
    assert facts is not None
    assert "inside the sequence" in facts.truncated
    assert record.kind is Kind.DICOM


def test_a_damaged_deflated_data_set() -> None:
    data = discs.ct_slice(1, discs.DEFLATED)
    assert "cut short" in facts_of(data[:-200]).truncated
    record, _ = read_one(data[:400])
    assert record.kind in (Kind.UNREADABLE, Kind.DICOM)
    assert record.reason


def test_a_read_error_at_the_start_and_in_the_middle() -> None:
    data = discs.ct_slice(1, discs.RLE, PatientComments="x" * 9000) + bytes(40_000)
    index = DiscIndex()
    first = index.add(memory_entry(data, "A", 0))
    second = index.add(memory_entry(data, "B", 1))
    assert first
    assert second
    assert index.feed(first, None, "The disc was taken out.") == []
    needs = index.feed(second, data[:16384])
    while needs:
        needs = index.feed(needs[0], None, SourceError("The disc is scratched here."))
    a, b = index.finish().files
    assert (a.kind, a.reason) == (Kind.UNREADABLE, "The disc was taken out.")
    assert b.kind is Kind.DICOM
    assert index.instances[0].truncated == "the end of the file cannot be read: The disc is scratched here."


def test_fewer_bytes_than_asked_for_are_a_read_error() -> None:
    data = discs.ct_slice()
    index = DiscIndex()
    need = index.add(memory_entry(data))
    assert need
    assert index.feed(need, data[:500]) == []
    assert index.files[0].kind is Kind.UNREADABLE


@pytest.mark.parametrize(
    ("problem", "signature", "reason"),
    [
        (ZeroDivisionError, "not understood (ZeroDivisionError)", None),
        (MemoryError, "needs more memory", "There was not enough memory to read this file."),
    ],
    ids=["a fault of ours", "no memory for it"],
)
def test_what_goes_wrong_with_one_file_costs_it_only(
    monkeypatch: pytest.MonkeyPatch, problem: type[Exception], signature: str, reason: str | None
) -> None:
    index = DiscIndex()
    need = index.add(memory_entry(discs.ct_slice(), "A", 0))
    other = index.add(memory_entry(b"hello", "B", 1))
    assert need
    assert other

    def broken(*_: object) -> None:
        raise problem

    monkeypatch.setattr("scanfolio.reading.dicom_file.read_start", broken)
    assert index.feed(need, discs.ct_slice()) == []
    assert index.feed(other, b"hello") == []
    assert [r.kind for r in index.files] == [Kind.UNREADABLE, Kind.DOCUMENT]
    assert index.files[0].signature == signature
    assert reason is None or index.files[0].reason == reason


def test_a_deflated_data_set_that_inflates_without_end_is_stopped() -> None:
    whole = discs.ct_slice(1, discs.DEFLATED)
    start = whole[: facts_of(whole).data_set_offset]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(120)) + packer.flush()
    record, facts = read_one(start + packed)
    assert facts is None
    assert record.kind is Kind.UNREADABLE
    assert "more than we can hold" in record.reason
