"""What is read of one DICOM file, in every encoding and with every way it may begin."""

from __future__ import annotations

import struct
import tracemalloc

import pytest

import discs
import instances
from reading_help import element, facts_of, memory_entry, read_index, read_one
from scanfolio.model import Kind
from scanfolio.reading.index import DiscIndex
from scanfolio.source.entry import Entry

ENCODINGS = [discs.EXPLICIT, discs.IMPLICIT, discs.BIG_ENDIAN, discs.DEFLATED, discs.RLE]


@pytest.mark.parametrize("transfer_syntax", ENCODINGS)
def test_the_same_facts_in_every_encoding(transfer_syntax: str) -> None:
    facts = facts_of(discs.ct_slice(3, transfer_syntax))
    assert facts.transfer_syntax_uid == transfer_syntax
    assert facts.sop_class_uid == facts.media_storage_sop_class_uid == "1.2.840.10008.5.1.4.1.1.2"
    assert facts.sop_instance_uid == facts.media_storage_sop_instance_uid == discs_uid(3)
    assert (facts.rows, facts.columns, facts.bits_allocated, facts.bits_stored, facts.high_bit) == (32, 32, 16, 12, 11)
    assert facts.modality == "CT"
    assert facts.instance_number == 3
    assert facts.image_orientation == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    assert facts.image_position_mm is not None
    assert facts.pixel_keyword == "PixelData"
    assert facts.is_image
    assert facts.truncated == ""
    assert facts.meta_faults == ()
    assert facts.preamble == "zero"


def discs_uid(number: int) -> str:
    return str(instances.make_instance("ct", number).SOPInstanceUID)


@pytest.mark.parametrize("transfer_syntax", [discs.EXPLICIT, discs.IMPLICIT, discs.BIG_ENDIAN])
def test_the_offset_points_at_the_first_pixel(transfer_syntax: str) -> None:
    data = discs.ct_slice(1, transfer_syntax, trailing=b"\0" * 10)
    facts = facts_of(data)
    dataset = instances.make_instance("ct", 1)
    assert facts.pixel_data_offset is not None
    assert facts.pixel_data_length == len(dataset.PixelData)
    stored = data[facts.pixel_data_offset : facts.pixel_data_offset + facts.pixel_data_length]
    swapped = transfer_syntax == discs.BIG_ENDIAN
    assert stored[0:2] == (dataset.PixelData[0:2][::-1] if swapped else dataset.PixelData[0:2])
    assert facts.trailing_bytes == 10


def test_offsets_in_a_deflated_stream_are_not_given_out() -> None:
    facts = facts_of(discs.ct_slice(1, discs.DEFLATED))
    assert facts.pixel_data_offset is None
    assert facts.pixel_data_length == 2048
    assert not facts.encapsulated


@pytest.mark.parametrize(
    ("options", "preamble", "has_meta"),
    [
        ({}, "zero", True),
        ({"preamble": None}, "none", True),
        ({"preamble": None, "meta": False}, "none", False),
        ({"preamble": b"MZ\x90"}, "program", True),
        ({"preamble": b"\x7fELF"}, "program", True),
        ({"preamble": b"II*\0"}, "tiff", True),
        ({"preamble": b"something"}, "other", True),
    ],
)
@pytest.mark.parametrize("transfer_syntax", [discs.EXPLICIT, discs.IMPLICIT])
def test_ways_to_begin(options: dict[str, object], preamble: str, has_meta: bool, transfer_syntax: str) -> None:
    record, facts = read_one(discs.ct_slice(2, transfer_syntax, **options), "no-extension")  # type: ignore[arg-type]
    assert record.kind is Kind.DICOM
    assert facts is not None
    assert (facts.preamble, facts.has_file_meta) == (preamble, has_meta)
    assert facts.instance_number == 2
    assert facts.is_image


def test_acr_nema_style_without_any_sop_class() -> None:
    body = (
        element(0x00080010, "SH", b"ACR-NEMA 2.0")
        + element(0x00280010, "US", struct.pack("<H", 4))
        + element(0x00280011, "US", struct.pack("<H", 4))
        + element(0x00280100, "US", struct.pack("<H", 8))
        + element(0x7FE00010, "OW", bytes(16))
    )
    facts = facts_of(element(0x00080000, "UL", struct.pack("<I", 20)) + body)
    assert (facts.rows, facts.columns, facts.sop_class_uid) == (4, 4, "")
    assert not facts.has_file_meta


