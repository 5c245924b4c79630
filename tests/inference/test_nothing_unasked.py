"""Only what the author asked for is fetched: a large pack that is not there is a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from inference.engine import Engine
from inference.packs.card import Card
from inference.packs.manifest import Manifest, catalogue
from inference.packs.reports import in_words
from inference.packs.store import Store
from inference.protocol import (
    Continue,
    Failed,
    GivenStep,
    Load,
    PaintInput,
    PaintOptions,
    Redraw,
    Request,
    Rewrite,
    Write,
)

GB = 10**9
STEP = GivenStep("s", "Wash the dog", "Wash it.")
DOG = PaintInput("", "", "", "A dog.", (), (), 1, options=PaintOptions(256))
LARGE = [pack for pack in catalogue() if pack.card or not pack.resolved()]


def requests(pack: str, painter: str) -> list[Request]:
    options = PaintOptions(256)
    asked: list[Request] = [
        Write("r", pack, "Wash a dog", 1, options=options),
        Continue("r", pack, "Wash a dog", 1, "", (STEP,), options=options),
        Rewrite("r", pack, "Wash a dog", 1, "", (STEP,), "shorter"),
        Load("r", pack),
    ]
    if painter != "storyboard":
        asked += [
            Redraw("r", "s", "p", DOG, pack=pack),
            Write("r", pack, "Wash a dog", 1, given=(STEP,), options=options),
        ]
    return asked


def any_runtime(_manifest: Manifest) -> None:
    """This machine has the card and the libraries."""


def card() -> Card:
    return Card("a card", 48 * GB, 47 * GB, (8, 6))


@pytest.mark.parametrize("pack", LARGE, ids=lambda pack: pack.id)
def test_a_large_pack_is_never_fetched_because_a_tutorial_names_it(
    pack: Manifest, tmp_path: Path
) -> None:
    store = Store(tmp_path / "packs")
    engine = Engine(store, card, any_runtime)
    for request in requests(pack.id, pack.painter):
        failed = list(engine.handle(request))[-1]
        assert isinstance(failed, Failed)
        size = in_words(pack.size())
        assert failed.message == (
            f"The pack {pack.id} ({pack.name}) is not installed: {size} to download."
        )
        assert failed.hint.endswith(f"interstep packs install {pack.id}")
        assert not store.folder.exists(), "nothing was begun"


def test_a_locked_large_pack_that_lost_a_file_is_not_fetched_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "packs")
    pack = next(pack for pack in LARGE if pack.id == "qwen3-vl-4b")
    locked = pack.with_files(lambda item: replace(item, sha256=item.sha256 or "a" * 64))
    store.write_record(locked)
    failed = list(Engine(store).handle(Load("r", pack.id)))[-1]
    assert isinstance(failed, Failed)
    assert "is not installed" in failed.message
