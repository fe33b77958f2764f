"""Walking through all levels of a data set, element by element, without building any.

For what is asked of few instances and lies inside sequences: the references of presentation states, reports and
segmentations. The fast reader steps over sequences; this steps through them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanfolio.reading.elements import FORM, IMPLICIT_LITTLE, UNDEFINED, Declined, Encoding

MOST_ELEMENTS = 5_000_000
MOST_LEVELS = 128
ITEM, ITEM_END, SEQUENCE_END = 0xE000, 0xE00D, 0xE0DD
_ITEM_LITTLE = b"\xfe\xff\x00\xe0"
REFERENCED_SOP_CLASS_UID, REFERENCED_SOP_INSTANCE_UID = 0x00081150, 0x00081155

Reference = tuple[str, str]
"""(Referenced SOP Class UID, Referenced SOP Instance UID)."""


class Step(NamedTuple):
    """An element with a value of its own, or (`tag` 0) the beginning of an item; `depth` 0 is the data set itself."""

    depth: int
    tag: int
    start: int
    length: int


class _Level(NamedTuple):
    """What is being walked: the items of a sequence, or the elements of one. `end` is None where it is delimited."""

    items: bool
    end: int | None
    encoding: Encoding


def steps_through(data: bytes, start: int, end: int, encoding: Encoding) -> Iterator[Step]:
    """Every element between `start` and `end` of `data`, at every level, in the order written.

    Raises Declined where the bytes are no data set, or one that is nested or long beyond what a real one is.
    """
    levels = [_Level(False, end, encoding)]
    position, depth = start, 0
    for _ in range(MOST_ELEMENTS):
        level = levels[-1]
        if level.end is not None and position >= level.end:
            depth -= not level.items
            levels.pop()
            if not levels:
                return
            continue
        if position + 8 > end:
            raise Declined("the data set ends inside an element")
        current = level.encoding
        delimiter = current.delimiters.get(data[position : position + 4])
        if level.items or delimiter is not None:
            length: int = current.uint32(data, position + 4)[0]
            position += 8
            if level.items and delimiter == ITEM:
                depth += 1
                yield Step(depth, 0, position, 0)
                levels.append(_Level(False, None if length == UNDEFINED else position + length, current))
            elif delimiter == (SEQUENCE_END if level.items else ITEM_END) and level.end is None:
                depth -= not level.items
                levels.pop()
            else:
                raise Declined("something else where an item or its end should be")
            continue
        tag = current.tag_of(data[position : position + 4])
        value, length, inner = _value(data, position, end, current)
        if inner is None:
            if value + length > end:
                raise Declined("an element ends behind its data set")
            yield Step(depth, tag, value, length)
            position = value + length
        else:
            if len(levels) > 2 * MOST_LEVELS:
                raise Declined("nested beyond what a real object is")
            yield Step(depth, tag, value, 0)
            levels.append(_Level(True, None if length == UNDEFINED else value + length, inner))
            position = value
    raise Declined("more elements than a real object has")


def _value(data: bytes, position: int, end: int, encoding: Encoding) -> tuple[int, int, Encoding | None]:
    """(where the value starts, its length, the encoding of its items where it is a sequence)."""
    if not encoding.explicit:
        length: int = encoding.uint32(data, position + 4)[0]
        sequence = length == UNDEFINED or encoding.delimiters.get(data[position + 8 : position + 12]) == ITEM
        return position + 8, length, encoding if sequence and length else None
    vr = data[position + 4 : position + 6]
    long_form = FORM.get(vr)
    if long_form is None:
        raise Declined(f"unknown VR {vr!r}")
    if not long_form:
        return position + 8, encoding.uint16.unpack_from(data, position + 6)[0], None
    if position + 12 > end:
        raise Declined("the data set ends inside an element")
    length = encoding.uint32(data, position + 8)[0]
    if vr == b"SQ":
        return position + 12, length, encoding
    if vr == b"UN" and (length == UNDEFINED or data[position + 12 : position + 16] == _ITEM_LITTLE):
        return position + 12, length, IMPLICIT_LITTLE if length else None  # a sequence, PS3.5 6.2.2 note 2
    if length == UNDEFINED:
        return position + 12, length, encoding
    return position + 12, length, None


def references_in(data: bytes, start: int, end: int, encoding: Encoding) -> Iterator[Reference | None]:
    """Every pair of Referenced SOP Class and Instance UID in the items of a data set; None where an element is none.

    So whoever asks can give way between two elements. Raises Declined as steps_through does.
    """
    classes: dict[int, str] = {}  # depth -> the Referenced SOP Class UID of the item being walked
    for step in steps_through(data, start, end, encoding):
        if step.tag == 0:
            classes.pop(step.depth, None)
        elif step.tag == REFERENCED_SOP_CLASS_UID and step.depth:
            classes[step.depth] = _uid(data, step)
        elif step.tag == REFERENCED_SOP_INSTANCE_UID and step.depth:
            yield classes.get(step.depth, ""), _uid(data, step)
            continue
        yield None


def _uid(data: bytes, step: Step) -> str:
    return data[step.start : step.start + step.length].decode("ascii", "replace").strip(" \0")