@pytest.mark.parametrize(
    "data",
    [
        b"\x08\x00\x00\x00UL\x04\x00" + bytes(range(200)),
        b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100" + b"\x08\x00\x08\x00CS\x06\x00A\\B\\CD",
        b"\x08\x00\x01\x00" + bytes(500),
        b"DICM" + bytes(200),
        b"\x02\x00\x00\x00UL\x04\x00\xff\xff\xff\xff" + bytes(100),
        bytes(132) + b"DIC" + bytes(100),
    ],
)
def test_what_only_looks_a_bit_like_dicom_is_not_taken(data: bytes) -> None:
    record, facts = read_one(data)
    assert facts is None
    assert record.kind in (Kind.OTHER, Kind.UNREADABLE)
    assert record.reason


def test_prefix_and_nothing_else_is_unreadable() -> None:
    record, facts = read_one(bytes(128) + b"DICM")
    assert (record.kind, facts) == (Kind.UNREADABLE, None)
    assert "starts like a DICOM file" in record.reason


def test_faults_of_the_file_meta_information_are_told() -> None:
    good = discs.ct_slice()
    assert facts_of(good).meta_faults == ()
    longer = bytearray(good)
    struct.pack_into("<I", longer, 140, struct.unpack_from("<I", good, 140)[0] + 6)
    assert "says the File Meta Information ends at byte" in facts_of(bytes(longer)).meta_faults[0]
    none = instances.encode(instances.make_instance(), ImplementationClassUID=None)
    assert facts_of(none).meta_faults == ("(0002,0012) Implementation Class UID is missing",)
    misspelt = good.replace(b"\x02\0\x02\0UI", b"\x02\0\x02\0ZZ")
    facts = facts_of(misspelt)
    assert facts.meta_faults == ("(0002,0002) has VR b'ZZ'",)
    assert facts.media_storage_sop_class_uid == "1.2.840.10008.5.1.4.1.1.2"
    assert facts.instance_number == 1


def test_a_remembered_start_does_not_leak_into_the_next_file() -> None:
    index = read_index({f"{n}": discs.ct_slice(n) for n in (1, 2, 12, 3)})
    assert [i.media_storage_sop_instance_uid for i in index.instances] == [discs_uid(n) for n in (1, 2, 12, 3)]
    assert all(i.meta_faults == () for i in index.instances)
    assert len({i.data_set_offset for i in index.instances if len(i.sop_instance_uid) % 2 == 0}) <= 2


def test_a_data_set_encoded_otherwise_than_declared_is_read_and_noted() -> None:
    dataset = instances.make_instance()
    wrong = bytes(128) + b"DICM" + instances.file_meta(dataset, discs.EXPLICIT) + instances.data_set_bytes(
        dataset, discs.IMPLICIT
    )  # fmt: skip
    facts = facts_of(wrong)
    assert facts.instance_number == 1
    assert facts.notes == (
        "the transfer syntax says explicit VR little endian, the data set is implicit VR little endian",
    )


def test_absent_is_not_empty() -> None:
    facts = facts_of(instances.encode(instances.make_instance(StudyID="", AccessionNumber=None)))
    assert (facts.study_id, facts.accession_number) == ("", "")
    assert "AccessionNumber" in facts.absent
    assert "StudyID" not in facts.absent
    assert "Rows" not in facts.absent
    assert "DirectoryRecordSequence" not in facts.absent


def test_a_long_header_is_jumped_over_not_read() -> None:
    private = element(0x00290010, "LO", b"MAKER ") + element(0x00291010, "OB", bytes(300_000))
    dataset = instances.make_instance("ct", 5)
    data = instances.encode(dataset)
    at = data.find(b"\xe0\x7f\x10\x00OW")
    data = data[:at] + private + data[at:]
    index = DiscIndex()
    entry = memory_entry(data)
    need = index.add(entry)
    taken = 0
    needs = [need] if need else []
    while needs:
        need = needs.pop()
        taken += need.length
        needs.extend(index.feed(need, data[need.offset : need.offset + need.length]))
    assert taken < 60_000
    facts = index.instances[0]
    assert facts.pixel_data_offset == at + len(private) + 12
    assert facts.truncated == ""


