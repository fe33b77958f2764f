"""The person leaves the page and comes back, or the browser puts the tab to sleep: in mid-reading, and in mid-copy.

Browsers keep some pages as they are, with their workers standing still, and load others anew. Kept, all goes on where it
was; loaded anew, the page starts clean and says nothing of a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Page
from drivers import Browser, Chromium, open_browser
from trouble import BEFORE, NOTICE, ROOM, begin, everything_is_there, prepared, report_of, sixty_slices

MARKS = """
window.__shown = [];
addEventListener("pageshow", ({ persisted }) => window.__shown.push(persisted));
"""
START_COPY = """void (() => {
    const parts = [];
    window.__written = 0;
    window.__goOn = () => {};
    const gate = new Promise((resolve) => { window.__goOn = resolve; });
    const file = {
        getFile: async () => new File(parts, "DICOM.ZIP"),
        createWritable: async () => ({
            write: async (bytes) => { window.__written += 1; if (window.__written > 1) await gate; parts.push(new Blob([bytes])); },
            close: async () => {}, abort: async () => {},
        }),
    };
    window.__made = scanfolio.export({ file }).then((made) => made.verification);
})()"""


def keeping(name: str) -> Browser:
    return Chromium(keeps_pages=True) if name == "chromium" else open_browser(name)


@pytest.fixture(
    params=[("chromium", "http"), ("firefox", "http"), ("firefox", "file")], ids=lambda home: "-".join(home)
)
def page(request: pytest.FixtureRequest, browsers: Callable[..., Browser]) -> Iterator[Page]:
    name, home = request.param
    yield from prepared(browsers(name, keeping), home, BEFORE + MARKS)


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    return sixty_slices(tmp_path / "disc")


def away_and_back(page: Page) -> bool:
    """To another page, and back. Whether the page was kept as it was; if not, it has started clean."""
    page.browser.goto("about:blank")
    page.browser.go_back()
    page.browser.wait("window.scanfolio", 60)
    kept: bool = page.browser.eval("window.__shown.at(-1)")
    if not kept:
        page.browser.eval("scanfolio.ready.then(() => true)")
        assert page.browser.eval("scanfolio.report()") is None
        assert page.text("#engine-text") == "Ready."
        assert page.browser.eval("document.querySelector('#screen-landing').offsetParent !== null")
    assert page.browser.eval(f"{NOTICE}.hidden")
    assert page.browser.messages == []
    return kept


def asleep_and_awake(page: Page) -> bool:
    """What Chromium does to a tab in the background, sooner or later."""
    assert isinstance(page.browser, Chromium)
    session = page.browser.context.new_cdp_session(page.browser.page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    session.send("Page.setWebLifecycleState", {"state": "active"})
    return True


def in_the_middle_of_everything(page: Page, disc: Path, leave: Callable[[Page], bool]) -> list[bool]:
    """Whether the page was there as before after leaving it in mid-reading, with the disc open, and in mid-copy."""
    begin(page, disc, 1)
    kept = [leave(page)]
    if kept[-1]:
        page.browser.eval("window.__openGate()")
    else:
        page.browser.set_folder("#folder-input", disc)
    before = report_of(page)
    everything_is_there(before)

    kept.append(leave(page))
    if not kept[-1]:
        page.open(disc)
    assert report_of(page)["verdict"] == before["verdict"]
    page.browser.eval("scanfolio.step(3)")
    page.browser.wait("document.querySelector('.cover').hidden")

    page.browser.eval(START_COPY)
    page.browser.wait("window.__written > 1")
    kept.append(leave(page))
    if kept[-1]:
        page.browser.eval("window.__goOn()")
    else:
        page.open(disc)
        page.browser.eval(START_COPY)
        page.browser.eval("window.__goOn()")
    verification = page.browser.eval("window.__made")
    assert (verification["ok"], verification["identical"]) == (True, ROOM + 6)
    assert page.browser.eval(f"{NOTICE}.hidden")
    return kept


def test_back_from_another_page(page: Page, disc: Path) -> None:
    kept = in_the_middle_of_everything(page, disc, away_and_back)
    if page.browser.name == "chromium":
        assert kept == [True, True, True], "otherwise this test no longer sees what people see"
        assert page.browser.eval("window.__workers.length") == 1


def test_a_tab_that_was_asleep(browsers: Callable[..., Browser], disc: Path) -> None:
    for page in prepared(browsers("chromium", keeping), "http"):
        in_the_middle_of_everything(page, disc, asleep_and_awake)
        assert page.browser.eval("window.__workers.length") == 1
