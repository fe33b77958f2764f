"""Takes the pictures of docs/prints: the report of four discs as Chromium prints it, page by page, in each language.

Run with the tests' environment (see build.py test): `python tools/take_prints.py [language…]`. Needs Chromium, dist/
and pdftoppm (poppler-utils); for Korean also a font that has its letters, such as fonts-nanum.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "py"), str(ROOT / "tests"), str(ROOT / "tests" / "e2e"), str(ROOT)]

from drivers import Chromium  # noqa: E402

from discs import disc_folder  # noqa: E402

PRINTS = ROOT / "docs" / "prints"
DISCS = {"a": "mixed", "c": "jpeg2000", "e": "self_display", "h": "two_people"}
DOTS_PER_INCH = 76


def print_disc(browser: Chromium, folder: Path, pdf: Path) -> None:
    """The report of `folder`, printed on A4 as a person would print it."""
    browser.eval("void (window.__before = scanfolio.report())")
    browser.set_folder("#folder-input", folder)
    browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
    browser.eval("void (location.hash = '#/report')")
    browser.wait("document.querySelector('.technical-rows')?.textContent.includes('SHA-256')")
    browser.page.pdf(path=str(pdf), format="A4", prefer_css_page_size=True)


def main(languages: list[str]) -> None:
    PRINTS.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    discs = {letter: disc_folder(folder, kind) for letter, kind in DISCS.items()}
    with Chromium() as browser:
        for language in languages:
            browser.goto(f"{(ROOT / 'dist' / 'index.html').as_uri()}?lang={language}")
            browser.wait("window.scanfolio")
            browser.eval("scanfolio.ready.then(() => true)")
            for letter, disc in discs.items():
                pdf = folder / f"report-{letter}-{language}.pdf"
                print_disc(browser, disc, pdf)
                for old in PRINTS.glob(f"{pdf.stem}-*.png"):
                    old.unlink()
                command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", "-gray", str(pdf), str(PRINTS / pdf.stem)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["en", "de", "ko"])
