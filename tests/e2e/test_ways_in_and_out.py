"""Other ways in (drop, handles, keys), stopping, a disc that is pulled out, and a copy into a folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Page, open_page
from drivers import Chromium

from discs import disc_folder, write_files
from instances import RLE, compress, ct_series, encode, make_instance
from scanfolio.export.drive import run
from scanfolio.export.papers import NOT_READY
from scanfolio.session import Session
from scanfolio.source import open_source
from tools.benchmarks.data import series

SHOWN = "document.querySelector('image-viewport').hasFrame"


@pytest.fixture(params=["http", "file"])
def fresh(request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from open_page("chromium", request.param)


def drop(page: Page, *paths: Path) -> None:
    """Drop real files or folders on the page, as Chromium itself does."""
    assert isinstance(page.browser, Chromium)
    session = page.browser.context.new_cdp_session(page.browser.page)
    data = {"items": [], "files": [str(p) for p in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 400, "data": data})


def test_a_dropped_folder_is_read_to_its_last_file(fresh: Page, tmp_path: Path) -> None:
    folder = tmp_path / "DISC"
    deep = folder / "A" / "B" / "C"
    deep.mkdir(parents=True)
    for name, data in ct_series(130).items():
        (deep / name).write_bytes(data)
    (folder / "README.TXT").write_text("hello")
    drop(fresh, folder)
    fresh.browser.wait("scanfolio.report()")
    report = fresh.browser.eval("scanfolio.report()")
    assert report["counts"]["files"] == 131
    assert report["counts"]["instances"] == 130
    assert {f["path"] for f in report["files"]} == {"README.TXT"} | {f"A/B/C/CT{n:06d}" for n in range(1, 131)}
    assert "DISC" in fresh.text("header")


def test_of_a_large_dropped_folder_every_file_is_opened_again_when_it_is_wanted(fresh: Page, tmp_path: Path) -> None:
    count = 600  # more than the page and the worker hold at a time
    folder = write_files(tmp_path / "DISC", ct_series(count))
    drop(fresh, folder)
    fresh.browser.wait("scanfolio.report()")
    rows = fresh.browser.eval("scanfolio.report().files.map(({ path, sop_instance_uid }) => [path, sop_instance_uid])")
    first, last = (dict(rows)[path] for path in ("CT000001", f"CT{count:06d}"))
    for uid in (first, last, first):
        assert fresh.browser.eval(f"scanfolio.show({uid!r})")
        assert fresh.browser.eval(f"scanfolio.storedValues({uid!r}).then(({{ rows }}) => rows)") > 0
    said = fresh.browser.eval("scanfolio.export().then(({ verification }) => verification)")
    assert said["ok"], said
    assert said["identical"] == count
    (folder / "CT000001").write_bytes((folder / "CT000002").read_bytes() + b"\0\0")  # as if another disc lay there
    again = f"scanfolio.storedValues({first!r}).then(() => 'read', () => 'refused')"
    assert fresh.browser.eval(again) == "refused"


def test_dropped_files_stand_beside_each_other(fresh: Page, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "no_dicomdir")
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    drop(fresh, *paths)
    fresh.browser.wait("scanfolio.report()")
    assert fresh.browser.eval("scanfolio.report().counts.files") == len(paths)


def test_a_folder_picked_while_python_starts_is_read_once_it_runs(tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "clean")
    pages = open_page("chromium", "http")
    page = next(pages)
    assert page.site
    page.browser.goto(page.site.url + "?again")
    page.browser.wait("window.scanfolio")
    page.browser.set_folder("#folder-input", folder)
    assert not page.browser.eval("performance.getEntriesByName('scanfolio:ready').length")
    page.browser.wait("scanfolio.report()")
    assert page.browser.eval("scanfolio.report().verdict.class") == "A"
    pages.close()


def test_the_main_job_by_keyboard_alone(fresh: Page, tmp_path: Path) -> None:
    assert isinstance(fresh.browser, Chromium)
    page = fresh.browser.page
    fresh.open(disc_folder(tmp_path, "mixed"))
    fresh.browser.wait(SHOWN)
    page.focus("image-viewport")
    before = fresh.browser.eval("document.querySelector('image-viewport').ariaLabel")
    page.keyboard.press("ArrowRight")
    fresh.browser.wait(f"document.querySelector('image-viewport').ariaLabel !== {json.dumps(before)}")
    page.keyboard.press("n")
    assert fresh.browser.eval("document.querySelector('image-viewport').invert") is True
    page.keyboard.press("F6")
    assert fresh.browser.eval("document.activeElement.closest('.drawer, aside') !== null")
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(15):
        page.keyboard.press("Tab")
        reached.append(
            fresh.browser.eval("(document.activeElement.innerText || document.activeElement.ariaLabel || '').trim()")
        )
        if reached[-1] == "Make a copy":
            break
    assert reached[-1] == "Make a copy", reached
    page.keyboard.press("Enter")
    fresh.browser.wait("location.hash === '#/export'")


def test_stopping_gives_an_answer_that_says_it_is_not_full(fresh: Page, tmp_path: Path) -> None:
    folder = tmp_path / "LONG"
    folder.mkdir()
    for name, data in ct_series(400).items():
        (folder / name).write_bytes(data)
    fresh.browser.eval(
        "void (window.__stop = setInterval(() => { const c = scanfolio.catalogue();"
        " if (c && c.counts.done > 60) { clearInterval(__stop); document.body.dispatchEvent(new CustomEvent('stop', {detail: 'reading'})); } }, 1))"
    )
    fresh.browser.set_folder("#folder-input", folder)
    fresh.browser.wait("scanfolio.report()")
    report: dict[str, Any] = fresh.browser.eval("scanfolio.report()")
    if report["counts"]["instances"] < 400:  # a fast machine may be done before the press arrives
        assert report["complete"] is False
        assert "not a full answer" in fresh.text("body")


def test_a_disc_pulled_out_is_said_where_the_picture_was(fresh: Page, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "mixed")
    fresh.open(folder)
    fresh.browser.wait(SHOWN)
    uids = fresh.browser.eval(
        "scanfolio.report().files.filter((f) => f.sop_instance_uid).map((f) => f.sop_instance_uid)"
    )
    shutil.rmtree(folder)
    painted = [fresh.browser.eval(f"scanfolio.show({json.dumps(u)})") for u in uids]
    assert not all(painted)
    page_says = []
    for uid in uids:
        fresh.browser.eval(f"scanfolio.show({json.dumps(uid)})")
        page_says.append(fresh.text(".stage"))
    assert any("Is the disc still inserted?" in words for words in page_says), page_says
    assert fresh.browser.eval("scanfolio.export({}).then(() => 'done', (e) => e.wire?.title ?? String(e))") != "done"
    assert "Traceback" not in fresh.text("body")


def test_a_file_of_4_gb_is_listed_and_stops_nothing(fresh: Page, tmp_path: Path) -> None:
    folder = disc_folder(tmp_path, "clean")
    with (folder / "HUGE.DAT").open("wb") as huge:
        huge.truncate(4 << 30)
    report = fresh.open(folder)
    row = next(f for f in report["files"] if f["path"] == "HUGE.DAT")
    assert row["size"] == 4 << 30
    assert row["kind"] == "other"
    assert report["verdict"]["class"] == "A"
    os.unlink(folder / "HUGE.DAT")


def test_a_copy_into_a_folder_is_verified_there(tmp_path: Path) -> None:
    """With the browser's private folder standing in for a stick: it is the same interface."""
    pages = open_page("chromium", "http")
    page = next(pages)
    source = disc_folder(tmp_path, "mixed")
    page.open(source)
    done = page.browser.eval("""(async () => {
        const root = await navigator.storage.getDirectory();
        const folder = await root.getDirectoryHandle("stick", {create: true});
        const { verification } = await scanfolio.export({folder});
        const files = {};
        const walk = async (at, prefix) => { for await (const [name, handle] of at.entries()) {
            if (handle.kind === "directory") await walk(handle, prefix + name + "/");
            else { const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
                   files[prefix + name] = Array.from(bytes, (b) => String.fromCharCode(b)).join(""); } } };
        await walk(folder, "");
        return {verification, files};
    })()""")
    assert done["verification"]["ok"]
    copy = tmp_path / "COPY"
    for path, text in done["files"].items():
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("latin-1"))
    assert (copy / "DICOMDIR").exists()
    assert not (copy / NOT_READY).exists()
    session = Session()
    run(session.read(open_source(str(source))))
    assert run(session.verify(open_source(str(copy)))).ok
    again = page.browser.eval("""(async () => { const root = await navigator.storage.getDirectory();
        return scanfolio.export({folder: await root.getDirectoryHandle("stick")}).then(() => "written", (e) => e.name); })()""")
    assert again == "InvalidModificationError"
    pages.close()


