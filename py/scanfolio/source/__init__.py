"""Where bytes come from: folders, archives, disc images, the browser's files; and what files that are not DICOM are."""

from __future__ import annotations

import os
from functools import partial

from scanfolio.effects import Steps, drained
from scanfolio.errors import SourceError
from scanfolio.source.archive import open_archive
from scanfolio.source.entry import Entry, Source
from scanfolio.source.folder import FolderSource, read_range
from scanfolio.words import say

__all__ = ["Entry", "FolderSource", "Source", "open_archive", "open_path", "open_source"]


def open_path(path: str) -> Steps:
    """The folder, archive or disc image at `path`. Yields Progress; returns a Source.

    Raises SourceError with a plain title when it is none of these.
    """
    if os.path.isdir(path):
        return FolderSource(path)
    try:
        size = os.path.getsize(path)
    except FileNotFoundError:
        raise SourceError(say("source.nothing_there"), where=path) from None
    except OSError as problem:
        raise SourceError(say("source.file_closed"), where=path, detail=str(problem)) from problem
    entry = Entry(0, path.replace(os.sep, "/"), size, partial(read_range, path, path))
    return (yield from open_archive(entry))


def open_source(path: str) -> Source:
    """The same for those who do not look at its progress."""
    source: Source = drained(open_path(path))
    return source
