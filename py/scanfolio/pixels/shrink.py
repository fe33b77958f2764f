"""A small picture of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from scanfolio.model import SopInstance
from scanfolio.pixels.frame import display_values
from scanfolio.pixels.recipe import recipe
from scanfolio.source.entry import Entry

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def shrink(picture: Bytes, rows: int, columns: int) -> Bytes:
    """uint8 (rows, columns[, 3]): each new pixel is the mean of what it covers, the nearest one where enlarged."""
    if rows < picture.shape[0]:
        edges = np.arange(rows) * picture.shape[0] // rows
        counts = np.diff(np.append(edges, picture.shape[0])).reshape(-1, 1, *([1] * (picture.ndim - 2)))
        sums = np.add.reduceat(picture, edges, axis=0, dtype=np.uint32)
        picture = (sums // counts).astype(np.uint8)
    elif rows > picture.shape[0]:
        picture = picture[np.arange(rows) * picture.shape[0] // rows]
    if columns < picture.shape[1]:
        edges = np.arange(columns) * picture.shape[1] // columns
        counts = np.diff(np.append(edges, picture.shape[1])).reshape(1, -1, *([1] * (picture.ndim - 2)))
        sums = np.add.reduceat(picture, edges, axis=1, dtype=np.uint32)
        picture = (sums // counts).astype(np.uint8)
    elif columns > picture.shape[1]:
        picture = picture[:, np.arange(columns) * picture.shape[1] // columns]
    return picture


def thumbnail(entry: Entry, instance: SopInstance, frame: int = 0, size: int = 112) -> Bytes:
    """uint8 (size, size) or (size, size, 3): the frame with its default window in a black square.

    Proportions are those of the body. Raises PixelError, SourceError.
    """
    picture = display_values(entry, instance, frame)
    aspect = min(max(recipe(instance, entry, frame)["pixel_aspect"], 0.05), 20.0)
    height, width = picture.shape[0] * aspect, float(picture.shape[1])
    scale = size / max(height, width)
    small = shrink(picture, max(1, round(height * scale)), max(1, round(width * scale)))
    square = np.zeros((size, size, *picture.shape[2:]), np.uint8)
    top, left = (size - small.shape[0]) // 2, (size - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square
