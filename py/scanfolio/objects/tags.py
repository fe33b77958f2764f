"""Every element of one instance as text, for reading: what the Details drawer shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanfolio.reading.dataset import read_dataset
from scanfolio.source.entry import Entry

if TYPE_CHECKING:
    from pydicom import Dataset
    from pydicom.dataelem import DataElement

MAX_ROWS = 5000
MAX_TEXT = 256
MAX_DEPTH = 8


def rows(entry: Entry) -> list[dict[str, str]]:
    """[{tag, vr, name, value, depth}] in order, sequences unfolded; long values cut, bulk data told by its length.

    At most MAX_ROWS rows and MAX_DEPTH levels. Raises ReadingError.
    """
    data_set = read_dataset(entry, stop_before_pixels=True)
    found: list[dict[str, str]] = []
    if getattr(data_set, "file_meta", None) is not None:
        _walk(data_set.file_meta, 0, found)
    _walk(data_set, 0, found)
    return found


def _walk(data_set: Dataset, depth: int, found: list[dict[str, str]]) -> None:
    for tag in sorted(data_set.keys()):
        if len(found) >= MAX_ROWS:
            return
        try:
            element = data_set[tag]
        except Exception:  # noqa: BLE001  one unreadable value must not hide the others; pydicom raises many kinds
            found.append(_row(f"({tag.group:04X},{tag.element:04X})", "", "", "cannot be read", depth))
            continue
        name = element.name if element.tag.is_private is False else f"Private: {element.name.strip('[]')}"
        found.append(_row(f"({tag.group:04X},{tag.element:04X})", str(element.VR), name, _text(element), depth))
        if element.VR == "SQ" and depth < MAX_DEPTH:
            for item in element.value:
                _walk(item, depth + 1, found)


def _row(tag: str, vr: str, name: str, value: str, depth: int) -> dict[str, str]:
    return {"tag": tag, "vr": vr, "name": name, "value": value, "depth": str(depth)}


def _text(element: DataElement) -> str:
    value = element.value
    if element.VR == "SQ":
        return f"{len(value)} item" + ("" if len(value) == 1 else "s")
    if value is None:
        return ""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str):
        text = value
    elif hasattr(value, "__iter__") and not hasattr(value, "original_string"):
        text = " \\ ".join(str(v) for v in value)
    else:
        text = str(value)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"
