"""The letter to the hospital: what is asked for in each class, what the disc reveals, and what it cannot smuggle in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from discs import NEEDS_IMAGECODECS, disc_folder, file_set, files_of, write_files
from instances import ANOTHER, SAMPLE, ct_slice, make_instance
from scanfolio.__main__ import main
from scanfolio.export.drive import run
from scanfolio.letter.found import spoken_name
from scanfolio.letter.missing import ranges
from scanfolio.letter.texts import LONGEST_VALUE, MOST_BYTES, as_text, clean, facts_in, label_in
from scanfolio.letter.write import BLANK, Letter, day_in_words
from scanfolio.session import Session
from scanfolio.source import open_source

TODAY = "20261125"


def session_of(folder: Path) -> Session:
    source = open_source(str(folder))
    session = Session(source.name)
    run(session.read(source))
    run(session.judge())
    return session


def letter_of(folder: Path) -> Letter:
    (letter,) = session_of(folder).letters("en", TODAY)
    return letter


def written(tmp_path: Path, files: dict[str, bytes], name: str = "DISC") -> Letter:
    return letter_of(write_files(tmp_path / name, files))


SELF_DISPLAY = files_of("self_display")

REASONS = {
    "self_display": "only shows pictures with its own program",
    "locked": "files on the disc are locked",
    "truncated": "A part of the disc is damaged",
    "missing_listed": "are not on it",
    "two_people": "images of more than one person",
    "contradictory_identity": "contradict each other",
    "duplicate_uid_different": "carry the same identity number",
}


@pytest.mark.parametrize("kind", REASONS)
def test_each_class_has_its_reason_and_asks_for_the_same_five_things(kind: str, tmp_path: Path) -> None:
    letter = letter_of(disc_folder(tmp_path, kind))
    assert REASONS[kind] in letter.text
    for wish in ("every series and every image", "Explicit VR Little Endian", "DICOMDIR", "IHE PDI", "own program"):
        assert wish in letter.text, wish
    assert ("give me the password, or" in letter.text) == (kind == "locked")
    assert "Checked on 25 November 2026 with Scanfolio" in letter.text


@pytest.mark.parametrize("kind", ["clean", "no_dicomdir", "jpeg2000", "empty"])
def test_a_disc_that_can_be_used_or_repaired_needs_no_letter(kind: str, tmp_path: Path) -> None:
    if kind in NEEDS_IMAGECODECS:
        pytest.importorskip("imagecodecs")
    folder = disc_folder(tmp_path, kind)
    letters = session_of(folder).letters("en", TODAY)
    assert bool(letters) == (kind == "empty")


def test_no_letter_where_reading_was_stopped(tmp_path: Path) -> None:
    source = open_source(str(disc_folder(tmp_path, "self_display")))
    session = Session(source.name)
    run(session.read(source))
    session.finish(complete=False)
    run(session.judge())
    assert session.letters("en", TODAY) == ()


def test_what_is_not_found_stays_a_line_to_fill_in(tmp_path: Path) -> None:
    letter = letter_of(disc_folder(tmp_path, "self_display"))
    assert set(letter.values.values()) == {""}
    for line in letter.lines.values():
        assert line.replace("{value}", BLANK) in letter.text.splitlines()
    # A date in a file name is told for what it is, and not taken for the day of the scan.
    assert "Dates in file names: 29 February 2024" in letter.text


def test_facts_come_from_the_images(tmp_path: Path) -> None:
    letter = letter_of(disc_folder(tmp_path, "truncated"))
    assert dict(letter.values) == {
        "hospital": "Invented hospital",
        "name": "Sample Scanfolio",
        "born": "1 January 1970",
        "examination": "Invented study",
        "date": "29 February 2024",
    }


def test_facts_come_from_the_table_of_contents_where_no_image_is_left(tmp_path: Path) -> None:
    files = {"DICOMDIR": file_set(make_instance("ct", 1), make_instance("ct", 2))["DICOMDIR"]}
    letter = written(tmp_path, files)
    assert letter.values["name"] == "Sample Scanfolio"
    assert letter.values["date"] == "29 February 2024"
    assert "the images it lists are not there" in letter.text
    assert "images 1–2 are missing (2 images)" in letter.text


README = """Disc of the patient

Institution:  City Hospital, Radiology
Patient name = Doe, Jane
Date of birth: 14.03.1958
Study description\tMRI left knee
Exam date: 2026-10-09
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_facts_come_from_labelled_lines_of_a_text(encoding: str, tmp_path: Path) -> None:
    letter = written(tmp_path, SELF_DISPLAY | {"readme.txt": README.encode(encoding)})
    assert dict(letter.values) == {
        "hospital": "City Hospital, Radiology",
        "name": "Doe, Jane",
        "born": "14.03.1958",
        "examination": "MRI left knee",
        "date": "9 October 2026",
    }


