"""Opens encoded pictures from outside: within limits, upright, without transparency."""

import io

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 80_000_000  # of a picture that is opened at all, as in the studio


class PictureError(ValueError):
    """Bytes that are no picture to work with: a sentence; hint: one that says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def opened(data: bytes) -> Image.Image:
    """Return the upright RGB picture of PNG, JPEG or WebP bytes; what is transparent becomes white.

    Raises PictureError.
    """
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        pixels = image.width * image.height
        if pixels <= MOST_PIXELS:
            return _plain(ImageOps.exif_transpose(image))
    except MemoryError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except Exception as error:  # hostile bytes make Pillow's parsers raise nearly anything
        raise PictureError(
            "a picture is damaged, or neither PNG, JPEG nor WebP", "Convert it and add it again."
        ) from error
    raise PictureError(
        f"a picture has more than {MOST_PIXELS // 10**6} million pixels", "Make it smaller."
    )


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey, which convert() would clip
        image = image.point(lambda value: value / 257).convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGBA", layer.size, "white")
        image.alpha_composite(layer)
    return image.convert("RGB")
