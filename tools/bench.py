"""The budgets of the design, measured: what `build.py bench` runs in the tests' environment.

    python tools/bench.py [--only core|size|page] [--peers FOLDER] [--full] [--json FILE]

Prints a table of ratios taken in one run on one machine, met or not. --peers takes a folder with other in-browser
viewers and a bench.py of their own that runs them beside ours and writes its figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "py")]

from tools.benchmarks.rows import Row, markdown  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="build.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, help="a built folder of in-browser viewers to run beside ours")
    parser.add_argument("--full", action="store_true", help="up to 20,000 files (needs 2 GB of disk)")
    what = "only this: a disc of 5 GB in 70,000 (or so many) files, copied in the page"
    parser.add_argument("--large", type=int, nargs="?", const=70_000, help=what)
    parser.add_argument("--into", choices=("zip", "folder"), action="append", help="with --large: only into this")
    parser.add_argument("--list", action="store_true", help="with --large: given as a list of files, not as a folder")
    parser.add_argument("--only", choices=("core", "page", "size"), action="append", help="only these rows")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement in the browser")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="the built page")
    parser.add_argument(
        "--scratch", type=Path, default=ROOT / ".cache/bench", help="where the synthetic series are kept"
    )
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    options = parser.parse_args(arguments)
    parts = [] if options.large else options.only or ["core", "size", "page"]
    options.scratch.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    if "core" in parts:
        from tools.benchmarks import core

        rows += core.rows(options.scratch)
    if "size" in parts:
        from tools.benchmarks import size

        rows += size.rows(options.dist)
    if "page" in parts:
        from tools.benchmarks import page

        rows += page.rows(options)
    if options.large:
        from tools.benchmarks import large

        rows += large.rows(options)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    about = f"{machine}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    print(markdown(rows, about))
    if options.json:
        figures = {"about": about, "rows": [row.as_dict() for row in rows]}
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
