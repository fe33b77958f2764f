"""A small picture of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from scanfolio.model import SopInstance
from scanfolio.pixels.frame import display_values
from scanfolio.pixels.recipe import recipe
from scanfolio.source.entry import Entry

Array = np.ndarray[Any, np.dtype[Any]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_SAMPLES = 3  # in each direction for each new pixel: what it costs does not depend on the size of the frame


def _sampled(length: int, new_length: int) -> Array:
    """Which of `length` rows (or columns) stand for `new_length` new ones, _SAMPLES for each, evenly spread."""
    wanted = new_length * _SAMPLES
    return (2 * np.arange(wanted) + 1) * length // (2 * wanted)


def thumbnail(entry: Entry, instance: SopInstance, frame: int = 0, size: int = 112) -> Bytes:
    """uint8 (size, size) or (size, size, 3): the frame with its default window in a black square.

    Proportions are those of the body. Each pixel is the mean of nine in the part it covers. Raises PixelError,
    SourceError.
    """
    found = recipe(instance, entry, frame)
    aspect = min(max(found["pixel_aspect"], 0.05), 20.0)
    rows, columns = found["rows"], found["columns"]
    scale = size / max(rows * aspect, columns, 1.0)
    height, width = max(1, round(rows * aspect * scale)), max(1, round(columns * scale))
    samples = display_values(entry, instance, frame, at=(_sampled(rows, height), _sampled(columns, width)))
    sums = np.zeros((height, width, *samples.shape[2:]), np.uint16)
    for n in range(_SAMPLES * _SAMPLES):
        sums += samples[n // _SAMPLES :: _SAMPLES, n % _SAMPLES :: _SAMPLES]
    small = sums // (_SAMPLES * _SAMPLES)
    square = np.zeros((size, size, *samples.shape[2:]), np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = small
    return square