def stick(page: Page) -> dict[str, int]:
    """{path: bytes} of the private folder that stands in for a stick."""
    files: dict[str, int] = page.browser.eval("""(async () => {
        const files = {};
        const walk = async (at, prefix) => { for await (const [name, handle] of at.entries()) {
            if (handle.kind === "directory") await walk(handle, prefix + name + "/");
            else files[prefix + name] = (await handle.getFile()).size; } };
        await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle("stick", {create: true}), "");
        return files;
    })()""")
    return files


COPY_TO_STICK = """(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("stick", {create: true});
    return scanfolio.export({folder}).then(() => "written", (e) => e.name + ": " + e.message);
})()"""


def test_a_page_that_dies_while_copying_leaves_a_folder_that_says_so(tmp_path: Path) -> None:
    pages = open_page("chromium", "http")
    page = next(pages)
    assert isinstance(page.browser, Chromium)
    assert page.site
    page.open(disc_folder(tmp_path, "mixed"))
    page.browser.eval("""void (() => {
        const real = FileSystemFileHandle.prototype.createWritable;
        let files = 0;
        FileSystemFileHandle.prototype.createWritable = function (...options) {
            files += 1;
            if (files < 5) return real.apply(this, options);
            window.__stuck = true;
            return new Promise(() => {});
        };
    })()""")
    page.browser.eval(f"void {COPY_TO_STICK}")
    page.browser.wait("window.__stuck")
    page.browser.page.close()
    page.browser.page = page.browser.context.new_page()
    page.browser.goto(page.site.url)
    page.browser.wait("window.scanfolio")
    left = stick(page)
    assert left[NOT_READY] > 100
    assert len([path for path, size in left.items() if path.startswith("DICOM/") and size]) == 3
    assert "DICOMDIR" not in left
    pages.close()