def test_facts_come_from_a_web_page_in_the_letters_it_declares(tmp_path: Path) -> None:
    page = """<html><head><meta charset="euc-kr"><title>x</title><style>Hospital: Style</style></head><body>
    <script>var s = "Hospital: Script";</script>
    <table><tr><th>병원명</th><td>서울 병원</td></tr><tr><th>Study date:</th><td>2026.10.09</td></tr></table>
    <p>Patient &amp; co: no label</p></body></html>""".encode("euc-kr")
    letter = written(tmp_path, SELF_DISPLAY | {"INDEX.HTM": page})
    assert letter.values["hospital"] == "서울 병원"
    assert letter.values["date"] == "9 October 2026"
    assert "Script" not in letter.text
    assert "Style" not in letter.text


def test_letters_of_an_unknown_encoding_are_not_guessed(tmp_path: Path) -> None:
    letter = written(tmp_path, SELF_DISPLAY | {"readme.txt": "Klinik: Städtische Klinik".encode("cp1252")})
    assert letter.values["hospital"] == ""
    assert as_text("Größe".encode("utf-16")) == "Größe"


def test_a_contradiction_is_no_fact(tmp_path: Path) -> None:
    texts = {"readme.txt": b"Hospital: City Hospital\n", "INDEX.HTM": b"<html><p>Hospital: Other Hospital</p></html>"}
    assert written(tmp_path, SELF_DISPLAY | texts).values["hospital"] == ""


@pytest.mark.parametrize("kind", ["two_people", "contradictory_identity"])
def test_no_name_stands_in_the_letter_while_it_is_unclear_whose_images_these_are(kind: str, tmp_path: Path) -> None:
    letter = letter_of(disc_folder(tmp_path, kind))
    assert (letter.values["name"], letter.values["born"]) == ("", "")
    for person in (SAMPLE, ANOTHER):
        assert spoken_name(person.name) not in letter.text
        assert person.patient_id not in letter.text


def test_the_label_of_the_disc_is_the_one_in_autorun_at_the_top(tmp_path: Path) -> None:
    start = b"[autorun]\r\nopen=a.exe\r\nLabel = CITY RADIOLOGY\r\n"
    assert "Label in AUTORUN.INF: CITY RADIOLOGY" in written(tmp_path, SELF_DISPLAY | {"autorun.inf": start}).text
    assert label_in({"OTHER/autorun.inf": "label=x y"}) == label_in({"autorun.inf": "icon=a.ico\n" * 9}) == ""


def test_a_known_viewer_is_named_for_the_technician(tmp_path: Path) -> None:
    letter = written(tmp_path, SELF_DISPLAY | {"WIN32/eFilmLt.exe": SELF_DISPLAY["OTHER/LITE/ImageLite.exe"]})
    assert "Viewing program: eFilm Lite" in letter.text
    assert "Viewing program" not in letter_of(disc_folder(tmp_path, "self_display")).text


