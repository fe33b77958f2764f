"""The test run: every stage in turn, its time, what passed, and one closing line over all of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from .checks import check
from .console import say
from .node import node, npm_packages
from .packs import pyodide_folder
from .paths import CACHE, DIST, ROOT
from .site import build_site
from .venv import ensure_programs, ensure_pytest_for_pyodide, ensure_venv, venv_environment

RESULTS = CACHE / "results"
AT_ONCE = max(1, min(4, os.cpu_count() or 1))
"""Processes that share the tests of a stage: one for each processor, but browsers need memory, too."""


@dataclass(frozen=True)
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def run_tests(only: str | None) -> int:
    """Run all stages, or the one named `only`. Exit status 1 when anything failed."""
    if only not in ("js",):
        ensure_venv()
    if only in (None, "e2e", "oracles"):
        ensure_programs()
    if only in (None, "pyodide", "js", "e2e", "oracles"):
        npm_packages(for_tests=True)
        build_site()
    RESULTS.mkdir(parents=True, exist_ok=True)
    total = Tally()
    lines = []
    for name, stage in STAGES.items():
        if only not in (None, name):
            continue
        say(f"\n== {name}")
        start = time.monotonic()
        tally = stage()
        total += tally
        lines.append(f"{name:<8} {tally}  ({time.monotonic() - start:.0f} s)")
        say(lines[-1])
    if len(lines) > 1:
        say("\n" + "\n".join(lines))
    say(f"\n{total}")
    return 1 if total.failed or not total.passed else 0


def checks() -> Tally:
    passed, failed = check()
    return Tally(passed, failed)


def pytest(stage: str, folders: Sequence[str], share: str = "worksteal") -> Tally:
    """pytest on CPython, in the virtual environment; `share` is pytest-xdist's way of giving the tests out."""
    present = [folder for folder in folders if any((ROOT / folder).glob("**/test_*.py"))]
    if not present:
        return Tally()
    report = RESULTS / f"{stage}.xml"
    report.unlink(missing_ok=True)
    python = ensure_venv()
    command = [str(python), "-m", "pytest", "-q", "--color=no", f"--junitxml={report}", *present]
    if AT_ONCE > 1:
        command += ["-n", str(AT_ONCE), "--dist", share]
    subprocess.run(command, cwd=ROOT, env=venv_environment(), check=False)
    return from_junit(report)


def pyodide() -> Tally:
    """tests/unit in the Pyodide and with the packs that dist/ ships, under Node; the files are dealt out by size."""
    script = ROOT / "tests/run_in_pyodide.mjs"
    folders = [pyodide_folder(), DIST, ROOT, ensure_pytest_for_pyodide()]
    files = sorted((ROOT / "tests/unit").glob("test_*.py"), key=lambda file: -file.stat().st_size)
    shares = [files[first::AT_ONCE] for first in range(AT_ONCE)]
    reports = [RESULTS / f"pyodide-{number}.xml" for number in range(1, AT_ONCE + 1)]
    logs = [report.with_suffix(".txt") for report in reports]
    running = []
    for share, report, log in zip(shares, reports, logs, strict=True):
        report.unlink(missing_ok=True)
        names = [file.relative_to(ROOT).as_posix() for file in share]
        with log.open("wb") as out:
            command = [str(part) for part in (node(), script, *folders, report, *names)]
            running.append(subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT))
    tally = Tally()
    for process, report, log in zip(running, reports, logs, strict=True):
        process.wait()
        sys.stdout.write(log.read_text("utf-8", errors="replace"))
        sys.stdout.flush()
        tally += from_junit(report)
    return tally


def from_junit(report: Path) -> Tally:
    """What pytest wrote down; a run that ended before it could counts as one failure."""
    if not report.is_file():
        say("The test run broke off before its end.")
        return Tally(failed=1)
    tally = Tally()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        tally += Tally(tests - skipped - failed, failed, skipped)
    return tally


def javascript() -> Tally:
    """tests/js with Node's own test runner."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/js").glob("**/*.test.mjs"))
    if not files:
        return Tally()
    command = [str(node()), "--test", "--test-reporter=tap", *files]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    counts = {
        word: int(count)
        for word, count in re.findall(r"^# (pass|fail|cancelled|skipped|todo) (\d+)$", result.stdout, re.M)
    }
    failed = counts.get("fail", 0) + counts.get("cancelled", 0)
    if failed or not counts:
        sys.stdout.write(result.stdout + result.stderr)
    return Tally(counts.get("pass", 0), failed or int(not counts), counts.get("skipped", 0) + counts.get("todo", 0))


STAGES: dict[str, Callable[[], Tally]] = {
    "check": checks,
    "unit": lambda: pytest("unit", ["tests/unit", "tests/contract"]),
    "pyodide": pyodide,
    "js": javascript,
    # the tests of a module share browsers that are already open
    "e2e": lambda: pytest("e2e", ["tests/e2e"], "loadscope"),
    "oracles": lambda: pytest("oracles", ["tests/oracles"]),
}
