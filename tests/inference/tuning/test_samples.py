"""What stage 2 draws, packs, minimises and keeps on disk."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import tiny_samples
import torch
from tiny_samples import BOWL, EGG

from assets.sprites.scene import Scene, mirrored
from inference.painter.duogen.codec import SLOTS, SpriteCodec
from inference.tuning.documents import Document, Shown
from inference.tuning.samples import ALONE, BOTH, MISSING, UNTOLD, Packer, Sample, draw
from inference.tuning.states import StateCache

DRAWS = 4000
THREE = Document(
    "instruction", ("", "An egg", "A bowl", "Eggs"), (Shown(1, EGG), Shown(2, BOWL), Shown(3, EGG))
)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def codec() -> SpriteCodec:
    return tiny_samples.codec()


def drawn(document: Document, time: int) -> list[Sample]:
    """Samples whose target is the picture of this index."""
    samples = (draw(0, document, Random(seed)) for seed in range(DRAWS))
    return [sample for sample in samples if sample.time == time]


def share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)


def test_samples_are_drawn_at_the_rates_that_the_paper_and_we_name() -> None:
    middle = drawn(THREE, 1)
    assert 0.28 < len(middle) / DRAWS < 0.39
    assert share([one.chunks == one.told for one in middle]) == pytest.approx(UNTOLD, abs=0.03)
    times = [{time for time, _ in one.frames} for one in middle]
    both = BOTH * (1 - ALONE)
    assert share([2 in found for found in times]) == pytest.approx(both, abs=0.03)
    before = (1 - MISSING) * (1 - ALONE)
    assert share([0 in found for found in times]) == pytest.approx(before, abs=0.03)
    alone = ALONE + (1 - ALONE) * MISSING * (1 - BOTH)
    assert share([not found for found in times]) == pytest.approx(alone, abs=0.03)
    assert share([one.target != BOWL for one in middle]) == pytest.approx(0.5, abs=0.05)


def test_a_mirrored_sample_is_mirrored_as_a_whole() -> None:
    for one in drawn(THREE, 2):
        turned = one.target != EGG
        sees = {0: EGG, 1: BOWL}
        for time, scene in one.frames:
            assert scene == (mirrored(sees[time]) if turned else sees[time])


def test_what_tells_a_side_is_never_mirrored() -> None:
    sided = replace(THREE, chunks=("", "An egg", "A bowl on the left", "Eggs"))
    assert all(one.target == BOWL for one in drawn(sided, 1) if one.chunks > 2)
    assert any(one.target != BOWL for one in drawn(sided, 1) if one.chunks == 2)


def test_the_last_text_alone_is_new() -> None:
    told = Document("instruction", ("", "a", "b", "c"), (Shown(1, EGG), Shown(3, BOWL)))
    for one in drawn(told, 1):
        assert one.told == 2
        assert one.chunks in (2, 4)
    assert all(one.told == 1 and one.chunks in (1, 2) for one in drawn(told, 0))


def test_what_is_given_or_empty_is_no_target_and_no_frame() -> None:
    given = Shown(0, EGG, given=True)
    document = Document(
        "instruction", ("", "a", "b"), (given, Shown(1, Scene(None)), Shown(2, EGG))
    )
    samples = [draw(0, document, Random(seed)) for seed in range(300)]
    assert {one.time for one in samples} == {1, 2}
    assert {time for one in samples for time, _ in one.frames} == {0, 2}


def test_a_batch_masks_targets_and_the_last_text(codec: SpriteCodec) -> None:
    samples = [
        Sample(0, ((0, EGG), (3, BOWL)), 1, BOWL, chunks=3, told=2),
        Sample(1, (), 0, Scene(None), chunks=1, told=1),
    ]
    batch = Packer(codec).pack(samples, [tiny_samples.told(3, 1), tiny_samples.told(1, 2)])
    assert batch.lengths == [4 + SLOTS, SLOTS]
    assert batch.context_lengths == [6, 0]
    assert batch.target.tolist() == [False] * 4 + [True] * 2 * SLOTS
    assert batch.times.tolist() == [-1.0] * 2 + [2.0] * 2 + [0.0] * 2 * SLOTS
    assert batch.slots.tolist() == [0, 1, 0, 1, *range(SLOTS), *range(SLOTS)]
    assert batch.recent.tolist() == [False] * 3 + [True] * 3
    np.testing.assert_array_equal(batch.latents[:2].numpy(), codec.encode(EGG))
    np.testing.assert_array_equal(batch.latents[2:4].numpy(), codec.encode(BOWL))
    shown = codec.decode(batch.latents[4 : 4 + SLOTS].numpy())
    assert [(one.name, one.state, one.tint) for one in shown.sprites] == [
        ("bowl", "empty", "yellow")
    ]
    assert batch.names.tolist()[:2] == [codec.rows["kitchen"], codec.rows["bowl"]]
    assert batch.names.tolist()[2:] == [-1] * (2 * SLOTS - 2)
    assert (batch.tints >= 0).tolist() == [False, True] + [False] * (2 * SLOTS - 2)


@pytest.mark.parametrize("step", [0, 1])
def test_every_weight_takes_part_in_every_batch(codec: SpriteCodec, step: int) -> None:
    """DDP waits for each gradient, with a sample without text and without one."""
    painter = tiny_samples.painter(codec)
    painter(tiny_samples.batch(Packer(codec), step)).backward()
    assert [name for name, part in painter.named_parameters() if part.grad is None] == []


def test_the_network_makes_no_tensor_on_another_device(codec: SpriteCodec) -> None:
    """A device without arithmetic stands for a card; like one it refuses a CPU's tensors."""
    painter = tiny_samples.painter(codec).to("meta")
    batch = tiny_samples.batch(Packer(codec), 0)
    there = batch.to("meta")
    levels = torch.ones_like(there.times)
    assert painter.transformer(painter.packed(there, there.latents, levels)).is_meta
    for part in ("latents", "times", "slots", "recent", "features"):
        mixed = replace(there, **{part: getattr(batch, part)})
        with pytest.raises(RuntimeError, match="device"):
            painter.transformer(painter.packed(mixed, mixed.latents, levels))


