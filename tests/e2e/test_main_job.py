"""The main job in real browsers: pick a disc, read the answer, see the images, take a verified copy away."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Page

from discs import ct_slice, disc_folder, encode, file_set, make_instance, write_files
from scanfolio.export.drive import run
from scanfolio.session import Session
from scanfolio.source import open_source

GET_BASE64 = """((buffer) => {{ const bytes = new Uint8Array(buffer); let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text); }})({0})"""


def read(folder: Path) -> Session:
    source = open_source(str(folder))
    session = Session(source.name)
    run(session.read(source))
    return session


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person, one of everything: CT, MR, PET, ultrasound, palette, MONOCHROME1, multi-frame, enhanced CT, SR, PDF."""
    return disc_folder(tmp_path_factory.mktemp("mixed"), "mixed")


def test_the_answer_is_on_the_screen_and_the_same_as_on_the_command_line(page: Page, mixed: Path) -> None:
    report = page.open(mixed)
    session = read(mixed)
    run(session.judge())
    assert page.browser.eval("scanfolio.reportText().then((r) => r.json)") == session.report_json()
    assert report["verdict"]["title"] in page.text("body")
    assert "For looking only, not for diagnosis" in page.text("body")
    assert report["counts"]["files"] == sum(1 for p in mixed.rglob("*") if p.is_file())
    for mark in ("scanfolio:ready", "scanfolio:first-image", "scanfolio:indexed"):
        assert page.browser.eval(f"performance.getEntriesByName('{mark}').length") == 1, mark


def test_the_first_picture_is_of_the_scan_and_not_of_its_overview(page: Page, tmp_path: Path) -> None:
    """Through the DICOMDIR, and the same report as without: what is shown first changes nothing about the reading."""
    scout = [make_instance("ct", n, series=1, SeriesNumber=1, SeriesDescription="Scout") for n in (1, 2)]
    chest = [make_instance("ct", n, series=2, SeriesNumber=2, SeriesDescription="Chest") for n in range(1, 13)]
    folder = write_files(tmp_path / "DISC", file_set(*scout, *chest))
    page.open(folder)
    page.browser.wait("document.querySelector('.series[aria-current=true]')")
    assert "Chest" in page.text(".series[aria-current=true]")
    session = read(folder)
    run(session.judge())
    assert page.browser.eval("scanfolio.reportText().then((r) => r.json)") == session.report_json()


COUNT_SLICES = """(() => {
  const { slice } = Blob.prototype;
  window.__sliced = 0;
  Blob.prototype.slice = function (...range) {
    if (!performance.getEntriesByName("scanfolio:first-image").length) window.__sliced += 1;
    return slice.apply(this, range);
  };
})()"""


def test_the_first_picture_is_in_what_was_read_ahead(page: Page, tmp_path: Path) -> None:
    """Found through a DICOMDIR or without one, it is not asked for a second time."""
    slices = [make_instance("ct", n) for n in (1, 2)]
    page.browser.eval(COUNT_SLICES)
    for name, files in (("plain", {"IM1": ct_slice(1), "IM2": ct_slice(2)}), ("listed", file_set(*slices))):
        page.open(write_files(tmp_path / name, files))
        assert page.browser.eval("performance.getEntriesByName('scanfolio:first-image').length") == 1
        assert page.browser.eval("window.__sliced") == 0, name


def test_the_address_follows_the_disc_and_back_leads_to_the_beginning(page: Page, tmp_path: Path) -> None:
    page.browser.eval("void (location.hash = '#/')")
    page.browser.wait("document.body.dataset.screen === 'landing'")
    before = page.browser.eval("document.title")
    page.open(write_files(tmp_path / "disc", {"IM1": ct_slice(1)}))
    page.browser.wait("location.hash === '#/disc'")
    assert page.browser.eval("document.title") != before
    page.browser.eval("history.back()")
    page.browser.wait("document.body.dataset.screen === 'landing'")
    assert page.browser.eval("document.title") == before


