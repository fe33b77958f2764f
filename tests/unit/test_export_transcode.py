"""What happens to a data set: copied, re-encoded with the same elements, decompressed with the same pixels."""

from __future__ import annotations

import io
import struct

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence

from discs import NEEDS_IMAGECODECS, files_of
from exports import data_set, export, re_read, read
from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, RLE, compress, encode, make_instance
from scanfolio.errors import ReadingError
from scanfolio.export.elements import (
    MoreNeeded,
    edit,
    element,
    elements_end,
    read_elements,
    read_items,
    sequence,
)
from scanfolio.export.file_meta import IMPLEMENTATION_CLASS_UID, file_meta
from scanfolio.export.pixels import is_lossy
from scanfolio.export.reencode import dictionary_vr, inflate, re_encode


def rich(order: str = "<") -> Dataset:
    """A CT with what re-encoding gets wrong easily: private data, nested sequences, signed limits, tables."""
    ds = make_instance("ct", 1)
    item = Dataset()
    item.add_new(0x00091010, "LO", "private inside")
    item.add_new(0x00090010, "LO", "SCANFOLIO TESTS")
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "2.25.5"
    nested = Dataset()
    nested.CodeValue, nested.CodingSchemeDesignator, nested.CodeMeaning = "1", "99X", "odd"
    item.PurposeOfReferenceCodeSequence = Sequence([nested])
    ds.ReferencedImageSequence = Sequence([item, Dataset()])
    ds.add_new(0x00090010, "LO", "SCANFOLIO TESTS")
    ds.add_new(0x00091001, "OB", b"\1\2\3\4")
    ds.PixelRepresentation = 1
    ds.add_new(0x00280106, "SS", -1024)
    lut = Dataset()
    lut.LUTDescriptor, lut.ModalityLUTType = [4, 0, 16], "US"
    lut[0x00283002].VR = "US"
    lut.add(DataElement(0x00283006, "OW", struct.pack(f"{order}4H", 1, 2, 3, 4)))
    ds.ModalityLUTSequence = Sequence([lut])
    ds.add_new(0x00720076, "FL", [1.5, -2.25])
    ds.add_new(0x00280009, "AT", 0x00181063)
    return ds


def test_explicit_little_endian_is_copied_byte_for_byte() -> None:
    original = encode(rich(), EXPLICIT, preamble=b"II*\0" + bytes(124))
    copy = export({"A": original}).only()
    assert data_set(copy) == data_set(original)
    assert copy[:132] == bytes(128) + b"DICM"
    assert read(copy).file_meta.ImplementationClassUID == IMPLEMENTATION_CLASS_UID


def test_file_meta_follows_the_data_set() -> None:
    wrong = pydicom.dcmread(io.BytesIO(encode(make_instance("ct", 1))))
    wrong.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    buffer = io.BytesIO()
    wrong.save_as(buffer)
    exported = export({"A": buffer.getvalue()})
    assert read(exported.only()).file_meta.MediaStorageSOPInstanceUID == wrong.SOPInstanceUID
    assert re_read(exported).ok


def test_group_length_of_the_file_meta() -> None:
    head = file_meta("1.2.840.10008.5.1.4.1.1.2", "2.25.123", EXPLICIT)
    assert struct.unpack_from("<I", head, 140)[0] == len(head) - 144
    assert len(head) % 2 == 0


@pytest.mark.parametrize("syntax", [IMPLICIT, BIG_ENDIAN, DEFLATED])
def test_re_encoding_keeps_every_element(syntax: str) -> None:
    exported = export({"A": encode(rich(">" if syntax == BIG_ENDIAN else "<"), syntax)})  # pydicom turns no OW round
    copy, original = read(exported.only()), rich()
    assert copy.file_meta.TransferSyntaxUID == EXPLICIT
    assert [e.tag for e in copy] == [e.tag for e in original]
    for before, after in zip(original, copy, strict=True):
        if before.tag.is_private and not before.tag.is_private_creator and syntax == IMPLICIT:
            assert after.VR in ("UN", before.VR)  # Implicit VR does not tell; UN is what PS3.5 6.2.2 asks for
            continue
        assert after.VR == before.VR, before
        if before.VR != "SQ":
            assert after.value == before.value, before
    assert copy.ReferencedImageSequence[0].PurposeOfReferenceCodeSequence[0].CodeMeaning == "odd"
    assert copy.ReferencedImageSequence[0][0x00091010].value in ("private inside", b"private inside")
    assert len(copy.ReferencedImageSequence) == 2
    assert copy.ModalityLUTSequence[0].LUTData == struct.pack("<4H", 1, 2, 3, 4)
    assert copy.SmallestImagePixelValue == -1024
    assert re_read(exported).ok


