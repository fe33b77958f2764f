"""The sample disc: what lies on it, that it says it is invented, and that left is left."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest

pytest.importorskip("imagecodecs")
TOOLS = Path(__file__).resolve().parents[2] / "tools"
if not (TOOLS / "sample_disc.py").is_file():
    pytest.skip("tools/ is not here", allow_module_level=True)
sys.path.insert(0, str(TOOLS))

import sample_disc  # noqa: E402
import sample_documents  # noqa: E402
from sample_phantom import trunk  # noqa: E402

AXIS = np.arange(-208, 209, 4, dtype=np.float32)


def test_the_heart_is_on_the_left_the_liver_on_the_right_the_spine_at_the_back() -> None:
    liver, heart = trunk(AXIS, AXIS, np.array([110, 185], np.float32), table=False)

    def blood(plane: np.ndarray, x: slice) -> int:
        return int(((plane > 90) & (plane < 200))[:, x].sum())

    middle = len(AXIS) // 2
    assert blood(heart, slice(middle, None)) > 2 * blood(heart, slice(0, middle))  # columns run towards the left side
    assert blood(liver, slice(0, middle)) > 2 * blood(liver, slice(middle, None))
    bone = heart[:, middle - 4 : middle + 5] > 500
    # rows run towards the back: vertebra there, breastbone in front
    assert bone[middle:].sum() > 2 * bone[:middle].sum() > 0
    assert heart[0, 0] == -1000


def test_lungs_are_air_and_reach_above_the_liver() -> None:
    planes = trunk(AXIS, AXIS, np.array([40, 240], np.float32), table=False)
    assert ((planes[1] > -950) & (planes[1] < -800)).sum() > 1200
    assert ((planes[0] > -950) & (planes[0] < -800)).sum() < 60


def test_the_letter_is_a_pdf_whose_table_points_at_its_objects() -> None:
    data = sample_documents.letter_pdf()
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert data[start : start + 4] == b"xref"
    offsets = [int(line[:10]) for line in data[start:].splitlines()[3:9]]
    for number, offset in enumerate(offsets, 1):
        assert data[offset:].startswith(b"%d 0 obj" % number)


def test_the_stand_in_is_no_program_and_says_so() -> None:
    data = sample_disc.stand_in_program()
    assert data[:2] == b"MZ" and data[60:64] == bytes(4)  # e_lfanew 0: no PE header anywhere
    assert b"PE\0\0" not in data and b"This is not a program" in data


def test_dicomdir_reaches_every_record_by_its_offsets() -> None:
    report = sample_documents.report()
    sample_disc.file_bytes(report)
    patient, study = sample_disc._record("PATIENT", report), sample_disc._record("STUDY", report)
    series = [sample_disc._record("SERIES", report) for _ in range(3)]
    for number, one in enumerate(series):
        one.children = [sample_disc._record("ENCAP DOC", report, f"DICOM/D{number}{i}") for i in range(2)]
    patient.children, study.children = [study], series
    ds = pydicom.dcmread(io.BytesIO(sample_disc.dicomdir("TEST", [patient])))
    by_offset = {item.seq_item_tell: item for item in ds.DirectoryRecordSequence}

    def walk(offset: int) -> list[str]:
        found = []
        while offset:
            item = by_offset[offset]
            found += [item.DirectoryRecordType, *walk(item.OffsetOfReferencedLowerLevelDirectoryEntity)]
            offset = item.OffsetOfTheNextDirectoryRecord
        return found

    types = walk(ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity)
    assert types == ["PATIENT", "STUDY"] + ["SERIES", "ENCAP DOC", "ENCAP DOC"] * 3
    assert len(types) == len(ds.DirectoryRecordSequence)
