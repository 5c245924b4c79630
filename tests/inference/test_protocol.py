"""Every request and event crosses the wire whole; nothing of another shape comes through."""

import dataclasses
import json
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.protocol import (
    MAX_LINE,
    Event,
    Image,
    Notice,
    PaintFinished,
    Probe,
    ProtocolError,
    Redraw,
    Request,
    Write,
    event_line,
    from_json,
    image,
    read_event,
    read_request,
    request_line,
    to_json,
)

REQUESTS = get_args(Request)
EVENTS = get_args(Event)
NAMES = st.text(max_size=20)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
WRONG = (None, True, 7, 0.5, "text", ["list"], {"an": "object"})


@dataclasses.dataclass(frozen=True)
class Mark:
    x: float


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what a field of this type may hold."""
    origin, parts = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        return messages(hint)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(part) for part in parts))
    if origin is tuple:
        return st.lists(values(parts[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(NAMES, values(parts[1]), max_size=3)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: NAMES,
        int: st.integers(-(10**30), 10**30),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        type(None): st.none(),
        Any: PLAIN,
    }
    return simple[hint]


def messages(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: values(hint) for name, hint in hints.items()})


@given(st.one_of(*map(messages, REQUESTS)))
def test_a_request_crosses_whole(request: Request) -> None:
    line = request_line(request)
    assert "\n" not in line
    assert read_request(line) == read_request(line.encode()) == request


@given(st.one_of(*map(messages, EVENTS)))
def test_an_event_crosses_whole(event: Event) -> None:
    line = event_line(event)
    assert "\n" not in line
    assert read_event(line) == read_event(line.encode() + b"\n") == event


@pytest.mark.parametrize("kind", [*REQUESTS, *EVENTS])
@settings(max_examples=3)
@given(data=st.data())
def test_a_field_is_named_that_is_unknown_missing_or_of_another_type(
    kind: Any, data: st.DataObject
) -> None:
    value = to_json(data.draw(messages(kind)))
    hints = get_type_hints(kind)
    with pytest.raises(ProtocolError, match=r"unknown field 'extra'"):
        from_json(kind, value | {"extra": 1})
    for field in dataclasses.fields(kind):
        less = {name: value[name] for name in value if name != field.name}
        if field.default is dataclasses.MISSING:
            with pytest.raises(ProtocolError, match=f"missing field '{field.name}'"):
                from_json(kind, less)
        else:
            assert getattr(from_json(kind, less), field.name) == field.default
        for wrong in WRONG:
            if not fits(hints[field.name], wrong):
                with pytest.raises(ProtocolError, match=rf"{kind.__name__}\.{field.name}"):
                    from_json(kind, value | {field.name: wrong})


def fits(hint: Any, value: object) -> bool:
    """Whether one of WRONG is right for a field of this type."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(fits(part, value) for part in parts)
    if origin is dict:
        return isinstance(value, dict)
    if origin is tuple:
        return isinstance(value, list) and fits(parts[0], value[0])
    return type(value) is hint


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_no_number_is_refused(number: str) -> None:
    inside = '{"request": "Redraw", "id": "r", "step": "s", "picture": "p", "paint": {"x": %s}}'
    with pytest.raises(ProtocolError, match="no number"):
        read_request(inside % number)
    found = '{"event": "Found", "id": "r", "facts": {"x": [%s]}}'
    with pytest.raises(ProtocolError, match="no number"):
        read_event(found % number)


def test_what_is_no_number_is_not_sent() -> None:
    with pytest.raises(ValueError, match="float"):
        event_line(PaintFinished("r", "s", "p", image(b"", 1, 1), {"x": float("nan")}, {}, {}, ""))


def test_a_number_may_be_whole_but_not_too_large() -> None:
    assert from_json(Mark, {"x": 3}) == Mark(3.0)
    with pytest.raises(ProtocolError, match=r"Mark\.x: too large"):
        from_json(Mark, {"x": 10**400})
    with pytest.raises(ProtocolError, match=r"Mark\.x: expected float"):
        from_json(Mark, {"x": True})


def test_half_a_character_is_refused_and_a_whole_one_in_escapes_is_not() -> None:
    with pytest.raises(ProtocolError, match="not JSON"):
        read_request(rb'{"request": "Probe", "id": "\ud800"}')
    with pytest.raises(ProtocolError, match="not JSON"):
        read_event(rb'{"event": "Found", "id": "r", "facts": {"\uDFFF": 1}}')
    assert read_request(rb'{"request": "Probe", "id": "\ud83c\udf35 \\u"}') == Probe(
        "\U0001f335 \\u"
    )


@pytest.mark.parametrize("depth", [900, 950, 960, 970, 980, 990, 1000, 100_000])
def test_depth_is_an_error_or_crosses(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    for line in (
        f'{{"request": {deep}}}',
        f'{{"request": "Probe", "id": {deep}}}',
        f'{{"request": "Probe", "id": "x", "y": {deep}}}',
    ):
        with pytest.raises(ProtocolError) as error:
            read_request(line)
        assert len(str(error.value)) < 200


def test_an_error_is_short_whatever_was_sent() -> None:
    long = "x" * 100_000
    for value in (
        {"request": long, "id": "x"},
        {"request": "Probe", "id": "x", long: 1},
        {"request": "Probe", "id": {long: long}},
        to_json(Redraw("r", "s", "p", paint=None)) | {"request": "Redraw"},  # type: ignore[arg-type]
    ):
        with pytest.raises(ProtocolError) as error:
            read_request(json.dumps(value))
        assert len(str(error.value)) < 200


def test_a_line_has_a_greatest_length() -> None:
    start = b'{"request": "Probe", "id": "'
    longest = start + b"x" * (MAX_LINE - len(start) - 2) + b'"}'
    assert len(longest) == MAX_LINE
    assert isinstance(read_request(longest), Probe)
    with pytest.raises(ProtocolError, match="more than"):
        read_request(longest + b" ")


def test_texts_by_name_are_texts() -> None:
    event = to_json(PaintFinished("r", "s", "p", image(b"", 1, 1), {}, {}, {"hash": "text"}, ""))
    with pytest.raises(ProtocolError, match="chunks"):
        from_json(PaintFinished, event | {"chunks": {"hash": 1}})


@given(st.binary(max_size=200), st.integers(1, 9))
def test_a_picture_is_what_its_hash_names(data: bytes, width: int) -> None:
    picture = image(data, width, 2)
    assert picture.data() == data
    assert (picture.width, picture.height) == (width, 2)
    with pytest.raises(ProtocolError, match="sha256"):
        dataclasses.replace(picture, sha256="0" * 64).data()


@pytest.mark.parametrize("text", ["AAA", "é", "AA AA", "%%%%", "AAAA\x00"])
def test_a_picture_that_is_not_base64_is_an_error(text: str) -> None:
    with pytest.raises(ProtocolError, match="not base64"):
        Image("0" * 64, 1, 1, text).data()


def test_text_of_any_language_crosses_as_itself() -> None:
    notice = Notice("r", "language", "仙人掌 \U0001f335 \x00 \u2028 \r\n <|im_end|>")
    line = event_line(notice)
    assert "仙人掌" in line
    assert read_event(line) == notice
    assert "images" in request_line(Write("w", "", "p", 1))
