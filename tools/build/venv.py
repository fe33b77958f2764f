"""What the tests run with: a virtual environment with pinned packages, browsers and outside DICOM tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from .console import download_progress, run, say
from .paths import CACHE, DIST, ROOT

VENV = CACHE / "venv"
REQUIREMENTS = ROOT / "requirements-test.txt"
DOWNLOAD_SIZE = 190_000_000
PYODIDE_SITE = CACHE / "pytest-for-pyodide"
PYODIDE_PLATFORM = "pyemscripten_2026_0_wasm32"

# What the tests call, and the Debian package that brings it.
PROGRAMS = {
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "WebKitWebDriver": "webkit2gtk-driver",
    "Xvfb": "xvfb",
    "dcmdump": "dcmtk",
    "dciodvfy": "dicom3tools",
    "gdcminfo": "libgdcm-tools",
    "Orthanc": "orthanc",
    "7z": "p7zip-full",
    "unzip": "unzip",
    "fc-list": "fontconfig",
}
OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome"), "firefox-esr": ("firefox",)}
FONTS = ("fonts-dejavu-core", "fonts-liberation", "fonts-noto-core")


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure_venv() -> Path:
    """The Python of .cache/venv, with requirements-test.txt and the scanfolio package (as it stands in py/) in it."""
    wanted = f"{sys.version}\n{ROOT}\n{REQUIREMENTS.read_text('utf-8')}{(ROOT / 'pyproject.toml').read_text('utf-8')}"
    mark = VENV / "scanfolio-complete"
    if mark.is_file() and mark.read_text("utf-8") == wanted and venv_python().is_file():
        return venv_python()
    say("Preparing the virtual environment of the tests …")
    shutil.rmtree(VENV, ignore_errors=True)
    make_venv()
    pip = [venv_python(), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    with download_progress("the test tools", VENV, DOWNLOAD_SIZE):
        run([*pip, "-r", REQUIREMENTS], what="Installing the test tools with pip")
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT], what="Installing scanfolio with pip")
    mark.write_text(wanted, encoding="utf-8")
    return venv_python()


def venv_environment() -> dict[str, str]:
    """Variables for programs run in the virtual environment; SCANFOLIO_DIST says where the built page is."""
    path = f"{venv_python().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "SCANFOLIO_DIST": str(DIST)}


def make_venv() -> None:
    """Python's own venv; where a distribution left it out, virtualenv from PyPI does the same."""
    own = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if own.returncode == 0 and venv_python().is_file():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    folder = CACHE / "virtualenv"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    run([*pip, "--target", folder, "virtualenv"], what="Installing virtualenv with pip")
    env = {**os.environ, "PYTHONPATH": str(folder)}
    run([sys.executable, "-m", "virtualenv", "--quiet", VENV], what="Making the virtual environment", env=env)


def ensure_pytest_for_pyodide() -> Path:
    """What tests/unit import, of the same versions, as the shipped Pyodide needs them."""
    names = ("pytest==", "hypothesis==", "pycdlib==")
    pins = [line for line in REQUIREMENTS.read_text("utf-8").splitlines() if line.startswith(names)]
    wanted = "\n".join(pins)
    mark = PYODIDE_SITE / "complete"
    if mark.is_file() and mark.read_text("utf-8") == wanted:
        return PYODIDE_SITE
    shutil.rmtree(PYODIDE_SITE, ignore_errors=True)
    pip = [ensure_venv(), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    platform = ["--platform", PYODIDE_PLATFORM, "--python-version", "3.14", "--implementation", "cp", "--no-compile"]
    run(
        [*pip, "--target", PYODIDE_SITE, "--only-binary=:all:", *platform, *pins],
        what="Installing pytest for Pyodide with pip",
    )
    mark.write_text(wanted, encoding="utf-8")
    return PYODIDE_SITE


@cache
def ensure_programs() -> None:
    """Browsers and outside tools: the system's, else by apt where we may. Tests say by name what is missing then."""
    missing = [package for name, package in PROGRAMS.items() if not find(name)]
    if not any(Path("/usr/share/fonts").rglob("*.[to]tf")):
        missing += FONTS
    if not missing:
        return
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if not may_install:
        say(f"Not here, and apt cannot install it for us: {', '.join(missing)}. Those tests are skipped by name.")
        return
    say(f"Installing {', '.join(missing)} with apt …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*apt, "update"], env=env, capture_output=True, check=False)
    install = [*apt, "install", "-y", "--no-install-recommends"]
    if subprocess.run([*install, *missing], env=env, capture_output=True, check=False).returncode:
        for package in missing:  # one package that this system does not have must not keep the others away
            if subprocess.run([*install, package], env=env, capture_output=True, check=False).returncode:
                say(f"  {package} could not be installed; its tests are skipped by name.")


def find(name: str) -> str | None:
    return next((path for path in map(shutil.which, (name, *OTHER_NAMES.get(name, ()))) if path), None)
