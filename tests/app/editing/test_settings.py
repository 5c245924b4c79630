"""What the studio remembers: what was put comes back, what is odd is the default."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray

from app.editing.settings import Settings

PLAIN = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(PLAIN)
def test_what_was_put_comes_back_from_the_disk(tmp_path: Path, value: Any) -> None:
    Settings(tmp_path).put("value", value)
    again = Settings(tmp_path).get("value", value)
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    ("kept", "default"),
    [
        ("a", 1),
        (1, "a"),
        ([1], {}),
        ({}, []),
        (None, "a"),
        (1, 1.0),
        ("yes", True),
        (1, True),
        (True, 1),
    ],
)
def test_a_value_of_another_type_is_the_default(kept: Any, default: Any, tmp_path: Path) -> None:
    Settings(tmp_path).put("value", kept)
    got = Settings(tmp_path).get("value", default)
    assert got == default
    assert type(got) is type(default)


@pytest.mark.parametrize("text", ["", "{", "nonsense, and more", "@Invalid()", "NaN", "[" * 20_000])
def test_a_damaged_value_is_the_default(text: str, tmp_path: Path) -> None:
    (tmp_path / "studio.ini").write_text(f"[General]\nvalue={text}\n")
    for default in ("default", 1.0, [], {}):
        assert Settings(tmp_path).get("value", default) == default


def test_a_damaged_file_is_no_settings(tmp_path: Path) -> None:
    (tmp_path / "studio.ini").write_bytes(b"\x00\xff[[[\n=\n\xfe" * 50)
    values = Settings(tmp_path)
    assert values.get("theme", "system") == "system"
    values.put("theme", "dark")
    assert Settings(tmp_path).get("theme", "system") == "dark"


@given(st.binary(max_size=200))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_bytes_come_back(tmp_path: Path, data: bytes) -> None:
    Settings(tmp_path).put_bytes("geometry", QByteArray(data))
    assert Settings(tmp_path).bytes("geometry").data() == data


def test_bytes_that_are_none_are_empty(tmp_path: Path) -> None:
    values = Settings(tmp_path)
    assert values.bytes("geometry").isEmpty()
    values.put("geometry", "é ☃ not base 64")
    assert isinstance(values.bytes("geometry"), QByteArray)


def test_the_library_is_the_person_s_choice_or_local(tmp_path: Path) -> None:
    values = Settings(tmp_path)
    assert values.library.name == "Interstep"
    values.put("library", str(tmp_path / "mine"))
    assert Settings(tmp_path).library == tmp_path / "mine"


def test_all_lies_in_the_folder_given(tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    values = Settings(folder)
    values.put("last", "x")
    assert values.folder == folder
    assert values.cache.parent == folder
    del values
    assert [path.name for path in tmp_path.iterdir()] == ["settings"]