def test_what_is_read_only_to_judge_is_the_same_here(page: Page, tmp_path: Path) -> None:
    """Bytes behind the end, copies of an image, references of a presentation state: read while judging, in each home."""
    from referring import presentation

    files = {
        "CT000001": ct_slice(1),
        "CT000002": ct_slice(2) + bytes(300),
        "COPY0001": ct_slice(1),
        "PR000001": encode(presentation("1.2.3.4")),
    }
    folder = write_files(tmp_path / "closer", files)
    report = page.open(folder)
    session = read(folder)
    run(session.judge())
    saved = page.browser.eval("scanfolio.reportText()")
    assert (saved["json"], saved["text"]) == (session.report_json(), session.report_text())
    failed = {o["rule"] for o in report["outcomes"] if o["state"] == "failed"}
    assert {"F10", "F14", "S08"} <= failed


def test_the_report_follows_the_answer_and_the_copy(page: Page, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "clean")
    page.open(folder)
    state = "scanfolio.report().outcomes.find((o) => o.rule === '{0}').state"
    assert page.browser.eval(state.format("S03")) == "blocked"
    page.browser.eval("void document.querySelector('.person .ask .button').click()")
    page.browser.wait(state.format("S03") + " === 'passed'")
    session = read(folder)
    session.person_confirmed = True
    run(session.judge())
    assert page.browser.eval("scanfolio.reportText().then((r) => r.json)") == session.report_json()
    page.browser.eval("scanfolio.export({}).then(() => true)")
    assert [page.browser.eval(state.format(code)) for code in ("P01", "P02")] == ["passed", "passed"]


def test_saying_no_stops_and_can_be_taken_back(page: Page, tmp_path: Path) -> None:
    page.open(disc_folder(tmp_path, "clean"))
    page.browser.eval("void document.querySelectorAll('.person .ask .button')[1].click()")
    page.browser.wait("scanfolio.report().verdict.variant === 'H_denied'")
    assert page.browser.eval("scanfolio.report().verdict.title") in page.text("body")
    page.browser.eval("void document.querySelector('.person .button').click()")
    page.browser.wait("scanfolio.report().verdict.variant === 'A'")


def test_pictures_are_numpys_to_the_byte(page: Page, mixed: Path) -> None:
    page.open(mixed)
    session = read(mixed)
    shown = 0
    for instance in session.disc.instances:
        if not instance.is_image:
            continue
        for frame in range(instance.number_of_frames):
            assert page.browser.eval(f"scanfolio.show('{instance.sop_instance_uid}', {{frame: {frame}}})"), (
                instance.path
            )
            got = page.browser.eval(
                f"(() => {{ const p = scanfolio.pixels(); return [p.rows, p.columns, p.samples, {GET_BASE64.format('p.data')}]; }})()"
            )
            wanted = session.display_values(instance.sop_instance_uid, frame)
            picture = np.frombuffer(base64.b64decode(got[3]), np.uint8).reshape(wanted.shape)
            assert np.abs(picture.astype(int) - wanted).max() == 0, (instance.path, frame)
            shown += 1
    assert shown >= 12


def test_stored_values_reach_scripts_unchanged(page: Page, mixed: Path) -> None:
    page.open(mixed)
    session = read(mixed)
    for instance in session.disc.instances:
        if not instance.is_image:
            continue
        got = page.browser.eval(
            f"scanfolio.storedValues('{instance.sop_instance_uid}').then((v) => [v.dtype, {GET_BASE64.format('v.buffer')}])"
        )
        wanted = session.stored_values(instance.sop_instance_uid, 0)
        assert got[0] == wanted.dtype.name
        assert base64.b64decode(got[1]) == wanted.tobytes(), instance.path


@pytest.mark.parametrize("kind", ["mixed", "jpeg2000", "rle", "implicit", "deflated"])
def test_the_copy_is_verified_here_and_by_the_command_line(page: Page, kind: str, tmp_path: Path) -> None:
    if kind == "jpeg2000":
        pytest.importorskip("imagecodecs")
    folder = disc_folder(tmp_path, kind)
    page.open(folder)
    done = page.browser.eval(
        "scanfolio.export({}).then(async (d) => ({verification: d.verification, zip: "
        + GET_BASE64.format("await d.blob.arrayBuffer()")
        + "}))"
    )
    assert done["verification"]["ok"], done["verification"]
    archive = tmp_path / "DICOM.ZIP"
    archive.write_bytes(base64.b64decode(done["zip"]))
    with zipfile.ZipFile(archive) as z:
        assert z.testzip() is None
        assert z.namelist()[0] == "DICOMDIR"
        assert all(not info.flag_bits & 8 for info in z.infolist())
    source = read(folder)
    verification = run(source.verify(open_source(str(archive))))
    assert verification.ok, verification.differences
    assert verification.instances_out == len({i.sop_instance_uid for i in source.disc.instances})
    copy = read(archive)
    assert run(copy.judge()).verdict.letter == "A"


