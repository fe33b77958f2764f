"""Bundle the screens with invented data and take their pictures: `shoot.py [part of a name ...]`.

Needs Playwright and esbuild. ESBUILD names the esbuild program, CHROMIUM the browser; pictures go to
test-results/preview/. Prints what the page complains of, and screens that are wider than the window.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import ConsoleMessage, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
OUT = ROOT / "test-results" / "preview"
WIDTHS = {1440: 900, 1024: 768, 390: 844}
POLICY = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' data: blob:"
# a name for the picture: the state of mock.js, and what is clicked there
CLICKS = {
    "menu": ("disc-c", ".preset"),
    "more": ("disc-c", ".tools > .tool:last-child"),
    "details": ("disc-a", ".bottomnav button:nth-child(3);;#tab-details"),
    "export-tab": ("disc-a", "#tab-export"),
    "confirmed": ("disc-c", ".ask .button"),
    "wrong": ("disc-c", ".ask .button:last-child"),
    "chosen": ("disc-h", ".person-choice .button"),
    "help": ("disc-a", "#help"),
    "theme": ("landing", "#theme"),
    "private": ("landing", ".private summary"),
    "singles": ("export-choose", ".study-choice summary"),
    "ask-first": ("export-choose", ".sum .primary"),
    "open-checks": ("report", ".filters .quiet"),
}
EXPORTS = ("choose", "writing", "done", "different", "failed", "stopped")
STATES = [
    *("landing", "first", "reading", "several", "many", "error", "report"),
    *(f"disc-{letter}" for letter in "abcdefgh"),
    *(f"export-{end}" for end in EXPORTS),
    *CLICKS,
]


def build() -> Path:
    """The page without its engine; returns its index.html."""
    esbuild = os.environ.get("ESBUILD") or shutil.which("esbuild") or "esbuild"
    site = OUT / "site"
    (site / "assets").mkdir(parents=True, exist_ok=True)
    for source in (HERE / "mock.js", ROOT / "static/css/main.css", HERE / "preview.css"):
        target = site / "assets" / source.name.replace("mock", "main")
        extra = ["--format=iife"] if source.suffix == ".js" else []
        command = [esbuild, str(source), "--bundle", "--log-level=warning", f"--outfile={target}", *extra]
        subprocess.run(command, check=True)
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    head += '<link rel="stylesheet" href="assets/preview.css">'
    page = (ROOT / "index.html").read_text(encoding="utf-8").replace("<!--csp-->", head)
    (site / "index.html").write_text(page, encoding="utf-8")
    return site / "index.html"


def complain(message: ConsoleMessage) -> None:
    if message.type in ("error", "warning"):
        print("console:", message.text)


def shoot(page: Page, site: Path, state: str, name: str, *, whole: bool) -> None:
    of, click = CLICKS.get(state, (state, ""))
    page.goto("about:blank")
    page.goto(f"{site.as_uri()}?{urlencode({'state': of, 'click': click})}")
    page.wait_for_timeout(60)
    page.screenshot(path=OUT / f"{name}.png")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        print(f"{name}: {wider} px wider than the window")
    if whole:
        page.screenshot(path=OUT / f"{name}-full.png", full_page=True)


def main(wanted: list[str]) -> None:
    site = build()
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        for width, height in WIDTHS.items():
            for theme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    has_touch=width < 720,
                    color_scheme=theme,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                page.on("console", complain)
                page.on("pageerror", lambda error: print("error:", error))
                for state in STATES:
                    name = f"{state}-{width}-{theme}"
                    if not wanted or any(part in name for part in wanted if part != "full"):
                        shoot(page, site, state, name, whole="full" in wanted)
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
