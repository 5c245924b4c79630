"""A Qt event loop, and a complaint of Qt as a failure."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType, qInstallMessageHandler


@pytest.fixture(scope="session")
def application() -> QCoreApplication:
    return QCoreApplication.instance() or QCoreApplication([])


@pytest.fixture
def qt(application: QCoreApplication) -> Iterator[QCoreApplication]:
    """The application; the test fails if Qt prints anything meanwhile."""
    messages: list[str] = []

    def keep(_kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
        messages.append(message or "")

    before = qInstallMessageHandler(keep)
    yield application
    qInstallMessageHandler(before)
    assert messages == []
