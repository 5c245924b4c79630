"""Two takes of a picture, side by side or under a slider, and what differs in words."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.tutorial.model import Picture, Take
from app.window import picture_edits
from app.window.icons import icon
from app.window.picture_frame import side_for
from app.window.take_differences import differences, differing_pixels
from app.window.workplace import Workplace

NUDGE = 0.02  # of the width: what an arrow key moves the slider
GAP = 16


class ComparePane(QWidget):
    """closed(): the person goes back, by the button or Escape."""

    closed = Signal()

    def __init__(self, workplace: Workplace, step_id: str, picture_id: str) -> None:
        super().__init__()
        self.setObjectName("bg")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("alone", True)
        self.setAccessibleName(self.tr("Compare takes"))
        self._workplace = workplace
        self._place = (workplace, step_id, picture_id)
        self._pixels = ""
        self.canvas = CompareCanvas(workplace)
        self.boxes = (QComboBox(), QComboBox())
        self.buttons = (QPushButton(self.tr("Choose")), QPushButton(self.tr("Choose")))
        self.words = QLabel()
        self.words.setProperty("role", "secondary")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAccessibleName(self.tr("What differs"))
        self._lay_out()
        for side, (box, button) in enumerate(zip(self.boxes, self.buttons, strict=True)):
            box.setAccessibleName(self.tr("Left take") if side == 0 else self.tr("Right take"))
            button.setAccessibleName(
                self.tr("Choose the left take") if side == 0 else self.tr("Choose the right take")
            )
            box.currentIndexChanged.connect(self._look)
            button.clicked.connect(lambda _=False, side=side: self._choose(side))
        workplace.opened.tutorial_changed.connect(self._follow)
        workplace.images.image_ready.connect(self.canvas.update)
        self.setFocusProxy(self.canvas)
        workplace.theme.dress(self)
        picture = self._picture
        if picture is not None:
            others = [n for n, sha in enumerate(picture.takes) if sha != picture.chosen]
            chosen = picture.takes.index(picture.chosen) if picture.chosen in picture.takes else 0
            self._fill(picture, (chosen, others[-1] if others else chosen))

    def _lay_out(self) -> None:
        px, theme = self._workplace.theme.px, self._workplace.theme
        heading = QLabel(self.tr("Compare takes"))
        heading.setProperty("role", "heading")
        self.beside = QPushButton(self.tr("Side by side"))
        self.slider = QPushButton(self.tr("Slider"))
        self._modes = QButtonGroup(self)
        for button in (self.beside, self.slider):
            button.setCheckable(True)
            self._modes.addButton(button)
        self.beside.setChecked(True)
        self._modes.buttonToggled.connect(lambda *_: self._show_mode())
        back = QPushButton(icon("previous", theme.colours.ink), self.tr("Back"))
        back.setProperty("kind", "quiet")
        back.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        for button in (self.beside, self.slider, back):
            head.addWidget(button)
        choice = QHBoxLayout()
        choice.setSpacing(px(GAP))
        for box, button in zip(self.boxes, self.buttons, strict=True):
            half = QHBoxLayout()
            half.addWidget(box, 1)
            half.addWidget(button)
            choice.addLayout(half, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(16), px(24), px(16))
        column.setSpacing(px(12))
        column.addLayout(head)
        column.addLayout(choice)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.words)

    # ------------------------------------------------------------ following the tutorial

    @property
    def _picture(self) -> Picture | None:
        return picture_edits.picture_of(*self._place)

    def _follow(self, *_: object) -> None:
        picture = self._picture
        if picture is None or len(picture.takes) < 2:
            self.closed.emit()
            return
        shown = [box.currentData() for box in self.boxes]
        places = [picture.takes.index(sha) if sha in picture.takes else 0 for sha in shown]
        self._fill(picture, (places[0], places[1]))

    def _fill(self, picture: Picture, places: tuple[int, int]) -> None:
        for box, place in zip(self.boxes, places, strict=True):
            box.blockSignals(True)
            box.clear()
            for number, sha256 in enumerate(picture.takes, 1):
                words = self.tr("Take {n}")
                if sha256 == picture.chosen:
                    words = self.tr("Take {n}, chosen")
                elif sha256 in picture.starred:
                    words = self.tr("Take {n}, starred")
                box.addItem(words.format(n=number), sha256)
            box.setCurrentIndex(place)
            box.blockSignals(False)
        self._look()

    def _look(self, *_: object) -> None:
        """Show the two takes that are picked, and what differs."""
        picture = self._picture
        left, right = (str(box.currentData() or "") for box in self.boxes)
        self.canvas.show_takes(left, right)
        for button, sha256 in zip(self.buttons, (left, right), strict=True):
            button.setEnabled(picture is not None and picture.chosen != sha256)
        self._pixels = ""
        self._tell()
        if left != right:
            self._count_pixels(left, right)

    def _tell(self) -> None:
        left, right = (str(box.currentData() or "") for box in self.boxes)
        infos = self._workplace.opened.infos
        lines: tuple[str, ...] = ()
        if left == right:
            lines = (self.tr("This is the same take twice."),)
        elif left in infos and right in infos:
            lines = differences(infos[left], infos[right])
        self.words.setText(" · ".join(line for line in (*lines, self._pixels) if line))

    def _count_pixels(self, left: str, right: str) -> None:
        opened = self._workplace.opened

        def read(one: Take) -> None:
            opened.take(right, lambda other: count(one, other))

        def count(one: Take, other: Take) -> None:
            self._workplace.background.run(
                lambda: differing_pixels(one, other), tell, lambda _error: None
            )

        def tell(share: float | None) -> None:
            if share is not None and [box.currentData() for box in self.boxes] == [left, right]:
                words = self.tr("{percent} % of the pixels differ")
                self._pixels = words.format(percent=f"{share * 100:.1f}")
                self._tell()

        opened.take(left, read)

    # ------------------------------------------------------------ what is asked

    def _show_mode(self) -> None:
        self.canvas.show_slider(self.slider.isChecked())

    def _choose(self, side: int) -> None:
        picture_edits.choose(*self._place, str(self.boxes[side].currentData()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class CompareCanvas(QWidget):
    """The two takes; with the slider the left one shows left of it. Drag it, or use the arrows."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._takes = ("", "")
        self._sliding = False
        self.at = 0.5  # of the width: where the slider stands
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(workplace.theme.px(160))
        self.setAccessibleName(self.tr("The two takes"))

    def show_takes(self, left: str, right: str) -> None:
        """Show these two takes."""
        self._takes = (left, right)
        self.update()

    def show_slider(self, sliding: bool) -> None:
        """Lay them over each other with a slider, or side by side."""
        self._sliding = sliding
        shape = Qt.CursorShape.SplitHCursor if sliding else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.setToolTip(self.tr("Drag the line, or move it with the arrow keys") if sliding else "")
        self.update()

    def _boxes(self) -> tuple[QRectF, QRectF]:
        whole = QRectF(self.rect())
        if self._sliding:
            return whole, whole
        gap = self._workplace.theme.px(GAP)
        half = (whole.width() - gap) / 2
        return (
            QRectF(0, 0, half, whole.height()),
            QRectF(half + gap, 0, half, whole.height()),
        )

    def _fitted(self, sha256: str, box: QRectF) -> QRectF:
        """Return where a take stands within a box, whole."""
        info = self._workplace.opened.infos.get(sha256)
        if info is None or info.width < 1 or info.height < 1:
            return box
        scale = min(box.width() / info.width, box.height() / info.height)
        rect = QRectF(0, 0, info.width * scale, info.height * scale)
        rect.moveCenter(box.center())
        return rect

    def _pixmap(self, sha256: str, rect: QRectF) -> QPixmap | None:
        side = side_for(max(rect.width(), rect.height()) * self.devicePixelRatioF())
        return self._workplace.images.pixmap(sha256, side) if sha256 else None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both takes and the line between them."""
        theme = self._workplace.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rects = []
        for number, (sha256, box) in enumerate(zip(self._takes, self._boxes(), strict=True)):
            rect = self._fitted(sha256, box)
            rects.append(rect)
            painter.save()
            if self._sliding:
                line = rects[0].left() + rects[0].width() * self.at
                left, width = (0.0, line) if number == 0 else (line, self.width() - line)
                painter.setClipRect(QRectF(left, 0, width, self.height()))
            pixmap = self._pixmap(sha256, rect)
            if pixmap is not None:
                painter.drawPixmap(rect, pixmap, QRectF(pixmap.rect()))
            else:
                painter.fillRect(rect, theme.colour("pic"))
            painter.restore()
        if self._sliding:
            line = rects[0].left() + rects[0].width() * self.at
            painter.setPen(QPen(theme.colour("accent"), theme.px(2)))
            painter.drawLine(
                round(line), round(rects[0].top()), round(line), round(rects[0].bottom())
            )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(theme.colour("accent"))
            knob = theme.px(10)
            painter.drawEllipse(
                QRectF(line - knob, rects[0].center().y() - knob, 2 * knob, 2 * knob)
            )
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), theme.px(2)))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _slide_to(self, at: float) -> None:
        self.at = min(max(at, 0.0), 1.0)
        self.setAccessibleDescription(self.tr("{n} %").format(n=round(self.at * 100)))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the slider here."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the slider."""
        rect = self._fitted(self._takes[0], self._boxes()[0])
        if self._sliding and rect.width() > 0:
            self._slide_to((event.position().x() - rect.left()) / rect.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the slider by the arrows."""
        ways = {Qt.Key.Key_Left: -NUDGE, Qt.Key.Key_Right: NUDGE}
        way = ways.get(Qt.Key(event.key()))
        if self._sliding and way is not None:
            self._slide_to(self.at + way)
        else:
            super().keyPressEvent(event)
