"""Enhanced multi-frame CT, MR and PET as the classic single-frame images older systems can read. See decision 0021.

flat         elements of one data set, and functional groups laid flat into it (bytes only)
common       what all three classes need: identity, Image Type, dates, where a frame lies
ct, mr, pet  what each classic class needs besides
split        one enhanced image: can it be split, and the data set of each frame
pixels       the cells of one frame
compare      a written frame against its source, read by another way
"""

from __future__ import annotations

import sys

_KEEPING = ("split", "pixels", "compare")


def forget() -> None:
    """Drop what is kept of images that were read (another disc was opened, or the copy is done)."""
    for name in _KEEPING:
        module = sys.modules.get(f"{__name__}.{name}")
        if module is not None:
            module.forget()
