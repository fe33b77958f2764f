"""Takes requests, drives the session, sends answers. Knows nothing of the browser: CPython tests drive it the same way.

A long method is a generator. It is stepped in short slices, so that a frame asked for meanwhile is answered first, and
it can be cancelled between two steps. A short method that lacks bytes or a package is simply asked again once they are
there.
"""

from __future__ import annotations

import hashlib
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from scanfolio import effects
from scanfolio.bridge.decode import decode
from scanfolio.bridge.handlers import Handlers
from scanfolio.bridge.messages import METHODS, Answer
from scanfolio.errors import (
    BytesNotHere,
    Cancelled,
    ExportError,
    OutOfMemory,
    RequestError,
    ScanfolioError,
    SourceError,
)
from scanfolio.words import again, say

Post = Callable[[dict[str, Any], list[Any]], None]
Clock = Callable[[], float]

SLICE_S = 0.012
PROGRESS_EVERY_S = 0.05


@dataclass(slots=True)
class _Job:
    request_id: int
    method: str
    call: Callable[[], Any]
    steps: effects.Steps | None = None
    reply: Any = None
    hashed: tuple[str, effects.Part] | None = None  # what the page was just asked to hash, and may not be able to
    digests: dict[str, str] = field(default_factory=dict)
    waiting: bool = False
    asked: str = ""  # the type of the message whose reply is waited for
    last_progress_s: float = -1.0


