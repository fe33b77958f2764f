"""One frame, at the stage a caller wants it: stored values, modality values, display values, or what the page draws."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from scanfolio.model import SopInstance
from scanfolio.pixels import recipe as recipes
from scanfolio.pixels.colour import to_rgb
from scanfolio.pixels.header import facts_with_header, header_of, understood
from scanfolio.pixels.layout import layout_of
from scanfolio.pixels.lut import Table, modality_table, palette_of
from scanfolio.pixels.recipe import Recipe
from scanfolio.pixels.stored import Decoded, decode
from scanfolio.pixels.window import Window, apply_voi_table, apply_window, auto_window, value_range
from scanfolio.reading.frames import facts_of_frame
from scanfolio.source.entry import Entry

Array = np.ndarray[Any, np.dtype[Any]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def stored_values(entry: Entry, instance: SopInstance, frame: int = 0) -> Array:
    """Stored values of frame `frame` (from 0): (rows, columns), or (rows, columns, 3) interleaved.

    The dtype is the header's (uint8 for 1-bit). YBR stays YBR, 4:2:2 has one colour for each pixel, JPEG 2000 is RGB
    where its codestream was colour-transformed. May be read-only. Raises PixelError with a sentence, SourceError when
    bytes cannot be had.
    """
    return decode(entry, instance, frame).values


def modality_values(entry: Entry, instance: SopInstance, frame: int = 0) -> Array:
    """(rows, columns) float64 after the Modality LUT, in the recipe's unit. For gray images. Raises PixelError."""
    facts, table = _modality(entry, instance, frame)
    values = decode(entry, instance, frame).values
    if table is not None:
        return table.look_up(values).astype(np.float64)
    slope, intercept = recipes.rescale(facts)
    return values * slope + intercept


def display_values(
    entry: Entry,
    instance: SopInstance,
    frame: int = 0,
    window: tuple[float, float] | Window | None = None,
    *,
    at: tuple[Array, Array] | None = None,
) -> Bytes:
    """The reference picture: uint8 (rows, columns) or (rows, columns, 3), rotated, zoomed and scaled not at all.

    Without `window` (centre and width in modality values) the first stored one, else the VOI LUT, else smallest to
    largest. A bare (centre, width) uses the function of the default window, as dragging does. `at` takes only the
    pixels at these rows and these columns (numbers from 0, as often as they are named). Raises PixelError.
    """
    made, values = _drawable(instance, entry, frame, None, at)
    if made["kind"] == "rgb":
        return values.astype(np.uint8, copy=False)
    default = made["windows"][0]
    if isinstance(window, Window):
        chosen = window
    elif window is not None:
        chosen = Window(window[0], window[1], default["function"])
    else:
        chosen = Window(default["center"], default["width"], default["function"])
    table = made["voi_lut"] if window is None else None

    def shade(stored: Array) -> Bytes:
        modality = stored * made["slope"] + made["intercept"]
        if table is not None:
            return apply_voi_table(modality, table["first"], np.asarray(table["values"]), table["bits"])
        return apply_window(modality, chosen)

    shown = _through_table(values, shade)
    return np.invert(shown) if made["invert"] else shown


def frame_for_page(instance: SopInstance, entry: Entry, frame: int, made: Recipe | None = None) -> tuple[Recipe, Array]:
    """(recipe, values): what the page draws from, when it does not take the values out of the file itself.

    gray: stored values, or the output of a Modality LUT table; rgb: uint8 (rows, columns, 3). Shifts are done,
    `windows` is never empty. C-contiguous, little endian. `made` is the frame's recipe where the caller has it already.
    Raises PixelError, SourceError.
    """
    return _drawable(instance, entry, frame, made, None)


def _drawable(
    instance: SopInstance, entry: Entry, frame: int, made: Recipe | None, at: tuple[Array, Array] | None
) -> tuple[Recipe, Array]:
    decoded = decode(entry, instance, frame, to_rgb=True)
    made = dict(made or recipes.recipe(instance, entry, frame))
    made.update(location=None, shift_left=0, shift_right=0)
    values = decoded.values if at is None else decoded.values[np.ix_(*at)]
    if made["kind"] == "rgb":
        values = _rgb(entry, instance, values, decoded)
    else:
        table = _modality(entry, instance, frame)[1] if instance.has_modality_lut else None
        padding = made["padding"] and (made["padding"]["low"], made["padding"]["high"])
        if table is not None:
            values = table.look_up(values)
            padding, made["padding"] = None, None  # both are about stored values
        elif values.dtype.kind in "iu" and values.dtype.itemsize == 8:
            values = values.astype(np.float64)
        if not made["windows"]:
            made["windows"] = [_auto(value_range(values, padding), made["slope"], made["intercept"])]
            made["auto_window"] = False
    values = np.ascontiguousarray(values)
    made["dtype"] = values.dtype.name
    return made, values


def _auto(stored_range: tuple[float, float], slope: float, intercept: float) -> dict[str, Any]:
    low, high = sorted(value * slope + intercept for value in stored_range)
    if not (isfinite(low) and isfinite(high)):
        low, high = 0.0, 0.0
    found = auto_window(low, high)
    return {"center": found.center, "width": found.width, "function": found.function, "name": found.name}


def _modality(entry: Entry, instance: SopInstance, frame: int) -> tuple[SopInstance, Table | None]:
    """The facts of the frame, and the Modality LUT where it is a table."""
    facts = facts_of_frame(entry, instance, frame)
    if not instance.has_modality_lut and instance.modality != "RTDOSE":
        return facts, None
    facts, data_set = facts_with_header(entry, facts, frame)
    with understood(instance):
        return facts, modality_table(data_set, layout_of(instance)) if instance.has_modality_lut else None


def _rgb(entry: Entry, instance: SopInstance, values: Array, decoded: Decoded) -> Bytes:
    """`values`, which are all or some of `decoded`'s, as uint8 RGB."""
    layout = decoded.layout
    if not layout.is_palette:
        return to_rgb(values, decoded.photometric, layout, instance)
    with understood(instance):
        first, palette = palette_of(header_of(entry, instance), instance, layout)

    def paint(index: Array) -> Bytes:
        painted: Bytes = palette.take((index.astype(np.int64) - first).clip(0, len(palette) - 1), axis=0)
        return painted

    return _through_table(values, paint)


def _through_table(values: Array, shade: Any) -> Bytes:
    """shade(values), computed once for each value that can occur where that is less work."""
    if values.dtype.kind == "f" or values.dtype.itemsize > 2 or values.size < 4096:
        shaded: Bytes = shade(values)
        return shaded
    low, high = int(values.min()), int(values.max())
    table: Bytes = shade(np.arange(low, high + 1, dtype=np.int64))
    # the difference is taken in the unsigned type of the same width, where it cannot overflow
    index = (values - values.dtype.type(low)).view(f"u{values.dtype.itemsize}")
    shown: Bytes = table.take(index, axis=0)
    return shown
