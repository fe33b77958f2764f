"""Chromium, Firefox and WebKitGTK behind one interface, in the configuration people have them in.

    with Site(dist, "/some/folder/") as site, open_browser("firefox") as browser:
        browser.goto(site.url)
        browser.wait("window.scanfolio?.ready")

Chromium goes through Playwright (with the system's program), Firefox through its own WebDriver BiDi port, WebKitGTK
through WebKitWebDriver. None of them relaxes what a page may do on file:.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.build.serve import Handler, Server

MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/libexec/webkit2gtk-4.1/MiniBrowser"


class Missing(Exception):
    """This browser is not on this computer."""


class Site:
    """dist/ on a local server, below `prefix`; every request is kept in `requests` (paths, in order)."""

    def __init__(self, folder: Path, prefix: str = "/") -> None:
        requests: list[str] = []

        class Recording(Handler):
            def translate_path(self, path: str) -> str:
                inside = path[len(prefix) :] if path.startswith(prefix) else "no such folder"
                return super().translate_path(f"/{inside}")

            def do_GET(self) -> None:
                requests.append(self.path)
                super().do_GET()

        self.requests = requests
        self._server = Server(("127.0.0.1", 0), partial(Recording, directory=str(folder)))
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.url = self.origin + prefix
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Browser(ABC):
    """What all drivers do. `addresses`: all that was asked for (not on WebKitGTK); `messages`: the console's lines."""

    name: str

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.messages: list[str] = []

    def renew(self) -> None:
        """As new, only quicker than another one: an empty tab, nothing preloaded, nothing noted. Raises Missing."""
        raise Missing(f"{self.name} has to be started anew")

    @abstractmethod
    def goto(self, url: str) -> None:
        """Load a page; gives back control at its load event."""

    def follow(self, css: str) -> None:
        """Click a link; gives back control at the load event of the page it leads to. Raises Missing."""
        raise Missing(f"{self.name} does not tell when a page that was clicked for is there")

    def go_back(self) -> None:
        """The browser's own button; gives back control at the page before, kept or loaded anew. Raises Missing."""
        raise Missing(f"{self.name} does not tell when the page before is there")

    def preload(self, script: str) -> None:
        """Run statements in every page that is loaded from now on, before its own scripts. Raises Missing."""
        raise Missing(f"{self.name} cannot run a script before the page's")

    @abstractmethod
    def eval(self, script: str) -> Any:
        """The value of a JavaScript expression (awaited if it is a promise), through JSON."""

    @abstractmethod
    def set_files(self, css: str, paths: list[Path]) -> None:
        """Choose files in an <input type=file>."""

    @abstractmethod
    def screenshot(self, path: Path, width: int, height: int) -> None:
        """A PNG of the page in a window of `width` by `height` CSS pixels."""

    @abstractmethod
    def close(self) -> None: ...

    def wait(self, script: str, timeout_s: float = 120) -> None:
        """Until the expression is true, looked at from within the page. TimeoutError says what was waited for."""
        poll = f"""new Promise((resolve) => {{
            const end = performance.now() + {timeout_s * 1000};
            const look = () => {{
                let value = false;
                try {{ value = !!({script}); }} catch {{}}
                if (value || performance.now() > end) resolve(value); else setTimeout(look, 20);
            }};
            look();
        }})"""
        if not self.eval(poll):
            raise TimeoutError(f"{self.name}: never true: {script}; console: {self.messages[-5:]}")

    def set_folder(self, css: str, folder: Path) -> None:
        """Choose a folder in an <input webkitdirectory>.

        Only Chromium can be told to. Elsewhere the files are chosen through a helper <input multiple>, given the
        relative paths a picker would give them, and handed to the page's own input with its change event.
        """
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        names = json.dumps([f"{folder.name}/{path.relative_to(folder).as_posix()}" for path in files])
        self.eval("""(() => {
            const input = document.createElement("input");
            document.body.append(Object.assign(input, {type: "file", multiple: true, id: "driver-files"}));
        })()""")
        self.set_files("#driver-files", files)
        self.eval(f"""(() => {{
            const helper = document.querySelector("#driver-files"), names = {names};
            const files = [...helper.files];
            files.forEach((file, i) => Object.defineProperty(file, "webkitRelativePath", {{value: names[i]}}));
            const input = document.querySelector({json.dumps(css)});
            Object.defineProperty(input, "files", {{value: files, configurable: true}});
            input.dispatchEvent(new Event("change", {{bubbles: true}}));
            delete input.files;
            helper.remove();
        }})()""")

    def foreign_addresses(self, site: Site | None = None) -> list[str]:
        """Every address asked for that is neither the site's nor inside this computer's browser."""
        own = ("file:", "data:", "blob:", "about:", *([site.origin + "/"] if site else []))
        return [address for address in self.addresses if not address.startswith(own)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_browser(name: str) -> Browser:
    """`chromium`, `firefox` or `webkit`. Raises Missing."""
    drivers: dict[str, type[Browser]] = {"chromium": Chromium, "firefox": Firefox, "webkit": WebKit}
    return drivers[name]()


def program(*names: str) -> str:
    found = next((path for path in map(shutil.which, names) if path), None)
    if not found:
        raise Missing(f"{names[0]} is not installed")
    return found


class Chromium(Browser):
    """`page` and `context` are Playwright's, for what only Chromium's tests need (dialogs, dropped folders)."""

    name = "chromium"

    def __init__(self, *, keeps_pages: bool = False) -> None:
        """`keeps_pages`: with the back/forward cache, which people have and Playwright turns off."""
        super().__init__()
        executable = program("chromium", "chromium-browser", "google-chrome")
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        arguments = [*root, "--disable-dev-shm-usage"]
        turned_on = ["--disable-back-forward-cache"] if keeps_pages else []
        self._browser = self._playwright.chromium.launch(
            executable_path=executable, args=arguments, ignore_default_args=turned_on
        )
        self._begin()

    def _begin(self) -> None:
        self.context = self._browser.new_context(accept_downloads=True)
        self.context.on("request", lambda request: self.addresses.append(request.url))
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))

    def renew(self) -> None:
        self.context.close()
        self.addresses, self.messages = [], []
        self._begin()

    def goto(self, url: str) -> None:
        self.page.goto(url)

    def go_back(self) -> None:
        self.page.go_back(wait_until="commit")  # a page that was kept has no load event

    def follow(self, css: str) -> None:
        with self.page.expect_event("load"):
            self.page.click(css)

    def preload(self, script: str) -> None:
        self.page.add_init_script(script)

    def eval(self, script: str) -> Any:
        return self.page.evaluate(f"async () => (await ({script}))")

    def set_files(self, css: str, paths: list[Path]) -> None:
        self.page.set_input_files(css, [str(path) for path in paths])

    def set_folder(self, css: str, folder: Path) -> None:
        self.page.set_input_files(css, str(folder))

    def screenshot(self, path: Path, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.screenshot(path=str(path))

    def close(self) -> None:
        self.context.close()
        self._browser.close()
        self._playwright.stop()


FIREFOX_PREFERENCES: dict[str, Any] = {
    "remote.active-protocols": 1,
    # With the recommended ones Firefox reads siblings on file:, which no person's Firefox does.
    "remote.prefs.recommended": False,
    "dom.file.createInChild": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.aboutwelcome.enabled": False,
    # its own new page fetches pictures, which would be taken for requests of ours
    "browser.newtab.preload": False,
    "browser.newtabpage.enabled": False,
    "browser.newtabpage.activity-stream.newtabWallpapers.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.download.useDownloadDir": True,
    "browser.download.folderList": 2,
}


class Firefox(Browser):
    """`downloads` is the folder where saved files arrive."""

    name = "firefox"

    def __init__(self) -> None:
        super().__init__()
        executable = program("firefox-esr", "firefox")
        import websocket

        self._profile = Path(tempfile.mkdtemp(prefix="scanfolio-firefox-"))
        self.downloads = self._profile / "downloads"
        self.downloads.mkdir()
        preferences = {**FIREFOX_PREFERENCES, "browser.download.dir": str(self.downloads)}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
        (self._profile / "user.js").write_text("".join(lines), encoding="utf-8")
        command = [
            executable,
            "--no-remote",
            "--headless",
            "--profile",
            str(self._profile),
            "--remote-debugging-port",
            "0",
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        address = self._address()
        self._socket = websocket.create_connection(f"{address}/session", suppress_origin=True, timeout=600)
        self._number = 0
        self._loaded = ""
        self._preloaded: list[str] = []
        self._command("session.new", capabilities={"alwaysMatch": {"unhandledPromptBehavior": {"default": "ignore"}}})
        self._command("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._context = self._command("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self) -> str:
        assert self._process.stdout
        for line in self._process.stdout:
            if "BiDi listening on " in line:
                drain = partial(lambda stream: [None for _ in stream], self._process.stdout)
                threading.Thread(target=drain, daemon=True).start()
                return line.split("BiDi listening on ")[1].strip()
        raise Missing("Firefox did not open its automation port")

    def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                return dict(message["result"])
            self._take(message)

    def _take(self, event: dict[str, Any]) -> None:
        if event.get("method") == "log.entryAdded":
            self.messages.append(str(event["params"].get("text")))
        elif event.get("method") == "network.beforeRequestSent":
            self.addresses.append(event["params"]["request"]["url"])
        elif event.get("method") == "browsingContext.load":
            self._loaded = event["params"]["context"]

    def preload(self, script: str) -> None:
        added = self._command("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")
        self._preloaded.append(added["script"])

    def renew(self) -> None:
        for script in self._preloaded:
            self._command("script.removePreloadScript", script=script)
        before, self._preloaded = self._context, []
        self._context = self._command("browsingContext.create", type="tab")["context"]
        self._command("browsingContext.close", context=before)
        self.addresses, self.messages = [], []

    def goto(self, url: str) -> None:
        self._command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def go_back(self) -> None:
        here = self.eval("location.href")
        self._command("browsingContext.traverseHistory", context=self._context, delta=-1)
        there, end = here, time.monotonic() + 60
        while there == here and time.monotonic() < end:
            with contextlib.suppress(RuntimeError):  # it left while it was asked
                there = self.eval("location.href")

    def follow(self, css: str) -> None:
        self._command("session.subscribe", events=["browsingContext.load"])
        expression = f"void document.querySelector({json.dumps(css)}).click()"
        self._command("script.evaluate", expression=expression, target={"context": self._context}, awaitPromise=False)
        while self._loaded != self._context:
            self._take(json.loads(self._socket.recv()))
        self._command("session.unsubscribe", events=["browsingContext.load"])
        self._loaded = ""

    def eval(self, script: str) -> Any:
        expression = f"Promise.resolve({script}).then((value) => JSON.stringify(value === undefined ? null : value))"
        target = {"context": self._context}
        answer = self._command("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if answer["type"] != "success":
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return json.loads(answer["result"]["value"])

    def set_files(self, css: str, paths: list[Path]) -> None:
        locator = {"type": "css", "value": css}
        node = self._command("browsingContext.locateNodes", context=self._context, locator=locator)["nodes"][0]
        element = {"sharedId": node["sharedId"]}
        self._command("input.setFiles", context=self._context, element=element, files=[str(path) for path in paths])

    def screenshot(self, path: Path, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        self._command("browsingContext.setViewport", context=self._context, viewport=size)
        answer = self._command("browsingContext.captureScreenshot", context=self._context)
        path.write_bytes(base64.b64decode(answer["data"]))

    def close(self) -> None:
        try:
            self._command("browser.close")
            self._process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._socket.close()
        if self._process.stdout:
            self._process.stdout.close()
        shutil.rmtree(self._profile, ignore_errors=True)


class WebKit(Browser):
    """WebKitGTK's MiniBrowser, on a display of its own where there is none. Not Apple's Safari."""

    name = "webkit"

    def __init__(self) -> None:
        super().__init__()
        driver = program("WebKitWebDriver")
        browsers = [path for pattern in MINI_BROWSERS for path in Path("/").glob(pattern.lstrip("/"))]
        if not browsers:
            raise Missing("WebKitGTK's MiniBrowser is not installed")
        self._home = tempfile.mkdtemp(prefix="scanfolio-webkit-")
        environment = {
            **os.environ,
            "HOME": self._home,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        }
        self._display = None
        if not environment.get("DISPLAY"):
            self._display, environment["DISPLAY"] = virtual_display()
        self._port = free_port()
        self._process = subprocess.Popen(
            [driver, f"--port={self._port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        options = {"binary": str(browsers[0]), "args": ["--automation"]}
        wanted = {"webkitgtk:browserOptions": options, "timeouts": {"script": 600_000, "pageLoad": 120_000}}
        until_listening(self._port)
        self._session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise RuntimeError(error.read().decode()[:2000]) from None

    def _do(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, f"/session/{self._session}{path}", body)

    def goto(self, url: str) -> None:
        self._do("POST", "/url", {"url": url})

    def eval(self, script: str) -> Any:
        body = f"""const done = arguments[arguments.length - 1];
            Promise.resolve().then(() => ({script})).then(
                (value) => done(JSON.stringify({{value: value === undefined ? null : value}})),
                (error) => done(JSON.stringify({{error: String(error)}})));"""
        answer = json.loads(self._do("POST", "/execute/async", {"script": body, "args": []}))
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def set_files(self, css: str, paths: list[Path]) -> None:
        element = next(iter(self._do("POST", "/element", {"using": "css selector", "value": css}).values()))
        self._do("POST", f"/element/{element}/value", {"text": "\n".join(str(path) for path in paths)})

    def screenshot(self, path: Path, width: int, height: int) -> None:
        self._do("POST", "/window/rect", {"width": width, "height": height})
        path.write_bytes(base64.b64decode(self._do("GET", "/screenshot")))

    def close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._do("DELETE", "")
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()
        if self._display:
            self._display.terminate()
            self._display.wait()
        shutil.rmtree(self._home, ignore_errors=True)


def virtual_display() -> tuple[subprocess.Popen[bytes], str]:
    """Xvfb on a number it chooses itself."""
    read_end, write_end = os.pipe()
    command = [program("Xvfb"), "-displayfd", str(write_end), "-screen", "0", "1440x1024x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as number:
        return server, f":{number.readline().strip()}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until_listening(port: int, timeout_s: float = 30) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            continue
    raise TimeoutError(f"nothing listens on port {port}")
