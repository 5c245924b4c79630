"""What the studio remembers for a person: where the library lies, the layout, the last tutorial."""

import json
import sys
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path, user_config_path, user_documents_path
from PySide6.QtCore import QByteArray, QSettings

T = TypeVar("T")


class Settings:
    """Values by name in one INI file; a missing or odd value is the default."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or user_config_path("interstep", appauthor=False)
        self.cache = folder / "cache" if folder else user_cache_path("interstep", appauthor=False)
        self._values = QSettings(str(self.folder / "studio.ini"), QSettings.Format.IniFormat)

    def get(self, name: str, default: T) -> T:
        """Return a value that JSON can hold, of the same type as the default."""
        try:
            text = str(self._values.value(name, "null"))
            value = json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return default
        return value if type(value) is type(default) else default

    def put(self, name: str, value: Any) -> None:
        """Remember a value that JSON can hold."""
        self._values.setValue(name, json.dumps(value))

    def bytes(self, name: str) -> QByteArray:
        """Return bytes that Qt made, such as a window's geometry; empty when there are none."""
        return QByteArray.fromBase64(self.get(name, "").encode("ascii", "ignore"))

    def put_bytes(self, name: str, value: QByteArray) -> None:
        """Remember bytes that Qt made."""
        self.put(name, bytes(value.toBase64().data()).decode("ascii"))

    def save(self) -> None:
        """Write the file now; else that is done when there is time, at the latest at the end."""
        self._values.sync()

    @property
    def engine_python(self) -> str:
        """The interpreter that runs the engine: the studio's, unless the person chose another."""
        return self.get("engine_python", "") or sys.executable

    @property
    def library(self) -> Path:
        """The folder of the tutorials; local unless the person chose otherwise."""
        chosen = self.get("library", "")
        return Path(chosen) if chosen else user_documents_path() / "Interstep"


def _refuse(constant: str) -> None:
    """Refuse what is no number, such as NaN: no measure can be made of it."""
    raise ValueError(constant)
