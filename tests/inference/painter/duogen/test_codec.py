"""The codec: a scene as slots and back."""

from dataclasses import replace

import numpy as np
import pytest

from assets.corpus import corpus
from assets.corpus.scene_lines import read_scene_line
from assets.sprites.library import Library
from assets.sprites.scene import Placed, Scene
from inference.painter.duogen.codec import Embeddings, SpriteCodec
from inference.tuning.pictures import picture_of


def embeddings(drawings: Library, left_out: str = "") -> Embeddings:
    rng = np.random.default_rng(0)
    names = tuple(sprite.name for sprite in drawings.of() if sprite.name != left_out)
    states = tuple((name, state) for name in names for state in drawings[name].states)
    return Embeddings(
        names,
        rng.standard_normal((len(names), 48)).astype(np.float32),
        states,
        rng.standard_normal((len(states), 16)).astype(np.float32),
    )


@pytest.fixture(scope="module")
def codec(drawings: Library) -> SpriteCodec:
    return SpriteCodec(embeddings(drawings), drawings)


def lines() -> list[str]:
    return [step.scene for example in corpus()[::4] for step in example.steps if step.scene]


def test_a_scene_comes_back(codec: SpriteCodec, drawings: Library) -> None:
    for seed, line in enumerate(lines()):
        scene = picture_of(read_scene_line(line, drawings), (), seed, drawings)
        back = codec.decode(codec.encode(scene))
        assert back.background == scene.background
        assert len(back.sprites) == len(scene.sprites)
        for one, other in zip(scene.sprites, back.sprites, strict=True):
            sprite = drawings[one.name]
            assert (other.name, other.state, other.flip) == (one.name, one.state, one.flip)
            assert (other.tint or sprite.tint) == (one.tint or sprite.tint) or not sprite.tint
            assert other.layer == one.layer
            if sprite.domain != "actions":  # a sign may hang between two containers
                assert other.inside == one.inside, line
            assert abs(other.x - one.x) < 1e-3
            assert abs(other.y - one.y) < 1e-3
            assert abs(other.size - one.size) < 1e-3
            assert abs((other.rotation - one.rotation + 180) % 360 - 180) < 7.1


def test_a_little_noise_changes_no_thing(codec: SpriteCodec, drawings: Library) -> None:
    rng = np.random.default_rng(2)
    for seed, line in enumerate(lines()[:40]):
        scene = picture_of(read_scene_line(line, drawings), (), seed, drawings)
        frame = codec.encode(scene)
        back = codec.decode(frame + 0.15 * rng.standard_normal(frame.shape).astype(np.float32))
        assert [(p.name, p.state) for p in back.sprites] == [
            (p.name, p.state) for p in scene.sprites
        ]


def test_what_the_weights_or_the_library_lack_is_left_out(drawings: Library) -> None:
    scene = Scene(
        "kitchen", (Placed("egg", "whole", 0.5, 0.7, 0.3), Placed("bowl", "empty", 0.3, 0.7, 0.3))
    )
    without = SpriteCodec(embeddings(drawings, "egg"), drawings)
    assert [p.name for p in without.decode(without.encode(scene)).sprites] == ["bowl"]
    strange = replace(scene, sprites=(*scene.sprites, Placed("dodo", "plain", 0.5, 0.5, 0.2)))
    codec = SpriteCodec(embeddings(drawings), drawings)
    assert len(codec.encode(strange)) == 3
    other_state = replace(scene, sprites=(replace(scene.sprites[0], state="flying"),))
    assert len(codec.encode(other_state)) == 1


def test_a_drawing_without_any_trained_state_is_left_out(drawings: Library) -> None:
    """The library lacks some states of the bowl, all of the egg, and other drawings altogether."""
    kept = [drawings["kitchen"], drawings["spoon"], replace(drawings["bowl"], states={"full": ()})]
    reduced = Library([*kept, replace(drawings["egg"], states={"painted": ()})])
    codec = SpriteCodec(embeddings(drawings), reduced)
    assert sorted(codec.names) == ["bowl", "kitchen", "spoon"]
    assert [len(table) for table in codec.state_tables()] == [
        len(codec.states(name)) for name in codec.names
    ]
    whole = SpriteCodec(embeddings(drawings), drawings)
    egg, bowl = Placed("egg", "whole", 0.5, 0.7, 0.3), Placed("bowl", "empty", 0.3, 0.7, 0.3)
    seen = codec.decode(whole.encode(Scene("kitchen", (egg, bowl))))
    assert seen.background == "kitchen"
    assert {(p.name, p.state) for p in seen.sprites} <= {("bowl", "full"), ("spoon", "plain")}
    assert ("bowl", "full") in {(p.name, p.state) for p in seen.sprites}
    assert len(codec.encode(Scene("kitchen", (egg, bowl, replace(bowl, state="full"))))) == 2


def test_any_numbers_decode_to_a_scene(codec: SpriteCodec) -> None:
    rng = np.random.default_rng(3)
    for scale in (0.1, 1.0, 30.0, 1e6):
        frame = (scale * rng.standard_normal((8, codec.channels))).astype(np.float32)
        for placed in codec.decode(frame).sprites:
            assert min(placed.x, placed.y) >= -0.2
            assert max(placed.x, placed.y) <= 1.2
            assert 0 < placed.size < 1


def test_what_is_encoded_is_clear_and_nothing_else_as_much(
    codec: SpriteCodec, drawings: Library
) -> None:
    banana = Placed("banana", "peeled", 0.5, 0.7, 0.3)
    told = codec.clarity(codec.encode(Scene("kitchen", (banana,))))
    assert told.drawings["banana"] == pytest.approx(1, abs=1e-5)
    assert told.drawings["kitchen"] == pytest.approx(1, abs=1e-5)
    assert max(c for n, c in told.drawings.items() if n not in ("banana", "kitchen")) < 0.8
    assert told.states["banana"]["peeled"] == pytest.approx(1, abs=1e-5)
    assert set(told.states["banana"]) == set(drawings["banana"].states)
