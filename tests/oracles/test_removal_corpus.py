"""Copies without identifying data of real files: nothing planted is found again, and dciodvfy finds no new error."""

from __future__ import annotations

import os
import re
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO

import witnesses
from exports import MemorySource, drive
from planted import leaks, plant, with_bad_head
from scanfolio.export.papers import NOT_READY
from scanfolio.export.planned import EVERYONE, Choices
from scanfolio.export.removal.choices import Dates, RemovalChoices
from scanfolio.session import Session

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
    pytest.mark.filterwarnings("ignore"),
]
TAKE_ALL = RemovalChoices(documents=True, burned_in=True)
FILES = {
    "ANN": "highdicom/sm_annotations.dcm",
    "CR": "pydicom/test_files/dicomdirtests/77654033/CR2/6247",
    "CT": "pydicom/test_files/CT_small.dcm",
    "DX": "highdicom/dx_image.dcm",
    "ECG": "pydicom/test_files/waveform_ecg.dcm",
    "MG": "fo-dicom-mg/GH133.dcm",
    "MR": "pydicom/test_files/MR_small.dcm",
    "MR frames": "dwv/annotation/squares.dcm",
    "NM": "pydicom/test_files/JPEG2000.dcm",
    "OP": "dcmjs/test/sample-op.dcm",
    "OT": "pydicom/test_files/SC_rgb_small_odd.dcm",
    "RTDOSE": "pydicom/test_files/rtdose_rle_1frame.dcm",
    "RTPLAN": "pydicom/test_files/rtplan.dcm",
    "RTSTRUCT": "pydicom/test_files/rtstruct.dcm",
    "SEG": "highdicom/seg_image_ct_binary.dcm",
    "SM": "highdicom/sm_image_grayscale_reversed.dcm",
    "SR": "offis-dicomscope/reportsi.dcm",
    "US": "pydicom/test_files/ExplVR_BigEnd.dcm",
}
VALUE = re.compile(r"(?<!Element=)(?<!Module=)<[^>]*>|\[\d+\]|UID [\d.]+$")


def copied(files: dict[str, bytes], removal: RemovalChoices | None) -> dict[str, bytes]:
    """A copy of everything in it, verified, as {path: bytes}."""
    session = Session()
    drive(session.read(MemorySource(files)))
    plan = drive(session.plan(Choices(patient_key=EVERYONE, removal=removal)))[0]
    _, written, _ = drive(session.write(plan, "folder"))
    verification = drive(session.verify(MemorySource(written)))[0]
    assert verification.ok, verification.differences
    written.pop(NOT_READY)
    return written


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "MG"])  # 27 MB, 600 words: too long
def test_planted_in_a_real_file_nothing_is_found_again(kind: str) -> None:
    ds = dcmread(CORPUS / FILES[kind], force=True)
    for name in ("StudyInstanceUID", "SeriesInstanceUID"):
        if not ds.get(name):
            setattr(ds, name, "2.25.1234567890123")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        planted = plant(ds)
        buffer = DicomBytesIO()
        if "TransferSyntaxUID" not in ds.file_meta:
            ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
        ds.save_as(buffer, enforce_file_format=True)
    data = with_bad_head(buffer.getvalue())
    assert len(planted) > 600
    assert len(leaks({"": data})) >= 6
    assert leaks(copied({"PLANTED/IMAGE": data}, TAKE_ALL)) == []


@pytest.mark.parametrize("kind", FILES)
def test_no_error_is_new_to_dciodvfy(kind: str, tmp_path: Path) -> None:
    files = {"IMAGE": (CORPUS / FILES[kind]).read_bytes()}
    said = []
    for number, removal in enumerate((None, TAKE_ALL, replace(TAKE_ALL, dates=Dates.SHIFT))):
        written = copied(files, removal)
        (path,) = [p for p in written if p.startswith("DICOM/")]
        target = tmp_path / str(number)
        target.write_bytes(written[path])
        said.append(Counter(VALUE.sub("", line) for line in witnesses.errors_of_dciodvfy(target)))
    plain, removed, shifted = said
    assert removed - plain == Counter()
    assert shifted - plain == Counter()
