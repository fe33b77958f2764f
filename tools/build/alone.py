"""One build at a time in one folder: a second one waits for the first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from .console import say
from .paths import CACHE


@contextmanager
def alone() -> Iterator[None]:
    """Hold .cache/lock; the operating system lets go of it however this process ends."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("a+b") as file:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another build is at work in this folder; waiting for it …")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
