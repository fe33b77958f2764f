"""The report on the screen, on paper and saved; the letter to the hospital, filled in, edited, printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Page
from drivers import Chromium

from discs import disc_folder, files_of, write_files
from instances import Person, ct_series

PEOPLE_DISCS = {"A": "mixed", "C": "implicit", "E": "self_display", "G": "truncated", "H": "two_people"}
AXE = ROOT / ".cache/npm/node_modules/axe-core/axe.min.js"
SIZES = ((1440, 900), (1024, 768), (390, 844))
HOSTILE = Person("<script>window.hit()</script>^X", "<b>1</b>", "19700101", "O")


def chromium(page: Page) -> Any:
    assert isinstance(page.browser, Chromium)
    return page.browser.page


def show(page: Page, screen: str) -> None:
    page.browser.eval(f"void (location.hash = '#/{screen}')")
    page.browser.wait(f"document.body.dataset.screen === '{screen}'")


def printed(page: Page, tmp_path: Path) -> tuple[int, str]:
    """Sheets and words of what the page prints as it stands."""
    pdf = tmp_path / "printed.pdf"
    chromium(page).pdf(path=str(pdf), format="A4", prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes()))
    if not shutil.which("pdftotext"):
        return sheets, ""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    return sheets, " ".join(text.split())


def saved(page: Page, choose: str) -> tuple[str, str]:
    """Name and text of the file that a choice of the report's Save menu gives."""
    browser = chromium(page)
    with browser.expect_download() as arriving:
        browser.click("#screen-report .report-head button:has-text('Save')")
        browser.click(f"[role=menu] >> text={choose}")
    download = arriving.value
    return download.suggested_filename, Path(download.path()).read_text("utf-8")


def letter_of(page: Page) -> str:
    page.browser.wait("document.querySelector('.letter-text')?.value")
    text: str = page.browser.eval("document.querySelector('.letter-text').value")
    return text


@pytest.mark.parametrize("letter", PEOPLE_DISCS)
def test_the_printed_report_has_two_to_four_sheets_and_says_what_counts(
    chromium_page: Page, letter: str, tmp_path: Path
) -> None:
    report = chromium_page.open(disc_folder(tmp_path, PEOPLE_DISCS[letter]))
    assert report["verdict"]["class"] == letter
    show(chromium_page, "report")
    chromium_page.browser.wait("document.querySelector('.technical-rows').textContent.includes('SHA-256')")
    sheets, text = printed(chromium_page, tmp_path)
    assert 2 <= sheets <= 4
    assert not chromium_page.browser.eval("document.querySelectorAll('.paper').length")  # and is gone again
    if not text:
        pytest.skip("pdftotext is not installed")
    for words in (
        report["verdict"]["title"],
        report["verdict"]["next_steps"][-1],
        f"1/{sheets}",
        f"{sheets}/{sheets}",
    ):
        assert words in text.replace(" / ", "/")
    digest = chromium_page.browser.eval(
        "scanfolio.reportText().then(async (r) => [...new Uint8Array(await crypto.subtle.digest('SHA-256',"
        " new TextEncoder().encode(r.json)))].map((b) => b.toString(16).padStart(2, '0')).join(''))"
    )
    assert digest in text
    assert "Back to the scans" not in text
    assert ("A system for CT and MR images" in text) == (letter not in "EH")


def test_a_disc_of_thousands_of_odd_files_prints_no_more_than_four_sheets(chromium_page: Page, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "MANY", files_of("odd_names") | files_of("wrong_pixel_facts"))
    deep = folder / ("A folder with a long name " * 4).strip() / ("and another one below it " * 4).strip()
    deep.mkdir(parents=True)
    for n in range(3000):
        (deep / f"a file with a rather long name, number {n}.bin").write_bytes(b"\x00\x01odd")
    chromium_page.open(folder)
    show(chromium_page, "report")
    # German needs the most room
    for language in ("de", "en"):
        chromium_page.browser.eval(
            f"void document.body.dispatchEvent(new CustomEvent('language', {{detail: '{language}'}}))"
        )
        chromium_page.browser.wait(f"scanfolio.report().language === '{language}'")
        sheets, text = printed(chromium_page, tmp_path)
        assert 2 <= sheets <= 4, language
        assert not text or "1/" in text.replace(" / ", "/")


