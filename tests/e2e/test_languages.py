"""The page in other languages: asked for in the address, changed while a disc is open, and written from right to left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Page, open_page

from discs import disc_folder
from scanfolio.words import catalogue

LETTERS = "['n', 's', 'w', 'e'].map((side) => { const at = document.querySelector(`image-viewport .side.${side}`); const { x, y } = at.getBoundingClientRect(); const box = document.querySelector('image-viewport').getBoundingClientRect(); return [at.textContent, Math.round(x - box.x), Math.round(y - box.y)]; })"
LANGUAGES: dict[str, str] = json.loads((ROOT / "static/i18n/languages.json").read_text("utf-8"))
HOMES = [("chromium", "http"), ("chromium", "file"), ("firefox", "file")]


def page_text(language: str, key: str) -> Any:
    return json.loads((ROOT / f"static/i18n/{language}.json").read_text("utf-8"))[key]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return disc_folder(tmp_path_factory.mktemp("clean"), "clean")


@pytest.fixture(scope="module", params=HOMES, ids=lambda home: "-".join(home))
def german_page(request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from open_page(*request.param, query="?lang=de")


def change_language(page: Page, code: str) -> None:
    """By the switch at the top. In one go: a menu closes when the window changes its size."""
    choose = f"document.querySelector('.menu [lang={code}]').closest('button').click()"
    page.browser.eval(f"(document.querySelector('#language').click(), {choose}, true)")
    page.browser.wait(f"document.documentElement.lang === '{code}'")


def test_the_address_asks_for_a_language_and_everything_is_in_it(german_page: Page, clean: Path) -> None:
    page = german_page
    page.browser.wait("document.documentElement.lang === 'de'")
    assert page_text("de", "landing.open") in page.text("#open-folder")
    assert page_text("de", "status.looking") in page.text("#statusbar")
    assert page.browser.eval("document.title") == page_text("de", "title.landing")
    report = page.open(clean)
    title = catalogue("de")["rules.verdict.A.title"]
    assert report["language"] == "de" and report["verdict"]["title"] == title
    page.browser.wait(f"document.querySelector('.verdict h1').textContent.includes({json.dumps(title)})")
    assert page_text("de", "report.means") in page.text("#panel-report")


def test_the_language_changes_while_a_disc_is_open_and_the_disc_stays_open(german_page: Page, clean: Path) -> None:
    page = german_page
    page.open(clean)
    page.browser.wait("scanfolio.pixels()")
    for code in ("en", "de"):
        change_language(page, code)
        title = catalogue(code)["rules.verdict.A.title"]
        page.browser.wait(f"scanfolio.report().language === '{code}'")
        page.browser.wait(f"document.querySelector('.verdict h1').textContent.includes({json.dumps(title)})")
        assert page.browser.eval("document.body.dataset.screen") == "disc"
        assert page.browser.eval("document.querySelectorAll('.rail .series').length") > 0
        assert page_text(code, "tool.scroll") in page.text(".tools")
        assert page_text(code, "report.means") in page.text("#panel-report")
        assert page.text("#language") == LANGUAGES[code]


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_every_language_is_on_the_first_screen_in_the_answer_and_in_the_report(
    german_page: Page, clean: Path, code: str
) -> None:
    page = german_page
    page.browser.eval("(location.hash = '#/', true)")
    change_language(page, code)
    assert page_text(code, "landing.open") in page.text("#open-folder")
    assert page_text(code, "next.answer") in page.text("#screen-landing")
    page.open(clean)
    texts = catalogue(code)
    page.browser.wait(
        f"document.querySelector('.verdict h1').textContent.includes({json.dumps(texts['rules.verdict.A.title'])})"
    )
    page.browser.wait(f"document.title === {json.dumps(page_text(code, 'title.disc'))}")
    page.browser.eval("(location.hash = '#/report', true)")
    page.browser.wait("document.body.dataset.screen === 'report'")
    assert texts["rules.verdict.A.meaning"] in page.text("#screen-report")
    assert page_text(code, "report.scope") in page.text("#screen-report")
    page.browser.eval("(location.hash = '#/', true)")
    change_language(page, "de")


SIZES = ((1440, 900), (1024, 768), (390, 844))
TOO_WIDE = """[...document.querySelectorAll('button, .button, h1, h2, legend, th, dt, label')].filter((one) => one.offsetParent
  && one.scrollWidth > one.clientWidth + 1 && !one.closest('.visually-hidden') && getComputedStyle(one).overflowX !== 'visible')
  .map((one) => one.textContent).concat(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['the page'] : [])
  .concat([...document.querySelectorAll('main button:not(.tools *, .rail *, .file-row *), main .button')].filter((one) => {
    const box = one.getBoundingClientRect();
    return one.offsetParent && box.width && (box.left < -1 || box.right > document.documentElement.clientWidth + 1);
  }).map((one) => `outside: ${one.textContent}`))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    yield from open_page("chromium", "http", query="?lang=de")


@pytest.mark.parametrize("code", [*sorted(LANGUAGES), "from right to left"])
def test_no_language_is_too_long_for_a_button_or_the_page(chromium: Page, clean: Path, code: str) -> None:
    window: Any = chromium.browser
    rtl = code not in LANGUAGES
    change_language(chromium, "de" if rtl else code)
    if not chromium.browser.eval("Boolean(scanfolio.report())"):
        chromium.open(clean)
    chromium.browser.eval(f"(document.documentElement.dir = '{'rtl' if rtl else 'ltr'}')")
    for screen in ("", "disc", "report", "export"):
        chromium.browser.eval(f"(location.hash = '#/{screen}', true)")
        chromium.browser.wait(f"document.body.dataset.screen === '{screen or 'landing'}'")
        for width, height in SIZES:
            window.page.set_viewport_size({"width": width, "height": height})
            assert chromium.browser.eval(TOO_WIDE) == [], (code, screen, width)
    window.page.set_viewport_size({"width": 1440, "height": 900})
    chromium.browser.eval("(document.documentElement.dir = 'ltr')")


def test_from_right_to_left_nothing_runs_over_and_the_scan_is_not_mirrored(german_page: Page, clean: Path) -> None:
    page = german_page
    page.open(clean)
    page.browser.wait("scanfolio.pixels()")
    before = page.browser.eval("scanfolio.pixels()")
    letters = page.browser.eval(LETTERS)
    page.browser.eval("(document.documentElement.dir = 'rtl')")
    try:
        assert page.browser.eval("getComputedStyle(document.querySelector('.viewport-slot > *')).direction") == "ltr"
        assert page.browser.eval("scanfolio.pixels()") == before
        assert page.browser.eval(LETTERS) == letters
        assert page.browser.eval("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    finally:
        page.browser.eval("(document.documentElement.dir = 'ltr')")
