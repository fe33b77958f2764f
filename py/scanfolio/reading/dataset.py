"""Whole data sets through pydicom, for those who need more than the facts: export, pixels, objects, the tag view."""

from __future__ import annotations

import io
import warnings
import zlib
from typing import TYPE_CHECKING, BinaryIO

from scanfolio.errors import ReadingError, SourceError
from scanfolio.reading.deflated import inflater_of
from scanfolio.reading.part10 import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    looks_like_bare_data_set,
    looks_like_part10,
    read_start,
)
from scanfolio.source.entry import Entry
from scanfolio.source.inside import behind
from scanfolio.source.stream import entry_stream
from scanfolio.words import say

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

__all__ = ["MAX_INFLATED_BYTES", "entry_stream", "inflated", "read_dataset"]

MAX_INFLATED_BYTES = 1 << 30


def read_dataset(entry: Entry, *, stop_before_pixels: bool = False) -> FileDataset:
    """The data set of `entry` as pydicom reads it, with or without preamble and File Meta Information.

    Deflated ones are inflated up to 1 GB. Raises ReadingError when there is no data set in it, SourceError when the
    bytes cannot be had.
    """
    import pydicom

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stream = _plain_stream(entry)
            dataset = pydicom.dcmread(stream, stop_before_pixels=stop_before_pixels, force=True)
            if isinstance(stream, io.BytesIO):
                dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
    except (SourceError, ReadingError):
        raise
    except Exception as problem:  # pydicom has no common base for what it raises on bad input
        detail = f"{type(problem).__name__} at reading"
        raise ReadingError(say("reading.error.parse"), where=entry.path, detail=detail) from problem
    if not len(dataset):
        raise ReadingError(say("reading.error.parse"), where=entry.path, detail="no data elements")
    return dataset


def _plain_stream(entry: Entry) -> BinaryIO:
    """The file as pydicom shall see it; a deflated one is inflated here, where a bound can be kept."""
    head = entry.read(0, 16384)
    if not (looks_like_part10(head) or looks_like_bare_data_set(head)):
        raise ReadingError(say("reading.error.parse"), where=entry.path, detail="no DICOM data set begins here")
    if head[:4] == b"DICM" and not looks_like_part10(head):
        # pydicom would take the prefix for an element, and lose the pixels of an implicit data set
        entry, head = behind(entry, 4), head[4:]
    if DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN.encode() not in head[:1024]:
        return entry_stream(entry)
    start = read_start(head)
    if not start.deflated:
        return entry_stream(entry)
    data = inflated(entry.read(start.data_set_offset, entry.size - start.data_set_offset), entry.path)
    # pydicom would inflate by itself, without a bound: show it a plain explicit file with the same data set
    meta = head[: start.data_set_offset].replace(b"1.2.840.10008.1.2.1.99", b"1.2.840.10008.1.2.1\0\0\0")
    stream = io.BytesIO(meta + data)
    stream.name = entry.path
    return stream


def inflated(data: bytes, path: str = "") -> bytes:
    """A deflated data set (PS3.5 A.5: a raw deflate stream) in full; tolerates a missing end.

    Raises ReadingError when it is no deflate stream or grows beyond MAX_INFLATED_BYTES.
    """
    inflater = inflater_of(data)
    try:
        plain = inflater.decompress(data, MAX_INFLATED_BYTES)
    except zlib.error as problem:
        raise ReadingError(say("reading.error.inflate"), where=path, detail=str(problem)) from problem
    if inflater.unconsumed_tail:
        raise ReadingError(say("reading.error.inflate_bound"), where=path)
    return plain