def test_the_loss_is_least_where_the_picture_is_right(codec: SpriteCodec) -> None:
    painter = tiny_samples.painter(codec)
    batch = tiny_samples.batch(Packer(codec), 1)
    clean = batch.latents[batch.target]
    right = painter.loss(clean, clean, batch)
    others = (clean.roll(SLOTS, 0), torch.zeros_like(clean), clean + torch.randn_like(clean))
    assert all(painter.loss(other, clean, batch) > right + 0.1 for other in others)


def test_a_batch_without_any_thing_has_a_loss(codec: SpriteCodec) -> None:
    painter = tiny_samples.painter(codec)
    empty = Sample(0, (), 0, Scene(None), chunks=2, told=1)
    batch = Packer(codec).pack([empty], [tiny_samples.told(2, 0)])
    loss = painter(batch)
    loss.backward()
    assert torch.isfinite(loss)
    assert all(torch.isfinite(part.grad).all() for part in painter.parameters())


class Cut(Exception):
    pass


def test_a_cache_that_was_cut_goes_on(tmp_path: Path) -> None:
    documents = [Document("instruction", ("", f"text {k}"), ()) for k in range(5)]
    asked: list[str] = []

    def read(given: Sequence[Document]) -> Iterator[list[np.ndarray]]:
        for document in given:
            if document is documents[3] and len(asked) == 3:
                raise Cut
            asked.append(document.chunks[1])
            number = float(document.chunks[1][-1])
            yield [np.empty((0, 4), np.float32), np.full((2, 4), number, np.float32)]

    with pytest.raises(Cut):
        list(StateCache(tmp_path, 4).add(read, documents))
    with (tmp_path / "features.f16").open("ab") as data:
        data.write(b"half a document")
    with (tmp_path / "index.jsonl").open("a") as index:
        index.write('["torn')
    asked.append("the cut")
    again = StateCache(tmp_path, 4)
    assert list(again.add(read, documents)) == [4, 5]
    assert asked == ["text 0", "text 1", "text 2", "the cut", "text 3", "text 4"]
    for cache in (again, StateCache(tmp_path, 4)):
        features = cache.open()
        for number, document in enumerate(documents):
            row, lengths = cache.place(document)
            assert lengths == [0, 2]
            assert (features[row : row + 2] == number).all()
    assert list(again.add(read, documents)) == []


def test_two_runs_that_read_into_one_folder_read_each_text_once(tmp_path: Path) -> None:
    documents = [Document("instruction", ("", f"text {k}"), ()) for k in range(4)]
    asked: list[str] = []

    def read(given: Sequence[Document]) -> Iterator[list[np.ndarray]]:
        for document in given:
            asked.append(document.chunks[1])
            number = float(document.chunks[1][-1])
            yield [np.empty((0, 4), np.float32), np.full((2, 4), number, np.float32)]

    one, other = StateCache(tmp_path, 4), StateCache(tmp_path, 4)
    reading = one.add(read, documents)
    next(reading)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lambda: list(other.add(read, documents)))
        assert list(reading) == [2, 3, 4]
        assert waiting.result() == []
    assert asked == [document.chunks[1] for document in documents]
    for number, document in enumerate(documents):
        row, _ = other.place(document)
        assert (other.open()[row : row + 2] == number).all()
