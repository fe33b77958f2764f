"""Every way files come into the page: each of them stands in the list once, whatever it came in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Page, open_page
from drivers import Chromium

from archives import PACKERS
from discs import Files, files_of, write_files
from instances import ct_series
from scanfolio.export.drive import run
from scanfolio.session import Session
from scanfolio.source import open_source

ARCHIVES = ["disc.zip", "disc.tar", "disc.tgz", "disc.iso", "udf.iso", "raw.bin"]
SHOWN = "document.querySelector('image-viewport').hasFrame"


def disc() -> Files:
    """Images, documents, an empty file and a name with letters of its own; more than 100 in one folder."""
    return files_of("mixed") | {f"MORE/{path}": data for path, data in ct_series(120).items()} | {
        "README.TXT": b"hello",
        "EMPTY": b"",
        "Bilder/größer.txt": b"text",
    }  # fmt: skip


def accounted(report: dict[str, Any], files: Files, prefix: str = "") -> None:
    """Counts in = counts out, and every path once."""
    assert sorted(f["path"] for f in report["files"]) == sorted(prefix + path for path in files)
    counts = report["counts"]
    assert counts["files"] == len(files)
    assert counts["dicom"] + counts["other"] + counts["unreadable"] == len(files)
    assert {f["path"]: f["size"] for f in report["files"]} == {prefix + path: len(data) for path, data in files.items()}


def open_archive(page: Page, archive: Path) -> dict[str, Any]:
    """Choose an archive as a person does; the report."""
    page.browser.eval("void (window.__before = scanfolio.report())")
    page.browser.set_files("#zip-input", [archive])
    page.browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
    report: dict[str, Any] = page.browser.eval("scanfolio.report()")
    return report


def report_here(path: Path) -> dict[str, Any]:
    """The same on this computer's Python."""
    session = Session()
    run(session.read(open_source(str(path))))
    report: dict[str, Any] = run(session.judge_as_dict())
    return report


def test_a_picked_folder_is_accounted_for(page: Page, tmp_path: Path) -> None:
    files = disc()
    accounted(page.open(write_files(tmp_path / "DISC", files)), files)


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_accounted_for_and_shown(page: Page, name: str, tmp_path: Path) -> None:
    files = disc()
    archive = tmp_path / name
    archive.write_bytes(PACKERS[name](files))
    report = open_archive(page, archive)
    accounted(report, files)
    here = report_here(archive)
    assert json.loads(json.dumps(here)) == report
    page.browser.wait(SHOWN)
    for file in [f for f in report["files"] if f["kind"] == "dicom"][:12]:
        uid = file["sop_instance_uid"]
        stored = page.browser.eval(
            f"scanfolio.storedValues({json.dumps(uid)}).then((v) => Array.from(new Uint8Array(v.buffer)).slice(0, 2000), () => null)"
        )
        if stored is not None:
            assert page.browser.eval(f"scanfolio.show({json.dumps(uid)})"), file["path"]


def test_frames_in_a_disc_image_are_those_of_the_folder(page: Page, tmp_path: Path) -> None:
    """The page slices them out of the image itself: the right bytes, to the last pixel."""
    files = files_of("mixed")
    seen = []
    for source in ("folder", "disc.iso", "disc.tgz"):
        path = tmp_path / source
        if source == "folder":
            report = page.open(write_files(path, files))
        else:
            path.write_bytes(PACKERS[source](files))
            report = open_archive(page, path)
        pixels = {}
        for file in [f for f in report["files"] if f["kind"] == "dicom"]:
            if page.browser.eval(f"scanfolio.show({json.dumps(file['sop_instance_uid'])})"):
                pixels[file["path"]] = page.browser.eval("""(async () => {
                    const p = await scanfolio.pixels();
                    const sum = await crypto.subtle.digest("SHA-256", p.data ?? p.buffer ?? p);
                    return Array.from(new Uint8Array(sum)).join(); })()""")
        assert len(pixels) > 5
        seen.append(pixels)
    assert seen[0] == seen[1] == seen[2]


def test_an_archive_on_a_disc_is_looked_into_when_asked(page: Page, tmp_path: Path) -> None:
    inside = files_of("clean")
    files = {
        "README.TXT": b"hello",
        "OLD/BACKUP.ZIP": PACKERS["disc.zip"](inside | {"deep.iso": PACKERS["disc.iso"](disc())}),
    }
    report = page.open(write_files(tmp_path / "STICK", files))
    accounted(report, files)
    assert report["counts"]["instances"] == 0
    assert "There may be images packed inside this file" in page.text("body")
    report = look_inside(page, "OLD/BACKUP.ZIP")
    row = next(f for f in report["files"] if f["path"] == "OLD/BACKUP.ZIP")
    assert row["inside"] == "listed"
    assert report["counts"]["files"] == 2 + len(inside) + 1
    page.browser.wait(SHOWN)
    assert "There may be images packed inside this file" in page.text("body")  # the image in the archive
    report = look_inside(page, "OLD/BACKUP.ZIP/deep.iso")
    assert report["counts"]["files"] == 2 + len(inside) + 1 + len(disc())
    assert len({f["path"] for f in report["files"]}) == report["counts"]["files"]
    assert "There may be images packed inside" not in page.text("body")
    assert {o["rule"]: o["state"] for o in report["outcomes"]}["V04"] == "passed"


def look_inside(page: Page, path: str) -> dict[str, Any]:
    """Press the button beside the archive, where the answer shows one."""
    page.browser.eval("void (window.__before = scanfolio.report())")
    label = json.dumps(f"Look inside {path}")
    pressed = page.browser.eval(
        f"(() => {{ const b = [...document.querySelectorAll('button')].find((b) => b.ariaLabel === {label} && b.offsetParent); b?.click(); return !!b; }})()"
    )
    assert pressed
    page.browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
    report: dict[str, Any] = page.browser.eval("scanfolio.report()")
    return report


