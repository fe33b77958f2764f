"""What is packed as one stream: gzip, bzip2, xz. Inside is a tar, or one single file."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from scanfolio.effects import Progress, Steps, patiently
from scanfolio.errors import SourceError
from scanfolio.source.archive_source import ArchiveSource
from scanfolio.source.blocks import in_blocks
from scanfolio.source.entry import Entry, nowhere
from scanfolio.source.inflate import CACHE_BYTES, Held, Inflated, bzip2_stream, gzip_stream, xz_stream
from scanfolio.source.names import decoded
from scanfolio.source.tar import is_tar, read_headers
from scanfolio.words import say

STREAMS: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b": gzip_stream,
    b"BZh": bzip2_stream,
    b"\xfd7zXZ\0": xz_stream,
}
STEP_BYTES = 4 << 20
ENDINGS = re.compile(r"\.(gz|bz2|xz|z)$", re.IGNORECASE)


def inflated(packed: Entry, head: bytes) -> Inflated | None:
    """The stream whose packed form begins with `head`, or None when it is none we know. Nothing is read yet.

    This is also how to look into a single packed file: `inflated(entry, head).read(0, 16384)` unpacks no more.
    """
    begin = next((begin for magic, begin in STREAMS.items() if head.startswith(magic)), None)
    if begin is None:
        return None
    return Inflated(0, packed.read, packed.size, begin, Held(CACHE_BYTES), packed.path, several=True)


def open_packed(archive: Entry, head: bytes) -> Steps:
    """A packed tar, or the one packed file. Yields Progress("opening", packed bytes so far, all of them).

    The whole stream is gone through once, since only its end says how long it is; no more than a bounded part is kept.
    Raises SourceError when it is damaged from its start or grows beyond all sense.
    """
    archive = in_blocks(archive)
    stream = inflated(archive, head)
    assert stream is not None, "the caller looked at the first bytes"
    reach = partial(_reach, stream, archive)
    first = yield from patiently(partial(stream.read, 0, 512))
    if not first and stream.ended:
        raise SourceError(say("source.archive.damaged_whole"), where=archive.path, detail=stream.ended)
    if is_tar(first):
        source = yield from read_headers(archive, stream.read, reach, nowhere, archive.size)
        if stream.ended and not source.damaged:
            source.add_damage(detail=stream.ended)
        return source
    offset = 0
    while stream.size is None:
        offset += STEP_BYTES
        yield from reach(offset)
    source = ArchiveSource(archive)
    source.add(_name_inside(archive, head), stream.size, stream.read)
    if stream.ended:
        source.add_damage(detail=stream.ended)
    return source


def _reach(stream: Inflated, archive: Entry, offset: int) -> Generator[Any, Any, None]:
    """Go on to `offset` a step at a time, so that it can be seen and stopped."""
    while stream.reached < offset and stream.size is None:
        yield from patiently(partial(stream.read, min(offset, stream.reached + STEP_BYTES), 1))
        yield Progress("opening", stream.taken, archive.size)
    yield Progress("opening", min(stream.taken, archive.size), archive.size)


def _name_inside(archive: Entry, head: bytes) -> str:
    """What the packed file is called: as its gzip header says, else as the archive without its ending."""
    if head.startswith(b"\x1f\x8b") and len(head) > 10 and head[3] & 8:
        at = 10
        if head[3] & 4:
            at += 2 + int.from_bytes(head[10:12], "little")
        name, end, _ = head[at:].partition(b"\0")
        if end and name:
            return decoded(name).replace("\\", "/").rsplit("/", 1)[-1]
    return ENDINGS.sub("", archive.path.rsplit("/", 1)[-1]) or "FILE"
