"""What Qt makes of the theme's colours can be read too: words that stand in an empty field."""

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.window.text_field import TextField
from app.window.theme import Theme, contrast

FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit)


def over(ink: QColor, ground: QColor) -> str:
    """Return the colour that a translucent ink has on this ground."""
    part = ink.alphaF()
    pairs = zip(ink.getRgbF()[:3], ground.getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*(part * one + (1 - part) * other for one, other in pairs)).name()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", FIELDS)
def test_what_stands_in_an_empty_field_can_be_read(
    qapp: QApplication, qtbot: QtBot, kind: type[QWidget], dark: bool
) -> None:
    theme = Theme()
    theme.use(dark=dark)
    field = kind()
    qtbot.addWidget(field)
    theme.dress(field)
    field.show()
    ink = field.palette().color(QPalette.ColorRole.PlaceholderText)
    assert contrast(over(ink, theme.colour("page")), theme.colours.page) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_stands_in_an_empty_field_of_the_page_can_be_read(
    qapp: QApplication, qtbot: QtBot, dark: bool
) -> None:
    theme, holder = Theme(), QWidget()
    theme.use(dark=dark)
    qtbot.addWidget(holder)
    field = TextField(theme, "body", "", holder)
    field.restyle()
    ink = field.palette().color(QPalette.ColorRole.PlaceholderText)
    assert contrast(over(ink, theme.colour("page")), theme.colours.page) >= 4.5
