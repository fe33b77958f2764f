"""What a long use-case asks of whoever drives it.

Every use-case that loops over files is a plain generator. It yields these values; the driver (command line,
worker) performs them, may stop between two of them, and sends back the reply where there is one. So the same code
runs on CPython and in a worker, reports progress, can be cancelled, and never needs an event loop of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from scanfolio.errors import BytesNotHere

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` steps of `stage` (an i18n key tail such as "reading", "writing"). No reply."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Item:
    """One result that is ready before the whole is (a rule's outcome, a catalogue change). No reply."""

    item: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Write one whole file at `path` ('/'-separated, below the export's root). No reply; raises in place on failure."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next bytes of the one file being streamed (a zip). No reply; the driver waits until they are taken."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Sha256:
    """Reply: the lower-case hex SHA-256 of `data` (WebCrypto in the page: 20 times Pyodide's hashlib)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class LoadPackage:
    """An optional package ("pydicom", "numpy", "imagecodecs") has to be importable before the next step.

    No reply. On CPython it simply is; in the page it is downloaded only now, so that a plain disc never waits for it.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """`length` bytes from `offset` of entry `entry_id` have to be readable before the next step.

    No reply; SourceError in place where they cannot be had. Only pages whose worker can read no files need this.
    """

    entry_id: int
    offset: int
    length: int


Effect = Progress | Item | WriteFile | Chunk | Sha256 | LoadPackage | Fetch
Steps = Generator[Effect, Any, Any]


def patiently(call: Callable[[], T]) -> Generator[Fetch, None, T]:
    """What `call` returns. Where bytes are not here yet, has them fetched and calls again."""
    while True:
        try:
            return call()
        except BytesNotHere as need:
            yield Fetch(need.entry_id, need.offset, need.length)


def drained(steps: Generator[Any, Any, T]) -> T:
    """What `steps` returns, on a computer that needs nothing done for it: neither fetching nor loading."""
    while True:
        try:
            next(steps)
        except StopIteration as result:
            value: T = result.value
            return value