def test_opening_another_disc_leaves_nothing_of_the_first(page: Page, tmp_path: Path) -> None:
    first = disc_folder(tmp_path, "mixed")
    page.open(first)
    uid = page.browser.eval("scanfolio.report().files.find((f) => f.sop_instance_uid).sop_instance_uid")
    page.open(disc_folder(tmp_path, "japanese"))
    catalogue = page.browser.eval("scanfolio.catalogue()")
    assert len(catalogue["patients"]) == 1
    assert not page.browser.eval(f"scanfolio.show('{uid}')")
    assert page.browser.eval(f"scanfolio.storedValues('{uid}').then(() => 'had', (e) => e.wire.code)") == "request"
    assert page.browser.eval("scanfolio.memory()")["files"] == catalogue["counts"]["files"]


@pytest.mark.parametrize(
    ("kind", "letter"),
    [
        ("clean", "A"),
        ("no_dicomdir", "B"),
        ("jpeg2000", "C"),
        ("self_display", "E"),
        ("locked", "F"),
        ("truncated", "G"),
        ("two_people", "H"),
    ],
)
def test_each_class_says_its_sentence(page: Page, kind: str, letter: str, tmp_path: Path) -> None:
    if kind == "jpeg2000":
        pytest.importorskip("imagecodecs")
    report = page.open(disc_folder(tmp_path, kind))
    assert report["verdict"]["class"] == letter
    assert report["verdict"]["title"] in page.text("body")


BAD = [
    "broken_dicomdir",
    "dicomdir_loop",
    "truncated",
    "empty_files",
    "odd_names",
    "wrong_pixel_facts",
    "empty",
    "contradictory_identity",
]


@pytest.mark.parametrize("kind", BAD)
def test_bad_discs_are_counted_in_full_and_break_nothing(page: Page, kind: str, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, kind)
    if kind == "empty":
        (folder / "NOTE.TXT").write_text("nothing else")
    report = page.open(folder)
    given = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert sorted(f["path"] for f in report["files"]) == given
    assert all(f["kind"] == "dicom" or f.get("reason") or f["kind"] for f in report["files"])
    assert "Traceback" not in page.text("body")
    assert [o["rule"] for o in report["outcomes"] if o["state"] == "crashed"] == []


def test_property_24_no_request_leaves_the_page_while_a_copy_is_made(page: Page, mixed: Path) -> None:
    page.open(mixed)
    page.browser.eval("scanfolio.export({}).then(() => true)")
    assert page.browser.foreign_addresses(page.site) == []


REFUSED = {
    "fetch": "fetch('http://127.0.0.1:9/x').then(() => 'sent', () => 'refused')",
    "beacon image": "new Promise((r) => {{ const i = new Image(); i.onerror = () => r('refused'); i.onload = () => r('sent'); i.src = 'http://127.0.0.1:9/x.png'; }})".replace(
        "{{", "{"
    ).replace("}}", "}"),
    "worker": "new Promise((r) => { const w = new Worker(URL.createObjectURL(new Blob([\"fetch('http://127.0.0.1:9/x').then(()=>postMessage('sent'),()=>postMessage('refused'))\"]))); w.onmessage = (e) => r(e.data); w.onerror = () => r('refused'); })",
}


@pytest.mark.parametrize("way", REFUSED)
def test_the_content_policy_refuses_every_other_address(page: Page, way: str) -> None:
    page.browser.eval(
        "void (window.__violations = [], addEventListener('securitypolicyviolation', (e) => __violations.push(e.blockedURI)))"
    )
    assert page.browser.eval(REFUSED[way]) == "refused"
    if way != "worker":
        assert any("127.0.0.1:9" in uri for uri in page.browser.eval("window.__violations"))


