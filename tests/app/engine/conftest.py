"""A Qt event loop, and a complaint of Qt as a failure."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication


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
