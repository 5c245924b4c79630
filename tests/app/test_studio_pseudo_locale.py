"""The studio in a made-up language: every word is translated, and longer words have room.

Each letter of a text to be translated becomes another one that no English word has, and the text
grows by two fifths. So a Latin letter on the screen is a text that no translator will ever see.
"""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QPoint, QTranslator
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from studio_tour import Tour, visible

import app
from app.window.languages import LANGUAGES
from assets.corpus import corpus

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MADE_UP = "áƀçđéƒǧĥíĵķļɱñóþɋŕšţúṽŵẋýžÁɃÇĐÉƑǦĤÍĴĶĻⱮÑÓÞɊŔŠŢÚṼŴẊÝŽ"
KEPT = re.compile(r"(\{[^}]*\}|<[^>]*>|&\w+;|%\w)")  # what a translator leaves as it is
LONGER = 0.4
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = (  # what is the same in every language, or comes from the machine or the engine
    r"(Ctrl|Shift|Alt|Return|Enter|Home|Del|Up|Down|Ins|Esc|F\d+)\b",
    r"Interstep|Python|Qt|SQLite|Linux|Apache|llama\.cpp|Markdown|HTML|PNG|JPEG|WebP|GGUF|CUDA|GB|MB",
    r'pip --python .* "interstep\[cpu\]"|/\S+|\.html|\d[\w.-]+|A square of colour \d+|\bfake\b',
    r"<[^>]*>",
)
SIZE, LARGE = (1280, 800), (1920, 1200)
FIELD, ARROW = 18, 36  # pixels at zoom 1 of a field and of a choice that aren't for words


TABLE = str.maketrans(PLAIN, MADE_UP)
APP = Path(app.__file__).parent


def translated(text: str) -> str:
    parts = KEPT.split(text)
    made = [part if odd % 2 else part.translate(TABLE) for odd, part in enumerate(parts)]
    letters = sum(letter.isalpha() for letter in KEPT.sub("", text))
    return "".join(made) + "~" * round(letters * LONGER)


