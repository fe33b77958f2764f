"""Rows that need the built page and a browser."""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Error as PlaywrightError

from tools.build.console import say

from .browser import Opened, evaluated, opened, served
from .data import series, with_dicomdir
from .peers import Peers, run_peers
from .plain import pyodide_page, reading_page
from .rows import Row, percentile, short, skipped

STEPS, WINDOWS, SCROLLED = 100, 50, 999
MOVE = """async ({ what, count, by }) => {
  const taken = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    if (what === "step") await scanfolio.step(by);
    else await scanfolio.setWindow(40 + (i % 10) * 8, 400 + (i % 7) * 20);
    taken.push(performance.now() - start);
  }
  return taken;
}"""
EXPORT = """async () => {
  const start = performance.now();
  const parts = [];
  for (const file of __bench.files) parts.push(new Blob([await file.arrayBuffer()]));
  const copied = await new Blob(parts).slice(0, 1).arrayBuffer();
  const copying = performance.now() - start;
  for (const part of parts) await crypto.subtle.digest("SHA-256", await part.arrayBuffer());
  const between = performance.now();
  const done = await scanfolio.export({}).catch((e) => { throw new Error(`${e.message} ${e.detail ?? ""}`); });
  const exporting = performance.now() - between;
  const written = performance.getEntriesByName("scanfolio:copied")[0].startTime - between;
  return { copying, hashing: between - start - copying, written, exporting, bytes: done.blob.size + copied.byteLength };
}"""


# how long the page went without a frame while it was reading, and how many frames were there
FRAMES = """() => new Promise((resolve) => {
  let last = 0, longest = 0, count = 0, start = 0;
  const tick = (now) => {
    const { given, "scanfolio:indexed": indexed } = __bench.marks;
    if (given && now > given) {
      if (start) { longest = Math.max(longest, now - last); count += 1; } else start = now;
    }
    last = now;
    if (indexed) resolve({ longest, fps: (1000 * count) / (last - start) });
    else requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})"""


class Opening(NamedTuple):
    """Times in ms after the folder was given."""

    first_image: float
    indexed: float


def rows(options: argparse.Namespace) -> list[Row]:
    """Every row of the page; one line each for what could not be measured here."""
    if not (options.dist / "index.html").is_file():
        return [skipped("everything in the page", "dist/ is not built")]
    say("Making the synthetic series …")
    folders = {n: series(options.scratch / f"ct{n}", n, sparse=n > 1000) for n in (100, 1000, 5000)}
    if options.full:
        folders[20000] = series(options.scratch / "ct20000", 20000, sparse=True)
    found: list[Row] = []
    # a copy: a build that runs meanwhile must not change the page half-way
    dist = options.scratch / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    shutil.copytree(options.dist, dist)
    with served(dist) as ours:
        peers = run_peers(options.peers, dist, folders[1000], options.scratch, options.runs) if options.peers else None
        for what, measure in (
            ("starting the page", lambda: [_start(ours, options)]),
            ("opening folders", lambda: _opening(ours, folders, options, peers)),
            ("stepping, windowing, memory", lambda: _looking(ours, folders[1000], options, peers)),
            ("exporting in the page", lambda: _export(ours, folders[100])),
        ):
            say(f"Measuring: {what} …")
            try:
                found += measure()
            except PlaywrightError as error:
                found.append(skipped(what, str(error).splitlines()[0]))
    return found


def _start(ours: str, options: argparse.Namespace) -> Row:
    what = "page opened → ready for a folder"
    taken: dict[str, list[float]] = {"ours": [], "plain": []}
    with served(pyodide_page(options.scratch / "plain-pyodide")) as plain:
        for _ in range(options.runs):
            for name, url in (("plain", plain), ("ours", ours)):
                with opened(url) as page:
                    taken[name].append(page.mark("scanfolio:ready"))
    mine, theirs = (statistics.median(taken[name]) for name in ("ours", "plain"))
    return Row(what, short(mine), f"plain Pyodide, numpy, pydicom {short(theirs)}", mine / theirs, 0.45)


def _give(page: Opened, folder: Path) -> None:
    page.page.locator("#folder-input").set_input_files(str(folder))


def _drop(page: Opened, folder: Path) -> None:
    page.drop(folder)


