"""The only module that knows it runs in a browser: joins the dispatcher to the worker's JavaScript."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import Any

from pyodide.ffi import JsException, to_js  # type: ignore[import-not-found]

import js  # type: ignore[import-not-found]
from scanfolio.bridge.dispatch import Dispatcher
from scanfolio.bridge.handlers import Handlers
from scanfolio.bridge.warm import warm_up
from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.words import say

AT_ONCE_BYTES = 4 << 20
"""What the browser reads in one go it holds twice; of a directory of 40 MB that would be too much."""


def _read(entry_id: int, offset: int, length: int) -> bytes:
    """Bytes of a file the page was given. Raises SourceError; BytesNotHere where this worker cannot read files."""
    if length <= AT_ONCE_BYTES:
        return _read_piece(entry_id, offset, length)
    out = BytesIO()
    while out.tell() < length:
        at = out.tell()
        try:
            piece = _read_piece(entry_id, offset + at, min(AT_ONCE_BYTES, length - at))
        except BytesNotHere:
            raise BytesNotHere(entry_id, offset, length) from None
        if not at and len(piece) == AT_ONCE_BYTES:
            out.seek(length - 1)
            out.write(b"\0")  # all the room it takes, at once
            out.seek(0)
        out.write(piece)
        if len(piece) < AT_ONCE_BYTES:
            out.truncate()
            break
    return out.getvalue()


def _read_piece(entry_id: int, offset: int, length: int) -> bytes:
    try:
        got = js.scanfolioRead(entry_id, offset, length)
    except JsException as error:
        raise SourceError(say("source.read_failed"), detail=str(error).split("\n")[0][:200]) from None
    if got is None:
        raise BytesNotHere(entry_id, offset, length)
    data: bytes = got.to_bytes()
    return data


def _post(message: dict[str, Any], buffers: list[Any]) -> None:
    js.scanfolioPost(json.dumps(message), to_js([to_js(memoryview(b).cast("B")) for b in buffers]))


def _drop(message: dict[str, Any], buffers: list[Any]) -> None:
    json.dumps(message)


_dispatcher = Dispatcher(_post, Handlers(_read), time.monotonic)


def receive(text: str, buffers: Any) -> None:
    """One message of the page: its JSON, and its ArrayBuffers."""
    _dispatcher.receive(json.loads(text), [b.to_memoryview() for b in buffers])


def step() -> bool:
    return _dispatcher.step()


def warm() -> None:
    """Nobody has asked for anything yet: have the code compiled that reads a first file."""
    warm_up(_drop, time.monotonic)
