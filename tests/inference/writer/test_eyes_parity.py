"""Hidden states of models with eyes, beside transformers' on the same weights and pixels."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tiny_eyes
import torch
from eye_patches import patches, picture
from PIL import Image
from tiny_eyes import Seer

from inference.writer import states
from inference.writer.batches import Sight
from inference.writer.session import Session
from inference.writer.states import Reader

TEXTS = ("<|im_start|>user\nWhat is on the table? ", "Cut it.\n" * 9)
PAD = tiny_eyes.VOCABULARY.index("<|image_pad|>")
MOST = 5e-3  # of the scale of a layer's states, in single precision


def exact(seer: Seer, context: "Context") -> npt.NDArray[np.float32]:
    """(tokens, layers + 1, width): the layers' outputs and the last after the norm."""
    ids = torch.tensor([context.tokens])
    cut, grids = zip(*(patches(seer.kind, image) for image in context.images), strict=True)
    layers: list[torch.Tensor] = []

    def keep(_layer: Any, _given: Any, output: Any) -> None:
        layers.append(
            (output[0] if isinstance(output, tuple) else output).reshape(ids.shape[1], -1)
        )

    hooks = [
        layer.register_forward_hook(keep) for layer in seer.network.model.language_model.layers
    ]
    with torch.no_grad():
        last = seer.network.model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            pixel_values=torch.cat(cut),
            image_grid_thw=torch.tensor(grids),
            mm_token_type_ids=(ids == PAD).int(),
        ).last_hidden_state[0]
    for hook in hooks:
        hook.remove()
    return torch.stack([*layers, last], 1).numpy()


@dataclass(frozen=True)
class Context:
    """Text and images by turns: chunks as we take them, tokens and images as transformers does."""

    chunks: list[Any]
    tokens: list[int]
    images: list[Image.Image]


@pytest.fixture
def context(seer: Seer) -> Context:
    images = [picture(seer.kind, 4, 7, 1), picture(seer.kind, 11, 9, 2)]
    chunks: list[Any] = []
    for text, image in zip(TEXTS, images, strict=True):
        chunks += [tuple(seer.model.tokenize(text, special=True)), *seer.eyes.see(image)]
    chunks.append(tuple(seer.model.tokenize("Now the next step. " * 3)))
    pads = ([PAD] * len(chunk) if isinstance(chunk, Sight) else chunk for chunk in chunks)
    return Context(chunks, [*chain.from_iterable(pads)], images)


@pytest.mark.parametrize(
    ("cache", "most"), [(states.F32, MOST), (states.CACHE, 2 * MOST)], ids=["f32", "f16"]
)
def test_states_of_text_and_images_are_those_of_transformers(
    seer: Seer, context: Context, cache: int, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "CACHE", cache)
    layers = (*range(tiny_eyes.LAYERS), "norm")
    reader = Reader(seer.model, threads=1, layers=layers, eyes=seer.eyes)
    ours = np.concatenate(reader.states(context.chunks))
    reader.close()
    theirs = exact(seer, context)
    assert ours.shape == theirs.shape
    away = np.abs(ours - theirs).max(-1) / theirs.std((0, 2))
    image_tokens = np.array(context.tokens) == PAD
    assert image_tokens.sum() == 4 * 7 + 11 * 9
    for name, rows in (("text", ~image_tokens), ("image", image_tokens)):
        print(f"\n{seer.kind}, {name}: {np.array2string(away[rows].max(0), precision=5)}")
    assert away.max() <= most


def test_a_session_writes_what_transformers_would(seer: Seer, context: Context) -> None:
    session = Session(seer.model, 1024, threads=1, eyes=seer.eyes)
    for _ in session.prefill(context.chunks):
        pass
    head = seer.network.lm_head.weight.detach().numpy()
    theirs = head @ exact(seer, context)[-1, -1]
    away = np.abs(session.logits - theirs).max() / theirs.std()
    session.close()
    assert away <= 2 * MOST
