"""Is an exported instance the same as its source? By bytes, or by elements and pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanfolio.errors import PixelError, ReadingError
from scanfolio.export.elements import ICON_IMAGE_SEQUENCE, UNDEFINED_LENGTH
from scanfolio.export.reencode import EXPLICIT_BIG, NATIVE
from scanfolio.export.transcode import data_set_bytes
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# What decompressing may change; each is looked at on its own
PIXEL_DESCRIPTION = frozenset((0x00280004, 0x00280006, 0x00280008, 0x00282110, 0x00282112, 0x00282114, 0x00880200))
PIXEL_ELEMENTS = frozenset((0x7FE00001, 0x7FE00002, 0x7FE00003, 0x7FE00010))
PIXEL_DATA = 0x7FE00010
_WIDTHS = {"US": 2, "SS": 2, "OW": 2, "AT": 2, "UL": 4, "SL": 4, "FL": 4, "OF": 4, "OL": 4,
           "FD": 8, "OD": 8, "SV": 8, "UV": 8, "OV": 8}  # fmt: skip


def needs_pydicom(source: SopInstance, copy: SopInstance) -> bool:
    """Bytes alone do not decide between these two."""
    return source.transfer_syntax_uid != copy.transfer_syntax_uid and not _plain_copy(source)


def _plain_copy(source: SopInstance) -> bool:
    """Compressed by name only: there are no pixels, and the data set is Explicit VR Little Endian."""
    return source.transfer_syntax_uid not in NATIVE and source.pixel_data_offset is None


def differences(
    source_entry: Entry, source: SopInstance, copy_entry: Entry, copy: SopInstance, data_set: bytes
) -> list[str]:
    """Technical sentences saying what differs; empty when nothing does. `data_set` is the copy's, as it was re-read."""
    if not needs_pydicom(source, copy):
        original = data_set_bytes(source_entry, source)
        return [] if original == data_set else [_first_difference(original, data_set)]
    from scanfolio.reading.dataset import read_dataset

    try:
        before, after = read_dataset(source_entry), read_dataset(copy_entry)
    except ReadingError as error:
        return [f"cannot be read for comparison: {error.detail}"]
    if source.transfer_syntax_uid in NATIVE:
        return _elements(before, after, frozenset(), "", big=source.transfer_syntax_uid == EXPLICIT_BIG)
    found = _elements(before, after, PIXEL_DESCRIPTION | PIXEL_ELEMENTS, "", big=False, unpacked=True)
    found += _description(before, after)
    return found + stored_differences(source_entry, source, copy_entry, copy)


def _first_difference(original: bytes, copy: bytes) -> str:
    if len(original) != len(copy):
        return f"the data set has {len(copy)} bytes instead of {len(original)}"
    at = next((k for k in range(len(copy)) if original[k] != copy[k]), 0)
    return f"the data set differs at byte {at}"


def elements_differ(expected: Dataset, after: Dataset, ignored: frozenset[int], *, big: bool) -> list[str]:
    """What differs between two data sets at any level, but for `ignored` tags at the top."""
    return _elements(expected, after, ignored, "", big=big)


def _elements(
    before: Dataset, after: Dataset, ignored: frozenset[int], where: str, *, big: bool, unpacked: bool = False
) -> list[str]:
    """`unpacked`: the copy is not compressed any more, so the source's compressed previews may be gone."""
    tags = {int(t) for ds in (before, after) for t in ds.keys()}  # noqa: SIM118  iterating a Dataset would parse every value
    found = []
    for tag in sorted(tags - ignored):
        group = tag >> 16
        if (tag & 0xFFFF == 0 and group > 6) or group in (0x0000, 0x0002):
            continue  # group lengths, which are retired
        name = f"{where}({group:04X},{tag & 0xFFFF:04X})"
        if unpacked and tag not in after and _is_compressed_picture(before, tag):
            continue
        if tag not in before or tag not in after:
            found.append(f"{name} is only in the {'export' if tag in after else 'source'}")
        else:
            found += _element(before, after, tag, name, big=big, unpacked=unpacked)
    return found


