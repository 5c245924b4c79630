"""The inspector's tab of one picture: what to paint, what it sees, how, and what it shows."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.tutorial import edits
from app.tutorial.model import Tutorial, changed_steps, step_by_id
from app.tutorial.undo import picture_by_id
from app.window.chips import Chips
from app.window.column_area import ColumnArea
from app.window.full_page import caps
from app.window.painting_form import PaintingForm
from app.window.recipe_view import RecipeView
from app.window.text_field import TextField
from app.window.workplace import Workplace

MARGIN = 12  # pixels at zoom 1
PADDING = 18  # of a field: what the style sheet adds to its text


class PicturePanel(ColumnArea):
    """Shows one picture; show_picture says which."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._place = ("", "")
        self.nothing = QLabel(self.tr("Choose a picture to see how it is made."))
        self.nothing.setProperty("role", "secondary")
        self.nothing.setWordWrap(True)
        self.description = self._field(self.tr("What to paint"), self.tr("Description"))
        self.description_draft = _badge(self.tr("Draft: check or edit"))
        self.chips = Chips(workplace)
        self.form = PaintingForm(workplace)
        self.alt_text = self._field(self.tr("What the picture shows"), self.tr("Alt text"))
        self.alt_draft = _badge(self.tr("Draft: confirm or edit"))
        self.confirm = QPushButton(self.tr("Confirm"))
        self.confirm.setToolTip(self.tr("The alt text tells what the picture shows"))
        self.recipe = RecipeView(workplace)
        self._lay_out()
        self.description.text_edited.connect(self._describe)
        self.alt_text.text_edited.connect(self._tell_alt)
        self.confirm.clicked.connect(self._confirm)
        workplace.opened.tutorial_changed.connect(self._tutorial_changed)
        workplace.opened.takes_changed.connect(self._refresh)
        workplace.theme.restyled.connect(self._restyle)
        workplace.theme.dress(self)
        self._refresh()

    def _field(self, placeholder: str, name: str) -> TextField:
        field = TextField(self._workplace.theme, "control", placeholder, self)
        field.setAccessibleName(name)
        field.height_changed.connect(self._fit)
        return field

    def _lay_out(self) -> None:
        px = self._workplace.theme.px
        self._all = QWidget()
        column = QVBoxLayout(self._all)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        confirming = QHBoxLayout()
        confirming.addWidget(self.alt_draft)
        confirming.addStretch(1)
        confirming.addWidget(self.confirm)
        for title, parts in (
            (self.tr("Description"), (self.description, self.description_draft)),
            (self.tr("Sees these pictures"), (self.chips,)),
            (self.tr("Painting"), (self.form,)),
            (self.tr("Alt text"), (self.alt_text,)),
        ):
            column.addWidget(caps(title))
            for part in parts:
                column.addWidget(part)
            column.addSpacing(px(8))
        column.insertLayout(column.count() - 1, confirming)
        column.addWidget(caps(self.tr("Recipe")))
        column.addWidget(self.recipe)
        sheet = QWidget()
        rows = QVBoxLayout(sheet)
        rows.setContentsMargins(*[px(MARGIN)] * 4)
        rows.addWidget(self.nothing)
        rows.addWidget(self._all)
        rows.addStretch(1)
        self.setWidget(sheet)

    # ------------------------------------------------------------ following the tutorial

    def show_picture(self, step_id: str, picture_id: str) -> None:
        """Show a picture; without one, the first of the step, else that there is none."""
        step = step_by_id(self._workplace.opened.tutorial, step_id)
        if not picture_id and step is not None and step.pictures:
            picture_id = step.pictures[0].id
        self._place = (step_id, picture_id)
        self._refresh()

    def _tutorial_changed(self, before: Tutorial, after: Tutorial) -> None:
        changed = changed_steps(before, after)
        steps = None if changed is None else list(changed.values())
        # Typing in a body concerns no picture.
        if steps is not None:
            steps = [(a, b) for a, b in steps if (a.pictures, a.draft) != (b.pictures, b.draft)]
        own = steps is None or any(new.id == self._place[0] for _, new in steps)
        if own or before.making is not after.making:
            self._refresh()
        elif steps or before.anchor != after.anchor:
            self.chips.refresh()

    def _refresh(self) -> None:
        tutorial = self._workplace.opened.tutorial
        step, picture = step_by_id(tutorial, self._place[0]), picture_by_id(tutorial, *self._place)
        self._all.setVisible(picture is not None)
        self.nothing.setVisible(picture is None)
        if step is None or picture is None:
            return
        info = self._workplace.opened.infos.get(picture.chosen or "")
        recipe = info.recipe if info is not None else {}
        self.description.show_text(picture.description)
        drafted = recipe.get("description", picture.description) == picture.description
        self.description_draft.setVisible(step.draft and drafted and bool(picture.description))
        self.alt_text.show_text(picture.alt_text)
        unconfirmed = bool(picture.alt_text) and not picture.alt_confirmed
        self.alt_draft.setVisible(unconfirmed)
        self.confirm.setVisible(unconfirmed)
        self.chips.show_picture(*self._place)
        self.form.follow(tutorial.making, recipe, info.origin if info is not None else "")
        self.recipe.show_take(*self._place, picture.chosen)
        can_change = not self._workplace.opened.read_only
        for field in (self.description, self.alt_text):
            field.setReadOnly(not can_change)
        for part in (self.form, self.confirm):
            part.setEnabled(can_change)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the texts anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        px = self._workplace.theme.px
        for field in (self.description, self.alt_text):
            width = self.viewport().width() - px(2 * MARGIN) - px(PADDING)
            least = px(20) * 2
            field.setFixedHeight(max(least, field.height_for(max(width, px(80)))) + px(PADDING))

    def _restyle(self) -> None:
        for field in (self.description, self.alt_text):
            field.restyle()
        self._fit()

    # ------------------------------------------------------------ edits

    def _describe(self, text: str) -> None:
        tutorial = self._workplace.opened.tutorial
        made = edits.set_picture(tutorial, *self._place, "description", text)
        self._workplace.opened.edit(made, typing=True)

    def _tell_alt(self, text: str) -> None:
        tutorial, entry = edits.set_picture(
            self._workplace.opened.tutorial, *self._place, "alt_text", text
        )
        tutorial, confirmed = edits.set_picture(tutorial, *self._place, "alt_confirmed", True)
        made = (tutorial, edits.chained((entry, confirmed)))
        self._workplace.opened.edit(made, typing=True)

    def _confirm(self) -> None:
        tutorial = self._workplace.opened.tutorial
        made = edits.set_picture(tutorial, *self._place, "alt_confirmed", True)
        self._workplace.opened.edit(made)


def _badge(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "warning")
    return label
