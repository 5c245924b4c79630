"""Garbage is collected, and never on a worker's thread; see also tests/app/conftest.py."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.editing.background import Background
from app.editing.collecting import Collecting


class Knot(QObject):
    """A QObject that only the collector of cycles can free."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def test_a_qobject_is_freed_on_the_gui_thread_while_workers_allocate(
    qtbot: QtBot,
) -> None:
    gc.enable()
    collecting = Collecting()
    freed: list[threading.Thread] = []
    background = Background(2)
    kept: list[list[list[int]]] = []
    for _ in range(20):
        weakref.finalize(Knot(), lambda: freed.append(threading.current_thread()))
        background.run(lambda: [[n] for n in range(20_000)], kept.append)
    qtbot.waitUntil(lambda: len(freed) == 20)
    background.close()
    collecting.deleteLater()
    assert set(freed) == {threading.main_thread()}
