"""The table of actions: nothing twice, nothing without a name."""

from collections import Counter

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from app.window.actions import ACTIONS, MENUS, in_groups, make_actions
from app.window.theme import Theme


def twice(things: list[str]) -> list[str]:
    return [thing for thing, count in Counter(things).items() if count > 1]


def test_no_name_and_no_shortcut_is_there_twice() -> None:
    assert twice([spec.name for spec in ACTIONS]) == []
    keys = [QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut]
    assert twice(keys) == []
    assert "" not in keys


def test_no_mnemonic_is_there_twice_in_a_menu() -> None:
    for menu, _ in MENUS:
        texts = [spec.text for spec in ACTIONS if spec.menu == menu]
        assert twice([text.split("&")[1][0].lower() for text in texts if "&" in text]) == []


def test_every_action_stands_in_its_menu_with_text_and_tooltip(qapp: QApplication) -> None:
    parent = QObject()
    actions = make_actions(parent, Theme(parent))
    placed = [action for menu, _ in MENUS for group in in_groups(menu, actions) for action in group]
    assert sorted(action.objectName() for action in placed) == sorted(actions)
    for action in placed:
        assert action.text()
        assert "&" not in action.toolTip()
