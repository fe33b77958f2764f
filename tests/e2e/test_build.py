"""The build: what it refuses, what it does not do twice, and what stands in dist/."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import gzip
import hashlib
import json
import os
import re
import struct
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scanfolio.export.drive import run
from scanfolio.export.viewer import Viewer, built_viewer
from tools.build import calls, console, fetch, paths, site, viewer
from tools.build.console import Problem

DIST = Path(os.environ.get("SCANFOLIO_DIST", paths.DIST))
pytestmark = pytest.mark.skipif(not (DIST / "index.html").exists(), reason="dist/ is not built")


def test_a_wrong_hash_stops_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    row = dataclasses.replace(fetch.artefact("pyodide.mjs"), file="other.whl", manager="pip", sha256="0" * 64)
    wheel = tmp_path / "other.whl"
    wheel.write_bytes(b"something else")
    monkeypatch.setattr(fetch, "lock", lambda: (row,))
    monkeypatch.setattr(fetch, "ARTEFACTS", tmp_path / "artefacts")
    monkeypatch.setattr(fetch, "CACHE", tmp_path)
    monkeypatch.setattr(fetch, "download_with_pip", lambda row: wheel)
    with pytest.raises(Problem, match=r"^other\.whl is not the file we pinned \(SHA-256 .*\); nothing was built\.$"):
        fetch.ensure_artefacts()
    assert not list((tmp_path / "artefacts").iterdir())


def test_nothing_is_asked_of_the_network_when_everything_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **named: object) -> str:
        raise AssertionError(f"a program was started: {arguments}")

    monkeypatch.setattr(console.subprocess, "run", refuse)
    fetch.ensure_artefacts()
    site.npm_packages()


def test_numpy_is_the_one_pyodide_names() -> None:
    official = json.loads((paths.NODE_MODULES / "pyodide/pyodide-lock.json").read_text("utf-8"))["packages"]["numpy"]
    assert fetch.artefact(official["file_name"]).sha256 == official["sha256"]


def test_the_runtime_is_the_published_one_but_for_its_indirect_calls() -> None:
    row = fetch.artefact("pyodide.asm.wasm")
    published = row.cached.read_bytes()
    assert hashlib.sha256(published).hexdigest() == row.sha256
    assert (DIST / "assets/pyodide.asm.wasm").read_bytes() == calls.through_functions(published)


@pytest.mark.parametrize("name", site.ON_FILE)
def test_offline_scripts_hold_the_same_bytes(name: str) -> None:
    script = (DIST / f"offline/{viewer.script_name(name)}").read_text("ascii")
    found = re.fullmatch(r'SCANFOLIO_PACK\("([^"]+)",([01]),"([A-Za-z0-9+/=]+)"\);\n', script)
    assert found
    assert found[1] == name
    data = base64.b64decode(found[3])
    assert (gzip.decompress(data) if found[2] == "1" else data) == (DIST / f"assets/{name}").read_bytes()


@pytest.mark.parametrize("name", ["core", "numpy", "pydicom", "imagecodecs"])
def test_packs_hold_compiled_modules_only(name: str) -> None:
    plain = gzip.decompress((DIST / f"assets/{name}.pack").read_bytes())
    (length,) = struct.unpack_from("<I", plain)
    index = json.loads(plain[4 : 4 + length])
    assert 4 + length + sum(size for _, size in index) == len(plain)
    names = [path for path, _ in index]
    assert names == sorted(names)
    assert not [path for path in names if path.endswith((".py", ".c", ".h")) or "/tests/" in path]
    assert any(path.endswith("/__init__.pyc") for path in names)


def test_the_viewer_is_made_of_the_very_files_of_this_build() -> None:
    """As the exporting code reads it, from the scripts alone."""
    found: Viewer = run(built_viewer(str(DIST)))
    named = {}
    for path in (p for p in DIST.rglob("*") if p.is_file()):
        with contextlib.suppress(Problem):  # what is only fetched over http has names as they come
            named[viewer.name_on_disc(path.relative_to(DIST).as_posix())] = path
    for file in found.files:
        data = file.entry.read(0, file.entry.size)
        assert data == named[file.path].read_bytes(), file.path
        assert file.sha256 in ("", hashlib.sha256(data).hexdigest())
    paths_of = {file.path for file in found.files}
    assert {"index.htm", "license.txt", "3rdparty.md", "licences/numpy.txt", "assets/main.js"} < paths_of
    assert "offline/sample.js" not in paths_of
    shown = re.search(r"bytes:(\d+(?:e\d+)?),scripts", (DIST / "assets/main.js").read_text("utf-8"))
    assert shown
    assert abs(float(shown[1]) - found.size) < 300_000, "what the page says of its size"


class Page(HTMLParser):
    """Every tag of index.html with its attributes, and what stands inside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and data.strip():
            self.inline.append(data)


def test_the_page_asks_only_for_its_own_files_and_they_are_there() -> None:
    page = Page()
    page.feed((DIST / "index.html").read_text("utf-8"))
    assert page.inline == []
    policies = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [site.CONTENT_POLICY]
    before_policy = [
        tag for tag, _ in page.tags[: [a.get("http-equiv") for _, a in page.tags].index("Content-Security-Policy")]
    ]
    assert set(before_policy) <= {"html", "head", "meta"}, "what stands before the policy is not under it"
    assert not [a for _, a in page.tags if any(name.startswith("on") or name == "style" for name in a)]
    loaded = [a.get("src") or a.get("href") or "" for tag, a in page.tags if tag in ("script", "link", "img")]
    for address in loaded:
        if not address.startswith("data:"):
            assert (DIST / address.partition("?")[0]).is_file(), address


def test_licences_are_shipped() -> None:
    notes = (DIST / "THIRD_PARTY.md").read_text("utf-8")
    for row in fetch.lock():
        assert row.sha256 in notes
        assert (DIST / f"licences/{row.name}.txt").stat().st_size > 500
    assert (DIST / "LICENSE").is_file()
