"""A copy without identifying data on the page: off by default, a screen of its own, and bytes without the person."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from conftest import DIST, Page
from drivers import Chromium

from discs import encode
from instances import make_instance
from planted import data_sets, leaks

MARKS = (b"PLANTED", b"19610203", b"20240229", b"Invented", b"SCANFOLIO^")


def disc_of(folder: Path) -> Path:
    folder.mkdir()
    planted = {"PatientName": "PLANTED^Person", "PatientID": "PLANTED-7", "PatientBirthDate": "19610203"}
    for number in (1, 2, 3):
        ds = make_instance("ct", number, BodyPartExamined="HEAD", OperatorsName="PLANTED^Operator", **planted)
        (folder / f"PLANTED{number}.DCM").write_bytes(encode(ds))
    (folder / "US").write_bytes(encode(make_instance("us_rgb", 9, series=2, **planted)))
    return folder


def test_property_25_it_is_apart_shows_what_goes_and_writes_nothing_of_the_person(downloading: Page, tmp_path: Path) -> None:
    page = downloading
    assert isinstance(page.browser, Chromium)
    view = page.browser.page
    page.open(disc_of(tmp_path / "disc"))
    page.browser.eval("void (location.hash = '#/export')")
    view.get_by_text("4 images are copied as they are.").wait_for(state="attached")
    assert view.locator(".removal").count() == 0

    view.get_by_text("Make a copy without identifying data").click()
    view.locator("h1:has-text('A copy without identifying data')").wait_for()
    assert view.get_by_text("From slices of a head a face can be drawn.").first.is_visible()
    gone = view.locator("details[data-outcome='removed']")
    gone.wait_for()
    gone.locator("summary").click()
    assert gone.locator("tr", has_text="Operators' Name").locator("td").last.inner_text() == "PLANTED^Operator"
    assert gone.locator("tr", has_text="Operators' Name").locator("td").first.inner_text() == "3"
    assert view.get_by_text("3 images show a head or neck.").is_visible()
    assert view.get_by_text("There may be writing in the picture").is_visible()
    view.locator("input[name='removal-dates'][value='shift']").check()
    view.locator("#pseudonym").fill("Case 12")
    assert not view.locator("#with-viewer").is_checked()
    view.locator("#with-viewer").check()
    view.locator("details[data-outcome='removed']").wait_for()

    make = view.locator("button:visible", has_text="Make NOID.ZIP")
    make.click()
    assert view.locator("h1:has-text('A copy without identifying data')").is_visible()  # the person is asked for first
    view.click("text=is the right person.")
    view.locator("details[data-outcome='removed']").wait_for()
    with view.expect_download() as download:
        make.click()
    assert download.value.suggested_filename == "NOID.ZIP"
    copy = tmp_path / "NOID.ZIP"
    download.value.save_as(copy)
    view.locator("h1:has-text('Identifying data removed. 3 of 3')").wait_for()

    with zipfile.ZipFile(io.BytesIO(copy.read_bytes())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    viewer = {name: data for name, data in files.items() if name.startswith("VIEWER/") and name != "VIEWER/disc.js"}
    assert viewer["VIEWER/index.htm"] == (DIST / "index.html").read_bytes()
    assert view.get_by_text("open INDEX.HTM on the copy").is_visible()
    assert leaks({name: data for name, data in files.items() if name not in viewer}, MARKS) == []
    copies = data_sets(files)
    assert len(copies) == 3
    assert {(str(ds.PatientName), ds.PatientID, ds.PatientIdentityRemoved) for ds in copies} == {
        ("Case 12", "Case 12", "YES")
    }
    assert {ds.LongitudinalTemporalInformationModified for ds in copies} == {"MODIFIED"}
    assert "REPORT.TXT" not in files

