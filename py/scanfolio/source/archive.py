"""Opening an archive or a disc image, whatever its name: told by its bytes."""

from __future__ import annotations

from functools import partial

from scanfolio.effects import Steps, patiently
from scanfolio.errors import SourceError
from scanfolio.source.entry import Entry
from scanfolio.source.limits import LockedError, NotAnArchiveError
from scanfolio.words import say

OTHERS = {
    b"7z\xbc\xaf'\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"(\xb5/\xfd": "Zstandard",
    b"MSCF": "cabinet",
    b"ISc(": "InstallShield",
    b"xar!": "xar",
}


def open_archive(archive: Entry) -> Steps:
    """The files of a zip, tar, gzip, bzip2, xz, or disc image. Yields Progress("opening", …); returns a Source.

    Raises SourceError with a plain title: NotAnArchiveError when it is none of these, LockedError when it is locked.
    """
    # Imported only now: most discs are folders, and the page should not wait for what they do not need.
    from scanfolio.source.iso import open_image
    from scanfolio.source.packed import STREAMS, open_packed
    from scanfolio.source.tar import is_tar, open_tar
    from scanfolio.source.zip import open_zip

    head = yield from patiently(partial(archive.read, 0, 512))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return (yield from open_zip(archive))
    if head.startswith(tuple(STREAMS)):
        return (yield from open_packed(archive, head))
    if is_tar(head):
        return (yield from open_tar(archive))
    for magic, name in OTHERS.items():
        if head.startswith(magic):
            raise SourceError(say("source.archive.other_kind"), where=archive.path, detail=name)
    if head.startswith((b"-FVE-FS-", b"\xeb\x58\x90-FVE-FS-", b"LUKS\xba\xbe", b"encrcdsa")):
        raise LockedError(say("source.zip.locked"), where=archive.path)
    try:
        return (yield from open_image(archive))
    except NotAnArchiveError:
        pass
    try:
        return (yield from open_zip(archive))  # behind a program, as archives that unpack themselves are
    except NotAnArchiveError:
        raise NotAnArchiveError(say("source.archive.not_one"), where=archive.path) from None
