"""Functional groups and frame vectors out of a header: only the looked-for elements, everything else stepped over.

A header of ten thousand frames is a million elements. pydicom takes half a minute for it in a browser; this takes a few
seconds, and needs no pydicom. PS3.3 C.7.6.16 (functional groups), C.7.6.5 and C.8.4 (frame vectors).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanfolio.errors import BytesNotHere, ReadingError, SourceError
from scanfolio.model import SopInstance
from scanfolio.reading.elements import (
    EXPLICIT_LITTLE,
    FORM,
    IMPLICIT_LITTLE,
    UNDEFINED,
    Declined,
    Encoding,
    MoreNeeded,
    TooDeep,
    after_sequence,
)
from scanfolio.reading.finding import MAX_HEADER_BYTES
from scanfolio.reading.part10 import read_start
from scanfolio.source.entry import Entry

Wanted = Mapping[int, Any]  # tag -> None for a value, or what is wanted of the items of a sequence
Found = dict[int, Any]  # tag -> bytes, or a list of Found

SHARED, PER_FRAME = 0x52009229, 0x52009230

MACROS: Wanted = {
    0x00289110: {0x00280030: None, 0x00180050: None, 0x00180088: None},  # Pixel Measures
    0x00209113: {0x00200032: None},  # Plane Position
    0x00209116: {0x00200037: None},  # Plane Orientation
    0x00209111: {  # Frame Content
        0x00209056: None,
        0x00209057: None,
        0x00209128: None,
        0x00209156: None,
        0x00209157: None,
        0x00189074: None,
        0x00209453: None,
    },
    0x00289145: {0x00281052: None, 0x00281053: None, 0x00281054: None},  # Pixel Value Transformation
    0x00289132: {0x00281050: None, 0x00281051: None, 0x00281055: None, 0x00281056: None},  # Frame VOI LUT
    0x00189226: {0x00089007: None, 0x00089208: None},  # MR Image Frame Type
    0x00189329: {0x00089007: None},  # CT Image Frame Type
    0x00189751: {0x00089007: None},  # PET Frame Type
    0x00189504: {0x00089007: None},  # X-Ray 3D Frame Type
    0x00189806: {0x00089007: None},  # US Image Description
    0x00289443: {0x00089007: None, 0x00181164: None},  # X-Ray Frame Pixel Data Properties
    0x00189114: {0x00189082: None},  # MR Echo
    0x00189117: {0x00189087: None},  # MR Diffusion
    0x00189115: {0x00189079: None},  # MR Modifier
    0x00189118: {0x00209153: None},  # Cardiac Synchronization
    0x00189325: {0x00180060: None},  # CT X-Ray Details
    0x00189314: {0x00181210: None},  # CT Reconstruction
    0x00189304: {0x00181120: None},  # CT Acquisition Details
    0x0062000A: {0x0062000B: None},  # Segment Identification
}
ROOT: Wanted = {
    SHARED: MACROS,
    PER_FRAME: MACROS,
    0x00620002: {0x00620004: None, 0x00620005: None},  # Segment Sequence: number, label
    0x00082144: None,  # Recommended Display Frame Rate
    0x00180040: None,  # Cine Rate
    0x00181063: None,  # Frame Time
    0x00181065: None,  # Frame Time Vector
    0x00180088: None,  # Spacing Between Slices
    0x00540010: None,  # the vectors of NM: energy window, detector, phase, rotation, R-R interval, time slot, slice,
    0x00540020: None,  # angular view, time slice
    0x00540030: None,
    0x00540050: None,
    0x00540060: None,
    0x00540070: None,
    0x00540080: None,
    0x00540090: None,
    0x00540100: None,
    0x00540012: {0x00540018: None},  # Energy Window Information: name
    0x00540022: {0x00200032: None, 0x00200037: None},  # Detector Information: where the first frame lies
}


def read_groups(entry: Entry, instance: SopInstance) -> tuple[Found, Encoding]:
    """What is wanted of the header of `instance`, and how its values are encoded.

    Raises ReadingError when the header cannot be read, SourceError when the bytes cannot be had.
    """
    try:
        data, encoding = _header(entry, instance)
        found: Found = {}
        _elements(data, 0, len(data), encoding, ROOT, found, {})
        return found, encoding
    except (Declined, MoreNeeded, TooDeep):
        return _through_pydicom(entry), EXPLICIT_LITTLE


def _header(entry: Entry, instance: SopInstance) -> tuple[bytes, Encoding]:
    """The data set up to its pixels, and its encoding."""
    start = read_start(entry.read(0, min(instance.data_set_offset + 16, entry.size)))
    if start.deflated:
        from scanfolio.reading.dataset import inflated

        rest = entry.read(start.data_set_offset, entry.size - start.data_set_offset)
        return inflated(rest, entry.path)[:MAX_HEADER_BYTES], EXPLICIT_LITTLE
    end = min(instance.pixel_data_offset or entry.size, entry.size, start.data_set_offset + MAX_HEADER_BYTES)
    return entry.read(start.data_set_offset, end - start.data_set_offset), start.encoding


def _elements(
    data: bytes,
    at: int,
    end: int,
    encoding: Encoding,
    wanted: Wanted,
    found: Found,
    known: dict[tuple[int, bytes] | None, list[Found]],
) -> int:
    """Fill `found` from the elements at `at`; the position after them, or after the Item Delimitation that ends them.

    An element that reaches beyond `end` (the pixel data, or what a damaged file lacks) ends the walk; of a sequence
    that does, the items before are kept. `known` holds sequences met before, which repeat from frame to frame.
    """
    explicit, header, uint32 = encoding.explicit, encoding.tag_header, encoding.uint32
    while at + 8 <= end:
        if explicit:
            group, element, vr, length = header(data, at)
        else:
            group, element, length = header(data, at)
            vr = b""
        tag = group << 16 | element
        value = at + 8
        if group == 0xFFFE:
            return value if element == 0xE00D else end
        if explicit:
            long_form = FORM.get(vr)
            if long_form is None:
                raise Declined(f"unknown VR {vr!r}")
            if long_form:
                if value + 4 > end:
                    return end
                length = uint32(data, value)[0]
                value += 4
        inside = wanted.get(tag, ())
        if length == UNDEFINED:
            inner = IMPLICIT_LITTLE if vr == b"UN" else encoding
            if inside:
                items: list[Found] = []
                found[tag] = items
                at = _items(data, value, end, inner, inside, items, known)
            else:
                at, _ = after_sequence(data, value, inner)
            continue
        at = value + length
        if at > end and not inside:
            return end
        if inside is None:
            found[tag] = data[value:at]
        elif inside:
            key = (tag, data[value:at]) if length <= 1024 else None
            if key not in known:
                items = []
                inner = IMPLICIT_LITTLE if vr == b"UN" else encoding
                _items(data, value, min(at, end), inner, inside, items, known)
                found[tag] = items
                if key is not None:
                    known[key] = items
            else:
                found[tag] = known[key]
    return at


def _items(
    data: bytes,
    at: int,
    end: int,
    encoding: Encoding,
    wanted: Wanted,
    items: list[Found],
    known: dict[tuple[int, bytes] | None, list[Found]],
) -> int:
    """Append the items at `at` to `items`; the position after the sequence."""
    uint32, delimiters = encoding.uint32, encoding.delimiters
    while at + 8 <= end:
        delimiter = delimiters.get(data[at : at + 4])
        length = uint32(data, at + 4)[0]
        at += 8
        if delimiter != 0xE000:
            return at if delimiter == 0xE0DD else end
        item: Found = {}
        items.append(item)
        if length == UNDEFINED:
            at = _elements(data, at, end, encoding, wanted, item, known)
        else:
            _elements(data, at, min(at + length, end), encoding, wanted, item, known)
            at += length
    return at


def _through_pydicom(entry: Entry) -> Found:
    """The same from a header that pydicom has to read: what is wanted of it is written plainly and read again."""
    from pydicom.dataset import Dataset
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    from scanfolio.reading.dataset import read_dataset

    whole = read_dataset(entry, stop_before_pixels=True)
    try:
        chosen = Dataset()
        for tag in ROOT:
            if tag in whole:
                chosen[tag] = whole[tag]
        stream = DicomBytesIO()
        stream.is_little_endian, stream.is_implicit_VR = True, False
        write_dataset(stream, chosen)
        data = stream.getvalue()
        found: Found = {}
        _elements(data, 0, len(data), EXPLICIT_LITTLE, ROOT, found, {})
    except (SourceError, BytesNotHere):
        raise
    except Exception as problem:  # pydicom has no common base for what it raises on bad input
        raise ReadingError(
            "", where=entry.path, detail=f"{type(problem).__name__} in the functional groups"
        ) from problem
    return found
