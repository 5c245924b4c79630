"""The bar at the foot of the window: what the engine does, how far it is, and its Stop."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QBuffer, QByteArray, QRectF, QSize, Qt, QTimer, SignalInstance
from PySide6.QtGui import QAction, QImage, QImageReader, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.engine.engine import Engine
from app.engine.jobs import Changing, Continuing, Job, Painting, Writing
from app.engine.runs import Runs
from app.window.sizes import gigabytes
from app.window.theme import Theme
from app.window.top_bar import HEIGHT
from inference.protocol import (
    Image,
    Loading,
    PaintPreview,
    Progress,
    ProtocolError,
    StepStarted,
    TextDelta,
)

POLL = 2000  # milliseconds between two looks at the engine's memory, only while it works
BAR = 220  # pixels at zoom 1
THUMBNAIL = (36, 28)  # pixels at zoom 1
PREVIEW_CHARACTERS, PREVIEW_SIDE = 88_000, 1024  # base64 of 64 kB; more isn't decoded here
NAME = 160  # pixels at zoom 1: the longest name of a pack


class EngineBar(QWidget):
    """Shows the engine and, while a tutorial is open, the jobs of its Runs."""

    def __init__(self, engine: Engine, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Engine"))
        self._engine = engine
        self._theme = theme
        self._runs: Runs | None = None
        self._began = time.monotonic()
        self._preview: QImage | None = None
        self._thumbnail = QLabel()
        self._words = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._detail = _secondary()
        self._waiting = QToolButton()
        self._waiting.setProperty("kind", "quiet")
        self._waiting.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._waiting.setToolTip(self.tr("What waits for the engine"))
        self._menu = QMenu(self._waiting)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._waiting.setMenu(self._menu)
        self._again = QPushButton(self.tr("Start it again"))
        self._again.clicked.connect(lambda: engine.start_again())
        self._facts = _secondary()
        self._facts.setToolTip(self.tr("The pack in use and the memory that the engine holds"))
        self._stop_action = actions["stop"]
        self._stop_action.triggered.connect(self._say_stopping)
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.setToolTip(self._stop_action.toolTip())
        self._stop.setAccessibleName(self.tr("Stop the engine's work"))
        self._stop.clicked.connect(self._stop_action.trigger)
        self._row = QHBoxLayout(self)
        for widget in (self._thumbnail, self._words, self._bar, self._detail, self._waiting):
            self._row.addWidget(widget)
        self._row.addWidget(self._again)
        self._row.addStretch(1)
        self._row.addWidget(self._facts)
        self._row.addWidget(self._stop)
        self._poll = QTimer(self, interval=POLL)
        self._poll.timeout.connect(self._show_facts)
        engine.state_changed.connect(self._show_engine)
        theme.restyled.connect(self._restyle)
        self._restyle()
        self._show_idle()
        self._show_waiting()

    def follow(self, runs: Runs | None) -> None:
        """Show the jobs of these Runs from now on, or of none."""
        if self._runs is not None:
            for told, slot in self._links(self._runs):
                told.disconnect(slot)
        self._runs = runs
        if runs is not None:
            for told, slot in self._links(runs):
                told.connect(slot)
        if self._job is not None:
            self._begin(self._job)
        else:
            self._show_idle()
        self._show_waiting()

    @property
    def is_watching(self) -> bool:
        """Whether the engine's memory is looked at now and then."""
        return self._poll.isActive()

    def _links(self, runs: Runs) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        return (
            (runs.job_started, self._begin),
            (runs.text_streamed, self._show_text),
            (runs.picture_started, self._show_picture),
            (runs.picture_previewed, self._show_preview),
            (runs.picture_finished, self._end_picture),
            (runs.progressed, self._show_progress),
            (runs.job_ended, self._show_idle),
            (runs.queue_changed, self._follow_queue),
        )

    @property
    def _job(self) -> Job | None:
        return self._runs.current if self._runs is not None else None

    @property
    def _looks(self) -> bool:
        """Whether it only looks at the photos that a tutorial begins with."""
        return isinstance(self._job, Writing) and self._job.seeing

    @property
    def _asks(self) -> bool:
        """Whether the person is asked to mend what the writer sees in the photos."""
        return self._runs is not None and self._runs.confirming

    # ------------------------------------------------------------ the job under way

    def _begin(self, _job: Job) -> None:
        self._say(self.tr("Getting ready"))
        self._show_engine()

    def _show_text(self, event: StepStarted | TextDelta) -> None:
        if self._runs is None:
            return
        if isinstance(self._job, Changing):
            if self._bar.isHidden():  # else the progress says how far it is
                number = self._runs.number(event.step)
                self._say(self.tr("Rewriting step {n}").format(n=number))
        elif event.step:
            self._say(self.tr("Writing step {n}").format(n=self._runs.next_number))
        elif not self._looks:
            self._say(self.tr("Writing the beginning"))

    def _show_picture(self, step: str, _picture: str) -> None:
        self._began = time.monotonic()
        number = self._runs.number(step) if self._runs is not None else 0
        self._say(
            self.tr("Painting step {n}").format(n=number)
            if number
            else self.tr("Painting a picture")
        )

    def _show_preview(self, preview: PaintPreview) -> None:
        image = small_image(preview.image)
        if image is not None:
            self._preview = image
            self._draw_thumbnail()
        words = self.tr("pass {done} of {total}").format(done=preview.done, total=preview.total)
        left = (time.monotonic() - self._began) / max(preview.done, 1)
        left *= preview.total - preview.done
        if left >= 1:
            words += " · " + self.tr("about {n} s").format(n=round(left))
        self._say(self._words.text(), words, preview.done, preview.total)

    def _end_picture(self, _step: str, _picture: str) -> None:
        self._preview = None
        self._thumbnail.hide()
        self._say(self._words.text())

    def _show_progress(self, event: Loading | Progress) -> None:
        if isinstance(event, Loading):
            self._say(self.tr("Loading {what}").format(what=self._short(event.what)))
        elif event.unit == "bytes":  # more of them than a bar can count
            done, total = event.done // 10**6, event.total // 10**6
            words = self.tr("{done} of {total} MB").format(done=done, total=total)
            self._say(event.what, words, done, total)
        elif isinstance(self._job, Changing):
            words = self.tr("{done} of {total} steps").format(done=event.done, total=event.total)
            self._say(self.tr("Rewriting"), words, event.done, event.total)
        elif self._looks or event.unit == "pictures":
            self._say(self.tr("Looking at your photos"), "", event.done, event.total)
        elif event.unit == "tokens":  # of steps that are written, their text tells
            self._say(self.tr("Reading and planning"), "", event.done, event.total)

    def _say_stopping(self) -> None:
        if self._job is not None:
            self._say(self.tr("Stopping"))

    def _say(self, words: str, detail: str = "", done: int = 0, total: int = 0) -> None:
        """Show what is being done; total 0 where nothing is counted."""
        self._words.setText(words)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._bar.setVisible(total > 0)
        if total > 0:
            self._bar.setRange(0, total)
            self._bar.setValue(min(done, total))

    # ------------------------------------------------------------ the engine

    def _show_idle(self, *_: object) -> None:
        self._preview = None
        self._thumbnail.hide()
        words = {
            "off": self.tr("The engine starts when it is needed"),
            "starting": self.tr("The engine is starting"),
            "ready": self.tr("Engine ready"),
            "busy": self.tr("The engine is at work"),
            "broken": self.tr("The engine stopped too often"),
        }
        asks = self._asks and self._engine.state != "broken"
        self._say(self.tr("The writer waits for you") if asks else words[self._engine.state])
        self._show_frame()

    def _show_engine(self) -> None:
        if self._job is None or self._engine.state == "broken":
            self._show_idle()
        elif self._engine.state == "starting":
            self._say(self.tr("The engine is starting"))
        self._show_frame()

    def _show_frame(self) -> None:
        """Show what stands beside the words: Stop, Start it again, the pack and its memory."""
        broken = self._engine.state == "broken"
        at_work = self._job is not None and not broken
        self._again.setVisible(broken)
        self._stop.setVisible(at_work)
        self._stop_action.setEnabled(at_work or self._asks)
        if self._engine.state in ("starting", "busy"):
            self._poll.start()
        else:
            self._poll.stop()
        quiet = self._job is None
        self._words.setProperty("role", "secondary" if quiet else "")
        self._words.style().polish(self._words)
        self._show_facts()

    def _show_facts(self) -> None:
        if self._engine.loaded:
            pack = self.tr("{pack} pack").format(pack=self._short(self._engine.loaded))
            memory = self._engine.memory
            self._facts.setText(f"{pack} · {gigabytes(memory)}" if memory else pack)
        else:
            self._facts.clear()

    # ------------------------------------------------------------ what waits

    def _follow_queue(self) -> None:
        if self._job is None:  # what waited for the author may be given up
            self._show_idle()
        self._show_waiting()

    def _show_waiting(self) -> None:
        count = len(self._runs.waiting) if self._runs is not None else 0
        words = self.tr("{n} more waiting").format(n=count)
        self._waiting.setText(f"{words} \N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self._waiting.setAccessibleName(words)
        self._waiting.setVisible(count > 0)

    def _fill_menu(self) -> None:
        self._menu.clear()
        if self._runs is None:
            return
        for job in self._runs.waiting:
            words = self.tr("Take out: {job}").format(job=self._name(job))
            self._menu.addAction(words).triggered.connect(partial(self._runs.drop, job))

    def _name(self, job: Job) -> str:
        number = self._runs.number(getattr(job, "step", "")) if self._runs is not None else 0
        match job:
            case Writing(seeing=True):
                return self.tr("Look at your photos")
            case Writing():
                return self.tr("Write the tutorial")
            case Continuing():
                return self.tr("Write more steps")
            case Changing(step=step):
                one = self.tr("Rewrite step {n}").format(n=number)
                return one if step else self.tr("Rewrite all steps")
            case Painting():
                return self.tr("Paint step {n}").format(n=number)

    # ------------------------------------------------------------ looks

    def _short(self, name: str) -> str:
        metrics = self._facts.fontMetrics()
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, self._theme.px(NAME))

    def _draw_thumbnail(self) -> None:
        if self._preview is None:
            return
        width, height = (self._theme.px(side) for side in THUMBNAIL)
        size = QSize(width, height) * self.devicePixelRatio()
        pixmap = rounded(self._preview, size, self._theme.px(4) * self.devicePixelRatio())
        pixmap.setDevicePixelRatio(self.devicePixelRatio())
        self._thumbnail.setPixmap(pixmap)
        self._thumbnail.show()

    def _restyle(self) -> None:
        px = self._theme.px
        self.setFixedHeight(px(HEIGHT))
        self._bar.setFixedWidth(px(BAR))
        self._row.setContentsMargins(px(12), 0, px(12), 0)
        self._row.setSpacing(px(12))
        self._stop.setIcon(self._stop_action.icon())
        self._draw_thumbnail()


def small_image(preview: Image) -> QImage | None:
    """Return the preview's image, or None where it is broken or too big between two frames."""
    if len(preview.base64) > PREVIEW_CHARACTERS:
        return None
    try:
        array = QByteArray(preview.data())
    except ProtocolError:
        return None
    buffer = QBuffer(array)
    reader = QImageReader(buffer)
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > PREVIEW_SIDE:
        return None
    image = reader.read()
    return None if image.isNull() else image


def rounded(image: QImage, size: QSize, radius: float) -> QPixmap:
    """Return the middle of an image in this size, with round corners."""
    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    path = QPainterPath()
    path.addRoundedRect(QRectF(pixmap.rect()), radius, radius)
    painter.setClipPath(path)
    shown = QRectF(pixmap.rect())
    covering = image.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    shown.setSize(covering.toSizeF())
    shown.moveCenter(QRectF(pixmap.rect()).center())
    painter.drawImage(shown, image)
    painter.end()
    return pixmap


def _secondary() -> QLabel:
    label = QLabel()
    label.setProperty("role", "secondary")
    return label
