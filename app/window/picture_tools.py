"""What floats over a picture, or stands in its place: made when it is needed, dressed once each.

Redraw, Fix, Import and more over a picture; Paint and Import where there is none; Refresh and Keep
beside a stale one; what to fix, and where.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.window import picture_edits, picture_jobs
from app.window.icons import icon
from app.window.picture_import import choose_file
from app.window.picture_menu import picture_menu
from app.window.region_field import RegionField
from app.window.workplace import Workplace

PADDING = 20  # pixels left and right of a warning's words, together


class PictureTools(QFrame):
    """The bar over a picture that is hovered or focused."""

    def __init__(self, workplace: Workplace, step: str, picture: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(self.tr("Picture tools"))
        self._place = (workplace, step, picture)
        row = _row(self, workplace, 2)
        row.setSpacing(0)
        states = workplace.picture_states
        self._buttons: list[QToolButton] = []
        for name, text, tip, do in (
            ("redraw", self.tr("Redraw"), self.tr("Paint a new take"), self._redraw),
            (
                "fix",
                self.tr("Fix"),
                self.tr("Change this take as you say"),
                partial(states.fix_requested.emit, step, picture),
            ),
            ("image-add", self.tr("Import"), self.tr("Show your own picture"), self._import),
        ):
            self._buttons.append(self._button(name, text, tip, do))
        self.more = self._button("more", "", self.tr("More"), self._show_menu)
        self._buttons.append(self.more)
        for button in self._buttons:
            row.addWidget(button)
        workplace.theme.dress(self)
        self.adjustSize()

    def _button(self, name: str, text: str, tip: str, do: Callable[[], object]) -> QToolButton:
        theme = self._place[0].theme
        button = QToolButton(self)
        button.setProperty("kind", "floating")
        button.setIcon(icon(name, theme.colours.ink))
        button.setIconSize(QSize(theme.px(14), theme.px(14)))
        button.setText(text)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly
        )
        button.setAccessibleName(text or tip)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: do())
        return button

    def fit(self, width: int) -> None:
        """Leave the words away where they have no room: the tooltips say them too."""
        style = Qt.ToolButtonStyle
        for shown in (style.ToolButtonTextBesideIcon, style.ToolButtonIconOnly):
            for button in self._buttons:
                button.setToolButtonStyle(shown if button.text() else style.ToolButtonIconOnly)
            if self.minimumSizeHint().width() <= width:
                return

    def _redraw(self) -> None:
        picture_jobs.paint(*self._place)

    def _import(self) -> None:
        choose_file(*self._place, self.window())

    def _show_menu(self) -> None:
        menu = picture_menu(*self._place, self)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))


class EmptyPlace(QFrame):
    """What can be done where no picture is yet."""

    def __init__(self, workplace: Workplace, step: str, picture: str, parent: QWidget) -> None:
        super().__init__(parent)
        place = (workplace, step, picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(workplace.theme.px(4))
        row = QHBoxLayout()
        self.paint = QPushButton(self.tr("Paint"))
        self.paint.setToolTip(self.tr("Paint this picture"))
        self.paint.clicked.connect(lambda: picture_jobs.paint(*place))
        self.bring = QPushButton(self.tr("Import…"))
        self.bring.setToolTip(self.tr("Show your own picture"))
        self.bring.clicked.connect(lambda: choose_file(*place, self.window()))
        row.addStretch(1)
        row.addWidget(self.paint)
        row.addWidget(self.bring)
        row.addStretch(1)
        column.addLayout(row)
        self.unneeded = _link(self.tr("No picture needed"))
        self.unneeded.clicked.connect(lambda: picture_edits.toggle_needed(*place))
        column.addWidget(self.unneeded, 0, Qt.AlignmentFlag.AlignHCenter)
        workplace.theme.dress(self)


class UnneededPlace(QFrame):
    """A quiet row that takes "no picture needed" back."""

    def __init__(self, workplace: Workplace, step: str, picture: str, parent: QWidget) -> None:
        super().__init__(parent)
        row = _row(self, workplace, 0)
        said = QLabel(self.tr("No picture needed"))
        said.setProperty("role", "secondary")
        self.back = _link(self.tr("Add one"))
        self.back.clicked.connect(lambda: picture_edits.toggle_needed(workplace, step, picture))
        row.addWidget(said)
        row.addWidget(self.back)
        row.addStretch(1)
        workplace.theme.dress(self)


class StaleRow(QFrame):
    """Why a picture is stale, and what to do about it."""

    def __init__(self, workplace: Workplace, step: str, picture: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._workplace = workplace
        place = (workplace, step, picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(workplace.theme.px(2))
        self._said = QLabel()
        self._said.setProperty("role", "warning")
        self._said.setIndent(0)  # else it grows with the letters, beside the padding
        self._said.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        self.refresh = _link(self.tr("Refresh"))
        self.refresh.setToolTip(self.tr("Paint a new take that fits"))
        self.refresh.clicked.connect(lambda: picture_jobs.refresh(*place))
        self.keep = _link(self.tr("Keep as is"))
        self.keep.setToolTip(self.tr("Call it fitting until something changes again"))
        self.keep.clicked.connect(lambda: picture_edits.keep(*place))
        column.addWidget(self._said)
        column.addLayout(row)
        row.addWidget(self.refresh)
        row.addWidget(self.keep)
        row.addStretch(1)
        workplace.theme.dress(self)

    def show_reason(self, words: str) -> None:
        """Show the reason, cut off where there is no room; the whole of it is its tooltip."""
        self._said.setToolTip(words)
        self._said.setAccessibleName(words)
        self._elide()

    def event(self, event: QEvent) -> bool:
        """Cut the reason off anew with another width, and with letters of another size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._elide()
        return super().event(event)

    def _elide(self) -> None:
        words, metrics = self._said.toolTip(), self._said.fontMetrics()
        room = self.width() - self._workplace.theme.px(PADDING)
        self._said.setText(metrics.elidedText(words, Qt.TextElideMode.ElideRight, room))


