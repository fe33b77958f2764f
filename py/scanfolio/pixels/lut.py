"""Modality LUT, VOI LUT and palettes, read from a data set. PS3.3 C.11.1, C.11.2, C.7.6.3.1.5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scanfolio.model import SopInstance
from scanfolio.pixels.layout import Layout, refuse

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Array = np.ndarray[Any, np.dtype[Any]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Table:
    """`values[k]` is the output for input `first + k`; inputs outside take the nearest end. `bits` per output value."""

    first: int
    values: Array
    bits: int
    name: str = ""

    def look_up(self, inputs: Array) -> Array:
        """The outputs for `inputs` (any shape, integers)."""
        index = np.clip(inputs.astype(np.int64, copy=False) - self.first, 0, len(self.values) - 1)
        return self.values[index]


def as_words(value: Any, big_endian: bool = False) -> Array:
    """LUT Data as unsigned 16-bit values, whatever pydicom made of its VR: bytes of OW, numbers of US or SS."""
    if value is None:
        return np.zeros(0, np.uint16)
    if isinstance(value, bytes | bytearray):
        return np.frombuffer(bytes(value[: len(value) // 2 * 2]), ">u2" if big_endian else "<u2").astype(np.uint16)
    numbers = [value] if isinstance(value, int) else list(value)
    return (np.asarray(numbers, np.int64) & 0xFFFF).astype(np.uint16)


def as_descriptor(value: Any, first_is_signed: bool) -> tuple[int, int, int]:
    """(number of entries, first input, bits per entry) of a LUT Descriptor; 0 entries mean 65536. Raises ValueError."""
    words = as_words(value)
    if len(words) != 3:
        raise ValueError("a LUT Descriptor has three values")
    entries, first, bits = (int(word) for word in words)
    if first_is_signed and first >= 0x8000:
        first -= 0x10000
    if not 1 <= bits <= 16:
        raise ValueError(f"{bits} bits per LUT entry")
    return entries or 0x10000, first, bits


def _spread(words: Array, entries: int, bits: int) -> Array:
    """One value for each entry: 8-bit entries may lie two to a word (PS3.3 C.7.6.3.1.6)."""
    if bits <= 8 and len(words) == (entries + 1) // 2 and entries > 1:
        words = words.astype("<u2").view(np.uint8)  # the first of two in the lower byte
    return words[:entries]


def table_of(item: Dataset, first_is_signed: bool, big_endian: bool = False) -> Table:
    """A Modality LUT or VOI LUT Sequence item. Raises ValueError when it is not usable."""
    entries, first, bits = as_descriptor(item.get("LUTDescriptor"), first_is_signed)
    values = _spread(as_words(item.get("LUTData"), big_endian), entries, bits)
    if len(values) == 0:
        raise ValueError("a LUT without LUT Data")
    return Table(first, values, bits, str(item.get("LUTExplanation") or ""))


def modality_table(data_set: Dataset, layout: Layout) -> Table | None:
    """The first Modality LUT, or None where there is none that can be used."""
    for item in data_set.get("ModalityLUTSequence") or []:
        try:
            return table_of(item, layout.signed, layout.big_endian_header)
        except ValueError:
            continue
    return None


def voi_table(data_set: Dataset, layout: Layout, slope: float, intercept: float, after_table: bool) -> Table | None:
    """The first usable VOI LUT, or None. Its first input is signed where modality values can be (C.11.2.1.1)."""
    signed = not after_table and (layout.signed or slope < 0 or intercept < 0)
    for item in data_set.get("VOILUTSequence") or []:
        try:
            return table_of(item, signed, layout.big_endian_header)
        except ValueError:
            continue
    return None


def expand_segments(words: Array) -> Array:
    """Segmented palette data (C.7.9.2) to plain entries, at most 65536. Raises ValueError when it is malformed."""
    out: list[int] = []
    steps = 0

    def run(at: int, segments: int | None) -> int:
        nonlocal steps
        done = 0
        while at + 1 < len(words) and (segments is None or done < segments) and len(out) <= 0x10000:
            steps += 1
            if steps > 2 * 0x10000:
                raise ValueError("segments without end")
            opcode, length = int(words[at]), int(words[at + 1])
            if opcode == 0:
                out.extend(int(w) for w in words[at + 2 : at + 2 + length])
                at += 2 + length
            elif opcode == 1:
                if not out or at + 2 >= len(words):
                    raise ValueError("a linear segment without a start or an end")
                start, stop = out[-1], int(words[at + 2])
                out.extend(int(start + (stop - start) * (k + 1) / length + 0.5) for k in range(length))
                at += 3
            elif opcode == 2 and segments is None and at + 3 < len(words):
                target = int(words[at + 2]) | int(words[at + 3]) << 16  # words from the beginning of the data
                run(target, length)
                at += 4
            else:
                raise ValueError(f"segment of type {opcode}")
            done += 1
        return at

    run(0, None)
    return np.asarray(out[:0x10000], np.uint16)


def palette_of(data_set: Dataset, instance: SopInstance, layout: Layout) -> tuple[int, Bytes]:
    """(first input, uint8 (entries, 3)) of the Palette Color Lookup Tables. 16-bit entries keep their upper byte.

    Raises PixelError where a table is missing or unusable.
    """
    channels: list[Array] = []
    first, sixteen = 0, False
    try:
        for colour in ("Red", "Green", "Blue"):
            entries, first, bits = as_descriptor(
                data_set.get(f"{colour}PaletteColorLookupTableDescriptor"), layout.signed
            )
            words = as_words(data_set.get(f"{colour}PaletteColorLookupTableData"), layout.big_endian_header)
            segmented = data_set.get(f"Segmented{colour}PaletteColorLookupTableData")
            if len(words) == 0 and segmented is not None:
                words = expand_segments(as_words(segmented, layout.big_endian_header))
            else:
                words = _spread(words, entries, bits)
            if len(words) == 0:
                raise ValueError(f"no {colour} table")
            channels.append(words)
            sixteen = sixteen or (bits > 8 and int(words.max()) > 255)  # some say 16 and mean 8
    except ValueError as error:
        raise refuse("no_palette", instance, str(error)) from error
    if sixteen:
        channels = [words >> 8 for words in channels]
    length = min(len(c) for c in channels)
    return first, np.stack([c[:length].clip(0, 255).astype(np.uint8) for c in channels], axis=-1)
