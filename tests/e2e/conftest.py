"""The built page in each browser, over http below a sub-path and by double click; booted once per module."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from drivers import Browser, Chromium, Missing, Site, open_browser

ROOT = Path(__file__).parents[2]
DIST = Path(os.environ.get("SCANFOLIO_DIST", ROOT / "dist"))
HOMES = [("chromium", "http"), ("chromium", "file"), ("firefox", "http"), ("firefox", "file")]


@dataclass
class Page:
    """One booted page. `site` is None after a double click."""

    browser: Browser
    site: Site | None

    def open(self, folder: Path) -> dict[str, Any]:
        """Pick `folder` as a person does; the report."""
        self.browser.eval("void (window.__before = scanfolio.report())")
        self.browser.set_folder("#folder-input", folder)
        self.browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
        report: dict[str, Any] = self.browser.eval("scanfolio.report()")
        return report

    def text(self, css: str) -> str:
        """What a person reads there."""
        words: str = self.browser.eval(f"(document.querySelector({css!r})?.innerText ?? '')")
        return " ".join(words.split())


def open_page(browser_name: str, home: str, query: str = "") -> Iterator[Page]:
    if not (DIST / "index.html").exists():
        pytest.skip("dist/ is not built (python3 build.py build)")
    try:
        browser = open_browser(browser_name)
    except Missing as missing:
        pytest.skip(str(missing))
    with browser:
        site = Site(DIST, "/any/sub-path/") if home == "http" else None
        browser.goto((site.url if site else (DIST / "index.html").as_uri()) + query)
        browser.wait("window.scanfolio", 60)
        browser.eval("scanfolio.ready.then(() => true)")
        yield Page(browser, site)
        if site:
            site.close()


@pytest.fixture(scope="module")
def browsers() -> Iterator[Callable[..., Browser]]:
    """Browsers by name, opened once per module and as good as new each time they are asked for."""
    opened: dict[str, Browser] = {}

    def browser(name: str, start: Callable[[str], Browser] = open_browser) -> Browser:
        if name in opened:
            opened[name].renew()
        else:
            try:
                opened[name] = start(name)
            except Missing as missing:
                pytest.skip(str(missing))
        return opened[name]

    yield browser
    for one in opened.values():
        one.close()


@pytest.fixture
def downloading() -> Iterator[Page]:
    """In Chromium, which is not asked where a copy shall go: it is a download, as in a browser without pickers."""
    for page in open_page("chromium", "http"):
        assert isinstance(page.browser, Chromium) and page.site
        page.browser.page.add_init_script("delete window.showSaveFilePicker; delete window.showDirectoryPicker")
        page.browser.goto(page.site.url + "?downloads")
        yield page


@pytest.fixture(scope="module", params=HOMES, ids=lambda home: "-".join(home))
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from open_page(*request.param)


@pytest.fixture(scope="module", params=["http", "file"])
def chromium_page(request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from open_page("chromium", request.param)
