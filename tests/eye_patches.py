"""Pictures that fit a tiny model's eyes, and what transformers' networks take of them."""

import numpy as np
import tiny_eyes
import torch
from PIL import Image


def picture(kind: str, rows: int, columns: int, seed: int) -> Image.Image:
    """Noise over a slope, of so many tokens: a size that needs no resizing."""
    side = 2 * tiny_eyes.PATCH[kind]
    height, width = rows * side, columns * side
    noise = np.random.default_rng(seed).integers(0, 120, (height, width, 3))
    slope = np.add.outer(np.arange(height), np.arange(width))[..., None] * 135 // (height + width)
    return Image.fromarray((noise + slope).astype(np.uint8))


def patches(kind: str, image: Image.Image) -> tuple[torch.Tensor, list[int]]:
    """The image as transformers' networks take it: (patches, values) and the grid."""
    side = tiny_eyes.PATCH[kind]
    values = (np.asarray(image) / 255 - tiny_eyes.MEAN) / tiny_eyes.DEVIATION
    rows, columns = image.height // side, image.width // side
    cut = values.reshape(rows // 2, 2, side, columns // 2, 2, side, 3)
    # By tokens, then the four patches of each; of a patch: channel, two equal moments, row, column.
    cut = np.repeat(cut.transpose(0, 3, 1, 4, 6, 2, 5)[:, :, :, :, :, None], 2, axis=5)
    flat = np.ascontiguousarray(cut.reshape(rows * columns, -1), np.float32)
    return torch.from_numpy(flat), [1, rows, columns]
