"""A small stand-in for the scripts of offline/, and what a page lends for an export that takes the viewer along."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import struct
from collections.abc import Mapping

from exports import MemorySource, drive
from scanfolio.export.viewer import Viewer, viewer_from

SMALL = {
    "index.htm": b"<!doctype html><html><head><title>Scanfolio: see what is on your scan disc</title></head></html>",
    "license.txt": b"MIT\n",
    "assets/main.js": b"/* Scanfolio */\nlet x = 1;\n",
    "licences/numpy.txt": b"BSD\n",
}
LARGE = {name: b'SCANFOLIO_PACK("%s",0,"AAAA");\n' % name.encode() for name in ("core", "pyodide")}


def pack(small: Mapping[str, bytes], large: Mapping[str, bytes]) -> bytes:
    """The script offline/viewer.js, as tools/build/viewer.py makes it."""
    rows = [[f"offline/{name}.js", len(data), hashlib.sha256(data).hexdigest()] for name, data in large.items()]
    files = {"files.json": json.dumps(rows).encode(), **small}
    index = json.dumps([[path, len(data)] for path, data in files.items()]).encode()
    data = struct.pack("<I", len(index)) + index + b"".join(files.values())
    return b'SCANFOLIO_PACK("viewer.pack",1,"%s");\n' % base64.b64encode(gzip.compress(data, mtime=0))


def scripts() -> dict[str, bytes]:
    return {"offline/viewer.js": pack(SMALL, LARGE), **{f"offline/{name}.js": data for name, data in LARGE.items()}}


def viewer(given: Mapping[str, bytes] | None = None) -> Viewer:
    result, _, _ = drive(viewer_from(MemorySource(scripts() if given is None else given).entries()))
    assert isinstance(result, Viewer)
    return result


def on_disc() -> dict[str, bytes]:
    """What has to be in the folder VIEWER, but for disc.js."""
    return {f"VIEWER/{path}": data for path, data in {**SMALL, **scripts()}.items()}
