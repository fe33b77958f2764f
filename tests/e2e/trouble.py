"""A page with a gate before its reads and a list of its workers, and a disc of sixty slices: for what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import DIST, Page
from drivers import Browser, Chromium, Site

from discs import ct_slice, encode, make_instance, write_files

BEFORE = """
window.__workers = [];
window.Worker = class extends Worker { constructor(...given) { super(...given); window.__workers.push(this); } };
window.__reads = 0;
window.__gateAt = Infinity;
window.__gate = new Promise((open) => { window.__openGate = () => { window.__gateAt = Infinity; open(); }; });
const real = Blob.prototype.arrayBuffer;
Blob.prototype.arrayBuffer = async function () {
  window.__reads += 1;
  if (window.__reads > window.__gateAt) await window.__gate;
  return real.call(this);
};
"""
KILL = "window.__workers.at(-1).terminate()"
NOTICE = "document.querySelector('.fault')"
ROOM = 60


def prepared(browser: Browser, home: str, before: str = BEFORE) -> Iterator[Page]:
    """The page in a browser that holds nothing else, after the statements `before`."""
    if not (DIST / "index.html").exists():
        pytest.skip("dist/ is not built (python3 build.py build)")
    browser.preload(before)
    site = Site(DIST, "/any/sub-path/") if home == "http" else None
    browser.goto(site.url if site else (DIST / "index.html").as_uri())
    browser.wait("window.scanfolio", 60)
    browser.eval("scanfolio.ready.then(() => true)")
    yield Page(browser, site)
    if site:
        site.close()


def sixty_slices(folder: Path) -> Path:
    """Sixty slices in one series, six compressed ones in another, two files of other kinds."""
    files = {f"CT/IM{n:03d}": ct_slice(n) for n in range(1, ROOM + 1)}
    files |= {f"MR/IM{n:03d}": encode(make_instance("mr", n, series=2), "1.2.840.10008.1.2.5") for n in range(1, 7)}
    return write_files(folder, {**files, "README.TXT": b"hello", "RUN.EXE": b"MZ" + bytes(300)})


def begin(page: Page, disc: Path, after_reads: int) -> None:
    """Pick the folder; reading stands still after so many reads (the first file is read ahead, and not counted)."""
    page.browser.eval(f"void (window.__gateAt = window.__reads + {after_reads})")
    page.browser.set_folder("#folder-input", disc)
    page.browser.wait("window.__reads > window.__gateAt")


def press(page: Page, text: str) -> None:
    """Press the button of the notice with these words."""
    button = f"[...{NOTICE}.querySelectorAll('button')].find((b) => b.textContent === {text!r})"
    page.browser.wait(button)
    page.browser.eval(f"void {button}.click()")


def choose_again(page: Page, folder: Path) -> None:
    if isinstance(page.browser, Chromium):
        with page.browser.page.expect_file_chooser() as chooser:
            press(page, "Choose the folder again")
        chooser.value.set_files(str(folder))
    else:  # a press that no finger made opens no dialog there, so the input waits
        press(page, "Choose the folder again")
        page.browser.set_folder(".again-input", folder)


def notice(page: Page, words: str) -> str:
    """Wait until the notice says it; all it says."""
    page.browser.wait(f"!{NOTICE}.hidden && {NOTICE}.textContent.includes({words!r})")
    return page.text(".fault")


def everything_is_there(report: dict[str, Any]) -> None:
    counts = report["counts"]
    assert (counts["files"], counts["instances"], counts["unreadable"]) == (ROOM + 8, ROOM + 6, 0)
    assert counts["series"] == 2


def report_of(page: Page) -> dict[str, Any]:
    page.browser.wait("scanfolio.report()")
    report: dict[str, Any] = page.browser.eval("scanfolio.report()")
    return report


def where(page: Page) -> tuple[str, str]:
    """The series that is marked in the list, and the place in it."""
    return page.text('.rail [aria-current="true"]'), page.text(".scrub")
