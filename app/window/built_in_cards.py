"""The hand-written starting tutorials as cards with covers, and a search over them."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import resvg_py
from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.editing.background import Background
from app.window.images import decoded
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout
from assets.corpus import Example, corpus
from assets.corpus.covers import covers
from assets.sprites import Library, Scene, library, to_svg

CARD, GAP, FOOT = 172, 16, 58  # pixels at zoom 1: the least width, the gap, the words' height
TALL = 0.78  # a cover's height by its width; the rest of the square scene is cut off
TOP = 0.12  # of the scene, cut off above
FIRST = 24  # cards that are shown unasked: three of each domain
AT_ONCE = 12  # cards made before the window may paint again


class BuiltIns(NamedTuple):
    """What is read of the package once."""

    examples: list[Example]
    scenes: dict[str, Scene]
    drawings: Library


class BuiltInCards(QWidget):
    """builtin_chosen(name): a tutorial to make a copy of."""

    builtin_chosen = Signal(str)

    def __init__(self, theme: Theme, background: Background, search: QLineEdit) -> None:
        super().__init__()
        self._theme = theme
        self._background = background
        self._search = search
        self._built_ins: BuiltIns | None = None
        self._cards: dict[str, Card] = {}
        self._wanted: list[Example] = []  # whose cards are still to be made
        self._all = False
        self._grid = WrappingLayout(0, 0)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "secondary")
        self.nothing.setWordWrap(True)
        self.nothing.setText(
            self.tr("No built-in tutorial has these words. Type above what you want to teach.")
        )
        self.nothing.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(self._grid)
        rows.addWidget(self.nothing)
        self.more = QPushButton()
        self.more.clicked.connect(self._show_all)
        self.more.hide()
        rows.addSpacing(theme.px(GAP))
        rows.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        search.textChanged.connect(self._search_again)
        theme.restyled.connect(self._restyle)
        self._restyle()

    def load(self) -> None:
        """Read the tutorials off the GUI thread, then show their cards."""
        self._background.run(lambda: BuiltIns(_in_turn(corpus()), covers(), library()), self._take)

    @property
    def cards(self) -> Sequence["Card"]:
        """The cards made so far, shown or filtered out."""
        return list(self._cards.values())

    def _take(self, built_ins: BuiltIns) -> None:
        self._built_ins = built_ins
        self._filter()

    def _search_again(self) -> None:
        self._all = False
        self._filter()

    def _show_all(self) -> None:
        self._all = True
        self._filter()
        if focused := next((card for card in self.cards[FIRST:] if card.isVisible()), None):
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def _filter(self) -> None:
        """Show what fits the search; of much only the first cards, since the rest is asked for."""
        if self._built_ins is None:
            return
        words = self._search.text().casefold().split()
        fitting = [
            example
            for example in self._built_ins.examples
            if all(word in searched(example) for word in words)
        ]
        shown = {one.name: one for one in (fitting if self._all else fitting[:FIRST])}
        for name, card in self._cards.items():
            card.setVisible(name in shown)
        self._wanted = [one for name, one in shown.items() if name not in self._cards]
        self.nothing.setVisible(not fitting)
        self.more.setText(self.tr("Show all {n}").format(n=len(fitting)))
        self.more.setVisible(len(fitting) > len(shown))
        self._make()

    def _make(self) -> None:
        """Make some cards, then let the window paint."""
        made, self._wanted = self._wanted[:AT_ONCE], self._wanted[AT_ONCE:]
        for example in made:
            card = Card(example, self._theme, self._draw)
            card.clicked.connect(partial(self.builtin_chosen.emit, example.name))
            self._cards[example.name] = card
            self._grid.addWidget(card)
            card.show()  # now and not later, so that it can take the focus
        if self._wanted:
            QTimer.singleShot(0, self, self._make)

    def _draw(self, name: str, side: int, then: Callable[..., None]) -> None:
        scene = self._built_ins.scenes.get(name) if self._built_ins else None
        if self._built_ins is not None and scene is not None:
            drawn = partial(cover, scene, self._built_ins.drawings, side)
            self._background.run(drawn, then)

    def _restyle(self) -> None:
        px = self._theme.px
        self._grid.set_measures(px(GAP), px(GAP), px(CARD))
        for card in self._cards.values():
            card.updateGeometry()
            card.update()


def searched(example: Example) -> str:
    """Return the words by which a tutorial is found, in lower case."""
    words = (example.title, domain_words(example.domain), example.summary, *example.materials)
    return " ".join(words).casefold()


def _in_turn(examples: list[Example]) -> list[Example]:
    """Return one of each domain after the other, so that the first rows show what there is."""
    before: Counter[str] = Counter()
    turns = []
    for example in examples:
        turns.append(before[example.domain])
        before[example.domain] += 1
    return [example for _, example in sorted(zip(turns, examples, strict=True), key=_turn)]


def _turn(placed: tuple[int, Example]) -> tuple[int, str]:
    return placed[0], placed[1].domain


class Card(QAbstractButton):
    """A starting tutorial; draw(name, side, then) draws its cover off the GUI thread."""

    def __init__(
        self,
        example: Example,
        theme: Theme,
        draw: Callable[[str, int, Callable[[QImage], None]], None],
    ) -> None:
        super().__init__()
        self._name = example.name
        self._theme = theme
        self._draw = draw
        self._cover: QPixmap | None = None
        self._asked = 0  # pixels a side
        domain = domain_words(example.domain)
        steps = self.tr("{n} steps").format(n=len(example.steps))
        self._title, self._line = example.title, f"{domain} · {steps}"
        self.setAccessibleName(self.tr("{title}, built-in").format(title=example.title))
        self.setAccessibleDescription(f"{self._line}. {example.summary}")
        self.setToolTip(f"{example.title}\n{example.summary}")  # the title may be cut off
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def hasHeightForWidth(self) -> bool:
        """The wider, the higher is the cover."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the cover and the words."""
        return round(width * TALL) + self._theme.px(FOOT)

    def sizeHint(self) -> QSize:
        """Return the least size."""
        width = self._theme.px(CARD)
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cover and the words; ask for the cover when it is first seen."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        shape.addRoundedRect(frame, theme.px(10), theme.px(10))
        painter.setClipPath(shape)
        painter.fillRect(frame, theme.colour("sel" if self.underMouse() else "page"))
        picture = QRectF(0, 0, self.width(), round(self.width() * TALL))
        painter.fillRect(picture, theme.colour("pic"))
        self._ask_for_cover()
        if self._cover is not None:
            part = QRectF(self._cover.rect())
            part = QRectF(0, part.height() * TOP, part.width(), part.width() * TALL)
            painter.drawPixmap(picture, self._cover, part)
        self._paint_words(painter, picture.bottom())
        painter.setClipping(False)
        focused = self.hasFocus()
        line = theme.colour("accent" if focused else "edge" if self.underMouse() else "line")
        painter.setPen(QPen(line, 2 if focused else 1))
        painter.drawPath(shape)

    def _paint_words(self, painter: QPainter, top: float) -> None:
        theme = self._theme
        side = theme.px(12)
        width = self.width() - 2 * side
        bold, small = theme.font("control"), theme.font("secondary")
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(theme.colour("ink"))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, width)
        baseline = round(top) + theme.px(10) + metrics.ascent()
        painter.drawText(side, baseline, title)
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        metrics = painter.fontMetrics()
        line = metrics.elidedText(self._line, Qt.TextElideMode.ElideRight, width)
        painter.drawText(side, baseline + theme.px(20), line)

    @property
    def has_cover(self) -> bool:
        """Whether its cover is drawn."""
        return self._cover is not None

    def _ask_for_cover(self) -> None:
        side = round(self.width() * self.devicePixelRatioF())
        if side > self._asked:
            self._asked = side
            self._draw(self._name, side, self._take_cover)

    def _take_cover(self, image: QImage) -> None:
        self._cover = QPixmap.fromImage(image)
        self.update()


def cover(scene: Scene, drawings: Library, side: int) -> QImage:
    """Return the scene drawn side x side pixels; not for the GUI thread."""
    png = resvg_py.svg_to_bytes(
        svg_string=to_svg(scene, drawings), width=side, height=side, skip_system_fonts=True
    )
    image = decoded(bytes(png), side)
    assert image is not None
    return image


def domain_words(domain: str) -> str:
    """Return what a domain of the corpus is called."""
    translate = QCoreApplication.translate
    known = {
        "clothes": translate("BuiltInCards", "Clothes"),
        "cooking": translate("BuiltInCards", "Cooking"),
        "crafts": translate("BuiltInCards", "Crafts"),
        "garden": translate("BuiltInCards", "Garden"),
        "home": translate("BuiltInCards", "Home"),
        "pets": translate("BuiltInCards", "Pets"),
        "repair": translate("BuiltInCards", "Repair"),
        "transport": translate("BuiltInCards", "Transport"),
    }
    return known.get(domain, domain.title())
