"""What Interstep is, its version and licence, and what stays on this computer."""

from importlib.metadata import version

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout

from app.window.full_page import FullPage, caps, card
from app.window.side_pane import note
from app.window.theme import Theme

LICENCE = "Apache-2.0"


class AboutPage(FullPage):
    """The page of “About Interstep”."""

    def __init__(self, theme: Theme) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            "Interstep",
            translate("AboutPage", "Step-by-step tutorials, written and illustrated locally."),
            theme,
        )
        self._add(
            self.tr("Version"),
            self.tr("{version}, under the licence {licence}").format(
                version=version("interstep"), licence=LICENCE
            ),
            self.tr("The packs have licences of their own, which their cards tell."),
        )
        self._add(
            self.tr("What is local"),
            self.tr("Your texts, pictures and photos stay on this computer, and so do the models."),
            self.tr(
                "The network is used for one thing: to fetch a pack that you asked for, after "
                "telling you its size. Nothing is measured or reported."
            ),
        )
        self._add(
            self.tr("What to expect"),
            self.tr(
                "A small model makes mistakes. What it wrote is marked as a rough draft until "
                "you edit it: read it before you rely on it."
            ),
        )

    def _add(self, heading: str, *sentences: str) -> None:
        frame, px = card(), self.theme.px
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(px(16), px(12), px(16), px(12))
        rows.setSpacing(px(8))
        labels: list[QLabel] = [note(sentence, "body") for sentence in sentences]
        for label in labels:
            rows.addWidget(label)
        self.column.addWidget(caps(heading))
        self.column.addWidget(frame)
        self.column.addSpacing(px(8))
