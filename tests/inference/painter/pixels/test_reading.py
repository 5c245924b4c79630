"""What llama.cpp tells the networks, beside the stock pipelines' encoders on equal weights."""

from collections.abc import Sequence
from typing import Any

import pytest
import tiny_eyes
import torch
from eye_patches import picture
from PIL import Image
from test_cosmos import Watchful
from tiny_networks import TEMPLATE, tiny_cosmos, tiny_qwen_image
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from inference.painter.drawing import PainterError
from inference.painter.pixels.reading import EditReading, WorldReading
from inference.writer import states
from inference.writer.states import Reader

PAD = "<|image_pad|>"
TEXT = "Pour the tea into the cup with the thin handle."


@pytest.fixture
def reads_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "CACHE", states.F32)


@pytest.fixture
def tokenizer(tmp_path):
    from transformers import Qwen2TokenizerFast

    special = list(tiny_eyes.SPECIAL)
    letters = tiny_eyes.VOCABULARY[: -len(special)]
    vocabulary = {letter: number for number, letter in enumerate(letters)}
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=[("t", "h")]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(one, special=True, normalized=False) for one in special])
    made.save(str(tmp_path / "tokenizer.json"))
    return Qwen2TokenizerFast(
        tokenizer_file=str(tmp_path / "tokenizer.json"),
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=TEMPLATE,
    )


