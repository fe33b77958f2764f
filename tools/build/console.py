"""What the build says while it works."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Problem(Exception):
    """Stops the build; its text is the one sentence the person reads."""


def say(text: str) -> None:
    print(text, flush=True)


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def size_of(folder: Path) -> int:
    """Bytes of all files below `folder`, tolerating files that vanish meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


@contextmanager
def download_progress(title: str, folder: Path, expected: int) -> Iterator[None]:
    """Show how much has arrived in `folder`, of `expected` bytes, while the block runs.

    On a terminal the line is rewritten; in a log only the start and the end are written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    live = sys.stdout.isatty()
    done = threading.Event()
    say(f"  Getting {title} ({megabytes(expected)}) …")

    def watch() -> None:
        while not done.wait(0.3):
            arrived = min(size_of(folder), expected)
            print(f"\r    {megabytes(arrived)} of {megabytes(expected)}   ", end="", flush=True)

    watcher = threading.Thread(target=watch, daemon=True)
    if live:
        watcher.start()
    try:
        yield
    finally:
        done.set()
        if live:
            watcher.join()
            print("\r" + " " * 40 + "\r", end="", flush=True)


def run(command: Sequence[str | Path], *, what: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a program quietly and give its standard output; its own words are shown only when it fails."""
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env=env, cwd=cwd, check=False
    )
    if result.returncode:
        tail = "\n".join((result.stdout + result.stderr).strip().splitlines()[-25:])
        raise Problem(f"{what} did not work (exit status {result.returncode}).\n{tail}")
    return result.stdout