def test_the_saved_page_stands_alone_and_holds_no_script(chromium_page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "HOSTILE"
    folder.mkdir()
    for name, data in ct_series(3, person=HOSTILE, SeriesDescription="<script>window.hit()</script>").items():
        (folder / name).write_bytes(data)
    (folder / "<b>odd<b>.bin").write_bytes(b"\x00\x01\x02odd")
    chromium_page.open(folder)
    show(chromium_page, "report")
    name, text = saved(chromium_page, "As a page")
    assert re.fullmatch(r"scanfolio-report-\d{4}-\d\d-\d\d\.html", name)
    tags: set[str] = set()
    attributes: set[str] = set()

    class Look(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(attribute for attribute, _ in attrs)

    Look().feed(text)
    assert not tags & {"script", "img", "link", "iframe", "object", "a", "form", "button", "input", "use", "b"}
    assert not [attribute for attribute in attributes if attribute.startswith("on") or attribute in ("src", "href")]
    assert "&lt;b&gt;odd&lt;b&gt;.bin" in text
    assert "http" not in re.sub(r"http://www\.w3\.org/2000/svg|http-equiv", "", text)
    kept = tmp_path / name
    kept.write_text(text, "utf-8")
    other = chromium(chromium_page).context.new_page()
    try:
        requests: list[str] = []
        other.on("request", lambda request: requests.append(request.url))
        other.goto(kept.as_uri())
        assert requests == [kept.as_uri()]
        assert other.evaluate("document.scripts.length") == 0
        assert other.inner_text("h1") == "Report on a scan disc"
        assert "<script>window.hit()</script>" in other.inner_text(".facts")
        assert (
            other.evaluate("getComputedStyle(document.querySelector('.paper')).backgroundColor") == "rgb(255, 255, 255)"
        )
    finally:
        other.close()


def test_text_and_json_are_saved_under_names_without_the_person(chromium_page: Page, tmp_path: Path) -> None:
    chromium_page.open(disc_folder(tmp_path, "clean"))
    show(chromium_page, "report")
    for choose, ending in (("As text", "txt"), ("For machines", "json")):
        name, text = saved(chromium_page, choose)
        assert re.fullmatch(rf"scanfolio-report-\d{{4}}-\d\d-\d\d\.{ending}", name)
        wanted = chromium_page.browser.eval("scanfolio.reportText()")["text" if ending == "txt" else "json"]
        assert text == wanted


def test_the_letter_is_filled_in_edited_and_printed_as_edited(chromium_page: Page, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "self_display")
    (folder / "readme.txt").write_text("Institution: City Hospital\nPatient name: <b>not a name</b>\n")
    chromium_page.open(folder)
    text = letter_of(chromium_page)
    assert text.startswith("To: City Hospital\n")
    assert "Name: ______" in text
    browser = chromium(chromium_page)
    browser.fill(".letter-fields label:has-text('Your name') input", "Jane Doe")
    assert "\nName: Jane Doe\n" in letter_of(chromium_page)
    browser.fill(".letter-text", letter_of(chromium_page).replace("Dear Sir or Madam,", "Dear Dr. Roe,"))
    browser.fill(".letter-fields label:has-text('Which scan') input", "MRI of the left knee")
    edited = letter_of(chromium_page)
    assert "Dear Dr. Roe," in edited
    assert "\nExamination: MRI of the left knee\n" in edited
    # What was typed stays while the screens around it are drawn anew.
    show(chromium_page, "report")
    show(chromium_page, "disc")
    assert letter_of(chromium_page) == edited
    with browser.expect_download() as arriving:
        browser.click(".letter-box button:has-text('Save')")
    assert re.fullmatch(r"scanfolio-letter-\d{4}-\d\d-\d\d\.txt", arriving.value.suggested_filename)
    assert Path(arriving.value.path()).read_text("utf-8").rstrip("\n") == edited.rstrip("\n")
    pdf = tmp_path / "letter.pdf"
    browser.evaluate("void (window.print = () => {})")
    browser.click(".letter-box button:has-text('Print')")
    browser.pdf(path=str(pdf), format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes())) == 1
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    paper = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    assert "Dear Dr. Roe," in paper and "Jane Doe" in paper
    assert "Your letter to the hospital" not in paper
    assert "Sir or Madam" not in paper


def test_a_new_disc_has_nothing_of_the_letter_before(chromium_page: Page, tmp_path: Path) -> None:
    chromium_page.open(disc_folder(tmp_path, "self_display"))
    letter_of(chromium_page)
    chromium(chromium_page).fill(".letter-fields label:has-text('Your name') input", "Jane Doe")
    chromium_page.open(disc_folder(tmp_path, "locked"))
    chromium_page.browser.wait("document.querySelector('.letter-text')?.value.includes('locked')")
    assert "Jane Doe" not in letter_of(chromium_page)
    assert chromium_page.browser.eval("[...document.querySelectorAll('.letter-fields input')].every((i) => !i.value)")


def test_a_damaged_disc_offers_the_letter_from_its_banner(chromium_page: Page, tmp_path: Path) -> None:
    chromium_page.open(disc_folder(tmp_path, "truncated"))
    browser = chromium(chromium_page)
    browser.click(".verdict button:has-text('Get the letter')")
    chromium_page.browser.wait(
        "document.body.dataset.screen === 'report' && document.activeElement?.id === 'letter-title'"
    )
    text = letter_of(chromium_page)
    assert "image 2 is damaged" in text
    assert "Name: Sample Scanfolio" in text


def test_a_disc_that_needs_no_letter_has_none(chromium_page: Page, tmp_path: Path) -> None:
    chromium_page.open(disc_folder(tmp_path, "clean"))
    show(chromium_page, "report")
    assert not chromium_page.browser.eval("document.querySelectorAll('.letter-box').length")


@pytest.mark.parametrize("kind", ["self_display", "truncated", "implicit", "two_people"])
def test_report_and_answer_have_no_fault_a_machine_can_find(chromium_page: Page, kind: str, tmp_path: Path) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    chromium_page.open(disc_folder(tmp_path, kind))
    browser = chromium(chromium_page)
    browser.evaluate(AXE.read_text("utf-8"))
    found = {}
    for width, height in SIZES:
        browser.set_viewport_size({"width": width, "height": height})
        for screen in ("disc", "report"):
            show(chromium_page, screen)
            faults = browser.evaluate(
                "axe.run({exclude: [['image-viewport']]}).then((r) => r.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))]))"
            )
            if faults:
                found[f"{screen} {width}"] = faults
    browser.set_viewport_size({"width": 1440, "height": 900})
    assert found == {}, json.dumps(found, indent=1)


def test_every_control_of_the_report_can_be_reached_with_the_keyboard(chromium_page: Page, tmp_path: Path) -> None:
    chromium_page.open(disc_folder(tmp_path, "truncated"))
    show(chromium_page, "report")
    letter_of(chromium_page)
    browser = chromium(chromium_page)
    browser.evaluate("document.querySelector('#main').focus()")
    reached: set[str] = set()
    for _ in range(90):
        browser.keyboard.press("Tab")
        reached.add(
            browser.evaluate(
                "(document.activeElement.closest('.letter-box, .receivers, .file-scroll, .check, .segments, .contents, .report-head, .table-wrap, .answer')?.className ?? '') + '|' + document.activeElement.tagName"
            )
        )
    parts = {part.partition("|")[0].split(" ")[0] for part in reached}
    assert parts >= {"contents", "report-head", "answer", "letter-box", "table-wrap", "check", "file-scroll"}
    assert {"letter-box|TEXTAREA", "letter-box|INPUT", "letter-box|BUTTON"} <= reached
