"""The packs: what each is, what it takes, and how it comes onto this computer."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QPushButton, QVBoxLayout

from app.engine.upkeep import Upkeep
from app.tutorial.model import new_id
from app.window.full_page import FullPage, card
from app.window.pack_card import PackCard
from app.window.pack_work import PackWork
from app.window.side_pane import note
from app.window.theme import Theme
from inference.protocol import Install


class PacksPage(FullPage):
    """A card for each pack, and one for a writer of the person's own."""

    def __init__(self, upkeep: Upkeep, theme: Theme) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            translate("PacksPage", "Packs"),
            translate(
                "PacksPage",
                "A pack is a writer and a painter that belong together. Nothing is fetched unless "
                "you say so; every file is checked before it is used.",
            ),
            theme,
        )
        self._upkeep = upkeep
        self.cards: dict[str, PackCard] = {}
        self.message = note()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.again = QPushButton(self.tr("Start it again"))
        self.again.clicked.connect(upkeep.start_again)
        self._packs = QVBoxLayout()
        self._packs.setSpacing(theme.px(12))
        self.column.addWidget(self.message)
        self.column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addLayout(self._packs)
        self.own = QPushButton(self.tr("Choose GGUF files…"))
        self.own.clicked.connect(self._choose_own)
        self.column.addWidget(self._own_card())
        upkeep.facts_changed.connect(self._show)
        upkeep.work_changed.connect(self._show_state)
        self._show()
        upkeep.look()

    def _own_card(self) -> QFrame:
        frame, px = card(), self.theme.px
        name = QLabel(self.tr("A writer of your own"))
        name.setProperty("role", "heading")
        words = note(
            self.tr(
                "Any text model in a GGUF file can write, with the same drawn pictures. "
                "Choose its mmproj file with it, if there is one: then it sees photos. "
                "They are copied to the packs; your files stay as they are."
            ),
            "body",
        )
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(px(16), px(12), px(16), px(12))
        rows.setSpacing(px(8))
        for widget in (name, words, PackWork(self._upkeep, "", self.theme)):
            rows.addWidget(widget)
        rows.addWidget(self.own, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    def _show(self) -> None:
        facts = self._upkeep.facts
        packs = {str(pack.get("id")): pack for pack in facts.get("packs", ())}
        for gone in self.cards.keys() - packs.keys():
            one = self.cards.pop(gone)
            self._packs.removeWidget(one)
            one.hide()
            one.deleteLater()
        for name, pack in packs.items():
            if name not in self.cards:
                self.cards[name] = PackCard(self._upkeep, name, self.theme)
                self._packs.addWidget(self.cards[name])
            self.cards[name].show_pack(
                pack, best=name == (facts.get("best") or facts.get("recommended"))
            )
        self._show_state()

    def _show_state(self) -> None:
        upkeep = self._upkeep
        waits = "" if upkeep.facts else self.tr("Asking the engine…")
        self.message.setText(upkeep.trouble or waits)
        self.message.setVisible(bool(self.message.text()))
        self.again.setVisible(bool(upkeep.trouble) and upkeep.engine.state == "broken")
        self.own.setEnabled(upkeep.work is None)

    def _choose_own(self) -> None:
        title = self.tr("Choose a writer, and its mmproj if it has one")
        names, _ = QFileDialog.getOpenFileNames(self, title, str(Path.home()), "GGUF (*.gguf)")
        self.take_own(names)

    def take_own(self, names: Sequence[str]) -> None:
        """Install the writer of these files: its GGUF, or that and its mmproj in any order."""
        if len(names) > 2:
            self._upkeep.refuse(self.tr("Choose one writer, and at most its mmproj beside it."))
        elif names:
            writer, eyes = (*names, "")[:2]
            self._upkeep.begin(Install(new_id(), "", (), writer, eyes=eyes))
