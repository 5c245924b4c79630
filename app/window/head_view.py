"""The head of the page: title, summary, what you need, the photos it began with, and tags."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.tutorial import edits
from app.tutorial.model import Tutorial
from app.window.form_rows import parts
from app.window.given_photos import GivenPhotos
from app.window.text_field import LineField, RightField, TextField
from app.window.workplace import Workplace

GAP = 8  # pixels at zoom 1, between chips and lines
PHOTOS = 12  # above the photos
SIDE = 90  # pixels at zoom 1: the column of duration and difficulty
LABEL = 70  # pixels at zoom 1: the column of “You need”


class HeadView(QWidget):
    """Edits the tutorial's own fields. down_wanted(): the caret goes on to the first step."""

    height_changed = Signal()
    down_wanted = Signal()

    def __init__(self, workplace: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._opened = workplace.opened
        self._theme = workplace.theme
        self.setAccessibleName(self.tr("Head of the tutorial"))
        self.title = LineField(self._theme, "title", self.tr("Title"), self)
        self.summary = LineField(self._theme, "lead", self.tr("Summary"), self, "muted")
        self.needs = LineField(self._theme, "control", self.tr("what you need, by commas"), self)
        self.time = RightField(self._theme, "control", self.tr("time"), self, "muted")
        self.tags = LineField(self._theme, "control", self.tr("tags, by commas"), self, "muted")
        self.difficulty = RightField(self._theme, "control", self.tr("difficulty"), self, "muted")
        self.photos = GivenPhotos(workplace, self.needs, self)
        names = {
            self.title: self.tr("Title"),
            self.summary: self.tr("Summary"),
            self.needs: self.tr("You need: materials and tools, separated by commas"),
            self.time: self.tr("Duration of the whole"),
            self.tags: self.tr("Tags, separated by commas"),
            self.difficulty: self.tr("Difficulty"),
        }
        for field, name in names.items():
            field.setAccessibleName(name)
            field.setReadOnly(self._opened.read_only)
            field.height_changed.connect(self.height_changed)
            field.installEventFilter(self)
        self.title.text_edited.connect(lambda text: self._set("title", text))
        self.summary.text_edited.connect(lambda text: self._set("summary", text))
        self.time.text_edited.connect(lambda text: self._set("duration", text))
        self.needs.text_edited.connect(self._set_needs)
        self.tags.text_edited.connect(lambda text: self._set("tags", parts(text)))
        self.difficulty.text_edited.connect(lambda text: self._set("difficulty", text))
        self._go_by_keys()
        self._shown: tuple[object, ...] = ()
        self._chips: list[str] = []
        self._boxes: list[tuple[QRect, str]] = []
        self._needs_top = self._tags_top = 0

    def _go_by_keys(self) -> None:
        """Let Enter and the arrows go from field to field, and on to the first step."""
        self.title.entered.connect(self.summary.setFocus)
        self.summary.entered.connect(self.needs.setFocus)
        self.needs.entered.connect(self.down_wanted)
        self.title.left_by.connect(lambda way: self.summary.setFocus() if way > 0 else None)
        self.summary.left_by.connect(lambda way: (self.needs if way > 0 else self.title).setFocus())
        self.needs.left_by.connect(lambda way: (self.tags if way > 0 else self.summary).setFocus())
        self.tags.entered.connect(self.down_wanted)
        self.tags.left_by.connect(
            lambda way: self.down_wanted.emit() if way > 0 else self.needs.setFocus()
        )
        self.title.extended_by.connect(lambda _way: None)

    def follow(self, tutorial: Tutorial) -> None:
        """Show the tutorial's fields and photos, if they are others than before."""
        if self.photos.follow(tutorial):
            self.height_changed.emit()
        needs = (*tutorial.materials, *tutorial.tools)
        facts = (tutorial.duration, tutorial.difficulty, tutorial.tags)
        shown = (tutorial.title, tutorial.summary, needs, facts)
        if shown == self._shown:
            return
        self._shown = shown
        self.title.show_text(tutorial.title)
        self.summary.show_text(tutorial.summary)
        self.time.show_text(tutorial.duration)
        self.difficulty.show_text(tutorial.difficulty)
        if parts(self.tags.text) != tutorial.tags:  # a comma that is being typed stays
            self.tags.show_text(", ".join(tutorial.tags))
        self.show_needs([*needs])

    def show_needs(self, things: list[str]) -> None:
        """Show what is needed; words that are being typed there stay."""
        if not self.needs.hasFocus() or self.needs.text == ", ".join(self._chips):
            self.needs.show_text(", ".join(things))
        self._chips = things
        self._show_needs()

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        for field in self.fields:
            field.restyle()
        self.update()

    @property
    def fields(self) -> tuple[TextField, ...]:
        """The fields in their order."""
        return self.title, self.summary, self.needs, self.time, self.tags, self.difficulty

    def field(self, name: str) -> TextField:
        """Return the field in which a field of the tutorial is written; else the title."""
        needs = {"materials": self.needs, "tools": self.needs}
        facts = {"duration": self.time, "tags": self.tags, "difficulty": self.difficulty}
        return {"summary": self.summary, **facts, **needs}.get(name, self.title)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swap the chips for a field while what you need is edited."""
        if watched is self.needs and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            if event.type() == QEvent.Type.FocusOut:
                self.needs.show_text(", ".join(self._chips))
            self._show_needs(focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _show_needs(self, *, focused: bool | None = None) -> None:
        """Keep the field where Tab finds it; chips cover it while it isn't edited."""
        focused = self.needs.hasFocus() if focused is None else focused
        clear = self._theme.colour("ink")
        clear.setAlpha(255 if focused or not self._chips else 0)
        self.needs.setTextColor(clear)
        palette = self.needs.palette()
        palette.setColor(palette.ColorRole.Text, clear)
        self.needs.setPalette(palette)
        self.height_changed.emit()
        self.update()

    # ------------------------------------------------------------ layout

    def lay_out(self, width: int) -> int:
        """Place the fields for this width and return the height in pixels."""
        gap, y = self._theme.px(GAP), 0
        for field in (self.title, self.summary):
            height = field.height_for(width)
            field.setGeometry(0, y, width, height)
            y += height + gap
        y += gap
        self._needs_top = y
        label = self._label_width
        side = self._theme.px(SIDE)
        room = width - label - side
        self._boxes, bottom = self._flow(label, y, room)
        height = max(self.needs.height_for(room), bottom - y)
        self.needs.setGeometry(label, y + self._theme.px(4), room, height)
        self._lay_out_side(self.time, width, y)
        y += height
        if self.photos.photos:
            y += self._theme.px(PHOTOS)
            height = self.photos.lay_out(width - label)
            self.photos.setGeometry(label, y, width - label, height)
            y += height
        y += gap
        self._tags_top = y
        height = self.tags.height_for(room)
        self.tags.setGeometry(label, y + self._theme.px(4), room, height)
        y += max(height, self._lay_out_side(self.difficulty, width, y)) + self._theme.px(4)
        return y + self._theme.px(16)

    def _lay_out_side(self, field: TextField, right: int, y: int) -> int:
        """Place a field at the right edge of a line and return its height in pixels."""
        side = self._theme.px(SIDE)
        height = field.height_for(side)
        field.setGeometry(right - side, y + self._theme.px(4), side, height)
        return height

    @property
    def _labels(self) -> tuple[tuple[str, int], ...]:
        """The words at the left, each with the top of its line."""
        return (self.tr("You need"), self._needs_top), (self.tr("Tags"), self._tags_top)

    @property
    def _label_width(self) -> int:
        metrics = QFontMetrics(self._theme.font("caps"))
        words = max(metrics.horizontalAdvance(words) for words, _ in self._labels)
        return max(self._theme.px(LABEL), words + self._theme.px(GAP))

    def _flow(self, left: int, top: int, width: int) -> tuple[list[tuple[QRect, str]], int]:
        """Return the chips' places, in lines, and where the last line ends."""
        metrics = self.needs.fontMetrics()
        height, pad, gap = (
            metrics.height() + self._theme.px(6),
            self._theme.px(10),
            self._theme.px(6),
        )
        x, y, boxes = left, top, []
        for chip in self._chips:
            wide = min(metrics.horizontalAdvance(chip) + 2 * pad, width)
            if x > left and x + wide > left + width:
                x, y = left, y + height + gap
            boxes.append((QRect(x, y, wide, height), chip))
            x += wide + gap
        return boxes, y + height

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the labels and, unless the field is edited, the chips."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("caps"))
        painter.setPen(self._theme.colour("muted"))
        for words, top in self._labels:
            label = QRect(0, top, self._label_width, self._theme.px(24))
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, words)
        if self.needs.hasFocus():
            return
        painter.setFont(self._theme.font("control"))
        for box, chip in self._boxes:
            painter.setPen(self._theme.colour("line"))
            radius = box.height() / 2
            painter.drawRoundedRect(box, radius, radius)
            painter.setPen(self._theme.colour("ink"))
            text = painter.fontMetrics().elidedText(
                chip, Qt.TextElideMode.ElideRight, box.width() - self._theme.px(12)
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Edit what you need, or the tags."""
        if event.position().y() >= self._tags_top:
            self.tags.setFocus()
        elif event.position().y() >= self._needs_top:
            self.needs.setFocus()

    # ------------------------------------------------------------ edits

    def _set(self, field: edits.TutorialField, value: object) -> None:
        self._opened.edit(edits.set_field(self._opened.tutorial, field, value), typing=True)

    def _set_needs(self, text: str) -> None:
        """Keep tools where they are known as tools; all else is a material."""
        tutorial = self._opened.tutorial
        items = tuple(item for part in text.split(",") if (item := part.strip()))
        tools = tuple(item for item in items if item in tutorial.tools)
        materials = tuple(item for item in items if item not in tools)
        made, first = edits.set_field(tutorial, "materials", materials)
        made, second = edits.set_field(made, "tools", tools)
        self._opened.edit((made, edits.chained((first, second))), typing=True)
