"""Estimates against the peak of live bytes of the full-size classes, under FakeTensorMode."""

import pytest
import torch

from inference.packs.estimates import Case, encoding_work, painting_work, vae_live
from inference.painter.pixels.networks import shapes, tiled
from inference.tuning.peaks import Bench, Peak, painting, picture, projecting, reading

torch.set_num_threads(1)
OFF = (Case(832, 0, 0), Case(896, 1, 640), Case(704, 3, 896), Case(1280, 2, 768))


def off(estimate: int, measured: int) -> float:
    return abs(estimate - measured) / measured


def test_the_peak_is_that_of_live_tensors() -> None:
    given = torch.zeros(1000)
    with Peak([given]) as peak:
        a = given + 1  # 4,000 bytes
        b = a * 2  # 8,000
        del a
        c = b.view(10, 100).t()  # a view takes nothing
        b += 1
        d = c.double()  # 12,000
        del d
        e = given[:10]
    assert peak.peak == 12_000
    assert peak.live == 4_000
    assert e.numel() == 10


def test_kleins_transformer_lies_within_a_tenth_between_the_tables_points() -> None:
    bench = Bench(shapes("klein")["transformer"])
    for case in OFF[:2]:
        measured = bench.peak(painting("klein", case))
        assert off(painting_work("klein", case, "none"), measured) < 0.1, case


def test_cosmos_lies_within_a_tenth_whatever_it_is_given_to_see() -> None:
    bench = Bench(shapes("cosmos")["transformer"])
    text = bench.peak(projecting)
    for size, count, reference in ((832, 0, 0), (512, 1, 1024), (640, 2, 640), (1024, 3, 512)):
        case = Case(size, count, reference)
        measured = max(bench.peak(painting("cosmos", case)), text)
        assert off(painting_work("cosmos", case, "none"), measured) < 0.1, case


def test_kleins_vae_lies_within_a_tenth_between_the_tables_points() -> None:
    bench = Bench(shapes("klein")["vae"])
    for method, depth, scale in (("encode", 3, 1), ("decode", 32, 8)):
        measured = bench.peak(picture(method, depth, 832 // scale, 832 // scale))
        assert off(vae_live("klein", 832, method), measured) < 0.1  # type: ignore[arg-type]
    tiled(bench.network)
    measured = bench.peak(picture("decode", 32, 896 // 8, 896 // 8))
    assert off(vae_live("klein", 896, "tiled"), measured) < 0.1


def test_kleins_text_encoder_lies_within_a_tenth() -> None:
    measured = Bench(shapes("klein")["text_encoder"]).peak(reading)
    assert off(encoding_work("klein", "none"), measured) < 0.1


def test_qwen_edits_transformer_lies_within_a_tenth_between_the_tables_points() -> None:
    bench = Bench(shapes("qwen-edit")["transformer"])
    measured = bench.peak(painting("qwen-edit", OFF[1]))
    assert off(painting_work("qwen-edit", OFF[1], "none"), measured) < 0.1


@pytest.mark.parametrize("name", ["qwen-edit", "cosmos"])
def test_a_video_vae_lies_within_a_tenth_between_the_tables_points(name: str) -> None:
    bench, size = Bench(shapes(name)["vae"]), 640
    seen, made = picture("encode", 3, 1, size, size), picture("decode", 16, 1, size // 8, size // 8)
    assert off(vae_live(name, size, "encode"), bench.peak(seen)) < 0.1
    assert off(vae_live(name, size, "decode"), bench.peak(made)) < 0.1
    tiled(bench.network)
    assert off(vae_live(name, size, "tiled"), bench.peak(made)) < 0.1


@pytest.mark.long
@pytest.mark.parametrize("name", ["klein", "qwen-edit", "cosmos"])
def test_every_transformer_lies_within_a_tenth(name: str) -> None:
    bench = Bench(shapes(name)["transformer"])
    batches = tuple(Case(c.size, c.references, c.reference_size, 2) for c in OFF)
    for case in OFF if name == "cosmos" else OFF + batches:  # whose frames go through one by one
        measured = bench.peak(painting(name, case))
        assert off(painting_work(name, case, "none"), measured) < 0.1, case


@pytest.mark.long
@pytest.mark.parametrize("name", ["klein", "qwen-edit", "cosmos"])
def test_every_vae_lies_within_a_tenth(name: str) -> None:
    shape = shapes(name)["vae"]
    frames = () if name == "klein" else (1,)
    channels = 32 if name == "klein" else 16
    bench = Bench(shape)
    for size in (640, 832, 1280):
        measured = bench.peak(picture("decode", channels, *frames, size // 8, size // 8))
        assert off(vae_live(name, size, "decode"), measured) < 0.1
        measured = bench.peak(picture("encode", 3, *frames, size, size))
        assert off(vae_live(name, size, "encode"), measured) < 0.1
    tiled(bench.network)
    for size in (640, 896, 1280):
        measured = bench.peak(picture("decode", channels, *frames, size // 8, size // 8))
        assert off(vae_live(name, size, "tiled"), measured) < 0.1
