"""What has to be downloaded, gzipped as a web server would."""

from __future__ import annotations

import gzip
from pathlib import Path

from .rows import Row, skipped

LATER = ("imagecodecs", "sample")  # fetched when a disc or a person asks for them


def rows(dist: Path) -> list[Row]:
    if not (dist / "index.html").is_file():
        return [skipped("download to first use, gzipped", "dist/ is not built")]
    first, later = 0, 0
    for path in sorted(p for p in dist.rglob("*") if p.is_file()):
        name = path.relative_to(dist).as_posix()
        # offline/ holds the same assets again, for file://
        if name.startswith("offline/") or path.suffix in (".map", ".md", ".txt"):
            continue
        size = len(gzip.compress(path.read_bytes(), 9, mtime=0))
        if any(word in path.name for word in LATER):
            later += size
        else:
            first += size
    return [
        Row(
            "download to first use, gzipped",
            f"{first / 1e6:.1f} MB",
            "14 MB",
            first / 14e6,
            1.0,
            f"imagecodecs and the sample disc, on demand: {later / 1e6:.1f} MB more",
        )
    ]
