"""The report and the letter in every browser, over http and by double click (in depth: test_report_and_letter.py)."""

from __future__ import annotations

from pathlib import Path

from conftest import Page

from discs import disc_folder


def show(page: Page, screen: str) -> None:
    page.browser.eval(f"void (location.hash = '#/{screen}')")
    page.browser.wait(f"document.body.dataset.screen === '{screen}'")


def letter_of(page: Page) -> str:
    page.browser.wait("document.querySelector('.letter-text')?.value")
    text: str = page.browser.eval("document.querySelector('.letter-text').value")
    return text


def test_report_and_letter_work_in_every_browser(page: Page, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "self_display")
    (folder / "INDEX.HTM").write_bytes("<meta charset=euc-kr><p>병원명: 서울 병원</p>".encode("euc-kr"))
    page.open(folder)
    assert letter_of(page).startswith("To: 서울 병원\n")
    page.browser.eval(
        "(() => { const name = document.querySelector('.letter-fields input'); name.value = 'Jane Doe';"
        " name.dispatchEvent(new Event('input')); })()"
    )
    assert "\nName: Jane Doe\n" in letter_of(page)
    show(page, "report")
    page.browser.wait("document.querySelector('.technical-rows').textContent.includes('SHA-256')")
    assert "Neither this disc nor a copy of it" in page.text("#report-receivers")
    page.open(disc_folder(tmp_path, "implicit"))
    show(page, "report")
    assert "A system for CT and MR images" in page.text(".receivers")
    # What is printed is put together at the time, and taken away again.
    page.browser.eval("void dispatchEvent(new Event('beforeprint'))")
    assert "Report on a scan disc" in page.browser.eval("document.querySelector('.paper').textContent")
    page.browser.eval("void dispatchEvent(new Event('afterprint'))")
    assert page.browser.eval("document.querySelectorAll('.paper').length") == 0
