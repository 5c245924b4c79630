"""A Qt event loop, a complaint of Qt as a failure, tutorials with the fake engine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk import Desk, new_engine
from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.engine.engine import Engine
from app.tutorial.file import TutorialFile
from app.tutorial.model import Tutorial


@pytest.fixture
def qt(qapp: QApplication) -> Iterator[QCoreApplication]:
    """The application; the test fails if Qt prints anything meanwhile."""
    messages: list[str] = []

    def keep(_kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
        messages.append(message or "")

    before = qInstallMessageHandler(keep)
    yield qapp
    qInstallMessageHandler(before)
    assert messages == []


@pytest.fixture
def engine(qapp: QApplication) -> Iterator[Engine]:
    """A fake engine that is not started."""
    engine = new_engine()
    yield engine
    engine.close()


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Callable[[Tutorial], Desk]]:
    """Return a function that opens a tutorial with the fake engine."""
    made: list[Desk] = []

    def make(tutorial: Tutorial) -> Desk:
        path = tmp_path / "t.interstep"
        TutorialFile.create(path, tutorial).close()
        made.append(Desk(engine, path))
        return made[-1]

    yield make
    for one in made:
        one.close()
