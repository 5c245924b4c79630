"""The pictures that the next painting of a picture sees, as chips that can be left out.

A painter of drawn scenes sees only drawn scenes: of a photo it can't tell what stands where.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app.engine.jobs import NEIGHBOURS, Neighbour
from app.engine.redrawing import sees
from app.tutorial.model import step_by_id
from app.tutorial.undo import picture_by_id
from app.window.icons import icon
from app.window.picture_frame import paint_ring, paint_thumbnail, side_for
from app.window.workplace import Workplace

PICTURE = 48  # pixels at zoom 1: height of the thumbnail
CAPTION = 20
RADIUS = 6
MARK = 16
LEFT_OUT = 0.35  # opacity


class Chips(QWidget):
    """One chip for each neighbour and the anchor; follows show_picture."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._place = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(workplace.theme.px(6))
        self.chips = {role: Chip(workplace, role) for role in NEIGHBOURS}
        for role, chip in self.chips.items():
            row.addWidget(chip)
            chip.clicked.connect(lambda _=False, role=role: self._toggle(role))
        states = workplace.picture_states
        states.state_changed.connect(self._state_changed)
        states.painter_changed.connect(self.refresh)
        workplace.images.image_ready.connect(self._image_ready)

    def show_picture(self, step: str, picture: str) -> None:
        """Show what this picture sees."""
        self._place = (step, picture)
        self.refresh()

    def refresh(self) -> None:
        """Look again at what the picture sees."""
        tutorial = self._workplace.opened.tutorial
        step = step_by_id(tutorial, self._place[0])
        picture = picture_by_id(tutorial, *self._place)
        seen = sees(tutorial, step, picture) if step is not None and picture is not None else {}
        wanted = self._workplace.picture_states.neighbours(self._place[1])
        for role, chip in self.chips.items():
            take = seen.get(role)
            chip.follow(take, wanted=role in wanted, legible=self._legible(take))

    def _legible(self, take: str | None) -> bool:
        """Whether the painter can make out what a take shows."""
        info = self._workplace.opened.infos.get(take or "")
        drawn = self._workplace.picture_states.draws_scenes
        return not drawn or info is None or "scene" in info.source

    def _toggle(self, role: Neighbour) -> None:
        states = self._workplace.picture_states
        states.let_see(self._place[1], role, sees=role not in states.neighbours(self._place[1]))

    def _state_changed(self, picture: str) -> None:
        if picture == self._place[1]:
            self.refresh()

    def _image_ready(self, sha256: str) -> None:
        for chip in self.chips.values():
            if chip.sha256 == sha256:
                chip.update()


class Chip(QAbstractButton):
    """One picture that is seen; a click leaves it out or brings it back; dashed: none."""

    def __init__(self, workplace: Workplace, role: Neighbour) -> None:
        super().__init__()
        self._workplace = workplace
        self._role = role
        self._caption = {
            "previous": self.tr("Previous"),
            "next": self.tr("Next"),
            "anchor": self.tr("Anchor"),
        }[role]
        self.sha256: str | None = None
        self._seen = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.follow(None, wanted=True, legible=True)

    def follow(self, sha256: str | None, *, wanted: bool, legible: bool) -> None:
        """Show the take, or an empty place; wanted: it is not left out; legible: by the painter."""
        self.sha256, self._seen = sha256, wanted and legible
        self.setEnabled(sha256 is not None and legible)
        if sha256 is None:
            name = self.tr("{role}: none").format(role=self._caption)
            tip = self.tr("There is no such picture")
            if self._role == "anchor":
                tip = self.tr("Use a take as anchor, and every picture sees it")
        elif not legible:
            name = self.tr("{role}: a picture that drawings can't follow").format(
                role=self._caption
            )
            tip = self.tr("Only a painter on a graphics card sees what a photo shows")
        elif wanted:
            name = self.tr("{role}: seen").format(role=self._caption)
            tip = self.tr("Leave it out of the next painting")
        else:
            name = self.tr("{role}: left out").format(role=self._caption)
            tip = self.tr("Let the next painting see it again")
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the thumbnail and its caption."""
        px = self._workplace.theme.px
        return QSize(px(72), px(PICTURE + CAPTION))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the thumbnail or the empty place, its mark and its caption."""
        theme = self._workplace.theme
        px = theme.px
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        box = QRectF(0.5, 0.5, self.width() - 1, px(PICTURE) - 1)
        if self.sha256 is None:
            painter.setPen(QPen(theme.colour("edge"), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(box, px(RADIUS), px(RADIUS))
        else:
            self._paint_take(painter, box, self.sha256)
        if self.hasFocus():
            paint_ring(painter, box, theme, RADIUS)
        painter.setFont(theme.font("caps"))
        font = painter.font()
        font.setWeight(font.Weight.Normal)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0)
        painter.setFont(font)
        painter.setPen(theme.colour("muted"))
        caption = QRectF(0, px(PICTURE), self.width(), px(CAPTION))
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, self._caption)
        painter.end()

    def _paint_take(self, painter: QPainter, box: QRectF, sha256: str) -> None:
        theme = self._workplace.theme
        side = side_for(max(box.width(), box.height()) * self.devicePixelRatioF())
        pixmap = self._workplace.images.pixmap(sha256, side)
        painter.setOpacity(1.0 if self._seen else LEFT_OUT)
        paint_thumbnail(painter, box, pixmap, theme, RADIUS)
        painter.setOpacity(1.0)
        if not self.isEnabled():
            return
        size = theme.px(MARK)
        mark = QRectF(box.right() - size - 3, box.top() + 3, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("panel"))
        painter.drawEllipse(mark)
        name = "close" if self._seen else "add"
        icon(name, theme.colours.ink).paint(painter, mark.toRect().adjusted(3, 3, -3, -3))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be clicked."""
        super().enterEvent(event)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()