HOSTILE = [
    "Hospital: <script>alert(1)</script>",
    "Hospital: https://example.org/pay",
    "Hospital: " + "A" * (LONGEST_VALUE + 1),
    "Hospital: {value} {0.__class__}",
    "Hospital: ____________",
    "Hospital: unknown",
    "Hospital: \ufffdspital",
    "Hospital: Patient name",
    "Hospital\tName\tBorn",
    "Hospital: \u202egnp.exe\u202c",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_what_a_text_says_cannot_become_anything_else(line: str, tmp_path: Path) -> None:
    letter = written(tmp_path, SELF_DISPLAY | {"readme.txt": line.encode()})
    value = letter.values["hospital"]
    assert value in ("", "gnp.exe")
    assert "<" not in letter.text
    assert "://" not in letter.text
    assert "\u202e" not in letter.text
    assert len(letter.paragraphs) == len(letter_of(disc_folder(tmp_path, "self_display")).paragraphs)


def test_a_value_stays_one_line_and_texts_are_read_within_limits(tmp_path: Path) -> None:
    assert clean("City\r\nHospital\0\x1b[31m") == "City Hospital [31m"
    assert list(facts_in({"A.TXT": "x\n" * 5000 + "Hospital: Too far down\n"})) == []
    assert list(facts_in({"A.HTM": "<table>" * 3000 + "<tr><td>Hospital<td>City Hospital"})) == [
        ("hospital", "City Hospital", "A.HTM")
    ]
    many = {f"T{n:02d}.TXT": b"nothing\n" for n in range(20)} | {"Z.TXT": b"Hospital: Beyond the twelfth\n"}
    assert written(tmp_path, many | {"PLAY.EXE": SELF_DISPLAY["OTHER/LITE/ImageLite.exe"]}).values["hospital"] == ""


@pytest.mark.parametrize("piece", ["<a ", "<!--", "</", '<a b="', "<script>", " \t", "&#1;", "<td>:", ":", "\xa0"])
def test_no_page_keeps_the_letter_waiting(piece: str) -> None:
    text = piece * (MOST_BYTES // len(piece)) + "<p>Hospital: City Hospital</p>"
    assert len(list(facts_in({"INDEX.HTM": text}))) <= 1
    assert len(list(facts_in({"README.TXT": text.replace("<p>", "\n")}))) <= 1


def test_names_of_series_and_files_are_cleaned_too(tmp_path: Path) -> None:
    bad = [make_instance("ct", n, SeriesDescription="<b>bold</b>", SeriesNumber=4) for n in (1, 2, 3)]
    files = file_set(*bad)
    gone = sorted(p for p in files if p != "DICOMDIR")[1]
    letter = written(tmp_path, {p: d for p, d in files.items() if p != gone})
    assert "<b>" not in letter.text
    assert "- Series 4: image 2 is missing" in letter.text


def test_missing_and_damaged_slices_are_named_by_series_and_number(tmp_path: Path) -> None:
    slices = [make_instance("ct", n, SeriesNumber=7, SeriesDescription="Axial") for n in range(1, 13)]
    files = file_set(*slices)
    images = sorted(p for p in files if p != "DICOMDIR")
    kept = {p: d for p, d in files.items() if p not in (images[3], images[4], images[8])}
    kept[images[10]] = kept[images[10]][:-700]
    kept[images[11]] = b""
    letter = written(tmp_path, kept)
    assert "- Series 7 (Axial): images 4–5, 9 are missing (3 images)" in letter.text
    assert "- Series 7 (Axial): images 11–12 are damaged (2 images)" in letter.text


def test_a_gap_in_a_stack_is_named_where_the_numbers_jump(tmp_path: Path) -> None:
    files = {f"CT{n:06d}": ct_slice(n) for n in range(1, 31) if n not in (14, 15)}
    files["CT000030"] = files["CT000030"][:-700]
    letter = written(tmp_path, files)
    assert "images 14–15 are missing (2 images)" in letter.text
    assert "image 30 is damaged" in letter.text


def test_long_lists_are_cut_and_say_so(tmp_path: Path) -> None:
    assert ranges([1, 2, 3, 5, 9, 10]) == ("1–3, 5, 9–10", False)
    text, more = ranges(range(1, 100, 2))
    assert (text.count(","), more) == (7, True)
    instances = [make_instance("ct", n, series=n, SeriesNumber=n) for n in range(1, 41)]
    directory = file_set(*instances)["DICOMDIR"]
    letter = written(tmp_path, {"DICOMDIR": directory})
    assert letter.text.count(" is missing\n") == 24
    assert "and 16 more lines in the report" in letter.text


def test_days_and_names_as_people_write_them() -> None:
    assert day_in_words("20261009", "en") == "9 October 2026"
    assert day_in_words("1958.03.14", "en") == "14 March 1958"
    assert day_in_words("20261399", "en") == "20261399"
    assert day_in_words("03/04/2026", "en") == "03/04/2026"
    assert spoken_name("DOE^JANE^M^Dr.") == "Dr. Jane M Doe"
    assert spoken_name("McAllister^Sue") == "Sue McAllister"
    assert spoken_name("=洪^吉洞=홍^길동") == "吉洞 洪"


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = disc_folder(tmp_path, "self_display")
    assert main(["report", str(folder), "--letter"]) == 1
    printed = capsys.readouterr().out
    assert all(len(line) <= 80 for line in printed.splitlines())
    assert "Dear Sir or Madam" in printed
    assert main(["report", str(disc_folder(tmp_path, "clean")), "--letter"]) == 2
    assert "needs no letter" in capsys.readouterr().err


def test_what_the_page_gets_is_plain_json(tmp_path: Path) -> None:
    answer = letter_of(disc_folder(tmp_path, "truncated")).as_dict()
    assert json.loads(json.dumps(answer)) == answer
    assert set(answer) == {"language", "text", "lines", "values"}
