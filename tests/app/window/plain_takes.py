"""Takes of one colour, for tests."""

import hashlib
import io

from PIL import Image

from app.tutorial.model import Take


def square(colour: int, side: int = 8) -> Take:
    """Return a take of one colour without a recipe, as an import has none."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), (colour, 90, 0)).save(out, "PNG")
    data = out.getvalue()
    return Take(hashlib.sha256(data).hexdigest(), "image/png", side, side, data, {}, {})