def test_malformed_values_keep_their_bytes() -> None:
    raw = encode(make_instance("ct", 1), IMPLICIT)
    at = raw.index(struct.pack("<HH", 0x0018, 0x0050))
    length = struct.unpack_from("<I", raw, at + 4)[0]
    exported = export({"A": raw[: at + 8] + b"x" * length + raw[at + 8 + length :]})
    assert read(exported.only()).get_item(0x00180050).value == b"x" * length
    assert re_read(exported).ok


def test_group_lengths_are_left_out_when_they_would_lie() -> None:
    raw = encode(make_instance("ct", 1), IMPLICIT)
    start = 144 + struct.unpack_from("<I", raw, 140)[0]
    with_length = raw[:start] + struct.pack("<HHII", 0x0008, 0, 4, 999) + raw[start:]
    exported = export({"A": with_length})
    assert 0x00080000 not in read(exported.only())
    assert re_read(exported).ok


def test_bytes_behind_the_data_set_are_cut_but_elements_are_not() -> None:
    raw = encode(make_instance("ct", 1))
    padding = element(0xFFFCFFFC, b"OB", bytes(16))
    exported = export({"A": raw + padding + b"rubbish at the end"})
    assert data_set(exported.only()) == data_set(raw) + padding
    assert re_read(exported).ok


def test_deflated_stays_within_bounds() -> None:
    with pytest.raises(ReadingError):
        inflate(encode(make_instance("ct", 1), DEFLATED)[400:], limit=100)


def test_a_damaged_sequence_is_refused_not_guessed() -> None:
    bad = struct.pack("<HHI", 0x0008, 0x1140, 0xFFFFFFFF) + b"no item here"
    with pytest.raises(ReadingError):
        re_encode(bad, IMPLICIT)


def test_vrs_come_from_the_dictionary() -> None:
    assert dictionary_vr(0x00100010) == "PN"
    assert dictionary_vr(0x00090010) == "LO"
    assert dictionary_vr(0x00091001) == "UN"
    assert dictionary_vr(0x00081111) == "SQ"
    assert dictionary_vr(0x00000000) == "UL"


def test_rle_is_decompressed_to_the_same_pixels() -> None:
    ds = make_instance("ct", 1)
    exported = export({"A": encode(ds, RLE)})
    copy = read(exported.only())
    assert copy.file_meta.TransferSyntaxUID == EXPLICIT
    assert copy.SOPInstanceUID == ds.SOPInstanceUID
    assert np.array_equal(copy.pixel_array, read(encode(ds)).pixel_array)
    assert copy["PixelData"].VR == "OW"
    assert "LossyImageCompression" not in copy
    assert re_read(exported).ok


def with_previews() -> Dataset:
    """A compressed slice with a compressed preview where the Standard has it, in a maker's sequence, and one deeper."""

    def preview() -> Dataset:
        item = Dataset()
        item.Rows, item.Columns, item.SamplesPerPixel, item.PhotometricInterpretation = 4, 4, 1, "MONOCHROME2"
        item.BitsAllocated, item.BitsStored, item.HighBit, item.PixelRepresentation = 8, 8, 7, 0
        item.add_new(0x7FE00010, "OB", encapsulate([bytes(16)]))
        item["PixelData"].is_undefined_length = True
        return item

    outer = Dataset()
    outer.StudyDescription = "kept"
    outer.IconImageSequence = [preview()]
    ds = compress(make_instance("ct", 1), RLE)
    ds.IconImageSequence = [preview()]
    ds.add_new(0x07A30010, "LO", "A MAKER")
    ds.add_new(0x07A310CE, "SQ", [preview()])
    ds.add_new(0x07A310CF, "SQ", [outer])
    ds.add_new(0x7FE10010, "LO", "A MAKER")
    ds.add_new(0x7FE11001, "SQ", [preview()])
    return ds


def test_no_compressed_preview_stays_among_plain_pixels() -> None:
    """One would end every strict reader: fragments belong into encapsulated data sets only (PS3.5 A.4)."""
    exported = export({"A": encode(with_previews(), RLE)})
    written = exported.only()
    assert b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" not in written
    copy = read(written)
    assert "IconImageSequence" not in copy
    assert (copy[0x07A310CE].value[0].Rows, "PixelData" in copy[0x07A310CE].value[0]) == (4, False)
    assert copy[0x07A310CF].value[0].StudyDescription == "kept"
    assert "IconImageSequence" not in copy[0x07A310CF].value[0]
    assert "PixelData" not in copy[0x7FE11001].value[0]
    assert np.array_equal(copy.pixel_array, read(encode(make_instance("ct", 1))).pixel_array)
    (instance,) = exported.manifest.instances
    assert [c.removesuffix(" compressed preview picture left out") for c in instance.changes[1:]] == [
        "(0088,0200)", "(07A3,10CE)[0](7FE0,0010)", "(07A3,10CF)[0](0088,0200)", "(7FE1,1001)[0](7FE0,0010)",
    ]  # fmt: skip
    assert re_read(exported).ok


