"""offline/viewer.js: with the other scripts of offline/ all that is needed to put Scanfolio itself beside a copy.

After a double click a page can read nothing of its own folder but scripts. So the small files (the page, its style, the
licences) stand in one more script, with the SHA-256 of the large ones. py/scanfolio/export/viewer.py takes it apart.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Mapping

from .console import Problem

PACK = "viewer.pack"
LIST = "files.json"
RENAMED = {"index.html": "index.htm", "LICENSE": "license.txt", "THIRD_PARTY.md": "3rdparty.md"}
NOT_THERE = ("offline/sample.js",)
SHORT = re.compile(r"[a-z0-9_]{1,8}(\.[a-z0-9]{1,3})?")


def script_name(asset: str) -> str:
    """The script of offline/ that holds an asset: eight characters and three, as on every disc (ISO 9660, IHE PDI)."""
    return asset.partition(".")[0].replace("-", "_")[:8] + ".js"


def name_on_disc(path: str) -> str:
    """What a file of dist/ is called in the viewer's folder."""
    folder, _, name = path.rpartition("/")
    if folder == "licences":
        name = name.partition(".")[0].lower().replace("-", "")[:8] + ".txt"
    renamed = f"{folder}/{name}" if folder else RENAMED.get(name, name)
    if not all(SHORT.fullmatch(part) for part in renamed.split("/")):
        raise Problem(f"{path} would be {renamed} on a disc, which is not a name every disc can hold.")
    return renamed


def viewer_scripts(scripts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of offline/ that go along, by path."""
    return {path: data for path, data in sorted(scripts.items()) if path not in NOT_THERE}


def viewer_pack(small: Mapping[str, bytes], scripts: Mapping[str, bytes]) -> bytes:
    """The pack: `small` under their names on a disc, and of `scripts` path, size and SHA-256.

    Its form is that of the other packs: [4 bytes, little-endian: length of the index][index][the files].
    """
    named = {name_on_disc(path): data for path, data in sorted(small.items())}
    if len(named) != len(small):
        raise Problem("Two files of the viewer would have one name on a disc.")
    rows = [[name_on_disc(path), len(data), hashlib.sha256(data).hexdigest()] for path, data in scripts.items()]
    files = {LIST: json.dumps(rows, separators=(",", ":")).encode(), **named}
    index = json.dumps([[path, len(data)] for path, data in files.items()], separators=(",", ":")).encode()
    return struct.pack("<I", len(index)) + index + b"".join(files.values())


def facts(scripts: Mapping[str, bytes]) -> dict[str, object]:
    """What the page is told: which scripts, and about how many bytes they and the small files are (to 100 kB)."""
    size = sum(map(len, scripts.values())) + 600_000
    names = [*(path.removeprefix("offline/") for path in scripts), script_name(PACK)]
    return {"bytes": round(size, -5), "scripts": names}
