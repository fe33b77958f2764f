"""The facts of a file by the fast reader and by pydicom, side by side."""

from __future__ import annotations

import re
import warnings
from typing import Any

from scanfolio.model import Layout
from scanfolio.reading import by_pydicom
from scanfolio.reading.attributes import ATTRIBUTES, BY_TAG
from scanfolio.reading.elements import Declined, TooDeep
from scanfolio.reading.facts import Converter
from scanfolio.reading.part10 import read_start
from scanfolio.reading.walk import Walk

BY_KEYWORD = {attribute.keyword: attribute for attribute in ATTRIBUTES}


def by_fast_reader(data: bytes, converter: Converter) -> tuple[dict[str, Any], Walk] | None:
    """(facts, the walk); None where the fast reader declined, and where the two are not to be compared.

    That is deflated data sets (pydicom inflates them), and where pydicom loses its way: misspelt meta elements, a
    missing transfer syntax, data sets in another byte order than their transfer syntax says.
    """
    try:
        start = read_start(data)
        if start.deflated or any("has VR b" in fault or "(0002,0010)" in fault for fault in start.meta_faults):
            return None
        if "big endian" in start.encoding_doubt:
            return None
        walk = Walk(start.encoding, start.data_set_offset, len(data))
        assert walk.step(data, 0) is None, "the whole file is there, and still more is wanted"
        return converter.fields(walk.raw, start.encoding), walk
    except (Declined, TooDeep):
        return None


def by_reference(data: bytes) -> tuple[dict[str, Any], Any] | None:
    """(facts, pixel element) by pydicom, None where it cannot read the file or reads nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset, pixels = by_pydicom.read_header(data, len(data))
            return (by_pydicom.fields(dataset), pixels) if len(dataset) else None
    except Exception:  # noqa: BLE001  # whatever the reference cannot read is not compared
        return None


def layout_by_reference(data: bytes) -> Layout | None:
    """Which elements there are by pydicom, None where it cannot read the file or reads nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset, pixels = by_pydicom.read_header(data, len(data))
            return by_pydicom.layout(dataset, pixels) if len(dataset) else None
    except Exception:  # noqa: BLE001  # whatever the reference cannot read is not compared
        return None


def _shown(found: dict[str, Any], name: str) -> Any:
    """A field; of text that is marked as undecodable without its escape sequences, which each leaves in its own way."""
    value = found.get(name)
    marked = found.get("undecodable_text") and isinstance(value, str)
    return re.sub(r"\x1b(\$?[()-]?.)?", "", value) if marked else value


def differences(data: bytes, converter: Converter) -> dict[str, Any] | None:
    """{field: (fast, reference)} of what differs; None where there is nothing to compare."""
    fast = by_fast_reader(data, converter)
    reference = by_reference(data)
    if fast is None or reference is None:
        return None
    (facts, walk), (expected, pixels) = fast, reference
    for note in expected.pop("notes", ()):  # a value that the reference cannot read is not compared
        name = BY_KEYWORD[note.split(" ")[1]].field
        expected.pop(name, None)
        facts.pop(name, None)
    if walk.cut:  # pydicom takes the rest of a cut file for the last value: only what lies before can be compared
        expected = {name: value for name, value in expected.items() if name in facts}
        cut_tag = walk.encoding.wanted.get(data[walk.position : walk.position + 4], (0,))[0]
        for name in ("undecodable_text", BY_TAG[cut_tag].field if cut_tag else ""):
            expected.pop(name, None)
            facts.pop(name, None)
    found = {
        name: (facts.get(name), expected.get(name))
        for name in facts.keys() | expected.keys()
        if _shown(facts, name) != _shown(expected, name)
    }
    if not walk.cut and walk.pixels != pixels:
        found["pixels"] = (walk.pixels, pixels)
    return found
