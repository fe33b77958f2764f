"""Which enhanced images of a plan are split, into which images, and why others stay whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from scanfolio.effects import LoadPackage, Progress, Steps, patiently
from scanfolio.errors import PixelError, ReadingError, SourceError
from scanfolio.export.classic.pixels import uses_colours
from scanfolio.export.classic.split import Enhanced, concerns, read_enhanced
from scanfolio.export.planned import Choices, KeptWhole
from scanfolio.model import SopInstance
from scanfolio.pixels.syntax import needs_imagecodecs
from scanfolio.source.entry import Entry
from scanfolio.words import say

Split = dict[int, list[tuple[int, SopInstance]]]
"""Entry id of an enhanced image -> (frame from 0, its own image), in the order of the frames' ranks."""
FILE_META_BYTES = 500


def to_be_split(instance: SopInstance, choices: Choices) -> bool:
    """Asked for, and of a class that can be; whether this very image can, its header says."""
    return choices.for_old_software and concerns(instance)


def split_steps(instances: Sequence[SopInstance], entries: Sequence[Entry], choices: Choices) -> Steps:
    """Read the headers of what is to be split. Yields Progress("comparing"); returns (Split, KeptWhole of the rest)."""
    split: Split = {}
    whole: list[KeptWhole] = []
    wanted = [i for i in instances if to_be_split(i, choices)]
    if wanted:
        yield LoadPackage("pydicom")  # has the VRs of what is written in Implicit VR
    for done, instance in enumerate(wanted):
        yield Progress("comparing", done, len(wanted))
        try:
            enhanced: Enhanced = yield from patiently(partial(read_enhanced, entries[instance.entry_id], instance))
            why_not = enhanced.why_not or (yield from _why_not_by_pixels(entries[instance.entry_id], enhanced))
        except SourceError:
            why_not = "groups"
        if why_not:
            reason = say(f"export.whole.{why_not}", choices.language)
            whole.append(KeptWhole(instance.path, instance.sop_instance_uid, why_not, reason))
        else:
            split[instance.entry_id] = _images(enhanced)
    return split, tuple(whole)


def _why_not_by_pixels(entry: Entry, enhanced: Enhanced) -> Steps:
    """Where there are colour tables: "colours" if a frame uses them, "" if none does."""
    if not enhanced.coloured:
        return ""
    instance = enhanced.instance
    yield LoadPackage("numpy")
    if needs_imagecodecs(instance.transfer_syntax_uid):
        yield LoadPackage("imagecodecs")
    for frame in enhanced.coloured:
        yield Progress("comparing", frame, instance.number_of_frames)
        try:
            if (yield from patiently(partial(uses_colours, entry, enhanced, frame))):
                return "colours"
        except (PixelError, ReadingError):
            return "values"
    return ""


def _images(enhanced: Enhanced) -> list[tuple[int, SopInstance]]:
    header = len(enhanced.header(0)[0].encoded()) + FILE_META_BYTES
    by_rank = sorted(range(len(enhanced.frames)), key=enhanced.ranks.__getitem__)
    return [(frame, enhanced.as_image(frame, header)) for frame in by_rank]
