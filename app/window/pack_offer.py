"""What the start page says while no writer is there: what it takes, and a button that gets it."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from app.engine.engine import Engine
from app.tutorial.model import new_id
from app.window.sizes import gigabytes
from app.window.theme import Theme
from inference.protocol import LAST_EVENTS, Event, Failed, Finished, Found, Install, Probe, Progress

STARTER = "starter"
COMMAND = 'pip install "interstep[cpu]"'
PARTS = 1000  # of the progress bar


class PackOffer(QFrame):
    """Looks which packs are there; it is seen only where one is missing.

    packs_known(names of the packs that are ready by id, id of the best one).
    """

    packs_known = Signal(object, str)

    def __init__(self, engine: Engine, theme: Theme) -> None:
        super().__init__()
        self._engine = engine
        self._install = ""  # the request's id
        self.setProperty("role", "message")
        self.setProperty("kind", "info")
        self.setProperty("boxed", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.get = QPushButton()
        self.get.setProperty("kind", "primary")
        self.get.clicked.connect(self._get)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.clicked.connect(lambda: self._engine.cancel(self._install))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, PARTS)
        self.progress.setAccessibleName(self.tr("Progress of the download"))
        self._row = QHBoxLayout()
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.get)
        self._row.addWidget(self.stop)
        self._rows = QVBoxLayout(self)
        self._rows.addLayout(self._row)
        self._rows.addWidget(self.progress)
        for widget in (self, self.stop, self.progress):
            widget.hide()
        theme.restyled.connect(lambda: self._restyle(theme))
        self._restyle(theme)

    def look(self) -> None:
        """Ask the engine which packs are ready; it starts now, if it does not run."""
        self._engine.ask(Probe(new_id()), self._hear_facts, self)

    def _hear_facts(self, event: Event) -> None:
        if not isinstance(event, Found):
            return
        packs = [pack for pack in event.facts.get("packs", []) if isinstance(pack, dict)]
        ready = {str(pack.get("id")): str(pack.get("name")) for pack in packs if pack.get("ready")}
        recommended = str(event.facts.get("recommended", ""))
        starter = next((pack for pack in packs if pack.get("id") == STARTER), None)
        if event.facts.get("llama_cpp", "") is None:
            self._say_command()
            ready = {}
        elif recommended not in ready and starter is not None:
            self._offer(starter)
        else:
            self.hide()
        if packs:
            self.packs_known.emit(ready, recommended)

    def _say_command(self) -> None:
        words = self.tr("To write, Interstep needs its writer: type {command} in a terminal.")
        self.words.setText(words.format(command=COMMAND))
        self.get.hide()
        self.show()

    def _offer(self, starter: Mapping[str, Any]) -> None:
        size = gigabytes(float(starter.get("download") or 0))
        self.words.setText(
            self.tr(
                "To write, Interstep needs a pack, fetched once. "
                "All else on this page works without it."
            )
        )
        self.get.setText(self.tr("Get the starter pack, {size}").format(size=size))
        self.get.show()
        self.show()

    # ------------------------------------------------------------ getting it

    def _get(self) -> None:
        request = Install(new_id(), STARTER)
        self._install = request.id
        self._show_getting(True)
        self.progress.setValue(0)
        self.words.setText(self.tr("Getting the starter pack"))
        self._engine.ask(request, self._hear, self)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Progress) and event.total > 0:
            self.progress.setValue(min(event.done, event.total) * PARTS // event.total)
            words = self.tr("Getting the starter pack: {done} of {total}")
            self.words.setText(
                words.format(done=gigabytes(event.done), total=gigabytes(event.total))
            )
        if isinstance(event, LAST_EVENTS):
            self._show_getting(False)
        if isinstance(event, Failed):
            message = f"{event.message[:1].upper()}{event.message[1:]}".rstrip(".")
            self.words.setText(f"{message}. {event.hint}".strip())
            self.get.setText(self.tr("Try again"))
        elif isinstance(event, LAST_EVENTS):
            if isinstance(event, Finished):
                self.hide()
            self.look()

    def _show_getting(self, getting: bool) -> None:
        self.get.setVisible(not getting)
        self.stop.setVisible(getting)
        self.progress.setVisible(getting)

    def _restyle(self, theme: Theme) -> None:
        self._rows.setContentsMargins(theme.px(16), theme.px(8), theme.px(8), theme.px(8))
        self._rows.setSpacing(theme.px(8))
        self._row.setSpacing(theme.px(8))
