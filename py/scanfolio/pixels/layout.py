"""How the pixel cells of one instance lie in its bytes, checked before anything is read. PS3.5 8.1, PS3.3 C.7.6.3.

Neither numpy nor pydicom is imported here: a recipe for a plain image is made from this alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scanfolio.errors import PixelError
from scanfolio.model import SopInstance
from scanfolio.pixels import syntax
from scanfolio.words import say

MAX_FRAME_BYTES = 1 << 29  # one decoded frame; the largest real ones (uncropped radiographs) are a tenth of it

_FLOATS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}


@dataclass(frozen=True, slots=True)
class Layout:
    """The Image Pixel facts, complete and consistent. Bits count from the least significant one."""

    rows: int
    columns: int
    samples: int
    frames: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    floating: bool
    planar: bool
    photometric: str
    big_endian: bool
    big_endian_header: bool
    native: bool

    @property
    def dtype(self) -> str:
        """numpy's name of the type one stored value is given in, native byte order."""
        if self.floating:
            return f"float{self.bits_allocated}"
        return f"{'int' if self.signed else 'uint'}{max(self.bits_allocated, 8)}"

    @property
    def subsampled(self) -> bool:
        """Native 4:2:2: two pixels share one pair of colour differences (C.7.6.3.1.2)."""
        return self.native and self.samples == 3 and self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422")

    @property
    def frame_bits(self) -> int:
        """Bits of one frame as stored natively."""
        samples = 2 if self.subsampled else self.samples
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def shifts(self) -> tuple[int, int]:
        """(left, right) shifts that leave the stored value: cuts what lies above High Bit and below its lowest bit."""
        if self.floating or self.bits_allocated == 1:
            return 0, 0
        return self.bits_allocated - 1 - self.high_bit, self.bits_allocated - self.bits_stored

    @property
    def is_colour(self) -> bool:
        return self.samples == 3 or self.is_palette

    @property
    def is_palette(self) -> bool:
        return self.samples == 1 and self.photometric == "PALETTE COLOR"


def refuse(key: str, instance: SopInstance, detail: str = "", **values: int | str) -> PixelError:
    """The PixelError of the sentence `pixels.<key>`; to be raised by the caller."""
    return PixelError(say(f"pixels.{key}", "en", **values), where=instance.path, detail=detail)


def layout_of(instance: SopInstance) -> Layout:
    """The Layout of `instance`, or PixelError with a sentence saying why its pixels cannot be had."""
    uid = instance.transfer_syntax_uid
    if not instance.pixel_keyword or (instance.pixel_data_offset is None and uid != syntax.DEFLATED):
        raise refuse("no_pixels", instance)
    if uid in syntax.VIDEO:
        raise refuse("video", instance, f"Transfer Syntax {uid}")
    if not syntax.is_known(uid):
        raise refuse("unknown_syntax", instance, f"Transfer Syntax {uid}")
    if not instance.rows or not instance.columns or instance.rows < 0 or instance.columns < 0:
        raise refuse("no_size", instance, f"Rows {instance.rows}, Columns {instance.columns}")
    floating = instance.pixel_keyword in _FLOATS
    allocated = _FLOATS.get(instance.pixel_keyword, instance.bits_allocated)
    if allocated not in (1, 8, 16, 32, 64):
        raise refuse("bits", instance, f"Bits Allocated {allocated}")
    stored = allocated if floating or instance.bits_stored is None else instance.bits_stored
    if not 1 <= stored <= allocated:
        raise refuse("bits", instance, f"Bits Stored {stored} of {allocated} allocated")
    high = instance.high_bit
    if high is None or not stored - 1 <= high < allocated:
        high = stored - 1  # the only value the Standard has allowed since 2011; others in the wild are mistakes
    samples = instance.samples_per_pixel or 1
    if samples not in (1, 3):
        raise refuse("samples", instance, f"Samples per Pixel {samples}")
    layout = Layout(
        rows=instance.rows,
        columns=instance.columns,
        samples=samples,
        frames=max(instance.number_of_frames, 1),
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high,
        signed=instance.pixel_representation == 1 and not floating and allocated != 1,
        floating=floating,
        planar=samples == 3 and instance.planar_configuration == 1,
        photometric=instance.photometric_interpretation.strip().upper(),
        big_endian=uid in syntax.BIG_ENDIAN_PIXELS,
        big_endian_header=uid == syntax.EXPLICIT_BIG_ENDIAN,
        native=not instance.encapsulated,
    )
    if layout.subsampled and (instance.pixel_data_length or 0) >= layout.frames * layout.frame_bits * 3 // 16:
        layout = replace(
            layout, photometric=layout.photometric.removesuffix("_422")
        )  # mislabelled: all samples are there
    if layout.rows * layout.columns * layout.samples * max(allocated // 8, 1) > MAX_FRAME_BYTES:
        raise refuse("too_large", instance, rows=layout.rows, columns=layout.columns)
    return layout


def native_span(instance: SopInstance, layout: Layout, frame: int) -> tuple[int, int, int]:
    """(offset, length, first bit) of frame `frame` in the file: bytes, and where in the first byte 1-bit pixels begin.

    Raises PixelError when the frame does not lie wholly in the file.
    """
    assert instance.pixel_data_offset is not None
    frame_bits = layout.frame_bits
    first_bit = frame * frame_bits
    last_byte = (first_bit + frame_bits + 7) // 8
    available = instance.size - instance.pixel_data_offset
    if instance.pixel_data_length is not None:
        available = min(available, instance.pixel_data_length)
    if last_byte > available:
        needed = (layout.frames * layout.frame_bits + 7) // 8
        raise refuse("incomplete", instance, there=max(available, 0), needed=needed)
    offset = first_bit // 8
    return instance.pixel_data_offset + offset, last_byte - offset, first_bit % 8


def check_frame(instance: SopInstance, layout: Layout, frame: int) -> None:
    """PixelError when there is no frame number `frame` (from 0)."""
    if not 0 <= frame < layout.frames:
        raise refuse("no_frame", instance, frame=frame + 1, frames=layout.frames)
