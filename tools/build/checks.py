"""Linters, type checkers, and whether what is generated is what would be generated now."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from .console import say
from .node import node, npm_packages
from .notices import third_party_text
from .paths import NODE_MODULES, ROOT
from .venv import ensure_venv


def check() -> tuple[int, int]:
    """(passed, failed). What fails says why on the way."""
    python = ensure_venv()
    npm_packages(for_tests=True)
    tsc = NODE_MODULES / "typescript/bin/tsc"
    commands: dict[str, Sequence[str | Path]] = {
        "ruff: style and likely mistakes": [python, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."],
        "mypy --strict: the types of py/": [python, "-m", "mypy", "--no-error-summary"],
        "tsc: the types of the page's JavaScript": [node(), tsc, "--project", "tsconfig.json"],
        "tsc: the types of the worker's JavaScript": [node(), tsc, "--project", "tsconfig.worker.json"],
    }
    for script in sorted((ROOT / "tools").glob("write_*.py")):
        commands[f"tools/{script.name}: its files are up to date"] = [python, script, "--check"]
    outcomes = [passes(title, command) for title, command in commands.items()]
    outcomes.append(third_party_is_current())
    return sum(outcomes), len(outcomes) - sum(outcomes)


def passes(title: str, command: Sequence[str | Path]) -> bool:
    result = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    say(f"  {'ok     ' if result.returncode == 0 else 'FAILED '} {title}")
    if result.returncode:
        say((result.stdout + result.stderr).rstrip())
    return result.returncode == 0


def third_party_is_current() -> bool:
    path = ROOT / "THIRD_PARTY.md"
    current = path.is_file() and path.read_text(encoding="utf-8") == third_party_text()
    say(f"  {'ok     ' if current else 'FAILED '} THIRD_PARTY.md says what assets.lock.json says")
    if not current:
        say("Run `python3 build.py notices` and commit the result.")
    return current
