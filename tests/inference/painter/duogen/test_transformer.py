"""The transformer: samples do not see each other, frames and texts are seen, nothing is capped."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from inference.painter.duogen.transformer import Packed, Shape, Transformer

SHAPE = Shape(channels=11, context=12, width=32, depth=2, heads=2)


@pytest.fixture(scope="module")
def net() -> Transformer:
    torch.manual_seed(0)
    net = Transformer(SHAPE)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return net.eval()


def sample(frames: list[int], tokens: int, seed: int) -> Packed:
    """One sample: clean frames of so many slots, then a noisy one; so many tokens of text."""
    generator = torch.Generator().manual_seed(seed)
    sizes = [*frames, 4]
    count = sum(sizes)
    sigmas = torch.zeros(count)
    sigmas[-4:] = 0.7
    return Packed(
        latents=torch.randn(count, SHAPE.channels, generator=generator),
        sigmas=sigmas,
        times=torch.cat([torch.full((n,), k - len(frames)) for k, n in enumerate(sizes)]).float(),
        slots=torch.cat([torch.arange(n) for n in sizes]).float(),
        lengths=[count],
        context=torch.randn(tokens, SHAPE.context, generator=generator),
        recent=torch.arange(tokens) >= tokens // 2,
        context_lengths=[tokens],
    )


def together(samples: list[Packed]) -> Packed:
    def joined(name: str) -> Tensor:
        return torch.cat([getattr(one, name) for one in samples])

    return Packed(
        *(joined(name) for name in ("latents", "sigmas", "times", "slots")),
        [one.lengths[0] for one in samples],
        joined("context"),
        joined("recent"),
        [one.context_lengths[0] for one in samples],
    )


def test_a_packed_sample_is_what_it_is_alone(net: Transformer) -> None:
    samples = [sample([3, 5], 9, 1), sample([], 4, 2), sample([2], 0, 3)]
    with torch.no_grad():
        packed = net(together(samples))
        alone = torch.cat([net(one) for one in samples])
    torch.testing.assert_close(packed, alone, atol=1e-5, rtol=1e-5)


def test_no_text_is_one_learned_token(net: Transformer) -> None:
    empty = sample([2], 0, 3)
    told = replace(
        empty, context=net.nothing.detach()[None], recent=torch.tensor([False]), context_lengths=[1]
    )
    with torch.no_grad():
        torch.testing.assert_close(net(empty), net(told))


@pytest.mark.parametrize("part", ["latents", "times", "slots", "context", "recent"])
def test_everything_given_is_seen(net: Transformer, part: str) -> None:
    one = sample([3, 5], 9, 1)
    changed = getattr(one, part).clone()
    changed[0] = ~changed[0] if changed.dtype == torch.bool else changed[0] + 1
    with torch.no_grad():
        moved = (net(replace(one, **{part: changed})) - net(one))[-4:].abs().max()
    assert moved > 1e-4


def test_sixty_frames_and_a_long_text(net: Transformer) -> None:
    with torch.no_grad():
        assert net(sample([7] * 60, 3000, 1)).isfinite().all()
