"""Runs of elements met before, read in one go.

The files of a series are written by one program: the same elements in the same order, most of them with the same
lengths. A run is a row of such elements as they were met in an earlier file. Where the next file has exactly the same
headers at the same distances, one `struct` call reads all its values, instead of a step for each element. A run that
fails at some element is shortened to end before it: so runs come to end where lengths vary, and the next one begins
there, one for each length.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import NamedTuple

from scanfolio.reading.layout import RunName, name_of_run

RUN_ELEMENTS = 64
MAX_PLACES = 1000
FAMILIAR = 4  # visits to a header before a run is learned there: learning is not worth it for a few files
MAX_LESSONS = 8  # a place that still varies after so many is walked step by step

Unpack = Callable[[bytes, int], tuple[bytes, ...]]


class Mark(NamedTuple):
    """An element that was stepped over: where it starts, where its value does, where it ends; its tag if looked for."""

    start: int
    value: int
    end: int
    tag: int


class Run(NamedTuple):
    """`headers` reads the headers, to be compared with `expected`; `values` the values of `tags`; `size` in bytes.

    `name` says which elements these are.
    """

    size: int
    headers: Unpack
    expected: tuple[bytes, ...]
    values: Unpack
    tags: tuple[int, ...]
    name: RunName


class Place:
    """A header that was met before, by which the walk may know the run that begins with it."""

    __slots__ = ("lessons", "run")

    def __init__(self) -> None:
        self.run: Run | None = None
        self.lessons = 0

    def learn(self, window: bytes, marks: list[Mark]) -> None:
        """Take the elements `marks` of `window` for the run, or as much of them as agrees with the run known so far."""
        self.lessons += 1
        headers = tuple([window[mark.start : mark.value] for mark in marks if mark.end <= len(window)])
        agreed = len(headers)
        if self.run is not None:
            agreed = 0
            for one, other in zip(self.run.expected, headers, strict=False):
                if one != other:
                    break
                agreed += 1
        self.run = _run(marks[:agreed], headers[:agreed]) if agreed > 1 else None


def _run(marks: list[Mark], headers: tuple[bytes, ...]) -> Run:
    return Run(
        size=marks[-1].end - marks[0].start,
        headers=Struct("".join([f"{m.value - m.start}s{m.end - m.value}x" for m in marks])).unpack_from,
        expected=headers,
        values=Struct(
            "".join([f"{m.value - m.start}x{m.end - m.value}{'s' if m.tag else 'x'}" for m in marks])
        ).unpack_from,
        tags=tuple([mark.tag for mark in marks if mark.tag]),
        name=name_of_run([(header, m.end - m.value) for m, header in zip(marks, headers, strict=True)]),
    )


class Places(dict[bytes, Place]):
    """Places by the eight bytes of the header that stands there. One is made after FAMILIAR visits."""

    def __init__(self) -> None:
        super().__init__()
        self._visits: dict[bytes, int] = {}

    def visit(self, header: bytes) -> Place | None:
        """Note that `header` was met where no place is known yet; the new place once it was met often enough."""
        visits = self._visits[header] = self._visits.get(header, 0) + 1
        if visits < FAMILIAR:
            if len(self._visits) > MAX_PLACES:
                self._visits.clear()
            return None
        if len(self) > MAX_PLACES:
            self.clear()
        place = self[header] = Place()
        return place
