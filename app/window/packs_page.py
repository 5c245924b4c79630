"""The packs: what each is, what it takes, and how it comes onto this machine."""

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.engine.engine import Engine
from app.tutorial.model import new_id
from app.window.doctor_page import gigabytes
from app.window.estimate_words import duration
from app.window.full_page import FullPage, card
from app.window.theme import Theme
from inference.protocol import (
    LAST_EVENTS,
    Event,
    Failed,
    Found,
    Install,
    Notice,
    Probe,
    Progress,
    Remove,
    Request,
    Verify,
)

PARTS = 1000  # of a progress bar


class PacksPage(FullPage):
    """A card for each pack; one request at a time."""

    def __init__(self, engine: Engine, theme: Theme) -> None:
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
        self._engine = engine
        self._cards: dict[str, PackCard] = {}
        own = QPushButton(self.tr("Use a GGUF file of your own…"))
        own.setToolTip(self.tr("Any text model in GGUF form as writer, with the same pictures"))
        own.clicked.connect(self._choose_own)
        self._place = QWidget()
        self.column.addWidget(self._place)
        self.column.addWidget(own)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setProperty("role", "secondary")
        self.column.addWidget(self.message)
        self._look()

    def _look(self) -> None:
        self._engine.ask(Probe(new_id()), self._hear_facts, self)

    def _hear_facts(self, event: Event) -> None:
        if isinstance(event, Found):
            self._show(event.facts)
        elif isinstance(event, Failed):
            self.message.setText(f"{event.message} {event.hint}".strip())

    def _show(self, facts: dict[str, Any]) -> None:
        fresh = QWidget()
        rows = QVBoxLayout(fresh)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(self.theme.px(12))
        self._cards = {}
        for pack in facts.get("packs", []):
            one = PackCard(pack, recommended=pack.get("id") == facts.get("recommended"))
            one.wanted.connect(self._ask)
            one.stop_wanted.connect(self._engine.cancel)
            self._cards[str(pack.get("id"))] = one
            rows.addWidget(one)
        self.column.replaceWidget(self._place, fresh)
        self._place.deleteLater()
        self._place = fresh

    def _ask(self, request: Install | Verify | Remove) -> None:
        one = self._cards.get(request.pack)
        for other in self._cards.values():
            other.set_busy(other is one, request)

        def hear(event: Event) -> None:
            if one is not None:
                one.hear(event)
            if isinstance(event, Failed):
                self.message.setText(f"{event.message} {event.hint}".strip())
            elif isinstance(event, Notice):
                self.message.setText(event.message)
            if isinstance(event, LAST_EVENTS):
                self._look()

        self._engine.ask(request, hear, self)

    def _choose_own(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Choose a writer"), str(Path.home()), "GGUF (*.gguf)"
        )
        if name:
            self._ask(Install(new_id(), "", (), name))


class PackCard(QWidget):
    """One pack. wanted(Request), stop_wanted(request id): what its buttons ask for."""

    wanted = Signal(object)
    stop_wanted = Signal(str)

    def __init__(self, pack: dict[str, Any], *, recommended: bool) -> None:
        super().__init__()
        self._id = str(pack.get("id"))
        self._request: Request | None = None
        self._began = time.monotonic()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = card()
        outer.addWidget(frame)
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(16, 12, 16, 12)
        name = QLabel(str(pack.get("name") or self._id))
        name.setProperty("role", "heading")
        head = QHBoxLayout()
        head.addWidget(name)
        if recommended:
            best = QLabel(self.tr("Best for this computer"))
            best.setProperty("role", "badge")
            head.addWidget(best)
        head.addStretch(1)
        rows.addLayout(head)
        summary = QLabel(str(pack.get("summary", "")))
        summary.setWordWrap(True)
        rows.addWidget(summary)
        facts = QLabel(self._facts(pack))
        facts.setProperty("role", "secondary")
        facts.setWordWrap(True)
        rows.addWidget(facts)
        self.setAccessibleName(f"{name.text()}. {summary.text()} {facts.text()}")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, PARTS)
        self._words = QLabel()
        self._words.setProperty("role", "secondary")
        rows.addWidget(self._progress)
        rows.addWidget(self._words)
        self._buttons = QHBoxLayout()
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.clicked.connect(self._ask_to_stop)
        self._add_buttons(pack, name.text())
        self._buttons.addWidget(self._stop)
        self._buttons.addStretch(1)
        rows.addLayout(self._buttons)
        for widget in (self._progress, self._words, self._stop):
            widget.hide()

    def _facts(self, pack: dict[str, Any]) -> str:
        state = self.tr("Installed") if pack.get("ready") else self.tr("Not installed")
        licences = {str(part.get("licence")) for part in _parts(pack) if part.get("licence")}
        told = [
            state,
            gigabytes(float(pack.get("size", 0))),
            ", ".join(str(one) for one in pack.get("languages", [])),
            self.tr("sees pictures") if pack.get("eyes") else self.tr("can't see pictures"),
            *sorted(licences),
        ]
        return " · ".join(word for word in told if word)

    def _add_buttons(self, pack: dict[str, Any], name: str) -> None:
        size = gigabytes(float(pack.get("download", 0)))
        choices: list[tuple[str, Request]] = []
        if pack.get("ready"):
            choices.append((self.tr("Check"), Verify(new_id(), self._id)))
        else:
            words = self.tr("Install, {size} to fetch").format(size=size)
            choices.append((words, Install(new_id(), self._id)))
        if pack.get("installed"):
            choices.append((self.tr("Remove"), Remove(new_id(), self._id)))
        for words, request in choices:
            button = QPushButton(words)
            button.setAccessibleName(f"{words}: {name}")
            if isinstance(request, Install):
                button.setProperty("kind", "primary")
            button.clicked.connect(lambda _=False, request=request: self._want(request))
            self._buttons.addWidget(button)

    def _want(self, request: Request) -> None:
        if isinstance(request, Remove):
            question = self.tr("Delete this pack's files? They can be fetched again.")
            answer = QMessageBox.question(self, self.tr("Remove"), question)
            if answer != QMessageBox.StandardButton.Yes:
                return
        self.wanted.emit(request)

    def _ask_to_stop(self) -> None:
        if self._request is not None:
            self.stop_wanted.emit(self._request.id)

    def set_busy(self, mine: bool, request: Request) -> None:
        """Show that a request is under way: this pack's own, or another's."""
        for button in self.findChildren(QPushButton):
            button.setEnabled(button is self._stop)
        if mine:
            self._request = request
            self._began = time.monotonic()
            for widget in (self._progress, self._words, self._stop):
                widget.show()

    def hear(self, event: Event) -> None:
        """Follow the request's events."""
        if isinstance(event, Progress) and event.total:
            self._progress.setValue(event.done * PARTS // event.total)
            words = self.tr("{what}: {done} of {total}").format(
                what=event.what, done=gigabytes(event.done), total=gigabytes(event.total)
            )
            passed = time.monotonic() - self._began
            if event.done and passed > 2:  # the first seconds tell little
                left = passed * (event.total - event.done) / event.done
                words += " · " + self.tr("about {time}").format(time=duration(left))
            self._words.setText(words)


def _parts(pack: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in pack.values() if isinstance(part, dict)]
