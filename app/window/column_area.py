"""A column that scrolls up and down, and is never narrower than what stands in it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea


class ColumnArea(QScrollArea):
    """Asks for the width that its widget needs, whatever the language and the text zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Return the width of the widget and the scroll bar, and a usual height."""
        widget, least = self.widget(), super().minimumSizeHint()
        if widget is None:
            return least
        width = widget.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(width, least.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the layout around it when the widget needs another width."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
