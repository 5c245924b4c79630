"""`interstep [FILE]` and `interstep screenshot`, as words and as a real window."""

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from app.cli import parser, run
from app.commands.studio import check_display


def shot(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "app", "screenshot", *words]
    environment = os.environ | {"XDG_CONFIG_HOME": str(folder / "config")}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, env=environment
    )


def state(folder: Path) -> dict[str, str]:
    """Return what lies in the folder, by name, with a hash."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_screenshot_is_the_window_and_changes_nothing(dog: Path) -> None:
    folder = dog.parent
    before = state(folder)
    images: dict[str, Image.Image] = {}
    for theme in ("light", "dark"):
        out = f"{theme}.png"
        done = shot(str(dog), "-o", out, "--theme", theme, "--size", "1000x700", folder=folder)
        assert done.returncode == 0, done.stderr
        images[theme] = Image.open(io.BytesIO((folder / out).read_bytes())).convert("L")
        (folder / out).unlink()
    assert {image.size for image in images.values()} == {(1000, 700)}
    assert images["light"].resize((1, 1)).getpixel((0, 0)) > 180
    assert images["dark"].resize((1, 1)).getpixel((0, 0)) < 120
    assert state(folder) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["screenshot", "-o", "x.jpg"], "end the name in .png"),
        (["screenshot", "gone.interstep", "-o", "x.png"], "does not exist"),
        (["screenshot", "-o", "x.png", "--size", "10x10"], "900x560"),
        (["screenshot", "-o", "x.png", "--size", "big"], "900x560"),
        (["gone.interstep"], "does not exist"),
    ],
)
def test_wrong_words_are_told(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = run(words)
    except SystemExit as end:
        code = int(end.code or 0)
    assert code in (1, 2)
    assert told in capsys.readouterr().err


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(Exception, match="no display"):
        check_display()


def test_the_studio_is_what_no_word_and_a_file_mean() -> None:
    assert parser().parse_args(["studio"]).file is None
    assert parser().parse_args(["studio", "x.md"]).file == Path("x.md")
