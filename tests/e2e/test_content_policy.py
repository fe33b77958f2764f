"""The page can talk to nobody: what its content policy refuses, on the page and in the worker, in every browser."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from drivers import Browser, Missing, Site, open_browser

from tools.build.serve import Server

DIST = Path(os.environ.get("SCANFOLIO_DIST", Path(__file__).parents[2] / "dist"))
WAYS = {
    "fetch": "fetch({url}).then(() => 'reached', () => 'refused')",
    "beacon": "(navigator.sendBeacon({url}), 'sent')",
    "picture": "new Promise((done) => Object.assign(new Image(), "
    "{{onload: () => done('reached'), onerror: () => done('refused'), src: {url}}}))",
    "script": "new Promise((done) => document.head.append(Object.assign(document.createElement('script'), "
    "{{onload: () => done('reached'), onerror: () => done('refused'), src: {url}}})))",
    "style sheet": "new Promise((done) => document.head.append(Object.assign(document.createElement('link'), "
    "{{rel: 'stylesheet', onload: () => done('reached'), onerror: () => done('refused'), href: {url}}})))",
    "socket": "new Promise((done) => {{ try {{ const s = new WebSocket({url}.replace('http', 'ws')); "
    "s.onopen = () => done('reached'); s.onerror = () => done('refused'); }} catch {{ done('refused'); }} }})",
    "worker": "new Promise((done) => {{ try {{ const w = new Worker({url}, {{type: 'module'}}); "
    "w.onerror = () => done('refused'); w.onmessage = () => done('reached'); }} catch {{ done('refused'); }} }})",
}
# A worker made as the page makes its own: from a blob: address on http, from a data: address on file:.
FROM_A_WORKER = """new Promise((done) => {
    const code = "fetch(" + JSON.stringify(%s) + ").then(() => postMessage('reached'), () => postMessage('refused'))";
    const address = location.protocol === "file:" ? "data:text/javascript," + encodeURIComponent(code)
        : URL.createObjectURL(new Blob([code], {type: "text/javascript"}));
    const worker = new Worker(address, {type: "module"});
    worker.onmessage = (event) => { worker.terminate(); done(event.data); };
    worker.onerror = () => done("the worker did not start");
})"""


class Elsewhere(BaseHTTPRequestHandler):
    """Another origin that would gladly answer everybody."""

    def __init__(self, heard: list[str], *rest: object) -> None:
        self.heard = heard
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    heard: list[str] = []
    with Server(("127.0.0.1", 0), partial(Elsewhere, heard)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", heard
        server.shutdown()


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    if not (DIST / "index.html").exists():
        pytest.skip("dist/ is not built (python3 build.py build)")
    try:
        opened = open_browser(request.param)
    except Missing as missing:
        pytest.skip(str(missing))
    with opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(DIST, "/some/folder/") as site:
        yield site


@pytest.mark.parametrize("home", ["http", "file"])
def test_python_starts_and_nothing_reaches_another_origin(
    browser: Browser, site: Site, home: str, elsewhere: tuple[str, list[str]]
) -> None:
    other, heard = elsewhere
    browser.addresses.clear()
    browser.goto(site.url if home == "http" else (DIST / "index.html").as_uri())
    if home == "file":
        site.requests.clear()  # the page before may still have asked for something
    browser.wait("window.scanfolio")
    browser.eval("scanfolio.ready.then(() => true)")
    if home == "file":
        assert browser.eval(WAYS["fetch"].format(url="'assets/main.js'")) == "refused", "not as people have it"
        assert not site.requests
    else:
        assert any("pyodide.asm.wasm" in path for path in site.requests)
        assert not any("/offline/" in path for path in site.requests)
    assert browser.foreign_addresses(site) == []
    for way, script in WAYS.items():
        answer = browser.eval(script.format(url=json.dumps(f"{other}{way.replace(' ', '-')}")))
        assert answer in ("refused", "sent"), way
    assert browser.eval(FROM_A_WORKER % json.dumps(f"{other}from-a-worker")) == "refused"
    assert heard == []


def test_the_other_origin_would_have_been_reached(
    browser: Browser, elsewhere: tuple[str, list[str]], tmp_path: Path
) -> None:
    """Without the policy the same worker gets through: what the test above sees is the policy at work."""
    other, heard = elsewhere
    (tmp_path / "index.html").write_text("<!doctype html><title>no policy</title>", encoding="utf-8")
    with Site(tmp_path) as site:
        browser.goto(site.url)
        assert browser.eval(FROM_A_WORKER % json.dumps(f"{other}from-a-worker")) == "reached"
    assert heard == ["/from-a-worker"]