def test_a_full_stick_is_emptied_again_and_said(tmp_path: Path) -> None:
    pages = open_page("chromium", "http")
    page = next(pages)
    assert isinstance(page.browser, Chromium)
    assert page.site
    page.open(disc_folder(tmp_path, "mixed"))
    session = page.browser.context.new_cdp_session(page.browser.page)
    origin = page.browser.eval("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 20_000})
    assert page.browser.eval(COPY_TO_STICK).endswith("There is not enough space where the copy should go.")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    assert stick(page) == {}
    assert page.browser.eval(COPY_TO_STICK) == "written"
    assert NOT_READY not in stick(page)
    pages.close()


GATE = """void (() => {
    const real = FileSystemWritableFileStream.prototype.write;
    let writes = 0;
    const open = new Promise((resolve) => { window.__open = resolve; });
    FileSystemWritableFileStream.prototype.write = async function (...data) {
        writes += 1;
        if (writes === 4) window.__stuck = true;
        if (writes >= 4) await open;
        return real.apply(this, data);
    };
})()"""
IN_STORE = """(async () => {
    const names = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return names;
})()"""
COPY_TO_ZIP = """(async () => {
    const file = await (await navigator.storage.getDirectory()).getFileHandle("DICOM.ZIP", {create: true});
    return scanfolio.export({file}).then(() => "written", (e) => e.name + ": " + e.message);
})()"""


@pytest.mark.parametrize("copy", [COPY_TO_STICK, COPY_TO_ZIP], ids=["folder", "zip"])
def test_a_disc_pulled_out_while_it_is_copied_leaves_nothing(copy: str, tmp_path: Path) -> None:
    source = series(tmp_path / "disc", 60)  # more than what is on its way at once
    pages = open_page("chromium", "http")
    page = next(pages)
    page.open(source)
    page.browser.eval(GATE)
    page.browser.eval(f"void (window.__copy = {copy})")
    page.browser.wait("window.__stuck")
    source.rename(tmp_path / "away")
    page.browser.eval("window.__open()")
    assert page.browser.eval("window.__copy").endswith("The disc can no longer be read.")
    assert stick(page) == {}
    assert page.browser.eval(IN_STORE) == ["stick"]
    (tmp_path / "away").rename(source)
    page.browser.eval("(async () => (await navigator.storage.getDirectory()).removeEntry('stick'))()")
    assert page.browser.eval(copy) == "written"
    pages.close()


STICK_WITH_A_BAD_SPOT = """(async () => {
    const root = await navigator.storage.getDirectory();
    const real = await root.getFileHandle("DICOM.ZIP", {create: true});
    let closed = false;
    const handle = {
        name: "DICOM.ZIP",
        remove: () => real.remove(),
        createWritable: async () => {
            const stream = await real.createWritable();
            return {write: (c) => stream.write(c), abort: () => stream.abort(), close: () => stream.close().then(() => { closed = true; })};
        },
        getFile: async () => {
            const file = await real.getFile();
            const spoilt = (file.size >> 1) | 0;
            return closed ? new Blob([file.slice(0, spoilt), new Uint8Array(16).fill(0xAB), file.slice(spoilt + 16)]) : file;
        },
    };
    window.showSaveFilePicker = async () => handle;
})()"""


def test_a_zip_that_is_not_identical_does_not_stay(tmp_path: Path) -> None:
    pages = open_page("chromium", "http")
    page = next(pages)
    assert isinstance(page.browser, Chromium)
    page.open(disc_folder(tmp_path, "clean"))
    page.browser.eval(STICK_WITH_A_BAD_SPOT)
    page.browser.eval("void (location.hash = '#/export')")
    view = page.browser.page
    view.click("text=One .zip file")
    view.click("text=is the right person.")
    view.locator("button:visible", has_text="Make the copy").click()
    view.locator("h1", has_text="The copy is not the same as your disc.").wait_for()
    assert view.locator("li", has_text="Nothing of this attempt was kept").is_visible()
    assert page.browser.eval(IN_STORE) == []
    pages.close()


@pytest.mark.parametrize("browser_name", ["chromium", "firefox"])
def test_a_zip_built_in_the_browsers_own_storage_is_whole_and_goes_away(browser_name: str, tmp_path: Path) -> None:
    pages = open_page(browser_name, "http")
    page = next(pages)
    assert page.site
    source = disc_folder(tmp_path, "mixed")
    page.open(source)
    copied = page.browser.eval("""scanfolio.export({storage: true}).then(async ({blob, verification}) => {
        const bytes = new Uint8Array(await blob.arrayBuffer());
        return {ok: verification.ok, text: Array.from(bytes, (b) => String.fromCharCode(b)).join("")};
    })""")
    assert copied["ok"]
    (tmp_path / "COPY.ZIP").write_bytes(copied["text"].encode("latin-1"))
    session = Session()
    run(session.read(open_source(str(source))))
    assert run(session.verify(open_source(str(tmp_path / "COPY.ZIP")))).ok
    assert len(page.browser.eval(IN_STORE)) == 1
    page.browser.eval("scanfolio.export({storage: true}).then(() => true)")
    assert len(page.browser.eval(IN_STORE)) == 1, "the one before goes when the next is made"
    page.browser.goto(page.site.url)
    page.browser.wait("window.scanfolio")
    left = page.browser.eval(f"""(async () => {{
        for (let tries = 0; tries < 200 && (await {IN_STORE}).length; tries++) await new Promise((r) => setTimeout(r, 25));
        return {IN_STORE};
    }})()""")
    assert left == [], "what a page that is gone has left is taken away"
    pages.close()


def test_a_full_browser_storage_is_said_and_left_empty(tmp_path: Path) -> None:
    pages = open_page("chromium", "http")
    page = next(pages)
    assert isinstance(page.browser, Chromium)
    page.open(disc_folder(tmp_path, "mixed"))
    session = page.browser.context.new_cdp_session(page.browser.page)
    origin = page.browser.eval("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 20_000})
    said = page.browser.eval("scanfolio.export({storage: true}).then(() => 'written', (e) => e.message)")
    assert said == "There is not enough space where the copy should go."
    assert page.browser.eval(IN_STORE) == []
    pages.close()


def test_what_cannot_be_unpacked_is_offered_as_a_second_copy(downloading: Page, tmp_path: Path) -> None:
    source = disc_folder(tmp_path, "clean")
    video = encode(compress(make_instance("ct", 9), RLE), "1.2.840.10008.1.2.4.100")
    (source / "VIDEO").write_bytes(video)
    page = downloading
    assert isinstance(page.browser, Chromium)
    view = page.browser.page
    page.open(source)
    page.browser.eval("void (location.hash = '#/export')")
    view.click("text=is the right person.")
    view.get_by_text("1 image cannot go along").wait_for()
    without = view.locator(".sum dl").inner_text()
    view.get_by_text("Put the viewer on it, too").click()
    megabytes = re.search("(\\d+)\u00a0MB", view.locator(".sum dl").inner_text())
    assert megabytes and int(megabytes[1]) >= 15, "the viewer is counted"
    assert "MB" not in without
    session = Session()
    run(session.read(open_source(str(source))))
    for button, name, count in (("Make the copy", "DICOM.ZIP", 3), ("Make the second copy", "DICOM2.ZIP", 1)):
        with view.expect_download() as download:
            view.locator("button:visible", has_text=button).click()
        assert download.value.suggested_filename == name
        copy = tmp_path / name
        download.value.save_as(copy)
        verification = run(session.verify(open_source(str(copy))))
        assert (verification.ok, verification.identical) == (True, count)
        view.locator(f'h1:has-text("{count} of {count}")').wait_for()
        with zipfile.ZipFile(copy) as archive:
            has_viewer = "VIEWER/index.htm" in archive.namelist()
        assert has_viewer is (name == "DICOM.ZIP"), "the second copy gets none"
        assert view.get_by_text("open INDEX.HTM on the copy").count() == int(has_viewer)
    assert view.locator("button:visible", has_text="Make the second copy").count() == 0


def test_webkit_opens_shows_and_copies(tmp_path: Path) -> None:
    """A smoke test: this engine may read no files in workers on file:, so the page reads for them."""
    pages = open_page("webkit", "file")
    page = next(pages)
    page.open(disc_folder(tmp_path, "mixed"))
    assert page.browser.eval("scanfolio.report().verdict.class") in "ABC"
    uid = page.browser.eval("scanfolio.report().files.find((f) => f.sop_instance_uid).sop_instance_uid")
    assert page.browser.eval(f"scanfolio.show({json.dumps(uid)})")
    made = page.browser.eval("scanfolio.export({}).then(({ blob, verification }) => ({ size: blob.size, ...verification }))")
    assert made["ok"] and made["identical"] == made["instances_in"] > 0 and made["size"] > 100_000
    assert made["compared_with_source"]
    pages.close()
