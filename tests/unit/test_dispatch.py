"""The dispatcher: exactly one answer for each request, whatever happens in between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from scanfolio import effects
from scanfolio.bridge import dispatch
from scanfolio.bridge.messages import METHODS, Answer
from scanfolio.errors import BytesNotHere, PixelError, SourceError


class FakeHandlers:
    """Answers with whatever a test put under the method's name."""

    language = "en"

    def __init__(self, **calls: Callable[[Any], Any]) -> None:
        self.calls = calls

    def bind(self, name: str, params: Any, buffers: list[Any]) -> Callable[[], Any]:
        return lambda: self.calls[name](params)

    def answer(self, name: str, outcome: Any) -> Answer:
        return outcome if isinstance(outcome, Answer) else Answer(outcome or {})


class Page:
    """What the page would see."""

    def __init__(self, **calls: Callable[[Any], Any]) -> None:
        self.seen: list[tuple[dict[str, Any], list[Any]]] = []
        self.now = 0.0
        self.dispatcher = dispatch.Dispatcher(lambda m, b: self.seen.append((m, b)), FakeHandlers(**calls), self.clock)  # type: ignore[arg-type]

    def clock(self) -> float:
        self.now += 0.004
        return self.now

    def ask(self, request_id: int, method: str, **params: Any) -> None:
        self.dispatcher.receive({"type": "request", "id": request_id, "method": method, "params": params}, [])

    def reply(self, request_id: int, **fields: Any) -> None:
        self.dispatcher.receive({"type": "reply", "id": request_id, **fields}, [])

    def run(self) -> None:
        for _ in range(10_000):
            if not self.dispatcher.step():
                return
        raise AssertionError("never came to an end")

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [m for m, _ in self.seen if m["type"] == kind]


def counting(total: int) -> effects.Steps:
    for n in range(total):
        yield effects.Progress("reading", n + 1, total)
    return {"total": total}


def test_unknown_method_is_an_error_never_silence() -> None:
    page = Page()
    page.ask(1, "explode")
    assert page.of("error")[0]["id"] == 1
    assert page.of("error")[0]["error"]["code"] == "request"


@pytest.mark.parametrize(
    ("params", "field"),
    [({}, "key"), ({"key": 3}, "key"), ({"key": "a", "extra": 1}, "extra")],
    ids=["missing", "wrong kind", "unknown"],
)
def test_bad_parameters_name_the_field(params: dict[str, Any], field: str) -> None:
    page = Page(series=lambda p: {})
    page.ask(1, "series", **params)
    assert field in page.of("error")[0]["error"]["detail"]


def test_a_short_request_overtakes_a_long_one() -> None:
    page = Page(judge=lambda p: counting(50), series=lambda p: {"key": p.key})
    page.ask(1, "judge")
    assert page.dispatcher.step()
    page.ask(2, "series", key="k")
    page.run()
    assert [m["id"] for m in page.of("result")] == [2, 1]


def test_cancelling_closes_the_generator_and_answers_once() -> None:
    closed: list[bool] = []

    def endless(_: Any) -> effects.Steps:
        try:
            while True:
                yield effects.Progress("reading", 1, 2)
        finally:
            closed.append(True)

    page = Page(judge=endless)
    page.ask(1, "judge")
    assert page.dispatcher.step()
    page.dispatcher.receive({"type": "cancel", "id": 1}, [])
    assert not page.dispatcher.step()
    assert closed == [True]
    assert [m["error"]["code"] for m in page.of("error")] == ["cancelled"]
    assert page.of("result") == []


@pytest.mark.parametrize(
    ("failed", "title"),
    [
        ("QuotaExceededError: no space left", "There is not enough space where the copy should go."),
        ("NotFoundError: the stick is gone", "The export could not be written."),
    ],
)
def test_a_write_waits_for_the_page_and_never_blames_the_disc(failed: str, title: str) -> None:
    told: list[str] = []

    def writing(_: Any) -> effects.Steps:
        yield effects.WriteFile("A", [b"o", b"ne"])
        try:
            yield effects.WriteFile("B", [b"two"])
        except SourceError:  # would be taken for a scratch on the disc, and the image for left out
            told.append("source")
        return {}

    page = Page(judge=writing)
    page.ask(1, "judge")
    page.run()
    assert [(m["path"]) for m in page.of("write")] == ["A"]
    assert page.seen[-1][1] == [b"one"]
    page.reply(1, value=None)
    page.run()
    page.reply(1, error=failed)
    page.run()
    assert told == []
    error = page.of("error")[0]["error"]
    assert (error["code"], error["title"], error["detail"]) == ("export", title, failed)