def _open_once(url: str, folder: Path, give: Callable[[Opened, Path], None] = _give) -> Opening:
    with opened(url) as page:
        page.mark("scanfolio:ready")
        page.page.wait_for_timeout(500)  # what start-up left to do must not be counted here
        give(page, folder)
        first, indexed = page.mark("scanfolio:first-image"), page.mark("scanfolio:indexed")
        given = page.mark("given")
        return Opening(first - given, indexed - given)


def _smoothness(url: str, folder: Path) -> Row:
    with opened(url, capped=True) as page:
        page.mark("scanfolio:ready")
        page.page.wait_for_timeout(500)
        page.page.evaluate(f"window.__frames = ({FRAMES})(), 0")
        _give(page, folder)
        page.mark("scanfolio:indexed")
        found = page.page.evaluate("window.__frames")
    what = "longest time without a frame while reading 1,000 files"
    note = f"60 frames a second wanted, {found['fps']:.0f} had; a task of more than 50 ms is called long"
    return Row(what, short(found["longest"]), "a long task 50 ms", found["longest"] / 50, 1.0, note)


def _memory_per_file(url: str, few: Path, many: Path, count: int) -> Row:
    """Private memory of all the browser's processes, after reading `count` files more."""
    grown = []
    for folder in (few, many):
        with opened(url) as page:
            page.mark("scanfolio:ready")
            page.page.wait_for_timeout(3000)
            before = page.private_bytes()
            _give(page, folder)
            page.mark("scanfolio:indexed")
            page.page.wait_for_timeout(3000)
            grown.append(page.private_bytes() - before)
    each = max(0, grown[1] - grown[0]) / count
    note = "all of the browser: the page's and the worker's File objects, their handles, the facts, the report"
    return Row("memory for each further file, everything", f"{each / 1000:.1f} kB", "-", None, None, note)


def _floor(folder: Path, options: argparse.Namespace, give: Callable[[Opened, Path], None] = _give) -> Opening:
    """A page that only reads: when it has the first file's first bytes, and those of all (or has only listed them)."""
    with served(reading_page(options.scratch / "plain-reading")) as url:
        taken = []
        for _ in range(options.runs):
            with opened(url) as page:
                page.mark("scanfolio:ready")
                give(page, folder)
                first, indexed = page.mark("scanfolio:first-file"), page.mark("scanfolio:indexed")
                taken.append(Opening(first - page.mark("given"), indexed - page.mark("given")))
    return Opening(*(statistics.median(values) for values in zip(*taken, strict=True)))


def _opening(url: str, folders: dict[int, Path], options: argparse.Namespace, peers: Peers | None) -> list[Row]:
    times: dict[int, Opening] = {}
    for count, folder in folders.items():
        once = [_open_once(url, folder) for _ in range(1 if count > 5000 else options.runs)]
        times[count] = Opening(*(statistics.median(values) for values in zip(*once, strict=True)))
    most = max(folders)
    first, indexed = times[1000]
    floor, floor_of_many = (_floor(folders[n], options) for n in (1000, most))
    dropped = {
        n: statistics.median(_open_once(url, folders[n], _drop).first_image for _ in range(options.runs))
        for n in (100, most)
    }
    floor_of_dropped = _floor(folders[most], options, _drop)
    per_file = {n: t.indexed / n for n, t in times.items()}
    listed = with_dicomdir(folders[1000], options.scratch / "ct1000-dicomdir")
    by_directory = [_open_once(url, listed) for _ in range(options.runs)]
    first_by_directory = statistics.median(once.first_image for once in by_directory)
    more = [_memory_per_file(url, folders[1000], folders[most], most - 1000)] if most > 5000 else []
    return [
        _against(peers, "folder given → first image, 1,000 files", first, "first_ms", 1.0),
        Row(
            f"first image, {most:,} files against 100",
            short(times[most].first_image),
            f"100 files {short(times[100].first_image)}",
            times[most].first_image / times[100].first_image,
            1.2,
            "the budget says no more; 1.2 leaves room for noise",
        ),
        Row(
            "the same against the floor",
            short(times[most].first_image),
            f"a page that only reads the first file {short(floor_of_many.first_image)}",
            times[most].first_image / floor_of_many.first_image,
            None,
            "given a list of files, Chromium reads none of them before it is through with the list",
        ),
        Row(
            f"first image of a folder dropped, {most:,} files against 100",
            short(dropped[most]),
            f"100 files {short(dropped[100])}",
            dropped[most] / dropped[100],
            1.2,
            "given as a handle, as the folder picker gives it, too",
        ),
        Row(
            "the same against the floor",
            short(dropped[most]),
            f"a page that only reads the first file {short(floor_of_dropped.first_image)}",
            dropped[most] / floor_of_dropped.first_image,
            None,
            "while Chromium lists a folder it opens no file of it",
        ),
        Row(
            "first image by the DICOMDIR, 1,000 files",
            short(first_by_directory),
            f"without one {short(first)}",
            first_by_directory / first,
            None,
        ),
        _against(peers, "folder given → all indexed, 1,000 files", indexed, "indexed_ms", 0.5),
        Row(
            "the same against the floor",
            short(indexed),
            f"a page that only reads 16 kB a file {short(floor.indexed)}",
            indexed / floor.indexed,
            None,
        ),
        Row(
            f"indexing per file, {most:,} files against 1,000",
            short(per_file[most]),
            f"1,000 files {short(per_file[1000])}",
            per_file[most] / per_file[1000],
            1.3,
            "linear is 1",
        ),
        _smoothness(url, folders[1000]),
        *more,
    ]


