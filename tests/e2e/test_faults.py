"""What goes wrong while a person looks at a disc: the disc is taken out, files vanish, the browser ends the worker.

The faults are real: files are moved away on the disk, workers are terminated. Beforehand the page is only given two
things of the test's own: a list of its workers, and a gate before its reads, so that a fault comes at a known moment.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import HOMES, Page
from drivers import Browser
from trouble import (
    KILL,
    NOTICE,
    ROOM,
    begin,
    choose_again,
    everything_is_there,
    notice,
    prepared,
    press,
    report_of,
    sixty_slices,
    where,
)

from discs import write_files


@pytest.fixture(params=HOMES, ids=lambda home: "-".join(home))
def page(request: pytest.FixtureRequest, browsers: Callable[..., Browser]) -> Iterator[Page]:
    name, home = request.param
    yield from prepared(browsers(name), home)


@pytest.fixture(params=["chromium", "firefox"])
def page_over_http(request: pytest.FixtureRequest, browsers: Callable[..., Browser]) -> Iterator[Page]:
    """Over http: after a double click the worker may hold no lock, and its end is noticed a minute later."""
    yield from prepared(browsers(request.param), "http")


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    return sixty_slices(tmp_path / "disc")


def test_a_disc_taken_out_while_it_is_read_is_waited_for_and_read_on(page: Page, disc: Path) -> None:
    away = disc.with_name("away")
    begin(page, disc, 1)
    disc.rename(away)
    page.browser.eval("window.__openGate()")
    said = notice(page, "The disc can no longer be read.")
    assert f"of {ROOM + 8} files" in said
    assert not page.browser.eval("scanfolio.report()")
    press(page, "I have put it back")  # it is not true yet
    notice(page, "The disc still cannot be read.")
    away.rename(disc)
    press(page, "I have put it back")
    everything_is_there(report_of(page))
    page.browser.wait(f"{NOTICE}.hidden")


def test_a_disc_that_does_not_come_back_is_judged_without_the_rest(page_over_http: Page, disc: Path) -> None:
    page = page_over_http
    away = disc.with_name("away")
    begin(page, disc, 1)
    disc.rename(away)
    page.browser.eval("window.__openGate()")
    notice(page, "The disc can no longer be read.")
    press(page, "Go on without the rest")
    report = report_of(page)
    assert report["counts"]["files"] == ROOM + 8
    assert 0 < report["counts"]["unreadable"] < ROOM + 8
    said = notice(page, "files could not be read.")
    assert f"{report['counts']['unreadable']} files" in said
    away.rename(disc)
    page.browser.eval("void (window.__before = scanfolio.report())")
    press(page, "Try these files again")
    page.browser.wait("scanfolio.report() !== window.__before")
    everything_is_there(report_of(page))


def test_files_that_vanish_and_come_back_are_read_again(page: Page, disc: Path, tmp_path: Path) -> None:
    missing = [disc / "CT/IM050", disc / "CT/IM051"]
    begin(page, disc, 1)
    for path in missing:
        path.rename(tmp_path / path.name)
    page.browser.eval("window.__openGate()")
    report = report_of(page)
    assert report["counts"]["unreadable"] == 2
    assert "2 files could not be read." in notice(page, "could not be read")
    for path in missing:
        (tmp_path / path.name).rename(path)
    page.browser.eval("void (window.__before = scanfolio.report())")
    press(page, "Try these files again")
    page.browser.wait("scanfolio.report() !== window.__before")
    everything_is_there(report_of(page))


def test_the_folder_can_be_shown_again_in_another_place(page_over_http: Page, disc: Path, tmp_path: Path) -> None:
    page = page_over_http
    begin(page, disc, 1)
    elsewhere = tmp_path / "drive" / "disc"
    shutil.copytree(disc, elsewhere)
    shutil.rmtree(disc)
    page.browser.eval("window.__openGate()")
    notice(page, "The disc can no longer be read.")
    press(page, "I have put it back")
    notice(page, "still cannot")
    other = write_files(tmp_path / "other", {"A": b"hello"})
    choose_again(page, other)
    notice(page, "This is another folder.")
    choose_again(page, elsewhere)
    everything_is_there(report_of(page))
    uid = page.browser.eval("scanfolio.catalogue().patients[0].studies[0].series[0].key")
    assert uid


def test_an_image_that_cannot_be_read_says_so_and_comes_back(page: Page, disc: Path) -> None:
    page.open(disc)
    away = disc.with_name("away")
    disc.rename(away)
    page.browser.eval("scanfolio.step(25).catch(() => {})")
    page.browser.wait("document.querySelector('.cover')?.innerText.includes('can no longer be read')")
    away.rename(disc)
    page.browser.eval("scanfolio.step(1)")
    page.browser.wait("document.querySelector('.cover').hidden")


def test_a_worker_that_dies_while_the_disc_is_looked_at(page_over_http: Page, disc: Path) -> None:
    page = page_over_http
    before = page.open(disc)
    second = page.browser.eval(
        "scanfolio.catalogue().patients[0].studies[0].series.map((s) => s.key).find((k, n) => n === 1)"
    )
    page.browser.eval(f"void document.body.dispatchEvent(new CustomEvent('select-series', {{detail: {second!r}}}))")
    page.browser.wait(r"/\b6\s*$/.test(document.querySelector('.scrub')?.innerText)")
    page.browser.eval("scanfolio.step(2)")
    place = where(page)
    assert place[0]
    page.browser.eval(KILL)
    notice(page, "It works again.")
    assert where(page) == place
    assert page.browser.eval("window.__workers.length") == 2
    after = report_of(page)
    assert after["counts"] == before["counts"]
    assert after["verdict"] == before["verdict"]
    page.browser.eval("scanfolio.step(-1)")  # a compressed frame, from the new worker
    page.browser.wait("document.querySelector('.cover').hidden")
    assert where(page) != place


def test_a_worker_that_dies_while_the_disc_is_read(page_over_http: Page, disc: Path) -> None:
    page = page_over_http
    begin(page, disc, 1)
    page.browser.eval(KILL)
    notice(page, "is starting again")
    page.browser.eval("window.__openGate()")
    everything_is_there(report_of(page))


def test_a_worker_that_dies_while_a_copy_is_made(page_over_http: Page, disc: Path) -> None:
    page = page_over_http
    page.open(disc)
    outcome = page.browser.eval(f"""(async () => {{
        const making = scanfolio.export({{}}).then(() => "made", (error) => error.message);
        await new Promise((resolve) => setTimeout(resolve));
        {KILL};
        return making;
    }})()""")
    assert outcome == "The part that reads discs had to start again."
    notice(page, "It works again.")
    again = page.browser.eval("scanfolio.export({}).then((made) => made.verification)")
    assert again["ok"]
    assert again["identical"] == ROOM + 6


def test_python_that_fails_for_good_is_replaced(page_over_http: Page, disc: Path) -> None:
    """What the worker says when its Python can go on no more, as after running out of memory."""
    page = page_over_http
    page.open(disc)
    page.browser.eval("void window.__workers.at(-1).dispatchEvent(new ErrorEvent('error', {message: 'out of memory'}))")
    notice(page, "It works again.")
    everything_is_there(report_of(page))