def test_hostile_values_stay_text(page: Page, tmp_path: Path) -> None:
    from instances import Person, ct_series

    person = Person("<img src=x onerror=__hit(1)>^X", "<b>1</b>", "19700101", "O")
    folder = tmp_path / "HOSTILE"
    folder.mkdir()
    for name, data in ct_series(3, person=person, SeriesDescription="<script>window.__hit=1</script>").items():
        (folder / name).write_bytes(data)
    page.open(folder)
    assert "<img src=x" in json.dumps(page.browser.eval("scanfolio.catalogue()"))
    assert not page.browser.eval("window.__hit ?? 0")
    assert page.browser.eval("document.querySelectorAll('img[src=x], .rail b b').length") == 0


def test_a_zip_is_read_like_a_folder(page: Page, tmp_path: Path) -> None:
    from discs import files_of, zip_bytes

    archive = tmp_path / "disc.zip"
    archive.write_bytes(zip_bytes(files_of("mixed")))
    page.browser.eval("void (window.__before = scanfolio.report())")
    page.browser.set_files("#zip-input", [archive])
    page.browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
    report: dict[str, Any] = page.browser.eval("scanfolio.report()")
    session = read(archive)
    assert sorted(f["path"] for f in report["files"]) == sorted(f.path for f in session.disc.files)
    uid = next(i.sop_instance_uid for i in session.disc.instances if i.modality == "CT" and i.is_image)
    assert page.browser.eval(f"scanfolio.show('{uid}')")
    got = page.browser.eval(GET_BASE64.format("scanfolio.pixels().data"))
    assert base64.b64decode(got) == session.display_values(uid, 0).tobytes()


def test_the_plan_of_a_copy_is_on_the_screen_before_it_is_made(page: Page, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "implicit")
    (folder / "NOTE.TXT").write_text("a letter")
    page.open(folder)
    page.browser.eval("void (location.hash = '#/export')")
    page.browser.wait("document.querySelectorAll('.export-choose .left-out details').length === 2")
    said = page.browser.eval(
        "[...document.querySelectorAll('.export-choose .left-out li')].map((li) => li.textContent)"
    )
    assert "3 images are rewritten in the form every hospital reads; their values stay the same." in said
    assert any(sentence.endswith("A document, not a medical image.") for sentence in said)
    facts = page.text(".sum dl")
    assert "Less than a minute" in facts


def test_what_another_doctor_can_do_without_stays_out_on_request_and_comes_back(page: Page, tmp_path: Path) -> None:
    scout = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    chest = [make_instance("ct", n, series=1, SeriesNumber=1, SeriesDescription="Chest") for n in (1, 2, 3)]
    overview = [make_instance("ct", n, series=2, SeriesNumber=2, SeriesDescription="Topo", ImageType=scout) for n in (1, 2)]
    dose = make_instance("dose_report", 1, series=3, SeriesNumber=3, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.67")
    page.open(write_files(tmp_path / "DISC", file_set(*chest, *overview, dose)))
    page.browser.eval("void (location.hash = '#/export')")
    box = "document.querySelector('.essential input')"
    page.browser.wait(box)
    assert not page.browser.eval(f"{box}.checked")
    assert page.text(".sum dl").count("5 images, 1 document") == 1
    page.browser.eval(f"void {box}.click()")
    assert "Leaves 2 series out: overview pictures, dose lists." in page.text(".essential")
    assert "3 images" in page.text(".sum dl")
    page.browser.wait("[...document.querySelectorAll('.left-out summary')].some((s) => s.textContent.includes('3 files stay out, as you chose'))")
    page.browser.eval("void (document.querySelector('.study-choice details').open = true)")
    page.browser.wait("document.querySelectorAll('.singles input').length === 3")
    ticked = "[...document.querySelectorAll('.singles input')].map((one) => one.checked)"
    assert page.browser.eval(ticked) == [True, False, False]
    page.browser.eval("void document.querySelectorAll('.singles input')[1].click()")
    assert not page.browser.eval(f"{box}.checked")
    without = page.browser.eval("scanfolio.catalogue().patients[0].studies[0].series.filter((s) => s.role).map((s) => s.key)")
    done = page.browser.eval(f"scanfolio.export({{without: {json.dumps(without)}}}).then((d) => ({{ok: d.verification.ok, out: d.manifest.left_out.map((f) => f.code), n: d.manifest.instances}}))")
    assert (done["ok"], done["n"]) == (True, 3)
    assert sorted(code for code in done["out"] if code in ("dose", "localizer")) == ["dose", "localizer", "localizer"]
