"""A folder of some 190 odd files, opened in the page, shown, exported, and taken in by a receiving system (Orthanc)."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from conftest import ROOT, Page
from test_main_job import GET_BASE64

import witnesses

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS", ROOT.parent / "shared" / "corpus")) / "pydicom"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")


def test_every_file_is_listed_shown_or_explained_and_the_copy_is_taken_whole(
    chromium_page: Page, tmp_path: Path
) -> None:
    page = chromium_page
    report = page.open(CORPUS)
    given = sorted(p.relative_to(CORPUS).as_posix() for p in CORPUS.rglob("*") if p.is_file())
    assert sorted(f["path"] for f in report["files"]) == given
    assert [f["path"] for f in report["files"] if f["kind"] == "unreadable" and not f.get("reason")] == []
    assert [o["rule"] for o in report["outcomes"] if o["state"] == "crashed"] == []

    uids = page.browser.eval("""(async () => { const first = [];
        for (const p of scanfolio.catalogue().patients) for (const s of p.studies) for (const r of s.series) if (r.shows === "image") first.push(r.key);
        return first; })()""")
    assert len(uids) > 40
    shown, explained, silent = 0, 0, []
    for file in report["files"]:
        if not file.get("sop_instance_uid") or file["path"].endswith("DICOMDIR"):
            continue
        uid = json.dumps(file["sop_instance_uid"])
        if page.browser.eval(f"scanfolio.show({uid})"):
            shown += 1
        elif page.text(".stage .cover, .stage .ov.cannot, .viewport-cover, .stage"):
            explained += 1
        else:
            silent.append(file["path"])
    assert silent == []
    assert shown > 90, (shown, explained)

    done = page.browser.eval(
        'scanfolio.export({patient_key: "*"}).then(async (d) => ({verification: d.verification, instances: d.manifest.instances, zip: '
        + GET_BASE64.format("await d.blob.arrayBuffer()")
        + "}))"
    )
    assert done["verification"]["ok"], done["verification"]["differences"][:5]
    with witnesses.orthanc(tmp_path) as server:
        answers = server.upload(base64.b64decode(done["zip"]))
        assert {a["Status"] for a in answers} == {"Success"}
        assert server.get("/statistics")["CountInstances"] == done["instances"] > 100
