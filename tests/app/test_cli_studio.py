"""`interstep [FILE]` and `interstep screenshot`, as words and as a real window."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import COMMAND, Outcome, interstep
from PIL import Image

from app.cli import parser, run
from app.commands.errors import CommandError
from app.commands.studio import check_display

Account = Callable[..., dict[str, str]]


def state(folder: Path) -> dict[str, str]:
    """Return what lies in the folder, by name, with a hash."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def image_of(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def shot(*words: str | Path, account: Path) -> Outcome:
    """Run `interstep screenshot` in the account's folder, which is all that the person has."""
    account.mkdir(exist_ok=True)
    mine = {"HOME": str(account), "XDG_CONFIG_HOME": str(account / "config")}
    mine |= {"XDG_CACHE_HOME": str(account / "cache"), "XDG_DOCUMENTS_DIR": str(account / "docs")}
    return interstep("screenshot", *words, cwd=account, env=mine | {"QT_SCALE_FACTOR": "2"})


# ---------------------------------------------------------------- pictures of the window


def test_a_screenshot_is_the_window_and_changes_nothing(dog: Path, tmp_path: Path) -> None:
    before = state(dog.parent)
    images: dict[str, Image.Image] = {}
    for theme in ("light", "dark"):
        out = tmp_path / "account" / f"{theme}.png"
        done = shot(dog, "-o", out, "--theme", theme, "--size", "1000x700", account=out.parent)
        assert done.code == 0, done.err
        assert done.out == f"{out}\n"
        assert done.err == ""
        images[theme] = image_of(out).convert("L")
        assert list(state(out.parent)) == [str(out)]  # no settings, no library, no lock
        out.unlink()
    assert {image.size for image in images.values()} == {(1000, 700)}
    assert images["light"].resize((1, 1)).getpixel((0, 0)) > 180
    assert images["dark"].resize((1, 1)).getpixel((0, 0)) < 120
    assert state(dog.parent) == before


def test_every_page_is_another_picture(dog: Path, tmp_path: Path) -> None:
    seen = set()
    for page in ("start", "tutorial", "library", "packs", "doctor"):
        out = tmp_path / f"{page}.png"
        done = shot("-o", out, "--page", page, "--size", "900x560", account=tmp_path / "account")
        assert done.code == 0, done.err
        seen.add(hashlib.sha256(image_of(out).tobytes()).hexdigest())
    assert len(seen) == 5


def test_a_tutorial_with_pictures_is_shown_with_them(dog: Path, tmp_path: Path) -> None:
    """The library pane and the page are full of colours, which the bare window is not."""
    colours = {}
    for name, words in (("bare", ["--page", "library"]), ("dog", [dog])):
        out = tmp_path / f"{name}.png"
        assert shot(*words, "-o", out, account=tmp_path / "account").code == 0
        found = image_of(out).getcolors(1_000_000)
        assert found is not None
        colours[name] = len(found)
    assert colours["dog"] > 2 * colours["bare"]


def test_an_old_picture_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "account" / "x.png"
    out.parent.mkdir()
    out.write_text("old")
    assert shot("-o", out, "--page", "start", "--size", "900x560", account=out.parent).code == 0
    assert image_of(out).size == (900, 560)
    assert [path.name for path in out.parent.iterdir()] == ["x.png"]


def test_what_is_damaged_in_a_tutorial_is_told(dog: Path, tmp_path: Path) -> None:
    db = sqlite3.connect(dog)
    db.execute("update steps set fields = '{\"id\"' where position = 1")
    db.commit()
    db.close()
    done = shot(dog, "-o", "x.png", account=tmp_path / "account")
    assert done.code == 0
    assert done.err == "A step (row 2) is damaged and was set aside.\n"


