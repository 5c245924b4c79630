"""Pictures of an export: width, format, transparency, and nothing told that shouldn't be."""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from test_tree import DRAWINGS, SCENE, shown

from app.exporting.pictures import PictureFormat, raster
from app.exporting.tree import Figure, render
from app.exporting.writing import ExportError, ExportOptions, export
from app.tutorial.model import Mark, Take, Tutorial

FORMATS: dict[str, PictureFormat] = {"PNG": "png", "JPEG": "jpeg", "WEBP": "webp"}
MARK = Mark("box", 0.2, 0.2, 0.8, 0.8)


def stored(
    image: Image.Image, kind: str = "PNG", source: Mapping[str, Any] | None = None, **options: Any
) -> Take:
    out = io.BytesIO()
    image.save(out, kind, **options)
    data = out.getvalue()
    media_type: Any = f"image/{FORMATS[kind]}"
    recipe = {"seed": 1} if source else {}
    name = hashlib.sha256(data).hexdigest()
    return Take(name, media_type, image.width, image.height, data, recipe, dict(source or {}))


def figure(one: Take, *marks: Mark) -> Figure:
    (found,) = render(shown(one, *marks), {one.sha256: one}).figures
    return found


def opened(one: Figure) -> Image.Image:
    with Image.open(io.BytesIO(one.data)) as image:
        image.load()
    return image


@pytest.mark.parametrize("wanted", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
    ],
)
def test_any_picture_becomes_any_format(kind: str, mode: str, wanted: str) -> None:
    one = figure(stored(Image.new("L", (60, 30), 200).convert(mode), kind), MARK)
    made = raster(one, 40, FORMATS[wanted])
    image = opened(made)
    assert (image.format, image.size, made.media_type) == (
        wanted,
        (40, 20),
        f"image/{FORMATS[wanted]}",
    )
    assert (made.width, made.height) == image.size
    assert raster(one, 40, FORMATS[wanted]) == made


def test_a_picture_is_never_made_larger_and_keeps_its_bytes() -> None:
    one = figure(stored(Image.new("RGB", (60, 30), "red"), "JPEG"))
    assert raster(one, 61) == raster(one, 60, "jpeg") == raster(one) == one


def test_sixteen_bits_keep_their_light() -> None:
    grey = Image.new("I;16", (4, 4), 0x8000)
    assert opened(raster(figure(stored(grey)), 0, "jpeg")).getpixel((1, 1)) == (128, 128, 128)


def test_what_is_transparent_is_white_in_a_jpeg() -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 10, 20))
    one = figure(stored(image))
    made = opened(raster(one, 0, "jpeg"))
    assert made.getpixel((18, 10)) == (255, 255, 255)
    assert made.getpixel((2, 10)) == pytest.approx((0, 0, 255), abs=4)
    for wanted in ("png", "webp"):
        kept = opened(raster(one, 10, FORMATS[wanted.upper()])).convert("RGBA").getpixel((9, 5))
        assert isinstance(kept, tuple)
        assert kept[3] == 0


def test_a_redaction_hides_what_is_transparent_too() -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    made = opened(figure(stored(image), Mark("redaction", 0, 0, 0.5, 1)))
    assert made.getpixel((2, 2)) == (0, 0, 0)
    assert made.getpixel((18, 2)) == (255, 255, 255)


@pytest.mark.parametrize("wanted", ["PNG", "JPEG", "WEBP"])
def test_a_turned_photo_stays_upright_and_tells_nothing(wanted: str) -> None:
    photo = Image.new("RGB", (60, 30), "white")
    photo.paste("red", (0, 0, 20, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn clockwise to be upright
    exif[0x0110] = "Secret Camera 7"
    one = figure(stored(photo, "JPEG", exif=exif))
    made = raster(one, 15, FORMATS[wanted])
    image = opened(made)
    assert image.size == (15, 30)
    assert image.convert("RGB").getpixel((7, 2)) == pytest.approx((254, 0, 0), abs=8)
    assert b"Secret" not in made.data
    assert not image.getexif()


def test_a_drawing_stays_one_only_as_it_is(tmp_path: Path) -> None:
    one = stored(Image.new("RGB", (60, 60)), source={"scene": SCENE, "sprites": DRAWINGS.hash})
    out = tmp_path / "x.html"
    for options, drawn in (
        (ExportOptions(), True),
        (ExportOptions(picture_width=400), False),
        (ExportOptions(picture_format="png"), False),
        (ExportOptions("folder"), False),
    ):
        export(shown(one, MARK), {one.sha256: one}, out, options)
        html = out.read_text()
        assert ("<img " in html) != drawn
        assert ('class="marks"' in html) == (options.layout == "file")


def test_a_damaged_picture_is_told(tmp_path: Path) -> None:
    good = stored(Image.new("RGB", (60, 60)), source={"of": "an engine"})
    bad = Take(good.sha256, "image/png", 60, 60, good.data[:60], good.recipe, {})
    with pytest.raises(ExportError, match="damaged or cut short: open it"):
        export(shown(bad), {bad.sha256: bad}, tmp_path / "x.html", ExportOptions("file", 20))
    assert list(tmp_path.iterdir()) == []
    assert export(Tutorial("t"), {}, tmp_path / "x.html", ExportOptions("file", 20, "webp"))
