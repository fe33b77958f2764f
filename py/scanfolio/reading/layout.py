"""Which elements stand in a data set, by what a walk stepped over: worked out once per layout, then looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from scanfolio.model import Layout

MOST_LAYOUTS = 2000
EMPTY, ODD = b"\xff\xff\xff\xff\0\0", b"\xff\xff\xff\xff\1\1"
"""Said behind the key of an element; no key begins like these, nor like the name of a run."""

_number = count()


class RunName(bytes):
    """Eight bytes that stand for all elements of a run among the keys of single elements. `keys` are theirs."""

    keys: tuple[bytes, ...]


def name_of_run(elements: Iterable[tuple[bytes, int]]) -> RunName:
    """A name for the run of these (key, length)."""
    name = RunName(b"\xff\xff" + next(_number).to_bytes(6, "little"))
    keys: list[bytes] = []
    for key, length in elements:
        keys.append(key)
        if not length or length & 1:
            keys.append(ODD if length else EMPTY)
    name.keys = tuple(keys)
    return name


class Layouts:
    """The layouts met so far in one encoding, by the keys (and names of runs) a walk has put down one after the other.

    `tag_of(key)` is the tag an element's key begins with.
    """

    def __init__(self, tag_of: Callable[[bytes], int]) -> None:
        self._tag_of = tag_of
        self._known: dict[bytes, Layout] = {}
        self._shared: dict[Layout, Layout] = {}

    def of(self, seen: list[bytes]) -> Layout:
        """The layout of a data set in which `seen` was put down."""
        joined = b"".join(seen)
        known = self._known.get(joined)
        if known is None:
            if len(self._known) > MOST_LAYOUTS:
                self._known.clear()
                self._shared.clear()
            layout = self._made(seen)
            known = self._known[joined] = self._shared.setdefault(layout, layout)
        return known

    def _made(self, seen: list[bytes]) -> Layout:
        tags: set[int] = set()
        marked: dict[bytes, set[int]] = {EMPTY: set(), ODD: set()}
        last = 0
        for name in seen:
            for key in name.keys if isinstance(name, RunName) else (name,):
                if key in marked:
                    marked[key].add(last)
                else:
                    last = self._tag_of(key)
                    tags.add(last)
        return Layout(frozenset(tags), frozenset(marked[EMPTY]), frozenset(marked[ODD]))
