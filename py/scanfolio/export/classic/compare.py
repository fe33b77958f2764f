"""A written single image against the frame it was made of: pixels, place and scale, and every element.

What the frame says is read by pydicom here, where the writer lays bytes flat, and where the frame lies is compared with
what our own index reads of the copy; so neither way confirms itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scanfolio.errors import PixelError, ReadingError
from scanfolio.export.classic.common import NOT_OF_ONE_FRAME, USED_UP, frame_uid, series_uid
from scanfolio.export.classic.flat import FLATTENED, LAST_TAG, OF_THE_ROOT
from scanfolio.export.classic.split import PALETTES
from scanfolio.export.compare import PIXEL_ELEMENTS, elements_differ
from scanfolio.export.reencode import EXPLICIT_BIG
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry
from scanfolio.standard.classic import CLASSIC

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

WRITTEN = frozenset(
    (
        0x00080008, 0x00080016, 0x00080018, 0x00080022, 0x0008002A, 0x00080032, 0x00180020, 0x00180021, 0x00180022,
        0x00180023, 0x00180024, 0x00180050, 0x00180060, 0x00180080, 0x00180081, 0x00180082, 0x00180084, 0x00180085,
        0x00180091, 0x00181060, 0x00181150, 0x00181151, 0x00181152, 0x00181153, 0x00181181, 0x00181242, 0x00181312,
        0x00189089, 0x0020000E, 0x00200012, 0x00200013, 0x00200062, 0x00200100, 0x00201040, 0x00204000, 0x00209072,
        0x00209172, 0x00280051, 0x00282110, 0x00282112, 0x00282114, 0x00540016, 0x00540081, 0x00540101, 0x00540410,
        0x00540414, 0x00541000, 0x00541001, 0x00541102, 0x00541300, 0x00541330,
    )
)  # fmt: skip
"""What a classic image says in words of its own, or leaves empty; each that matters is looked at by itself."""
_DESCRIPTION = (
    "StudyInstanceUID", "FrameOfReferenceUID", "PatientID", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit",
    "PixelRepresentation", "PhotometricInterpretation",
)  # fmt: skip


FramesOf = dict[str, tuple[SopInstance, int]]
"""SOP Instance UID of a single image -> (the enhanced image it was made of, its frame from 0)."""


def frames_in(split: Set[str], sources: Mapping[str, SopInstance]) -> FramesOf:
    """Every frame of every source whose SOP Instance UID is in `split`, whether it is listed or not."""
    found: FramesOf = {}
    for uid in split & sources.keys():
        source = sources[uid]
        if source.sop_class_uid in CLASSIC:
            found.update({frame_uid(uid, frame): (source, frame) for frame in range(source.frames_here)})
    return found


def frame_differences(
    source_entry: Entry, source: SopInstance, frame: int, copy_entry: Entry, copy: SopInstance
) -> list[str]:
    """Technical sentences saying what differs; empty when nothing does. `frame` counts from 0."""
    from scanfolio.reading.dataset import read_dataset

    try:
        before, after = _header_of(source_entry), read_dataset(copy_entry)
    except ReadingError as error:
        return [f"cannot be read for comparison: {error.detail}"]
    found = _identity(before, after, source, frame)
    found += _place_and_scale(before, frame, copy)
    expected = _laid_flat(before, frame)
    big = source.transfer_syntax_uid == EXPLICIT_BIG
    first_coloured = _grey_now(before, expected)
    found += elements_differ(expected, after, WRITTEN | USED_UP | PIXEL_ELEMENTS, big=big)
    return found + _pixels(source_entry, source, frame, copy_entry, copy, first_coloured)


def _grey_now(before: Dataset, expected: Dataset) -> int | None:
    """Of an image with colour tables: `expected` without them, and the first value that would have had a colour."""
    table = before.get("RedPaletteColorLookupTableDescriptor")
    if table is None:
        return None
    for tag in PALETTES & expected.keys():
        del expected[tag]
    if expected.get("PixelPresentation", "") == "MONOCHROME":
        return None  # it was grey before
    if "PixelPresentation" in expected:
        expected.PixelPresentation = "MONOCHROME"
    first = int(table[1])
    return first - 0x10000 if before.PixelRepresentation and first > 0x7FFF else first


@lru_cache(maxsize=1)
def _header_of(entry: Entry) -> Dataset:
    from scanfolio.reading.dataset import read_dataset

    return read_dataset(entry, stop_before_pixels=True)


def forget() -> None:
    """Drop the header that was kept."""
    _header_of.cache_clear()


def _identity(before: Dataset, after: Dataset, source: SopInstance, frame: int) -> list[str]:
    wanted = {
        "SOPClassUID": CLASSIC[source.sop_class_uid],
        "SOPInstanceUID": frame_uid(source.sop_instance_uid, frame),
        "SeriesInstanceUID": series_uid(source.series_instance_uid),
        **{keyword: before.get(keyword, "") for keyword in _DESCRIPTION},
    }
    found = [f"{word} is another one" for word, value in wanted.items() if str(after.get(word, "")) != str(value)]
    origins = after.get("ConversionSourceAttributesSequence") or []
    said = [(str(o.get("ReferencedSOPInstanceUID", "")), str(o.get("ReferencedFrameNumber", ""))) for o in origins]
    if said != [(source.sop_instance_uid, str(frame + 1))]:
        found.append("it does not name the frame it was made of")
    if str(before.get("LossyImageCompression", "")) == "01" != str(after.get("LossyImageCompression", "")):
        found.append("Lossy Image Compression is said differently")
    if "NumberOfFrames" in after or "PerFrameFunctionalGroupsSequence" in after:
        found.append("it is a multi-frame image still")
    return found


def _groups(before: Dataset, frame: int) -> list[Dataset]:
    """The frame's own groups, then the shared ones."""
    shared = before.get("SharedFunctionalGroupsSequence") or []
    return [before.PerFrameFunctionalGroupsSequence[frame], *shared]


