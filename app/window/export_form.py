"""The choices of an export: format, pictures, and where to; they are remembered."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from app.editing.settings import Settings
from app.exporting.writing import SUFFIXES, ExportOptions
from app.window.side_pane import note
from app.window.theme import Theme

KEY = "export"  # among the settings
WIDEST, WIDER = 4096, 160  # pixels of a picture: at most, and from one choice to the next
LETTERS = 12  # of a box at least; a longer choice is cut off in it, and whole in its list


class ExportForm(QWidget):
    """out_changed(): where to, or the format, is another one.

    file: the tutorial's own. many: several tutorials go into one folder.
    """

    out_changed = Signal()

    def __init__(self, file: Path, theme: Theme, settings: Settings, *, many: bool) -> None:
        super().__init__()
        self._file = file
        self._settings = settings
        self._many = many
        self.format = _box(
            (self.tr("HTML, one file"), "file"),
            (self.tr("HTML and a folder of pictures"), "folder"),
            (self.tr("HTML for a blog, body alone"), "fragment"),
            (self.tr("Markdown and a folder of pictures"), "markdown"),
        )
        self.width_box = QSpinBox()
        self.width_box.setRange(0, WIDEST)
        self.width_box.setSingleStep(WIDER)
        self.width_box.setSpecialValueText(self.tr("As they are"))
        self.width_box.setSuffix(self.tr(" pixels at most"))
        self.width_box.lineEdit().setTextMargins(theme.px(6), 0, 0, 0)
        self.pictures = _box(
            (self.tr("As they are"), "original"),
            ("PNG", "png"),
            ("JPEG", "jpeg"),
            ("WebP", "webp"),
        )
        self.place = QLineEdit()
        self.warning = note(role="warning")
        self._lay_out(theme)
        self._recall()
        self.format.currentIndexChanged.connect(self._follow_format)
        self.place.textChanged.connect(self.look_at_place)
        self.look_at_place()

    def _lay_out(self, theme: Theme) -> None:
        browse = QPushButton("…")
        browse.setAccessibleName(self.tr("Choose where to"))
        browse.setToolTip(self.tr("Choose where to"))
        browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.setSpacing(theme.px(8))
        where.addWidget(self.place, 1)
        where.addWidget(browse)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(theme.px(4))
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, field in (
            (self.tr("Format"), self.format),
            (self.tr("Width of the pictures"), self.width_box),
            (self.tr("Kind of pictures"), self.pictures),
        ):
            form.addRow(_label(label, theme), field)
            field.setAccessibleName(label)
        into = self.tr("Into the folder") if self._many else self.tr("Into")
        form.addRow(_label(into, theme), where)
        form.addRow(self.warning)
        self.place.setAccessibleName(self.tr("Where to"))

    # ------------------------------------------------------------ what is chosen

    @property
    def suffix(self) -> str:
        """The ending of the file that the format gives."""
        return ".md" if self.format.currentData() == "markdown" else ".html"

    @property
    def out(self) -> Path | None:
        """The file, with the format's ending, or the folder for several; None where none is named.

        A name alone means beside the tutorial.
        """
        text = self.place.text().strip()
        if not text:
            return None
        path = self._file.parent / Path(text).expanduser()
        if self._many:
            return path
        if path.is_dir():
            return path / f"{self._file.stem}{self.suffix}"
        stem = path.stem if path.suffix.lower() in SUFFIXES else path.name
        return path.with_name(f"{stem}{self.suffix}")

    @property
    def options(self) -> ExportOptions:
        """The other choices."""
        layout = self.format.currentData()
        return ExportOptions(
            layout="file" if layout == "markdown" else layout,
            picture_width=self.width_box.value(),
            picture_format=self.pictures.currentData(),
        )

    # ------------------------------------------------------------ memory

    def remember(self) -> None:
        """Keep the choices for the next export."""
        out = self.out
        folder = out if out is None or self._many else out.parent
        at_home = folder is None or folder == self._file.parent
        choices = {
            "format": self.format.currentData(),
            "width": self.width_box.value(),
            "pictures": self.pictures.currentData(),
            "folder": "" if at_home else str(folder),
        }
        self._settings.put(KEY, choices)

    def _recall(self) -> None:
        known: dict[str, object] = self._settings.get(KEY, {})
        for box, name in ((self.format, "format"), (self.pictures, "pictures")):
            box.setCurrentIndex(max(box.findData(known.get(name)), 0))
        width = known.get("width")
        self.width_box.setValue(width if isinstance(width, int) else 0)
        named = known.get("folder")
        folder = Path(named) if isinstance(named, str) and named else self._file.parent
        if not folder.is_dir():
            folder = self._file.parent
        if self._many:
            self.place.setText(str(folder / "export" if folder == self._file.parent else folder))
        else:
            self.place.setText(str(folder / f"{self._file.stem}{self.suffix}"))

    # ------------------------------------------------------------ where to

    def _follow_format(self) -> None:
        out = self.out
        if out is not None and not self._many:
            self.place.setText(str(out))
        self.look_at_place()

    def look_at_place(self) -> None:
        """Say whether a file is there already."""
        out = self.out
        replaces = out is not None and not self._many and out.exists()
        if out is not None and replaces:
            self.warning.setText(
                self.tr("“{name}” is there and will be replaced.").format(name=out.name)
            )
        self.warning.setVisible(replaces)
        self.place.setToolTip(str(out or ""))
        self.out_changed.emit()

    def _browse(self) -> None:
        at = str(self.out or self._file.parent)
        if self._many:
            name = QFileDialog.getExistingDirectory(self, self.tr("Export to"), at)
        else:
            name, _ = QFileDialog.getSaveFileName(self, self.tr("Export to"), at)
        if name:
            self.place.setText(name)


def _label(text: str, theme: Theme) -> QLabel:
    label = note(text)
    label.setContentsMargins(0, theme.px(6), 0, 0)
    return label


def _box(*choices: tuple[str, str]) -> QComboBox:
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(LETTERS)
    for text, kind in choices:
        box.addItem(text, kind)
    return box
