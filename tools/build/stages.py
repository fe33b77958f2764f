"""The test run: every stage in turn, its time, what passed, and one closing line over all of them."""

from __future__ import annotations

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


def pytest(stage: str, folders: Sequence[str]) -> Tally:
    """pytest on CPython, in the virtual environment."""
    present = [folder for folder in folders if any((ROOT / folder).glob("**/test_*.py"))]
    if not present:
        return Tally()
    report = RESULTS / f"{stage}.xml"
    report.unlink(missing_ok=True)
    python = ensure_venv()
    command = [str(python), "-m", "pytest", "-q", "--color=no", f"--junitxml={report}", *present]
    subprocess.run(command, cwd=ROOT, env=venv_environment(), check=False)
    return from_junit(report)


def pyodide() -> Tally:
    """tests/unit in the Pyodide and with the packs that dist/ ships, under Node."""
    report = RESULTS / "pyodide.xml"
    report.unlink(missing_ok=True)
    script = ROOT / "tests/run_in_pyodide.mjs"
    folders = [pyodide_folder(), DIST, ROOT, ensure_pytest_for_pyodide(), report]
    subprocess.run([str(part) for part in (node(), script, *folders)], cwd=ROOT, check=False)
    return from_junit(report)


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
    "e2e": lambda: pytest("e2e", ["tests/e2e"]),
    "oracles": lambda: pytest("oracles", ["tests/oracles"]),
}
