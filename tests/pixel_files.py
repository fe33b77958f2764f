"""Files in memory for the tests of pixels: bytes in, (Entry, SopInstance) as a disc's index has them out."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from instances import EXPLICIT, encode, make_instance
from scanfolio.model import SopInstance
from scanfolio.reading.index import DiscIndex
from scanfolio.source.entry import Entry


def opened(data: bytes, path: str = "IMAGE", reads: list[tuple[int, int]] | None = None) -> tuple[Entry, SopInstance]:
    """The one instance in `data`, read as a disc is read. `reads` takes the (offset, length) of later reads."""

    def read(offset: int, length: int) -> bytes:
        if reads is not None:
            reads.append((offset, length))
        return data[offset : offset + length]

    index = DiscIndex()
    entry = Entry(0, path, len(data), read)
    first = index.add(entry)
    needs = [first] if first else []
    while needs:
        need = needs.pop()
        needs += index.feed(need, data[need.offset : need.offset + need.length])
    return entry, index.instances[0]


def picture(pixel_data: bytes, vr: str = "OW", *, transfer_syntax: str = EXPLICIT, undefined_length: bool = False,
            **attributes: Any) -> bytes:  # fmt: skip
    """A file whose pixel data are exactly `pixel_data`: 2 x 3, 16 bits, gray unless `attributes` say otherwise.

    Attributes are of the Image Pixel module and other keywords; None takes one out.
    """
    ds: Dataset = make_instance("ct", pixels=np.zeros((2, 3), np.uint16))
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "RescaleType"):
        delattr(ds, keyword)
    ds.BitsStored, ds.HighBit = 16, 15
    for keyword, value in attributes.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    if "BitsStored" in attributes and "HighBit" not in attributes:
        ds.HighBit = ds.BitsStored - 1
    del ds.PixelData
    keyword = "PixelData" if vr in ("OB", "OW") else "FloatPixelData" if vr == "OF" else "DoubleFloatPixelData"
    ds.add_new(keyword, vr, pixel_data + b"\0" * (len(pixel_data) % 2))
    if undefined_length:
        ds[keyword].is_undefined_length = True
    return encode_as_is(ds, transfer_syntax)


def encode_as_is(ds: Dataset, transfer_syntax: str) -> bytes:
    """encode, but pixel bytes are taken as already written for `transfer_syntax`."""
    if "PixelData" not in ds or transfer_syntax != "1.2.840.10008.1.2.2":
        return encode(ds, transfer_syntax)
    saved, vr = bytes(ds.PixelData), ds["PixelData"].VR
    placeholder = bytes(range(1, 250)) * (len(saved) // 249 + 1)
    placeholder = placeholder[: len(saved)]
    ds.add_new("PixelData", vr, placeholder)
    swapped = np.frombuffer(placeholder, "<u2").astype(">u2").tobytes() if ds.BitsAllocated > 8 else placeholder
    written = encode(ds, transfer_syntax)
    assert written.endswith(swapped)
    return written[: -len(saved)] + saved
