"""DICOM inside other files: packed with gzip, behind bytes that do not belong to it. Read, shown and exported as is."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

import discs
import instances
from exports import export, open_files, re_read
from facts import judged
from reading_help import CORPUS, facts_of, read_disc, read_index, read_one
from scanfolio.model import Kind
from scanfolio.pixels.frame import stored_values
from scanfolio.reading.index import DiscIndex
from scanfolio.rules.outcome import State
from scanfolio.session import Session
from scanfolio.source import inside
from scanfolio.source.entry import Entry
from scanfolio.source.inside import Unpacking, measured, unpacked


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize("transfer_syntax", [*instances.NATIVE, instances.RLE])
def test_a_file_in_gzip_is_read_as_the_one_inside(transfer_syntax: str) -> None:
    data = discs.ct_slice(3, transfer_syntax)
    record, facts = read_one(packed(data), "IM3.dcm.gz")
    assert (record.kind, record.signature, record.reason) == (Kind.DICOM, "DICOM instance in gzip", "")
    assert record.size == len(packed(data))
    assert facts is not None
    plain = facts_of(data)
    for name in ("size", "sop_instance_uid", "data_set_offset", "pixel_data_offset", "instance_number", "truncated"):
        assert getattr(facts, name) == getattr(plain, name), name


@pytest.mark.parametrize("transfer_syntax", [instances.EXPLICIT, instances.BIG_ENDIAN, instances.RLE])
def test_its_pixels_are_those_of_the_file_inside(transfer_syntax: str) -> None:
    opened = open_files({"A.gz": packed(discs.ct_slice(1, transfer_syntax))})
    values = stored_values(opened.index.entries[0], opened.disc.instances[0], 0)
    assert np.array_equal(values, instances.pattern(1))


def test_a_disc_of_them_is_exported_byte_for_byte() -> None:
    plain = discs.ct_series(3)
    exported = export({f"{path}.gz": packed(data) for path, data in plain.items()})
    verification = re_read(exported)
    assert verification.ok
    assert verification.identical == 3
    sets = {data[facts_of(data).data_set_offset :] for data in plain.values()}
    written = [data for path, data in exported.files.items() if path.startswith("DICOM/")]
    assert {data[facts_of(data).data_set_offset :] for data in written} == sets


def test_the_page_is_told_where_in_the_file_it_holds_the_pixels_lie() -> None:
    """Offsets count in what is inside: taken for those of the file, other bytes would be shown as a picture."""
    displaced = b"HTTP/1.1 200 OK\r\n\r\n" + discs.ct_slice(2)
    session = Session("disc")
    session.index = read_index({"A": packed(discs.ct_slice(1)), "B": displaced, "C": discs.ct_slice(3)})
    session.finish()
    first, second, third = session.disc.instances
    listed = session.series(first.series_instance_uid)
    assert [place >= 0 for place in listed["recipe_of"]] == [False, True, True]
    recipe, values = session.frame(first.sop_instance_uid, 0)
    assert values is not None
    assert recipe["location"] is None
    assert np.array_equal(session.stored_values(first.sop_instance_uid, 0), instances.pattern(1))
    offset, length = listed["offsets"][1], listed["lengths"][1]
    sliced = np.frombuffer(displaced[offset : offset + length], "<u2")
    assert np.array_equal(sliced.reshape(instances.pattern(2).shape), instances.pattern(2))
    assert session.frame(second.sop_instance_uid, 0)[0]["location"]["offset"] == offset
    assert session.frame(third.sop_instance_uid, 0)[1] is None


def test_a_cut_gzip_keeps_what_is_there_and_says_what_is_not() -> None:
    noise = np.random.default_rng(1).integers(0, 4096, (64, 64), np.uint16)
    data = packed(discs.ct_slice(1, pixels=noise))
    for cut, said in ((-6, "the gzip file is cut short"), (-700, "the file ends after")):
        record, facts = read_one(data[:cut], "A.gz")
        assert record.kind is Kind.DICOM
        assert facts is not None
        assert facts.instance_number == 1
        assert said in facts.truncated


def test_a_gzip_with_a_wrong_checksum_is_said_to_be_damaged() -> None:
    data = bytearray(packed(discs.ct_slice(1)))
    data[-6] ^= 1
    _, facts = read_one(bytes(data), "A.gz")
    assert facts is None or "the gzip file is damaged" in facts.truncated


def test_a_gzip_bomb_is_refused() -> None:
    head = discs.ct_slice(1)
    record, facts = read_one(packed(head + bytes(130 << 20)), "A.gz")
    assert facts is None
    assert (record.kind, record.signature) == (Kind.UNREADABLE, "gzip archive")
    assert "more than we can hold" in record.reason


def test_other_gzip_files_stay_archives() -> None:
    nifti = b"\x5c\x01\0\0" + bytes(340) + b"n+1\0" + bytes(3000)
    for data, kind, signature in (
        (b"a letter", Kind.ARCHIVE, "gzip archive"),
        (bytes(257) + b"ustar\x0000" + bytes(300), Kind.ARCHIVE, "gzip archive"),
        (nifti, Kind.OTHER, "NIfTI image in gzip"),
    ):
        record, facts = read_one(packed(data), "X.gz")
        assert (record.kind, record.signature, facts) == (kind, signature, None)


def test_a_gzip_file_is_read_at_any_place_with_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "KEEP_BYTES", 200_000)
    monkeypatch.setattr(inside, "DROP_BYTES", 60_000)
    data = bytes((n * 7919 >> 5) & 0xFF for n in range(900_000))
    whole = packed(data)
    reads = []

    def read(offset: int, length: int) -> bytes:
        reads.append(offset)
        return whole[offset : offset + length]

    assert measured(whole) == (len(data), "")
    entry = unpacked(Entry(0, "A.gz", len(whole), read), len(data))
    for offset, length in ((0, 10), (850_000, 60_000), (400_000, 5), (899_999, 50), (900_000, 1), (3, 300_000)):
        assert entry.read(offset, length) == data[offset : offset + length]
        assert isinstance(entry.read, Unpacking)
        assert len(entry.read._data) <= 200_000 + 300_000 + 60_000 + inside.STEP_BYTES
    for n in range(6):
        other = unpacked(Entry(n, "B.gz", len(whole), read), len(data))
        assert other.read(10, 10) == data[10:20]
    assert len(Unpacking._recent) <= inside.READERS_KEPT
    assert len(entry.read._data) == 0


HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: 5000\r\n\r\n"
MAC_BINARY = b"\0\x08IM000001" + bytes(118)


@pytest.mark.parametrize("before", [b" ", b"\0" * 12, b"\xef\xbb\xbf", HTTP, MAC_BINARY, bytes(range(256)) * 20])
def test_bytes_before_the_preamble_are_told_and_the_image_is_read(before: bytes) -> None:
    data = discs.ct_slice(4)
    record, facts = read_one(before + data)
    assert facts is not None
    assert (record.kind, record.signature) == (Kind.DICOM, "DICOM instance, displaced")
    assert f"at byte {len(before) + 128:,}" in record.reason
    assert facts.meta_faults[0].startswith(f"DICM stands at byte {len(before) + 128}")
    assert facts.instance_number == 4
    opened = open_files({"A": before + data})
    assert np.array_equal(stored_values(opened.index.entries[0], opened.disc.instances[0], 0), instances.pattern(4))
    exported = export({"A": before + data})
    assert re_read(exported).ok
    assert facts_of(exported.only()).meta_faults == ()


@pytest.mark.parametrize("length", [0, 1, 64, 127])
def test_a_preamble_that_is_too_short(length: int) -> None:
    data = bytes(length) + discs.ct_slice(4)[128:]
    record, facts = read_one(data)
    assert facts is not None
    assert facts.instance_number == 4
    if length:
        assert f"at byte {length}." in record.reason
        assert facts.meta_faults[0].startswith(f"DICM stands at byte {length},")


def test_the_prefix_at_an_odd_place_in_an_otherwise_right_file() -> None:
    data = discs.ct_slice(4)
    record, facts = read_one(bytes(64) + b"DICM" + bytes(64) + data[132:])
    assert facts is not None
    assert "at byte 64." in record.reason
    assert facts.transfer_syntax_uid == instances.EXPLICIT


def test_a_bare_data_set_behind_a_stray_byte() -> None:
    bare = discs.ct_slice(4, preamble=None, meta=False)
    record, facts = read_one(b" " + bare)
    assert facts is not None
    assert facts.instance_number == 4
    assert "at byte 1." in record.reason


def test_several_images_in_one_unknown_file_are_not_passed_over_in_silence() -> None:
    record, _ = read_one(b"PACK" * 10 + discs.ct_slice(1) + discs.ct_slice(2))
    assert "There may be more behind it" in record.reason


def test_a_table_of_contents_behind_other_bytes_or_in_gzip_is_still_one() -> None:
    files = discs.files_of("clean")
    disc = read_disc({**files, "DICOMDIR": b"\xef\xbb\xbf" + files["DICOMDIR"]})
    assert disc.files[list(files).index("DICOMDIR")].kind is Kind.DICOMDIR
    assert disc.dicomdirs[0].usable
    assert disc.dicomdirs[0].faults == ("the file is damaged: DICM stands at byte 131, not where PS3.10 7.1 puts it",)
    assert read_disc({"DICOMDIR": packed(files["DICOMDIR"])}).dicomdirs[0].faults == ()


def test_damage_further_on_in_a_gzip_file_does_not_hide_what_is_in_it() -> None:
    noise = np.random.default_rng(1).integers(0, 4096, (64, 64), np.uint16)
    data = bytearray(packed(discs.ct_slice(1, pixels=noise)))
    data[len(data) * 3 // 4] ^= 0xFF
    record, facts = read_one(bytes(data), "A.gz")
    assert record.kind is Kind.DICOM
    assert facts is not None
    assert facts.truncated


def test_what_cannot_be_read_from_there_is_said_to_be_damaged_and_where() -> None:
    data = discs.ct_slice(4)
    record, facts = read_one(b"?" * 33 + data[:140])
    assert facts is None
    assert (record.kind, record.signature) == (Kind.UNREADABLE, "damaged DICOM file")
    assert "at byte 161." in record.reason


@pytest.mark.parametrize(
    "start",
    [
        b'Content-Type: multipart/related; type="application/dicom"; boundary=X\r\n\r\n--X\r\n'
        b"Content-Type: application/dicom\r\n\r\n",
        b"--X\r\nContent-Type: application/dicom\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: multipart/related; boundary=X\r\n\r\n--X\r\n"
        b"Content-Type: application/dicom\r\n\r\n",
    ],
)
def test_a_multipart_message_is_said_to_hold_dicom_and_not_read_as_its_first_part(start: bytes) -> None:
    message = start + discs.ct_slice(1) + b"\r\n--X\r\n\r\n" + discs.ct_slice(2) + b"\r\n--X--\r\n"
    record, facts = read_one(message, "studies")
    assert facts is None
    assert (record.kind, record.signature) == (Kind.ARCHIVE, "message with DICOM attached (MIME)")
    assert "attached" in record.reason


def test_an_e_mail_with_dicom_attached_and_one_without() -> None:
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\n"
    with_image = head + b'Content-Type: application/octet-stream; name="IM1.dcm"\r\n\r\nSUkqAA=='
    assert read_one(with_image, "a.eml")[0].signature == "message with DICOM attached (MIME)"
    record, _ = read_one(head + b"Content-Type: text/plain\r\n\r\nhello", "a.eml")
    assert (record.kind, record.signature) == (Kind.DOCUMENT, "message (MIME)")
    record, _ = read_one(b"Content-Type: is a header.\r\nThis is a text about it.\r\n", "a.txt")
    assert (record.kind, record.signature) == (Kind.DOCUMENT, "text")


def test_the_first_bytes_of_what_nobody_knows_are_kept() -> None:
    record, _ = read_one(b"\x01\x02PVW\xff" + bytes(range(7, 200)), "A.PVW")
    assert (record.signature, record.first_bytes) == ("unknown", "01 02 50 56 57 FF 07 08 09 0A 0B 0C 0D 0E 0F 10")
    assert read_one(discs.ct_slice(1))[0].first_bytes == ""
    assert read_one(b"hello")[0].first_bytes == ""
    damaged, _ = read_one(bytes(128) + b"DICM" + b"\xff" * 40)
    assert damaged.first_bytes == "00 " * 15 + "00"


def test_the_gzip_files_of_the_corpus() -> None:
    files = {path.name: path.read_bytes() for path in sorted(CORPUS.rglob("*.gz"))} if CORPUS.is_dir() else {}
    if not files:
        pytest.skip("no corpus beside the repository")
    disc = read_disc(files)
    assert [record.signature for record in disc.files] == ["DICOM instance in gzip"] * len(files)
    index = read_index(files)
    for instance in disc.instances:
        assert instance.truncated == ""
        values = stored_values(index.entries[instance.entry_id], instance, 0)
        assert values.shape == (instance.rows, instance.columns)


def test_a_read_error_inside_a_gzip_file_costs_that_file_only() -> None:
    data = packed(discs.ct_slice(1, pixels=np.random.default_rng(1).integers(0, 4096, (128, 128), np.uint16)))
    index = DiscIndex()
    need = index.add(Entry(0, "A.gz", len(data), lambda offset, length: data[offset : offset + length]))
    assert need
    needs = index.feed(need, data[: need.length])
    assert [(n.offset, n.length) for n in needs] == [(0, len(data))]
    assert index.feed(needs[0], None, "The disc was taken out.") == []
    assert (index.files[0].kind, index.files[0].reason) == (Kind.UNREADABLE, "The disc was taken out.")


def test_measuring_stops_where_a_stream_is_broken() -> None:
    stream = bytearray(packed(bytes((n * 7919 >> 5) & 0xFF for n in range(400_000))))
    stream[len(stream) // 2] ^= 0xFF
    size, wrong = measured(bytes(stream))
    assert size < 400_000
    assert wrong
    entry = unpacked(Entry(0, "A", len(stream), lambda o, n: bytes(stream[o : o + n])), size)
    assert len(entry.read(0, 400_000)) == size


@pytest.mark.parametrize("wrap", [packed, lambda data: b"\0" * 128 + data], ids=["gzip", "displaced"])
def test_a_disc_whose_images_only_we_can_unpack_is_never_called_fine(wrap) -> None:  # type: ignore[no-untyped-def]
    """Even where a table of contents names them and every header inside is right."""
    files = discs.files_of("clean")
    whole = judged(read_disc(files))
    disc = read_disc({path: data if path == "DICOMDIR" else wrap(data) for path, data in files.items()})
    report = judged(disc)
    assert len(disc.instances) == len(read_disc(files).instances)
    assert report.verdict.letter in "BC"
    assert {o.rule for o in report.outcomes if o.state is State.FAILED} >= {"F01"}
    assert "F01" not in {o.rule for o in whole.outcomes if o.state is State.FAILED}
    answers = [r.as_dict("en")["as_is"]["answer"] for r in report.receivers]
    assert "yes" not in answers
    assert "yes" in [r.as_dict("en")["as_is"]["answer"] for r in whole.receivers]
