"""One Chromium with a fresh profile, a page in it, and what the page and its processes tell about themselves."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

from tools.build.serve import listen

# the compositor on the CPU and no frame cap: steps under 16.7 ms can be told apart, SwiftShader slows no page
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-gpu-rasterization",
    "--enable-unsafe-swiftshader",
    "--disable-frame-rate-limit",
    "--disable-gpu-vsync",
    "--enable-precise-memory-info",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
CAP_FLAGS = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
# before any script of the page: when the folder was given, and every mark
WATCH = """
window.__bench = { marks: {} };
addEventListener("change", (e) => {
  if (e.target?.type !== "file" || !e.target.files?.length) return;
  __bench.marks.given ??= performance.now();
  if (__bench.keep) __bench.files ??= [...e.target.files];
}, true);
addEventListener("drop", () => { __bench.marks.given ??= performance.now(); }, true);
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) __bench.marks[entry.name] ??= entry.startTime;
}).observe({ type: "mark", buffered: true });
"""


def chromium() -> str | None:
    """The system's Chromium, or None for the one Playwright brings."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of `folder` on a server of its own."""
    server = listen(folder, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Opened:
    """A page at an address, in a browser of its own."""

    def __init__(self, page: Page, profile: str) -> None:
        self.page = page
        self.profile = profile

    def mark(self, name: str, timeout_s: float = 300) -> float:
        """When `name` was marked, in ms since the page was opened; waits for it."""
        # asked from outside and seldom: the page is not kept busy, and its content policy lets no predicate in
        give_up = monotonic() + timeout_s
        while (found := self.page.evaluate("n => __bench.marks[n] ?? null", name)) is None:
            if monotonic() > give_up:
                raise PlaywrightError(f"{name} was not marked within {timeout_s:.0f} s")
            self.page.wait_for_timeout(50)
        return float(found)

    def private_bytes(self) -> int:
        """Memory that only this browser's processes have, all of them together (Linux; 0 elsewhere)."""
        return sum(_private(pid) for pid in _family(self.profile))

    def renderer_bytes(self) -> int:
        """The same of the process the page runs in, its worker with it.

        It is the largest: the browser keeps one from before the page, and one for the next.
        """
        pages = [pid for pid in _family(self.profile) if b"--type=renderer" in b" ".join(_command(pid))]
        return max(map(_private, pages), default=0)

    def drop(self, folder: Path) -> None:
        """The page gets a handle of the folder, as from Chromium's folder picker, and no list of files."""
        session = self.page.context.new_cdp_session(self.page)
        data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 400, "data": data})


@contextlib.contextmanager
def opened(url: str, *, capped: bool = False, scratch: Path | None = None) -> Iterator[Opened]:
    """`capped`: with 60 frames a second, as a person has it. `scratch`: where the profile is kept meanwhile."""
    flags = [flag for flag in FLAGS if not (capped and flag in CAP_FLAGS)]
    profile = tempfile.mkdtemp(prefix="scanfolio-bench-", dir=scratch)
    try:
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                profile, executable_path=chromium(), headless=True, args=flags, viewport={"width": 1280, "height": 900}
            )
            try:
                page = context.pages[0] if context.pages else context.new_page()
                page.set_default_timeout(300_000)
                page.add_init_script(WATCH)
                page.goto(url, wait_until="commit")
                yield Opened(page, profile)
            finally:
                context.close()
    finally:
        shutil.rmtree(profile, ignore_errors=True)


def _family(profile: str) -> list[int]:
    """The browser process of this profile and everything below it."""
    parents: dict[int, int] = {}
    roots = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if f"--user-data-dir={profile}".encode() in _command(int(folder.name)):
                roots.add(int(folder.name))
    family = set(roots)
    while True:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        if not more:
            return sorted(family)
        family |= more


def _command(pid: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []


def _private(pid: int) -> int:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))
    return 0


def evaluated(opened_page: Opened, script: str, argument: Any = None) -> Any:
    """What `script`, an async function of one argument, gives in the page."""
    return opened_page.page.evaluate(script, argument)
