"""Frozen dataclasses as lines of JSON and back, every field checked. Standard library only."""

import json
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from reprlib import repr as shortened
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

MAX_LINE = 64 * 2**20  # bytes; a longer line is malformed

Json = dict[str, Any]
T = TypeVar("T")


class ProtocolError(ValueError):
    """A line or value that is not what its type says; the message names the field."""


def write_line(key: str, value: Any) -> str:
    """Return a dataclass as one line of JSON without the newline; `key` names its kind."""
    named = {key: type(value).__name__} | to_json(value)
    return json.dumps(named, ensure_ascii=False, allow_nan=False)


def read_line(line: str | bytes, key: str, kinds: tuple[Any, ...]) -> Any:
    """Return the dataclass of a line, one of `kinds`; raises ProtocolError."""
    if len(line) > MAX_LINE:
        raise ProtocolError(f"a line of more than {MAX_LINE} bytes")
    try:
        text = line if isinstance(line, str) else line.decode()
        value = json.loads(text, parse_float=_finite, parse_constant=_finite)
        if "\\u" in text:  # an escape can name half a character, which no pipe or file takes
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ProtocolError("a line holds one JSON object")
    name = value.pop(key, None)
    for kind in kinds:
        if kind.__name__ == name:
            return from_json(kind, value)
    raise ProtocolError(f"unknown {key} {shortened(name)}")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ProtocolError(f"{text:.20} is no number")
    return number


def to_json(value: Any) -> Any:
    """Return a frozen dataclass as plain JSON values."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    return value


def from_json(kind: type[T], value: Any, where: str = "") -> T:
    """Return the dataclass `kind` from plain JSON values.

    Raises ProtocolError that names the field for a missing, unknown or wrongly typed one.
    """
    checked: T = _checked(kind, value, where or kind.__name__)
    return checked


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _checked(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _dataclass(kind, value, where)
    if origin in (Union, types.UnionType):
        return _union(get_args(kind), value, where)
    if origin is Literal:
        if value in get_args(kind):
            return value
        known = ", ".join(map(str, get_args(kind)))
        raise ProtocolError(f"{where}: {shortened(value)} is none of {known}")
    if origin is tuple:
        if isinstance(value, list):
            item = get_args(kind)[0]
            return tuple(_checked(item, part, f"{where}[{i}]") for i, part in enumerate(value))
        raise ProtocolError(f"{where}: expected a list")
    if origin is dict:
        if isinstance(value, dict):
            item = get_args(kind)[1]
            return {key: _checked(item, part, where) for key, part in value.items()}
        raise ProtocolError(f"{where}: expected an object")
    if kind is float and type(value) is int:
        return _float(value, where)
    if kind is Any or type(value) is kind:
        return value
    raise ProtocolError(f"{where}: expected {kind.__name__}, not {type(value).__name__}")


def _float(value: int, where: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise ProtocolError(f"{where}: too large a number") from error


def _union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    (kind,) = (kind for kind in kinds if kind is not type(None))
    return _checked(kind, value, where)


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise ProtocolError(f"{where}: expected an object")
    known = {field.name: field for field in fields(kind)}
    for name in value:
        if name not in known:
            raise ProtocolError(f"{where}: unknown field {shortened(name)}")
    for name, field in known.items():
        if name not in value and field.default is MISSING and field.default_factory is MISSING:
            raise ProtocolError(f"{where}: missing field {name!r}")
    hints = _hints(kind)
    return kind(**{name: _checked(hints[name], value[name], f"{where}.{name}") for name in value})
