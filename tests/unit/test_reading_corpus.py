"""Real files: each one is shown, or listed with its reason, with the facts that the corpus's own list gives for it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from reading_help import CORPUS
from scanfolio.model import Disc, Kind
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source import FolderSource

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the repository")

FACTS = {
    "transfer_syntax": "transfer_syntax_uid",
    "sop_class": "sop_class_uid",
    "modality": "modality",
    "rows": "rows",
    "cols": "columns",
    "samples": "samples_per_pixel",
    "bits_allocated": "bits_allocated",
    "bits_stored": "bits_stored",
    "high_bit": "high_bit",
    "pixel_representation": "pixel_representation",
    "photometric": "photometric_interpretation",
    "study_uid": "study_instance_uid",
    "series_uid": "series_instance_uid",
    "frame_of_reference": "frame_of_reference_uid",
}


@cache
def disc() -> Disc:
    index = DiscIndex()
    for _ in read_all(index, FolderSource(str(CORPUS))):
        pass
    return index.finish()


@cache
def listed() -> dict[str, dict[str, Any]]:
    files = json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {file["path"]: file for file in files}


def test_every_file_has_a_kind_and_a_reason() -> None:
    records = {record.path: record for record in disc().files}
    assert set(listed()) <= set(records)
    for record in records.values():
        assert record.signature
        assert record.reason or record.kind in (Kind.DICOM, Kind.DICOMDIR)
        assert not record.signature.startswith("not understood"), record


def test_what_the_list_calls_dicom_with_facts_is_dicom() -> None:
    kinds = {record.path: record.kind for record in disc().files}
    expected = [path for path, file in listed().items() if file["kind"] == "dicom" and file.get("sop_class")]
    missed = {path for path in expected if kinds[path] is not Kind.DICOM}
    # the prefix is not where it belongs: listed as damaged
    assert missed <= {
        "fuzz-pwnlab/cat07_file_meta/TC0381_preamble_127.dcm",
        "fuzz-pwnlab/cat07_file_meta/TC0387_dicm_offset64.dcm",
    }
    directories = {path for path, file in listed().items() if file["kind"] == "dicomdir"}
    assert directories == {path for path, kind in kinds.items() if kind is Kind.DICOMDIR}


def test_facts_are_those_of_the_list() -> None:
    instances = {instance.path: instance for instance in disc().instances}
    wrong = []
    for path, file in listed().items():
        instance = instances.get(path)
        if instance is None or path.startswith("fuzz-pwnlab"):
            continue
        for theirs, ours in FACTS.items():
            expected = file.get(theirs)
            found = getattr(instance, ours)
            if theirs == "sop_class":
                found = found or instance.media_storage_sop_class_uid or expected
            if expected not in (None, "") and found != expected:
                wrong.append((path, ours, expected, found))
    assert wrong == []


def test_what_is_said_to_be_cut_cannot_be_decoded_by_others_either() -> None:
    for instance in disc().instances:
        if instance.truncated and not instance.path.startswith("fuzz-pwnlab"):
            result = listed()[instance.path].get("decode", {}).get("raw", {}).get("result")
            assert result != "ok", (instance.path, instance.truncated)
