"""The inspector's tab of the look: the objects and how they look, palette, style and camera."""

from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from app.tutorial import edits
from app.tutorial.finding import Hit
from app.tutorial.look_entries import proposed, set_entries
from app.tutorial.model import LookEntry, Tutorial
from app.tutorial.renaming import rename, rename_hits
from app.window.estimate_words import estimate_words
from app.window.form_rows import Form, Line
from app.window.icons import icon
from app.window.look_row import EMPTY, LookRow
from app.window.picture_jobs import refreshing
from app.window.side_pane import note
from app.window.workplace import Workplace

Atmosphere = Literal["palette", "style", "camera"]


class LookPanel(Form):
    """rename_requested(index, LookEntry): this change of a row is mentioned elsewhere too."""

    rename_requested = Signal(int, object)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace.theme)
        self._workplace = workplace
        self._opened = workplace.opened
        self.rows: list[LookRow] = []
        self.fresh: LookRow | None = None  # a card that isn't in the look yet
        self.lead = note(self.tr("Name what should look the same in every picture."))
        self.add = QPushButton(self.tr("Add an object"))
        self.add.setToolTip(self.tr("Name an object and how it looks in every picture"))
        self.collect = QPushButton(self.tr("Collect from the tutorial"))
        self.collect.setToolTip(self.tr("Add each tool and material that isn't here yet"))
        self.outcome = note()
        self.outcome.hide()
        self.atmosphere: dict[Atmosphere, Line] = {}
        self.notice = note(role="warning")
        self.refresh = QPushButton(self.tr("Refresh them now"))
        self._lay_out()
        self.add.clicked.connect(self.add_row_to_fill)
        self.collect.clicked.connect(self._collect)
        self.refresh.clicked.connect(lambda: workplace.runs.add(*refreshing(workplace)))
        self._notice_soon = QTimer(self, singleShot=True, interval=0)
        self._notice_soon.timeout.connect(self._show_notice)
        self._opened.tutorial_changed.connect(self._tutorial_changed)
        workplace.picture_states.state_changed.connect(self._state_changed)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)
        self.sheet.setEnabled(not self._opened.read_only)
        workplace.theme.dress(self)
        workplace.theme.restyled.connect(self._restyle_icons)
        self._restyle_icons()
        self._follow_rows()
        self._follow_atmosphere()
        self._show_notice()

    def _lay_out(self) -> None:
        self.add_wide(self.notice)
        self.add_wide(self.refresh)
        self.add_head(self.tr("Objects"))
        self.add_wide(self.lead)
        cards = QWidget()
        self._cards = QVBoxLayout(cards)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self.add_wide(cards)
        for widget in (self.add, self.collect, self.outcome):
            self.add_wide(widget)
        self.add_head(self.tr("All pictures"))
        fields: tuple[tuple[Atmosphere, str, str], ...] = (
            ("palette", self.tr("Palette"), self.tr("clay red, sage green")),
            ("style", self.tr("Style"), self.tr("flat, few shapes")),
            ("camera", self.tr("Camera"), self.tr("from the side, close")),
        )
        for field, name, example in fields:
            line = Line(name, example)
            line.textEdited.connect(lambda text, field=field: self._set_atmosphere(field, text))
            self.atmosphere[field] = line
            self.add_row(name, line)

    # ------------------------------------------------------------ following the tutorial

    def _tutorial_changed(self, before: Tutorial, after: Tutorial) -> None:
        if before.look is not after.look:
            self._follow_rows()
            self._follow_atmosphere()

    def _follow_rows(self) -> None:
        entries = self._opened.tutorial.look.entries
        while len(self.rows) < len(entries):
            self.rows.append(self._make_card(len(self.rows)))
        while len(self.rows) > len(entries):
            _discard(self.rows.pop())
        for number, entry in enumerate(entries, 1):
            self.rows[number - 1].follow(entry, number, len(entries))
        if self.fresh is not None:
            self.fresh.follow(EMPTY, len(entries) + 1, 0)
        self.lead.setVisible(not self.rows)

    def _follow_atmosphere(self) -> None:
        look = self._opened.tutorial.look
        for field, line in self.atmosphere.items():
            line.show_text(getattr(look, field))

    def _state_changed(self, _picture: str) -> None:
        self._notice_soon.start()

    def _show_notice(self) -> None:
        jobs = refreshing(self._workplace)
        words = self.tr("{n} pictures are stale").format(n=len(jobs))
        self.notice.setText(self.tr("1 picture is stale") if len(jobs) == 1 else words)
        self.refresh.setText(
            self.tr("Refresh it now") if len(jobs) == 1 else self.tr("Refresh them now")
        )
        for widget in (self.notice, self.refresh):
            widget.setVisible(bool(jobs))
        if jobs:
            self.refresh.setToolTip(estimate_words(self._workplace.runs.estimate(*jobs)))

    # ------------------------------------------------------------ rows

    def add_row_to_fill(self) -> None:
        """Add an empty card; it enters the look once it has a name."""
        if self.fresh is None:
            self.fresh = self._make_card(len(self.rows))
            self.fresh.follow(EMPTY, len(self.rows) + 1, 0)
        fresh = self.fresh
        fresh.name.setFocus()
        QTimer.singleShot(0, fresh, lambda: self.ensureWidgetVisible(fresh))

    def reset_row(self, index: int) -> None:
        """Show a row as the tutorial has it, in place of what is typed there."""
        if index < len(self.rows):
            self.rows[index].show_entry()

    def go_to(self, hit: Hit) -> None:
        """Select the words of a hit in their field, and focus it."""
        start = hit.start
        if hit.entry < 0:
            line = next(line for field, line in self.atmosphere.items() if field == hit.field)
        elif hit.entry < len(self.rows):
            line, start = self.rows[hit.entry].place_of(hit)
        else:
            return
        line.setFocus()
        line.select(start, start + len(hit.text))
        QTimer.singleShot(0, line, lambda: self.ensureWidgetVisible(line))

    def _make_card(self, place: int) -> LookRow:
        card = LookRow(self._theme)
        card.committed.connect(lambda: self._commit(card))
        card.moved.connect(lambda by: self._move(card, by))
        card.removed.connect(lambda: self._remove(card))
        for field in card.fields:
            self.adopt(field)
        self._cards.insertWidget(place, card)
        card.show()  # now and not later, so that it can take the focus
        return card

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Commit the card that the focus left; not when it left the window."""
        if old is None or new is None:
            return
        for card in (*self.rows, self.fresh):
            if card is not None and card.isAncestorOf(old) and not card.isAncestorOf(new):
                self._commit(card)
                return

    def _commit(self, card: LookRow) -> None:
        entry = card.typed
        if card is self.fresh:
            self._commit_fresh(card, entry)
            return
        index = self.rows.index(card)
        if not card.is_changed:
            return
        if not entry.name:
            card.show_entry()
            self._tell(self.tr("An object needs a name. The cross takes the object out."))
        elif rename_hits(self._opened.tutorial, index, entry):
            self.rename_requested.emit(index, entry)
        else:
            self._apply(index, entry)

    def commit_typed(self) -> None:
        """Commit what is typed in the cards, without asking what else is to be renamed."""
        for index, card in enumerate(self.rows):
            if card.is_changed and card.typed.name:
                self._apply(index, card.typed)
        if self.fresh is not None:
            self._commit_fresh(self.fresh, self.fresh.typed)

    def _apply(self, index: int, entry: LookEntry) -> None:
        tutorial, recipes = self._opened.tutorial, self._opened.recipes
        self._opened.edit(rename(tutorial, index, entry, (), recipes))

    def _commit_fresh(self, card: LookRow, entry: LookEntry) -> None:
        """Take a new card into the look, or drop it where it was left empty."""
        if entry.name:
            self.rows.append(card)
            self.fresh = None
            self._set((*self._opened.tutorial.look.entries, entry))
        elif not card.is_changed and not card.isAncestorOf(QApplication.focusWidget() or self):
            self._remove(card)

    def _move(self, card: LookRow, by: int) -> None:
        self._commit(card)
        if card.is_changed:  # it is being asked what else is to be renamed
            return
        entries = list(self._opened.tutorial.look.entries)
        index = self.rows.index(card)
        entries.insert(index + by, entries.pop(index))
        self._set(entries)
        neighbour = self.rows[index + by]
        button = neighbour.up if by < 0 else neighbour.down
        (button if button.isEnabled() else neighbour.name).setFocus()

    def _remove(self, card: LookRow) -> None:
        if card is self.fresh:
            self.fresh = None
            _discard(card)
            return
        index, entries = self.rows.index(card), self._opened.tutorial.look.entries
        card.show_entry()
        self._set((*entries[:index], *entries[index + 1 :]))
        words = self.tr("“{name}” is removed. Undo: Ctrl+Z")
        self._tell(words.format(name=entries[index].name))

    def _collect(self) -> None:
        found = proposed(self._opened.tutorial)
        if not found:
            self._tell(self.tr("Every tool and material is here already."))
            return
        self._set((*self._opened.tutorial.look.entries, *found))
        words = self.tr("{n} objects are added; say how they look. Undo: Ctrl+Z")
        if len(found) == 1:
            words = self.tr("1 object is added; say how it looks. Undo: Ctrl+Z")
        self._tell(words.format(n=len(found)))

    def _set(self, entries: tuple[LookEntry, ...] | list[LookEntry]) -> None:
        made = set_entries(self._opened.tutorial, entries, self._opened.recipes)
        self._opened.edit(made)

    def _set_atmosphere(self, field: Atmosphere, text: str) -> None:
        tutorial = self._opened.tutorial
        look = replace(tutorial.look, **{field: text})  # type: ignore[arg-type]
        self._opened.edit(edits.set_field(tutorial, "look", look), typing=True)

    def _tell(self, sentence: str) -> None:
        self.outcome.setText(sentence)
        self.outcome.show()
        self._workplace.announcer.say(sentence)

    def _restyle_icons(self) -> None:
        self.add.setIcon(icon("add", self._theme.colours.ink))
        self._cards.setSpacing(self._theme.px(8))


def _discard(card: LookRow) -> None:
    card.hide()
    card.deleteLater()
