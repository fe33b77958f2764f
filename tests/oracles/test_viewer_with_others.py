"""A copy that takes the viewer of the build along, before programs nobody here wrote: to them it is the same copy."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

import witnesses
from discs import disc_folder
from scanfolio.export.drive import ZipFileSink, run
from scanfolio.export.planned import Choices
from scanfolio.export.viewer import built_viewer
from scanfolio.session import Session
from scanfolio.source import open_source

DIST = Path(os.environ.get("SCANFOLIO_DIST", Path(__file__).resolve().parents[2] / "dist"))
pytestmark = pytest.mark.skipif(not (DIST / "offline/viewer.js").exists(), reason="dist/ is not built")


def test_archives_and_readers_of_the_directory_take_the_images_and_nothing_else(tmp_path: Path) -> None:
    session = Session()
    run(session.read(open_source(str(disc_folder(tmp_path, "mixed")))))
    archive, copy = tmp_path / "DICOM.ZIP", tmp_path / "COPY"
    manifest = run(session.export(Choices(viewer=run(built_viewer(str(DIST)))), "zip"), ZipFileSink(archive))
    assert run(session.verify(open_source(str(archive)))).ok
    count = len(manifest.instances)
    for program, argument in (("7z", "t"), ("unzip", "-tq")):
        assert witnesses.ask(program, argument, archive)[0] == 0, program
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(copy)
    assert (copy / "VIEWER" / "index.htm").is_file()
    code, lines = witnesses.ask("dcdirdmp", copy / "DICOMDIR")
    assert code == 0
    listed = {line.split("->")[1].strip().replace("\\", "/") for line in lines if "->" in line}
    assert listed & {i.file_id for i in manifest.instances} == {i.file_id for i in manifest.instances}
    assert not [path for path in listed if "VIEWER" in path]
    with witnesses.orthanc(tmp_path) as server:
        server.upload(archive.read_bytes())
        assert server.get("/statistics")["CountInstances"] == count
    sums = witnesses.ask("sha256sum", "--quiet", "--check", "SHA256SUM.TXT", folder=copy)
    assert sums == (0, [])
