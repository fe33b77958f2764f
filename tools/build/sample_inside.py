"""Runs inside the shipped Pyodide: makes the sample disc with tools/sample_disc.py."""

import json
import pathlib
import sys
import sysconfig
import zipfile

settings = json.loads(job)  # noqa: F821  (in_pyodide.mjs sets it)
ROOT = pathlib.Path("/root_folder")
for wheel in settings["wheels"]:
    with zipfile.ZipFile(ROOT / wheel) as archive:
        archive.extractall(sysconfig.get_path("purelib"))
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "py"), str(ROOT / "tools"), str(ROOT / "tests"), str(ROOT)]

from sample_disc import build_sample  # noqa: E402

made = pathlib.Path("/tmp/sample.zip")
build_sample(made)
(ROOT / settings["out"]).write_bytes(made.read_bytes())
