"""Single images for older systems: offered where a chosen image is one they cannot open, and made as promised."""

from __future__ import annotations

from pathlib import Path

from conftest import Page
from drivers import Chromium

from discs import disc_folder, encode
from enhanced import enhanced_ct
from scanfolio.export.drive import run
from scanfolio.reading.frames import frames_of
from scanfolio.session import Session
from scanfolio.source import open_source

BOX = "label.old-software"


def read(folder: Path) -> Session:
    session = Session()
    run(session.read(open_source(str(folder))))
    return session


def test_it_is_offered_where_it_concerns_something_and_does_what_it_says(downloading: Page, tmp_path: Path) -> None:
    plain, source = (disc_folder(tmp_path / name, "clean") for name in ("plain", "enhanced"))
    (source / "ENHANCED").write_bytes(encode(enhanced_ct(6, SeriesDescription="All in one file")))
    page = downloading
    assert isinstance(page.browser, Chromium)
    view = page.browser.page

    page.open(plain)
    page.browser.eval("void (location.hash = '#/export')")
    view.get_by_text("3 images are copied as they are.").wait_for(state="attached")
    assert not view.locator(BOX).is_visible()
    page.browser.eval("void (location.hash = '#/disc')")

    page.open(source)
    page.browser.eval("void (location.hash = '#/export')")
    box = view.locator(BOX)
    box.wait_for()
    assert not box.locator("input").is_checked()
    view.click("text=Keep as is")
    assert not box.is_visible()
    view.click("text=Most compatible")
    box.click()
    box.get_by_text("1 file with many images becomes 6 single images").wait_for()
    view.click("text=is the right person.")
    with view.expect_download() as download:
        view.locator("button:visible", has_text="Make the copy").click()
    copy = tmp_path / "DICOM.ZIP"
    download.value.save_as(copy)
    view.locator('h1:has-text("9 of 9")').wait_for()

    session = read(source)
    verification = run(session.verify(open_source(str(copy))))
    assert (verification.ok, verification.identical, verification.instances_out) == (True, 9, 9)
    made = [i for i in read(copy).disc.instances if i.series_description == "All in one file"]
    (whole,) = [i for i in session.disc.instances if i.series_description == "All in one file"]
    assert {(i.number_of_frames, i.sop_class_uid) for i in made} == {(1, "1.2.840.10008.5.1.4.1.1.2")}
    places = {f.image_position_mm for f in frames_of(session.index.entries[whole.entry_id], whole).facts}
    assert {i.image_position_mm for i in made} == places and len(made) == 6
