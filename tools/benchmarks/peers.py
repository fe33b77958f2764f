"""Other in-browser viewers beside ours, given a folder with them: its bench.py runs them, we read its result."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.build.console import Problem, say

from .browser import chromium

# the last shows an image before it indexes, as no published viewer does: the hardest to beat there
WANTED = ("dwv", "cornerstone", "cornerstone-cpu", "ohif", "cornerstone-local-cpu")


class Peers:
    """The figures of one run, by viewer."""

    def __init__(self, runs: list[dict[str, Any]]) -> None:
        self._runs = [run for run in runs if run.get("ok")]

    def least(self, key: str) -> tuple[str, float] | None:
        """The other viewer with the least median of `key` ("a.b" for nested figures), and that median."""
        medians = self._medians(key)
        medians.pop("ours", None)
        return min(medians.items(), key=lambda item: item[1]) if medians else None

    def ours(self, key: str) -> float | None:
        """Our own median in the same run: the one to compare, as it was taken in turn with the others."""
        return self._medians(key).get("ours")

    def _medians(self, key: str) -> dict[str, float]:
        by_peer: dict[str, list[float]] = {}
        for run in self._runs:
            value: Any = run
            for part in key.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if isinstance(value, int | float):
                by_peer.setdefault(run["peer"], []).append(float(value))
        return {peer: statistics.median(values) for peer, values in by_peer.items()}


def run_peers(folder: Path, dist: Path, images: Path, scratch: Path, runs: int) -> Peers:
    """Run `folder`/bench.py on `images` with the viewers that are built there, ours among them, round robin."""
    built = [name for name in WANTED if (folder / "dist" / name.split("-")[0]).is_dir()]
    if not (folder / "bench.py").is_file() or not built:
        raise Problem(f"No other viewers are built in {folder}.")
    out = scratch / "peers"
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.json"):
        old.unlink()
    # its own environment where it has one: it needs packages we do not
    python = folder / "venv" / "bin" / "python"
    command = [
        str(python) if python.is_file() else sys.executable,
        str(folder / "bench.py"),
        "--folder",
        str(images),
        "--peers",
        ",".join(built),
    ]
    command += ["--runs", str(runs), "--ours-dir", str(dist), "--uncapped", "--out", str(out)]
    say(f"Running {', '.join(built)} beside ours …")
    environment = {**os.environ, **({"CHROMIUM": program} if (program := chromium()) else {})}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    written = max(out.glob("*.json"))
    return Peers(json.loads(written.read_text(encoding="utf-8"))["rows"])
