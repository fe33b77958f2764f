"""Viewing programs by name: told by the files they consist of, named in V02 and V08, never guessed."""

from __future__ import annotations

import pytest

from facts import clean_disc, make_disc, make_file
from reading_help import CORPUS, read_disc
from scanfolio.model import Disc, FileRecord, Kind
from scanfolio.rules.context import DiscContext
from scanfolio.rules.judge import run_rule
from scanfolio.rules.registry import RULES
from scanfolio.rules.viewers import VIEWERS, found_viewers


def files(*given: str) -> list[FileRecord]:
    return [make_file(path, Kind.PROGRAM if path.lower().endswith((".exe", ".dll")) else Kind.OTHER) for path in given]


def names(*given: str) -> list[str]:
    return [viewer.name for viewer in found_viewers(files(*given))]


def test_every_row_is_found_by_its_own_markers_and_says_why() -> None:
    for viewer in VIEWERS:
        markers = [f"{m}Contents/Info.plist" if m.endswith("/") else m for m in viewer.markers]
        for folder in ("", "VIEWER/", "A/B/"):
            assert viewer.name in names(*(f"{folder}{m.upper()}" for m in markers))
            assert viewer.evidence
        if len(markers) > 1:
            assert viewer.name not in names(markers[0])


def test_a_name_is_not_enough() -> None:
    assert names("DATA/NOTMDICOM.EXE", "cdviewer.exe", "viewer-win32.exe", "EVLITE/other.exe") == []
    assert not found_viewers([make_file("mDicom.exe", Kind.DOCUMENT)])  # called a program, but none by its content
    assert not found_viewers(clean_disc().files)


def test_one_viewer_is_named_once() -> None:
    both = names("weasis-win32.exe", "viewer-win32.exe", "viewer-linux.sh", "weasis/conf/base.json")
    assert both == ["Weasis"]


def outcome(rule: str, disc: Disc):  # type: ignore[no-untyped-def]
    return run_rule(RULES[rule], DiscContext(disc))


def test_the_rules_name_it() -> None:
    viewer = files("eFilmLite/eFilmLt.exe", "AUTORUN.INF")
    beside = outcome("V08", clean_disc(files=viewer))
    assert "Viewer found: eFilm Lite." in beside.technical
    assert [i.evidence for i in beside.issues if i.message == "viewer found: eFilm Lite"] == [{"viewer": "eFilm Lite"}]
    alone = outcome("V02", make_disc(files=viewer))
    assert "Viewer found: eFilm Lite." in alone.technical
    unnamed = outcome("V08", clean_disc(files=files("SOMETHING/VIEW.EXE")))
    assert "iewer" not in unnamed.technical


def test_what_only_the_viewer_knows_is_named_by_size_and_first_bytes() -> None:
    data = {f"DATA/PVDATA.{n:03}": b"\x01\x02PV\xff" + bytes(range(n + 7, 200)) for n in range(3)}
    data["DATA/INDEX.PVX"] = b"\x07\x00PVX\xff" + bytes(500)
    result = outcome("V02", read_disc(data))
    shown = [i.message for i in result.issues if i.message.startswith("unknown")]
    assert shown[0] == "unknown: 506 bytes, beginning 07 00 50 56 58 FF 00 00 00 00 00 00 00 00 00 00"
    assert len(shown) == 4


@pytest.mark.parametrize(
    ("layout", "viewer"), [("hitachi-ihe-pdi-mr.txt", "PDSV"), ("psp-evlite-ct.txt", "PSP EV Lite")]
)
def test_two_real_discs(layout: str, viewer: str) -> None:
    path = CORPUS / "disc-layouts" / layout
    if not path.exists():
        pytest.skip("no corpus beside the repository")
    lines = [line.split(" ", 1)[1] for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert names(*lines) == [viewer]