def _is_compressed_picture(ds: Dataset, tag: int) -> bool:
    """Pixel data in fragments, or an Icon Image Sequence that holds such (see elements.without_fragments)."""
    if tag == ICON_IMAGE_SEQUENCE:
        return any(_is_compressed_picture(item, PIXEL_DATA) for item in ds[tag].value)
    if tag != PIXEL_DATA:
        return False
    pixels = ds.get_item(tag)
    # before its value was looked at, and after
    return getattr(pixels, "length", 0) == UNDEFINED_LENGTH or bool(getattr(pixels, "is_undefined_length", False))


def _element(before: Dataset, after: Dataset, tag: int, name: str, *, big: bool, unpacked: bool) -> list[str]:
    a, b = before.get_item(tag), after.get_item(tag)
    both_raw = a is not None and b is not None and isinstance(a.value, bytes) and isinstance(b.value, bytes)
    if a is not None and b is not None and both_raw and _bytes_equal(a.value, b.value, str(b.VR), big=big):
        return []
    if after[tag].VR != "SQ":
        same = not both_raw and before[tag].value == after[tag].value
        return [] if same else [f"{name} has another value"]
    if before[tag].VR != "SQ":
        return [f"{name} is a sequence only in the export"]
    items, copies = before[tag].value, after[tag].value
    if len(items) != len(copies):
        return [f"{name} has {len(copies)} items instead of {len(items)}"]
    return [
        fault
        for n, (item, copy) in enumerate(zip(items, copies, strict=True))
        for fault in _elements(item, copy, frozenset(), f"{name}[{n}]", big=big, unpacked=unpacked)
    ]


def _bytes_equal(source: bytes, copy: bytes, vr: str, *, big: bool) -> bool:
    if big and vr in _WIDTHS:
        width = _WIDTHS[vr]
        whole = len(source) - len(source) % width
        turned = bytearray(source)
        for k in range(width):
            turned[k:whole:width] = source[width - 1 - k : whole : width]
        source = bytes(turned)
    return source == copy or (len(source) % 2 == 1 and len(copy) == len(source) + 1 and copy.startswith(source))


def _description(before: Dataset, after: Dataset) -> list[str]:
    """Lossy compression once said stays said; the ratio and method given stay."""
    found = []
    for tag, name in ((0x00282110, "Lossy Image Compression"), (0x00282112, "its ratio"), (0x00282114, "its method")):
        said = _value(before, tag)
        if (
            said
            and said != _value(after, tag)
            and not (tag == 0x00282110 and said == "00" and _value(after, tag) == "01")
        ):
            found.append(f"{name} is said differently")
    if str(before.get("NumberOfFrames", 1) or 1) != str(after.get("NumberOfFrames", 1) or 1):
        found.append("Number of Frames differs")
    return found


def _value(ds: Dataset, tag: int) -> str:
    raw = ds.get_item(tag)
    value = raw.value if raw is not None else ""
    return value.decode("latin-1").strip("\0 ") if isinstance(value, bytes) else str(value or "")


def stored_differences(source_entry: Entry, source: SopInstance, copy_entry: Entry, copy: SopInstance) -> list[str]:
    """Whether all frames hold the same stored values: [] or a technical sentence."""
    import numpy as np

    from scanfolio.export.pixels import export_colour
    from scanfolio.pixels.stored import decode

    for frame in range(max(1, source.number_of_frames)):
        try:
            a, b = decode(source_entry, source, frame), decode(copy_entry, copy, frame)
        except PixelError as error:
            return [f"frame {frame + 1} cannot be decoded: {error.detail}"]
        expected, photometric = export_colour(a.values, a.photometric, source)
        if photometric != b.photometric:
            return [f"frame {frame + 1} is {b.photometric} instead of {photometric}"]
        if not np.array_equal(expected, b.values):
            return [f"frame {frame + 1} has other pixels"]
    return []
