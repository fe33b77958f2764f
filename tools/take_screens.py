"""Takes the pictures of docs/screens from the built page: every screen at three widths, some in the dark.

Run with the tests' environment (see build.py test): `python tools/take_screens.py`, or with the names of some of PARTS.
Needs Chromium and dist/.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "py"), str(ROOT / "tests"), str(ROOT / "tests" / "e2e"), str(ROOT)]

from drivers import Chromium, Site  # noqa: E402

from discs import disc_folder  # noqa: E402

SCREENS = ROOT / "docs" / "screens"
SIZES = ((1440, 900), (1024, 768), (390, 844))


class Camera:
    def __init__(self, browser: Chromium) -> None:
        self.browser = browser
        self.page: Any = browser.page

    def take(self, name: str) -> None:
        """The screen as it is, at every size."""
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=str(SCREENS / f"{name}-{width}.png"))
        self.page.set_viewport_size({"width": 1440, "height": 900})

    def open(self, folder: Path) -> None:
        self.browser.eval("void (window.__before = scanfolio.report())")
        self.browser.set_folder("#folder-input", folder)
        self.browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
        self.page.wait_for_timeout(1500)

    def go(self, screen: str) -> None:
        self.page.evaluate(f"location.hash = '#/{screen}'")
        self.page.wait_for_timeout(600)


def many_copies(folder: Path) -> None:
    """The sample's axial slices thirty times over, each with a number of its own: enough to catch the page reading."""
    import io

    import pydicom

    folder.mkdir()
    with zipfile.ZipFile(ROOT / "dist" / "assets" / "sample.zip") as sample:
        slices = [sample.read(name) for name in sample.namelist() if "/SE000002/" in name]
    for data in slices:
        uid = str(pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True).SOPInstanceUID)
        for copy in range(30):
            other = f"{uid[:-2]}{copy:02d}"
            (folder / f"I{len(list(folder.iterdir())):05d}").write_bytes(data.replace(uid.encode(), other.encode()))


def stick_with_viewer(camera: Camera, folder: Path) -> Path:
    """A copy of the sample disc with the viewer on it, as a person makes it over http."""
    page = camera.page
    page.click("text=Try the sample disc")
    camera.browser.wait("scanfolio.report()")
    with page.expect_download(timeout=120_000) as download:
        page.evaluate("""async () => {
            const { blob } = await scanfolio.export({ viewer: true });
            const address = URL.createObjectURL(blob);
            Object.assign(document.createElement("a"), { href: address, download: "DICOM.ZIP" }).click();
        }""")
    stick = folder / "STICK"
    shutil.rmtree(stick, ignore_errors=True)
    with zipfile.ZipFile(download.value.path()) as archive:
        archive.extractall(stick)
    return stick


def viewer() -> None:
    """What opens from a copy with the viewer: the page at its root, then the viewer, then its images."""
    folder = Path(tempfile.gettempdir())  # its name is in the picture
    with Site(ROOT / "dist") as site, Chromium() as browser:
        camera = Camera(browser)
        browser.goto(site.url)
        browser.wait("window.scanfolio")
        stick = stick_with_viewer(camera, folder)
        browser.goto((stick / "INDEX.HTM").as_uri())
        camera.take("stick")
        browser.follow("a")
        browser.eval("scanfolio.ready.then(() => true)")
        camera.take("stick-viewer")
        camera.open(stick)
        browser.wait("document.querySelector('image-viewport').hasFrame")
        camera.take("stick-open")


def identity() -> None:
    """The copy without identifying data: what it is and what goes, then the lists opened, then the copy made."""
    with Chromium() as browser:
        camera, page = Camera(browser), browser.page
        page.add_init_script("delete window.showSaveFilePicker; delete window.showDirectoryPicker")
        browser.goto((ROOT / "dist" / "index.html").as_uri())
        browser.wait("window.scanfolio")
        page.click("text=Try the sample disc")
        browser.wait("scanfolio.report()")
        camera.go("export")
        page.get_by_text("Make a copy without identifying data").click()
        page.locator("details[data-outcome='removed']").wait_for()
        camera.take("identity")
        page.evaluate("document.querySelectorAll('.removal details').forEach((list) => { list.open = true; })")
        page.evaluate("document.querySelector('.preview').scrollIntoView()")
        camera.take("identity-lists")
        page.evaluate("scrollTo(0, 0)")
        page.click(".removal .confirm label")
        with page.expect_download(timeout=120_000):
            page.click(".removal .button.primary")
        page.wait_for_timeout(1500)
        camera.take("identity-done")


def screens() -> None:
    """The main job from end to end, and the answer of every kind of disc."""
    folder = Path(tempfile.mkdtemp())
    with Chromium() as browser:
        camera, page = Camera(browser), browser.page
        page.add_init_script("delete window.showSaveFilePicker")
        browser.goto((ROOT / "dist" / "index.html").as_uri())
        browser.wait("window.scanfolio")
        browser.eval("scanfolio.ready.then(() => true)")
        camera.take("landing")
        page.click("text=Try the sample disc")
        browser.wait("scanfolio.report()")
        keys = browser.eval("scanfolio.catalogue().patients[0].studies[0].series.map((s) => s.key)")
        page.evaluate("(k) => document.body.dispatchEvent(new CustomEvent('select-series', {detail: k}))", keys[1])
        browser.wait("document.querySelector('image-viewport').hasFrame")
        page.wait_for_timeout(2500)
        camera.take("disc-c")
        camera.go("report")
        camera.take("report")
        camera.go("export")
        camera.take("export-choose")
        page.click("text=One .zip file")
        page.click("text=, is the right person.")
        with page.expect_download(timeout=120_000):
            page.click("text=Make the copy")
            page.wait_for_timeout(700)
            camera.take("export-writing")
        page.wait_for_timeout(800)
        camera.take("export-done")
        page.emulate_media(color_scheme="dark")
        for screen in ("disc", "report", "export"):
            camera.go(screen)
            camera.take(f"{screen}-dark")
        page.emulate_media(color_scheme="light")
        pictures = disc_folder(folder, "clean").rename(folder / "partly")
        (pictures / "PICTURES").mkdir()
        for n in range(120):
            (pictures / "PICTURES" / f"KNEE{n:04d}.JPG").write_bytes(
                b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40_000) + b"\xff\xd9"
            )
        camera.open(pictures)
        camera.take("disc-d")
        for name, kind in {
            "disc-a": "mixed",
            "disc-b": "no_dicomdir",
            "answer-e": "self_display",
            "answer-f": "locked",
            "disc-g": "truncated",
            "answer-h": "two_people",
            "answer-h2": "contradictory_identity",
        }.items():
            camera.open(disc_folder(folder, kind))
            camera.take(name)
        huge = folder / "EXAMPLE_GH"
        many_copies(huge)
        browser.set_folder("#folder-input", huge)
        browser.wait("(scanfolio.catalogue()?.counts.done ?? 0) > 500 && !scanfolio.report()")
        camera.take("reading")


PARTS = {"screens": screens, "identity": identity, "viewer": viewer}

if __name__ == "__main__":
    SCREENS.mkdir(parents=True, exist_ok=True)
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
