"""The largest disc there may be, exported in the page: 5 GB in 70,000 files, into a zip and into a folder.

On demand (`build.py bench --large`): it takes half an hour and 20 GB of disk. The browser's private folder stands in
for the disk of the person: it has the same interface and lies on the same disk. The disc is given as a handle of its
folder, as Chromium's own picker gives it (`--list`: as a list of files, whose File objects the page has to keep).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from pathlib import Path

from scanfolio.export.drive import run
from scanfolio.export.verify import verify
from scanfolio.source import open_path
from tools.build.console import say

from .browser import Opened, opened, served
from .data import large_disc
from .rows import Row

LIMIT_BYTES = 600e6
EXPORT = """(target) => { window.__export = (async () => {
  const root = await navigator.storage.getDirectory();
  const options = target === "zip" ? { file: await root.getFileHandle("DICOM.ZIP", { create: true }) }
    : { folder: await root.getDirectoryHandle("stick", { create: true }) };
  const start = performance.now();
  const { verification } = await scanfolio.export(options);
  return { seconds: (performance.now() - start) / 1000, verification };
})().then((done) => { window.__done = done; },
  (error) => { window.__done = { error: `${error.message} ${error.wire?.detail ?? error.stack}` }; }); }"""


class Watched:
    """The most memory seen, looked at every second, in bytes: of the page's own process, and of all together."""

    def __init__(self, page: Opened) -> None:
        self._page = page
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.renderer = self.all = 0

    def _look(self) -> None:
        while not self._end.wait(1):
            self.look()

    def look(self) -> tuple[int, int]:
        now = self._page.renderer_bytes(), self._page.private_bytes()
        self.renderer, self.all = max(self.renderer, now[0]), max(self.all, now[1])
        return now

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def rows(options: argparse.Namespace) -> list[Row]:
    count = options.large
    with tempfile.TemporaryDirectory(prefix="scanfolio-large-", dir=options.scratch) as scratch:
        say(f"Making a disc of {count:,} files …")
        disc = large_disc(Path(scratch) / "disc", count)
        size = sum(p.stat().st_size for p in disc.rglob("*"))
        what = f"{size / 1e9:.2f} GB in {count:,} files"
        found = []
        for target in options.into or ("zip", "folder"):
            with served(options.dist) as url, opened(url, scratch=Path(scratch)) as page:
                found += _export(page, disc, target, what, as_list=options.list)
                if target == "zip":
                    found += _accepted(_zip_of(page.profile), Path(scratch), what)
        return found


def _export(page: Opened, disc: Path, target: str, what: str, *, as_list: bool) -> list[Row]:
    page.mark("scanfolio:ready")
    with Watched(page) as watched:
        say(f"{what}: reading it in the page …")
        if as_list:
            page.page.locator("#folder-input").set_input_files(str(disc))
        else:
            page.drop(disc)
        page.mark("scanfolio:indexed", timeout_s=3600)
        reading = page.mark("scanfolio:indexed") - page.mark("given")
        while not page.page.evaluate("() => !!scanfolio.report()"):
            page.page.wait_for_timeout(500)
        opened_bytes, while_read = watched.look(), watched.renderer
        watched.renderer = watched.all = 0
        say(f"… {opened_bytes[0] / 1e6:.0f} MB after {reading / 1000:.0f} s; copying it into a {target} …")
        page.page.evaluate(EXPORT, target)
        while not (done := page.page.evaluate("() => window.__done ?? null")):
            page.page.wait_for_timeout(2000)
    if "error" in done:
        raise SystemExit(f"the export failed: {done['error']}")
    verification = done["verification"]
    if not verification["ok"]:
        raise SystemExit(f"the copy is not identical: {verification['differences'][:5]}")
    note = (
        f"Chromium, {verification['identical']:,} images written, read back and identical in {done['seconds']:.0f} s; "
        f"while the disc was read ({reading / 1000:.0f} s) {while_read / 1e6:.0f} MB at most, "
        f"then {opened_bytes[0] / 1e6:.0f} MB; "
        f"with all of the browser's processes {watched.all / 1e6:.0f} MB"
    )
    ours = f"{watched.renderer / 1e6:.0f} MB"
    name = f"memory of the page at most, {what}{', as a list,' if as_list else ''} into a {target}"
    return [Row(name, ours, "600 MB", watched.renderer / LIMIT_BYTES, 1.0, note)]


def _zip_of(profile: str) -> Path:
    """Where this profile keeps the zip: by far the largest file of its private folders."""
    files = [p for p in (Path(profile) / "Default" / "File System").rglob("*") if p.is_file()]
    return max(files, key=lambda p: p.stat().st_size)


def _accepted(kept: Path, scratch: Path, what: str) -> list[Row]:
    copy = scratch / "DICOM.ZIP"
    os.link(kept, copy)
    rows = []
    for name, command in (("7-Zip", ["7z", "t", str(copy)]), ("unzip", ["unzip", "-tq", str(copy)])):
        if shutil.which(command[0]):
            say(f"{name} tests the zip …")
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{name} does not accept the zip: {done.stdout[-500:]} {done.stderr[-500:]}")
            rows.append(Row(f"{name} tests the zip, {what}", "accepted", "-", None, None))
    say("Python's zipfile tests the zip, the command line verifies it …")
    with zipfile.ZipFile(copy) as archive:
        wide = [i.filename for i in archive.infolist() if i.flag_bits & 8]
        if archive.testzip() is not None or wide:
            raise SystemExit(f"zipfile does not accept the zip, or it has data descriptors: {wide[:3]}")
    rows.append(Row(f"zipfile tests the zip, {what}", "accepted, no data descriptors", "-", None, None))
    verification = run(verify(run(open_path(str(copy)))))
    if not verification.ok:
        raise SystemExit(f"scanfolio verify: {verification.differences[:5]}")
    rows.append(Row(f"scanfolio verify, {what}", verification.sentence(), "-", None, None))
    copy.unlink()
    return rows
