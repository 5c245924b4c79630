"""The slim bars above the page: what the person should know, and what they can do about it."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.window.icons import icon
from app.window.theme import Theme

# Role -> the icon's name and colour.
ICONS = {
    "info": ("info", "accent"),
    "warning": ("warning", "warn"),
    "danger": ("warning", "danger"),
}
ICON = 16  # pixels at zoom 1

Button = tuple[str, Callable[[], None]]


class MessageBar(QWidget):
    """A column of messages, each under a key; without any it takes no height.

    message_shown(sentence): a message came or changed.
    """

    message_shown = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._messages: dict[str, Message] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setAccessibleName(self.tr("Messages"))
        self.hide()
        theme.dress(self)
        theme.restyled.connect(self._restyle)

    @property
    def texts(self) -> dict[str, str]:
        """The sentences shown, by key."""
        return {key: message.text for key, message in self._messages.items()}

    def show_message(
        self,
        key: str,
        text: str,
        buttons: Sequence[Button],
        role: str = "info",
        closable: bool = True,
        leave: Callable[[], None] | None = None,
    ) -> None:
        """Show a sentence with up to two buttons, the first of two to go on with.

        role: info, warning or danger. leave: what its close button and Escape in it do; without one
        they take a closable message away. A message under the same key gives way to it; the very
        same one stays as it is.
        """
        if leave is None and closable:
            leave = partial(self.remove, key)
        there = self._messages.get(key)
        if there is not None and there.says(text, role, [name for name, _ in buttons]):
            there.set_calls(buttons, leave)
            return
        at = self._rows.indexOf(there) if there is not None else self._rows.count()
        self._take_out(key)
        message = Message(text, role, closable=closable)
        self._messages[key] = message
        self._rows.insertWidget(at, message)
        message.set_calls(buttons, leave)  # in its place: on its way there Tab's order is lost
        message.restyle(self._theme)
        message.show()
        self.show()
        self.message_shown.emit(text)

    def remove(self, key: str) -> None:
        """Take a message away, if it is there."""
        self._take_out(key)
        self.setVisible(bool(self._messages))

    def take_focus(self, key: str) -> None:
        """Go to the first button of a message, if it is there."""
        message = self._messages.get(key)
        button = message.findChild(QPushButton) if message is not None else None
        if isinstance(button, QPushButton):
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Take all messages away."""
        for key in list(self._messages):
            self.remove(key)

    def _take_out(self, key: str) -> None:
        message = self._messages.pop(key, None)
        if message is not None:
            self._rows.removeWidget(message)
            message.hide()
            message.deleteLater()

    def _restyle(self) -> None:
        for message in self._messages.values():
            message.restyle(self._theme)


class Message(QFrame):
    """One bar."""

    def __init__(self, text: str, role: str, *, closable: bool) -> None:
        super().__init__()
        self._role = role
        self.text = text
        self.setProperty("role", "message")
        self.setProperty("kind", role)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text)
        self._icon = QLabel()
        words = QLabel(text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        self._buttons: list[QPushButton] = []
        self._calls: list[Callable[[], None]] = []
        self._leave: Callable[[], None] | None = None
        self._close = QToolButton()
        self._close.setProperty("kind", "quiet")
        self._close.setToolTip(self.tr("Close this message"))
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.clicked.connect(lambda: self._left())
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addWidget(words, 1)
        self._row.addWidget(self._close)
        self._close.setVisible(closable)  # in its place: before, it would be a window of its own

    def says(self, text: str, role: str, buttons: list[str]) -> bool:
        """Whether this message already says just that."""
        shown = [button.text() for button in self._buttons]
        return (self.text, self._role, shown) == (text, role, buttons)

    def set_calls(self, buttons: Sequence[Button], leave: Callable[[], None] | None) -> None:
        """Put the buttons before the close button; where they stand already, they act anew."""
        self._calls, self._leave = [call for _, call in buttons], leave
        for number, (name, _) in enumerate(buttons[len(self._buttons) :]):
            button = QPushButton(name)
            button.clicked.connect(lambda _=False, number=number: self._calls[number]())
            if len(buttons) > 1 and number == 0:
                button.setProperty("kind", "primary")
            self._buttons.append(button)
            self._row.insertWidget(self._row.count() - 1, button)
            self.setTabOrder(button, self._close)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave it on Escape."""
        if event.key() != Qt.Key.Key_Escape or not self._left():
            super().keyPressEvent(event)

    def _left(self) -> bool:
        """Do what leaving it does; return whether it can be left."""
        if self._leave is not None:
            self._leave()
        return self._leave is not None

    def restyle(self, theme: Theme) -> None:
        """Take the theme's measures and draw the icons in its colours."""
        name, colour = ICONS[self._role]
        side = theme.px(ICON)
        self._icon.setPixmap(icon(name, getattr(theme.colours, colour)).pixmap(side, side))
        self._close.setIcon(icon("close", theme.colours.ink))
        self._row.setContentsMargins(theme.px(16), theme.px(4), theme.px(8), theme.px(4))
        self._row.setSpacing(theme.px(8))
