"""How a take was made, in words, and how to make it again."""

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.tutorial.reading import TakeInfo
from app.window import picture_jobs
from app.window.workplace import Workplace

LONGEST = 200  # characters of a text that a recipe quotes

translate = QCoreApplication.translate


def recipe_words(info: TakeInfo) -> tuple[str, ...]:
    """Return how a take was made, a line each; of an imported one, what it is."""
    size = translate("RecipeView", "{width} by {height} pixels").format(
        width=info.width, height=info.height
    )
    recipe = info.recipe
    if not recipe:
        return (translate("RecipeView", "Your own picture"), size)
    lines = [
        translate("RecipeView", "Painter: {name}").format(name=_text(recipe, "painter")),
        translate("RecipeView", "Seed: {seed}").format(seed=_text(recipe, "seed")),
        size,
    ]
    options = recipe.get("options")
    passes = options.get("denoising_steps") if isinstance(options, Mapping) else 0
    if passes:
        lines.append(translate("RecipeView", "Painting passes: {n}").format(n=passes))
    if recipe.get("mode") == "fix":
        told = _text(recipe, "instruction")
        words = translate("RecipeView", "A fix: {instruction}")
        if recipe.get("mask"):
            words = translate("RecipeView", "A fix inside a region: {instruction}")
        lines.append(words.format(instruction=told))
    lines += _seen_words(recipe)
    if _text(recipe, "program"):
        program = translate("RecipeView", "Interstep {version}, {renderer}")
        lines.append(
            program.format(version=_text(recipe, "program"), renderer=_text(recipe, "renderer"))
            .strip()
            .rstrip(",")
        )
    return tuple(lines)


def _seen_words(recipe: Mapping[str, Any]) -> list[str]:
    roles = {
        "previous": translate("RecipeView", "the previous picture"),
        "next": translate("RecipeView", "the next picture"),
        "anchor": translate("RecipeView", "the anchor"),
        "present": translate("RecipeView", "the take before it"),
    }
    conditions = recipe.get("conditions")
    listed = conditions if isinstance(conditions, list | tuple) else ()
    given = [condition for condition in listed if isinstance(condition, Mapping)]
    unseen = recipe.get("left_out")
    left_out = unseen if isinstance(unseen, list | tuple) else ()
    told = []
    for sentence, found in (
        (
            translate("RecipeView", "Saw {pictures}"),
            [one.get("role") for one in given if one.get("sha256") not in left_out],
        ),
        (
            translate("RecipeView", "Could not make out {pictures}"),
            [one.get("role") for one in given if one.get("sha256") in left_out],
        ),
    ):
        pictures = [words for role, words in roles.items() if role in found]
        if pictures:
            told.append(sentence.format(pictures=", ".join(pictures)))
    return told or [translate("RecipeView", "Saw no other picture")]


def _text(recipe: Mapping[str, Any], name: str) -> str:
    """Return a field for a person; a recipe comes from a file, and may hold anything."""
    return str(recipe.get(name, ""))[:LONGEST]


class RecipeView(QWidget):
    """The recipe of the chosen take; follows show_take."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._place = ("", "")
        self._info: TakeInfo | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(workplace.theme.px(6))
        self.words = QLabel()
        self.words.setProperty("role", "secondary")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.words.setAccessibleName(self.tr("Recipe"))
        self.again = QPushButton(self.tr("Paint again with this recipe"))
        self.again.setToolTip(self.tr("Gives the same picture, byte for byte"))
        self.again.clicked.connect(self._paint_again)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the whole recipe as text"))
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.addWidget(self.again, 1)
        row.addWidget(self.copy)
        column.addWidget(self.words)
        column.addLayout(row)

    def show_take(self, step: str, picture: str, sha256: str | None) -> None:
        """Show the recipe of a take, or that there is none."""
        self._place = (step, picture)
        self._info = self._workplace.opened.infos.get(sha256 or "")
        told = recipe_words(self._info) if self._info is not None else ()
        self.words.setText("\n".join(told) or self.tr("Nothing is painted yet"))
        has_recipe = self._info is not None and bool(self._info.recipe)
        self.again.setEnabled(has_recipe and not self._workplace.opened.read_only)
        self.copy.setEnabled(has_recipe)

    def _paint_again(self) -> None:
        if self._info is not None:
            picture_jobs.paint_again(self._workplace, *self._place, self._info.sha256)

    def _copy(self) -> None:
        if self._info is not None:
            text = json.dumps(self._info.recipe, indent=2, ensure_ascii=False)
            QGuiApplication.clipboard().setText(text)
            self._workplace.announcer.say(self.tr("The recipe is on the clipboard."))