def test_a_part_that_does_not_load_is_not_the_discs_fault() -> None:
    def loading(_: Any) -> effects.Steps:
        yield effects.LoadPackage("imagecodecs")
        return {}

    page = Page(judge=loading)
    page.ask(1, "judge")
    page.run()
    page.reply(1, error="TypeError: Failed to fetch")
    page.run()
    error = page.of("error")[0]["error"]
    assert (error["code"], error["title"]) == ("internal", "A part of this program could not be loaded.")


def test_a_digest_falls_back_to_python_where_the_page_has_none() -> None:
    def hashing(_: Any) -> effects.Steps:
        yield effects.Hash("A", b"abc")
        yield effects.WriteFile("B", [b"d", b"ef"], hashed=True)
        yield effects.Chunk([b"not asked for"])
        return {"digests": (yield effects.Settled()), "later": (yield effects.Settled())}

    page = Page(judge=hashing)
    page.ask(1, "judge")
    page.run()
    for value in (None, False, False, {"A": "from the page"}, None):
        page.reply(1, value=value)
        page.run()
    assert [(m["type"], m.get("name")) for m, _ in page.seen] == [
        ("digest", "A"), ("write", "B"), ("write", ""), ("settle", None), ("settle", None), ("result", None)
    ]  # fmt: skip
    result = page.of("result")[0]["result"]
    assert result == {"digests": {"A": "from the page", "B": hashlib.sha256(b"def").hexdigest()}, "later": {}}


def test_missing_bytes_are_fetched_and_the_request_repeated() -> None:
    held: dict[int, bytes] = {}

    def series(_: Any) -> dict[str, Any]:
        if 7 not in held:
            raise BytesNotHere(7, 100, 20)
        return {"key": "done"}

    page = Page(series=series)
    page.ask(1, "series", key="k")
    assert page.of("need") == [{"type": "need", "entry_id": 7, "offset": 100, "length": 20, "id": 1}]
    held[7] = b"x"
    page.reply(1, value=None)
    assert page.of("result")[0]["result"] == {"key": "done"}


def test_missing_package_is_loaded_and_the_request_repeated() -> None:
    loaded: list[bool] = []

    def series(_: Any) -> dict[str, Any]:
        if not loaded:
            raise ModuleNotFoundError("No module named 'imagecodecs'", name="imagecodecs._jpeg8")
        return {"key": "done"}

    page = Page(series=series)
    page.ask(1, "series", key="k")
    assert page.of("load") == [{"type": "load", "package": "imagecodecs", "id": 1}]
    loaded.append(True)
    page.reply(1, value=None)
    assert page.of("result")[0]["result"] == {"key": "done"}


def test_our_own_faults_show_where_but_no_values() -> None:
    def broken(_: Any) -> Any:
        raise ValueError("DOE^JANE is not a number")

    page = Page(series=broken)
    page.ask(1, "series", key="k")
    error = page.of("error")[0]["error"]
    assert error["code"] == "internal"
    assert "ValueError" in error["detail"]
    assert "DOE" not in str(error)


def test_errors_with_words_keep_them() -> None:
    def cannot(_: Any) -> Any:
        raise PixelError("This image is damaged.", hint="The others are fine.")

    page = Page(series=cannot)
    page.ask(1, "series", key="k")
    assert page.of("error")[0]["error"]["title"] == "This image is damaged."


def test_every_method_has_a_handler() -> None:
    from scanfolio.bridge.handlers import Handlers

    for name in METHODS:
        assert callable(getattr(Handlers, f"_{name}")), name


def test_want_of_memory_is_said_and_the_next_request_is_answered() -> None:
    def too_much(params: Any) -> Any:
        raise MemoryError

    page = Page(frame=too_much, catalogue=lambda params: {"name": "disc"})
    page.ask(1, "frame", sop_instance_uid="1.2", frame=0)
    page.ask(2, "catalogue")
    (first, _), (second, _) = page.seen
    assert (first["type"], first["error"]["code"]) == ("error", "memory")
    assert first["error"]["title"] == "There is not enough memory on this computer for that."
    assert first["error"]["hint"]
    assert second["type"] == "result"
