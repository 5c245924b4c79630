"""Composed pictures: the rules of the row, measured on what is really drawn."""

import io
import time
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from test_storyboard_reading import TABLE

from assets.sprites.library import Library
from assets.sprites.scene import PICTURE, Placed, Scene, scene_to_json, to_svg
from inference.painter.drawing import Drawing, NoDrawing
from inference.painter.geometry import Ruler, overlap, point
from inference.painter.render import render
from inference.painter.storyboard.grouping import lip
from inference.painter.storyboard.painter import can_draw, compose, describe
from inference.painter.storyboard.reading import StepText
from inference.painter.storyboard.things import Neighbour

LONG = pytest.mark.long
NOTHING = StepText("", "", "")
DESCRIPTIONS = [description for description, _ in TABLE]
WORDS = sorted({word for description in DESCRIPTIONS for word in description.split()})


def drawn_side(scene: Scene, names: set[str], drawings: Library) -> float:
    """Return the larger side of what these sprites cover, rendered, as a share of the picture."""
    kept = [k for k, p in enumerate(scene.sprites) if p.name in names]
    new = {old: position for position, old in enumerate(kept)}
    sprites = tuple(
        replace(p, inside=None if p.inside is None else new.get(p.inside))
        for p in (scene.sprites[k] for k in kept)
    )
    png = render(to_svg(Scene(None, sprites), drawings), 256)
    box = Image.open(io.BytesIO(png)).getchannel("A").getbbox()
    assert box is not None
    return max(box[2] - box[0], box[3] - box[1]) / 256


def solid(scene: Scene, drawings: Library) -> list[Placed]:
    return [p for p in scene.sprites if drawings[p.name].domain != "actions"]


def subject_and_bearers(scene: Scene, drawings: Library) -> set[str]:
    """Return the names of the first sprite that is no person, with all that it hangs on."""
    first = next(k for k, p in enumerate(scene.sprites) if drawings[p.name].domain != "people")
    names = {scene.sprites[first].name}
    base = scene.sprites[first]
    if base.inside is not None:
        names.add(scene.sprites[base.inside].name)
    names |= {p.name for p in scene.sprites if p.layer < base.layer <= 2 and base.layer}
    return names


@pytest.mark.parametrize("description", DESCRIPTIONS)
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=LONG), pytest.param(7, marks=LONG)])
def test_a_picture_keeps_the_rules(description: str, seed: int, drawings: Library) -> None:
    scene = compose(NOTHING, description, (), seed, drawings).scene
    assert 1 <= len(scene.sprites) <= 5
    if any(drawings[p.name].domain not in ("people", "actions") for p in scene.sprites):
        assert drawn_side(scene, subject_and_bearers(scene, drawings), drawings) >= 0.40
    ruler = Ruler(drawings)
    for placed in scene.sprites:
        x0, y0, x1, y1 = ruler.box(placed)
        if placed.name not in ("hand", "hands"):
            assert x0 > -0.01, placed
            assert y0 > -0.01, placed
            assert x1 < 1.01, placed
            assert y1 < 1.01, placed


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_what_rests_stands_on_the_ground_and_apart(description: str, drawings: Library) -> None:
    scene = compose(NOTHING, description, (), 3, drawings).scene
    assert scene.background is not None
    ground = drawings[scene.background].base[1] / PICTURE
    ruler = Ruler(drawings)
    resting = [
        p
        for p in solid(scene, drawings)
        if p.layer == 0
        and p.inside is None
        and p.name != "moon"
        and p.name not in ("hand", "hands")
    ]
    for placed in resting:
        assert point(placed, drawings[placed.name].base)[1] == pytest.approx(ground, abs=0.002)
    boxes = [ruler.box(placed) for placed in resting]
    for i, box in enumerate(boxes):
        assert all(overlap(box, other) < 0.001 for other in boxes[:i])


def test_the_same_seed_gives_the_same_bytes(drawings: Library) -> None:
    for description in DESCRIPTIONS[:4]:
        first = compose(NOTHING, description, (), 5, drawings)
        second = compose(NOTHING, description, (), 5, drawings)
        assert first == second
        assert render(to_svg(first.scene, drawings)) == render(to_svg(second.scene, drawings))


@pytest.mark.parametrize("description", DESCRIPTIONS[:12])
def test_another_seed_gives_another_composition(description: str, drawings: Library) -> None:
    scenes = [compose(NOTHING, description, (), seed, drawings).scene for seed in range(6)]
    assert len({str(scene_to_json(scene)) for scene in scenes}) >= 5


