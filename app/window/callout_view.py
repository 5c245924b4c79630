"""A callout of a step: a coloured block with its kind and an editable text."""

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.tutorial.model import CALLOUTS, Callout, CalloutKind
from app.window.icons import icon
from app.window.text_field import LineField
from app.window.theme import Theme

MARGIN = 10  # pixels at zoom 1
ICON = 16
GROUNDS: dict[CalloutKind, tuple[str, str]] = {
    "tip": ("accentsoft", "accent"),
    "note": ("accentsoft", "accent"),
    "caution": ("warnsoft", "warn"),
    "warning": ("dangersoft", "danger"),
}


class CalloutView(QWidget):
    """callout_edited(Callout | None): another text or kind, None to remove it."""

    callout_edited = Signal(object)
    height_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.callout = Callout("tip", "")
        self.field = LineField(theme, "control", "", self)
        self.field.text_edited.connect(self._take_text)
        self.field.height_changed.connect(self.height_changed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.setToolTip(self.tr("Click the sign to change its kind or remove it"))

    def follow(self, callout: Callout, name: str) -> None:
        """Show a callout; name: its accessible name, such as “Step 3, caution”."""
        self.callout = callout
        self.field.setPlaceholderText(callout_words()[callout.kind])
        self.field.setAccessibleName(name)
        self.field.show_text(callout.text)
        self.update()

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        self.field.restyle()
        self.update()

    def lay_out(self, width: int) -> int:
        """Place the text for this width and return the height in pixels."""
        margin, left = self._theme.px(MARGIN), self._theme.px(MARGIN + ICON + 8)
        height = self.field.height_for(width - left - margin)
        self.field.setGeometry(left, margin, width - left - margin, height)
        return height + 2 * margin

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the sign."""
        ground, ink = GROUNDS[self.callout.kind]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(ground))
        radius = self._theme.px(8)
        painter.drawRoundedRect(self.rect(), radius, radius)
        colour = self._theme.colour(ink).name()
        icon(self.callout.kind, colour).paint(painter, self._sign())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the menu of kinds on the sign."""
        if self._sign().contains(event.position().toPoint()):
            self._show_menu(self._sign().bottomLeft())
        else:
            self.field.setFocus()

    def _sign(self) -> QRect:
        size = self._theme.px(ICON)
        return QRect(QPoint(self._theme.px(MARGIN), self._theme.px(MARGIN)), QSize(size, size))

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        self._theme.dress(menu)
        for kind in CALLOUTS:
            action = menu.addAction(callout_words()[kind])
            action.triggered.connect(
                lambda _=False, kind=kind: self.callout_edited.emit(
                    Callout(kind, self.callout.text)
                )
            )
        menu.addSeparator()
        menu.addAction(self.tr("Remove")).triggered.connect(lambda: self.callout_edited.emit(None))
        menu.popup(self.mapToGlobal(at))

    def _take_text(self, text: str) -> None:
        self.callout_edited.emit(Callout(self.callout.kind, text))


def callout_words() -> dict[CalloutKind, str]:
    """Return the kinds in the person's language."""
    translate = QCoreApplication.translate
    return {
        "tip": translate("CalloutView", "Tip"),
        "note": translate("CalloutView", "Note"),
        "caution": translate("CalloutView", "Caution"),
        "warning": translate("CalloutView", "Warning"),
    }
