"""JSON-shaped values into frozen dataclasses, strictly: a wrong or missing field is a RequestError at once."""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any

from scanfolio.errors import RequestError
from scanfolio.words import say


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def decode(hint: Any, value: Any, where: str = "params") -> Any:
    """`value` as the type `hint`: str, int, float, bool, list[...], X | None, or a dataclass of such fields.

    Raises RequestError naming the field.
    """
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = typing.get_args(hint)
        if value is None and type(None) in options:
            return None
        return decode(next(option for option in options if option is not type(None)), value, where)
    if origin is list:
        if not isinstance(value, list):
            raise _wrong(where, "a list", value)
        (inner,) = typing.get_args(hint)
        if inner in (int, str) and set(map(type, value)) <= {inner}:
            return value  # the columns of an index request: long, and nothing to be made of them
        return [decode(inner, v, f"{where}[{n}]") for n, v in enumerate(value)]
    if is_dataclass(hint):
        return _decode_dataclass(typing.cast(type, hint), value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise _wrong(where, hint.__name__, value)
    return value


def _decode_dataclass(cls: type, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(where, "an object", value)
    known = {f.name: f for f in fields(cls)}
    for name in value:
        if name not in known:
            raise RequestError(say("session.wrong_request"), detail=f"unknown field: {where}.{name}")
    given: dict[str, Any] = {}
    for name, f in known.items():
        if name in value:
            given[name] = decode(_hints(cls)[name], value[name], f"{where}.{name}")
        elif f.default is MISSING and f.default_factory is MISSING:
            raise RequestError(say("session.wrong_request"), detail=f"missing field: {where}.{name}")
    return cls(**given)


def _wrong(where: str, wanted: str, value: Any) -> RequestError:
    detail = f"{where}: {wanted} wanted, got {type(value).__name__}"
    return RequestError(say("session.wrong_request"), detail=detail)