def test_a_screenshot_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    env = {"TMPDIR": str(tmp_path / "temporary")}
    done = interstep("screenshot", "-o", "x.png", "--page", "start", cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    assert list((tmp_path / "temporary").iterdir()) == []


INTERRUPTED = {
    "write": ("write", "--from", "wash-a-dog", "-o", "x.html"),
    "export": ("export", "dog.interstep", "-o", "x.html"),
    "screenshot": ("screenshot", "-o", "x.png"),
}


@pytest.mark.parametrize("after", [0.3, 0.5, 1.0, 1.6, 2.2])
@pytest.mark.parametrize("name", INTERRUPTED)
def test_ctrl_c_at_any_time_is_one_sentence(
    name: str, after: float, dog: Path, tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    process = subprocess.Popen(
        [*COMMAND, *INTERRUPTED[name]],
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(tmp_path / "temporary")},
        stderr=subprocess.PIPE,
        text=True,
        # Who starts the tests in the background starts them deaf to it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    # It may have been done; then Python, which is ending, dies of the signal.
    assert process.returncode in (130, 0, -signal.SIGINT), err
    if process.returncode == 130:
        assert err.splitlines()[-1].startswith("interstep: Stopped.")
    assert "Traceback" not in err
    assert "QProcess" not in err
    assert list((tmp_path / "temporary").iterdir()) == []


def test_what_is_no_tutorial_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.interstep").write_text("no tutorial")
    done = shot(tmp_path / "broken.interstep", "-o", "x.png", account=tmp_path / "account")
    assert "broken.interstep" in done.sentence()
    assert done.code == 1
    assert list((tmp_path / "account").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["screenshot"], 2, "-o"),
        (["screenshot", "-o", "x.jpg"], 2, "end the name in .png"),
        (["screenshot", "-o", "absent/x.png"], 1, "make it first"),
        (["screenshot", "gone.interstep", "-o", "x.png"], 1, "does not exist"),
        (["screenshot", "-o", "x.png", "--size", "10x10"], 2, "900x560 to 7680x4320"),
        (["screenshot", "-o", "x.png", "--size", "7681x4320"], 2, "900x560 to 7680x4320"),
        (["screenshot", "-o", "x.png", "--size", "1280"], 2, "900x560 to 7680x4320"),
        (["screenshot", "-o", "x.png", "--size", "1280x800x600"], 2, "900x560 to 7680x4320"),
        (["screenshot", "-o", "x.png", "--size", "-900x560"], 2, "--size"),
        (
            ["screenshot", "-o", "x.png", "--size", "\u0669\u0660\u0660x560"],
            2,
            "900x560 to 7680x4320",
        ),
        (["screenshot", "-o", "x.png", "--page", "attic"], 2, "attic"),
        (["screenshot", "-o", "x.png", "--theme", "pink"], 2, "pink"),
        (["gone.interstep"], 1, "does not exist"),
        (["gone.MD"], 1, "does not exist"),
        (["studio", "gone.txt"], 1, "does not exist"),
        (["a.interstep", "b.interstep"], 2, "a.interstep"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_wrong_words_are_told(
    words: list[str],
    code: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        ended = run(words)
    except SystemExit as end:
        ended = int(end.code or 0)
    assert ended == code
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_size_is_read() -> None:
    options = parser().parse_args(["screenshot", "-o", "x.png", "--size", "1920X1200"])
    assert options.size == (1920, 1200)
    assert parser().parse_args(["screenshot", "-o", "x.png"]).size == (1280, 800)


# ---------------------------------------------------------------- the studio


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(CommandError, match="no display") as raised:
        check_display()
    assert raised.value.code == 1
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    check_display()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have one")
@pytest.mark.parametrize("words", [[], ["studio"], ["x.md"]])
def test_the_command_without_a_display_is_one_sentence(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("# Tea\n")
    done = interstep(
        *words, cwd=tmp_path, env={"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    )
    assert done.code == 1
    assert "display" in done.sentence()
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_studio_and_its_tutorial(
    ending: signal.Signals, dog: Path, tmp_path: Path
) -> None:
    account = tmp_path / "account"
    mine = {"HOME": str(account), "XDG_CONFIG_HOME": str(account / "config")}
    mine |= {"XDG_CACHE_HOME": str(account / "cache"), "QT_QPA_PLATFORM": "offscreen"}
    lock = dog.with_name(f".{dog.name}.lock")
    process = subprocess.Popen(
        [*COMMAND, dog], cwd=dog.parent, env=os.environ | mine, stderr=subprocess.PIPE, text=True
    )
    with process:
        last = account / "config" / "interstep" / "studio.ini"
        while process.poll() is None and not (last.exists() and dog.name in last.read_text()):
            time.sleep(0.05)
        assert lock.exists()
        process.send_signal(ending)
        try:
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert not lock.exists()
