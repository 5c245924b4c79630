"""The pictures of a page of the reader: as large as there is room, with what is drawn over them."""

from collections import OrderedDict
from collections.abc import Sequence

import resvg_py
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import isValid

from app.exporting.pictures import raster
from app.exporting.tree import render
from app.tutorial.model import Picture, Step, Take, Tutorial
from app.window.images import decoded
from app.window.picture_frame import RADIUS, paint_rounded
from app.window.workplace import Workplace

LARGEST = 2048  # pixels a side that are decoded at most
DRAWN = 1536  # pixels a side of a drawing
KEPT = 6  # pictures: this page's and a neighbour's
GAP = 16  # pixels at zoom 1


class ReaderPictures(QWidget):
    """Up to three pictures beside or above one another, whichever shows them larger."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._pictures: tuple[Picture, ...] = ()
        self._kept: OrderedDict[Picture, QPixmap | None] = OrderedDict()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these pictures; what is not read yet appears when it is."""
        self._pictures = tuple(pictures)
        alts = [picture.alt_text for picture in pictures if picture.alt_text]
        self.setAccessibleName("; ".join(alts) or self.tr("Picture without alt text"))
        self.setVisible(bool(pictures))
        self.fetch(pictures)
        self.update()

    def fetch(self, pictures: Sequence[Picture]) -> None:
        """Read pictures that are shown now or soon."""
        for picture in pictures:
            if picture in self._kept:
                self._kept.move_to_end(picture)
            elif picture.chosen is not None:
                self._kept[picture] = None
                self._read(picture, picture.chosen)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    @property
    def images(self) -> list[QPixmap]:
        """The pictures that can be seen by now."""
        found = (self._kept.get(picture) for picture in self._pictures)
        return [pixmap for pixmap in found if pixmap is not None]

    def _read(self, picture: Picture, sha256: str) -> None:
        background = self._workplace.background

        def draw(take: Take) -> None:
            background.run(lambda: drawn(picture, take), keep)

        def keep(image: QImage | None) -> None:
            if isValid(self):  # the person may have gone on
                self._keep(picture, image)

        self._workplace.opened.take(sha256, draw)

    def _keep(self, picture: Picture, image: QImage | None) -> None:
        if image is not None and picture in self._kept:
            self._kept[picture] = QPixmap.fromImage(image)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint each picture whole, in the middle of its place."""
        theme = self._workplace.theme
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        ratios = [self._ratio(picture) for picture in self._pictures]
        boxes = places(self.rect(), ratios, theme.px(GAP))
        for picture, place in zip(self._pictures, boxes, strict=True):
            pixmap = self._kept.get(picture)
            if pixmap is not None:
                paint_rounded(painter, place, pixmap, theme.px(RADIUS))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("pic"))
                painter.drawRoundedRect(place, theme.px(RADIUS), theme.px(RADIUS))
        painter.end()

    def _ratio(self, picture: Picture) -> float:
        """Return width by height, known before the picture is read."""
        info = self._workplace.opened.infos.get(picture.chosen or "")
        return info.width / max(info.height, 1) if info is not None else 1.0


def places(room: QRect, ratios: Sequence[float], gap: int) -> list[QRectF]:
    """Return where pictures of these shapes (width by height) are largest: in a row or a column."""
    ways = [_in_line(room, ratios, gap, column=column) for column in (False, True)]
    return max(ways, key=lambda way: sum(box.width() * box.height() for box in way))


def _in_line(room: QRect, ratios: Sequence[float], gap: int, *, column: bool) -> list[QRectF]:
    count = max(len(ratios), 1)
    across = room.height() if column else room.width()
    share = max((across - gap * (count - 1)) / count, 1)
    boxes = []
    for number, ratio in enumerate(ratios):
        start = number * (share + gap)
        cell = (
            QRectF(room.left(), room.top() + start, room.width(), share)
            if column
            else QRectF(room.left() + start, room.top(), share, room.height())
        )
        box = QRectF(0, 0, min(cell.width(), cell.height() * ratio), 0)
        box.setHeight(box.width() / ratio)
        box.moveCenter(cell.center())
        boxes.append(box)
    return boxes


def drawn(picture: Picture, take: Take) -> QImage | None:
    """Return a take as an export shows it: with its marks, and without what they cover."""
    alone = Tutorial("", steps=(Step("", pictures=(picture,)),))
    figures = render(alone, {take.sha256: take}).figures
    if not figures:
        return None
    (figure,) = figures
    if figure.svg is not None and not figure.marks:
        png = resvg_py.svg_to_bytes(svg_string=figure.svg, width=DRAWN)
        return decoded(bytes(png), LARGEST)
    return decoded(raster(figure).data, LARGEST)
