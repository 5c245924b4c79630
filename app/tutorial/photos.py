"""A user's own image as a take: original bytes kept, sizes checked before anything is decoded."""

import hashlib
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from PIL import Image, UnidentifiedImageError

from app.tutorial.errors import TutorialError, sentences
from app.tutorial.model import Take
from inference import protocol

MAX_BYTES = 100 * 10**6
MAX_PIXELS = 80 * 10**6  # below Pillow's own limit against decompression bombs
QUALITY = 95
SEEN = 480  # pixels; source: DuoGen's training images for the MLLM
PAINTED = 1536  # pixels; four such pictures fit on one line of the wire

MediaType = Literal["image/png", "image/jpeg", "image/webp"]
# MPO is a JPEG with more pictures behind it, as phones write them
MEDIA_TYPES: dict[str, MediaType] = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "WEBP": "image/webp",
}
ORIENTATION = 0x0112
# what makes a picture upright; Pillow's own way also rewrites the EXIF block, and fails on bad ones
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# what the pixels and their colours need; texts, times, EXIF and animation are left out
PNG_CHUNKS = frozenset(
    (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB")
) | {b"cICP"}
WEBP_CHUNKS = frozenset((b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"))
WEBP_FLAGS = 0b0011_0000  # of VP8X: a colour profile, transparency


def read_photo(path: Path) -> Take:
    """Return the image file as a take, its bytes untouched.

    Raises TutorialError for a file that is unreadable, truncated, too large or of another type.
    """
    if path.exists() and not path.is_file():  # a pipe would make us wait for ever
        raise TutorialError(f"“{path}” is not a file", "choose a picture")
    with sentences(path), path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return photo(data, f"“{path.name}”")


def photo(data: bytes, name: str) -> Take:
    """Return an image's bytes as a take, untouched; name: what to call it in a sentence.

    Raises TutorialError for bytes that are truncated, too large or of another type.
    """
    if len(data) > MAX_BYTES:
        raise TutorialError(f"{name} is larger than 100 MB", "save it smaller and add that")
    if not data:
        raise TutorialError(f"{name} is empty", "choose another picture")
    image = _opened(data, name)
    media_type = MEDIA_TYPES[image.format or ""]
    upright = _upright(image, name)
    sha256 = hashlib.sha256(data).hexdigest()
    return Take(sha256, media_type, upright.width, upright.height, data, {}, {}, "photo")


def shown(take: Take) -> Image.Image:
    """Return the decoded picture as a person sees it, rotated; raises TutorialError."""
    return decoded(take.data)


def decoded(data: bytes) -> Image.Image:
    """Return an encoded picture's pixels, rotated as its EXIF says; raises TutorialError."""
    return _upright(_opened(data, "the picture"), "the picture")


def for_writer(take: Take) -> protocol.Image:
    """Return the picture as a writer with eyes gets it: PNG, long side SEEN pixels at most."""
    return _within(take, SEEN)


def for_painter(take: Take) -> protocol.Image:
    """Return the picture as a painter of pixels gets it: PNG, long side PAINTED at most."""
    return _within(take, PAINTED)


def _within(take: Take, longest: int) -> protocol.Image:
    image = shown(take)
    image.thumbnail((longest, longest))
    return protocol.image(encoded(image, "image/png"), image.width, image.height)


def without_metadata(take: Take) -> bytes:
    """Return the picture in its own format without place, device, comments and previews.

    The pixels stay exactly as they are, but for a JPEG or WebP that must be rotated: it is
    encoded again. The colour profile is kept. Raises TutorialError for an unreadable picture.
    """
    image = _opened(take.data, "the picture")
    if _orientation(image) == 1 and not getattr(image, "is_animated", False):
        try:
            match image.format:
                case "PNG":
                    return _png(take.data)
                case "JPEG" | "MPO":
                    return _jpeg(take.data)
                case _:
                    return _webp(take.data)
        except (ValueError, struct.error, IndexError):
            pass  # Pillow reads some files that break their own format; it writes a sound one
    return encoded(_upright(image, "the picture"), take.media_type)


def _opened(data: bytes, name: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        pixels = image.width * image.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = MAX_PIXELS + 1
    except UnidentifiedImageError as error:
        raise TutorialError(
            f"{name} is not a PNG, JPEG or WebP picture", "convert it to one of these and add that"
        ) from error
    except Exception as error:  # hostile bytes make Pillow's parsers raise nearly anything
        raise _unreadable(name) from error
    if pixels > MAX_PIXELS:
        raise TutorialError(
            f"{name} has more than 80 million pixels", "make it smaller and add that"
        )
    return image


def _upright(image: Image.Image, name: str) -> Image.Image:
    try:
        image.load()
    except Exception as error:  # as in _opened
        raise _unreadable(name) from error
    turn = TURNS.get(_orientation(image))
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # an unreadable EXIF block says nothing about the pixels
        return 1
    return value if value in range(1, 9) else 1


def _unreadable(name: str) -> TutorialError:
    return TutorialError(
        f"{name} is damaged or cut short", "open it in another program and save it anew"
    )


def encoded(image: Image.Image, media_type: MediaType) -> bytes:
    """Return the picture's bytes in that format, its colour profile kept, all else left out."""
    out = io.BytesIO()
    profile = image.info.get("icc_profile")
    match media_type:
        case "image/png":
            image.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
            image.save(out, "PNG", icc_profile=profile)
        case "image/jpeg":
            image.save(out, "JPEG", quality=QUALITY, icc_profile=profile, exif=b"", comment=b"")
        case _:
            image.save(out, "WEBP", quality=QUALITY, icc_profile=profile, exif=b"", xmp=b"")
    return out.getvalue()


def _png(data: bytes) -> bytes:
    kept = [data[:8]]
    at, kind = 8, b""
    while kind != b"IEND":  # what lies behind it is left out
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        if kind in PNG_CHUNKS:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
    return b"".join(kept)


def _webp(data: bytes) -> bytes:
    kept = []
    at = 12
    while at < len(data):
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        size = 8 + length + length % 2
        chunk = bytearray(data[at : at + size].ljust(size, b"\0"))
        if kind == b"VP8X":
            chunk[8] &= WEBP_FLAGS
        if kind in WEBP_CHUNKS:
            kept.append(bytes(chunk))
        at += size
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _jpeg(data: bytes) -> bytes:
    """Keep tables, frames and scans, the Adobe marker and the colour profile, up to the end."""
    kept = [b"\xff\xd8"]
    for marker, segment in _segments(data):
        name = segment[4:18]
        if (
            not (0xE0 <= marker <= 0xEF or marker == 0xFE)  # application data, comment
            or (marker == 0xE2 and name.startswith(b"ICC_PROFILE\0"))
            or (marker == 0xEE and name.startswith(b"Adobe"))
        ):
            kept.append(segment)
        elif marker == 0xE0 and name.startswith(b"JFIF\0"):
            # version, unit and density stay; a preview inside goes
            kept.append(b"\xff\xe0\x00\x10" + segment[4:16].ljust(12, b"\0") + b"\0\0")
    return b"".join(kept)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of each segment after the start, a scan with its coded data."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        while data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = data[at + 1]
        if marker == 0xD9:
            yield marker, b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == 0xDA:
            end = _scan_end(data, end)
        yield marker, data[at:end]
        at = end


def _scan_end(data: bytes, at: int) -> int:
    # in coded data, FF is followed by 0 (a plain FF) or by a restart marker D0 to D7
    while (at := data.index(b"\xff", at)) >= 0:
        if data[at + 1] not in (0, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if data[at + 1] == 0xFF else 2
    raise ValueError("a scan without an end")
