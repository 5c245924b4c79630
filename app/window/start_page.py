"""The start page: what do you want to teach, other ways to begin, and what is built in."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.editing.background import Background
from app.editing.settings import Settings
from app.engine.upkeep import Upkeep
from app.window.built_in_cards import BuiltInCards
from app.window.full_page import caps
from app.window.own_text_page import OwnTextPage
from app.window.pack_offer import PackOffer
from app.window.prompt_card import PromptCard
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout

WIDE, SEARCH = 760, 220  # pixels at zoom 1


class StartPage(QStackedWidget):
    """How a tutorial begins; each signal says with what.

    write_requested(prompt, Making, photos, seed). After the first paint it asks the engine for
    the packs, which starts it, and reads the built-in tutorials.
    """

    write_requested = Signal(str, object, object, int)
    text_given = Signal(str)
    file_chosen = Signal(object)
    empty_requested = Signal()
    builtin_chosen = Signal(str)

    def __init__(
        self, upkeep: Upkeep, theme: Theme, background: Background, settings: Settings
    ) -> None:
        super().__init__()
        self.setObjectName("bg")
        self.setAccessibleName(self.tr("Start page"))
        self._theme = theme
        self._upkeep = upkeep
        self._seen = False
        self._own_text: OwnTextPage | None = None
        self.card = PromptCard(theme, settings)
        self.offer = PackOffer(upkeep, theme, settings)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search the built-in ones"))
        self.search.setAccessibleName(self.tr("Search the built-in tutorials"))
        self.search.setClearButtonEnabled(True)
        self.built_in = BuiltInCards(theme, background, self.search)
        self.card.write_requested.connect(self.write_requested)
        self.offer.packs_known.connect(self.card.show_packs)
        self.built_in.builtin_chosen.connect(self.builtin_chosen)
        self._lay_out()
        theme.dress(self)
        theme.restyled.connect(self._restyle)
        self._restyle()

    def take_focus(self) -> None:
        """Go to the prompt; what stands there is selected, so that typing begins anew."""
        if self._own_text is not None:
            self._close_own_text()
        self.card.field.setFocus()
        self.card.field.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Begin with what takes time once the page is seen."""
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self.built_in.load)
            QTimer.singleShot(0, self, self._upkeep.look)

    def _lay_out(self) -> None:
        title = QLabel(self.tr("What do you want to teach?"))
        title.setProperty("role", "title")
        title.setWordWrap(True)
        lead = QLabel(
            self.tr("Type it, and get a draft with pictures. Nothing leaves this computer.")
        )
        lead.setProperty("role", "lead")
        lead.setWordWrap(True)
        self._ways = WrappingLayout(0, 0)
        for button in self._other_ways():
            self._ways.addWidget(button)
        head = QHBoxLayout()
        head.addWidget(caps(self.tr("Built-in tutorials to adapt")), 1)
        head.addWidget(self.search)
        self._sheet = QWidget()
        self._rows = QVBoxLayout(self._sheet)
        for widget in (title, lead, self.card, self.offer):
            self._rows.addWidget(widget)
        self._rows.addLayout(self._ways)
        self._rows.addSpacing(self._theme.px(16))
        self._rows.addLayout(head)
        self._rows.addWidget(self.built_in)
        self._rows.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._sheet)
        self.addWidget(area)

    def _other_ways(self) -> list[QPushButton]:
        ways = (
            (
                self.tr("Start from my own text"),
                self.tr("Your words become the steps; pictures are painted to them"),
                self._open_own_text,
            ),
            (
                self.tr("Import Markdown"),
                self.tr("A Markdown or text file, with its pictures"),
                self._choose_file,
            ),
            (
                self.tr("Empty tutorial"),
                self.tr("One empty step to begin with"),
                self.empty_requested,
            ),
        )
        buttons = []
        for name, tip, begin in ways:
            button = QPushButton(name)
            button.setToolTip(tip)
            button.clicked.connect(begin)
            buttons.append(button)
        return buttons

    # ------------------------------------------------------------ the author's own text

    def _open_own_text(self) -> None:
        page = OwnTextPage(self._theme)
        page.text_given.connect(self.text_given)
        page.file_requested.connect(self._choose_file)
        page.closed.connect(self.take_focus)
        self._own_text = page
        self.addWidget(page)
        self.setCurrentWidget(page)
        page.field.setFocus()

    def _close_own_text(self) -> None:
        page, self._own_text = self._own_text, None
        if page is not None:
            self.removeWidget(page)
            page.hide()
            page.deleteLater()

    def _choose_file(self) -> None:
        kinds = self.tr("Texts ({kinds})").format(kinds="*.md *.markdown *.txt")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Import"), "", kinds)
        if name:
            self.file_chosen.emit(Path(name))

    def _restyle(self) -> None:
        px = self._theme.px
        self._sheet.setMaximumWidth(px(WIDE + 48))
        metrics = QFontMetrics(self._theme.font("control"))
        words = metrics.horizontalAdvance(self.search.placeholderText())
        self.search.setFixedWidth(max(px(SEARCH), words + px(40)))
        self._rows.setContentsMargins(px(24), px(56), px(24), px(32))
        self._rows.setSpacing(px(12))
        self._ways.set_measures(px(8), px(8))
