"""Bytes of a frame → stored values → Modality LUT → VOI LUT → Presentation LUT; colour; what the page needs to draw it.

syntax, layout, recipe    facts only, no numpy
encapsulation, codecs     where a frame lies, how it is decoded
stored                    stored values
lut, window, colour       from stored values to a picture
groups, header            what has to be read from the file besides (functional groups: reading/frames.py)
frame, shrink, png        what callers ask for
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from scanfolio.model import SopInstance
    from scanfolio.source.entry import Entry

__all__ = ["forget", "thumbnail"]


def thumbnail(
    entry: Entry, instance: SopInstance, frame: int = 0, size: int = 112
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """See shrink.thumbnail; numpy is imported only now."""
    from scanfolio.pixels import shrink

    return shrink.thumbnail(entry, instance, frame, size)


def forget() -> None:
    """Drop everything that is remembered of the files seen so far (another disc was opened)."""
    from scanfolio.pixels import encapsulation, header, recipe
    from scanfolio.reading import frames

    frames.forget()
    encapsulation.forget()
    header.forget()
    recipe.forget()
