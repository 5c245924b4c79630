"""The chips over the library's table: what they say, and which tutorials they let through."""

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.tutorial.card import Card
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout

translate = QCoreApplication.translate

Test = Callable[[Card], bool]


def tests() -> dict[str, Test]:
    """Return what can be filtered by: what the chip says, and who passes."""
    return {
        translate("Filters", "Draft"): lambda card: card.drafts > 0,
        translate("Filters", "Checked"): lambda card: card.checked,
        translate("Filters", "Stale"): lambda card: card.stale > 0,
        translate("Filters", "Missing picture"): lambda card: card.missing_pictures > 0,
        translate("Filters", "Unconfirmed alt text"): lambda card: card.unconfirmed_alts > 0,
        translate("Filters", "Warnings"): lambda card: card.warnings > 0,
    }


class TableFilters(QWidget):
    """A row of chips; a tutorial must pass all that are on. filters_changed(): look again."""

    filters_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._tests = tests()
        self._tag = ""
        row = WrappingLayout(theme.px(6), theme.px(6))
        self.setLayout(row)
        self.chips: dict[str, QPushButton] = {}
        for text in self._tests:
            chip = QPushButton(text)
            chip.setCheckable(True)
            chip.toggled.connect(lambda _on: self.filters_changed.emit())
            self.chips[text] = chip
        self.tag = QPushButton()
        self.tag.setToolTip(self.tr("Show only tutorials with a tag"))
        self._menu = QMenu(self.tag)
        self.tag.setMenu(self._menu)
        for button in (*self.chips.values(), self.tag):
            button.setProperty("kind", "chip")
            row.addWidget(button)
        self._name_tag()

    @property
    def are_on(self) -> bool:
        """Whether any filter is on."""
        return bool(self._tag) or any(chip.isChecked() for chip in self.chips.values())

    def passes(self, card: Card) -> bool:
        """Whether a tutorial passes all filters that are on."""
        on = (test for text, test in self._tests.items() if self.chips[text].isChecked())
        return (not self._tag or self._tag in card.tags) and all(test(card) for test in on)

    def clear(self) -> None:
        """Turn all filters off."""
        for chip in self.chips.values():
            chip.setChecked(False)
        self.choose_tag("")

    def choose_tag(self, tag: str) -> None:
        """Let only tutorials with this tag through; "" for all."""
        self._tag = tag
        self._name_tag()
        self.filters_changed.emit()

    def offer_tags(self, cards: Iterable[Card]) -> None:
        """Offer the tags that these tutorials have."""
        tags = sorted({tag for card in cards for tag in card.tags}, key=str.casefold)
        self._menu.clear()
        self._menu.addAction(self.tr("All tags"), lambda: self.choose_tag(""))
        self._menu.addSeparator()
        for tag in tags:
            self._menu.addAction(tag.replace("&", "&&"), partial(self.choose_tag, tag))
        self.tag.setVisible(bool(tags) or bool(self._tag))

    def _name_tag(self) -> None:
        name = self.tr("Tag: {tag}").format(tag=self._tag) if self._tag else self.tr("Tag")
        self.tag.setText(f"{name} ▾".replace("&", "&&"))
        self.tag.setAccessibleName(name)
