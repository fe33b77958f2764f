"""Bundle the screens with invented data and take their pictures. `shoot.py [name-part ...]`; needs Playwright and esbuild.

ESBUILD names the esbuild program, CHROMIUM the browser; pictures go to test-results/preview/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "test-results" / "preview"
WIDTHS = {1440: 900, 1024: 768, 390: 844}
CLICKS = {
    "menu": ("disc-c", ".preset"), "more": ("disc-c", ".tools > .tool:last-child"), "details": ("disc-a", ".bottomnav button:nth-child(3);;#tab-details"),
    "export-tab": ("disc-a", "#tab-export"), "confirmed": ("disc-c", ".ask .button"), "wrong": ("disc-c", ".ask .button:last-child"),
    "chosen": ("disc-h", ".person-choice .button"), "help": ("disc-a", "#help"), "theme": ("landing", "#theme"), "private": ("landing", ".private summary"),
    "singles": ("export-choose", ".study-choice summary"), "ask-first": ("export-choose", ".sum .primary"), "open-checks": ("report", ".filters .quiet"),
}  # fmt: skip
STATES = [
    *CLICKS,
    "landing", "first", "reading", "several", "many", "error",
    *(f"disc-{letter}" for letter in "abcdefgh"),
    "report", "export-choose", "export-writing", "export-done", "export-different", "export-failed", "export-stopped",
]  # fmt: skip


def build() -> Path:
    esbuild = os.environ.get("ESBUILD") or shutil.which("esbuild") or "esbuild"
    site = OUT / "site"
    (site / "assets").mkdir(parents=True, exist_ok=True)
    here = Path(__file__).parent
    for source, target in ((here / "mock.js", "main.js"), (ROOT / "static/css/main.css", "main.css"), (here / "preview.css", "preview.css")):
        extra = ["--format=iife"] if target.endswith(".js") else []
        subprocess.run([esbuild, str(source), "--bundle", "--log-level=warning", f"--outfile={site / 'assets' / target}", *extra], check=True)
    page = (ROOT / "index.html").read_text(encoding="utf-8")
    policy = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' data: blob:"
    page = page.replace("<!--csp-->", f'<meta http-equiv="Content-Security-Policy" content="{policy}"><link rel="stylesheet" href="assets/preview.css">')
    (site / "index.html").write_text(page, encoding="utf-8")
    return site / "index.html"


def main(wanted: list[str]) -> None:
    page_file = build()
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        for width, height in WIDTHS.items():
            for theme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 720, color_scheme=theme, reduced_motion="reduce")
                page = context.new_page()
                page.on("console", lambda m: print("console:", m.text) if m.type in ("error", "warning") else None)
                page.on("pageerror", lambda e: print("error:", e))
                for state in STATES:
                    name = f"{state}-{width}-{theme}"
                    if wanted and not any(part in name for part in wanted):
                        continue
                    page.goto("about:blank")
                    of, click = CLICKS.get(state, (state, ""))
                    page.goto(f"{page_file.as_uri()}?{urlencode({'state': of, 'click': click})}")
                    page.wait_for_timeout(60)
                    page.screenshot(path=OUT / f"{name}.png")
                    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    if wide > 0:
                        print(f"{name}: {wide} px wider than the window")
                    if f"{state}-full" in wanted or "full" in wanted:
                        page.screenshot(path=OUT / f"{name}-full.png", full_page=True)
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