class Processor:
    """Qwen2VLProcessor without torchvision: its tokens of text, and transformers' own images."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._images = Qwen2VLImageProcessorPil(
            image_mean=tiny_eyes.MEAN, image_std=tiny_eyes.DEVIATION
        )

    def __call__(self, text: Sequence[str], images: Sequence[Image.Image], **_: Any) -> Any:
        seen = self._images(list(images), return_tensors="pt")
        [told] = text
        for _, rows, columns in seen.image_grid_thw:
            told = told.replace(PAD, "<pads>" * (rows * columns // 4), 1)
        ids = self._tokenizer(told.replace("<pads>", PAD), return_tensors="pt").input_ids
        found = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            **seen,
        }
        return Moved(found)


class Moved(dict):
    def to(self, _device: Any) -> "Moved":
        return self


@pytest.fixture
def two_seen(seer: Any) -> Any:
    if seer.kind != "qwen2vl":
        pytest.skip("these painters read with Qwen2.5-VL")
    return seer


def tokens(*sizes: tuple[int, int]) -> list[Image.Image]:
    return [picture("qwen2vl", *size, seed) for seed, size in enumerate(sizes, 1)]


def pixels(*sizes: tuple[int, int]) -> list[Image.Image]:
    """Pictures that are not of whole tokens."""
    return [tokens((14, 14))[0].resize(size) for size in sizes]


@pytest.mark.parametrize(
    "shown",
    [
        tokens((4, 6), (3, 5)),
        pixels((384, 384)),
        pixels((480, 320), (300, 700)),
    ],
    ids=["whole", "square", "wide and high"],
)
@pytest.mark.usefixtures("reads_exactly")
def test_an_edit_is_read_as_the_stock_pipeline_reads_it(
    two_seen: Any, tokenizer, shown: list[Image.Image]
) -> None:
    from diffusers import QwenImageEditPlusPipeline

    transformer, vae, scheduler = tiny_qwen_image(text=tiny_eyes.WIDTH)
    processor = Processor(tokenizer)
    pipeline = QwenImageEditPlusPipeline(
        scheduler, vae, two_seen.network, tokenizer, processor, transformer
    )
    # diffusers 0.42.1 does not tell transformers 5 which tokens are a picture's, which then gives
    # them the places of a text. The weights were taught with the picture's own.
    hook = two_seen.network.register_forward_pre_hook(told_apart, with_kwargs=True)
    with torch.no_grad():
        theirs, _ = pipeline.encode_prompt(TEXT, image=shown)
    hook.remove()
    reader = Reader(two_seen.model, 1, layers=["norm"], eyes=two_seen.eyes)
    ours = EditReading(two_seen.model, reader, two_seen.eyes)(TEXT, shown)
    reader.close()
    assert ours.shape == theirs.shape
    away = float((ours - theirs).abs().max() / theirs.std())
    print(f"\n{away:.5f}")
    assert away < 5e-3
    assert_same_picture(pipeline, ours, theirs, shown)


def test_a_text_that_has_no_room_says_what_to_shorten(two_seen: Any) -> None:
    reader = Reader(two_seen.model, 1, 256, layers=["norm"], eyes=two_seen.eyes)
    reading = EditReading(two_seen.model, reader, two_seen.eyes)
    with pytest.raises(PainterError, match=r"the look .* are \d+ tokens longer than") as long:
        reading("tea " * 300, [picture("qwen2vl", 4, 6, 1)])
    assert long.value.hint == "Shorten them, or let the picture see fewer others."
    reader.close()


def told_apart(_network: Any, arguments: Any, named: dict[str, Any]) -> Any:
    pad = tiny_eyes.VOCABULARY.index(PAD)
    return arguments, named | {"mm_token_type_ids": (named["input_ids"] == pad).int()}


def assert_same_picture(pipeline: Any, ours: Any, theirs: Any, shown: Sequence[Any]) -> None:
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as stock

    pipeline.set_progress_bar_config(disable=True)
    area, stock.VAE_IMAGE_SIZE = stock.VAE_IMAGE_SIZE, 32 * 32
    try:
        painted = [
            pipeline(
                image=list(shown),
                prompt_embeds=told,
                prompt_embeds_mask=torch.ones(told.shape[:2], dtype=torch.long),
                num_inference_steps=2,
                height=32,
                width=32,
                generator=torch.Generator().manual_seed(0),
                output_type="pt",
            ).images
            for told in (ours, theirs)
        ]
    finally:
        stock.VAE_IMAGE_SIZE = area
    torch.testing.assert_close(painted[0], painted[1], atol=1 / 255, rtol=0)


@pytest.mark.usefixtures("reads_exactly", "torchvision")
def test_a_world_is_read_as_the_stock_pipeline_reads_it(two_seen: Any, tokenizer) -> None:
    from diffusers import Cosmos2_5_PredictBasePipeline

    width = tiny_eyes.LAYERS * tiny_eyes.WIDTH
    transformer, vae, scheduler = tiny_cosmos(text=width)
    pipeline = Cosmos2_5_PredictBasePipeline(
        two_seen.network, tokenizer, transformer, vae, scheduler, Watchful()
    )
    with torch.no_grad():
        theirs = pipeline._get_prompt_embeds(TEXT)
    layers = [*range(tiny_eyes.LAYERS - 1), "norm"]
    reader = Reader(two_seen.model, 1, layers=layers)
    reading = WorldReading(two_seen.model, reader)
    ours = reading(TEXT)
    assert ours.shape == theirs.shape == (1, 512, width)
    assert float((ours - theirs).abs().max()) < 2e-2
    assert float((ours - theirs).abs().mean()) < 5e-4
    pipeline.set_progress_bar_config(disable=True)
    painted = [
        pipeline(
            num_frames=1,
            height=64,
            width=64,
            num_inference_steps=4,
            prompt_embeds=told,
            negative_prompt_embeds=torch.zeros_like(told),
            generator=torch.Generator().manual_seed(0),
            output_type="pt",
        ).frames
        for told in (ours, theirs, reading("A cat asleep on a red chair."))
    ]
    torch.testing.assert_close(painted[0], painted[1], atol=1 / 255, rtol=0)
    away, another = (float((painted[0] - one).abs().max()) for one in painted[1:])
    print(f"\n{away:.6f} {another:.6f}")
    assert away < another / 10  # so much does another text change
    assert reading("tea " * 2000).shape == ours.shape
    reader.close()
