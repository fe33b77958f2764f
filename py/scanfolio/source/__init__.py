"""Where bytes come from: a folder, a zip, the browser's files; and what the files that are not DICOM are."""

from __future__ import annotations

import os

from scanfolio.errors import SourceError
from scanfolio.source.entry import Entry, Source
from scanfolio.source.folder import FolderSource
from scanfolio.words import say

__all__ = ["Entry", "FolderSource", "Source", "open_source"]


def open_source(path: str) -> Source:
    """The folder or the .zip at `path`. Raises SourceError with a plain title when it is neither."""
    if os.path.isdir(path):
        return FolderSource(path)
    if not os.path.exists(path):
        raise SourceError(say("source.nothing_there"), where=path)
    from scanfolio.source.zip import ZipSource

    return ZipSource(path)
