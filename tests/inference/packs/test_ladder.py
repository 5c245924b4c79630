"""The ladder, with memory that runs out at every rung."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.packs.ladder import (
    PLACES,
    RUNGS,
    CardFull,
    Ladder,
    SteppedDown,
    out_of_memory,
    rungs,
)
from inference.packs.manifest import shipped
from inference.packs.plan import Options, Phase, Plan, plan
from inference.packs.reports import PackError
from inference.writer.errors import WriterError

GIB = 2**30
BEST = plan(shipped("klein-24"), 24 * GIB, 24 * GIB)
STEPS = list(rungs(BEST))
FULL = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    WriterError("llama.cpp can't make a context", "ggml: cudaMalloc failed: out of memory"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED"),
    ValueError("llama.cpp: failed to allocate buffer for kv cache"),
    MemoryError(),
    CardFull("6 GB are needed"),
)


class Card:
    """Runs an attempt once for each failure and then to its end."""

    def __init__(self, folder: Path, failures: int = 0) -> None:
        self.failures = failures
        self.tried: list[Plan] = []
        self.emptied = 0
        self.ladder = Ladder(folder, "GeForce RTX 3060", self.empty)

    def empty(self) -> None:
        self.emptied += 1

    def attempt(self, plan: Plan) -> Iterator[str]:
        self.tried.append(plan)
        yield "preview"
        if len(self.tried) <= self.failures:
            raise FULL[len(self.tried) % len(FULL)]
        return plan

    def run(self, plan: Plan) -> list[object]:
        return list(self.ladder.run(plan, self.attempt))  # type: ignore[arg-type]


def test_the_rungs_come_in_order_each_lighter_than_the_one_above() -> None:
    names = [rung.name for rung, _ in STEPS]
    assert list(dict.fromkeys(names)) == [rung.name for rung in RUNGS]
    assert len(names) == 13
    above = BEST
    for rung, below in STEPS:
        assert (below == above) == (rung.name == "again")
        assert sum(below.bytes(phase) for phase in Phase) <= sum(
            above.bytes(phase) for phase in Phase
        )
        assert (below.kind, below.encoder, below.dtype) == (BEST.kind, BEST.encoder, BEST.dtype)
        above = below
    assert STEPS[-1][1].size == 512
    assert STEPS[-1][1].peak < BEST.peak


@pytest.mark.parametrize("failures", range(len(STEPS) + 1))
def test_memory_that_runs_out_at_every_rung(tmp_path: Path, failures: int) -> None:
    card = Card(tmp_path, failures)
    events = card.run(BEST)
    told = [event for event in events if isinstance(event, SteppedDown)]
    assert [step.rung for step in told] == [rung.name for rung, _ in STEPS[:failures]]
    assert all(step.message.startswith("The card's memory was short: ") for step in told)
    assert card.tried == [BEST, *(plan for _, plan in STEPS[:failures])]
    assert card.emptied == failures
    again = Card(tmp_path)
    assert again.run(BEST) == ["preview"]
    worked = card.tried[-1]
    assert again.tried == [worked]  # remembered; at once
    assert Ladder(tmp_path, "Another card", card.empty).lessened(BEST) == BEST


def test_at_the_end_is_a_clear_error(tmp_path: Path) -> None:
    card = Card(tmp_path, 99)
    with pytest.raises(
        PackError, match=r"GeForce RTX 3060 does not suffice for FLUX\.2 klein"
    ) as e:
        card.run(BEST)
    assert "Close other programs" in e.value.hint
    assert len(card.tried) == len(STEPS) + 1
    assert not (tmp_path / "worked.json").exists()


def test_other_errors_pass(tmp_path: Path) -> None:
    def attempt(plan: Plan) -> Iterator[str]:
        yield "preview"
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    card = Card(tmp_path)
    with pytest.raises(RuntimeError, match="illegal"):
        list(card.ladder.run(BEST, attempt))  # type: ignore[arg-type]
    assert not out_of_memory(ValueError("out of range"))
    assert all(out_of_memory(error) for error in FULL)


def test_what_was_wished_smaller_is_not_remembered(tmp_path: Path) -> None:
    wish = plan(BEST.pack, 24 * GIB, 24 * GIB, Options(size=512, references=1))
    card = Card(tmp_path, 2)
    card.run(wish)
    assert json.loads((tmp_path / "worked.json").read_text()) == {
        "GeForce RTX 3060": {"klein-24": {"tiling": True}}
    }
    assert card.ladder.lessened(BEST).size == 1024


def test_a_second_failure_adds_to_the_first(tmp_path: Path) -> None:
    Card(tmp_path, 2).run(BEST)
    Card(tmp_path, 3).run(BEST)
    kept = json.loads((tmp_path / "worked.json").read_text())["GeForce RTX 3060"]["klein-24"]
    assert kept == {"tiling": True, "reference_size": 512}


def test_a_failed_attempt_lets_its_tensors_go(tmp_path: Path) -> None:
    alive: list[torch.Tensor] = []

    def attempt(plan: Plan) -> Iterator[str]:
        import weakref

        big = torch.zeros(4)
        weakref.finalize(big, alive.append, big.shape)  # type: ignore[arg-type]
        yield "preview"
        if not alive and not plan.tiling:
            raise FULL[0]

    class Emptied(Card):
        def empty(self) -> None:
            assert alive

    list(Emptied(tmp_path).ladder.run(BEST, attempt))  # type: ignore[arg-type]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: JUNK | st.sampled_from(["swap", "both", True, False, 1, 512, 0, 4096])
            for name in (*PLACES, "tiling", "size", "references", "reference_size")
        },
    )
    | JUNK
)
def test_what_is_remembered_may_be_damaged(
    tmp_path_factory: pytest.TempPathFactory, junk: object
) -> None:
    folder = tmp_path_factory.mktemp("store")
    table = {"GeForce RTX 3060": {"klein-24": junk}}
    (folder / "worked.json").write_text(json.dumps(table))
    lower = Card(folder).ladder.lessened(BEST)
    assert lower.cost >= BEST.cost
    assert lower.peak <= BEST.peak


@pytest.mark.parametrize("text", ["", "[]", "{", '{"GeForce RTX 3060": 3}', "[" * 10**5])
def test_a_damaged_file_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "worked.json").write_text(text)
    assert Card(tmp_path).ladder.lessened(BEST) == BEST
    Card(tmp_path, 2).run(BEST)
    assert Card(tmp_path).ladder.lessened(BEST).tiling