def test_what_stays_stays_where_it_was(drawings: Library) -> None:
    first = compose(NOTHING, "A cactus in a blue plant pot.", (), 1, drawings).scene
    neighbours = [Neighbour("previous", first)]
    second = compose(NOTHING, "A cactus in a plant pot next to a trowel.", neighbours, 8, drawings)
    before = {p.name: p for p in first.sprites}
    after = {p.name: p for p in second.scene.sprites}
    assert second.scene.background == first.background
    for name in ("plant pot", "cactus"):
        assert after[name].state == before[name].state
        assert after[name].tint == before[name].tint
        assert after[name].x == pytest.approx(before[name].x, abs=0.002)
        assert after[name].y == pytest.approx(before[name].y, abs=0.002)
        assert after[name].size == pytest.approx(before[name].size, abs=0.002)
    assert "trowel" in after


def test_a_held_thing_is_gripped(drawings: Library) -> None:
    scene = compose(NOTHING, "A hand cuts a tomato with a knife.", (), 0, drawings).scene
    placed = {p.name: p for p in scene.sprites}
    finger = point(placed["hand"], drawings["hand"].tip or (0, 0))
    assert finger == pytest.approx(point(placed["knife"], drawings["knife"].grip), abs=0.003)
    x0, y0, x1, y1 = Ruler(drawings).box(placed["tomato"])
    x, y = point(placed["knife"], drawings["knife"].tip or (0, 0))
    assert x0 < x < x1
    assert y0 < y < y1


def test_a_scene_with_drawings_of_another_library_is_no_harm(drawings: Library) -> None:
    strange = Scene("moon base", (Placed("flux", "odd", 0.5, 0.5, 0.4, tint="beige"),))
    egg = Scene("kitchen", (Placed("egg", "odd", 0.5, 0.5, 0.4, tint="beige"),))
    neighbours = [Neighbour("previous", strange), Neighbour("next", egg)]
    drawing = compose(NOTHING, "An egg in a bowl.", neighbours, 0, drawings)
    assert to_svg(drawing.scene, drawings).startswith("<svg")
    assert "egg" in {placed.name for placed in drawing.scene.sprites}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("A cactus in an orange pot next to a trowel in a garden.",
         "A cactus in an orange plant pot next to a trowel, in a garden."),
        ("Two fried eggs in a frying pan on a table.",
         "Two fried eggs in a frying pan, on a table."),
        ("A hand holds a whisk in a blue bowl with two eggs in a kitchen.",
         "A hand holds a whisk in a blue bowl with two eggs, in a kitchen."),
        ("An open box and an umbrella in a living room.",
         "An open box next to an umbrella, in a living room."),
        ("A hand pulls a cactus out of a pot in a garden.",
         "A hand holds a cactus half out of a plant pot, in a garden."),
        ("Three carrots on a table.", "Three carrots, on a table."),
        ("A slice of bread on a plate on a table.", "Some sliced bread on a plate, on a table."),
        ("Scissors on a table.", "A pair of scissors, on a table."),
        ("A lit light bulb on a table.", "A light bulb that is on, on a table."),
        ("A frying pan with a lid on a stove in a kitchen.",
         "A lid on a frying pan on a stove, in a kitchen."),
        ("A person carries a basket in a garden.", "A basket held by a person, in a garden."),
        ("A bundle of twigs in a garden.", "A bundle of twigs, in a garden."),
        ("A bowl of water on a table.", "A bowl of water, on a table."),
        ("A lying cat on a towel in a bathroom.",
         "A lying cat on a flat towel, in a bathroom."),
    ],
)  # fmt: skip
def test_alt_text(description: str, expected: str, drawings: Library) -> None:
    assert compose(NOTHING, description, (), 2, drawings).alt_text == expected


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_alt_text_names_all_objects(description: str, drawings: Library) -> None:
    drawing = compose(NOTHING, description, (), 4, drawings)
    for placed in solid(drawing.scene, drawings):
        word = drawings[placed.name].names[0].split()[-1].rstrip("s")[:4].casefold()
        assert word in drawing.alt_text.casefold(), drawing.alt_text