def test_sequences_of_undefined_length_are_walked_over() -> None:
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + element(0x00080060, "CS", b"XX") + b"\xfe\xff\x0d\xe0\0\0\0\0"
    inner = element(0x00081140, "SQ", item, length=0xFFFFFFFF) + b"\xfe\xff\xdd\xe0\0\0\0\0"
    outer_item = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(inner)) + inner
    sequence = element(0x00081115, "SQ", outer_item * 300, length=0xFFFFFFFF) + b"\xfe\xff\xdd\xe0\0\0\0\0"
    data = discs.ct_slice(4)
    at = data.find(b"\x10\x00\x10\x00PN")
    facts = facts_of(data[:at] + sequence + data[at:])
    assert facts.modality == "CT"
    assert facts.is_image
    big = data[:at] + sequence.replace(outer_item * 300, outer_item * 3000) + data[at:]
    assert facts_of(big).instance_number == 4


def test_a_name_in_a_wrong_vr_is_read_all_the_same() -> None:
    data = discs.ct_slice().replace(b"\x10\x00\x20\x00LO", b"\x10\x00\x20\x00SH")
    assert facts_of(data).patient_id == facts_of(discs.ct_slice()).patient_id


def test_a_number_that_is_none_goes_through_pydicom_and_is_noted() -> None:
    data = discs.ct_slice(7)
    at = data.find(b"\x20\x00\x13\x00IS\x02\x00")
    facts = facts_of(data[: at + 8] + b"?!" + data[at + 10 :])
    assert facts.instance_number is None
    assert facts.notes == ("(0020,0013) InstanceNumber cannot be read: ValueError",)
    assert facts.rows == 32


def test_dicom_is_told_without_name_or_extension() -> None:
    for name in ("DICOMDIR", "picture.jpg", "x", "a.exe"):
        record, _ = read_one(discs.ct_slice(), name)
        assert record.kind is Kind.DICOM


def test_facts_of_other_objects() -> None:
    files = {
        kind: instances.encode(instances.make_instance(kind))
        for kind in ("us_rgb", "palette", "mono1", "multiframe", "enhanced_ct", "dose_report", "pdf", "pet")
    }
    by_kind = dict(zip(files, read_index(files).instances, strict=True))
    assert (by_kind["us_rgb"].samples_per_pixel, by_kind["us_rgb"].photometric_interpretation) == (3, "RGB")
    assert by_kind["palette"].has_palette
    assert by_kind["mono1"].imager_pixel_spacing_mm == (0.2, 0.2)
    assert by_kind["multiframe"].number_of_frames == 4
    assert by_kind["enhanced_ct"].has_functional_groups
    assert not by_kind["dose_report"].is_image
    assert not by_kind["pdf"].is_image
    assert by_kind["pet"].modality == "PT"


def test_facts_are_shared_between_the_instances_of_a_series() -> None:
    index = read_index(discs.ct_series(3))
    first, second, _ = index.instances
    for name in ("series_instance_uid", "patient_name", "image_orientation", "pixel_spacing_mm", "absent"):
        assert getattr(first, name) is getattr(second, name)


def test_a_compressed_instance_says_where_its_fragments_begin() -> None:
    data = discs.ct_slice(2, discs.RLE)
    facts = facts_of(data)
    assert facts.encapsulated
    assert facts.pixel_data_length is None
    assert facts.pixel_data_offset is not None
    assert data[facts.pixel_data_offset : facts.pixel_data_offset + 4] == b"\xfe\xff\x00\xe0"


def test_what_is_kept_of_an_instance_stays_below_two_kilobytes() -> None:
    series = [discs.ct_slice(n) for n in range(1, 41)]
    index = DiscIndex()
    count = 600
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(count):
            data = series[number % 40].replace(b"2.25.", b"2.%02d." % (number // 40 + 10))
            path = f"DICOM/PT000000/ST000000/SE000000/IM{number:06d}"
            need = index.add(Entry(number, path, len(data), nothing))
            assert need
            assert index.feed(need, data) == []
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert index.counts()["images"] == count
    assert kept / count < 2048


def nothing(offset: int, length: int) -> bytes:
    return b""
