"""The pixel cells of one frame, as they are written: 16 bits, little endian, values and spare bits untouched."""

from __future__ import annotations

from functools import lru_cache

from scanfolio.errors import ReadingError
from scanfolio.export.classic.split import Enhanced
from scanfolio.export.reencode import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry
from scanfolio.words import say

KEPT_BYTES = 128 << 20  # decoded frames of one image that are kept between the check and the writing


@lru_cache(maxsize=1)
def all_frames(entry: Entry, instance: SopInstance) -> tuple[bytes, ...] | None:
    """Every frame, so that an image of which one cannot be had is not written in part; None where that is too much to
    keep. Raises PixelError, ReadingError or SourceError.
    """
    size = (instance.rows or 0) * (instance.columns or 0) * 2 * instance.number_of_frames
    if size <= KEPT_BYTES:
        return tuple([_frame(entry, instance, frame) for frame in range(instance.number_of_frames)])
    for frame in range(instance.number_of_frames):
        _frame(entry, instance, frame)
    return None


def forget() -> None:
    """Drop what was kept (another disc was opened, or the image is written)."""
    all_frames.cache_clear()


def frame_cells(entry: Entry, instance: SopInstance, frame: int) -> bytes:
    """The cells of frame `frame` (from 0). The first call for an image reads, and where it must decodes, all of it."""
    kept = all_frames(entry, instance)
    return _frame(entry, instance, frame) if kept is None else kept[frame]


def uses_colours(entry: Entry, enhanced: Enhanced, frame: int) -> bool:
    """Whether a stored value of frame `frame` has a colour. Raises PixelError, ReadingError or SourceError."""
    from scanfolio.pixels.stored import decode

    first = enhanced.coloured_from
    return first is not None and int(decode(entry, enhanced.instance, frame).values.max()) >= first


def _frame(entry: Entry, instance: SopInstance, frame: int) -> bytes:
    size = (instance.rows or 0) * (instance.columns or 0) * 2
    if not instance.encapsulated and instance.transfer_syntax_uid in (EXPLICIT_LITTLE, IMPLICIT_LITTLE):
        data = entry.read((instance.pixel_data_offset or 0) + frame * size, size)
        if len(data) != size:
            raise ReadingError(say("export.bad.ends_early"), where=entry.path, detail=f"frame {frame + 1}")
        return data
    from scanfolio.export.pixels import cells
    from scanfolio.pixels.stored import decode

    decoded = decode(entry, instance, frame)
    return cells(decoded.values, 16, signed=decoded.layout.signed)
