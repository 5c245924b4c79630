"""Plans for cards: within the budget, better with more memory, as the arithmetic says."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.packs import plan as planning
from inference.packs.estimates import (
    Case,
    WriterShape,
    guard_bytes,
    interpolated,
    known_writer,
    network_bytes,
    writer_of,
)
from inference.packs.manifest import Manifest, catalogue, shipped
from inference.packs.plan import KEPT_FREE, RESERVE, Options, Phase, Plan, plan
from inference.packs.reports import PackError

GIB = 2**30
CARDED = [pack for pack in catalogue() if pack.card]
MEMORY = st.integers(0, 48 * GIB)


def pack(name: str) -> Manifest:
    return shipped(name)


def planned(manifest: Manifest, free: int, total: int, options: Options) -> Plan | None:
    try:
        return plan(manifest, free, total, options)
    except PackError:
        return None


options = st.builds(
    Options,
    size=st.sampled_from((0, 512, 768, 1024)),
    references=st.none() | st.integers(0, 5),
    context=st.sampled_from((4096, 6144, 16384)),
    capability=st.sampled_from(((7, 5), (8, 6), (12, 0))),
    memory=st.none() | st.integers(0, 64 * GIB),
)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CARDED), MEMORY, MEMORY, options)
def test_no_phase_is_over_budget(manifest: Manifest, free: int, total: int, wish: Options) -> None:
    made = planned(manifest, free, total, wish)
    if made is None:
        return
    for phase in Phase:
        held = sum(part.bytes for part in made.parts if phase in part.phases)
        work = max(size for _, size in made.work(phase))
        assert held + work == made.bytes(phase) <= min(free, total) - RESERVE
    if wish.memory is not None:
        assert made.memory <= wish.memory - KEPT_FREE
    assert made.size == wish.size or not wish.size
    if wish.references is not None:
        assert made.references == min(wish.references, manifest.references)
    assert (made.dtype == "bf16") == (wish.capability >= (8, 0))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CARDED), MEMORY, MEMORY, MEMORY, options)
def test_more_memory_never_gives_a_worse_plan(
    manifest: Manifest, one: int, other: int, total: int, wish: Options
) -> None:
    less = planned(manifest, min(one, other), total, wish)
    more = planned(manifest, max(one, other), total, wish)
    if less is not None:
        assert more is not None
        assert more.cost <= less.cost


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CARDED), MEMORY, options)
def test_a_lighter_plan_is_never_left_out(manifest: Manifest, free: int, wish: Options) -> None:
    """Where there is no plan, not even the lightest way fits."""
    if planned(manifest, free, free, wish) is None:
        ways = planning._ways(manifest, wish)
        memory = 2**63 if wish.memory is None else wish.memory - KEPT_FREE
        assert not [way for way in ways if way.peak <= free - RESERVE and way.memory <= memory]


@pytest.mark.parametrize("manifest", CARDED, ids=lambda manifest: manifest.id)
def test_every_pack_for_a_card_runs_there_with_a_desktop_beside_it(manifest: Manifest) -> None:
    total = manifest.card // 10**9 * GIB
    made = plan(manifest, total - GIB // 2, total)
    assert made.residency in ("both", "swap")
    assert (made.size, made.references) == (1024, manifest.references)


def test_what_memory_buys() -> None:
    sizes = (6, 8, 12, 16, 24)
    made = [plan(pack("klein-8"), size * GIB - GIB // 2, size * GIB) for size in sizes]
    assert [one.residency for one in made] == ["swap", "swap", "swap", "both", "both"]
    assert [one.kind for one in made] == ["uint4", "int8", "none", "int8", "none"]


def test_who_is_on_the_card_when() -> None:
    both = plan(pack("klein-24"), 24 * GIB, 24 * GIB)
    assert both.residency == "both"
    assert set(both.lies(Phase.WRITE)) == {"writer", "eyes", "KV cache", "transformer", "VAE"}
    assert set(both.lies(Phase.ENCODE)) - set(both.lies(Phase.PAINT)) == {"text encoder"}
    swap = plan(pack("klein-8"), 8 * GIB, 8 * GIB)
    assert swap.lies(Phase.ENCODE) == ("text encoder",)
    assert swap.lies(Phase.PAINT) == ("transformer", "VAE")
    shared = plan(pack("qwen-edit-24"), 12 * GIB, 24 * GIB)
    assert shared.residency == "one block"
    assert {"writer", "KV cache of the reader"} <= set(shared.lies(Phase.ENCODE))
    assert "transformer" not in shared.lies(Phase.PAINT)


def test_too_small_a_card_and_too_busy_a_one() -> None:
    with pytest.raises(PackError, match="klein-24 needs") as small:
        plan(pack("klein-24"), 8 * GIB, 8 * GIB)
    assert "smaller card" in small.value.hint
    with pytest.raises(PackError, match=r"2\.0 GiB are free") as busy:
        plan(pack("klein-24"), 2 * GIB, 24 * GIB)
    assert "which hold 22.0 GiB" in busy.value.hint
    with pytest.raises(PackError, match="uses no card"):
        plan(pack("laptop"), 8 * GIB, 8 * GIB)


def test_the_guard_of_cosmos_lies_in_main_memory_and_never_on_the_card() -> None:
    guard = guard_bytes("cosmos")
    assert 20 * 10**9 < guard < 21 * 10**9
    assert guard_bytes("klein") == guard_bytes("qwen-edit") == 0
    alone = plan(pack("cosmos-12"), 24 * GIB, 24 * GIB)
    assert alone.residency == "both"
    assert alone.kind == "none"
    assert alone.memory == guard, "all else goes to the card for good"
    assert "guard" not in "".join(part.name for part in alone.parts)
    enough = Options(memory=guard + KEPT_FREE)
    assert plan(pack("cosmos-12"), 24 * GIB, 24 * GIB, enough) == alone
    short = Options(memory=guard + KEPT_FREE - 1)
    with pytest.raises(PackError, match=r"needs 20\.8 GiB of this computer's own memory"):
        plan(pack("cosmos-12"), 24 * GIB, 24 * GIB, short)
    small = plan(pack("cosmos-12"), 12 * GIB, 12 * GIB)
    assert guard < small.memory + KEPT_FREE <= pack("cosmos-12").memory_free


def test_a_computer_with_little_memory_of_its_own() -> None:
    def made(memory: int) -> Plan:
        return plan(pack("klein-12"), 12 * GIB, 12 * GIB, Options(memory=memory * GIB))

    assert (made(32).kind, made(32).encoder) == ("none", "none")
    assert made(12).memory < 10 * GIB < made(32).memory
    with pytest.raises(PackError, match=r"klein-12 needs .* own memory.* and 4\.0 GiB are") as low:
        made(4)
    assert low.value.hint.startswith("Close other programs")
    with pytest.raises(PackError, match="of the card's memory"):
        plan(pack("klein-12"), GIB, GIB, Options(memory=GIB))


def test_a_network_that_is_as_its_file_is_only_looked_through() -> None:
    both = replace(plan(pack("klein-24"), 24 * GIB, 24 * GIB), encoder="none")
    assert (both.residency, both.kind) == ("both", "none")
    encoder = network_bytes("klein", "text_encoder", "none")
    assert both.memory == encoder
    swap = replace(both, residency="swap")
    networks = network_bytes("klein", "transformer", "none") + network_bytes("klein", "vae", "none")
    assert swap.memory == encoder + networks + swap.writer.kv_bytes(swap.context)
    fewer = replace(both, kind="int8")
    assert encoder < fewer.memory - network_bytes("klein", "transformer", "int8") < encoder + 2e9


def test_a_plan_in_a_sentence() -> None:
    made = plan(pack("klein-8"), 8 * GIB, 8 * GIB, Options(size=768, references=1))
    assert made.sentence() == (
        "pictures of 768 pixels, each seeing one other at 1024 pixels; writer and painter take"
        f" turns on the card, at most {made.peak / 2**30:.1f} GiB; the painter in 8 bits."
    )


# ---------------------------------------------------------------- arithmetic


def test_caches_of_writers() -> None:
    shape = known_writer("Qwen3VL-4B-Instruct-Q4_K_M.gguf")
    assert shape.kv_bytes(1) == 147_456
    assert shape.kv_bytes(8192, 1.0625) == 641_728_512
    assert known_writer("Qwen2.5-VL-7B-Instruct-Q4_K_M.gguf").kv_bytes(1) == 57_344
    assert known_writer("unknown.gguf").kv_bytes(1) == 147_456
    told: dict[str, object] = {
        "general.architecture": "llama",
        "llama.block_count": 2,
        "llama.embedding_length": 64,
        "llama.attention.head_count": 4,
        "llama.attention.head_count_kv": 2,
    }
    assert writer_of(told) == WriterShape(2, 2, 16)
    assert writer_of(told | {"llama.attention.key_length": 32}) == WriterShape(2, 2, 32)
    assert writer_of(told | {"llama.attention.head_count_kv": "many"}) == WriterShape(2, 4, 16)
    assert writer_of(told | {"llama.block_count": -1}) is None
    made = plan(pack("klein-8"), 8 * GIB, 8 * GIB, Options(writer=WriterShape(2, 2, 16)))
    assert next(part for part in made.parts if part.name == "KV cache").bytes == 256 * 6144


def test_every_writer_for_a_card_is_known() -> None:
    text = (files("assets") / "networks" / "writers.json").read_text()
    assert {manifest.writer.name for manifest in CARDED} <= json.loads(text).keys()


def test_bytes_of_networks_are_those_of_their_files() -> None:
    for manifest in CARDED:
        for network in manifest.networks:
            if network.part in ("transformer", "text_encoder"):
                files = sum(item.size for item in network.files)
                bytes_ = network_bytes(manifest.painter, network.part, "none")
                assert 0 <= files - bytes_ < 300_000, network.part  # headers


def test_tokens() -> None:
    case = Case(1024, 2, 512)
    assert case.tokens("klein") == 512 + 4096 + 2 * 1024
    assert case.tokens("qwen-edit") == 512 + 2 * 196 + 4096 + 2 * 1024
    assert case.tokens("cosmos") == 512 + 4096 + 2 * 1024
    assert Case(512, 0, 512, 2).tokens("klein") == 2 * (512 + 1024)


def test_between_and_beyond_measured_points() -> None:
    points = [[10, 100], [30, 500], [20, 200]]
    amounts = (0, 10, 15, 20, 25, 30, 40)
    assert [interpolated(points, at) for at in amounts] == [0, 100, 150, 200, 350, 500, 800]
    assert interpolated([[512, 7]], 9000) == 7
