"""What one file turned out to be, and how the reading of it is driven."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NamedTuple

from scanfolio.model import Dicomdir, Kind, SopInstance
from scanfolio.source.entry import Entry

HEAD_BYTES = 16384
MAX_HEADER_BYTES = 64 << 20
MAX_WHOLE_BYTES = 256 << 20  # of a deflated file, which has to be read to its end
MAX_DIRECTORY_BYTES = 64 << 20  # of a DICOMDIR: 100,000 records are less

WAIT_FOR_PYDICOM = (-1, 0)
"""Yielded instead of (offset, length) where only pydicom can go on and it is not loaded yet."""


class Finding(NamedTuple):
    """What a file turned out to be; becomes its FileRecord.

    `entry` takes the place of the one that was given, where the DICOM file lies inside it.
    """

    kind: Kind
    signature: str
    reason: str = ""
    locked: bool = False
    instance: SopInstance | None = None
    dicomdir: Dicomdir | None = None
    entry: Entry | None = None
    first_bytes: str = ""  # in hexadecimal, where nobody knows what they are


class BytesLost(Exception):
    """Thrown into an examination when bytes it asked for cannot be had; the text is for people."""


class NotDicom(Exception):
    """What looked like DICOM is not; the text is the key of the sentence to use if it carries the prefix."""


Examination = Generator[tuple[int, int], bytes, Finding]
"""Yields (offset, length) of the bytes it wants and is sent them; returns what the file is."""

Examine = Callable[[Entry, bytes], Examination]
"""Begins the examination of an entry whose first bytes are given."""
