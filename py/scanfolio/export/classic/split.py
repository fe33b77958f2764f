"""One enhanced image, taken apart: whether that can be done faithfully, and the header of each frame's own image.

The header is read once and kept; a frame costs what its own elements cost. Nothing is invented: what a classic class
must have and this image does not say means that it stays whole (PS3.4 C.3.5; decision 0021).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from scanfolio.errors import ReadingError
from scanfolio.export.classic.common import (
    ACQUISITION_DATE_TIME,
    FRAME_ACQUISITION,
    NOT_OF_ONE_FRAME,
    ORIENTATION,
    POSITION,
    PRESENTATION,
    SPACING,
    USED_UP,
    add_common,
    add_identity,
    add_image_type,
    add_times,
    frame_uid,
    instance_number,
    leave_empty,
    series_uid,
)
from scanfolio.export.classic.ct import add_ct
from scanfolio.export.classic.flat import LAST_TAG, Flat, elements_of, lay_flat, tag_name
from scanfolio.export.classic.mr import add_mr
from scanfolio.export.classic.pet import Series, add_pet
from scanfolio.export.elements import PIXEL_TAGS, elements_before, read_items, without_fragments
from scanfolio.export.reencode import DEFLATED, EXPLICIT_LITTLE, NATIVE, re_encode
from scanfolio.export.transcode import data_set_length
from scanfolio.model import SopInstance
from scanfolio.reading.frames import MOST_FRAMES, frames_of
from scanfolio.source.entry import Entry
from scanfolio.standard.classic import CLASSIC, CT, MR

SHARED, PER_FRAME = 0x52009229, 0x52009230
MAX_HEADER_BYTES = 1 << 28
_DESCRIPTORS = (0x00281101, 0x00281102, 0x00281103)
PALETTES = frozenset((*_DESCRIPTORS, 0x00281199, *range(0x00281201, 0x00281204), *range(0x00281221, 0x00281224)))
"""Supplemental Palette Color Lookup Tables (C.7.6.19)."""
_PIXEL_HEADER_BYTES = {"1.2.840.10008.1.2": 8}


@dataclass(frozen=True, slots=True)
class Enhanced:
    """An enhanced image whose header was read. `why_not` is a stable code where it cannot be split, else "".

    `base` are the elements all frames share, `ranks` their order (from 1), `lost` what has no place in theirs. Stored
    values from `coloured_from` on have a colour (C.8.16.2.1.1.1); no image can be made of a frame of `coloured` that
    holds one, which its pixels say.
    """

    instance: SopInstance
    why_not: str
    base: Flat
    frames: Sequence[bytes] = ()
    ranks: Sequence[int] = ()
    series: Series | None = None
    lost: tuple[str, ...] = ()
    coloured_from: int | None = None
    coloured: Sequence[int] = ()

    def header(self, frame: int) -> tuple[Flat, list[str]]:
        """(elements of frame `frame` as an image, what has no place there). Raises ReadingError where it is none."""
        flat, why_not, lost = self._frame(frame)
        if why_not:
            raise ReadingError("", detail=f"frame {frame + 1}: {why_not}")
        return flat, lost

    def _frame(self, frame: int) -> tuple[Flat, str, list[str]]:
        flat = Flat(self.base)
        lost = lay_flat(flat, elements_of(self.frames[frame]))
        instance = self.instance
        # only groups say where a frame lies: one place in the root would be the place of all
        if (len(flat.numbers(POSITION)), len(flat.numbers(ORIENTATION)), len(flat.numbers(SPACING))) != (3, 6, 2):
            return flat, "place", lost
        if min(flat.numbers(SPACING)) <= 0:
            return flat, "place", lost
        if not add_image_type(flat):
            return flat, "kind", lost
        presentation = flat.text(PRESENTATION)
        if presentation == "COLOR" and self.coloured_from is not None:
            flat.put(PRESENTATION, b"CS", "MONOCHROME")
        elif presentation not in ("", "MONOCHROME"):
            return flat, "colours", lost
        add_identity(flat, instance.sop_class_uid, instance.sop_instance_uid, frame)
        add_times(flat)
        add_common(flat)
        classic = CLASSIC[instance.sop_class_uid]
        if classic == CT:
            why_not = add_ct(flat)
        elif classic == MR:
            why_not = add_mr(flat)
        else:
            assert self.series is not None
            why_not = add_pet(flat, self.series, frame)
        if why_not:
            return flat, why_not, lost
        number = instance_number(instance.instance_number, self.ranks[frame])
        flat.put(0x00200013, b"IS", number)
        leave_empty(flat, instance.sop_class_uid)
        for tag in USED_UP:
            flat.pop(tag, None)
        return flat, "", lost

    def as_image(self, frame: int, header_bytes: int) -> SopInstance:
        """The facts of the frame's image that the plan needs; `size` is what its file will have, nearly."""
        i = self.instance
        return replace(
            i,
            sop_class_uid=CLASSIC[i.sop_class_uid],
            sop_instance_uid=frame_uid(i.sop_instance_uid, frame),
            series_instance_uid=series_uid(i.series_instance_uid),
            instance_number=instance_number(i.instance_number, self.ranks[frame]),
            number_of_frames=1,
            size=header_bytes + (i.rows or 0) * (i.columns or 0) * 2,
        )


