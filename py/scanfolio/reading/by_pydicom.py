"""The same facts through pydicom: for whatever the fast reader declines, and the reference it is tested against.

Imports pydicom, so it is itself only imported where it is needed.
"""

from __future__ import annotations

import io
import math
import warnings
from typing import Any, Literal, NamedTuple

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from scanfolio.model import Layout
from scanfolio.reading.attributes import ATTRIBUTES, PIXEL_KEYWORDS, PRIVATE_VRS, Attribute
from scanfolio.reading.charset_hint import TEXT_TAGS, add_hint
from scanfolio.reading.elements import FORM, UNDEFINED, MoreNeeded, TooDeep
from scanfolio.reading.facts import PADDING, combined, counted, person_name, private_float, private_text, whole
from scanfolio.reading.text import as_far_as_possible, character_set, covers, guessed
from scanfolio.reading.walk import PixelElement

MAX_READS = 100_000  # of one header: two or three an element


class Head(io.BytesIO):
    """The first bytes of a longer file. Raises MoreNeeded for what lies behind them, TooDeep after MAX_READS."""

    name = ""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._known = len(data)
        self._size = size
        self._reads = 0

    def read(self, length: int | None = -1) -> bytes:
        self._reads += 1
        if self._reads > MAX_READS:
            raise TooDeep
        if self._known < self._size and (length is None or length < 0 or self.tell() + length > self._known):
            raise MoreNeeded
        return super().read(length)


