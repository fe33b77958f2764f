"""The data set without its pixels, for the few facts the index does not keep: tables, palettes, functional groups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from scanfolio.errors import PixelError, ReadingError, ScanfolioError
from scanfolio.model import SopInstance
from scanfolio.pixels import syntax
from scanfolio.pixels.layout import refuse
from scanfolio.source.entry import Entry

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@lru_cache(maxsize=2)
def _read(entry: Entry) -> Dataset:
    from scanfolio.reading.dataset import read_dataset

    return read_dataset(entry, stop_before_pixels=True)


def forget() -> None:
    """Drop the data sets that were kept (another disc was opened)."""
    _read.cache_clear()
    _inflated.cache_clear()


def header_of(entry: Entry, instance: SopInstance) -> Dataset:
    """The data set of `entry` up to its pixels. The last two are kept. Raises PixelError when it cannot be read."""
    try:
        return _read(entry)
    except ReadingError as error:
        raise refuse("unreadable", instance, error.detail or error.title) from error


@lru_cache(maxsize=1)
def _inflated(entry: Entry) -> bytes:
    from scanfolio.reading.dataset import read_dataset

    data_set = read_dataset(entry)
    value = next(
        (data_set[k].value for k in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if k in data_set), b""
    )
    return bytes(value)


def where_pixels_are(entry: Entry, instance: SopInstance) -> tuple[Entry, SopInstance]:
    """`entry` and `instance`; for a deflated data set a stand-in that holds the inflated pixel data at offset 0."""
    if instance.transfer_syntax_uid != syntax.DEFLATED:
        return entry, instance
    try:
        with understood(instance):
            value = _inflated(entry)
    except ReadingError as error:
        raise refuse("unreadable", instance, error.detail or error.title) from error
    if not value:
        raise PixelError(refuse("no_pixels", instance).title, where=instance.path)
    stand_in = Entry(entry.entry_id, entry.path, len(value), lambda offset, length: value[offset : offset + length])
    return stand_in, replace(
        instance,
        size=len(value),
        pixel_data_offset=0,
        pixel_data_length=len(value),
        transfer_syntax_uid="1.2.840.10008.1.2.1",
    )


def facts_with_header(entry: Entry, instance: SopInstance, frame: int) -> tuple[SopInstance, Dataset]:
    """The facts that hold for frame `frame` (from 0), and the data set they were completed from. Raises PixelError."""
    from scanfolio.pixels.groups import dose_facts

    data_set = header_of(entry, instance)
    with understood(instance):
        if instance.modality == "RTDOSE":
            instance = dose_facts(instance, data_set, frame)
    return instance, data_set


@contextmanager
def understood(instance: SopInstance) -> Iterator[None]:
    """Around whatever takes values from a data set: pydicom reads them only then, and raises many kinds of exception.

    They become a PixelError.
    """
    try:
        yield
    except (ScanfolioError, MemoryError, ImportError):
        raise
    except Exception as problem:
        raise refuse("unreadable", instance, type(problem).__name__) from problem