def _of_group(before: Dataset, frame: int, group: str, keyword: str) -> Any:
    for groups in _groups(before, frame):
        items = groups.get(group) or []
        if items and keyword in items[0]:
            return items[0].get(keyword)
    return None


def _place_and_scale(before: Dataset, frame: int, copy: SopInstance) -> list[str]:
    """Millimetres and rescaling, as numbers: pydicom's of the source, ours of the copy."""
    transformation = "PixelValueTransformationSequence"
    rows: tuple[tuple[str, str, Any], ...] = (
        ("PlanePositionSequence", "ImagePositionPatient", copy.image_position_mm),
        ("PlaneOrientationSequence", "ImageOrientationPatient", copy.image_orientation),
        ("PixelMeasuresSequence", "PixelSpacing", copy.pixel_spacing_mm),
        ("PixelMeasuresSequence", "SliceThickness", copy.slice_thickness_mm),
        (transformation, "RescaleSlope", copy.rescale_slope),
        (transformation, "RescaleIntercept", copy.rescale_intercept),
        ("MRDiffusionSequence", "DiffusionBValue", copy.diffusion_b_value),
        ("MREchoSequence", "EffectiveEchoTime", copy.echo_time_ms),
    )
    found = []
    for group, keyword, value in rows:
        wanted = _of_group(before, frame, group, keyword)
        if wanted in (None, "") or (keyword == "EffectiveEchoTime" and not wanted):
            continue
        if not _same(wanted, value):
            found.append(f"{keyword} is {value} instead of {wanted}")
    return found


def _same(wanted: Any, value: Any) -> bool:
    numbers = [float(v) for v in (wanted if isinstance(wanted, Sequence) and not isinstance(wanted, str) else [wanted])]
    there = list(value) if isinstance(value, tuple) else [] if value is None else [value]
    return len(numbers) == len(there) and all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(numbers, there, strict=True)
    )


def _laid_flat(before: Dataset, frame: int) -> Dataset:
    """Root, shared groups, the frame's groups, one after the other, in pydicom's objects."""
    from pydicom.dataset import Dataset

    flat = Dataset()
    for tag in before.keys():  # noqa: SIM118  iterating a Dataset would parse every value
        if int(tag) not in NOT_OF_ONE_FRAME and tag.group > 2 and tag.element and int(tag) <= LAST_TAG:
            flat[tag] = before.get_item(tag)
    for groups in reversed(_groups(before, frame)):
        for tag in groups.keys():  # noqa: SIM118
            items = groups[tag].value if int(tag) in FLATTENED and groups[tag].VR == "SQ" else []
            holder, tags = (items[0], list(items[0].keys())) if len(items) == 1 else (groups, [tag])
            for inner in tags:
                if tag.element and _has_a_place(flat, holder, inner):
                    flat[inner] = holder.get_item(inner)
    return flat


def _has_a_place(flat: Dataset, holder: Dataset, tag: Any) -> bool:
    if int(tag) > LAST_TAG:
        return False
    if not tag.is_private:
        return int(tag) not in OF_THE_ROOT and tag.group != 0x0010 and bool(tag.element)
    creator = (tag.group, tag.element >> 8)
    if tag.element < 0x100 or creator not in holder:
        return False
    if creator in flat and str(flat[creator].value) != str(holder[creator].value):
        return False
    flat.setdefault(holder[creator].tag, holder[creator])
    return True


def _pixels(
    source_entry: Entry,
    source: SopInstance,
    frame: int,
    copy_entry: Entry,
    copy: SopInstance,
    first_coloured: int | None,
) -> list[str]:
    """Stored values, bit for bit; and that none of them had a colour."""
    import numpy as np

    from scanfolio.pixels.stored import decode

    try:
        a, b = decode(source_entry, source, frame), decode(copy_entry, copy, 0)
    except PixelError as error:
        return [f"cannot be decoded: {error.detail}"]
    same = a.values.dtype == b.values.dtype and np.array_equal(a.values, b.values)
    lost = first_coloured is not None and a.values.max() >= first_coloured
    return ([] if same else ["it has other pixels"]) + (["values that had a colour are grey in it"] if lost else [])