def read_header(data: bytes, size: int) -> tuple[FileDataset, PixelElement | None]:
    """Everything before the pixel data of a file that begins with `data`, and where the pixel data are.

    Raises MoreNeeded when `data` is not enough, and whatever pydicom raises for what it cannot read.
    """
    stream = Head(data, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(stream, stop_before_pixels=True, force=True)
        position = stream.tell()
        implicit, little = encoding_of(dataset)
        order: Literal["little", "big"] = "little" if little else "big"
        header = stream.getvalue()[position : position + 12]
        if len(header) < 8:
            return dataset, None
        tag = int.from_bytes(header[0:2], order) << 16 | int.from_bytes(header[2:4], order)
        if tag not in PIXEL_KEYWORDS:
            return dataset, None
        vr, start = header[4:6], position + 8
        if implicit or vr not in FORM:  # it may be declared explicit, but is not
            vr, length = b"", int.from_bytes(header[4:8], order)
        elif FORM[vr]:
            length, start = int.from_bytes(header[8:12], order), position + 12
        else:
            length = int.from_bytes(header[6:8], order)
        known = None if length == UNDEFINED else length
        return dataset, PixelElement(tag, vr.decode("ascii"), start, known)


def encoding_of(dataset: FileDataset) -> tuple[bool, bool]:
    """(implicit VR, little endian) as the elements were read; the data set itself only says what was declared."""
    for tag in dataset.keys():  # noqa: SIM118  iterating over the data set itself would convert every value
        item: Any = dataset.get_item(tag)
        if isinstance(item, RawDataElement):
            return item.is_implicit_VR, item.is_little_endian
    implicit, little = dataset.original_encoding
    return bool(implicit), bool(little)


MAX_READS = 100_000  # of one header: two or three an element


class Header(NamedTuple):
    """What pydicom read: fields of SopInstance, the pixel element, which elements there are, group 0002 as text."""

    fields: dict[str, Any]
    pixels: PixelElement | None
    layout: Layout
    meta: dict[int, str]
    implicit: bool
    little: bool


def read(data: bytes, size: int) -> Header:
    """All that is wanted of a file that begins with `data`; raises as read_header does."""
    dataset, pixels = read_header(data, size)
    meta: dict[int, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for tag in list(dataset.file_meta.keys()):
            try:
                meta[int(tag) & 0xFFFF] = str(dataset.file_meta[tag].value)
            except Exception:  # noqa: BLE001  # as below: one value is no file
                meta[int(tag) & 0xFFFF] = ""
    implicit, little = encoding_of(dataset)
    return Header(fields(dataset), pixels, layout(dataset, pixels), meta, implicit, little)


def layout(dataset: FileDataset, pixels: PixelElement | None) -> Layout:
    """Which elements there are. Odd lengths are not looked for: pydicom keeps values, not lengths."""
    tags = {int(tag) for tag in dataset.keys()}  # noqa: SIM118  # iterating a Dataset converts its values
    empty = {tag for tag in tags if _is_empty(dataset, tag)}
    if pixels is not None:
        tags.add(pixels.tag)
        if pixels.length == 0:
            empty.add(pixels.tag)
    return Layout(frozenset(tags), frozenset(empty))


def _is_empty(dataset: FileDataset, tag: int) -> bool:
    try:
        value = getattr(dataset.get_item(tag), "value", None)
    except Exception:  # noqa: BLE001  # a value that cannot be read is one
        return False
    return value is None or (hasattr(value, "__len__") and not len(value))


def fields(dataset: FileDataset) -> dict[str, Any]:
    """Fields of SopInstance from a pydicom data set; a value that cannot be told counts as empty, with a note."""
    found: dict[str, Any] = {}
    notes: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw_charset = dataset.get("SpecificCharacterSet", "")
        declared = tuple(str(v) for v in _list(raw_charset))
        stored = [getattr(dataset.get_item(tag), "value", None) for tag in TEXT_TAGS if tag in dataset]
        texts = [value for value in stored if isinstance(value, bytes)]
        for attribute in ATTRIBUTES:
            if attribute.tag not in dataset:
                continue
            try:
                found[attribute.field], undecodable = _value(dataset, attribute, declared)
            except Exception as problem:  # noqa: BLE001  # pydicom raises many kinds; one value is no file
                notes.append(f"({attribute.tag >> 16:04X},{attribute.tag & 0xFFFF:04X}) {attribute.keyword} "
                             f"cannot be read: {type(problem).__name__}")  # fmt: skip
                continue
            if undecodable:
                found["undecodable_text"] = True
    if notes:
        found["notes"] = tuple(notes)
    add_hint(found, texts, declared)
    return combined(found)


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple | MultiValue | Sequence) else [value]


def _value(dataset: FileDataset, attribute: Attribute, declared: tuple[str, ...]) -> tuple[Any, bool]:
    """(the field's value, whether its text was undecodable)."""
    convert = attribute.convert
    item = dataset.get_item(attribute.tag)
    stored = getattr(item, "value", None)  # bytes, or a value that pydicom had to convert while reading
    if convert == "present":
        return bool(stored), False
    raw = stored if isinstance(stored, bytes) else b""
    if convert in PRIVATE_VRS:
        vr = getattr(item, "VR", None)
        if vr is not None and vr.encode() not in PRIVATE_VRS[convert]:
            raw = b""
        big = not getattr(item, "is_little_endian", True)
        return (private_text(raw) if convert == "private" else private_float(raw, big)), False
    value = dataset[attribute.tag].value
    values = _list(value)
    if convert.startswith("text"):
        undecodable = False
        if not raw.isascii() or b"\x1b" in raw:
            if not covers(raw, character_set(declared)):
                value, undecodable = guessed(raw), True
            else:
                undecodable = "\ufffd" in str(value) or "\x1b" in str(value)
                if undecodable and b"\x1b" not in raw:
                    value = as_far_as_possible(raw, character_set(declared).codec)
        text = value if isinstance(value, str) else "\\".join(_text(v) for v in _list(value))
        if convert != "texts":
            return (person_name if convert == "text name" else str)(text.strip(" \0")), undecodable
        return tuple(part.strip(" \0") for part in text.split("\\")) if text.strip(" \0") else (), undecodable
    if convert == "codes":
        return tuple(_text(v).strip(PADDING) for v in values), False
    if convert == "code":
        return "\\".join(_text(v) for v in values).strip(PADDING), False
    if convert == "short":
        return (int(values[0]) & 0xFFFF if values else None), False
    if convert == "integer":
        return (whole(int(values[0])) if values else None), False
    floats = tuple(float(v) for v in values)
    if not all(map(math.isfinite, floats)):
        floats = ()
    if convert in ("number", "double"):
        return (floats[0] if floats else None), False
    return counted(attribute.field, floats), False


def _text(value: Any) -> str:
    as_written = getattr(value, "original_string", "")  # of DS and IS; a PersonName has one too, but as bytes
    return as_written if isinstance(as_written, str) and as_written else str(value)
