"""Pictures in: what is opened, what the eyes make of it, and what they refuse."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_eyes
from PIL import Image
from tiny_eyes import Seer

from inference.writer import vision
from inference.writer.batches import Sight
from inference.writer.errors import Stopped, WriterError
from inference.writer.model import Model
from inference.writer.vision import KEPT, LONGEST, Eyes, opened

START, END = (tiny_eyes.VOCABULARY.index(f"<|vision_{side}|>") for side in ("start", "end"))


def encoded(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, form, **options)
    return data.getvalue()


def photo(width: int = 90, height: int = 60, seed: int = 0) -> Image.Image:
    random = np.random.default_rng(seed)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8))


def sight_of(pieces: list[Any]) -> Sight:
    (sight,) = (piece for piece in pieces if isinstance(piece, Sight))
    return sight


# ---------------------------------------------------------------- bytes


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_opened_small(form: str) -> None:
    image = opened(encoded(photo(1000, 500), form))
    assert (image.mode, image.size) == ("RGB", (LONGEST, LONGEST // 2))
    assert opened(encoded(photo(), form)).size == (90, 60), "a small one stays as it is"


def test_a_photo_is_turned_upright() -> None:
    sideways = Image.new("RGB", (60, 40), "red")
    sideways.paste("blue", (0, 0, 20, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # its top is at the right
    image = opened(encoded(sideways, "PNG", exif=exif))
    assert image.size == (40, 60)
    assert (image.getpixel((20, 5)), image.getpixel((20, 55))) == ((0, 0, 255), (255, 0, 0))


def test_sixteen_bits_of_grey_stay_grey() -> None:
    ramp = np.linspace(0, 65535, 64, dtype=np.uint16)[None].repeat(8, 0)
    data = io.BytesIO()
    Image.fromarray(ramp).save(data, "PNG")
    seen = np.asarray(opened(data.getvalue()))
    assert (seen.min(), seen.max()) == (0, 255)
    assert abs(seen.mean() - 127) < 2


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_every_mode_becomes_rgb_over_white(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    options = {"transparency": 0} if mode == "P" else {}
    image = opened(encoded(Image.new(mode, (8, 8)), form, **options))
    assert image.mode == "RGB"
    clear = mode in ("RGBA", "LA", "P")
    assert image.getpixel((3, 3)) == ((255,) * 3 if clear or mode == "CMYK" else (0,) * 3)


HEADER = b"\x89PNG\r\n\x1a\n"


def bomb(side: int) -> bytes:
    """A few bytes that claim side x side pixels."""
    chunks = [b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0), b"IDAT" + bytes(20)]
    parts = (struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks)
    return HEADER + b"".join(parts)


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_too_many_pixels_are_refused_before_they_are_decoded(side: int) -> None:
    with pytest.raises(WriterError, match="more than 80 million pixels") as error:
        opened(bomb(side))
    assert error.value.hint == "Make it smaller."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"https://example.org/cat.png",
        b"/etc/hostname",
        HEADER,
        encoded(photo())[:-400],
        encoded(photo(), "JPEG")[:300],
        encoded(photo(), "GIF"),
        encoded(photo(), "TIFF"),
    ],
    ids=["empty", "url", "path", "header", "cut-png", "cut-jpeg", "gif", "tiff"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(WriterError, match="damaged, or neither PNG, JPEG nor WebP"):
        opened(data)


# ---------------------------------------------------------------- the encoder


def test_an_image_stands_between_the_marks_of_its_model(seer: Seer) -> None:
    start, sight, end = seer.eyes.look(encoded(photo(448, 224)))
    assert (start, end) == ((START,), (END,))
    assert isinstance(sight, Sight)
    side = 2 * tiny_eyes.PATCH[seer.kind]
    columns, rows = 448 // side, 224 // side
    assert (len(sight), sight.positions) == (columns * rows, max(columns, rows))
    assert sight.embeddings.shape[1] == tiny_eyes.WIDTH * (3 if seer.kind == "qwen3vl" else 1)
    assert sight.causal
    origin, slope = sight.places
    assert origin[1].reshape(rows, columns).tolist() == [[row] * columns for row in range(rows)]
    assert origin[2].reshape(rows, columns).tolist() == [[*range(columns)]] * rows
    assert slope.min(1).tolist() == slope.max(1).tolist() == [1, 1, 1, 0]


def test_an_image_is_encoded_once(seer: Seer) -> None:
    before = seer.eyes.encoded
    first = sight_of(seer.eyes.look(encoded(photo(seed=1))))
    again = sight_of(seer.eyes.look(encoded(photo(seed=1), "WEBP", lossless=True)))
    assert again is first
    assert sight_of(seer.eyes.look(encoded(photo(seed=2)))) != first
    assert seer.eyes.encoded == before + 2


def test_images_of_equal_bytes_and_other_shape_differ(seer: Seer) -> None:
    wide, high = Image.new("RGB", (128, 64), "red"), Image.new("RGB", (64, 128), "red")
    assert wide.tobytes() == high.tobytes()
    assert sight_of(seer.eyes.see(wide)) != sight_of(seer.eyes.see(high))


def test_the_longest_unseen_image_is_forgotten(seer: Seer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision, "KEPT", 2)
    eyes = Eyes(seer.model, seer.path, threads=1)
    for seed in (1, 2, 1, 3, 1, 2):
        eyes.see(photo(seed=seed))
    assert eyes.encoded == 4
    assert KEPT > 20, "pictures of one tutorial"
    eyes.close()


@pytest.mark.parametrize("size", [(1, 1), (480, 1), (1, 480), (29, 480), (480, 480), (33, 57)])
def test_images_of_any_shape_are_seen(seer: Seer, size: tuple[int, int]) -> None:
    sight = sight_of(seer.eyes.see(photo(*size)))
    assert 1 <= len(sight) <= 300
    assert np.isfinite(sight.embeddings).all()


@pytest.mark.parametrize("polls", [0, 1, 3])
def test_a_cancel_is_heard_while_an_image_is_encoded(seer: Seer, polls: int) -> None:
    left = iter([*range(polls)])
    eyes = Eyes(seer.model, seer.path, 1, stop=lambda: next(left, None) is None)
    with pytest.raises(Stopped):
        eyes.see(photo())
    left = iter(range(10**6))
    seen = sight_of(eyes.see(photo()))
    assert seen.embeddings.tobytes() == sight_of(seer.eyes.see(photo())).embeddings.tobytes()
    eyes.close()


def test_an_error_in_stop_comes_out(seer: Seer) -> None:
    def stop() -> bool:
        raise KeyboardInterrupt

    eyes = Eyes(seer.model, seer.path, 1, stop)
    with pytest.raises(KeyboardInterrupt):
        eyes.see(photo())
    eyes.close()


# ---------------------------------------------------------------- files


def test_eyes_of_another_model_are_refused(seer: Seer, tiny: Model) -> None:
    with pytest.raises(WriterError, match=r"eyes\.gguf can't be used with tiny\.gguf: it belongs"):
        Eyes(tiny, seer.path, threads=1)


def test_files_that_hold_no_eyes_are_refused(seer: Seer, tmp_path: Path) -> None:
    with pytest.raises(WriterError, match="holds no eyes"):
        Eyes(seer.model, seer.model.path, threads=1)
    with pytest.raises(WriterError, match=r"absent\.gguf can't be used"):
        Eyes(seer.model, tmp_path / "absent.gguf", threads=1)
    for kept in (0, 3, 100, 3000, -1000):
        cut = tmp_path / "cut.gguf"
        cut.write_bytes(seer.path.read_bytes()[:kept])
        with pytest.raises(WriterError):
            Eyes(seer.model, cut, threads=1)


def test_the_path_may_be_long_and_in_any_script(seer: Seer, tmp_path: Path) -> None:
    path = tmp_path / "目 öß" / f"{'e' * 200}.gguf"
    path.parent.mkdir()
    path.write_bytes(seer.path.read_bytes())
    eyes = Eyes(seer.model, path, threads=1)
    seen, as_ever = (sight_of(each.see(photo())) for each in (eyes, seer.eyes))
    assert seen.embeddings.tobytes() == as_ever.embeddings.tobytes()
    eyes.close()


def test_text_alone_needs_no_libmtmd(tiny_gguf: Path) -> None:
    program = (
        "import sys; from pathlib import Path; import inference.writer.tutorial\n"
        "from inference.writer.model import Model; from inference.writer.session import Session\n"
        "session = Session(Model(Path(sys.argv[1])), 256, threads=1)\n"
        "list(session.append([1, 2]))\n"
        "print(*(name for name in sys.modules if 'mtmd' in name or 'vision' in name))"
    )
    run = [sys.executable, "-c", program, str(tiny_gguf)]
    assert subprocess.run(run, capture_output=True, check=True, timeout=60).stdout == b"\n"
