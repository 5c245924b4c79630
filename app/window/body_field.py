"""The body of a step: Markdown that looks like what it means, with the keys of a page of steps."""

from PySide6.QtCore import QEvent, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.window.markdown_keys import Typed, callout_begun, entered, linked, listed, wrapped
from app.window.markdown_style import MarkdownStyle, link_at
from app.window.text_field import TextField
from app.window.theme import Theme


class BodyField(TextField):
    """A Markdown text.

    step_wanted(): Enter on an empty last line.
    callout_wanted(kind): a line such as "> tip: " was typed; it is gone from the text.
    """

    step_wanted = Signal()
    callout_wanted = Signal(str)

    def __init__(self, theme: Theme, placeholder: str, parent: QWidget) -> None:
        super().__init__(theme, "body", placeholder, parent)
        self._style = MarkdownStyle(self.document(), theme)
        self.cursorPositionChanged.connect(self._reveal)

    def restyle(self) -> None:
        """Take over fonts and colours, those of the Markdown too."""
        super().restyle()
        if hasattr(self, "_style"):
            self._style.rehighlight()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter as on a page of paragraphs, lists and steps; a space may begin a callout."""
        if self.isReadOnly():
            super().keyPressEvent(event)
            return
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if plain:
                self._enter()
            elif event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
                self.insertPlainText("\n")
            else:
                event.ignore()
            return
        super().keyPressEvent(event)
        quoted = event.text() == " " and self.textCursor().block().text().startswith(">")
        if quoted and (begun := callout_begun(self.typed)):
            typed, kind = begun
            self.type_in(typed)
            self.callout_wanted.emit(kind)

    def _enter(self) -> None:
        after = entered(self.typed)
        if after is not None:
            self.type_in(after)
            return
        kept = self.typed.text[: self.typed.start].rstrip("\n")
        self.type_in(Typed(kept, len(kept), len(kept)))
        self.step_wanted.emit()

    def format(self, kind: str) -> None:
        """Do what the actions bold, italic, code, link, bullets and numbers say."""
        if self.isReadOnly():
            return
        marks = {"bold": "**", "italic": "*", "code": "`"}
        if kind in marks:
            self.type_in(wrapped(self.typed, marks[kind]))
        elif kind == "link":
            self.type_in(linked(self.typed))
        else:
            self.type_in(listed(self.typed, numbered=kind == "numbers"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Squeeze all marks."""
        super().focusOutEvent(event)
        self._style.reveal(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the marks under the caret."""
        super().focusInEvent(event)
        self._reveal()

    def _reveal(self) -> None:
        self._style.reveal(self.textCursor().blockNumber() if self.hasFocus() else -1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open a link on Ctrl+click."""
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            address = self.address_at(event.position().toPoint())
            if address:
                QDesktopServices.openUrl(QUrl(address))
                return
        super().mouseReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell where a link leads before it is opened."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            address = self.address_at(self.viewport().mapFromParent(event.pos()))
            words = self.tr("{address}\nCtrl+click opens it").format(address=address)
            QToolTip.showText(event.globalPos(), words if address else "", self)
            return True
        return super().event(event)

    def address_at(self, place: QPoint) -> str:
        """Return the web or mail address of the link at a place of the viewport, or nothing."""
        cursor = self.cursorForPosition(place)
        return link_at(cursor.block().text(), cursor.positionInBlock())
