"""The properties an export must have, by number, as docs/conformance.md lists them. Here: what surrounds the images."""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from discs import Files, files_of
from exports import CREATED, Exported, MemorySource, drive, export, open_files, plan_of, re_read, read
from instances import SAMPLE, encode, make_instance
from scanfolio import __version__
from scanfolio.export.papers import DISCLAIMER, NOT_READY
from scanfolio.export.parts import PAPERS_BYTES, PER_FILE_GIVEN_BYTES, divide
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import Choices
from scanfolio.export.write import write_folder, write_zip
from scanfolio.rules import judge
from scanfolio.rules.outcome import Severity, State
from scanfolio.rules.registry import RULES
from scanfolio.rules.report import Report
from scanfolio.session import Session

TESTS = Path(__file__).parents[1]
EIGHT_THREE = re.compile(r"[A-Z0-9_]{1,8}(\.[A-Z0-9_]{1,3})?")
PAPERS = {"DICOMDIR", "README.TXT", "INDEX.HTM", "REPORT.TXT", "REPORT.JSN", "EXPORT.JSN", "SHA256SUM.TXT"}


def test_every_property_has_a_test_that_bears_its_number() -> None:
    """And docs/conformance.md has a row for each, which names the file the test is in."""
    found: dict[int, set[str]] = {}
    for path in sorted(TESTS.glob("*/test_*.py")):
        for number in re.findall(r"^def test_property_(\d\d)_", path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(int(number), set()).add(path.name)
    assert sorted(found) == list(range(1, 27))
    table = (TESTS.parent / "docs" / "conformance.md").read_text("utf-8")
    rows = {int(number): row for number, row in re.findall(r"^\| (\d+) \| (.*)$", table, re.MULTILINE)}
    assert sorted(rows) == sorted(found)
    for number, names in found.items():
        assert all(f"`{name}`" in rows[number] for name in names), (number, names)


def test_property_16_a_readme_for_whoever_finds_the_medium() -> None:
    exported = export(files_of("with_viewer"))
    text = exported.files["README.TXT"].decode("ascii")
    assert text.count("\n") == text.count("\r\n") > 20
    assert max(map(len, text.splitlines())) <= 72
    said = " ".join(text.split())
    for words in (
        "MEDICAL IMAGES (DICOM)",
        f"Made on {CREATED:%Y-%m-%d %H:%M:%S} by Scanfolio {__version__}",
        "Who made this copy: the person holding it, not a hospital",
        "Contact of the institution the images come from",
        "Invented hospital",
        "3 DICOM instances in 1 series, 1 studies",
        "DICOMDIR table of contents",
        "What was changed: 3 instances copied byte for byte",
        "What was left out:",
        "2 files: program",
        "not a certified product",
        " ".join(DISCLAIMER.split()),
    ):
        assert words in said, words
    for path in exported.files:
        assert not any(part.upper() in path.upper() for part in (*SAMPLE.name.split("^"), SAMPLE.patient_id))


def test_property_17_a_still_page_and_nothing_that_runs() -> None:
    """What is on the source does not come along; what we write has no script, no link, no start by itself."""
    exported = export(files_of("hidden_program") | files_of("with_viewer"))
    assert {path for path in exported.files if not path.startswith("DICOM/")} == PAPERS
    assert not any(data.startswith((b"MZ", b"\x7fELF", b"#!", b"PK")) for data in exported.files.values())
    root = ElementTree.fromstring(exported.files["INDEX.HTM"].decode("utf-8").split("?>", 1)[1])
    assert root.tag == "{http://www.w3.org/1999/xhtml}html"
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "a", "img", "link", "iframe", "object", "embed", "form", "base"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "href", "style")}
    cells = ["".join(e.itertext()) for e in root.iter() if e.tag.endswith("td")]
    assert "Invented study" in cells
    assert "DICOMDIR" in "".join(root.itertext())


def test_property_18_what_was_found_and_every_check_sum_beside_the_images() -> None:
    files = files_of("mixed")
    exported = export(files, report='{"schema": "é"}')
    assert all(EIGHT_THREE.fullmatch(path) for path in PAPERS - {"SHA256SUM.TXT"})  # named so by those who look for it
    assert exported.files["REPORT.JSN"] == '{"schema": "é"}'.encode()
    assert exported.files["REPORT.TXT"] == b"A report\r\nof two lines\r\n"
    record = json.loads(exported.files["EXPORT.JSN"])
    assert {i["source_path"]: i["sha256"] for i in record["instances"]} == {
        path: hashlib.sha256(data).hexdigest() for path, data in exported.copies().items()
    }
    lines = exported.files["SHA256SUM.TXT"].decode("ascii").splitlines()
    assert {line[66:]: line[:64] for line in lines} == {
        path: hashlib.sha256(data).hexdigest() for path, data in exported.files.items() if path != "SHA256SUM.TXT"
    }


