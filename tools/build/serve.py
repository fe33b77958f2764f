"""The local web server behind `build.py run`, and the one the tests use."""

from __future__ import annotations

import errno
import functools
import http.server
import sys
import webbrowser
from pathlib import Path
from typing import Any

from .console import say

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".pack": "application/octet-stream",
    ".webmanifest": "application/manifest+json",
    ".md": "text/plain; charset=utf-8",
    "": "text/plain; charset=utf-8",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, **TYPES}

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the person reads the terminal."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that stops listening half-way is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def listen(folder: Path, port: int) -> Server:
    """A server of `folder` on 127.0.0.1 only; the next free port if `port` is taken."""
    handler = functools.partial(Handler, directory=str(folder))
    for candidate in (*range(port, port + 20), 0):
        try:
            return Server(("127.0.0.1", candidate), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise AssertionError("port 0 is always free")


def serve(folder: Path, *, port: int, open_browser: bool) -> None:
    """Serve until Ctrl-C."""
    with listen(folder, port) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        say(f"Scanfolio is at {address}  (only this computer can reach it; Ctrl-C stops it)")
        if open_browser and not webbrowser.open(address):
            say("No browser could be opened from here: open the address yourself.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("\nStopped. Nothing is running any more.")
