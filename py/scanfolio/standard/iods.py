"""What the IODs of PS3.3 require: Type 1 and Type 2 attributes of the mandatory modules of every Storage SOP Class.

The table, `iods.json`, is made by tools/make_iod_tables.py and read only when something is judged. Conditional modules
and attributes (C, 1C, 2C) are not in it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, NamedTuple


class Required(NamedTuple):
    """One attribute: `tag` is (group << 16) + element, `type` "1" or "2"; `module` asks for it."""

    tag: int
    name: str
    type: str
    module: str


class Iod(NamedTuple):
    """`modules` are the mandatory ones; `attributes` what they require at the top level, sorted by tag."""

    name: str
    modules: frozenset[str]
    attributes: tuple[Required, ...]


@cache
def _table() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("iods.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def edition() -> str:
    """Which edition of the Standard the table is of, as well as can be told."""
    return str(_table()["edition"])


def sop_classes() -> tuple[str, ...]:
    """The SOP Class UIDs there is an IOD for."""
    return tuple(_table()["classes"])


@cache
def iod_of(sop_class_uid: str) -> Iod | None:
    """The IOD of a Storage SOP Class; None for those not in the table (retired, private, not for storage)."""
    table = _table()
    name = table["classes"].get(sop_class_uid)
    if name is None:
        return None
    modules = table["iods"][name]
    top: dict[int, Required] = {}
    for module in modules:
        one, two = table["modules"][module]
        _add(top, one, two, module)
    optional = {int(text, 16) for text in table["optional"].get(name, ())}
    return Iod(
        name,
        frozenset(modules),
        tuple(top[tag] for tag in sorted(top) if tag not in optional),
    )


def _add(found: dict[int, Required], one: list[str], two: list[str], module: str) -> None:
    """Where several modules ask for an attribute, the stricter Type is the one to meet."""
    for kind, tags in (("1", one), ("2", two)):
        for text in tags:
            tag = int(text, 16)
            if tag not in found or kind < found[tag].type:
                found[tag] = Required(tag, _table()["names"][text], kind, module)
