"""One pack on a card: what it is, what it takes, and what can be done with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from app.engine.upkeep import PackRequest, Upkeep
from app.tutorial.model import new_id
from app.window.languages import LANGUAGES
from app.window.pack_details import PackDetails
from app.window.pack_ticks import PackTicks
from app.window.pack_work import PackWork
from app.window.side_pane import note
from app.window.sizes import gigabytes
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout
from inference.protocol import Install, Remove, Verify


class PackCard(QFrame):
    """Follows its pack's facts and its work; what must be asked is asked once, on the card."""

    def __init__(self, upkeep: Upkeep, pack: str, theme: Theme) -> None:
        super().__init__()
        self.upkeep = upkeep
        self._pack = pack
        self._asking: Literal["", "licence", "remove"] = ""
        self._files: tuple[str, ...] = ()  # of the person's, while a licence is asked for
        self._facts: Mapping[str, Any] = {}
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = QLabel()
        self.name.setProperty("role", "heading")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.best = QLabel(self.tr("Best for this computer"))
        self.best.setProperty("role", "badge")
        self.summary = note(role="body")
        self.told = note()
        self.plan = note()
        self.ticks = PackTicks(theme)
        self.details = PackDetails()
        self.question = note(role="warning")
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.question.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.install = self._button("", lambda: self._wish(()), "primary")
        self.own = self._button(self.tr("Use files that I have…"), self._choose_files)
        self.own.setToolTip(self.tr("The pack's files, or wheels; nothing of them is fetched then"))
        self.check = self._button(self.tr("Check"), lambda: self._begin(Verify(new_id(), pack)))
        self.check.setToolTip(self.tr("Read its files again and compare them"))
        self.remove = self._button("", lambda: self._ask("remove"))
        self.yes = self._button("", self._begin_remove, "danger")
        self.no = self._button(self.tr("Keep"), lambda: self._ask(""))
        self.accept = self._button(
            self.tr("I accept it: install"), lambda: self._install(accepted=True), "primary"
        )
        self.not_now = self._button(self.tr("Not now"), lambda: self._ask(""))
        self._lay_out(theme)
        upkeep.work_changed.connect(self._show_buttons)

    def _button(self, text: str, do: Any, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setProperty("kind", kind)
        button.clicked.connect(do)
        return button

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.name)
        head.addWidget(self.best, alignment=Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        head.addWidget(self.details.fold)
        buttons = WrappingLayout(theme.px(8), theme.px(8))
        for button in self._buttons:
            buttons.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        rows.setSpacing(theme.px(8))
        rows.addLayout(head)
        for label in (self.summary, self.told, self.plan):
            label.setTextFormat(Qt.TextFormat.PlainText)
            rows.addWidget(label)
        rows.addWidget(self.ticks)
        rows.addWidget(PackWork(self.upkeep, self._pack, theme))
        rows.addWidget(self.details)
        rows.addWidget(self.question)
        rows.addLayout(buttons)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.install,
            self.own,
            self.check,
            self.remove,
            self.yes,
            self.no,
            self.accept,
            self.not_now,
        )

    # ------------------------------------------------------------ what it shows

    def show_pack(self, facts: Mapping[str, Any], *, best: bool) -> None:
        """Show the pack as a Probe found it; best: the one for this computer."""
        again = self._facts.get("id") == facts.get("id")
        self._facts = facts
        name = str(facts.get("name") or self._pack)
        self.name.setText(name)
        self.best.setVisible(best)
        self.summary.setText(str(facts.get("summary", "")))
        self.told.setText(self._told())
        self.plan.setText(str(facts.get("plan", "")))
        self.plan.setVisible(bool(self.plan.text()))
        told = (self.summary, self.told, self.plan)
        self.setAccessibleName(" ".join([f"{name}.", *(label.text() for label in told)]).strip())
        self.install.setText(self._what_installs())
        self.details.show_files(facts.get("files", ()), name)
        begun = bool(facts.get("held"))
        self.remove.setText(self.tr("Discard the download…") if begun else self.tr("Remove…"))
        self.yes.setText(self.tr("Discard") if begun else self.tr("Remove"))
        self.ticks.show_pack(facts)
        for button in self._buttons:
            button.setAccessibleName(f"{button.text()}: {name}")
        self._ask(self._asking if again else "")

    def _what_installs(self) -> str:
        facts = self._facts
        if facts.get("held"):
            left = gigabytes(float(facts.get("left") or 0))
            return self.tr("Go on: {size} left").format(size=left)
        if facts.get("download"):
            size = gigabytes(float(facts["download"]))
            return self.tr("Install: {size} to fetch").format(size=size)
        return self.tr("Install")

    def _told(self) -> str:
        facts = self._facts
        if facts.get("ready"):
            state = self.tr("Installed")
        elif facts.get("held"):
            fetched = gigabytes(float(facts["held"]))
            state = self.tr("Not installed: {size} of it are fetched").format(size=fetched)
        else:
            state = self.tr("Damaged") if facts.get("installed") else self.tr("Not installed")
        networks = (item for one in facts.get("networks", ()) for item in one.get("files", ()))
        weights = [facts.get("writer"), facts.get("reader"), facts.get("vision"), *networks]
        licences = {str(one.get("licence", "")) for one in weights if isinstance(one, Mapping)}
        languages = (str(one) for one in facts.get("languages", ()))
        told = [
            state,
            gigabytes(float(facts.get("size") or 0)),
            ", ".join(LANGUAGES.get(one, one) for one in languages),
            self.tr("sees pictures") if facts.get("eyes") else self.tr("can't see pictures"),
            *sorted(licences),
        ]
        return " · ".join(word for word in told if word)

    def _show_buttons(self) -> None:
        ready, idle = bool(self._facts.get("ready")), not self._asking
        there = bool(self._facts.get("installed") or self._facts.get("held"))
        shown = {
            self.install: not ready and idle,
            self.own: not ready and idle,
            self.check: ready and idle,
            self.remove: there and idle,
            self.yes: self._asking == "remove",
            self.no: self._asking == "remove",
            self.accept: self._asking == "licence",
            self.not_now: self._asking == "licence",
        }
        for button, visible in shown.items():
            button.setVisible(visible)
            button.setEnabled(self.upkeep.work is None)
        if not self.ticks.runs:
            self.install.setEnabled(False)
            self.own.setEnabled(False)
        self.question.setVisible(not idle)

    # ------------------------------------------------------------ what can be done

    def _ask(self, asking: Literal["", "licence", "remove"]) -> None:
        """Ask something, or no more; the focus goes to the harmless answer, and back."""
        answers = (self.yes, self.no, self.accept, self.not_now)
        held, before = any(button.hasFocus() for button in answers), self._asking
        self._asking = asking
        fetched = self._facts.get("held")
        size = gigabytes(float(fetched or self._facts.get("size") or 0))
        question = self.tr("Remove {name}? It frees up to {size}; you can install it again.")
        if fetched:
            question = self.tr("Discard what was fetched of {name}? It frees {size}.")
        if asking == "licence":
            question = self.tr("{name} is for those who accept its licence. Read it: {page}")
        page = str(self._facts.get("gated", ""))
        self.question.setText(question.format(name=self.name.text(), size=size, page=page))
        self._show_buttons()
        if asking:
            (self.no if asking == "remove" else self.not_now).setFocus()
        elif held:
            (self.install if before == "licence" else self.remove).setFocus()

    def _choose_files(self) -> None:
        title = self.tr("Choose files of {name}").format(name=self.name.text())
        names, _ = QFileDialog.getOpenFileNames(self, title, str(Path.home()))
        self.take_files(names)

    def take_files(self, names: Sequence[str]) -> None:
        """Install it of the person's own files; those that are lacking are named."""
        if names:
            self._wish(tuple(names))

    def _wish(self, files: tuple[str, ...]) -> None:
        """Install it, or ask first for a licence that was not accepted yet."""
        self._files = files
        if self._facts.get("accepted", True):
            self._install(accepted=False)
        else:
            self._ask("licence")

    def _install(self, *, accepted: bool) -> None:
        self._ask("")
        self._begin(Install(new_id(), self._pack, self._files, accepted=accepted))

    def _begin_remove(self) -> None:
        self._ask("")
        self._begin(Remove(new_id(), self._pack))

    def _begin(self, request: PackRequest) -> None:
        self.upkeep.begin(request)
