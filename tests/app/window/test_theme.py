"""The theme's colours can be read by everybody, and its fonts follow the text zoom."""

from dataclasses import asdict

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from app.window.theme import DARK, LIGHT, SIZES, ZOOMS, Colours, Theme, contrast

THEMES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("bg", "panel", "page", "sel", "accentsoft", "warnsoft", "dangersoft")
INKS = ("ink", "muted", "accent", "warn", "danger")


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert contrast("#FFFFFF", "#767676") == contrast("#767676", "#FFFFFF")


@THEMES
@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_reaches_aa(colours: Colours, ink: str, ground: str) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5


@THEMES
def test_text_on_the_accent_reaches_aa(colours: Colours) -> None:
    assert contrast(colours.onaccent, colours.accent) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", ["bg", "panel", "page"])
@pytest.mark.parametrize("mark", ["edge", "accent"])
def test_what_is_not_text_but_must_be_seen_reaches_three_to_one(
    colours: Colours, ground: str, mark: str
) -> None:
    assert contrast(getattr(colours, mark), getattr(colours, ground)) >= 3


def test_the_style_sheet_has_every_colour_and_no_placeholder_left(qapp: QApplication) -> None:
    theme = Theme()
    for dark in (False, True):
        theme.use(dark=dark)
        sheet = theme.style_sheet()
        assert "$" not in sheet
        assert {value for value in asdict(theme.colours).values() if value in sheet}


def test_zoom_scales_every_font_and_stays_in_bounds(qapp: QApplication) -> None:
    theme = Theme()
    for zoom in ZOOMS:
        theme.use(zoom=zoom)
        for role, size in SIZES.items():
            assert theme.font(role).pixelSize() == round(size * zoom)
    theme.use(zoom=9.0)
    assert theme.zoom == ZOOMS[-1]


def test_a_dressed_widget_follows_the_theme(qapp: QApplication) -> None:
    theme, label = Theme(), QLabel("words")
    theme.dress(label)
    light = label.styleSheet()
    theme.use(dark=True)
    assert label.styleSheet() != light
    assert DARK.ink in label.styleSheet()
