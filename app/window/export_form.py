"""The choices of an export: format, pictures, and where to."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.exporting.writing import ExportOptions

WIDTHS = (0, 480, 768, 1024, 1536)  # pixels; 0 as they are


class ExportForm(QWidget):
    """out_changed(): the place or the format was changed."""

    out_changed = Signal()

    def __init__(self, out: Path, *, many: bool) -> None:
        super().__init__()
        self._many = many
        self.format = QComboBox()
        for text, kind in (
            (self.tr("HTML, one file"), "file"),
            (self.tr("HTML with a folder of pictures"), "folder"),
            (self.tr("HTML for a blog (the body alone)"), "fragment"),
            (self.tr("Markdown with a folder of pictures"), "markdown"),
        ):
            self.format.addItem(text, kind)
        self.picture_width = QComboBox()
        for width in WIDTHS:
            text = (
                self.tr("{n} pixels at most").format(n=width) if width else self.tr("As they are")
            )
            self.picture_width.addItem(text, width)
        self.pictures = QComboBox()
        for text, kind in (
            (self.tr("As they are"), "original"),
            ("PNG", "png"),
            ("JPEG", "jpeg"),
            ("WebP", "webp"),
        ):
            self.pictures.addItem(text, kind)
        self.place = QLineEdit(str(out))
        browse = QPushButton("…")
        browse.setAccessibleName(self.tr("Choose where to"))
        browse.setToolTip(self.tr("Choose where to"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(browse)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for label, field in (
            (self.tr("Format"), self.format),
            (self.tr("Width of the pictures"), self.picture_width),
            (self.tr("Kind of pictures"), self.pictures),
        ):
            form.addRow(label, field)
            field.setAccessibleName(label)
        form.addRow(self.tr("Folder") if many else self.tr("File"), row)
        self.place.setAccessibleName(self.tr("Where to"))
        self.format.currentIndexChanged.connect(self._follow_format)
        self.place.textChanged.connect(self.out_changed)

    @property
    def suffix(self) -> str:
        """The ending of the file that the format gives."""
        return ".md" if self.format.currentData() == "markdown" else ".html"

    @property
    def out(self) -> Path:
        """Where to, with the format's ending where it is one file."""
        path = Path(self.place.text().strip()).expanduser()
        return path if self._many or not path.name else path.with_suffix(self.suffix)

    @property
    def options(self) -> ExportOptions:
        """The other choices."""
        layout = self.format.currentData()
        return ExportOptions(
            layout="file" if layout == "markdown" else layout,
            picture_width=self.picture_width.currentData(),
            picture_format=self.pictures.currentData(),
        )

    def _follow_format(self) -> None:
        if not self._many:
            self.place.setText(str(self.out))
        self.out_changed.emit()

    def _browse(self) -> None:
        if self._many:
            name = QFileDialog.getExistingDirectory(self, self.tr("Export to"), str(self.out))
        else:
            name, _ = QFileDialog.getSaveFileName(self, self.tr("Export to"), str(self.out))
        if name:
            self.place.setText(name)
