"""Scanfolio itself, put beside a file-set on request: which files it consists of, and whether they are what was built.

It lies in a folder of its own: IHE PDI (RAD TF-2 4.47) wants what is no web form of the images neither in IHE_PDI nor
among the DICOM files, and all names in eight characters and three. Its bytes come from the scripts of offline/ alone
(see tools/build/viewer.py): so a page opened by double click, which may read nothing else, can pass itself on as well.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from base64 import b64decode
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scanfolio.effects import Effect, Steps, patiently
from scanfolio.errors import BytesNotHere, ExportError, RequestError, SourceError
from scanfolio.model import FileRecord, Kind
from scanfolio.source.entry import Entry
from scanfolio.source.folder import FolderSource
from scanfolio.source.signature_table import OWN_VIEWER
from scanfolio.words import say

FOLDER = "VIEWER"
START = f"{FOLDER}/index.htm"
DISC = f"{FOLDER}/disc.js"
SCRIPTS = "offline"
LIST = f"{SCRIPTS}/viewer.js"
_SCRIPT = re.compile(rb'SCANFOLIO_PACK\("viewer\.pack",([01]),"([A-Za-z0-9+/=]*)"\);\n')
_MOST_BYTES = 64 << 20
_OURS = re.compile(r"(index\.htm|disc\.js|license\.txt|3rdparty\.md|(assets|offline|licences)/[^/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ViewerFile:
    """`path` counts from the viewer's folder; `sha256` is "" for the list itself, which cannot know its own."""

    path: str
    entry: Entry
    sha256: str


@dataclass(frozen=True, slots=True)
class Viewer:
    files: tuple[ViewerFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files; that of disc.js, some hundred, is not counted."""
        return sum(file.entry.size for file in self.files)

    def size_in(self, sector_bytes: int) -> int:
        """Bytes they take on a medium that stores whole sectors."""
        return sum(-(-file.entry.size // sector_bytes) * sector_bytes for file in self.files)


def viewer_from(given: Iterable[Entry]) -> Steps:
    """The viewer whose scripts are among `given`, as "offline/…". Yields Fetch; returns a Viewer.

    Raises ExportError where a file is missing or of another size. Their contents are checked while they are written.
    """
    entries = {entry.path: entry for entry in given}
    script = entries.get(LIST)
    if script is None:
        raise _damaged(LIST)
    small = _unpacked((yield from _whole(script)), script)
    try:
        rows = json.loads(small.pop("files.json"))
        large = [ViewerFile(str(path), entries[path], str(sha256)) for path, _, sha256 in rows]
        sizes = [int(size) for _, size, _ in rows]
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged(str(error) if isinstance(error, KeyError) else LIST) from error
    for file, size in zip(large, sizes, strict=True):
        if file.entry.size != size:
            raise _damaged(file.path)
    files = [ViewerFile(path, _in_memory(path, data), "") for path, data in small.items()]
    return Viewer((*sorted((*files, *large), key=lambda file: file.path), ViewerFile(LIST, script, "")))


def built_viewer(folder: str) -> Steps:
    """The viewer of a build, `folder` being dist/ or the VIEWER folder of a copy; "": of the dist/ of this checkout.

    As `viewer_from`; raises RequestError where there is no build.
    """
    place = Path(folder) if folder else Path(__file__).parents[3] / "dist"
    if not (place / LIST).is_file():
        raise RequestError(say("export.viewer.no_build"), hint=say("export.viewer.no_build_hint"), where=str(place))
    return viewer_from(e for e in FolderSource(str(place)).entries() if e.path.startswith(f"{SCRIPTS}/"))


def contents(file: ViewerFile) -> Generator[Effect, Any, bytes]:
    """The bytes of a file. Raises ExportError where they cannot be read."""
    return (yield from _whole(file.entry))


def check(file: ViewerFile, sha256: str) -> None:
    """Raises ExportError where the file that was read is not the one of the build."""
    if file.sha256 and file.sha256 != sha256:
        raise _damaged(file.path)


def own_files(files: Iterable[FileRecord]) -> frozenset[int]:
    """Entry ids of those files that are a viewer as we put it there, in whichever folder it lies now."""
    files = list(files)
    ours: set[int] = set()
    for file in files:
        if file.signature == OWN_VIEWER and file.path.lower().endswith("/" + LIST):
            folder = file.path[: -len(LIST)]
            inside = (f for f in files if f.path.startswith(folder) and f.kind is Kind.DOCUMENT)
            ours.update(f.entry_id for f in inside if _OURS.fullmatch(f.path.removeprefix(folder)))
    return frozenset(ours)


def _whole(entry: Entry) -> Generator[Effect, Any, bytes]:
    try:
        data = yield from patiently(partial(entry.read, 0, entry.size))
    except SourceError as error:
        if isinstance(error, BytesNotHere):
            raise
        raise _damaged(entry.path) from error
    if len(data) != entry.size:
        raise _damaged(entry.path)
    return bytes(data)


def _unpacked(script: bytes, entry: Entry) -> dict[str, bytes]:
    """The files in the script `offline/viewer.js`, by path, checked to lie within it."""
    found = _SCRIPT.fullmatch(script)
    if not found:
        raise _damaged(entry.path)
    try:
        data = b64decode(found[2], validate=True)
        if found[1] == b"1":
            data = zlib.decompressobj(31).decompress(data, _MOST_BYTES)
        (length,) = struct.unpack_from("<I", data)
        at = 4 + length
        files = {}
        for path, size in json.loads(data[4:at]):
            files[str(path)] = data[at : at + size]
            at += size
    except (ValueError, TypeError, zlib.error, struct.error) as error:
        raise _damaged(entry.path) from error
    if at != len(data) or not all(_OURS.fullmatch(path) for path in files if path != "files.json"):
        raise _damaged(entry.path)
    return files


def _in_memory(path: str, data: bytes) -> Entry:
    return Entry(0, path, len(data), lambda offset, length: data[offset : offset + length])


def _damaged(where: str) -> ExportError:
    return ExportError(say("export.viewer.damaged"), hint=say("export.viewer.damaged_hint"), where=where)
