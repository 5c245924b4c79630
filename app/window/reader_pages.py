"""The pages of the reader and the way through them: the head first, then one step a page."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.tutorial.model import Picture, Step, Tutorial
from app.window.icons import icon
from app.window.reader_dots import ReaderDots
from app.window.reader_pictures import ReaderPictures
from app.window.reader_text import ReaderText, head_html, step_html
from app.window.workplace import Workplace

WIDE = 1.1  # width by height from which the words stand beside the picture
TEXT = 720  # pixels at zoom 1: the longest lines
MARGIN = 32


class ReaderPages(QWidget):
    """escaped(): the person leaves; full_screen_requested(): or comes back from there."""

    escaped = Signal()
    full_screen_requested = Signal()

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._theme = workplace.theme
        self._step = ""  # the id of the step shown; the head has none
        self.page = 0
        self.text = ReaderText(self._theme)
        self.pictures = ReaderPictures(workplace)
        self.dots = ReaderDots(self._theme)
        self.position = QLabel()
        self._title = QLabel()
        self.previous = self._button(self.tr("Previous"), self.tr("Left"), lambda: self.go(-1))
        self.next = self._button(self.tr("Next"), self.tr("Right, Space"), lambda: self.go(1))
        self.full = self._button(self.tr("Full screen"), "F11", self.full_screen_requested.emit)
        self.close_button = self._button(self.tr("Close"), self.tr("Esc"), self.escaped.emit)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Reader"))
        for widget in (self.text, self.previous, self.next, self.full, self.close_button):
            widget.installEventFilter(self)
        self.dots.page_chosen.connect(self.show_page)
        workplace.opened.tutorial_changed.connect(self._follow)
        self._theme.dress(self)
        self._theme.restyled.connect(self._restyle)
        self._restyle()

    def _button(self, text: str, keys: str, call: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("kind", "quiet")
        button.setToolTip(f"{text} ({keys})")
        button.clicked.connect(lambda _checked=False: call())
        return button

    def _lay_out(self) -> None:
        px = self._theme.px
        for label in (self._title, self.position):
            label.setProperty("role", "secondary")
            label.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.full)
        head.addWidget(self.close_button)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(px(MARGIN))
        self._middle.addStretch(0)
        self._middle.addWidget(self.pictures, 5)
        self._middle.addWidget(self.text, 4)
        self._middle.addStretch(0)
        foot = QHBoxLayout()
        foot.addWidget(self.previous)
        foot.addWidget(self.position)
        foot.addWidget(self.dots, 1)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(MARGIN), px(12), px(MARGIN), px(16))
        column.setSpacing(px(16))
        column.addLayout(head)
        column.addLayout(self._middle, 1)
        column.addLayout(foot)

    # ------------------------------------------------------------ pages

    @property
    def _tutorial(self) -> Tutorial:
        return self._workplace.opened.tutorial

    def show_page(self, page: int) -> None:
        """Show the head (0) or a step (1 is the first); beyond the ends, the end."""
        self.page = min(max(page, 0), len(self._tutorial.steps))
        self._show()
        self._workplace.announcer.say(self._spoken)

    def go(self, pages: int) -> None:
        """Go on by so many pages."""
        if 0 <= self.page + pages <= len(self._tutorial.steps):
            self.show_page(self.page + pages)

    def _show(self) -> None:
        tutorial, page = self._tutorial, self.page
        steps = tutorial.steps
        if page:
            step = steps[page - 1]
            self._step = step.id
            html, pictures = step_html(step, page, self._theme), shown(step)
            position = self.tr("Step {n} of {total}").format(n=page, total=len(steps))
        else:
            self._step = ""
            html, pictures = head_html(tutorial, self._theme), cover(tutorial)
            position = self.tr("What you need")
        self.text.show_html(html)
        self.pictures.show_pictures(pictures)
        if page < len(steps):
            self.pictures.fetch(shown(steps[page]))
        self.position.setText(position)
        self.dots.show_page(page, len(steps) + 1, position)
        self.previous.setEnabled(page > 0)
        self.next.setEnabled(page < len(steps))
        title = tutorial.title.strip() or self.tr("Untitled tutorial")
        self._title.setText(title if page else "")
        self.setAccessibleDescription(self._spoken)
        self._arrange()

    @property
    def _spoken(self) -> str:
        """What a screen reader says of the page: where one is, and its words."""
        return f"{self.position.text()}. {self.text.toPlainText()}"

    def _follow(self, before: Tutorial, after: Tutorial) -> None:
        """Stay at the same step when the tutorial changes, if it is still there."""
        ids = [step.id for step in after.steps]
        page = ids.index(self._step) + 1 if self._step in ids else min(self.page, len(ids))
        same = page == self.page and len(before.steps) == len(ids)
        if same and page and before.steps[page - 1] is after.steps[page - 1]:
            return
        self.page = page
        self._show()

    # ------------------------------------------------------------ keys

    def _call_for(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Return what a key does here, or None."""
        forward = -1 if self.isRightToLeft() else 1
        calls: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Right: lambda: self.go(forward),
            Qt.Key.Key_Left: lambda: self.go(-forward),
            Qt.Key.Key_PageDown: lambda: self._read_on(1),
            Qt.Key.Key_Space: lambda: self._read_on(1),
            Qt.Key.Key_PageUp: lambda: self._read_on(-1),
            Qt.Key.Key_Home: lambda: self.show_page(0),
            Qt.Key.Key_End: lambda: self.show_page(len(self._tutorial.steps)),
            Qt.Key.Key_Escape: self.escaped.emit,
            Qt.Key.Key_F11: self.full_screen_requested.emit,
        }
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return calls.get(event.key()) if plain else None

    def _read_on(self, direction: int) -> None:
        """Scroll where words are hidden, else turn the page."""
        if not self.text.scrolls(direction):
            self.go(direction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages."""
        call = self._call_for(event)
        if call is not None:
            call()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Turn pages also where the focus is on the words or a button, which Space presses."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            pressed = event.key() == Qt.Key.Key_Space and isinstance(watched, QPushButton)
            call = None if pressed else self._call_for(event)
            if call is not None:
                call()
                return True
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------ look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put words beside the picture or below it."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() > self.height() * WIDE
        self._middle.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        alone = self.pictures.isHidden()
        self.text.setMaximumWidth(self._theme.px(TEXT))
        for place in (0, 3):
            self._middle.setStretch(place, 1 if alone and wide else 0)

    def sizeHint(self) -> QSize:
        """Return a size in which a picture and its words can be read."""
        return QSize(self._theme.px(900), self._theme.px(600))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the paper."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("page"))
        painter.end()

    def _restyle(self) -> None:
        ink = self._theme.colours.ink
        for button, name in (
            (self.previous, "previous"),
            (self.next, "next"),
            (self.full, "fullscreen"),
            (self.close_button, "close"),
        ):
            button.setIcon(icon(name, ink))
        self._show()


def shown(step: Step) -> tuple[Picture, ...]:
    """Return the pictures of a step that a reader sees."""
    return tuple(p for p in step.pictures if p.chosen is not None and not p.not_needed)


def cover(tutorial: Tutorial) -> tuple[Picture, ...]:
    """Return the picture of the head's page: the cover, else the first."""
    every = [picture for step in tutorial.steps for picture in shown(step)]
    chosen = [picture for picture in every if picture.chosen == tutorial.cover]
    if tutorial.cover is not None and not chosen:
        return (Picture("", takes=(tutorial.cover,), chosen=tutorial.cover),)
    return tuple((chosen or every)[:1])
