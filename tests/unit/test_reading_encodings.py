"""Encodings off the beaten track: UN of undefined length, private syntaxes, ACR-NEMA, zlib headers, wrong lengths."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pydicom
import pytest

import discs
import instances
from exports import export, open_files, re_read
from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, data_set_bytes, file_meta, make_instance, pattern
from reading_help import element, facts_of, read_one
from reading_reference import differences
from scanfolio.model import Kind
from scanfolio.pixels.frame import stored_values
from scanfolio.reading.dataset import read_dataset
from scanfolio.reading.deflated import has_zlib_header
from scanfolio.reading.facts import Converter

ITEM, ITEM_END, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"
UNDEFINED = b"\xff\xff\xff\xff"
NAME = b"\x10\x00\x10\x00PN"


def implicit(tag: int, value: bytes) -> bytes:
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value


def before_the_name(what: bytes, data: bytes = b"") -> bytes:
    data = data or discs.ct_slice(5)
    at = data.index(NAME)
    return data[:at] + what + data[at:]


def sequence(vr: bytes, *items: bytes, tag: bytes = b"\x09\x00\x02\x10") -> bytes:
    return tag + vr + b"\0\0" + UNDEFINED + b"".join(items) + SEQUENCE_END


def open_item(content: bytes) -> bytes:
    return ITEM + UNDEFINED + content + ITEM_END


def closed_item(content: bytes) -> bytes:
    return ITEM + struct.pack("<I", len(content)) + content


NESTED = implicit(0x00090010, b"GEMS") + struct.pack("<HH", 9, 0x1001) + UNDEFINED
NESTED += open_item(implicit(0x00080100, b"ABCD")) + SEQUENCE_END
LEFT_EXPLICIT = element(0x00080100, "SH", b"ABCD") + element(0x00080102, "SH", b"DCM ")
FRAGMENTS = ITEM + b"\0\0\0\0" + ITEM + b"\x04\0\0\0abcd"

ELEMENTS = {
    "UN, implicit items without length": sequence(b"UN", open_item(NESTED)),
    "UN, implicit items with length": sequence(b"UN", closed_item(NESTED)),
    "UN, items left explicit": sequence(b"UN", open_item(LEFT_EXPLICIT)),
    "UN, items left explicit, with length": sequence(b"UN", closed_item(LEFT_EXPLICIT)),
    "UN, first explicit, then implicit": sequence(b"UN", open_item(LEFT_EXPLICIT), open_item(NESTED)),
    "UN without items": sequence(b"UN"),
    "UN in SQ": sequence(b"SQ", open_item(sequence(b"UN", open_item(NESTED)))),
    "UN in SQ, left explicit": sequence(b"SQ", open_item(sequence(b"UN", open_item(LEFT_EXPLICIT)))),
    "empty items": sequence(b"SQ", open_item(b""), closed_item(b"")),
    "SQ in SQ in SQ": sequence(b"SQ", open_item(sequence(b"SQ", open_item(sequence(b"SQ", closed_item(b"")))))),
    "private fragments": sequence(b"OB", FRAGMENTS),
    "fragments in SQ": sequence(b"SQ", open_item(sequence(b"OB", FRAGMENTS))),
    "wrong group length": element(0x00100000, "UL", b"\x07\0\0\0"),
}


@pytest.mark.parametrize("what", ELEMENTS.values(), ids=ELEMENTS)
def test_what_stands_before_the_name_hides_nothing_behind_it(what: bytes) -> None:
    data = before_the_name(what)
    facts = facts_of(data)
    assert (facts.truncated, facts.patient_name, facts.instance_number) == ("", "SCANFOLIO^SAMPLE", 5)
    assert (facts.rows, facts.pixel_data_length) == (32, 2048)
    assert differences(data, Converter()) in ({}, None)
    plain = before_the_name(b"")
    assert facts.pixel_data_offset == (facts_of(plain).pixel_data_offset or 0) + len(what)


@pytest.mark.parametrize("items", [open_item(NESTED), closed_item(NESTED)])
def test_an_implicit_private_sequence_of_undefined_length(items: bytes) -> None:
    data = discs.ct_slice(5, IMPLICIT)
    at = data.index(b"\x10\x00\x10\x00\x10\0\0\0SCANFOLIO")
    private = struct.pack("<HH", 9, 0x1002) + UNDEFINED + items + SEQUENCE_END
    data = data[:at] + private + data[at:]
    assert differences(data, Converter()) == {}
    assert facts_of(data).instance_number == 5


@pytest.mark.parametrize(("little", "order"), [(True, "<"), (False, ">")])
def test_un_in_big_endian(little: bool, order: str) -> None:
    """By the Standard its items are little endian all the same; some writers turn them round with the rest."""
    tags = [(0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)]
    item, item_end, end = (struct.pack(order + "HH", *tag) for tag in tags)
    content = struct.pack(order + "HHI", 8, 0x100, 4) + b"ABCD"
    what = b"\0\x09\x10\x02UN\0\0" + UNDEFINED + item + UNDEFINED + content
    what += item_end + bytes(4) + end + bytes(4)
    data = discs.ct_slice(5, BIG_ENDIAN)
    at = data.index(b"\0\x10\0\x10PN")
    facts = facts_of(data[:at] + what + data[at:])
    assert (facts.truncated, facts.instance_number, facts.rows) == ("", 5, 32)


def with_syntax(data_set: bytes, transfer_syntax: str) -> bytes:
    return bytes(128) + b"DICM" + file_meta(make_instance("ct", 5), transfer_syntax) + data_set


@pytest.mark.parametrize(
    ("transfer_syntax", "encoding"), [("1.2.840.113619.5.2", IMPLICIT), ("1.2.3.4.5", EXPLICIT), ("", EXPLICIT)]
)
def test_private_transfer_syntaxes(transfer_syntax: str, encoding: str) -> None:
    data = with_syntax(data_set_bytes(make_instance("ct", 5), encoding), transfer_syntax)
    facts = facts_of(data)
    assert facts.transfer_syntax_uid == transfer_syntax
    assert facts.instance_number == 5
    assert not any("transfer syntax says" in note for note in facts.notes)


def acr_nema(recognition_code: bytes = b"ACR-NEMA 2.0", lengths: bool = True) -> bytes:
    """A CT slice as they were written before DICOM: no UIDs, group lengths, data set subtype, rows and columns."""
    head = implicit(0x00080000, struct.pack("<I", 0x100)) + implicit(0x00080001, struct.pack("<I", 9999))
    values = [
        (0x00080010, recognition_code), (0x00080040, b"\0\0"), (0x00080060, b"CT"), (0x00100010, b"DOE^JOHN"),
        (0x00200013, b"7 "), (0x00280005, b"\2\0"), (0x00280010, b"\x20\0"), (0x00280011, b"\x20\0"),
        (0x00280100, b"\x10\0"), (0x00280101, b"\x0c\0"), (0x00280102, b"\x0b\0"), (0x00280103, b"\0\0"),
        (0x7FE00000, struct.pack("<I", 2056)), (0x7FE00010, pattern(7).tobytes()),
    ]  # fmt: skip
    return (head if lengths else b"") + b"".join(implicit(tag, value) for tag, value in values)


@pytest.mark.parametrize("code", [b"ACR-NEMA 1.0", b"ACR-NEMA 2.0", b"ACRNEMA V2  "])
@pytest.mark.parametrize("lengths", [True, False])
def test_acr_nema_is_read_and_shown(code: bytes, lengths: bool) -> None:
    opened = open_files({"A": acr_nema(code, lengths)})
    (facts,) = opened.disc.instances
    assert (facts.preamble, facts.has_file_meta, facts.sop_class_uid) == ("none", False, "")
    assert (facts.modality, facts.patient_name, facts.instance_number, facts.truncated) == ("CT", "DOE^JOHN", 7, "")
    assert np.array_equal(stored_values(opened.index.entries[0], facts, 0), pattern(7))


def test_a_deflated_data_set_with_a_zlib_header_is_read_told_and_exported() -> None:
    plain = data_set_bytes(make_instance("ct", 5), EXPLICIT)
    data = with_syntax(zlib.compress(plain), DEFLATED)
    facts = facts_of(data)
    assert (facts.instance_number, facts.truncated) == (5, "")
    assert any("zlib header" in fault for fault in facts.meta_faults)
    opened = open_files({"A": data})
    assert np.array_equal(stored_values(opened.index.entries[0], facts, 0), pattern(5))
    assert read_dataset(opened.index.entries[0]).PixelData == pattern(5).tobytes()
    exported = export({"A": data})
    assert re_read(exported).ok
    assert exported.only().endswith(plain)


def test_a_bare_stream_is_never_taken_for_one_with_a_header() -> None:
    assert has_zlib_header(zlib.compress(b"abc"))
    for level in (0, 1, 6, 9):
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        assert not has_zlib_header(packer.compress(b"abc" * 50) + packer.flush())
    stored = b"\x78\x9c\xff\x63\x00"  # a stored block of 65436 bytes whose padding bits spell the header
    assert not has_zlib_header(stored)
    assert not has_zlib_header(b"\x78\x9c")


def test_trailing_bytes_are_counted_not_read() -> None:
    for behind, count in ((bytes(500), 500), (element(0xFFFCFFFC, "OB", bytes(100)), 112), (b"\n", 1)):
        facts = facts_of(discs.ct_slice(5) + behind)
        assert (facts.trailing_bytes, facts.truncated) == (count, "")


def test_the_whole_data_set_keeps_what_stands_behind_such_elements() -> None:
    for name, what in ELEMENTS.items():
        opened = open_files({"A": before_the_name(what)})
        dataset = read_dataset(opened.index.entries[0])
        assert dataset.get("Rows") == 32, name
        assert str(dataset.PatientName) == "SCANFOLIO^SAMPLE", name


def test_ways_to_begin_without_a_readable_group_0002() -> None:
    """With the prefix but without group 0002, in all encodings; group 0002 itself in big endian."""
    dataset = make_instance("ct", 5)
    meta = b"\0\2\0\0UL\0\4" + struct.pack(">I", 28) + b"\0\2\0\x10UI\0\x14" + b"1.2.840.10008.1.2.2\0"
    for data_set in (*(data_set_bytes(dataset, ts) for ts in (EXPLICIT, IMPLICIT, BIG_ENDIAN)),
                     meta + data_set_bytes(dataset, BIG_ENDIAN)):  # fmt: skip
        record, facts = read_one(bytes(128) + b"DICM" + data_set)
        assert facts is not None
        assert (record.kind, facts.instance_number, facts.rows) == (Kind.DICOM, 5, 32)
        assert facts.meta_faults


def implicit_meta(syntax: str, group_length: bool) -> bytes:
    """Group 0002 as a writer puts it that encodes everything in Implicit VR Little Endian."""
    ds = make_instance("ct", 5)
    values = [(1, b"\0\1"), *((n, v.encode() + b"\0" * (len(v) % 2)) for n, v in (
        (2, ds.SOPClassUID), (3, ds.SOPInstanceUID), (0x10, syntax), (0x12, "1.2.3"), (0x13, "MADE UP")))]  # fmt: skip
    body = b"".join(struct.pack("<HHI", 2, number, len(value)) + value for number, value in values)
    return (struct.pack("<HHII", 2, 0, 4, len(body)) if group_length else b"") + body


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
@pytest.mark.parametrize("group_length", [True, False])
@pytest.mark.parametrize("before", [b"", b"DICM", bytes(128) + b"DICM"], ids=["nothing", "DICM", "preamble"])
def test_group_0002_without_vrs_is_read_and_noted(before: bytes, group_length: bool, syntax: str) -> None:
    dataset = make_instance("ct", 5)
    data = before + implicit_meta(syntax, group_length) + data_set_bytes(dataset, syntax)
    record, facts = read_one(data)
    assert facts is not None, record.reason
    assert (record.kind, facts.instance_number, facts.rows, facts.truncated) == (Kind.DICOM, 5, 32, "")
    assert (facts.transfer_syntax_uid, facts.media_storage_sop_instance_uid) == (syntax, dataset.SOPInstanceUID)
    assert "the File Meta Information has no VRs: it is implicit VR little endian" in facts.meta_faults
    assert not any("impossible" in fault or "ends at byte" in fault for fault in facts.meta_faults)
    assert any("Group Length is missing" in fault for fault in facts.meta_faults) is not group_length
    opened = open_files({"A": data})
    assert np.array_equal(stored_values(opened.index.entries[0], opened.disc.instances[0], 0), pattern(5))
    exported = export({"A": data})
    assert re_read(exported).ok
    again = pydicom.dcmread(io.BytesIO(exported.only()))
    assert (again.SOPInstanceUID, again.file_meta.MediaStorageSOPInstanceUID) == (dataset.SOPInstanceUID,) * 2
    assert np.array_equal(again.pixel_array, pattern(5))


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED])
def test_a_file_that_begins_with_its_prefix_keeps_its_pixels(syntax: str) -> None:
    data = instances.encode(make_instance("ct", 5), syntax)[128:]
    opened = open_files({"A": data})
    assert np.array_equal(stored_values(opened.index.entries[0], opened.disc.instances[0], 0), pattern(5))
    assert "PixelData" in read_dataset(opened.index.entries[0])
    exported = export({"A": data})
    assert re_read(exported).ok
    assert np.array_equal(pydicom.dcmread(io.BytesIO(exported.only())).pixel_array, pattern(5))


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<HHII", 2, 0, 4, 100) + bytes(300),
        struct.pack("<HHI", 2, 0x10, 5000) + bytes(6000),
        struct.pack("<HHII", 2, 0x99, 4, 0) + struct.pack("<HHI", 8, 8, 2) + bytes(300),
    ],
)
def test_what_only_begins_like_group_0002_without_vrs_is_no_image(data: bytes) -> None:
    record, facts = read_one(data)
    assert facts is None
    assert record.reason


def test_pydicom_reads_the_same_from_what_we_build_here() -> None:
    """The inputs are what they are meant to be: the reference finds the private sequence in them."""
    data = before_the_name(ELEMENTS["UN, implicit items without length"])
    dataset = pydicom.dcmread(io.BytesIO(data))
    assert dataset[0x0009, 0x1002].value[0][0x0009, 0x1001].value[0][0x0008, 0x0100].value == "ABCD"
    assert dataset.file_meta.TransferSyntaxUID == instances.EXPLICIT