def concerns(instance: SopInstance) -> bool:
    """An enhanced image of a class that has a classic counterpart."""
    return instance.sop_class_uid in CLASSIC and instance.is_image


@lru_cache(maxsize=2)
def read_enhanced(entry: Entry, instance: SopInstance) -> Enhanced:
    """The header of `instance`, and whether every one of its frames can be an image of its own.

    Raises SourceError when the bytes cannot be had.
    """
    why_not = _why_not_by_facts(instance)
    if why_not:
        return Enhanced(instance, why_not, Flat())
    try:
        return _read(entry, instance)
    except (ReadingError, struct.error, ValueError, IndexError, OverflowError):
        return Enhanced(instance, "groups", Flat())


def forget() -> None:
    """Drop what was kept (another disc was opened)."""
    read_enhanced.cache_clear()


def _why_not_by_facts(i: SopInstance) -> str:
    if not i.has_functional_groups or not 1 <= i.number_of_frames <= MOST_FRAMES:
        return "groups"
    wanted = ("MONOCHROME1", "MONOCHROME2") if CLASSIC[i.sop_class_uid] in (CT, MR) else ("MONOCHROME2",)
    if i.samples_per_pixel != 1 or i.photometric_interpretation not in wanted:
        return "colours"
    bits_stored = {CT: range(12, 17), MR: range(1, 17)}.get(CLASSIC[i.sop_class_uid], range(16, 17))
    if i.pixel_keyword != "PixelData" or i.bits_allocated != 16 or (i.bits_stored or 0) not in bits_stored:
        return "values"
    if i.high_bit != (i.bits_stored or 0) - 1 or i.pixel_representation not in (0, 1):
        return "values"
    return "" if (i.pixel_data_offset or 0) - i.data_set_offset <= MAX_HEADER_BYTES else "groups"


def _read(entry: Entry, instance: SopInstance) -> Enhanced:
    root = elements_before(_head(entry, instance), PIXEL_TAGS)
    flat = Flat(root)
    shared, frames = (
        flat.sequence_items(SHARED),
        read_items(flat.raw(PER_FRAME)) if flat.get(PER_FRAME, (b"",))[0] == b"SQ" else [],
    )
    if len(shared) > 1 or len(frames) != instance.number_of_frames:
        return Enhanced(instance, "groups", Flat())
    coloured_from = None
    if any(flat.has(tag) for tag in PALETTES):
        coloured_from = _first_coloured(flat, instance)
        if coloured_from is None:
            return Enhanced(instance, "colours", Flat())
    overlays = [tag for tag in flat if tag >> 16 & 0xFF01 == 0x6000 and tag & 0xFFFF == 0x0015]
    if any(flat.number(tag) not in (None, 1.0) for tag in overlays):
        return Enhanced(instance, "colours", Flat())
    lost = ["(0088,0200)"] if 0x00880200 in flat else []
    for tag in PALETTES & flat.keys():  # in grey, and beside grey values alone, some software would colour by them
        lost.append(tag_name(tag))
        del flat[tag]
    for tag in [*NOT_OF_ONE_FRAME, POSITION, ORIENTATION, SPACING]:
        flat.pop(tag, None)
    for tag in [tag for tag in flat if not tag & 0xFFFF or tag > LAST_TAG]:
        lost += [tag_name(tag)] if tag & 0xFFFF else []
        del flat[tag]
    lost += [tag_name(tag) for tag in _behind_pixels(entry, instance)]
    for groups in shared:
        lost += lay_flat(flat, groups)
    ranks = [facts.instance_number or n for n, facts in enumerate(frames_of(entry, instance).facts, 1)]
    enhanced = Enhanced(instance, "", flat, frames, ranks, lost=tuple(lost), coloured_from=coloured_from)
    if CLASSIC[instance.sop_class_uid] not in (CT, MR):
        enhanced = replace(enhanced, series=_pet_series(enhanced))
    coloured = []
    for frame in range(len(frames)):
        _, why_not, _ = enhanced._frame(frame)
        if why_not:
            return Enhanced(instance, why_not, Flat())
        if coloured_from is not None and not _is_grey(flat, frames[frame]):
            coloured.append(frame)
    return replace(enhanced, coloured=tuple(coloured))


