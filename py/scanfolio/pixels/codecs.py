"""Decoding one compressed frame: imagecodecs for the JPEG families, zlib and plain Python for the rest.

imagecodecs is imported when the first frame needs it; `register` also makes it a decoder plugin of pydicom 3, for
whoever decodes whole data sets through pydicom. Colour is left as stored: YBR stays YBR, except in JPEG 2000, whose
decoder undoes the colour transform itself.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from scanfolio.errors import PixelError
from scanfolio.pixels import syntax
from scanfolio.pixels.codestream import Codestream, parse
from scanfolio.pixels.syntax import needs_imagecodecs
from scanfolio.words import say

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

__all__ = ["decode_codestream", "has_decoder", "inflate_frame", "needs_imagecodecs", "register", "unpack_rle"]

LABEL = "imagecodecs"
# In the page every decoder is part of the program but loaded only when a disc needs it: the import that fails asks.
LOADED_WHEN_MISSED = sys.platform == "emscripten"
_END_OF_IMAGE = b"\xff\xd9"
_FILLED_UP = b"\x5a\xa5" * 4096 + _END_OF_IMAGE
MOST_EXPANSION = 64  # of PackBits: two bytes give 128
DECODER_DEPENDENCIES = {uid: ("imagecodecs>=2024.1",) for uid in syntax.IMAGECODECS}  # pydicom reads this name


def _imagecodecs() -> ModuleType:
    try:
        import imagecodecs
    except ImportError as error:
        if LOADED_WHEN_MISSED:
            raise
        raise PixelError(say("pixels.no_codecs"), detail=f"imagecodecs: {error}") from error
    module: ModuleType = imagecodecs
    return module


def has_decoder(transfer_syntax_uid: str) -> bool:
    """Frames of this Transfer Syntax can be decoded here and now (imagecodecs is looked for, not imported)."""
    if transfer_syntax_uid in syntax.IMAGECODECS:
        return LOADED_WHEN_MISSED or find_spec("imagecodecs") is not None
    return syntax.is_known(transfer_syntax_uid)


# pydicom calls this name
def is_available(uid: str) -> bool:
    """imagecodecs is there and was built with what `uid` needs."""
    if uid not in syntax.IMAGECODECS or find_spec("imagecodecs") is None:
        return False
    return bool(getattr(_imagecodecs(), syntax.IMAGECODECS[uid][1]).available)


def _decode_jpeg(ic: ModuleType, data: bytes, stream: Codestream, to_rgb: bool) -> Array:
    """DCT and lossless processes alike, by libjpeg-turbo: imagecodecs' ljpeg_decode dies of malformed input.

    libjpeg fills up what is missing and says nothing. So where the end marker is not there, something else is put
    behind the data: a picture that changes with it was not complete.
    """
    colour: dict[str, str] = {}
    if stream.components != 1:
        # equal colour spaces in and out: nothing is converted, whatever they are
        colour = {"colorspace": "YCBCR", "outcolorspace": "RGB" if to_rgb else "YCBCR"}
    values: Array = ic.jpeg8_decode(data, **colour)
    if _END_OF_IMAGE not in data and (values != ic.jpeg8_decode(data + _FILLED_UP, **colour)).any():
        raise RuntimeError("the data end before the picture does")
    return values


def _decode_htj2k(ic: ModuleType, data: bytes, stream: Codestream, to_rgb: bool) -> Array:
    """imagecodecs' htj2k_decode cannot raise what goes wrong inside and returns a picture all the same.

    Python reports such errors to two hooks; they are heard there, and raised here.
    """
    problems: list[str] = []
    hooks = sys.unraisablehook, sys.excepthook
    sys.unraisablehook = lambda unraisable: problems.append(str(unraisable.exc_value))
    sys.excepthook = lambda kind, error, traceback: problems.append(str(error))
    try:
        values: Array = ic.htj2k_decode(data)
    finally:
        sys.unraisablehook, sys.excepthook = hooks
    if problems:
        raise RuntimeError(problems[0])
    return values


_DECODE: dict[str, Callable[[ModuleType, bytes, Codestream, bool], Array]] = {
    "jpeg": _decode_jpeg,
    "jpeg-lossless": _decode_jpeg,
    "jpeg-ls": lambda ic, data, stream, to_rgb: ic.jpegls_decode(data),
    "jpeg2000": lambda ic, data, stream, to_rgb: ic.jpeg2k_decode(data),
    "htj2k": _decode_htj2k,
    "jpegxl": lambda ic, data, stream, to_rgb: ic.jpegxl_decode(data),
}


def decode_codestream(
    data: bytes, rows: int, columns: int, samples: int, *, to_rgb: bool = False
) -> tuple[Array, Codestream]:
    """One frame of any JPEG family as the codec gives it, and what it said of itself.

    `to_rgb`: let the codec turn the YBR of a DCT stream into RGB (other families: no effect).

    The values are (rows, columns) or (rows, columns, 3). Raises PixelError when it is none of them, disagrees with the
    size expected (checked first: nothing absurd is decoded), or is damaged.
    """
    stream = parse(data)
    if stream is None:
        raise PixelError(say("pixels.no_codestream"), detail=f"starts with {data[:4].hex(' ')}")
    if stream.rows and (stream.rows, stream.columns, stream.components) != (rows, columns, samples):
        raise PixelError(
            say("pixels.size_differs"),
            detail=f"{stream.family} says {stream.rows} x {stream.columns} x {stream.components}, "
            f"the header {rows} x {columns} x {samples}",
        )
    if stream.cut_short:
        raise PixelError(say("pixels.cut_off"), detail=f"{stream.family} of {len(data)} bytes lacks tile-parts")
    codecs = _imagecodecs()
    try:
        values = _DECODE[stream.family](codecs, data, stream, to_rgb)
    except (RuntimeError, ValueError, TypeError, NotImplementedError, MemoryError) as error:
        # imagecodecs' own errors are RuntimeErrors; a codec left out of a build raises ImportError below
        raise PixelError(say("pixels.damaged"), detail=f"{stream.family}: {type(error).__name__}: {error}") from error
    except ImportError as error:
        if LOADED_WHEN_MISSED and error.name in ("numpy", "imagecodecs"):
            raise
        raise PixelError(say("pixels.no_codecs"), detail=f"{stream.family}: {error}") from error
    if samples == 3 and values.ndim == 3 and values.shape[0] == 3 and values.shape != (rows, columns, 3):
        values = values.transpose(1, 2, 0)  # JPEG-LS with one component after the other
    if values.shape != ((rows, columns) if samples == 1 else (rows, columns, samples)):
        raise PixelError(say("pixels.size_differs"), detail=f"{stream.family} gave {values.shape}")
    return values, stream


def inflate_frame(data: bytes, size: int) -> bytes:
    """One frame of Deflated Image Frame Compression (PS3.5 A.4.12): at most `size` bytes. Raises PixelError."""
    for window_bits in (-15, 15):  # the Standard says raw deflate; a zlib header has been seen
        try:
            out = zlib.decompressobj(window_bits).decompress(data, size)
        except zlib.error:
            continue
        if len(out) == size:
            return out
    raise PixelError(say("pixels.damaged"), detail=f"deflated frame does not give {size} bytes")


def _unpack_bits(data: bytes, size: int) -> bytes:
    """One RLE segment (PackBits, PS3.5 G.3.1): at most `size` bytes are produced."""
    return _unpack_bits_quickly(data, size) or _unpack_bits_in_python(data, size)


def _unpack_bits_quickly(data: bytes, size: int) -> bytes | None:
    """The same where imagecodecs is there anyway and finds nothing amiss, else None.

    Its packbits_decode is strict and checks its bounds. Its dicomrle_decode does not, and dies of malformed input.
    """
    codecs = sys.modules.get("imagecodecs")
    if codecs is None:
        if LOADED_WHEN_MISSED or find_spec("imagecodecs") is None:
            return None
        codecs = _imagecodecs()
    for segment in (data, data[:-1]) if data.endswith(b"\0") else (data,):  # padded to even length, mostly
        try:
            out: bytes = codecs.packbits_decode(segment, out=size)
        except (RuntimeError, ImportError):
            continue
        if len(out) == size:
            return out
    return None


def _unpack_bits_in_python(data: bytes, size: int) -> bytes:
    out = bytearray()
    at, end = 0, len(data)
    while at < end and len(out) < size:
        count = data[at]
        if count < 128:
            out += data[at + 1 : at + 2 + count]
            at += count + 2
        elif count > 128:
            out += data[at + 1 : at + 2] * (257 - count)
            at += 2
        else:
            at += 1
    return bytes(out[:size])


def unpack_rle(data: bytes, pixels: int, samples: int, bytes_per_sample: int) -> bytes:
    """One RLE frame (PS3.5 G) as little-endian samples, one colour plane after the other.

    Returns pixels * samples * bytes_per_sample bytes. Raises PixelError when segments are missing or short.
    """
    count = int.from_bytes(data[:4], "little")
    expected = samples * bytes_per_sample
    if len(data) < 64 or count != expected:
        raise PixelError(say("pixels.damaged"), detail=f"RLE header names {count} segments instead of {expected}")
    offsets = [int.from_bytes(data[4 + 4 * k : 8 + 4 * k], "little") for k in range(count)] + [len(data)]
    if any(not 64 <= offset <= len(data) for offset in offsets):
        raise PixelError(say("pixels.damaged"), detail="an RLE segment lies outside the frame")
    if pixels > MOST_EXPANSION * len(data):
        raise PixelError(say("pixels.damaged"), detail=f"{len(data)} bytes of RLE cannot give {pixels} pixels")
    out = bytearray(pixels * expected)
    for k in range(count):
        sample, significance = divmod(k, bytes_per_sample)  # most significant byte first
        segment = _unpack_bits(data[offsets[k] : offsets[k + 1]], pixels)
        if len(segment) < pixels:
            raise PixelError(
                say("pixels.damaged"), detail=f"RLE segment {k + 1} gives {len(segment)} of {pixels} bytes"
            )
        start = sample * pixels * bytes_per_sample + bytes_per_sample - 1 - significance
        out[start : (sample + 1) * pixels * bytes_per_sample : bytes_per_sample] = segment
    return bytes(out)


def decode_frame(src: bytes, runner: Any) -> bytearray:
    """The function pydicom's Decoder calls: one encoded frame and pydicom's DecodeRunner to little-endian bytes."""
    import numpy as np

    data = bytes(src)
    values, stream = decode_codestream(data, runner.rows, runner.columns, runner.samples_per_pixel)
    if runner.samples_per_pixel == 3:
        runner.set_option("planar_configuration", 0)
        if stream.family in ("jpeg2000", "htj2k"):
            stated = str(runner.photometric_interpretation)
            runner.set_option("photometric_interpretation", stream.photometric(stated))
    if values.dtype.itemsize * 8 != runner.bits_allocated:
        runner.set_option("bits_allocated", values.dtype.itemsize * 8)
    return bytearray(np.ascontiguousarray(values, values.dtype.newbyteorder("<")).data.cast("B"))


def register() -> None:
    """Make imagecodecs a decoder plugin named "imagecodecs" of pydicom. May be called again."""
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    for uid in syntax.IMAGECODECS:
        try:
            decoder = get_decoder(UID(uid))
        except NotImplementedError:
            continue  # retired or too new for pydicom; ours decodes it all the same
        if LABEL not in decoder.available_plugins:
            decoder.add_plugin(LABEL, (__name__, "decode_frame"))
