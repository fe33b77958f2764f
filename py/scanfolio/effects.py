"""What a long use-case asks of whoever drives it.

Every use-case that loops over files is a plain generator. It yields these values; the driver (command line,
worker) performs them, may stop between two of them, and sends back the reply where there is one. So the same code
runs on CPython and in a worker, reports progress, can be cancelled, and never needs an event loop of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from scanfolio.errors import BytesNotHere, SourceError

T = TypeVar("T")
Part = bytes | bytearray | memoryview


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
    """Write a file at `path` ('/'-separated, below the export's root). No reply.

    The driver may go on before the bytes are on the disk, with so many of them on the way and no more; a failure is
    raised at a later write or at Settled. `more`: the file goes on in the next WriteFile of this path. `hashed`: the
    SHA-256 of `parts` in a row will be wanted, under `path`. Nothing may change in them any more.
    """

    path: str
    parts: Sequence[Part]
    more: bool = False
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next bytes of the one file being streamed (a zip). No reply; otherwise as WriteFile.

    `file`: the file in the zip whose whole content these bytes are; their SHA-256 will be wanted under that name.
    """

    parts: Sequence[Part]
    file: str = ""


@dataclass(frozen=True, slots=True)
class Hash:
    """The SHA-256 of `data` will be wanted, under `name` (WebCrypto does it beside Python, and faster). No reply."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything given so far has to be written and hashed. Reply: {name: lower-case hex SHA-256} since last time."""


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


@dataclass(frozen=True, slots=True)
class Lend:
    """These files of the host will be read next; what was lent before need not stay. No reply.

    A page keeps the files and gives its worker only some of them: holding all of 70,000 costs hundreds of megabytes.
    """

    entry_ids: tuple[int, ...]


def joined(parts: Sequence[Part]) -> Part:
    """`parts` in a row, without a copy where there is only one."""
    return parts[0] if len(parts) == 1 else b"".join(parts)


Effect = Progress | Item | WriteFile | Chunk | Hash | Settled | LoadPackage | Fetch | Lend
Steps = Generator[Effect, Any, Any]


def patiently(call: Callable[[], T]) -> Generator[Fetch, None, T]:
    """What `call` returns. Where bytes are not here yet, has them fetched and calls again.

    Raises SourceError where one call needs more at once than the host keeps.
    """
    fetched: set[tuple[int, int, int]] = set()
    while True:
        try:
            return call()
        except BytesNotHere as need:
            piece = (need.entry_id, need.offset, need.length)
            if piece in fetched:
                raise SourceError(need.title, detail="more bytes at once than are kept") from need
            fetched.add(piece)
            yield Fetch(*piece)


def drained(steps: Generator[Any, Any, T]) -> T:
    """What `steps` returns, on a computer that needs nothing done for it: neither fetching nor loading."""
    while True:
        try:
            next(steps)
        except StopIteration as result:
            value: T = result.value
            return value
