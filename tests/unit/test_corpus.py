"""Real files nobody here wrote, opened like a disc: each is listed once, shown or with a reason; no rule crashes."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scanfolio.export.drive import run
from scanfolio.model import Disc, Kind
from scanfolio.rules import report
from scanfolio.session import Session
from scanfolio.source.folder import FolderSource

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
SOURCES = sorted(p.name for p in CORPUS.iterdir() if p.is_dir()) if CORPUS.is_dir() else []

pytestmark = pytest.mark.skipif(not SOURCES, reason=f"no corpus at {CORPUS}")


@cache
def manifest(source: str) -> dict[str, dict[str, Any]]:
    """What the manifest says of the files of one folder, by their path inside of it."""
    listed = json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))["files"]
    inside = f"{source}/"
    return {f["path"].removeprefix(inside): f for f in listed if f["path"].startswith(inside)}


@cache
def session(source: str) -> Session:
    opened = Session(source)
    run(opened.read(FolderSource(str(CORPUS / source))))
    return opened


@cache
def judged(source: str) -> dict[str, Any]:
    """The report as everyone gets it, through its own JSON."""
    run(session(source).judge())
    made: dict[str, Any] = json.loads(session(source).report_json())
    return made


def shown(disc: Disc) -> set[int]:
    """Ids of the entries that a person finds in the catalogue."""
    series = [one for patient in disc.patients for study in patient.studies for one in study.series]
    return {instance.entry_id for one in series for instance in one.instances}


@pytest.mark.parametrize("source", SOURCES)
def test_every_file_stands_in_the_list_once(source: str) -> None:
    there = sorted(p.relative_to(CORPUS / source).as_posix() for p in (CORPUS / source).rglob("*") if p.is_file())
    assert sorted(f.path for f in session(source).disc.files) == there
    assert sorted(f["path"] for f in judged(source)["files"]) == there


@pytest.mark.parametrize("source", SOURCES)
def test_every_file_is_shown_or_says_why_not(source: str) -> None:
    disc = session(source).disc
    catalogued = shown(disc)
    silent = [
        (f.path, f.kind)
        for f in disc.files
        if not (f.kind is Kind.DICOM and f.entry_id in catalogued) and f.kind is not Kind.DICOMDIR and not f.reason
    ]
    assert silent == []


@pytest.mark.parametrize("source", SOURCES)
def test_what_a_reference_reader_reads_is_dicom_here_with_the_same_identity(source: str) -> None:
    disc = session(source).disc
    kinds = {f.path: f.kind for f in disc.files}
    instances = {i.path: i for i in disc.instances}
    different = []
    for path, expected in manifest(source).items():
        if expected["kind"] != "dicom" or expected["read"] != "ok" or not expected.get("sop_class"):
            continue
        found = instances.get(path)
        if found is None:
            if kinds[path] is not Kind.DICOMDIR:
                different.append((path, kinds[path], "not an instance"))
            continue
        # the manifest takes the class from the file meta where the data set has none
        if expected["sop_class"] not in (found.sop_class_uid, found.media_storage_sop_class_uid):
            different.append((path, "sop_class_uid", found.sop_class_uid))
        for fact, key in (
            ("series_instance_uid", "series_uid"),
            ("study_instance_uid", "study_uid"),
            ("transfer_syntax_uid", "transfer_syntax"),
            ("modality", "modality"),
            ("rows", "rows"),
            ("columns", "cols"),
        ):
            if expected.get(key) and getattr(found, fact) != expected[key]:
                different.append((path, fact, (getattr(found, fact), expected[key])))
    assert different == []


@pytest.mark.parametrize("source", SOURCES)
def test_no_rule_crashes_and_the_verdict_has_words(source: str) -> None:
    made = judged(source)
    assert [o["rule"] for o in made["outcomes"] if o["state"] == "crashed"] == []
    assert made["verdict"]["class"] in "ABCDEFGH"
    assert made["verdict"]["summary"] and made["verdict"]["next_steps"]
    assert "Traceback" not in json.dumps(made)
    assert report.as_text(run(session(source).judge())).startswith("Report on this disc")


def test_the_whole_corpus_as_one_disc_mixes_people_up() -> None:
    opened = Session("corpus")
    run(opened.read(FolderSource(str(CORPUS))))
    made = run(opened.judge())
    assert report.as_dict(made)["verdict"]["class"] == "H"
    assert len(opened.disc.files) == sum(1 for p in CORPUS.rglob("*") if p.is_file())