def _is_grey(base: Flat, groups: bytes) -> bool:
    """A frame that is said to be grey throughout: then no value of it has a colour, however large."""
    flat = Flat(base)
    lay_flat(flat, elements_of(groups))
    return flat.text(PRESENTATION) == "MONOCHROME"


def _first_coloured(flat: Flat, instance: SopInstance) -> int | None:
    """The first stored value with a colour, None where the tables do not say it."""
    said = {tuple(flat.numbers(tag)) for tag in _DESCRIPTORS}
    if len(said) != 1 or len(next(iter(said))) != 3:
        return None
    first = int(next(iter(said))[1]) & 0xFFFF  # written as US or SS, whatever the pixels are
    return first - 0x10000 if instance.pixel_representation and first > 0x7FFF else first


def _head(entry: Entry, instance: SopInstance) -> bytes:
    """The data set as Explicit VR Little Endian, up to its pixel data (of a deflated one, all of it)."""
    start, syntax = instance.data_set_offset, instance.transfer_syntax_uid
    if syntax == DEFLATED:
        return bytes(re_encode(entry.read(start, entry.size - start), syntax)[0])
    end = (instance.pixel_data_offset or entry.size) - _PIXEL_HEADER_BYTES.get(syntax, 12)
    data = entry.read(start, end - start)
    if len(data) != end - start:
        raise ReadingError("", where=entry.path, detail="the header is not there as a whole")
    if syntax in NATIVE and syntax != EXPLICIT_LITTLE:
        return b"".join(re_encode(data, syntax))
    return without_fragments(data)[0]


def _behind_pixels(entry: Entry, instance: SopInstance) -> list[int]:
    """Tags behind native pixel data, where those can be told without unpacking anything; padding is not counted."""
    syntax, length = instance.transfer_syntax_uid, instance.pixel_data_length
    if syntax == DEFLATED or length is None or instance.pixel_data_offset is None or not instance.trailing_bytes:
        return []
    end = instance.pixel_data_offset + length
    whole = instance.data_set_offset + data_set_length(entry, instance)
    tail: bytes = b"".join(re_encode(entry.read(end, whole - end), syntax))
    return [tag for tag in elements_before(tail, ()) if tag != 0xFFFCFFFC]


def _pet_series(enhanced: Enhanced) -> Series:
    """Slices and moments of a PET image: by where its frames lie and when, both from the first on."""
    found = []
    starts = set()
    start = enhanced.base.text(ACQUISITION_DATE_TIME)
    for data in enhanced.frames:
        flat = Flat(enhanced.base)
        lay_flat(flat, elements_of(data))
        position, orientation = flat.numbers(POSITION), flat.numbers(ORIENTATION)
        if len(position) != 3 or len(orientation) != 6:
            return Series(((0, 0),), 0, "")
        row, column = orientation[:3], orientation[3:]
        normal = [row[n - 2] * column[n - 1] - row[n - 1] * column[n - 2] for n in range(3)]
        along = sum(p * n for p, n in zip(position, normal, strict=True))
        starts.add(flat.text(FRAME_ACQUISITION))
        found.append((round(along, 3), flat.number(0x00209128) or 1.0))
    places, times = (sorted({f[k] for f in found}) for k in range(2))
    order = {value: n for n, value in enumerate(places, 1)}, {value: n for n, value in enumerate(times, 1)}
    return Series(tuple((order[0][place], order[1][time]) for place, time in found), len(starts), start)
