"""THIRD_PARTY.md and the licence texts, from assets.lock.json and the artefacts themselves."""

from __future__ import annotations

import zipfile
from itertools import groupby

from .fetch import Artefact, derived, lock
from .paths import ROOT

LICENCES = ROOT / "tools" / "licences"
HEAD = """# What others made

Written by `python3 build.py notices` from `assets.lock.json`; do not edit. The page is made of Scanfolio (MIT, see
LICENSE) and of the works below. Their licence texts stand in `licences/` beside the page. Pyodide is under the Mozilla
Public License 2.0; its source is that of the npm package of the same name and version. It is shipped as its authors
published it but for two things: Python's standard library is compiled and without the modules that make no sense in a
page, and indirect calls in `pyodide.asm.wasm` go through functions of their own (`tools/build/calls.py` does that).
"""


def third_party_text() -> str:
    """The whole of THIRD_PARTY.md."""
    parts = [HEAD]
    for name, rows in groupby(lock(), key=lambda row: row.name):
        parts.append(section(name, list(rows)))
    for row in derived():
        parts.append(f"## Made from {row['name']} {row['version']}\n\nLicence: {row['licence']}. From: PyPI package "
                     f"`{row['package']}` {row['version']}.\n\n`{row['file']}`: {row['what']}.\n")  # fmt: skip
    return "\n".join(parts)


def section(name: str, rows: list[Artefact]) -> str:
    first = rows[0]
    within = list(dict.fromkeys(item for row in rows for item in row.contains))
    manager = {"npm": "npm", "pip": "PyPI"}[first.manager]
    source = f"{manager} package `{first.package}` {first.package_version}"
    lines = [f"## {name} {first.version}\n", f"Licence: {first.licence}. From: {source}."]
    lines += [f"It contains: {', '.join(within)}.\n" if within else ""]
    lines += ["| file | bytes | SHA-256 |", "|---|---:|---|"]
    lines += [f"| `{row.path or row.file}` | {row.size:,} | `{row.sha256}` |" for row in rows]
    return "\n".join(lines) + "\n"


def licence_texts() -> dict[str, bytes]:
    """licences/NAME.txt → text: those kept in tools/licences, and those inside the wheels."""
    texts = {f"licences/{path.name}": path.read_bytes() for path in sorted(LICENCES.glob("*.txt"))}
    for row in lock():
        if row.file.endswith(".whl"):
            with zipfile.ZipFile(row.cached) as wheel:
                names = [name for name in wheel.namelist() if ".dist-info/licenses/" in name and not name.endswith("/")]
                chapters = [f"--- {name.split('/licenses/')[1]} ---\n\n".encode() + wheel.read(name) for name in names]
            texts[f"licences/{row.name}.txt"] = b"\n\n".join(chapters)
    return texts


def write_third_party() -> None:
    (ROOT / "THIRD_PARTY.md").write_text(third_party_text(), encoding="utf-8")
