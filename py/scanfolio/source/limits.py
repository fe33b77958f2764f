"""What an archive may ask of us before it is taken for one that was built to do harm. In bytes, but for counts."""

from __future__ import annotations

from collections.abc import Iterable

from scanfolio.errors import SourceError
from scanfolio.words import say

MAX_MEMBERS = 250_000  # files in one archive, and in all archives of a disc together
MAX_DEPTH = 4  # archives in archives
BOMB_BYTES = 100 << 20
BOMB_RATIO = 1000
MAX_TOTAL_BYTES = 1 << 40


class LockedError(SourceError):
    """The bytes are there but encrypted."""

    code = "locked"


class NotAnArchiveError(SourceError):
    """The file is none of the archives and disc images that are opened here."""

    code = "not-an-archive"


def is_bomb(size: int, packed_size: int) -> bool:
    """One stream that grows beyond all sense."""
    return size > BOMB_BYTES and size > BOMB_RATIO * max(1, packed_size)


def absurd_total(sizes: Iterable[int], archive_size: int) -> str:
    """A plain sentence when the members together are absurdly large for their archive, else ""."""
    total = sum(sizes)
    if total > MAX_TOTAL_BYTES or (total > 10 * BOMB_BYTES and total > BOMB_RATIO * max(1, archive_size)):
        return say("source.archive.all_bomb")
    return ""


def check_count(count: int, where: str) -> None:
    """Raises SourceError when an archive lists more files than can be kept."""
    if count > MAX_MEMBERS:
        raise SourceError(say("source.archive.too_many"), where=where, detail=f"more than {MAX_MEMBERS} entries")
