import io
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from app.tutorial.errors import TutorialError
from app.tutorial.photos import for_writer, read_photo, shown, without_metadata

SECRET = b"SECRETPLACE"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FORMATS = ("PNG", "JPEG", "WEBP")


def picture() -> Image.Image:
    image = Image.new("RGB", (60, 40), "white")
    image.paste((200, 30, 30), (0, 0, 20, 15))
    return image


def photo(path: Path, kind: str, orientation: int = 1, image: Image.Image | None = None) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    options: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": texts},
        "JPEG": {"comment": SECRET, "xmp": SECRET, "progressive": True, "quality": 90},
        "WEBP": {"xmp": SECRET, "lossless": True},
    }
    (image or picture()).save(path, kind, exif=exif, icc_profile=PROFILE, **options[kind])
    return path


def refusal(path: Path) -> str:
    with pytest.raises(TutorialError) as caught:
        read_photo(path)
    assert caught.value.hint
    return caught.value.message


def is_red(image: Image.Image, place: tuple[int, int]) -> bool:
    red, green, _blue = image.convert("RGB").getpixel(place)  # type: ignore[misc]
    return red > 128 > green


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_the_path_may_be_long_and_in_any_script(tmp_path: Path) -> None:
    folder = tmp_path / ("写真" * 35) / ("フォルダ" * 18)
    folder.mkdir(parents=True)
    path = folder / f"{'目' * 70}.png"
    photo(path, "PNG")
    assert len(str(path)) > 200
    assert for_writer(read_photo(path)).width == 60
    path.unlink()
    assert path.name in refusal(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_original_bytes_are_kept_and_exports_tell_no_secret(tmp_path: Path, kind: str) -> None:
    path = photo(tmp_path / "photo", kind)
    take = read_photo(path)
    assert take.data == path.read_bytes()
    assert SECRET in take.data
    assert (take.width, take.height) == (60, 40)
    clean = without_metadata(take)
    assert SECRET not in clean
    assert len(clean) < len(take.data)
    after = decoded(clean)
    assert after.format == kind
    assert after.tobytes() == decoded(take.data).tobytes()
    assert after.info["icc_profile"] == PROFILE
    assert len(after.getexif()) == 0


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_rotated_photo_is_upright_everywhere(tmp_path: Path, kind: str, orientation: int) -> None:
    take = read_photo(photo(tmp_path / "photo", kind, orientation))
    turned = orientation >= 5
    assert (take.width, take.height) == ((40, 60) if turned else (60, 40))
    upright = shown(take)
    assert upright.size == (take.width, take.height)
    clean = without_metadata(take)
    assert SECRET not in clean
    after = decoded(clean)
    assert after.size == upright.size
    assert after.info["icc_profile"] == PROFILE
    assert after.getexif().get(0x0112, 1) == 1
    corners = [(2, 2), (2, upright.height - 3), (upright.width - 3, 2)]
    red = [is_red(upright, corner) for corner in corners]
    assert red == [is_red(after, corner) for corner in corners]
    assert red.count(True) == (0 if orientation in (3, 7) else 1)


def test_pixels_of_unusual_pngs_stay(tmp_path: Path) -> None:
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        image = picture().convert("L").convert(mode) if mode == "I;16" else picture().convert(mode)
        image.save(tmp_path / "x.png")
        take = read_photo(tmp_path / "x.png")
        after = decoded(without_metadata(take))
        assert (after.mode, after.tobytes()) == (image.mode, image.tobytes())


def test_what_lies_behind_the_end_is_left_out(tmp_path: Path) -> None:
    for kind in ("PNG", "JPEG"):
        path = photo(tmp_path / "photo", kind)
        path.write_bytes(path.read_bytes() + SECRET)
        assert SECRET not in without_metadata(read_photo(path))


def test_a_photo_with_a_second_picture_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    picture().save(path, "MPO", save_all=True, append_images=[picture()])
    take = read_photo(path)
    assert take.media_type == "image/jpeg"
    assert decoded(without_metadata(take)).format == "JPEG"


def test_a_preview_in_the_jfif_header_is_left_out(tmp_path: Path) -> None:
    picture().save(tmp_path / "x.jpg")
    data = (tmp_path / "x.jpg").read_bytes()
    (length,) = struct.unpack_from(">H", data, 4)
    preview = SECRET.ljust(12, b"\0")
    header = b"\xff\xe0" + struct.pack(">H", 16 + 12) + data[6:18] + bytes((2, 2)) + preview
    (tmp_path / "y.jpg").write_bytes(b"\xff\xd8" + header + data[4 + length :])
    take = read_photo(tmp_path / "y.jpg")
    clean = without_metadata(take)
    assert SECRET not in clean
    assert decoded(clean).tobytes() == decoded(data).tobytes()


def test_an_animation_becomes_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    for kind in ("PNG", "WEBP"):
        frames[0].save(tmp_path / "x", kind, save_all=True, append_images=frames[1:], duration=50)
        clean = decoded(without_metadata(read_photo(tmp_path / "x")))
        assert not getattr(clean, "is_animated", False)
        assert clean.convert("RGB").getpixel((4, 4))[0] > 240  # type: ignore[index]


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def test_sizes_are_checked_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    for width, height in ((8001, 10000), (9500, 9500), (60000, 60000)):
        path.write_bytes(_png(width, height))
        assert "80 million pixels" in refusal(path)
    with path.open("wb") as file:
        file.truncate(100 * 10**6 + 1)
    assert "100 MB" in refusal(path)


def test_what_is_no_picture_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert "does not exist" in refusal(path)
    assert "not a file" in refusal(tmp_path)
    path.write_bytes(b"")
    assert "is empty" in refusal(path)
    path.write_bytes(b"hello, I am a text")
    assert "is not a PNG, JPEG or WebP" in refusal(path)
    picture().save(path, "GIF")
    assert "is not a PNG, JPEG or WebP" in refusal(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_photo_gets_a_sentence(tmp_path: Path, kind: str) -> None:
    noise = Image.frombytes("RGB", (60, 40), os.urandom(7200))
    path = photo(tmp_path / "photo", kind, image=noise)
    path.write_bytes(path.read_bytes()[: -len(path.read_bytes()) // 3])
    assert "damaged or cut short" in refusal(path)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(FORMATS),
    st.sampled_from([1, 6]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_flipped_bytes_give_a_picture_or_a_sentence(
    tmp_path: Path, kind: str, orientation: int, flips: list[tuple[float, int]]
) -> None:
    data = bytearray(photo(tmp_path / "photo", kind, orientation).read_bytes())
    for place, value in flips:
        data[int(place * (len(data) - 1))] = value
    (tmp_path / "photo").write_bytes(data)
    with suppress(TutorialError):  # any other error fails
        take = read_photo(tmp_path / "photo")
        assert decoded(without_metadata(take)).width > 0
