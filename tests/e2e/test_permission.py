"""The browser takes back what the person allowed: it may not read the folder any more, until they say yes again.

A folder's handle is imitated by an object of the same interface, so that leave can be taken at a known moment and in
browsers that give pages no handles of folders. One test loses a real one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Page
from drivers import Browser, Chromium
from trouble import (
    BEFORE,
    NOTICE,
    ROOM,
    choose_again,
    everything_is_there,
    notice,
    prepared,
    press,
    report_of,
    sixty_slices,
)

PERMISSION = """
window.__state = "granted";
window.__answers = [];
window.__asked = 0;
window.__where = "";
const check = (where) => { if (__state !== "granted" && __where.includes(where)) throw new DOMException("no", "NotAllowedError"); };
const gated = Blob.prototype.arrayBuffer;
Blob.prototype.arrayBuffer = async function () { check("read"); return gated.call(this); };
const asked = {
  queryPermission: async () => __state,
  requestPermission: async () => { __asked += 1; return (__state = __answers.shift() ?? "granted"); },
};
const fileHandle = (file) => ({ ...asked, kind: "file", name: file.name, async getFile() { check("file"); return file; } });
window.__folder = (name, files) => {
  const holds = new Map();
  for (const [path, file] of files) {
    const at = path.indexOf("/");
    const top = at < 0 ? path : path.slice(0, at);
    if (at < 0) holds.set(top, file);
    else holds.set(top, [...(holds.get(top) ?? []), [path.slice(at + 1), file]]);
  }
  const child = (key) => Array.isArray(holds.get(key)) ? __folder(key, holds.get(key)) : fileHandle(holds.get(key));
  const find = async (key) => { check("list"); if (holds.has(key)) return child(key); throw new DOMException("no", "NotFoundError"); };
  return { ...asked, kind: "directory", name, getDirectoryHandle: find, getFileHandle: find,
    async *entries() { check("list"); for (const key of holds.keys()) { yield [key, child(key)]; check("list"); } } };
};
"""
ALLOW = "Allow reading again"


@pytest.fixture(params=["chromium", "firefox"])
def page(request: pytest.FixtureRequest, browsers: Callable[..., Browser]) -> Iterator[Page]:
    yield from prepared(browsers(request.param), "http", PERMISSION + BEFORE)  # refused behind the gate


def give(page: Page, folder: Path) -> None:
    """Have the page hold a handle of the folder, as if it had been dropped."""
    page.browser.eval("""void document.body.append(
        Object.assign(document.createElement("input"), { type: "file", id: "given", webkitdirectory: true }))""")
    page.browser.eval("""void document.querySelector("#given").addEventListener("change", ({ target }) => {
        const files = [...target.files].map((file) => [file.webkitRelativePath.split("/").slice(1).join("/"), file]);
        window.__handle = __folder("disc", files); target.remove(); })""")
    page.browser.set_folder("#given", folder)
    page.browser.wait("window.__handle")


def begin(page: Page, after_reads: int) -> None:
    """Open it; reading stands still after so many reads."""
    page.browser.eval(
        f"void (window.__gate = new Promise((open) => {{ window.__openGate = () => {{ __gateAt = Infinity; open(); }}; }}), __gateAt = __reads + {after_reads})"
    )
    page.browser.eval('void document.body.dispatchEvent(new CustomEvent("open-folder", {detail: {handle: __handle}}))')
    page.browser.wait("window.__reads > window.__gateAt")


def take_back(page: Page, where: str) -> None:
    """From now on the browser refuses: "list" the folder, give its "file"s, "read" them."""
    page.browser.eval(f"void (__state = 'prompt', __where = '{where}')")


@pytest.mark.parametrize("refused", ["list", "file", "read", "list file read"])
def test_leave_taken_back_while_it_is_read(page: Page, tmp_path: Path, refused: str) -> None:
    give(page, sixty_slices(tmp_path / "disc"))
    begin(page, 0)
    take_back(page, refused)
    page.browser.eval("void __answers.push('denied')")
    page.browser.eval("window.__openGate()")
    said = notice(page, "The browser may no longer read this folder.")
    assert "stay" in said
    assert not page.browser.eval("scanfolio.report()")
    press(page, ALLOW)
    notice(page, "still not allowed")
    assert not page.browser.eval("scanfolio.report()")
    press(page, ALLOW)
    everything_is_there(report_of(page))
    assert page.browser.eval("__asked") == 2
    page.browser.wait(f"{NOTICE}.hidden")


def test_who_goes_on_without_it_is_told_why_and_can_have_the_rest(page: Page, tmp_path: Path) -> None:
    give(page, sixty_slices(tmp_path / "disc"))
    begin(page, 1)
    take_back(page, "file read")
    page.browser.eval("window.__openGate()")
    notice(page, "The browser may no longer read this folder.")
    press(page, "Go on without the rest")
    report = report_of(page)
    lost = [file for file in report["files"] if file["kind"] == "unreadable"]
    assert 0 < len(lost) == report["counts"]["unreadable"] < report["counts"]["files"] == ROOM + 8
    assert {file["reason"] for file in lost} == {"The browser was not allowed to read this file."}
    said = notice(page, f"{len(lost)} files could not be read, because the browser may no longer read this folder.")
    assert "Wipe" not in said
    page.browser.eval("void (window.__before = scanfolio.report())")
    press(page, ALLOW)
    page.browser.wait("scanfolio.report() !== window.__before")
    everything_is_there(report_of(page))


def test_leave_taken_back_after_it_was_read(page: Page, tmp_path: Path) -> None:
    """An image is wanted, then a copy: both fail, are explained, and work once it is allowed."""
    disc = sixty_slices(tmp_path / "disc")
    give(page, disc)
    begin(page, 1)
    page.browser.eval("window.__openGate()")
    everything_is_there(report_of(page))
    take_back(page, "list file read")
    page.browser.eval("scanfolio.step(25)")
    page.browser.wait("document.querySelector('.cover')?.innerText.includes('can no longer be read')")
    assert "Is the disc still inserted?" not in page.text(".cover")
    notice(page, "The browser may no longer read this folder.")
    press(page, ALLOW)
    page.browser.wait("document.querySelector('.cover').hidden")
    assert page.browser.eval(f"{NOTICE}.hidden")
    take_back(page, "list file read")
    away = disc.with_name("away")
    disc.rename(away)  # the worker reads by itself, and finds nothing
    page.browser.eval("""void (window.showDirectoryPicker = async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle("stick", { create: true }))""")
    page.browser.eval("void (location.hash = '#/export')")
    make = "[...document.querySelectorAll('button')].find((b) => b.textContent.includes('Make the copy') && b.offsetParent)"
    confirm = "[...document.querySelectorAll('label')].find((l) => l.textContent.includes('is the right person') && l.offsetParent)"
    page.browser.wait(confirm)
    page.browser.eval(f"void {confirm}.click()")
    page.browser.wait(f"{make} && !{make}.disabled")
    page.browser.eval(f"void {make}.click()")
    notice(page, "For more images, and for a copy, it has to be allowed once more.")
    away.rename(disc)
    press(page, ALLOW)
    page.browser.wait(f"{NOTICE}.hidden")
    made = page.browser.eval("scanfolio.export({}).then((made) => made.verification)")
    assert (made["ok"], made["identical"]) == (True, ROOM + 6)


def test_a_real_handle_whose_leave_ended_with_the_page(browsers: Callable[..., Browser], tmp_path: Path) -> None:
    """Kept over a reload, Chromium's handle has to be allowed anew, and lists nothing; nobody answers its question here."""
    keep = """addEventListener("drop", async ({ dataTransfer }) => {
        const handle = await dataTransfer.items[0].getAsFileSystemHandle();
        const opened = indexedDB.open("kept", 1);
        opened.onupgradeneeded = () => opened.result.createObjectStore("all");
        opened.onsuccess = () => { const kept = opened.result.transaction("all", "readwrite"); kept.objectStore("all").put(handle, "it");
            kept.oncomplete = () => { opened.result.close(); window.__kept = true; }; };
    }, true);
    window.__fetch = () => new Promise((resolve) => {
        const opened = indexedDB.open("kept", 1);
        opened.onsuccess = () => { const found = opened.result.transaction("all").objectStore("all").get("it");
            found.onsuccess = () => resolve(found.result); };
    });"""
    disc = sixty_slices(tmp_path / "disc")
    for page in prepared(browsers("chromium"), "http", keep + BEFORE):
        assert isinstance(page.browser, Chromium) and page.site
        session = page.browser.context.new_cdp_session(page.browser.page)
        data = {"items": [], "files": [str(disc)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 400, "data": data})
        page.browser.wait("window.__kept")
        everything_is_there(report_of(page))
        page.browser.goto("about:blank")
        page.browser.goto(page.site.url)
        page.browser.wait("window.scanfolio")
        page.browser.eval("void __fetch().then((handle) => scanfolio.open(handle)).catch(() => {})")
        notice(page, "The browser may no longer read this folder.")
        page.browser.eval("void (FileSystemHandle.prototype.requestPermission = async () => 'denied')")
        press(page, ALLOW)
        notice(page, "still not allowed")
        choose_again(page, disc)
        everything_is_there(report_of(page))
        page.browser.wait(f"{NOTICE}.hidden")
