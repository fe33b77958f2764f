"""Runs inside the shipped Pyodide: turns wheels and source folders into packs of compiled Python.

A pack is gzip of: 4 bytes little-endian length, a JSON list of [path, size], then the files one after the other. The
page unpacks it with the browser's own gzip and without any Python. Modules are compiled by the interpreter that will
run them, so nothing is compiled on a person's computer.
"""

import fnmatch
import gzip
import io
import json
import pathlib
import struct
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

ROOT = pathlib.Path("/root_folder")


def compiled(path, source, optimize):
    code = compile(source, path, "exec", dont_inherit=True, optimize=optimize)
    return bytes(_code_to_hash_pyc(code, b"\0" * 8, False))


def files_of(source):
    """(path, bytes) of a wheel, a zip or a folder, sorted."""
    where = ROOT / source["path"]
    if where.is_dir():
        found = [(p.relative_to(where).as_posix(), p) for p in where.rglob("*") if p.is_file()]
        return [(name, p.read_bytes()) for name, p in sorted(found)]
    with zipfile.ZipFile(where) as archive:
        return [(name, archive.read(name)) for name in sorted(archive.namelist()) if not name.endswith("/")]


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def chosen(source):
    for name, data in files_of(source):
        if matches(name, source["emptied"]):
            yield name, b""
        elif "__pycache__" in name or matches(name, source["leave_out"]):
            continue
        elif name.endswith(".py"):
            yield name + "c", compiled(name, data, source["optimize"])
        else:
            yield name, data


def write_pack(files, out):
    index = json.dumps([[name, len(data)] for name, data in files], separators=(",", ":")).encode()
    plain = struct.pack("<I", len(index)) + index + b"".join(data for _, data in files)
    out.write_bytes(gzip.compress(plain, 9, mtime=0))


def write_zip(files, out):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    out.write_bytes(buffer.getvalue())


for pack in json.loads(job):  # noqa: F821  (in_pyodide.mjs sets it)
    files = [file for source in pack["sources"] for file in chosen(source)]
    (write_zip if pack["out"].endswith(".zip") else write_pack)(files, ROOT / pack["out"])