def _looking(url: str, folder: Path, options: argparse.Namespace, peers: Peers | None) -> list[Row]:
    runs = [_look_once(url, folder) for _ in range(options.runs)]

    def pooled(name: str) -> list[float]:
        return [value for run in runs for value in run[name]]

    found = []
    for name, what, key in (
        ("first", "step to the next slice, first time", "scroll_first"),
        ("second", "step, second time", "scroll_second"),
        ("window", "window drag", "window"),
    ):
        values = pooled(name)
        found.append(_against(peers, f"{what}, median", statistics.median(values), f"{key}.median", 1.0))
        found.append(_against(peers, f"{what}, 95th percentile", percentile(values, 0.95), f"{key}.p95", 1.0))
    growth = statistics.median(run["growth"] for run in runs)
    what = "memory growth, 1,000 slices opened and scrolled"
    leanest = peers.least("uss_growth_MB") if peers else None
    if peers and leanest:
        growth = peers.ours("uss_growth_MB") or growth
        found.append(Row(what, f"{growth:.0f} MB", f"{leanest[0]} {leanest[1]:.0f} MB", growth / leanest[1], 0.25))
    else:
        found.append(Row(what, f"{growth:.0f} MB", "no other viewer here", None, 0.25))
    return found


def _look_once(url: str, folder: Path) -> dict[str, Any]:
    with opened(url) as page:
        page.mark("scanfolio:ready")
        page.page.wait_for_timeout(500)
        before = page.private_bytes()
        _give(page, folder)
        page.mark("scanfolio:indexed")
        page.page.wait_for_timeout(1000)
        first = evaluated(page, MOVE, {"what": "step", "count": STEPS, "by": 1})
        second = evaluated(page, MOVE, {"what": "step", "count": STEPS, "by": -1})
        window = evaluated(page, MOVE, {"what": "window", "count": WINDOWS, "by": 0})
        evaluated(page, MOVE, {"what": "step", "count": SCROLLED, "by": 1})
        growth = (page.private_bytes() - before) / 1e6
    return {"first": first, "second": second, "window": window, "growth": growth}


def _export(url: str, folder: Path) -> list[Row]:
    with opened(url) as page:
        page.mark("scanfolio:ready")
        page.page.evaluate("__bench.keep = true")
        _give(page, folder)
        page.mark("scanfolio:indexed")
        page.page.wait_for_timeout(1000)
        done = evaluated(page, EXPORT)
    note = f"{done['bytes'] / 1e6:.0f} MB in the page, written and hashed"
    ours, plain, proven = done["written"], done["copying"], done["exporting"]
    hashed = plain + done["hashing"]
    blob = f"copying into a Blob {short(plain)}"
    return [
        Row("export in the page, stored", short(ours), blob, ours / plain, 2.0, note),
        Row("the same against the floor", short(ours), f"copying and hashing {short(hashed)}", ours / hashed, None),
        Row("the same, read back, judged and compared", short(proven), blob, proven / plain, None),
    ]


def _against(peers: Peers | None, what: str, ms: float, key: str, limit: float) -> Row:
    least = peers.least(key) if peers else None
    if least is None:
        return Row(what, short(ms), "no other viewer here", None, limit)
    ms = peers.ours(key) or ms if peers else ms
    return Row(what, short(ms), f"{least[0]} {short(least[1])}", ms / least[1], limit)


__all__: Sequence[str] = ("rows",)
