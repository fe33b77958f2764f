"""VOI LUT: modality values → display values 0…255. PS3.3 C.11.2.1.2 and C.11.2.1.3.

This is the reference the page's shader is held to. Rounding is floor(y + 0.5) with y in 0…255, in every function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Window:
    """`function` is LINEAR, LINEAR_EXACT or SIGMOID; centre and width are modality values; `name` as stored, "auto"."""

    center: float
    width: float
    function: str = "LINEAR"
    name: str = ""


def _round(y: Array) -> Bytes:
    return np.floor(y + 0.5).astype(np.uint8)


def _line(x: Array, center: float, width: float) -> Array:
    """0 up to `center` - `width`/2, 255 above `center` + `width`/2, a line between; a step at `center` for width 0."""
    if width <= 0:
        return np.where(x <= center, 0.0, 255.0)
    return np.clip(((x - center) / width + 0.5) * 255.0, 0.0, 255.0)


def apply_window(modality_values: Array, window: Window) -> Bytes:
    """uint8 of the same shape. NaN becomes 0.

    LINEAR (C.11.2.1.2.1) spans width - 1 around center - 0.5: width 1 is a threshold, less is taken as 1.
    LINEAR_EXACT (C.11.2.1.3.2) spans the width itself; 0 or less is a threshold at the centre, as it is for SIGMOID
    (C.11.2.1.3.1).
    """
    x = np.asarray(modality_values, np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        if window.function == "SIGMOID" and window.width > 0:
            y = 255.0 / (1.0 + np.exp(-4.0 * (x - window.center) / window.width))
        elif window.function == "LINEAR":
            y = _line(x, window.center - 0.5, max(window.width, 1.0) - 1.0)
        else:
            y = _line(x, window.center, window.width)
    return _round(np.where(np.isnan(x), 0.0, y))


def apply_voi_table(modality_values: Array, first: int, table: Array, bits: int) -> Bytes:
    """VOI LUT (C.11.2.1.1): values below `first` take the first entry, later ones the last; 2^bits - 1 becomes 255."""
    index = np.clip(np.floor(np.asarray(modality_values, np.float64)) - first, 0, len(table) - 1)
    shown = np.asarray(table, np.float64) * (255.0 / ((1 << bits) - 1))
    outputs = _round(np.clip(shown, 0.0, 255.0))
    shown_values: Bytes = outputs.take(np.nan_to_num(index).astype(np.intp))
    return shown_values


def value_range(values: Array, padding: tuple[int, int] | None = None) -> tuple[float, float]:
    """(smallest, largest) finite value, those from `padding`[0] to `padding`[1] left out; (0, 0) where there is none.

    Where nothing but padding is found, padding counts.
    """
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if padding is not None:
        image = values[(values < padding[0]) | (values > padding[1])]
        values = image if image.size else values
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def auto_window(low: float, high: float) -> Window:
    """The window that shows modality value `low` as 0 and `high` as 255; where both are one, that value as 0."""
    if low == high:
        return Window(low + 0.5, 1.0, "LINEAR_EXACT", "auto")
    return Window((low + high) / 2, high - low, "LINEAR_EXACT", "auto")