@pytest.fixture(scope="session")
def language(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up language as translators would hand it in, by Qt's own tools."""
    texts = tmp_path_factory.mktemp("language") / "made-up.ts"
    alias = ("-tr-function-alias", "QT_TR_NOOP+=to_translate")
    tool("pyside6-lupdate", *alias, *APP.rglob("*.py"), "-ts", texts)
    tree = ET.parse(texts)
    for context in tree.iter("context"):
        name = context.find("name")
        if name is not None and not name.text:
            name.text = "Actions"  # see to_translate
        for message in context.iter("message"):
            (translation,) = message.iter("translation")
            translation.text = translated(message.findtext("source", ""))
            translation.attrib.clear()
    tree.write(texts, "utf-8")
    tool("pyside6-lrelease", texts)
    return texts.with_suffix(".qm")


def tool(name: str, *arguments: str | Path) -> None:
    program = Path(sys.executable).with_name(name)
    subprocess.run([program, *arguments], check=True, capture_output=True)


@pytest.fixture
def tour(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Tour]:
    tour = Tour(qapp, qtbot, tmp_path)
    yield tour
    tour.close()


@pytest.fixture
def abroad(qapp: QApplication, qtbot: QtBot, tmp_path: Path, language: Path) -> Iterator[Tour]:
    """The studio in the made-up language."""
    translator = QTranslator()
    assert translator.load(str(language))
    qapp.installTranslator(translator)
    tour = Tour(qapp, qtbot, tmp_path)
    yield tour
    tour.close()
    qapp.removeTranslator(translator)


# ------------------------------------------------------------ words


def told(widget: QWidget) -> Iterator[str]:
    """Yield the texts of a widget that a person reads or hears."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(n) for n in range(widget.count()))
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(n) for n in range(widget.count()))


def painted(window: QWidget) -> Iterator[str]:
    """Yield all words that are drawn on the window, by whomever."""
    buffer, drawing = QBuffer(), QSvgGenerator()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    drawing.setOutputDevice(buffer)
    drawing.setSize(window.size())
    window.render(drawing)
    for text in ET.fromstring(buffer.data().data()).iter("{http://www.w3.org/2000/svg}text"):
        yield "".join(text.itertext())


def content() -> re.Pattern[str]:
    """Return what may stand on the screen in Latin letters; a title may be cut off."""
    heads = [f"{one.title[:n]}…" for one in corpus() for n in range(8, len(one.title))]
    examples = [text for one in corpus() for text in (one.title, one.summary)] + heads
    texts = sorted({*examples, *LANGUAGES.values()}, key=len, reverse=True)
    return re.compile("|".join((*map(re.escape, texts), *NAMES)))


def test_the_made_up_language_keeps_what_translators_keep() -> None:
    words = translated("&Take {n} of <b>%1</b>")
    assert words == "&Ţáķé {n} óƒ <b>%1</b>~~"


def test_every_word_can_be_translated(abroad: Tour) -> None:
    names = content()
    leaks: dict[str, str] = {}
    for page in abroad.pages():
        texts = chain(painted(abroad.window), *(told(one) for one in visible(abroad.window)))
        for text in texts:
            if WORD.search(names.sub("", text)):
                leaks.setdefault(text, page)
    for action in abroad.studio.actions.values():
        for text in (action.text(), action.toolTip()):
            if WORD.search(names.sub("", text)):
                leaks.setdefault(text, "actions")
    assert leaks == {}


# ------------------------------------------------------------ room


def squeezed(widget: QWidget, zoom: float) -> str:
    """Return what of a widget's text has no room, or nothing."""
    box = widget.rect()
    if isinstance(widget, QLineEdit):
        words = "" if widget.text() or widget.toolTip() else widget.placeholderText()
        wide = widget.fontMetrics().horizontalAdvance(words) + FIELD * zoom if words else 0
        return f"{words!r} needs {wide}" if wide > box.width() else ""
    if isinstance(widget, QComboBox):
        words = "" if widget.toolTip() == widget.currentText() else widget.currentText()
        wide = widget.fontMetrics().horizontalAdvance(words) + ARROW * zoom
        return f"{words!r} needs {wide}" if wide > box.width() else ""
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    if isinstance(widget, QLabel) and widget.wordWrap() and words:
        if widget.minimumSizeHint().width() > box.width() + 1:
            return f"a word of {words!r}"
        return f"{words!r}" if widget.heightForWidth(box.width()) > box.height() + 1 else ""
    exact = type(widget) in (QLabel, QPushButton, QToolButton, QCheckBox, QTabBar)
    if not exact or not (words or isinstance(widget, QTabBar)):
        return ""
    if "…" in words and widget.toolTip():
        return ""  # left out on purpose, where the tooltip says it
    return f"{words!r}" if widget.sizeHint().width() > box.width() + 1 else ""


def cut(widget: QWidget, window: QWidget) -> str:
    """Return what cuts a widget at the left or right, or nothing."""
    around = widget.parentWidget()
    while around is not None and around is not window:
        left = widget.mapTo(around, QPoint()).x()
        if left < -1 or left + widget.rect().width() > around.rect().width() + 1:
            return f"cut by {type(around).__name__} {around.objectName()}"
        around = around.parentWidget()
    return ""


def clipped(tour: Tour, zoom: float) -> list[str]:
    kinds = QLabel | QAbstractButton | QTabBar | QLineEdit | QComboBox
    found = []
    for widget in visible(tour.window):
        if isinstance(widget, kinds) and not isinstance(widget.parent(), QAbstractSpinBox):
            why = squeezed(widget, zoom) or cut(widget, tour.window)
            if why:
                found.append(f"{type(widget).__name__} {widget.accessibleName()!r}: {why}")
    return found


def test_longer_words_have_room(abroad: Tour) -> None:
    found = {page: words for page in abroad.pages() if (words := clipped(abroad, 1))}
    assert found == {}
    assert abroad.window.size().toTuple() == SIZE


@pytest.mark.parametrize(("zoom", "size"), [(1.5, SIZE), (2.0, LARGE)], ids=["150 %", "200 %"])
def test_larger_words_have_room(tour: Tour, zoom: float, size: tuple[int, int]) -> None:
    tour.window.resize(*size)
    tour.studio.theme.use(zoom=zoom)
    tour.settle()
    found = {}
    for page in tour.pages():
        if words := clipped(tour, zoom):
            found[page] = words
    assert found == {}
    assert tour.window.size().toTuple() == size
