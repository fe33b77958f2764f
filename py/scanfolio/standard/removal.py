"""What the Basic Application Level Confidentiality Profile does to each attribute: PS3.15 Table E.1-1, and the Types.

The table, `confidentiality.json`, is made by tools/make_removal_table.py and read only when identity is to be removed.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from scanfolio.standard.iods import iod_of


@cache
def _table() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("confidentiality.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def edition() -> str:
    """The edition of the Standard the actions are of."""
    return str(_table()["edition"])


@cache
def codes() -> dict[int, str]:
    """Action code by tag, as in the column "Basic Prof.": X, Z, D, U, Z/D, X/Z, X/D, X/Z/D, X/Z/U*."""
    return {int(tag, 16): code for code, tags in _table()["actions"].items() for tag in tags}


@cache
def names() -> dict[int, str]:
    """Names of attributes in the table that are newer than pydicom's dictionary."""
    return {int(tag, 16): name for tag, name in _table()["names"].items()}


@cache
def types_of(sop_class_uid: str) -> dict[int, str]:
    """Type ("1" or "2"; a condition counts as met) of the attributes with a compound action, at the top level.

    What is not in it is of Type 3. Of a SOP Class without a known IOD every attribute is taken for Type 1: a dummy
    value is then never wrong.
    """
    iod = iod_of(sop_class_uid)
    table = _table()
    if iod is None:
        return {tag: "1" for tag, code in codes().items() if "/" in code}
    place = table["iods"].index(iod.name)
    return {
        int(tag, 16): kind for kind in "21" for tag, places in table["types"][kind].items() if place in places
    }  # fmt: skip


@cache
def nested_types() -> dict[tuple[int, int], str]:
    """The same inside sequences: by (tag of the sequence, tag)."""
    return {
        (int(parent, 16), int(tag, 16)): kind
        for kind in "21"
        for tag, parents in _table()["nested"][kind].items()
        for parent in parents
    }


def action_for(code: str, kind: str) -> str:
    """One of X, Z, D, U for an action code and the Type ("1", "2", "3") the attribute has where it stands.

    PS3.15 Table E.1-1a: the first letter of a compound, unless the Type does not allow it. Of references (X/Z/U*) that
    may be empty but not absent the replaced ones are kept: else a segmentation would not say of what it is one.
    """
    choices = code.replace("*", "").split("/")
    if len(choices) == 1:
        return code
    allowed = {"3": "XZDU", "2": "DU" if "U" in choices else "ZD", "1": "DU"}[kind]
    return next((choice for choice in choices if choice in allowed), choices[-1])