class FixPanel(QFrame):
    """What to change, and where. closed(): the person is done, or thought better of it."""

    closed = Signal()

    def __init__(self, workplace: Workplace, step: str, picture: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._place = (workplace, step, picture)
        self._region: RegionField | None = None
        column = QVBoxLayout(self)
        gap = workplace.theme.px(8)
        column.setContentsMargins(gap, gap, gap, gap)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("remove the cup, make the pot blue"))
        self.field.setAccessibleName(self.tr("What to change in this picture"))
        self.field.setToolTip(self.field.placeholderText())
        self.field.returnPressed.connect(self._paint)
        self.button = QPushButton(self.tr("Paint"))
        self.button.setProperty("kind", "primary")
        self.button.setEnabled(False)
        self.button.clicked.connect(self._paint)
        self.field.textChanged.connect(lambda text: self.button.setEnabled(bool(text.strip())))
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setProperty("kind", "quiet")
        cancel.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.button)
        self.where = QLabel()
        self.where.setProperty("role", "secondary")
        self.where.setWordWrap(True)
        self.mark = _link("")
        self.mark.clicked.connect(self._mark)
        self.where.setIndent(gap // 2 + 2)  # under the words of the field, as the link's
        column.setSpacing(gap // 2)
        column.addWidget(self.field)
        column.addWidget(self.where)
        column.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        column.addLayout(row)
        workplace.theme.dress(self)
        self._follow_region()

    def offer(self, region: RegionField | None) -> None:
        """Let a region be marked in this field; None where the whole picture changes."""
        if region is not None and region is not self._region:
            region.region_changed.connect(self._follow_region)
            region.left.connect(self.field.setFocus)
        self._region = region
        self._follow_region()

    def _follow_region(self) -> None:
        region = self._region
        self.where.setVisible(region is not None)
        self.mark.setVisible(region is not None)
        if region is not None and region.region:
            keys = self.tr("Arrow keys move it, with Shift they size it.")
            only = self.tr("Only inside the marked region changes.")
            self.where.setText(keys if region.takes_keys else only)
            self.mark.setText(self.tr("Clear region"))
            self.mark.setToolTip(self.tr("The whole picture may change"))
        else:
            self.where.setText(self.tr("Drag over a part to change only that."))
            self.mark.setText(self.tr("Mark a region"))
            self.mark.setToolTip(self.tr("Mark the middle; the arrow keys move it"))

    def _mark(self) -> None:
        """Mark a region for the arrow keys, or clear the one that is marked."""
        if self._region is not None and self._region.region:
            self._region.clear()
        elif self._region is not None:
            self._region.mark()
            self._region.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _paint(self) -> None:
        instruction = self.field.text().strip()
        if instruction:
            region = self._region.region if self._region is not None else ()
            picture_jobs.fix(*self._place, instruction, region)
            self.closed.emit()


def _row(widget: QWidget, workplace: Workplace, margin: int) -> QBoxLayout:
    row = QHBoxLayout(widget)
    edge = workplace.theme.px(margin) if margin else 0
    row.setContentsMargins(edge, edge, edge, edge)
    return row


def _link(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "link")
    return button
