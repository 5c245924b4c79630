"""The files of a pack with their sha256, folded away until somebody wants to see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from app.window.side_pane import note
from app.window.sizes import gigabytes


class PackDetails(QWidget):
    """The files, and `fold`, the button that shows them: it stands in the card's head."""

    def __init__(self) -> None:
        super().__init__()
        self.fold = QToolButton()
        self.fold.setText(self.tr("Details"))
        self.fold.setCheckable(True)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.toggled.connect(self._unfold)
        self.files = note(role="keys")
        self.files.setTextFormat(Qt.TextFormat.PlainText)
        self.files.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.files.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.files)

    def show_files(self, files: Sequence[Any], name: str) -> None:
        """Show files as a Probe found them; name: the pack's."""
        self.fold.setAccessibleName(self.tr("Details: {name}").format(name=name))
        known = [self._told(one) for one in files if isinstance(one, Mapping)]
        self.files.setText("\n".join(known))
        self.fold.setVisible(bool(known))

    def _told(self, file: Mapping[str, Any]) -> str:
        size = gigabytes(float(file.get("size") or 0))
        waits = self.tr("sha256 to be asked of the hub when it is installed")
        return f"{file.get('name', '')} · {size}\n{file.get('sha256') or waits}"

    def _unfold(self, shown: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow
        self.fold.setArrowType(arrow)
        self.files.setVisible(shown)
