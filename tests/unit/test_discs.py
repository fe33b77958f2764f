"""The synthetic discs are what they say they are, read by pydicom and the standard library alone."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.fileset import FileSet

import discs
import instances

HAVE_CODECS = importlib.util.find_spec("imagecodecs") is not None


def read(data: bytes) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(data))


@pytest.mark.parametrize("kind", discs.KINDS)
def test_every_kind_is_the_same_twice(kind: str) -> None:
    if kind in discs.NEEDS_IMAGECODECS and not HAVE_CODECS:
        pytest.skip("imagecodecs is not here")
    assert discs.files_of(kind) == discs.files_of(kind)


@pytest.mark.parametrize("syntax", instances.NATIVE)
def test_native_encodings_hold_the_same_pixels(syntax: str) -> None:
    ds = read(discs.ct_slice(5, syntax))
    assert ds.file_meta.TransferSyntaxUID == syntax
    assert np.array_equal(ds.pixel_array, instances.pattern(5))
    assert ds.WindowCenter == 40 and ds.ImagePositionPatient[2] == 10


@pytest.mark.parametrize("samples", [1, 3])
def test_our_rle_is_read_by_pydicom(samples: int) -> None:
    pixels = instances.pattern(3, bits=8 if samples == 3 else 12, samples=samples)
    ds = discs.make_instance("us_rgb" if samples == 3 else "ct", pixels=pixels)
    assert np.array_equal(read(discs.encode(ds, instances.RLE)).pixel_array, pixels)


def test_file_set_is_complete_for_pydicom(tmp_path: Path) -> None:
    file_set = FileSet(discs.disc_folder(tmp_path, "mixed") / "DICOMDIR")
    assert len(file_set) == 10
    assert {i.load().PatientID for i in file_set} == {"SAMPLE-001"}
    discs.close_file_set(file_set)


def test_bare_data_set_has_no_header() -> None:
    data = discs.files_of("bare_implicit")["CT000001"]
    assert data[:4] == b"\x08\0\x05\0" and b"DICM" not in data
    assert pydicom.dcmread(io.BytesIO(data), force=True).PatientID == "SAMPLE-001"


def test_self_display_holds_no_dicom() -> None:
    files = discs.files_of("self_display")
    assert not any(data[128:132] == b"DICM" for data in files.values())
    assert sum(data[:2] == b"MZ" for data in files.values()) == 8


def test_zip_and_bomb() -> None:
    files = discs.files_of("clean")
    with zipfile.ZipFile(io.BytesIO(discs.zip_bytes(files))) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == files
    bomb = discs.zip_bomb(8)
    assert len(bomb) < 100_000
    assert zipfile.ZipFile(io.BytesIO(bomb)).infolist()[0].file_size > 8 << 20


def test_overrides_take_out_empty_and_replace() -> None:
    ds = discs.make_instance("ct", PatientID=None, StudyID="", Modality="MR")
    assert "PatientID" not in ds and ds.StudyID == "" and ds.Modality == "MR"
