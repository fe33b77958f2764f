"""A folder on disk, for the command line and the tests."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial

from scanfolio.errors import SourceError
from scanfolio.source.entry import Entry
from scanfolio.words import say


class FolderSource:
    """Every file below `path`, sorted by name, ids counting up from 0.

    Links are never followed out of the folder and links to folders not at all (they may loop); what cannot be opened
    is still listed, and says why when it is read. Raises SourceError when `path` is not a folder that can be listed.
    """

    def __init__(self, path: str) -> None:
        if not os.path.isdir(path):
            raise SourceError(say("source.no_folder"), where=path)
        self._root = os.path.realpath(path)

    @property
    def name(self) -> str:
        return _displayable(os.path.basename(self._root))

    def entries(self) -> Iterator[Entry]:
        for entry_id, (path, full_path, size, why_not) in enumerate(self._walk("", self._root)):
            read = partial(_refuse, why_not, path) if why_not else partial(read_range, full_path, path)
            yield Entry(entry_id, path, size, read)

    def _walk(self, prefix: str, folder: str) -> Iterator[tuple[str, str, int, str]]:
        """(path, full path, size in bytes, why it cannot be read or "") of every file, depth first."""
        try:
            with os.scandir(folder) as listing:
                children = sorted(listing, key=lambda child: child.name)
        except OSError as problem:
            if not prefix:
                raise SourceError(say("source.folder_closed"), where=folder, detail=str(problem)) from problem
            yield prefix.rstrip("/"), folder, 0, say("source.subfolder_closed")
            return
        for child in children:
            path = prefix + _displayable(child.name)
            try:
                if child.is_dir(follow_symlinks=False):
                    yield from self._walk(path + "/", child.path)
                    continue
                status = child.stat()
            except OSError:
                yield path, child.path, 0, say("source.file_closed")
                continue
            if child.is_symlink() and not self._inside(child.path):
                yield path, child.path, 0, say("source.link_out")
            elif stat.S_ISREG(status.st_mode):
                yield path, child.path, status.st_size, ""
            else:
                yield path, child.path, 0, say("source.not_ordinary")

    def _inside(self, path: str) -> bool:
        return os.path.commonpath([self._root, os.path.realpath(path)]) == self._root


def _displayable(name: str) -> str:
    """A name the operating system could not decode, with the odd bytes replaced so that it can be shown and written."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def read_range(full_path: str, path: str, offset: int, length: int) -> bytes:
    """At most `length` bytes from `offset` of a file on disk. Raises SourceError naming `path`."""
    try:
        with open(full_path, "rb", buffering=0) as file:
            file.seek(offset)
            pieces = []
            while length > 0:
                piece = file.read(length)
                if not piece:
                    break
                pieces.append(piece)
                length -= len(piece)
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    except OSError as problem:
        detail = problem.strerror or str(problem)
        raise SourceError(say("source.read_failed"), where=path, detail=detail) from problem


def _refuse(why_not: str, path: str, offset: int, length: int) -> bytes:
    raise SourceError(why_not, where=path)
