"""What the library says of tutorials, and how rows are sorted and shown."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QListView

from app.tutorial.card import Card
from app.window import library_words as words
from app.window.library_model import (
    CHANGED,
    COLUMNS,
    ROW,
    LibraryModel,
    rows_of,
    selected_rows,
    show_in,
    sorted_rows,
)
from app.window.reader_pictures import places

NOON = datetime(2026, 6, 15, 12)


def card(name: str, modified: datetime = NOON, **values: object) -> Card:
    values = {"id": name, "title": name, "steps": 5} | values
    return Card(path=Path(f"{name}.interstep"), modified=modified.timestamp(), **values)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(hours=3), "today"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(seconds=-30), "just now"),
    ],
)
def test_recent_times_are_words(ago: timedelta, said: str) -> None:
    assert words.when((NOON - ago).timestamp(), NOON) == said


@pytest.mark.parametrize("seconds", [0.0, -1e18, 1e18, 946684800.0])
def test_other_times_are_dates_however_odd(seconds: float) -> None:
    said = words.when(seconds, NOON)
    assert any(character.isdigit() for character in said)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "5 steps · just now"),
        ({"steps": 1}, "1 step · just now"),
        ({"stale": 2}, "5 steps · 2 stale"),
        ({"modified": NOON - timedelta(days=9), "checked": True}, "5 steps · checked"),
        ({"modified": NOON - timedelta(days=9), "warnings": 2}, "5 steps · 2 warnings"),
        ({"id": "", "problem": "It is damaged."}, "Can't be read"),
    ],
)
def test_the_second_line_says_what_is_most_worth_knowing(
    values: dict[str, object], said: str
) -> None:
    assert words.state(card("x", **values), NOON) == said  # type: ignore[arg-type]


def test_a_screen_reader_hears_all_of_it() -> None:
    said = words.spoken(card("Repot a cactus", NOON - timedelta(hours=2), stale=2), NOON)
    assert said == "Repot a cactus, 5 steps, 2 pictures stale, changed today"
    broken = card("x", id="", problem="“x” is damaged: open a copy.")
    assert words.spoken(broken, NOON) == "x, “x” is damaged: open a copy."


@given(st.text(max_size=300), st.floats(allow_nan=False), st.integers(0, 9))
def test_any_title_and_time_can_be_said(title: str, modified: float, count: int) -> None:
    one = Card(Path("x"), title, modified, id="x", steps=count, stale=count, warnings=count)
    for said in (words.title(one), words.state(one, NOON), words.spoken(one, NOON)):
        assert said.strip()
        assert "\n" not in said


def test_a_title_is_no_markup_in_a_tooltip() -> None:
    said = words.tip(card("x", title="<img src='file:///etc/passwd'>", summary="<b>"))
    assert "<img" not in said
    assert "&lt;img" in said


def test_every_column_sorts_and_equal_rows_stay_newest_first() -> None:
    cards = [
        card("b", NOON - timedelta(days=1), steps=3, tags=("x",), drafts=1),
        card("A", NOON - timedelta(days=2), steps=9, checked=True),
        card("c", NOON, steps=3, stale=1, warnings=2),
    ]
    for column in range(len(COLUMNS)):
        for descending in (False, True):
            rows = sorted_rows(rows_of(cards), column, descending=descending)
            assert sorted(row.card.title for row in rows) == ["A", "b", "c"]
    by_steps = sorted_rows(rows_of(cards), 1, descending=False)
    assert [row.card.title for row in by_steps] == ["c", "b", "A"]
    by_title = sorted_rows(rows_of(cards), 0, descending=True)
    assert [row.card.title for row in by_title] == ["c", "b", "A"]
    by_time = sorted_rows(rows_of(cards), CHANGED, descending=True)
    assert [row.card.title for row in by_time] == ["c", "b", "A"]


def test_new_rows_keep_what_is_selected_and_in_sight(qapp: QApplication) -> None:
    model, view = LibraryModel(), QListView()
    view.setModel(model)
    view.resize(200, 100)
    view.show()
    cards = [card(str(number)) for number in range(200)]
    show_in(view, model, rows_of(cards))
    view.setCurrentIndex(model.index(150, 0))
    qapp.processEvents()
    place = view.verticalScrollBar().value()
    assert place > 0
    show_in(view, model, rows_of([card("new"), *cards]))
    qapp.processEvents()
    assert [row.card.title for row in selected_rows(view)] == ["150"]
    assert view.currentIndex().row() == 151
    assert view.verticalScrollBar().value() == place
    show_in(view, model, rows_of(cards[:10]))
    assert selected_rows(view) == []


def test_a_typed_title_is_told_and_nothing_changes_yet(qapp: QApplication) -> None:
    model = LibraryModel()
    model.show_rows(rows_of([card("old"), card("x", id="", problem="It is damaged.")]))
    heard: list[tuple[Path, str]] = []
    model.renamed.connect(lambda path, title: heard.append((path, title)))
    for typed in ("old", "  ", "", " two\nlines "):
        model.setData(model.index(0, 0), typed)
    assert heard == [(Path("old.interstep"), "two lines")]
    assert model.index(0, 0).data() == "old"
    assert model.index(0, 0).flags() & Qt.ItemFlag.ItemIsEditable
    assert not model.index(1, 0).flags() & Qt.ItemFlag.ItemIsEditable
    assert model.index(1, 0).data(ROW).card.problem


@given(
    st.lists(st.floats(0.2, 5), min_size=1, max_size=3), st.integers(50, 900), st.integers(50, 900)
)
def test_pictures_of_the_reader_keep_their_shape_and_stay_inside(
    ratios: list[float], width: int, height: int
) -> None:
    room = QRect(QPoint(7, 9), QPoint(7 + width, 9 + height))
    boxes = places(room, ratios, 10)
    assert len(boxes) == len(ratios)
    for box, ratio in zip(boxes, ratios, strict=True):
        assert box.width() / box.height() == pytest.approx(ratio)
        assert box.left() >= room.left() - 1e-6
        assert box.top() >= room.top() - 1e-6
        assert box.right() <= room.left() + room.width() + 1e-6
        assert box.bottom() <= room.top() + room.height() + 1e-6
    for one, other in pairwise(boxes):
        assert not one.intersects(other)
