"""pydicom is the reference: every fact the fast reader gives is the one pydicom gives, or the fast reader declined."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pydicom.data
import pytest

import discs
import instances
from reading_help import CORPUS
from reading_reference import by_fast_reader, differences, layout_by_reference
from scanfolio.reading.facts import Converter
from scanfolio.reading.part10 import looks_like_bare_data_set, looks_like_part10

PYDICOM_FILES = Path(pydicom.data.__file__).parent / "test_files"


@cache
def real_files() -> tuple[Path, ...]:
    """pydicom's own (in the page's pack they are there in name only, and empty) and the corpus."""
    files = (path for folder in (PYDICOM_FILES, CORPUS) if folder.is_dir() for path in sorted(folder.rglob("*")))
    return tuple(path for path in files if path.is_file() and path.stat().st_size)


def real_data_sets() -> Iterator[tuple[Path, bytes]]:
    for path in real_files():
        data = path.read_bytes()
        if looks_like_part10(data) or looks_like_bare_data_set(data):
            yield path, data


def test_every_fact_of_every_real_file() -> None:
    if not real_files():
        pytest.skip("neither pydicom's test files nor a corpus here")
    converter = Converter()
    wrong, declined, seen = {}, [], 0
    for path, data in real_data_sets():
        seen += 1
        fast = by_fast_reader(data, converter)
        if fast is None and b"1.2.840.10008.1.2.1.99" not in data[:1000]:
            declined.append(path.name)
        found = differences(data, converter)
        if found:
            wrong[path.name] = found
    assert seen > 100
    assert wrong == {}
    print(f"the fast reader declined {len(declined)} of {seen} files: {', '.join(declined)}")
    assert len(declined) < 0.02 * seen


def test_which_elements_stand_in_every_real_file() -> None:
    """Twice, so that the second time most is read in runs: the same tags, the same of them empty, as for pydicom."""
    looked_at, wrong = 0, {}
    converter = Converter()
    for time in (1, 2):
        for path, data in real_data_sets():
            fast = by_fast_reader(data, converter)
            if fast is None or fast[1].layout is None or data[0x80:0x84] != b"DICM":
                continue
            ours, reference = fast[1].layout, layout_by_reference(data)
            if reference is None:
                continue
            looked_at += 1
            if (ours.tags, ours.empty) != (reference.tags, reference.empty):
                wrong[time, path.name] = (ours.tags ^ reference.tags, ours.empty ^ reference.empty)
    if not looked_at:
        pytest.skip("neither pydicom's test files nor a corpus here")
    assert wrong == {}
    assert looked_at > 200


@pytest.mark.parametrize("kind", ["ct", "mr", "pet", "us_rgb", "palette", "mono1", "multiframe", "enhanced_ct", "pdf"])
@pytest.mark.parametrize("transfer_syntax", [discs.EXPLICIT, discs.IMPLICIT, discs.BIG_ENDIAN])
def test_every_fact_of_synthetic_files(kind: str, transfer_syntax: str) -> None:
    data = instances.encode(instances.make_instance(kind, 3), transfer_syntax)
    assert differences(data, Converter()) == {}


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("InstanceNumber", "1.0"),
        ("InstanceNumber", " 12 "),
        ("SliceThickness", "1e0"),
        ("SliceThickness", "1,5"),
        ("SliceThickness", ""),
        ("SliceThickness", "nan"),
        ("WindowCenter", ["40", "400"]),
        ("WindowCenter", ["40", ""]),
        ("ImagePositionPatient", ["1", "2"]),
        ("PixelSpacing", ["0.5"]),
        ("ImageType", "ORIGINAL"),
        ("ImageType", ""),
        ("NumberOfFrames", "0"),
        ("PatientName", "A^B^^^="),
        ("PatientName", "A\\B"),
        ("PatientID", " 0012 "),
        ("StudyDescription", "one\\two"),
        ("RescaleSlope", "1\\2"),
    ],
)
def test_odd_values(keyword: str, value: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = instances.make_instance("ct", 1)
        tag = pydicom.datadict.tag_for_keyword(keyword)
        assert tag is not None
        vr = pydicom.datadict.dictionary_VR(tag)
        text = "\\".join(value) if isinstance(value, list) else value
        raw = text.encode() + b" " * (len(text) % 2)
        if keyword in dataset:
            del dataset[keyword]
        dataset[tag] = pydicom.dataelem.RawDataElement(pydicom.tag.Tag(tag), vr, len(raw), raw, 0, False, True)
        data = instances.encode(dataset)
    assert differences(data, Converter()) in ({}, None)
