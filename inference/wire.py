"""Frozen dataclasses as lines of JSON and back, every field checked. Standard library only."""

import json
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from reprlib import repr as shortened
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

MAX_LINE = 64 * 2**20  # bytes; a longer line is malformed

Json = dict[str, Any]
Reader = Callable[[Any, str], Any]  # of a JSON value and of its place, for the error
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
    reader: Reader = _reader(kind)  # type: ignore[arg-type]  # a type is hashable
    checked: T = reader(value, where or kind.__name__)
    return checked


@cache
def _reader(kind: Any) -> Reader:
    # made once for a type: looking at the type again for each value took most of opening a file
    origin, args = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _dataclass(kind)
    if origin in (Union, types.UnionType):
        (known,) = (part for part in args if part is not type(None))
        return _optional(_reader(known))
    if origin is Literal:
        return _literal(args)
    if origin is tuple:
        return _list(_reader(args[0]))
    if origin is dict:
        return _object(_reader(args[1]))
    if kind is float:
        return _float
    return _plain(kind)


def _plain(kind: Any) -> Reader:
    def read(value: Any, where: str) -> Any:
        if kind is Any or type(value) is kind:
            return value
        raise ProtocolError(f"{where}: expected {kind.__name__}, not {type(value).__name__}")

    return read


def _float(value: Any, where: str) -> float:
    if type(value) not in (int, float):
        raise ProtocolError(f"{where}: expected float, not {type(value).__name__}")
    try:
        return float(value)
    except OverflowError as error:
        raise ProtocolError(f"{where}: too large a number") from error


def _optional(known: Reader) -> Reader:
    return lambda value, where: None if value is None else known(value, where)


def _literal(known: tuple[Any, ...]) -> Reader:
    def read(value: Any, where: str) -> Any:
        if value in known:
            return value
        names = ", ".join(map(str, known))
        raise ProtocolError(f"{where}: {shortened(value)} is none of {names}")

    return read


def _list(item: Reader) -> Reader:
    def read(value: Any, where: str) -> Any:
        if isinstance(value, list):
            return tuple(item(part, f"{where}[{i}]") for i, part in enumerate(value))
        raise ProtocolError(f"{where}: expected a list")

    return read


def _object(item: Reader) -> Reader:
    def read(value: Any, where: str) -> Any:
        if isinstance(value, dict):
            return {key: item(part, where) for key, part in value.items()}
        raise ProtocolError(f"{where}: expected an object")

    return read


def _dataclass(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    required = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]

    def read(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise ProtocolError(f"{where}: expected an object")
        for name in value:
            if name not in readers:
                raise ProtocolError(f"{where}: unknown field {shortened(name)}")
        for name in required:
            if name not in value:
                raise ProtocolError(f"{where}: missing field {name!r}")
        return kind(
            **{name: readers[name](part, f"{where}.{name}") for name, part in value.items()}
        )

    return read
