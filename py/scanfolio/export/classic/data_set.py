"""The data set of one frame as a classic image: its own header, its own pixel cells."""

from __future__ import annotations

from collections.abc import Collection
from struct import pack

from scanfolio.export.classic.pixels import frame_cells
from scanfolio.export.classic.split import read_enhanced
from scanfolio.export.elements import RawElement
from scanfolio.export.transcode import Transcoded, lossy_elements
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry


def frame_elements(entry: Entry, instance: SopInstance, frame: int, wanted: Collection[int]) -> dict[int, RawElement]:
    """The elements of `wanted` of the image made of frame `frame` (from 0)."""
    flat, _ = read_enhanced(entry, instance).header(frame)
    return {tag: flat[tag] for tag in wanted if tag in flat}


def frame_data_set(entry: Entry, instance: SopInstance, frame: int) -> Transcoded:
    """The whole data set, Explicit VR Little Endian. The first frame of an image has all of its frames decoded.

    Raises ReadingError, PixelError or SourceError.
    """
    enhanced = read_enhanced(entry, instance)
    flat, lost = enhanced.header(frame)
    cells = frame_cells(entry, instance, frame)
    changes = [f"made of frame {frame + 1} of {instance.number_of_frames}, functional groups laid flat"]
    changes += [f"{name} left out" for name in sorted({*enhanced.lost, *lost})]
    if frame in enhanced.coloured:
        changes.append("no value of it is one that the colour tables map, so it is said to be MONOCHROME")
    if instance.encapsulated:
        changes.append(f"pixels decompressed from {instance.transfer_syntax_uid}")
        flat.update(_lossy(entry, instance, frame, flat.encoded(), cells))
    return Transcoded([flat.encoded(), pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, len(cells)), cells], tuple(changes))


def _lossy(entry: Entry, instance: SopInstance, frame: int, head: bytes, cells: bytes) -> dict[int, RawElement]:
    from scanfolio.export.pixels import LOSSY_METHODS, PlainPixels, is_lossy
    from scanfolio.pixels.encapsulation import encoded_frame

    data, syntax = encoded_frame(entry, instance, frame), instance.transfer_syntax_uid
    lossy, method = is_lossy(data, syntax), LOSSY_METHODS.get(syntax, "")
    return lossy_elements(head, PlainPixels([cells], "", 1, 16, lossy, method, len(data)))