def test_what_only_is_called_an_archive_is_read_as_the_file_it_is(page: Page, tmp_path: Path) -> None:
    (tmp_path / "scan.img").write_bytes(files_of("no_dicomdir").popitem()[1])
    report = open_archive(page, tmp_path / "scan.img")
    assert [(f["path"], f["kind"]) for f in report["files"]] == [("scan.img", "dicom")]


def test_an_archive_that_cannot_be_opened_is_said(page: Page, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"7z\xbc\xaf'\x1c" + bytes(5000))
    page.browser.set_files("#zip-input", [tmp_path / "x.zip"])
    page.browser.wait("!document.querySelector('#notice').hidden && document.querySelector('#notice').innerText")
    assert "Unpack it with another program" in page.text("#notice")


# drops, as Chromium itself does them; elsewhere the page's own code is given entries as the browser gives them


@pytest.fixture(scope="module", params=["http", "file"])
def chromium(request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from open_page("chromium", request.param)


def drop(page: Page, *paths: Path) -> dict[str, Any]:
    """Drop real files or folders on the page; the report."""
    assert isinstance(page.browser, Chromium)
    page.browser.eval("void (window.__before = scanfolio.report())")
    session = page.browser.context.new_cdp_session(page.browser.page)
    data = {"items": [], "files": [str(p) for p in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 400, "data": data})
    page.browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
    report: dict[str, Any] = page.browser.eval("scanfolio.report()")
    return report


def test_a_dropped_folder_is_accounted_for(chromium: Page, tmp_path: Path) -> None:
    files = disc()
    accounted(drop(chromium, write_files(tmp_path / "DISC", files)), files)


def test_dropped_files_and_folders_are_accounted_for(chromium: Page, tmp_path: Path) -> None:
    one, two = files_of("clean"), {"A.TXT": b"1", "B/C.TXT": b"2"}
    write_files(tmp_path, {"LOOSE.TXT": b"x", "PACKED.ZIP": PACKERS["disc.zip"](two)})
    report = drop(
        chromium, write_files(tmp_path / "ONE", one), write_files(tmp_path / "TWO", two),
        tmp_path / "LOOSE.TXT", tmp_path / "PACKED.ZIP",
    )  # fmt: skip
    wanted = [*(f"ONE/{p}" for p in one), *(f"TWO/{p}" for p in two), "LOOSE.TXT", "PACKED.ZIP"]
    assert sorted(f["path"] for f in report["files"]) == sorted(wanted)
    assert report["counts"]["files"] == len(wanted)


@pytest.mark.parametrize("name", ["disc.iso", "disc.tgz"])
def test_a_dropped_archive_is_accounted_for(chromium: Page, name: str, tmp_path: Path) -> None:
    files = disc()
    (tmp_path / name).write_bytes(PACKERS[name](files))
    accounted(drop(chromium, tmp_path / name), files)


def test_a_handle_of_a_folder_is_accounted_for(page: Page) -> None:
    """What the directory picker gives: handles that hand out their entries one after the other, some of them closed."""
    report = page.browser.eval("""(async () => {
        const file = (name, text) => ({ kind: "file", name,
            getFile: () => text === null ? Promise.reject(new DOMException("", "NotReadableError")) : Promise.resolve(new File([text], name)) });
        const folder = (name, children) => ({ kind: "directory", name,
            async *entries() { for (const child of children) yield [child.name, child]; } });
        const many = Array.from({ length: 150 }, (_, n) => file(`F${n}`, `text ${n}`));
        return scanfolio.open(folder("DISC", [folder("A", [folder("B", many), file("SHUT", null)]), folder("NOTHING", []), file("TOP", "")])); })()""")
    paths = sorted(f["path"] for f in report["files"])
    assert paths == sorted([*(f"A/B/F{n}" for n in range(150)), "A/SHUT", "TOP"])
    assert report["counts"]["files"] == 152
    assert [f["path"] for f in report["files"] if f["kind"] == "unreadable"] == ["A/SHUT"]


ENTRIES = """(async (files) => {
    // What every browser but Chromium gives: entries whose readEntries hands out at most 100 at a time.
    const tree = {};
    for (const path of files) {
        let at = tree;
        const parts = path.split("/");
        const name = parts.pop();
        for (const part of parts) at = at[part] ??= {};
        at[name] = new File([path], name);
    }
    const entry = (name, value) => value instanceof File
        ? { isFile: true, isDirectory: false, name, file: (ok) => ok(value) }
        : { isFile: false, isDirectory: true, name, createReader: () => {
            const rest = Object.entries(value).map(([n, v]) => entry(n, v));
            return { readEntries: (ok) => ok(rest.splice(0, 100)) };
        } };
    const items = [{ kind: "file", webkitGetAsEntry: () => entry("DISC", tree) }];
    document.body.dispatchEvent(new CustomEvent("drop-items", { detail: { items, files: [], types: ["Files"] } }));
})"""


def test_entries_of_a_drop_are_read_to_their_end(page: Page) -> None:
    files = {f"A/F{n}": b"A/F%d" % n for n in range(230)} | {"B/C/D": b"B/C/D"}
    page.browser.eval("void (window.__before = scanfolio.report())")
    page.browser.eval(f"{ENTRIES}({json.dumps(list(files))})")
    page.browser.wait("scanfolio.report() && scanfolio.report() !== window.__before")
    accounted(page.browser.eval("scanfolio.report()"), files)
