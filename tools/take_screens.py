"""Takes the pictures of docs/screens from the built page: every screen at three widths, some in the dark.

Run with the tests' environment (see build.py test): `python tools/take_screens.py`. Needs Chromium and dist/.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "py"), str(ROOT / "tests"), str(ROOT / "tests" / "e2e"), str(ROOT)]

from drivers import Chromium  # noqa: E402

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
    import zipfile

    import pydicom

    folder.mkdir()
    with zipfile.ZipFile(ROOT / "dist" / "assets" / "sample.zip") as sample:
        slices = [sample.read(name) for name in sample.namelist() if "/SE000002/" in name]
    for data in slices:
        uid = str(pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True).SOPInstanceUID)
        for copy in range(30):
            other = f"{uid[:-2]}{copy:02d}"
            (folder / f"I{len(list(folder.iterdir())):05d}").write_bytes(data.replace(uid.encode(), other.encode()))


def main() -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
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


if __name__ == "__main__":
    main()
