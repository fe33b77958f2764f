"""Compressed pixel data as the plain cells that are written in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanfolio.errors import PixelError
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry
from scanfolio.words import say

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

# Sequential and progressive DCT: the decoder's YBR becomes RGB, as its users expect. Lossless ones keep YBR.
JPEG_DCT = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55))
# Defined Terms of (0028,2114), PS3.3 C.7.6.1.1.5.1
LOSSY_METHODS = {
    **dict.fromkeys(JPEG_DCT, "ISO_10918_1"),
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
    "1.2.840.10008.1.2.4.111": "ISO_18181_1",
    "1.2.840.10008.1.2.4.112": "ISO_18181_1",
}


@dataclass(frozen=True, slots=True)
class PlainPixels:
    """`frames` are little-endian cells, colour by pixel; `lossy` is what Transfer Syntax and codestream prove."""

    frames: list[bytes]
    photometric_interpretation: str
    samples: int
    bits_allocated: int
    lossy: bool
    lossy_method: str
    compressed_bytes: int


def plain_pixels(entry: Entry, instance: SopInstance) -> PlainPixels:
    """Every frame of an encapsulated instance, decoded. Raises PixelError when one of them cannot be."""
    from scanfolio.pixels.encapsulation import encoded_frame
    from scanfolio.pixels.stored import decode

    frames: list[bytes] = []
    bits: list[Array] = []
    photometric, compressed = instance.photometric_interpretation, 0
    lossy = False
    layout = None
    for frame in range(max(1, instance.number_of_frames)):
        decoded = decode(entry, instance, frame)
        layout = decoded.layout
        values, photometric = export_colour(decoded.values, decoded.photometric, instance)
        data = encoded_frame(entry, instance, frame)
        compressed += len(data)
        lossy = lossy or is_lossy(data, instance.transfer_syntax_uid)
        if layout.bits_allocated == 1:
            bits.append(values.reshape(-1))
        else:
            frames.append(cells(values, layout.bits_allocated, signed=layout.signed))
    assert layout is not None
    if bits:
        frames = [_packed(bits)]
    return PlainPixels(
        frames,
        photometric,
        layout.samples,
        layout.bits_allocated,
        lossy,
        LOSSY_METHODS.get(instance.transfer_syntax_uid, ""),
        compressed,
    )


def export_colour(values: Array, photometric: str, instance: SopInstance) -> tuple[Array, str]:
    """The samples and photometric interpretation an uncompressed copy gets: RGB for lossy JPEG, else as decoded."""
    from scanfolio.pixels.colour import ybr_full_to_rgb

    if instance.transfer_syntax_uid in JPEG_DCT and photometric == "YBR_FULL" and values.dtype.itemsize == 1:
        return ybr_full_to_rgb(values), "RGB"
    return values, photometric


def is_lossy(codestream: bytes, transfer_syntax_uid: str) -> bool:
    """Whether this frame certainly lost detail: by its Transfer Syntax, or by the filter its codestream names."""
    from scanfolio.pixels.syntax import lossy_by_syntax

    answer = lossy_by_syntax(transfer_syntax_uid)
    if answer != "?":
        return answer == "1"
    if codestream[:2] == b"\xff\xd8":
        # JPEG-LS: NEAR is the third byte from the end of the scan header (ISO 14495-1 C.2.3)
        scan = codestream.find(b"\xff\xda")
        length = int.from_bytes(codestream[scan + 2 : scan + 4], "big")
        return scan > 0 and codestream[scan + 2 + length - 3] > 0
    start = codestream.find(b"\xff\x4f\xff\x51")
    cod = codestream.find(b"\xff\x52", start, start + 4096)
    return start >= 0 and cod > 0 and codestream[cod + 13] == 0  # irreversible 9-7 wavelet (ISO 15444-1 A.6.1)


def cells(values: Array, bits_allocated: int, *, signed: bool) -> bytes:
    """Stored values as little-endian cells of `bits_allocated`. Raises PixelError where they do not fit."""
    import numpy as np

    if values.dtype.kind == "f":
        wanted = np.dtype(f"<f{bits_allocated // 8}")
    else:
        wanted = np.dtype(f"<{'i' if signed else 'u'}{bits_allocated // 8}")
    if values.dtype.itemsize > wanted.itemsize:
        limits = np.iinfo(wanted)
        if values.size and (int(values.min()) < limits.min or int(values.max()) > limits.max):
            raise PixelError(say("export.bad.misfit"), detail=f"{values.dtype} into {wanted}")
    return np.ascontiguousarray(values, dtype=wanted).tobytes()


def _packed(frames: list[Array]) -> bytes:
    """Single-bit frames follow each other without padding (PS3.5 8.1.1)."""
    import numpy as np

    return np.packbits(np.concatenate(frames).astype(np.uint8), bitorder="little").tobytes()
