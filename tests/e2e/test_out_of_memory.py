"""WebAssembly's memory cannot grow any more: a file costs itself, a worker that cannot go on is replaced, nothing hangs.

The memory is real, and so is Python's MemoryError; beforehand the worker is only given a switch that makes the browser
refuse every further growth, as it does when the computer has none left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import Page
from drivers import Browser
from trouble import BEFORE, NOTICE, ROOM, prepared, sixty_slices

from discs import DEFLATED, ct_slice, write_files

SWITCH = """
const grow = WebAssembly.Memory.prototype.grow;
const refuse = () => { throw new RangeError("no more memory"); };
const switched = new BroadcastChannel("memory");
switched.onmessage = ({ data }) => {
    WebAssembly.Memory.prototype.grow = data ? refuse : grow;
    switched.postMessage("done");
};
"""
HOOK = f"""
const made = URL.createObjectURL;
URL.createObjectURL = (blob) => made(/javascript/.test(blob.type) ? new Blob([{SWITCH!r}, blob], {{ type: blob.type }}) : blob);
window.__staysFull = false;
window.Worker = class extends Worker {{
    constructor(...given) {{
        super(...given);
        this.addEventListener("message", ({{ data }}) => data.type === "ready" && window.__staysFull && __memoryIsFull(true));
    }}
}};
window.__memoryIsFull = (full) => new Promise((resolve) => {{
    const channel = new BroadcastChannel("memory");
    channel.onmessage = () => {{ channel.close(); resolve(true); }};
    channel.postMessage(full);
}});
"""


@pytest.fixture(params=["chromium", "firefox"])
def page(request: pytest.FixtureRequest, browsers: Callable[..., Browser]) -> Iterator[Page]:
    yield from prepared(browsers(request.param), "http", HOOK + BEFORE)


def open_long_names(page: Page, count: int) -> str:
    """Open so many files whose paths alone need a megabyte each; what came of it."""
    said: str = page.browser.eval(f"""scanfolio.open(
        Array.from({{ length: {count} }}, (_, n) => ({{ path: "x".repeat(1 << 20) + n, file: new File(["hello"], "a") }})),
    ).then((report) => report.complete && String(report.counts.files), (error) => error.message)""")
    return said


def test_a_file_that_needs_more_than_there_is(page: Page, tmp_path: Path) -> None:
    disc = sixty_slices(tmp_path / "disc")
    large = ct_slice(900, DEFLATED, pixels=np.zeros((6000, 6000), np.uint16))
    write_files(disc, {"CT/LARGE": large})
    page.browser.eval("__memoryIsFull(true)")
    report = page.open(disc)
    if page.browser.eval("window.__workers.length") == 1:
        row = next(file for file in report["files"] if file["path"] == "CT/LARGE")
        assert row["reason"] == "There was not enough memory to read this file."
        assert (report["counts"]["unreadable"], report["counts"]["instances"]) == (1, ROOM + 6)
    else:  # it had no room for the others either; the next one has
        assert (report["counts"]["unreadable"], report["counts"]["instances"]) == (0, ROOM + 7)
    assert report["counts"]["files"] == ROOM + 9
    assert report["complete"]
    page.browser.eval("__memoryIsFull(false)")  # a copy needs some room, too, if only for the programs that make it
    made = page.browser.eval("scanfolio.export({}).then((made) => made.verification)")
    assert made["ok"]
    assert made["identical"] == report["counts"]["instances"]


def test_a_worker_without_room_is_replaced_and_all_is_read(page: Page) -> None:
    page.browser.eval("__memoryIsFull(true)")
    assert open_long_names(page, 40) == "40"
    assert page.browser.eval("window.__workers.length") == 2
    assert page.browser.eval(f"{NOTICE}.hidden")


def test_where_no_worker_has_room_it_is_said(browsers: Callable[..., Browser]) -> None:
    for page in prepared(browsers("chromium"), "http", HOOK + BEFORE):
        page.browser.eval("void (window.__staysFull = true)")
        page.browser.eval("__memoryIsFull(true)")
        said = open_long_names(page, 40)
        assert said in (
            "There is not enough memory on this computer for that.",
            "The part that reads discs had to start again.",
        )
        assert said in page.text("#notice")
        assert page.browser.eval("scanfolio.report()") is None
        assert page.browser.eval(f"{NOTICE}.hidden")
        page.browser.eval("void (window.__staysFull = false)")
        page.browser.eval("scanfolio.ready.then(() => __memoryIsFull(false))")
        assert page.browser.eval("scanfolio.report()") is None, "nobody reads on, unseen"
        assert open_long_names(page, 2) == "2"
