"""A field of the page. The text of its document is the string that the tutorial holds.

It grows with its text, has no undo of its own, takes no rich text, and what changes the tutorial
elsewhere never moves its caret, selection or scroll.
"""

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextBlockFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from app.window.clipping import clipping
from app.window.markdown_keys import Typed
from app.window.theme import LINE_HEIGHT, Role, Theme

SEPARATOR = "\u2029"  # between paragraphs, in a document's raw text
LINE_ENDS = dict.fromkeys(map(ord, "\r\u2029\ufdd0\ufdd1"), "\n")
# A byte order mark in front turns all letters when the text is read from Qt; half a pair gets lost.
NOT_HELD = dict.fromkeys((0xFEFF, 0xFFFE, *range(0xD800, 0xE000)), "")
AS_HELD = LINE_ENDS | NOT_HELD
PASTE_AS_STEPS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class TextField(QTextEdit):
    """One text of a tutorial.

    text_edited(text): the author typed. height_changed(): it needs another height now.
    left_by(direction): the caret would leave by an arrow key, -1 up, 1 down; with Shift as
    extended_by(direction), and with Select all when all is selected, 0. pasted(QMimeData): what
    isn't words of this field: pictures, files, or whole steps where takes_steps is set.
    joined(): Backspace at the start. focus_came(), focus_went().
    """

    text_edited = Signal(str)
    height_changed = Signal()
    focus_came = Signal()
    focus_went = Signal()
    joined = Signal()
    left_by = Signal(int)
    extended_by = Signal(int)
    pasted = Signal(object)

    def __init__(
        self, theme: Theme, role: Role, placeholder: str, parent: QWidget, colour: str = "ink"
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role: Role = role
        self._colour = colour
        self._showing = False
        self._told = ""
        self._height = 0
        self.takes_steps = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setPlaceholderText(placeholder)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.restyle()
        self.document().contentsChanged.connect(self._tell)
        self.document().documentLayout().documentSizeChanged.connect(self._measure)

    # ------------------------------------------------------------ text

    @property
    def text(self) -> str:
        """The text as the tutorial holds it."""
        return self.document().toRawText().replace(SEPARATOR, "\n")

    def show_text(self, text: str) -> None:
        """Show what the tutorial now holds; caret, selection and scroll stay where they are."""
        old, text = self.text, _in_lines(text)
        if text == old:
            return
        head = _common(old, text)
        tail = _common(old[head:][::-1], text[head:][::-1])
        self._replace(head, len(old) - tail, text[head : len(text) - tail], told=False)

    def _replace(self, start: int, end: int, new: str, *, told: bool) -> None:
        self._showing = not told
        cursor, held = QTextCursor(self.document()), self.textCursor()
        first, last = held.selectionStart(), held.selectionEnd()
        backwards = held.position() < held.anchor()
        cursor.setPosition(_units(self.text, start))
        cursor.setPosition(_units(self.text, end), QTextCursor.MoveMode.KeepAnchor)
        at, length = cursor.selectionStart(), cursor.selectionEnd() - cursor.selectionStart()
        cursor.insertText(new)
        self._showing = False
        if at + length == at == last:  # Qt would take new words behind the caret into a selection
            held.setPosition(last if backwards else first)
            held.setPosition(first if backwards else last, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(held)

    @property
    def typed(self) -> Typed:
        """The text with its selection, as offsets in characters."""
        text, cursor = self.text, self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        return Typed(text, _characters(text, start), _characters(text, end))

    def type_in(self, typed: Typed) -> None:
        """Take over a text and selection that a key made, as if the author had typed it."""
        old = self.text
        head = _common(old, typed.text)
        tail = _common(old[head:][::-1], typed.text[head:][::-1])
        self._replace(head, len(old) - tail, typed.text[head : len(typed.text) - tail], told=True)
        self.select(typed.start, typed.end)

    def select(self, start: int, end: int) -> None:
        """Select from one character to another; the caret stands at the end."""
        cursor = self.textCursor()
        cursor.setPosition(_units(self.text, start))
        cursor.setPosition(_units(self.text, end), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _tell(self) -> None:
        """Tell what was typed; a document also changes when it is only coloured."""
        text = self.text
        if text != self._told:
            self._told = text
            if not self._showing:
                self.text_edited.emit(text)

    # ------------------------------------------------------------ look

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        self.setFont(self._theme.font(self._role))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
        palette.setColor(QPalette.ColorRole.Text, self._theme.colour(self._colour))
        palette.setColor(QPalette.ColorRole.PlaceholderText, self._theme.colour("muted"))
        palette.setColor(QPalette.ColorRole.Highlight, self._theme.colour("accent"))
        palette.setColor(QPalette.ColorRole.HighlightedText, self._theme.colour("onaccent"))
        self.setPalette(palette)
        line = QTextBlockFormat()
        tall = LINE_HEIGHT if self._role == "body" else 120
        line.setLineHeight(tall, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        self._showing = True
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(line)
        self._showing = False

    def height_for(self, width: int) -> int:
        """Return the height in pixels that the text needs at this width."""
        if self.document().textWidth() != width:
            self.document().setTextWidth(width)
        self._height = round(self.document().size().height()) + 1
        return self._height

    def _measure(self) -> None:
        if round(self.document().size().height()) + 1 != self._height:
            self.height_changed.emit()

    # ------------------------------------------------------------ keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by an arrow at the edge; anything else is typed."""
        keys = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        direction = keys.get(Qt.Key(event.key()), 0)
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if direction and modifiers in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        ):
            moved = self.textCursor()
            operation = QTextCursor.MoveOperation
            if not moved.movePosition(operation.Up if direction < 0 else operation.Down):
                shift = modifiers == Qt.KeyboardModifier.ShiftModifier
                (self.extended_by if shift else self.left_by).emit(direction)
                return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        caret = self.textCursor()
        at_start = caret.atStart() and not (caret.hasSelection() or self.isReadOnly())
        if event.key() == Qt.Key.Key_Backspace and at_start:
            self.joined.emit()
            return
        if event.matches(QKeySequence.StandardKey.SelectAll) and self._all_selected:
            self.extended_by.emit(0)
            return
        if event.key() == Qt.Key.Key_V and modifiers == PASTE_AS_STEPS:
            self.pasted.emit(QGuiApplication.clipboard().mimeData())
            return
        super().keyPressEvent(event)

    @property
    def _all_selected(self) -> bool:
        cursor = self.textCursor()
        return (
            cursor.selectionEnd() - cursor.selectionStart() == self.document().characterCount() - 1
        )

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the actions: they revert the tutorial, not this field."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
            if any(event.matches(key) for key in keys):
                event.ignore()
                return False
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the focus came."""
        super().focusInEvent(event)
        self.focus_came.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the focus went."""
        super().focusOutEvent(event)
        self.focus_went.emit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take words, pictures and files."""
        return source.hasText() or source.hasImage() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert words; leave pictures, files and steps to the page."""
        clip = clipping(source)
        if clip.has_pictures or (self.takes_steps and clip.has_steps):
            self.pasted.emit(source)
        else:
            self._insert(source.text())

    def _insert(self, words: str) -> None:
        self.insertPlainText(_in_lines(words))


class LineField(TextField):
    """A field of one paragraph that may wrap, such as a title. entered(): Enter was pressed."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Make Enter a signal instead of a line break."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self.entered.emit()
            else:
                event.ignore()
            return
        super().keyPressEvent(event)

    def _insert(self, words: str) -> None:
        self.insertPlainText(_in_lines(" ".join(words.split())))


class RightField(LineField):
    """A line at the right edge, with its placeholder: Qt's own, at the left, is made clear."""

    def __init__(
        self, theme: Theme, role: Role, placeholder: str, parent: QWidget, colour: str = "ink"
    ) -> None:
        super().__init__(theme, role, placeholder, parent, colour)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        super().restyle()
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(0, 0, 0, 0))
        self.setPalette(palette)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, or what stands in its place while there is none."""
        super().paintEvent(event)
        if self.document().isEmpty():
            painter = QPainter(self.viewport())
            painter.setPen(self._theme.colour("muted"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            painter.drawText(self.viewport().rect(), flags, self.placeholderText())


def _in_lines(text: str) -> str:
    """Return the text as a document holds it: what Qt takes for the end of a line is one."""
    return text.replace("\r\n", "\n").translate(AS_HELD)


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    count = min(len(one), len(other))
    for n in range(count):
        if one[n] != other[n]:
            return n
    return count


def _units(text: str, characters: int) -> int:
    """Return the offset in UTF-16 units, as Qt counts."""
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """Return the offset in characters, as Python counts."""
    head = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(head.decode("utf-16-le", "surrogatepass"))