def test_another_preview_missing_is_a_difference() -> None:
    """What may be gone is the compressed picture, nothing beside it."""
    exported = export({"A": encode(with_previews(), RLE)})
    ((path, data),) = [(p, d) for p, d in exported.files.items() if p.startswith("DICOM/")]
    copy = read(data)
    del copy[0x07A310CE].value[0].Rows
    out = io.BytesIO()
    copy.save_as(out, enforce_file_format=True)
    verification = re_read(exported, {**exported.files, path: out.getvalue()})
    assert any("(07A3,10CE)[0](0028,0010) is only in the source" in d.what for d in verification.differences)


@pytest.mark.parametrize("kind", NEEDS_IMAGECODECS)
def test_other_compressions_become_plain_pixels(kind: str) -> None:
    pytest.importorskip("imagecodecs")
    files = files_of(kind)
    exported = export(files)
    assert exported.plan.counts()["decompress"] == len(exported.manifest.instances)
    assert {read(d).file_meta.TransferSyntaxUID for p, d in exported.files.items() if p.startswith("DICOM/")} == {
        EXPLICIT
    }
    assert re_read(exported).ok


def test_lossy_jpeg_becomes_rgb_and_says_that_it_was_lossy() -> None:
    pytest.importorskip("imagecodecs")
    copy = read(export(files_of("jpeg_baseline")).only())
    assert copy.PhotometricInterpretation == "RGB"
    assert copy.PlanarConfiguration == 0
    assert copy.LossyImageCompression == "01"
    assert float(copy.LossyImageCompressionRatio) > 1
    assert copy.LossyImageCompressionMethod == "ISO_10918_1"


def test_what_was_said_of_lossy_compression_stays() -> None:
    ds = make_instance(
        "ct", 1, LossyImageCompression="01", LossyImageCompressionRatio="7.5", LossyImageCompressionMethod="ISO_15444_1"
    )
    copy = read(export({"A": encode(ds, RLE)}).only())
    assert (copy.LossyImageCompression, copy.LossyImageCompressionRatio) == ("01", 7.5)
    assert copy.LossyImageCompressionMethod == "ISO_15444_1"


def test_keep_encoding_leaves_every_data_set_alone() -> None:
    for kind in ("rle", "implicit", "big_endian", "deflated"):
        files = files_of(kind)
        exported = export(files, encoding="keep-encoding")
        sources = {i.source_path: exported.files[i.file_id] for i in exported.manifest.instances}
        assert all(data_set(copy) == data_set(files[path]) for path, copy in sources.items())
        assert re_read(exported).ok


def test_lossy_is_told_from_the_codestream() -> None:
    near = b"\xff\xd8\xff\xda\0\x08\1\1\0%c\0\0"
    assert not is_lossy(near % 0, "1.2.840.10008.1.2.4.81")
    assert is_lossy(near % 3, "1.2.840.10008.1.2.4.81")
    assert is_lossy(b"", "1.2.840.10008.1.2.4.50")
    assert not is_lossy(b"", RLE)


def test_elements_are_found_and_changed_in_place() -> None:
    one, two, three = (element(t, b"SH", b"abc") for t in (0x00080050, 0x00200010, 0x00400009))
    assert set(read_elements(one + two + three, {0x00200010})) == {0x00200010}
    new = element(0x00100020, b"LO", b"x")
    assert edit(one + two + three, {0x00100020: new, 0x00200010: None}) == one + new + three
    assert edit(one, {0x00990010: new}) == one + new


def test_reading_a_part_asks_for_more() -> None:
    data = element(0x00080050, b"SH", b"abcd") + element(0x00200010, b"SH", b"abcd")
    with pytest.raises(MoreNeeded):
        read_elements(data[:14], {0x00200010}, complete=False)


def test_items_of_defined_and_undefined_length() -> None:
    inner = element(0x00080100, b"SH", b"ab")
    open_item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + inner + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    closed = sequence(0x00081140, [inner])[12:]
    assert read_items(open_item + closed) == [inner, inner]


def test_the_end_of_elements() -> None:
    padding = element(0xFFFCFFFC, b"OB", bytes(4))
    assert elements_end(padding + b"x", explicit=True, big=False, after=0x7FE00010) == len(padding)
    assert elements_end(b"rubbish rubbish", explicit=True, big=False, after=0x7FE00010) == 0
    assert elements_end(struct.pack("<HHI", 0x0008, 0x0005, 0), explicit=False, big=False, after=0x7FE00010) == 0
