"""Discs whose table of contents dcmmkdir wrote: nothing serious may be said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import witnesses
from discs import disc_folder
from facts import failing
from scanfolio.export.drive import run
from scanfolio.session import Session
from scanfolio.source import open_source


@pytest.mark.parametrize("kind", ["clean", "mr", "pet", "us_rgb", "palette", "mono1"])
def test_nothing_serious_is_said_of_what_dcmmkdir_made(tmp_path: Path, kind: str) -> None:
    folder = disc_folder(tmp_path, kind)
    (folder / "DICOMDIR").unlink()
    code, lines = witnesses.ask("dcmmkdir", "-Pgp", "+r", "+id", folder, "+D", folder / "DICOMDIR", folder=folder)
    assert code == 0, lines
    session = Session()
    run(session.read(open_source(str(folder))))
    report = run(session.judge())
    assert len(session.disc.dicomdirs) == 1
    assert failing(report, "BH") == set()
