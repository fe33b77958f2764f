"""Whole data sets for those who need more than facts: as pydicom reads them, with bounds and with our own errors."""

from __future__ import annotations

import warnings

import pytest

import discs
import instances
from reading_help import element, memory_entry, read_disc
from scanfolio.errors import ReadingError, SourceError
from scanfolio.model import Kind
from scanfolio.reading import dataset as dataset_module
from scanfolio.reading.dataset import entry_stream, read_dataset
from scanfolio.source.entry import Entry


@pytest.mark.parametrize(
    "transfer_syntax", [discs.EXPLICIT, discs.IMPLICIT, discs.BIG_ENDIAN, discs.DEFLATED, discs.RLE]
)
def test_every_encoding(transfer_syntax: str) -> None:
    dataset = read_dataset(memory_entry(discs.ct_slice(3, transfer_syntax), "IM3"))
    assert dataset.InstanceNumber == 3
    assert dataset.file_meta.TransferSyntaxUID == transfer_syntax
    assert "PixelData" in dataset


def test_without_pixels() -> None:
    asked: list[int] = []
    data = discs.ct_slice(1) + bytes(3_000_000)

    def read(offset: int, length: int) -> bytes:
        asked.append(offset)
        return data[offset : offset + length]

    dataset = read_dataset(Entry(0, "IM1", len(data), read), stop_before_pixels=True)
    assert "PixelData" not in dataset
    assert dataset.Rows == 32
    assert max(asked) < 100_000


def test_without_preamble_and_meta() -> None:
    dataset = read_dataset(memory_entry(discs.ct_slice(2, discs.IMPLICIT, preamble=None, meta=False)))
    assert dataset.InstanceNumber == 2


@pytest.mark.parametrize("data", [b"", b"hello, I am a text and not an image", bytes(2000)])
def test_what_is_none_raises_our_error(data: bytes) -> None:
    with pytest.raises(ReadingError) as caught:
        read_dataset(memory_entry(data, "README.TXT"))
    assert caught.value.where == "README.TXT"
    assert "damaged" in caught.value.title


def test_nesting_without_end_raises_our_error() -> None:
    item = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    data = discs.ct_slice()
    at = data.find(b"\x10\x00\x10\x00PN")
    with pytest.raises(ReadingError):
        read_dataset(memory_entry(data[:at] + item * 5000))


def test_a_bound_on_inflating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_module, "MAX_INFLATED_BYTES", 1000)
    with pytest.raises(ReadingError, match="more than we can hold"):
        read_dataset(memory_entry(discs.ct_slice(1, discs.DEFLATED)))


def test_a_read_error_stays_what_it_is() -> None:
    def read(offset: int, length: int) -> bytes:
        raise SourceError("The disc was taken out.", where="IM1")

    with pytest.raises(SourceError, match="taken out"):
        read_dataset(Entry(0, "IM1", 5000, read))


def test_reading_warns_nobody() -> None:
    data = instances.encode(instances.make_instance("ct", 1), FileMetaInformationVersion=None)
    odd = data.replace(b"ISO_IR 192", b"NONSENSE  ")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_dataset(memory_entry(odd)).Rows == 32


def test_the_stream_knows_its_name() -> None:
    assert entry_stream(memory_entry(b"x", "DICOM/IM1")).name == "DICOM/IM1"


def test_a_dicomdir_is_told_by_its_content_alone() -> None:
    data = discs.files_of("clean")["DICOMDIR"]
    start = data.index(b"\x04\x00\x30\x11")
    bare = data[start:]
    renamed = data.replace(b"1.2.840.10008.1.3.10", b"1.2.840.10008.1.3.99")
    disc = read_disc({"IM000001": data, "bare": bare, "other class": renamed})
    assert [record.kind for record in disc.files] == [Kind.DICOMDIR] * 3
    assert all(directory.usable for directory in disc.dicomdirs)
    assert element(0x00041130, "CS", b"")[:4] == data[start : start + 4]
