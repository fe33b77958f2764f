"""Planning and writing: what is taken, what is left out and why, what stands beside the images."""

from __future__ import annotations

import hashlib
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pydicom
import pytest

from discs import files_of
from exports import drive, effects_of, export, open_files, plan_of, re_read
from instances import ANOTHER, RLE, SAMPLE, encode, make_instance, uid
from scanfolio.effects import WriteFile
from scanfolio.errors import ExportError
from scanfolio.export import large, plan, planned, verify
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import EVERYONE, Choices
from scanfolio.export.write import write_folder, write_zip
from scanfolio.words import catalogue

KINDS = (
    "clean", "no_dicomdir", "implicit", "big_endian", "deflated", "rle", "mr", "us_rgb", "palette", "multiframe",
    "enhanced_ct", "dose_report", "pdf", "mixed", "japanese", "no_identity", "no_preamble", "bare_implicit",
    "odd_names", "with_viewer", "lower_case", "dicomdir_loop", "no_modality", "hidden_program",
)  # fmt: skip
COMPONENT = re.compile(r"[A-Z0-9_]{1,8}")
EIGHT_THREE = re.compile(r"[A-Z0-9_]{1,8}(\.[A-Z0-9_]{1,3})?")


@pytest.mark.parametrize("into", ["folder", "zip"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_disc_comes_out_whole_and_identical(kind: str, into: str) -> None:
    files = files_of(kind)
    exported = export(files, into=into)
    verification = re_read(exported)
    assert verification.differences == ()
    assert verification.ok
    assert verification.identical == len(exported.opened.disc.instances)


def test_names_are_file_ids_and_eight_three() -> None:
    for path in export(files_of("odd_names")).files:
        if path.startswith("DICOM"):
            assert all(COMPONENT.fullmatch(part) for part in path.split("/"))
            assert len(path.split("/")) <= 8
        else:
            assert EIGHT_THREE.fullmatch(path) or path == "SHA256SUM.TXT"  # named so by those who look for it


def test_a_folder_gets_its_directory_last_and_a_zip_first() -> None:
    assert list(export(files_of("clean")).files)[-1] == "DICOMDIR"
    assert next(iter(export(files_of("clean"), into="zip").files)) == "DICOMDIR"


def test_index_page_escapes_what_it_shows() -> None:
    hostile = '<script>alert("1")</script>&\x07'
    ds = make_instance("ct", 1, SeriesDescription=hostile, PatientName="<b>^'x'")
    page = export({"A": encode(ds)}).files["INDEX.HTM"].decode("utf-8")
    root = ElementTree.fromstring(page.split("?>", 1)[1])
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"script", "a", "img", "link", "iframe", "object"}
    assert not any(name.startswith("on") or name in ("src", "href") for e in root.iter() for name in e.attrib)
    cells = ["".join(e.itertext()) for e in root.iter() if e.tag.endswith("td")]
    assert '<script>alert("1")</script>& ' in cells
    assert "<b> 'x'" in cells


def test_nothing_that_could_run_is_written() -> None:
    exported = export(files_of("hidden_program") | files_of("with_viewer"))
    assert not any(data.startswith((b"MZ", b"\x7fELF", b"#!")) for data in exported.files.values())
    codes = {f.path: f.code for f in exported.plan.left_out}
    assert codes["VIEWER.EXE"] == "program"


def refusal(files: dict[str, bytes], **choices: object) -> ExportError:
    with pytest.raises(ExportError) as caught:
        plan_of(files, **choices)
    return caught.value


def test_contradictory_identities_are_refused() -> None:
    error = refusal(files_of("contradictory_identity"))
    assert "differs" in error.title
    assert error.detail.startswith("S02")
    assert "SOMEONE" not in error.detail


def test_one_number_on_two_different_images_is_refused() -> None:
    assert refusal(files_of("duplicate_uid_different")).detail.startswith("S07")


def test_the_same_image_twice_is_taken_once() -> None:
    exported = export(files_of("duplicate_uid_same"))
    assert len(exported.manifest.instances) == 2
    assert [f.code for f in exported.manifest.left_out if f.sop_instance_uid] == ["duplicate"]
    assert re_read(exported).ok


def test_several_people_have_to_be_chosen_from() -> None:
    files = files_of("two_people")
    error = refusal(files)
    assert "Which" in error.title
    assert "SCANFOLIO ANOTHER" in error.hint
    opened = open_files(files)
    for patient in opened.disc.patients:
        exported = export(opened, patient_key=patient.key)
        records = pydicom.dcmread(io.BytesIO(exported.files["DICOMDIR"])).DirectoryRecordSequence
        assert [r.PatientID for r in records if r.DirectoryRecordType == "PATIENT"] == [patient.patient_id]
        assert exported.plan.not_chosen == 2
        assert re_read(exported).ok


def test_everyone_is_a_deliberate_choice() -> None:
    exported = export(files_of("two_people"), patient_key=EVERYONE)
    records = pydicom.dcmread(io.BytesIO(exported.files["DICOMDIR"])).DirectoryRecordSequence
    assert sum(r.DirectoryRecordType == "PATIENT" for r in records) == 2


def test_everyone_leaves_contradictions_out_with_the_reason() -> None:
    mine = {f"MINE{n}": encode(make_instance("mr", n, person=ANOTHER)) for n in (1, 2)}
    exported = export(files_of("contradictory_identity") | mine, patient_key=EVERYONE)
    assert len(exported.manifest.instances) == 2
    assert [f.code for f in exported.manifest.left_out] == ["contradiction"] * 4


def test_somebody_elses_contradiction_does_not_matter() -> None:
    mine = {f"MINE{n}": encode(make_instance("mr", n, person=ANOTHER)) for n in (1, 2)}
    opened = open_files(files_of("contradictory_identity") | mine)
    key = next(p.key for p in opened.disc.patients if p.patient_id == ANOTHER.patient_id)
    assert len(export(opened, patient_key=key).manifest.instances) == 2


def test_studies_and_series_can_be_chosen() -> None:
    opened = open_files(files_of("mixed"))
    series = opened.disc.patients[0].studies[0].series
    exported = export(opened, series=[series[0].series_instance_uid, series[1].key])
    assert {i.sop_instance_uid for i in exported.manifest.instances} == {
        i.sop_instance_uid for s in series[:2] for i in s.instances
    }
    assert re_read(exported).ok
    assert refusal(files_of("mixed"), studies=["1.2.3"]).title == catalogue()["export.refused.nothing"]


def test_nothing_to_export_is_refused() -> None:
    for kind in ("self_display", "locked", "empty"):
        assert refusal(files_of(kind)).title == catalogue()["export.refused.nothing"]


def test_cut_off_images_are_left_out_and_named() -> None:
    exported = export(files_of("truncated"))
    (left,) = [f for f in exported.manifest.left_out if f.sop_instance_uid]
    assert left.code == "cut-off"
    assert left.reason
    assert re_read(exported).ok


def test_an_instance_without_its_identifiers_is_left_out() -> None:
    exported = export({"A": encode(make_instance("ct", 1)), "B": encode(make_instance("ct", 2, SeriesInstanceUID=""))})
    assert [f.code for f in exported.manifest.left_out] == ["no-identity"]


def test_every_reason_has_a_sentence() -> None:
    keys = catalogue()
    for code in (
        "archive", "contradiction", "cut-off", "damaged", "dicomdir", "different-contents", "document", "duplicate",
        "locked", "no-identity", "no-patient", "other", "picture", "program", "undecodable", "unreadable", "video",
    ):  # fmt: skip
        assert keys[f"export.left_out.{code}"]


def test_a_compressed_image_that_cannot_be_decoded_leaves_a_right_directory() -> None:
    good, bad = (encode(make_instance("ct", n), RLE) for n in (1, 2))
    at = bad.rindex(b"\xfe\xff\x00\xe0") + 8
    spoilt = bad[:at] + b"\xff\xff\xff\x7f" + bad[at + 4 :]
    for into in ("zip", "folder"):
        exported = export({"A": good, "B": spoilt}, into=into)
        assert [f.code for f in exported.manifest.left_out] == ["undecodable"]
        assert [i.source_path for i in exported.manifest.instances] == ["A"]
        verification = re_read(exported)
        assert verification.ok, verification.differences
        assert verification.instances_in == 1


def test_a_scratch_costs_one_image_and_a_lost_disc_stops() -> None:
    files = {f"F{n}": encode(make_instance("ct", n)) for n in range(1, 6)}
    opened = open_files(files, lost=frozenset({"F2"}))
    opened.source.broken = True
    exported = export(opened)
    assert [f.path for f in exported.manifest.left_out] == ["F2"]
    assert exported.manifest.left_out[0].code == "unreadable"
    gone = open_files(files, lost=frozenset(files))
    made = make_plan(gone.disc, gone.index.entries, Choices())
    gone.source.broken = True
    with pytest.raises(ExportError, match="can no longer be read"):
        drive(write_zip(made, "{}", ""))


def test_people_of_the_same_study_share_a_folder_and_numbers_start_at_zero() -> None:
    files = {f"F{n}": encode(make_instance("ct", n, series=s)) for n, s in ((1, 1), (2, 1), (3, 2))}
    assert [p for p in export(files).files if p.startswith("DICOM/")] == [
        "DICOM/PT000000/ST000000/SE000000/IM000000",
        "DICOM/PT000000/ST000000/SE000000/IM000001",
        "DICOM/PT000000/ST000000/SE000001/IM000000",
    ]


def test_the_plan_says_what_will_change() -> None:
    said = plan_of(files_of("implicit")).as_dict()
    assert said["actions"] == {"copy": 0, "keep": 0, "re-encode": 3, "decompress": 0, "split": 0}
    assert said["instances"] == 3
    assert said["changes"] == [
        "3 images are rewritten in the form every hospital reads; their values stay the same.",
        "Every file gets a new short name that any system can read, and a new file header. What is inside stays.",
    ]
    assert said["size_before"] > 0
    assert said["decoded_bytes"] == 0
    json.dumps(said)


def test_the_plan_says_what_the_table_of_contents_will_have_to_fill_in() -> None:
    first = make_instance("ct", 1, StudyID="", InstanceNumber=None)
    lacking = {"A": encode(first), "B": encode(make_instance("ct", 2, StudyID=""))}
    assert plan_of(lacking).changes()[-1].startswith("2 dates and numbers that the table of contents must have")
    assert sorted(s.keyword for s in export(lacking).manifest.supplied) == ["InstanceNumber", "StudyID"]


def test_the_plan_gives_each_reason_once_medical_files_first() -> None:
    cut_off = encode(make_instance("ct", 9))[:-400]
    files = {**files_of("mixed"), "A.TXT": b"a letter", "B.TXT": b"another letter", "C": cut_off}
    rows = plan_of(files).left_out_by_reason()
    assert rows[0] == ("The file is cut off: part of the image is missing.", 1, 1)
    assert ("A document, not a medical image.", 2, 0) in rows
    assert len({reason for reason, _, _ in rows}) == len(rows)


def test_the_plan_says_how_much_has_to_be_unpacked() -> None:
    said = plan_of(files_of("rle")).as_dict()
    assert said["decoded_bytes"] == said["size_after"] > 0


def test_the_plan_says_which_packages_it_needs() -> None:
    assert plan_of(files_of("clean")).needs == ()
    assert plan_of(files_of("implicit")).needs == ("pydicom",)
    assert plan_of(files_of("rle")).needs == ("pydicom", "numpy")


def test_two_patient_numbers_of_one_person_are_asked_about() -> None:
    other = SAMPLE._replace(patient_id="OTHER-1")
    files = {
        "A": encode(make_instance("ct", 1)),
        "B": encode(make_instance("mr", 1, person=other, StudyInstanceUID=uid("other"))),
    }
    assert "Which" in refusal(files).title


def test_large_images_are_sent_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_of("clean") | {"CUT": encode(make_instance("ct", 8)) + b"rubbish"}
    whole = export(files, into="zip")
    for module in (planned, verify):
        monkeypatch.setattr(module, "STREAM_ABOVE_BYTES", 100)
    monkeypatch.setattr(large, "PIECE_BYTES", 333)
    in_pieces = export(files, into="zip")
    assert in_pieces.archive == whole.archive
    assert re_read(in_pieces).ok
    path = in_pieces.manifest.instances[0].file_id
    spoilt = in_pieces.files[path][:-1] + b"\7"
    assert not re_read(in_pieces, {**in_pieces.files, path: spoilt}).ok
    digest, wrong = (hashlib.sha256(d).hexdigest().encode() for d in (in_pieces.files[path], spoilt))
    sums = in_pieces.files["SHA256SUM.TXT"].replace(digest, wrong)
    found = re_read(in_pieces, {**in_pieces.files, path: spoilt, "SHA256SUM.TXT": sums}, said=False)
    assert [d.what for d in found.differences] == ["the data set differs"]


def test_large_images_reach_a_folder_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_of("clean")
    whole = export(files)
    for module in (planned, verify):
        monkeypatch.setattr(module, "STREAM_ABOVE_BYTES", 100)
    monkeypatch.setattr(large, "PIECE_BYTES", 333)
    opened = open_files(files)
    steps = write_folder(make_plan(opened.disc, opened.index.entries, Choices()), "{}", "")
    pieces = [e for e in effects_of(steps) if isinstance(e, WriteFile) and e.path.startswith("DICOM/")]
    assert max(len(part) for e in pieces for part in e.parts) < 600, "the head of the file, or a piece"
    assert [e.more for e in pieces].count(False) == 3, "every file comes to its end"
    in_pieces = export(files)
    assert in_pieces.files == whole.files
    assert re_read(in_pieces).ok


def test_a_large_image_that_changes_while_it_is_read_stops_the_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planned, "STREAM_ABOVE_BYTES", 100)
    monkeypatch.setattr(large, "PIECE_BYTES", 333)
    opened = open_files(files_of("clean"))
    chosen = make_plan(opened.disc, opened.index.entries, Choices())
    victim = chosen.files[1]
    reads = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal reads
        reads += 1
        data = victim.entry.read(offset, length)
        return data if reads < 12 else bytes(len(data))

    files = tuple(replace(f, entry=replace(f.entry, read=read)) if f is victim else f for f in chosen.files)
    for write in (write_folder, write_zip):
        reads = 0
        with pytest.raises(ExportError, match="can no longer be read"):
            drive(write(replace(chosen, files=files), "{}", ""))


def test_what_cannot_be_held_in_memory_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MAX_WHOLE_BYTES", 2500)
    exported = export({**files_of("implicit"), "A": encode(make_instance("ct", 9))})
    assert [f.code for f in exported.manifest.left_out] == ["too-large"] * 3
    assert [i.source_path for i in exported.manifest.instances] == ["A"]