@pytest.mark.parametrize(
    ("heading", "body", "expected"),
    [
        ("Crack the eggs", "Crack three eggs into a large bowl.",
         "A hand cracks three eggs into a large bowl."),
        ("Cut it", "Cut the tomato with a sharp knife.",
         "A hand cuts a tomato with a sharp knife."),
        ("Let it rest", "Leave the dough in a bowl for an hour.", "Dough in a bowl."),
        ("Pour", "Pour the mixture into the pan and cook it for two minutes.",
         "A hand pours a mixture into a pan."),
        ("Find it", "Pump up the inner tube and hold it in a bowl of water.",
         "A hand holds an inner tube in a bowl of water."),
        ("Whisk", "Whisk the eggs, milk and salt in a bowl.",
         "A hand whisks eggs, milk and salt in a bowl."),
        ("Press it", "Press the power button on the printer.",
         "A hand presses a power button on a printer."),
        ("Load it", "Load the drum loosely. Add detergent to the washing machine.",
         "A hand adds detergent to a washing machine."),
        ("Choose a pot", "Choose a pot one size larger.", None),
        ("Wait a week", "Leave it dry for a week.", None),
        ("Know your goal", "Think about what you want.", None),
        ("Stamp the passport", "Hand it over.", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_describe(heading: str, body: str, expected: str | None, drawings: Library) -> None:
    assert describe(heading, body, drawings) == expected


def test_can_draw(drawings: Library) -> None:
    assert can_draw("A cactus in a pot.", drawings)
    assert not can_draw("A passport on a table.", drawings)
    assert not can_draw("", drawings)


def composed(text: str, drawings: Library) -> Drawing | None:
    try:
        return compose(StepText(text, text, text), text, (), 0, drawings)
    except NoDrawing:
        return None


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_gives_a_drawing_or_no_drawing(text: str, drawings: Library) -> None:
    drawing = composed(text, drawings)
    assert drawing is None or to_svg(drawing.scene, drawings).startswith("<svg")
    assert describe(text, text, drawings) != ""


any_words = given(words=st.lists(st.sampled_from(WORDS), max_size=16), seed=st.integers(0, 9))


@settings(max_examples=60, deadline=None)
@example(words=["banana", "on", "moon."], seed=0)
@any_words
def test_any_words_keep_the_rules(words: list[str], seed: int, drawings: Library) -> None:
    check_words(words, seed, drawings)


@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@any_words
def test_any_of_many_words_keep_the_rules(words: list[str], seed: int, drawings: Library) -> None:
    check_words(words, seed, drawings)


def check_words(words: list[str], seed: int, drawings: Library) -> None:
    drawing = composed(" ".join(words), drawings)
    if drawing is None:
        return
    assert 1 <= len(drawing.scene.sprites) <= 5
    assert drawing.alt_text.endswith(".")
    render(to_svg(drawing.scene, drawings), 64)
    again = compose(
        NOTHING, " ".join(words), [Neighbour("previous", drawing.scene)], seed, drawings
    )
    assert 1 <= len(again.scene.sprites) <= 5


@pytest.mark.parametrize(
    "text",
    ["a knife in a bowl and " * 50_000, "A cup " + "\u0301" * 10**6, "鍋" * 10**6, "\x00" * 10**6],
)
def test_a_megabyte_ends_fast(text: str, drawings: Library) -> None:
    start = time.perf_counter()
    composed(text, drawings)
    describe(text, text, drawings)
    assert time.perf_counter() - start < 3.0


def test_a_lid_covers_the_mouth(drawings: Library) -> None:
    scene = compose(NOTHING, "A frying pan with a lid on a stove.", (), 0, drawings).scene
    placed, ruler = {p.name: p for p in scene.sprites}, Ruler(drawings)
    lid, pan, stove = (ruler.box(placed[name]) for name in ("lid", "pan", "stove"))
    assert placed["lid"].layer > placed["pan"].layer > placed["stove"].layer
    assert lid[1] < pan[1] < stove[3]
    assert pan[1] < lid[3] < pan[3]


def test_what_is_poured_leaves_the_lip_above_its_target(drawings: Library) -> None:
    mixed = compose(NOTHING, "A whisk in a bowl of batter.", (), 0, drawings).scene
    for seed in (0, 1):
        text = "A hand pours the mixture into a frying pan."
        scene = compose(NOTHING, text, [Neighbour("previous", mixed)], seed, drawings).scene
        placed = {p.name: p for p in scene.sprites}
        x, y = point(placed["bowl"], lip(drawings["bowl"]))
        x0, y0, x1, y1 = Ruler(drawings).box(placed["pan"])
        assert x0 < x < x1
        assert y < (y0 + y1) / 2
        assert (placed["bowl"].rotation < 0) == (placed["bowl"].x > x)
