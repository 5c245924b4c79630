"""A quiet button that shows a choice and opens a menu of the others."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton

T = TypeVar("T")


class OptionButton(QPushButton, Generic[T]):
    """offer() says what can be chosen; name: what is chosen here, for tooltip and screen reader."""

    def __init__(self, name: str, choose: Callable[[T], None]) -> None:
        super().__init__()
        self._name = name
        self._choose = choose
        self._menu = QMenu(self)
        self._group = QActionGroup(self._menu)
        self._offered: tuple[Mapping[T, str], T] | None = None
        self.setProperty("kind", "option")
        self.setMenu(self._menu)
        self.setToolTip(name)

    def offer(self, choices: Mapping[T, str], chosen: T) -> None:
        """Show what is chosen, and offer the choices, each with its words."""
        if self._offered == (choices, chosen):
            return
        self._offered = (choices, chosen)
        self.setText(f"{choices[chosen]} \N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self.setAccessibleName(f"{self._name}: {choices[chosen]}")
        self._menu.clear()
        for value, words in choices.items():
            action = self._menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(value == chosen)
            action.triggered.connect(partial(self._take, value))
            self._group.addAction(action)

    def _take(self, value: T, *_: object) -> None:
        self._choose(value)
