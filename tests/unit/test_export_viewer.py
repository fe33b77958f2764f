"""Scanfolio itself beside a copy: which files, that they are what was built, what papers and rules say of it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from discs import files_of
from exports import CREATED, MemorySource, drive, export, open_files, plan_of, re_read
from instances import ct_series
from scanfolio.__main__ import main
from scanfolio.errors import ExportError
from scanfolio.export.parts import divide
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import Choices, LeftOut, Plan, second_set
from scanfolio.export.viewer import viewer_from
from scanfolio.export.write import write_folder
from scanfolio.model import Disc
from scanfolio.rules import judge
from scanfolio.rules.report import Report
from viewer_files import LARGE, SMALL, on_disc, pack, scripts, viewer

SIZE = sum(map(len, on_disc().values()))


@pytest.mark.parametrize("into", ["folder", "zip"])
def test_the_viewer_lies_in_its_own_folder_and_is_in_the_check_sums(into: str) -> None:
    made = export(files_of("clean"), into=into, viewer=viewer())
    found = {path: data for path, data in made.files.items() if path.startswith("VIEWER/")}
    assert {path: data for path, data in found.items() if path != "VIEWER/disc.js"} == on_disc()
    sums = dict(line.split("  ")[::-1] for line in made.files["SHA256SUM.TXT"].decode("ascii").splitlines())
    assert {path: sums[path] for path in found} == {p: hashlib.sha256(d).hexdigest() for p, d in found.items()}
    assert made.manifest.as_dict()["viewer"] is True
    assert re_read(made).differences == ()
    plain = export(files_of("clean"), into=into)
    assert not [path for path in plain.files if path.startswith("VIEWER")]
    assert plain.manifest.as_dict()["viewer"] is False
    images = {path for path in made.files if path.startswith("DICOM")}
    assert images == {path for path in plain.files if path.startswith("DICOM")}
    assert made.files["DICOMDIR"] == plain.files["DICOMDIR"], "the viewer is no part of the file-set"


def test_every_name_is_one_that_iso_9660_and_pdi_allow() -> None:
    made = export(files_of("clean"), viewer=viewer())
    name = re.compile(r"[A-Z0-9_]{1,8}(\.[A-Z0-9]{1,3})?")
    for path in set(made.files) - {"SHA256SUM.TXT"}:
        assert all(name.fullmatch(part.upper()) for part in path.split("/")), path


def test_what_stands_beside_the_viewer_is_of_nobody() -> None:
    made = export(files_of("clean"), viewer=viewer())
    script = made.files["VIEWER/disc.js"].decode("ascii")
    said = re.fullmatch(r"/\* Scanfolio \*/\nSCANFOLIO_DISC = (\{.*\});\n", script)
    assert said
    counts = {"instances": 3, "series": 1, "part": 1, "of": 1}
    assert json.loads(said[1]) == {"file_set": "../", "made": "2024-02-29", **counts}


def test_the_papers_name_it_and_lead_to_it() -> None:
    with_viewer, without = export(files_of("clean"), viewer=viewer()), export(files_of("clean"))
    page = ElementTree.fromstring(with_viewer.files["INDEX.HTM"])
    links = [a.get("href") for a in page.iter("{http://www.w3.org/1999/xhtml}a")]
    assert links == ["VIEWER/index.htm"]
    assert set(links) < set(with_viewer.files)
    names = {element.tag.rpartition("}")[2] for element in page.iter()}
    assert not names & {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
    starts = (b"mz", b"\x7felf", b"#!", b"pk", b"[autorun")
    assert not any(data.lower().startswith(starts) for data in with_viewer.files.values())
    readme = with_viewer.files["README.TXT"].decode("ascii")
    assert "VIEWER\\" in readme
    assert "open INDEX.HTM" in readme
    assert "There is no viewer" not in readme
    assert all(len(line) <= 72 for line in readme.split("\r\n"))
    assert b"<a " not in without.files["INDEX.HTM"]
    assert b"There is no viewer" in without.files["README.TXT"]
    assert b"VIEWER" not in without.files["README.TXT"] + without.files["INDEX.HTM"]


def test_a_copy_with_it_is_class_a_and_the_viewer_is_known() -> None:
    made = export(files_of("clean"), viewer=viewer())
    plain, _ = judged(export(files_of("clean")).files)
    report, disc = judged(made.files)
    assert report.verdict.letter == "A"
    assert [(o.rule, o.severity, o.state) for o in report.outcomes] == [
        (o.rule, o.severity, o.state) for o in plain.outcomes
    ]
    rows = {f.path: f for f in disc.files}
    for path in ("index.htm", "disc.js", "assets/main.js", "offline/viewer.js", "offline/core.js"):
        row = rows[f"VIEWER/{path}"]
        assert (row.kind.value, row.signature) == ("document", "part of Scanfolio's viewer"), path
        assert "the viewer that Scanfolio put beside the images" in row.reason


def judged(files: dict[str, bytes]) -> tuple[Report, Disc]:
    disc = open_files(files).disc
    report, _, _ = drive(judge(disc))
    return report, disc


def test_a_copy_of_a_copy_leaves_the_viewer_out_and_says_so() -> None:
    copy = export(files_of("clean"), viewer=viewer()).files
    theirs = {"VIEWER/NOTES.PDF": b"%PDF-1.4 a letter", "OTHER/offline/core.js": b"let x;"}
    plan = plan_of({**copy, **theirs})
    codes = {left.path: left.code for left in plan.left_out}
    assert {path for path, code in codes.items() if code == "viewer"} == {*on_disc(), "VIEWER/disc.js"}
    assert {codes[path] for path in theirs} == {"document"}
    again = export(copy, viewer=viewer())
    assert {p: d for p, d in again.files.items() if p in on_disc()} == on_disc()
    assert re_read(again).ok


@pytest.mark.parametrize("into", ["folder", "zip"])
def test_a_damaged_viewer_never_gets_onto_a_copy(into: str) -> None:
    for broken in (
        {**scripts(), "offline/core.js": LARGE["core"].replace(b"AAAA", b"AAAB")},  # another file of the same size
        {path: data for path, data in scripts().items() if path != "offline/core.js"},
        {**scripts(), "offline/core.js": LARGE["core"] + b" "},
        {path: data for path, data in scripts().items() if path != "offline/viewer.js"},
        {**scripts(), "offline/viewer.js": b"SCANFOLIO_PACK"},
        {**scripts(), "offline/viewer.js": pack(SMALL, LARGE)[:-9] + b'AA");\n'},
        {**scripts(), "offline/viewer.js": pack({**SMALL, "../DICOMDIR": b"not ours"}, LARGE)},
    ):
        with pytest.raises(ExportError, match="damaged or not complete"):
            export(files_of("clean"), into=into, viewer=viewer(broken))


def test_a_viewer_that_can_no_longer_be_read_is_said() -> None:
    lent = MemorySource(scripts(), frozenset({"offline/core.js"}))
    found, _, _ = drive(viewer_from(lent.entries()))
    lent.broken = True
    with pytest.raises(ExportError, match="damaged or not complete"):
        export(files_of("clean"), viewer=found)


def test_it_is_counted_on_every_part_and_in_the_size() -> None:
    opened = open_files(ct_series(40))
    plain = make_plan(opened.disc, opened.index.entries, Choices())
    plan = make_plan(opened.disc, opened.index.entries, Choices(viewer=viewer()))
    assert plan.size_after - plain.size_after == SIZE
    media = 400_000
    assert len(divide(plain, media)) < len(divide(plan, media))
    for part in divide(plan, media):
        assert part.choices.viewer
        made = export_part(part)
        assert set(on_disc()) < set(made)
        assert sum(map(len, made.values())) <= media
        assert part.part
        assert f'"part": {part.part.number}, "of": {part.part.of}' in made["VIEWER/disc.js"].decode("ascii")


def export_part(plan: Plan) -> dict[str, bytes]:
    _, files, _ = drive(write_folder(plan, "{}", "report", created=CREATED))
    return files


def test_a_second_file_set_gets_none() -> None:
    second = second_set(Choices(viewer=viewer()), [LeftOut("V", "video", "", 1, "1.2.3")])
    assert second
    assert second.viewer is None


def test_the_command_line_puts_the_build_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, built = tmp_path / "DISC", tmp_path / "built"
    for root, files in ((source, files_of("clean")), (built, scripts())):
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
    monkeypatch.setenv("SCANFOLIO_DIST", str(tmp_path / "nothing"))
    copy = tmp_path / "COPY"
    assert main(["export", str(source), str(copy), "--with-viewer"]) == 2
    assert "build.py build" in capsys.readouterr().err
    assert not copy.exists()
    monkeypatch.setenv("SCANFOLIO_DIST", str(built))
    assert main(["export", str(source), str(copy), "--with-viewer", "--dry-run"]) == 0
    assert "in the folder VIEWER" in capsys.readouterr().out
    assert main(["export", str(source), str(copy), "--with-viewer"]) == 0
    for path, data in on_disc().items():
        assert (copy / path).read_bytes() == data
    assert main(["verify", str(copy), "--against", str(source)]) == 0
    monkeypatch.setenv("SCANFOLIO_DIST", str(copy / "VIEWER"))
    assert main(["export", str(source), str(tmp_path / "NEXT"), "--with-viewer"]) == 0, "one viewer makes the next"
    assert (tmp_path / "NEXT" / "VIEWER" / "index.htm").read_bytes() == SMALL["index.htm"]
    (copy / "VIEWER" / "assets" / "main.js").write_bytes(b"changed")
    assert main(["verify", str(copy)]) == 1