def test_property_19_a_plain_zip_that_begins_with_the_directory() -> None:
    """Header by header, as an old unpacker goes through it: no descriptor behind an entry, no zip64, no encryption."""
    exported = export(files_of("mixed"), into="zip")
    archive, at, names = exported.archive, 0, []
    while archive[at : at + 4] == b"PK\x03\x04":
        version, flags, method = struct.unpack_from("<HHH", archive, at + 4)
        packed, size, name_length, extra = struct.unpack_from("<IIHH", archive, at + 18)
        assert (version, flags, method, extra) == (20, 0, 0, 0)
        assert packed == size
        names.append(archive[at + 30 : at + 30 + name_length].decode("ascii"))
        at += 30 + name_length + packed
    assert archive[at : at + 4] == b"PK\x01\x02"
    assert names[0] == "DICOMDIR"
    assert sorted(names) == sorted(exported.files) == sorted(set(names))
    assert not any("\\" in name or name.startswith("/") or ".." in name for name in names)
    assert sum(name.count("/") == 4 for name in names) == 10
    assert b"PK\x06\x06" not in archive[at:]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None


def test_property_20_a_copy_too_large_for_one_medium_is_several_whole_ones() -> None:
    files = {f"S{s}I{n}": encode(make_instance("ct", n, series=s)) for s in (1, 2) for n in (1, 2)}
    opened = open_files(files)
    plan = make_plan(opened.disc, opened.index.entries, Choices())
    media = PAPERS_BYTES + PER_FILE_GIVEN_BYTES * 4 + 3 * (8 << 10)
    parts = divide(plan, media)
    assert len(parts) == 2
    uids: list[str] = []
    for part in parts:
        manifest, written, _ = drive(write_folder(part, "{}", "A report", created=CREATED))
        del written[NOT_READY]
        assert sum(map(len, written.values())) <= media
        exported = Exported(opened, part, manifest, written)
        assert {path for path in written if not path.startswith("DICOM/")} == PAPERS
        assert re_read(exported).ok
        uids += [read(data).SOPInstanceUID for data in exported.images.values()]
    assert len(uids) == len(set(uids)) == 4


def judged(files: Files) -> Report:
    report, _, _ = drive(judge(open_files(files).disc))
    assert isinstance(report, Report)
    return report


def above_info(report: Report) -> set[str]:
    return {o.rule for o in report.outcomes if o.state is State.FAILED and o.severity is not Severity.INFO}


FAULTLESS = ("clean", "no_dicomdir", "broken_dicomdir", "dicomdir_in_subfolder", "two_dicomdirs", "implicit",
             "big_endian", "deflated", "rle", "lower_case", "odd_names", "no_preamble", "bare_implicit", "with_viewer",
             "hidden_program", "pictures_and_dicom", "japanese", "duplicate_uid_same", "mr")  # fmt: skip
INHERITING = ("gap", "no_modality", "no_identity", "no_position", "mixed")


@pytest.mark.parametrize("kind", FAULTLESS + INHERITING)
def test_property_22_our_own_copies_are_faultless_but_for_what_they_inherit(kind: str) -> None:
    exported = export(files_of(kind))
    again = judged(exported.files)
    found = above_info(again)
    assert again.verdict.letter == "A"
    assert not found or kind in INHERITING
    verification = re_read(exported)
    assert verification.differences == ()
    assert set(verification.inherited) == found
    # a record can only hold what its image has (D10); everything else the source was told of already
    assert found - {"D10"} <= above_info(judged(files_of(kind)))


def test_property_23_the_same_input_gives_the_same_bytes() -> None:
    plan = plan_of(files_of("mixed"))
    results = []
    for created, uid in ((CREATED, "2.25.1"), (CREATED, "2.25.1"), (datetime(2031, 5, 6, 7, 8, 9), "2.25.2")):
        stream = drive(write_zip(plan, "{}", "A report", created=created, file_set_uid=uid))[2]
        with zipfile.ZipFile(io.BytesIO(stream)) as archive:
            results.append((stream, {name: archive.read(name) for name in archive.namelist()}))
    (one, _), (two, files), (_, later) = results
    assert one == two
    named_after_the_moment = {"DICOMDIR", "README.TXT", "EXPORT.JSN", "SHA256SUM.TXT"}
    assert {name for name in files if files[name] != later[name]} == named_after_the_moment


def test_property_26_the_report_has_a_sentence_for_the_hospital_and_an_appendix_by_rule() -> None:
    session = Session("disc")
    drive(session.read(MemorySource(files_of("self_display"))))
    drive(session.judge())
    text = session.report_text()
    asked = "Ask the hospital that made the disc for the complete examination as standard DICOM files with a DICOMDIR"
    assert asked in " ".join(text.split())
    for code in RULES:
        if not code.startswith("P"):
            assert re.search(rf"^ *{code} (passed|failed|not applicable|blocked)", text, re.MULTILINE), code
    (letter,) = session.letters("en", "20240229", read_texts=False)
    for wish in ("complete examination", "Explicit VR Little Endian", "DICOMDIR", "IHE PDI", "own program"):
        assert wish in letter.text, wish
