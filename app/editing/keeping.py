"""What is done for an open tutorial unasked: snapshots, checks, an eye on other programs."""

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from app.editing.open_tutorial import OpenTutorial
from app.tutorial.file import TutorialFile

OFTEN = 10 * 60 * 1000  # milliseconds between two snapshots of a tutorial that changes
CHECK = 200  # milliseconds between two slices of the check of all takes
SLICE = 20  # takes that are checked at a time
SETTLE = 300  # milliseconds after a change on disk, since a save of our own is one too


class Keeping(QObject):
    """changed_elsewhere(): another program wrote the file. damaged(number): takes that are lost."""

    changed_elsewhere = Signal()
    damaged = Signal(int)

    def __init__(self, opened: OpenTutorial) -> None:
        super().__init__(opened)
        self._opened = opened
        self._kept: object = None  # the tutorial at the last snapshot
        self._unchecked = list(opened.infos)
        self._snapshots = QTimer(self, interval=OFTEN)
        self._snapshots.timeout.connect(self.keep)
        self._snapshots.start()
        self._checks = QTimer(self, interval=CHECK, singleShot=True)
        self._checks.timeout.connect(self._check)
        self._checks.start()
        self._watcher = QFileSystemWatcher([str(opened.path)], self)
        self._settle = QTimer(self, interval=SETTLE, singleShot=True)
        self._settle.timeout.connect(self._look)
        self._watcher.fileChanged.connect(lambda _: self._settle.start())

    def keep(self) -> None:
        """Keep a snapshot, if the tutorial is another than at the last one."""
        tutorial = self._opened.tutorial
        if tutorial is not self._kept and tutorial.steps and not self._opened.read_only:
            self._kept = tutorial
            self._opened.ask(TutorialFile.snapshot)

    def _check(self) -> None:
        names, self._unchecked = self._unchecked[:SLICE], self._unchecked[SLICE:]

        def told(lost: tuple[str, ...]) -> None:
            if lost:
                self.damaged.emit(len(lost))
            if self._unchecked:
                self._checks.start()

        if names:
            self._opened.ask(lambda file: file.check_takes(names), told)

    def _look(self) -> None:
        def told(changed: bool) -> None:
            if changed:
                self.changed_elsewhere.emit()

        self._opened.ask(TutorialFile.changed_elsewhere, told)
