"""Takes as pixmaps: read on the file's thread, decoded on another, kept while there is room."""

from collections import OrderedDict

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from app.editing.background import Background
from app.editing.open_tutorial import OpenTutorial
from app.tutorial.model import Take

ROOM = 12 * 2**20  # bytes of decoded pixels: some screens full

Key = tuple[str, int]


class Images(QObject):
    """The pixmaps of one open tutorial. image_ready(sha256): a pixmap asked for can be had now."""

    image_ready = Signal(str)

    def __init__(self, opened: OpenTutorial, background: Background) -> None:
        super().__init__(opened)
        self._opened = opened
        self._background = background
        self._kept: OrderedDict[Key, QPixmap] = OrderedDict()
        self._asked: set[Key] = set()
        self._lost: set[str] = set()

    def pixmap(self, sha256: str, side: int) -> QPixmap | None:
        """Return the take scaled to fit side x side pixels, or None until image_ready."""
        key = (sha256, side)
        pixmap = self._kept.get(key)
        if pixmap is not None:
            self._kept.move_to_end(key)
            return pixmap
        if key not in self._asked and sha256 not in self._lost:
            self._asked.add(key)
            self._read(key)
        return None

    def is_lost(self, sha256: str) -> bool:
        """Whether the take can't be read."""
        return sha256 in self._lost

    def _read(self, key: Key) -> None:
        def decode(take: Take) -> None:
            self._background.run(
                lambda: decoded(take.data, key[1]), lambda image: self._keep(key, image)
            )

        self._opened.take(key[0], decode, lambda _error: self._lose(key))

    def _keep(self, key: Key, image: QImage | None) -> None:
        if image is None:
            self._lose(key)
            return
        self._asked.discard(key)
        self._kept[key] = QPixmap.fromImage(image)
        while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > ROOM:
            self._kept.popitem(last=False)
        self.image_ready.emit(key[0])

    def _lose(self, key: Key) -> None:
        self._asked.discard(key)
        self._lost.add(key[0])
        self.image_ready.emit(key[0])


def decoded(data: bytes, side: int) -> QImage | None:
    """Return the image turned as its EXIF says, scaled to fit side x side; None if it can't."""
    array = QByteArray(data)
    buffer = QBuffer(array)
    # Told, not found out: to look whether it is an SVG, Qt connects signals, and does so with
    # Python's lock held; another thread that disconnects some waits for that lock meanwhile.
    reader = QImageReader(buffer, QByteArray(_format(data)))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > side:
        fitting = size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(fitting.expandedTo(QSize(1, 1)))
    image = reader.read()
    return None if image.isNull() else image


def _format(data: bytes) -> bytes:
    """Return Qt's name of an encoding that takes have."""
    if data.startswith(b"\xff\xd8"):
        return b"jpeg"
    return b"webp" if data[8:12] == b"WEBP" else b"png"


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
