"""Every exception Scanfolio raises on purpose.

ScanfolioError                what a caller may catch
├── SourceError               bytes could not be had: file vanished, disc pulled out, permission lost
│   └── BytesNotHere          not an error of the disc: the host has to fetch these bytes first, then ask again
├── ReadingError              bytes are there but are not what they claim to be
├── PixelError                a frame cannot be decoded or shown
├── ExportError               an export was refused or stopped; nothing half-valid is left behind
├── OutOfMemory                   what was asked for needs more memory than there is
├── RequestError              the caller asked for something that does not exist
└── Cancelled                 the person pressed Stop

`title` and `hint` are for people, `detail` is technical and holds no value of a patient.
"""

from __future__ import annotations


class ScanfolioError(Exception):
    """Base of all our exceptions.

    `code` is stable and names the page in docs/errors.md; `where` is a path on the disc or empty.
    """

    code = "internal"

    def __init__(self, title: str, *, hint: str = "", where: str = "", detail: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.where = where
        self.detail = detail

    def as_dict(self) -> dict[str, str]:
        """The error as it crosses the bridge: {code, title, hint, where, detail}."""
        return {"code": self.code, "title": self.title, "hint": self.hint, "where": self.where, "detail": self.detail}


class SourceError(ScanfolioError):
    code = "source"


class BytesNotHere(SourceError):
    """`offset` and `length` (bytes) of entry `entry_id` must be supplied by the host before the call is repeated."""

    code = "bytes-not-here"

    def __init__(self, entry_id: int, offset: int, length: int) -> None:
        super().__init__("These bytes are still on the disc.")
        self.entry_id = entry_id
        self.offset = offset
        self.length = length


class ReadingError(ScanfolioError):
    code = "reading"


class PixelError(ScanfolioError):
    code = "pixels"


class ExportError(ScanfolioError):
    code = "export"


class OutOfMemory(ScanfolioError):
    code = "memory"


class RequestError(ScanfolioError):
    code = "request"


class Cancelled(ScanfolioError):
    code = "cancelled"
