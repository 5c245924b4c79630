"""What the start page says of packs: what a writer takes, or that a better one is there now."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from app.editing.settings import Settings
from app.engine.upkeep import Upkeep
from app.tutorial.model import new_id
from app.window.sizes import gigabytes
from app.window.theme import Theme
from inference.protocol import Install

STARTER = "starter"
PARTS = 1000  # of the progress bar
USED, DECLINED = "packs/new", "packs/declined"  # settings: the id of a pack


class PackOffer(QFrame):
    """Follows what is known of the packs; seen where one is missing, or there is one to decide on.

    packs_known(names of the packs that are ready by id, id of the one for new tutorials).
    """

    packs_known = Signal(object, str)

    def __init__(self, upkeep: Upkeep, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._upkeep = upkeep
        self._settings = settings
        self._better = ""
        self._asked: Install | None = None
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
        self.keep = QPushButton()
        self.keep.clicked.connect(lambda: self._decide(DECLINED))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.clicked.connect(upkeep.stop)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, PARTS)
        self.progress.setAccessibleName(self.tr("Progress of the download"))
        self._row = QHBoxLayout()
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.get)
        self._row.addWidget(self.keep)
        self._row.addWidget(self.stop)
        self._rows = QVBoxLayout(self)
        self._rows.addLayout(self._row)
        self._rows.addWidget(self.progress)
        for widget in (self, self.keep, self.stop, self.progress):
            widget.hide()
        upkeep.facts_changed.connect(self._follow_facts)
        upkeep.work_changed.connect(self._follow_work)
        theme.restyled.connect(lambda: self._restyle(theme))
        self._restyle(theme)

    def _follow_facts(self) -> None:
        facts = self._upkeep.facts
        packs = [pack for pack in facts.get("packs", []) if isinstance(pack, dict)]
        ready = {str(pack.get("id")): str(pack.get("name")) for pack in packs if pack.get("ready")}
        recommended = str(facts.get("recommended", ""))
        starter = next((pack for pack in packs if pack.get("id") == STARTER), None)
        used = self._used(ready, recommended)
        order = list(ready)  # the best first; which is recommended also follows the free memory
        found = recommended in ready and used in ready
        better = found and order.index(recommended) < order.index(used)
        self._better = recommended if better else ""
        self.keep.hide()
        if facts.get("llama_cpp", "") is None:
            self._say_command()
            ready = {}
        elif recommended not in ready and starter is not None:
            self._offer(starter)
        elif self._better and self._settings.get(DECLINED, "") != recommended:
            self._ask(ready[recommended], ready[used])
        else:
            self.hide()
        if packs:
            self.packs_known.emit(ready, used)

    def _used(self, ready: Mapping[str, str], recommended: str) -> str:
        """Return the pack for new tutorials: the best one until another was used before it came."""
        used = self._settings.get(USED, "")
        if used not in ready:
            used = recommended
            if used in ready:
                self._settings.put(USED, used)
        return used

    def _ask(self, better: str, used: str) -> None:
        words = self.tr("{pack} is installed now. Use it for new tutorials? Others keep theirs.")
        self.words.setText(words.format(pack=better))
        self.get.setText(self.tr("Use {pack}").format(pack=better))
        self.keep.setText(self.tr("Keep {pack}").format(pack=used))
        self._follow_work()
        self.keep.show()
        self.show()

    def _decide(self, name: str) -> None:
        self._settings.put(name, self._better)
        self._follow_facts()

    def _say_command(self) -> None:
        words = self.tr("To write, Interstep needs its writer: type {command} in a terminal.")
        self.words.setText(words.format(command=self._upkeep.facts.get("writer_command", "")))
        self.get.hide()
        self.show()

    def _offer(self, starter: Mapping[str, Any]) -> None:
        size = gigabytes(float(starter.get("download") or 0))
        outcome = self._upkeep.outcomes.get(STARTER)
        if outcome is not None and outcome.failed:
            self.words.setText(outcome.sentence)
            self.get.setText(self.tr("Try again"))
        else:
            self.words.setText(
                self.tr(
                    "To write, Interstep needs a pack, fetched once. "
                    "All else on this page works without it."
                )
            )
            self.get.setText(self.tr("Get the starter pack, {size}").format(size=size))
        self._follow_work()
        self.show()

    def _get(self) -> None:
        if self._better:
            self._decide(USED)
            return
        self._asked = Install(new_id(), STARTER)
        self._upkeep.begin(self._asked)

    def _follow_work(self) -> None:
        work = self._upkeep.work
        ours = work is not None and work.request == self._asked
        self.get.setVisible(not ours and self._upkeep.facts.get("llama_cpp", "") is not None)
        self.get.setEnabled(work is None)
        self.stop.setVisible(ours)
        self.progress.setVisible(ours)
        if work is None or not ours:
            return
        words = self.tr("Getting the starter pack")
        if work.total:
            words = self.tr("Getting the starter pack: {done} of {total}").format(
                done=gigabytes(work.done), total=gigabytes(work.total)
            )
        self.words.setText(words)
        self.progress.setValue(min(work.done, work.total) * PARTS // max(work.total, 1))

    def _restyle(self, theme: Theme) -> None:
        self._rows.setContentsMargins(theme.px(16), theme.px(8), theme.px(8), theme.px(8))
        self._rows.setSpacing(theme.px(8))
        self._row.setSpacing(theme.px(8))
