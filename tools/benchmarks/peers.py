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

WANTED = ("dwv", "cornerstone", "cornerstone-cpu", "ohif")


class Peers:
    """The figures of one run, by viewer."""

    def __init__(self, runs: list[dict[str, Any]]) -> None:
        self._runs = [run for run in runs if run.get("ok") and run["peer"] != "ours"]

    def least(self, key: str) -> tuple[str, float] | None:
        """The viewer with the least median of `key` ("a.b" for nested figures), and that median."""
        by_peer: dict[str, list[float]] = {}
        for run in self._runs:
            value: Any = run
            for part in key.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if isinstance(value, int | float):
                by_peer.setdefault(run["peer"], []).append(float(value))
        medians = {peer: statistics.median(values) for peer, values in by_peer.items()}
        return min(medians.items(), key=lambda item: item[1]) if medians else None


def run_peers(folder: Path, dist: Path, images: Path, scratch: Path, runs: int) -> Peers:
    """Run `folder`/bench.py on `images` with the viewers that are built there, ours among them, round robin."""
    built = [name for name in WANTED if (folder / "dist" / name.removesuffix("-cpu")).is_dir()]
    if not (folder / "bench.py").is_file() or not built:
        raise Problem(f"No other viewers are built in {folder}.")
    out = scratch / "peers"
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.json"):
        old.unlink()
    command = [sys.executable, str(folder / "bench.py"), "--folder", str(images), "--peers", ",".join(built)]
    command += ["--runs", str(runs), "--ours-dir", str(dist), "--uncapped", "--out", str(out)]
    say(f"Running {', '.join(built)} beside ours …")
    environment = {**os.environ, **({"CHROMIUM": program} if (program := chromium()) else {})}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    written = max(out.glob("*.json"))
    return Peers(json.loads(written.read_text(encoding="utf-8"))["rows"])
