"""A pack of pixels from its files on disk: brought to the device stage by stage, as planned."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from drained import result_of
from test_klein import GIVEN, PREVIOUS
from tiny_networks import stored_klein

from assets.sprites.library import library
from inference.packs.estimates import known_writer
from inference.packs.ladder import CardFull, Ladder
from inference.packs.manifest import Manifest, shipped
from inference.packs.plan import Phase, Plan
from inference.packs.store import Store
from inference.painter.arbiter import Arbiter
from inference.painter.drawing import Canvas, Glimpse, PainterError, Remark
from inference.painter.painting import Painted, painting
from inference.painter.pixels.assembling import CardPainter, Reading, _read_with, read_parts
from inference.painter.pixels.networks import Shape


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Manifest, dict[str, Shape]]:
    """A tiny klein on disk, in the pack manager's own places."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("klein")
    store = Store(folder / "packs")
    networks, shaped = stored_klein(store, folder)
    carded = shipped("klein-8")
    return store, replace(carded, networks=networks), shaped


def plan_of(manifest: Manifest, **changes: object) -> Plan:
    writer = known_writer(manifest.writer.name)
    plan = Plan(manifest, "swap", "bf16", "none", "none", 256, 2, 512, False, 2048, writer)
    return replace(plan, **changes)


class Moves:
    """Free memory that falls short where a test wants it."""

    def __init__(self, short: int = 0) -> None:
        self.short = short

    def __call__(self) -> int:
        self.short -= 1
        return 0 if self.short >= 0 else 10**12


@pytest.fixture
def made(installed, tmp_path: Path):
    store, manifest, shaped = installed

    def make(free=Moves(), **changes: object) -> tuple[CardPainter, Arbiter]:  # noqa: B008
        arbiter = Arbiter(plan_of(manifest, **changes), free)
        ladder = Ladder(tmp_path, "a card", lambda: None)
        parts = result_of(read_parts(store, arbiter.plan, shaped))
        painter = CardPainter(
            parts, arbiter, ladder, library(), Reading(), layers=(1, 2, 3), tokens=64
        )
        return painter, arbiter

    return make


@pytest.mark.parametrize("residency", ["both", "swap", "one network", "one block"])
def test_a_pack_paints_from_its_files_alone(made, residency: str) -> None:
    painter, arbiter = made(residency=residency)
    given = replace(GIVEN, conditions=(PREVIOUS,))
    *glimpses, canvas = painter.draw(given)
    assert [type(one) for one in glimpses] == [Glimpse] * 3
    assert isinstance(canvas, Canvas)
    assert canvas.pixels.size == (256, 256)
    assert arbiter.phase is Phase.PAINT
    *_, again = painter.draw(given)
    assert again.pixels.tobytes() == canvas.pixels.tobytes()


def test_short_memory_steps_down_and_says_so(made) -> None:
    painter, arbiter = made(Moves(short=2))
    seen = list(painting(replace(GIVEN, conditions=(PREVIOUS,)), library(), painter))
    remarks = [one.message for one in seen if isinstance(one, Remark)]
    assert len(remarks) == 2
    assert all(one.startswith("The card's memory was short") for one in remarks)
    assert arbiter.plan.tiling
    painted = seen[-1]
    assert isinstance(painted, Painted)
    assert painted.recipe["numbers"] == {
        "dtype": "bfloat16",
        "kind": "none",
        "encoder": "none",
        "tiling": True,
        "references": 2,
        "reference_size": 512,
        "size": 256,
        "compiled": False,
    }
    assert painted.recipe["libraries"]["torch"] == version("torch")
    assert {"diffusers", "transformers", "llama-cpp-python"} <= set(painted.recipe["libraries"])


def test_tiles_are_given_up_with_the_plan_that_had_them(made) -> None:
    given = replace(GIVEN, conditions=(PREVIOUS,))
    whole, _ = made()
    *_, wanted = painting(given, library(), whole)
    painter, arbiter = made()
    planned = arbiter.plan
    painter._planned = replace(planned, tiling=True)  # what a ladder remembered, until it has room
    *_, in_tiles = painting(given, library(), painter)
    assert in_tiles.recipe["numbers"]["tiling"]
    assert painter._networks["VAE"].use_tiling
    painter._planned = planned
    *_, again = painting(given, library(), painter)
    assert not again.recipe["numbers"]["tiling"]
    assert not painter._networks["VAE"].use_tiling
    assert again.png == wanted.png


def test_the_size_really_painted_is_told(made) -> None:
    painter, _ = made(size=320)
    given = replace(GIVEN, options=replace(GIVEN.options, size=768, denoising_steps=1))
    *_, painted = painting(given, library(), painter)
    assert (painted.width, painted.recipe["numbers"]["size"]) == (320, 320)
    assert painted.recipe["options"]["size"] == 768


@pytest.mark.parametrize("pack", ["klein-8", "qwen-edit-24", "cosmos-12"])
def test_a_recipe_names_what_the_writer_reads_for_the_painter(pack: str) -> None:
    found = shipped(pack)
    told = _read_with(found.with_files(lambda item: replace(item, sha256=item.name)))
    if pack == "klein-8":  # its text encoder is among its weights
        assert told == {}
    else:
        assert told["reader"] == found.writer.name
        assert told.get("eyes") == (found.vision.name if found.vision else None)


def test_a_wish_to_compile_without_a_compiler_is_told_once(
    made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERSTEP_COMPILE", "1")
    monkeypatch.setenv("PATH", "")
    painter, _ = made()
    assert painter.recipe()["numbers"]["compiled"] is False
    first, second = (list(painter.draw(GIVEN)) for _ in range(2))
    assert [one.message for one in first if isinstance(one, Remark)] == [
        "INTERSTEP_COMPILE is set, but triton is not installed: the painter is not compiled."
    ]
    assert not [one for one in second if isinstance(one, Remark)]


def test_the_end_of_the_ladder_is_a_sentence(made) -> None:
    painter, _ = made(Moves(short=10**6))
    with pytest.raises(Exception, match="does not suffice") as caught:
        list(painter.draw(GIVEN))
    assert not isinstance(caught.value, CardFull)


def test_files_that_do_not_fit_are_named(installed) -> None:
    store, manifest, shaped = installed
    shape = shaped["transformer"].changed(num_layers=2)
    with pytest.raises(PainterError, match="not whole"):
        result_of(read_parts(store, plan_of(manifest), {**shaped, "transformer": shape}))
