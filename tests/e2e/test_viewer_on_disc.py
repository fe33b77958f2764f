"""The viewer on a copy: made over http, started from INDEX.HTM by double click, and passing itself on from there."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import DIST, Page, open_page
from test_main_job import GET_BASE64

from discs import disc_folder
from scanfolio.export.drive import run
from scanfolio.session import Session
from scanfolio.source import open_source
from tools.build.viewer import NOT_THERE, name_on_disc

WITH_VIEWER = (
    "scanfolio.export({viewer: true}).then(async (d) => ({ok: d.verification.ok, zip: "
    + GET_BASE64.format("await d.blob.arrayBuffer()")
    + "}))"
)

THE_END = GET_BASE64.format("await d.blob.slice(-65536).arrayBuffer()")


def copy_with_viewer(page: Page) -> dict[str, bytes]:
    done = page.browser.eval(WITH_VIEWER)
    assert done["ok"]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(done["zip"]))) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def built() -> dict[str, bytes]:
    """What of dist/ belongs on a disc, under the names it has there: the page, its scripts for file:, the licences."""
    files = {p.relative_to(DIST).as_posix(): p for p in DIST.rglob("*") if p.is_file()}
    for_http = {name for name in files if name.startswith("assets/") and not name.startswith("assets/main.")}
    along = set(files) - for_http - {"disc.js", *NOT_THERE}
    return {f"VIEWER/{name_on_disc(name)}": files[name].read_bytes() for name in along}


def of_the_viewer(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.startswith("VIEWER/") and path != "VIEWER/disc.js"}


@pytest.fixture(params=["chromium", "firefox"])
def page(request: pytest.FixtureRequest) -> Any:
    yield from open_page(request.param, "http")


def test_a_stick_shows_its_images_anywhere_and_can_make_the_next_stick(page: Page, tmp_path: Path) -> None:
    source = disc_folder(tmp_path, "clean")
    page.open(source)
    files = copy_with_viewer(page)
    assert of_the_viewer(files) == built()
    assert page.browser.foreign_addresses(page.site) == []
    stick = tmp_path / "STICK"
    for path, data in files.items():
        (stick / path).parent.mkdir(parents=True, exist_ok=True)
        (stick / path).write_bytes(data)

    browser = page.browser
    browser.goto((stick / "INDEX.HTM").as_uri())
    browser.follow("a")
    assert browser.eval("location.href") == (stick / "VIEWER/index.htm").as_uri()
    browser.eval("scanfolio.ready.then(() => true)")
    assert "a copy of 3 medical images and documents" in page.text("#this-disc")
    assert str(stick) in page.text("#this-disc")
    assert page.text("#open-folder") == "Open these images"
    assert not browser.eval("document.querySelector('#sample').checkVisibility()"), "it is not on the stick"
    report = page.open(stick)
    assert report["verdict"]["class"] == "A"
    browser.wait("document.querySelector('image-viewport').hasFrame")
    session = Session()
    run(session.read(open_source(str(source))))
    for instance in session.disc.instances:
        assert browser.eval(f"scanfolio.show('{instance.sop_instance_uid}')")
        shown = base64.b64decode(browser.eval(GET_BASE64.format("scanfolio.pixels().data")))
        assert shown == session.display_values(instance.sop_instance_uid, 0).tobytes()

    # The next copy is made by a page that can read nothing of its own folder. What it wrote has been read back against
    # its check sums, which stand near the end.
    end = browser.eval(f"scanfolio.export({{viewer: true}}).then(async (d) => d.verification.ok && {THE_END})")
    sums = dict(re.findall(r"^([0-9a-f]{64})  (VIEWER/[^\n]+)$", base64.b64decode(end).decode("latin-1"), re.MULTILINE))
    wanted = {hashlib.sha256(data).hexdigest(): path for path, data in built().items()}
    assert {digest: path for digest, path in sums.items() if path != "VIEWER/disc.js"} == wanted
    verified = run(session.verify(open_source(str(stick))))
    assert (verified.ok, verified.identical) == (True, 3)