class Dispatcher:
    """`post(message, buffers)` sends to the page; `clock()` is seconds, for slicing only."""

    def __init__(self, post: Post, handlers: Handlers, clock: Clock) -> None:
        self._post = post
        self._handlers = handlers
        self._clock = clock
        self._jobs: dict[int, _Job] = {}
        self._turns: deque[int] = deque()

    def receive(self, message: dict[str, Any], buffers: list[Any]) -> None:
        """One message of the page. Never raises."""
        kind, request_id = message.get("type"), message.get("id")
        if not isinstance(request_id, int):
            self._post({"type": "error", "id": -1, "error": _wrong("a message without a number").as_dict()}, [])
        elif kind == "request":
            self._start(request_id, message, buffers)
        elif kind == "cancel":
            self._cancel(request_id)
        elif kind == "reply":
            self._take_reply(request_id, message)
        else:
            self._fail(request_id, _wrong(f"a message of an unknown kind: {kind}"))

    def step(self) -> bool:
        """Go on with long methods for a slice of time. True while one of them could go on right away."""
        until = self._clock() + SLICE_S
        while self._turns and self._clock() < until:
            job = self._jobs.get(self._turns[0])
            if job is None or job.waiting:
                self._turns.popleft()
            else:
                self._advance(job)
        return bool(self._turns)

    # -- requests

    def _start(self, request_id: int, message: dict[str, Any], buffers: list[Any]) -> None:
        if request_id in self._jobs:
            self._fail(request_id, _wrong("this request number is in use"))
            return
        try:
            method = METHODS.get(str(message.get("method")))
            if method is None:
                raise _wrong(f"an unknown request: {message.get('method')}")
            params = decode(method.params, message.get("params") or {})
        except ScanfolioError as error:
            self._fail(request_id, error)
            return
        name = str(message["method"])
        call = self._handlers.bind(name, params, buffers)
        job = _Job(request_id, name, call)
        self._jobs[request_id] = job
        self._try(job)

    def _try(self, job: _Job) -> None:
        job.waiting = False
        absent = next((name for name in METHODS[job.method].packages if find_spec(name) is None), "")
        if absent:
            self._wait(job, {"type": "load", "package": absent})
            return
        try:
            outcome = job.call()
        except BytesNotHere as need:
            self._wait(job, {"type": "need", "entry_id": need.entry_id, "offset": need.offset, "length": need.length})
            return
        except ModuleNotFoundError as missing:
            self._wait_for_package(job, missing)
            return
        except Exception as error:  # noqa: BLE001  whatever it was, the page gets exactly one answer
            self._fail(job.request_id, error)
            return
        if METHODS[job.method].long:
            job.steps = outcome
            self._turns.append(job.request_id)
        else:
            self._finish(job, outcome)

    def _advance(self, job: _Job) -> None:
        assert job.steps is not None
        reply, job.reply = job.reply, None
        try:
            effect = job.steps.throw(reply) if isinstance(reply, BaseException) else job.steps.send(reply)
        except StopIteration as stop:
            self._finish(job, stop.value)
            return
        except Exception as error:  # noqa: BLE001
            self._fail(job.request_id, error)
            return
        self._perform(job, effect)

    def _perform(self, job: _Job, effect: effects.Effect) -> None:
        match effect:
            case effects.Progress(stage, done, total):
                now = self._clock()
                if done >= total or now - job.last_progress_s >= PROGRESS_EVERY_S:
                    job.last_progress_s = now
                    self._post(
                        {"type": "progress", "id": job.request_id, "stage": stage, "done": done, "total": total}, []
                    )
            case effects.Item(item):
                self._post({"type": "item", "id": job.request_id, "item": again(item, self._handlers.language)}, [])
            case effects.WriteFile(path, parts, more, hashed):
                self._write(job, parts, path, path if hashed else "", more)
            case effects.Chunk(parts, file):
                self._write(job, parts, "", file)
            case effects.Hash(name, data):
                job.hashed = (name, data)
                self._wait(job, {"type": "digest", "name": name}, [data])
            case effects.Settled():
                self._wait(job, {"type": "settle"})
            case effects.LoadPackage(name):
                self._wait(job, {"type": "load", "package": name})
            case effects.Lend(entry_ids):
                self._wait(job, {"type": "lend", "entry_ids": list(entry_ids)})
            case effects.Fetch(entry_id, offset, length):
                self._wait(job, {"type": "need", "entry_id": entry_id, "offset": offset, "length": length})

    def _write(self, job: _Job, parts: Sequence[effects.Part], path: str, name: str, more: bool = False) -> None:
        data = effects.joined(parts)
        job.hashed = (name, data) if name else None
        self._wait(job, {"type": "write", "path": path, "name": name, "more": more}, [data])

    def _wait(self, job: _Job, message: dict[str, Any], buffers: list[Any] | None = None) -> None:
        job.waiting = True
        job.asked = message["type"]
        self._post({**message, "id": job.request_id}, buffers or [])

    def _wait_for_package(self, job: _Job, missing: ModuleNotFoundError) -> None:
        name = (missing.name or "").split(".")[0]
        if name not in ("numpy", "pydicom", "imagecodecs"):
            self._fail(job.request_id, missing)
        else:
            self._wait(job, {"type": "load", "package": name})

    def _take_reply(self, request_id: int, message: dict[str, Any]) -> None:
        job = self._jobs.get(request_id)
        if job is None or not job.waiting:
            return  # it was cancelled meanwhile
        failed = message.get("error")
        if job.steps is None:
            if failed:
                self._fail(request_id, _not_done(job.asked, str(failed)))
            else:
                self._try(job)
            return
        job.waiting = False
        job.reply = _not_done(job.asked, str(failed)) if failed else message.get("value")
        if job.hashed is not None and job.reply is False:  # a page without WebCrypto (plain http from another machine)
            name, data = job.hashed
            job.digests[name] = hashlib.sha256(data).hexdigest()
        job.hashed = None
        if job.asked == "settle" and not failed:
            job.reply = job.digests | (job.reply or {})
            job.digests = {}
        self._turns.append(request_id)

    def _cancel(self, request_id: int) -> None:
        job = self._jobs.get(request_id)
        if job is None:
            return  # it has been answered already
        if job.steps is not None:
            job.steps.close()
        self._fail(request_id, Cancelled(say("session.stopped")))

    # -- answers

    def _finish(self, job: _Job, outcome: Any) -> None:
        self._jobs.pop(job.request_id, None)
        answer = self._handlers.answer(job.method, outcome)
        self._post({"type": "result", "id": job.request_id, "result": answer.result}, answer.buffers)

    def _fail(self, request_id: int, error: BaseException) -> None:
        self._jobs.pop(request_id, None)
        if isinstance(error, ScanfolioError):
            shown = error.as_dict()
        elif isinstance(error, MemoryError):
            title, hint = say("session.no_memory"), say("session.no_memory_hint")
            shown = OutOfMemory(title, hint=hint, detail=_where_only(error)).as_dict()
        else:
            shown = ScanfolioError(say("session.our_fault"), detail=_where_only(error)).as_dict()
        self._post({"type": "error", "id": request_id, "error": again(shown, self._handlers.language)}, [])


def _wrong(what: str) -> RequestError:
    return RequestError(say("session.wrong_request"), detail=what)


def _not_done(asked: str, failed: str) -> ScanfolioError:
    """What the page could not do for us, in words. `failed` begins with the browser's name for the reason."""
    if asked in ("write", "digest", "settle"):  # a write may have failed some steps ago
        key = "full" if failed.startswith("QuotaExceededError") else "write"
        return ExportError(say(f"export.stopped.{key}"), hint=say(f"export.stopped.{key}_hint"), detail=failed)
    if asked == "load":
        return ScanfolioError(say("session.no_package"), hint=say("session.no_package_hint"), detail=failed)
    return SourceError(say("source.read_failed"), detail=failed)


def _where_only(error: BaseException) -> str:
    """The kind of an error and the lines it passed through; not its text, which may hold a patient's values."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = [f"{f.filename.rsplit('scanfolio/', 1)[-1]}:{f.lineno} in {f.name}" for f in frames]
    return "\n".join([type(error).__name__, *places])


__all__ = ["Answer", "Dispatcher"]
