"""How much work a piece of code does, counted and not timed: executed lines of Python, and the peak of its memory."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

LINES_PER_SECOND = 4_000_000  # of plain Python on a slow machine


class TooMuchWork(BaseException):
    """More lines were executed than allowed; not an Exception, so that nothing on the way swallows it."""


class Work:
    lines = 0
    peak_bytes = 0


@contextmanager
def counted(limit: int) -> Iterator[Work]:
    """Count the executed lines of everything called inside; stops it with TooMuchWork at `limit`."""
    work = Work()

    def line(frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        work.lines += 1
        if work.lines > limit:
            place = f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
            raise TooMuchWork(f"more than {limit:,} lines, at {place}")
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        yield work
    finally:
        sys.settrace(before)


@contextmanager
def weighed() -> Iterator[Work]:
    """The peak of the memory that Python allocates inside, in bytes."""
    work = Work()
    tracemalloc.start()
    try:
        yield work
    finally:
        work.peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
