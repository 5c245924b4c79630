import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.sprites.library import Library
from assets.sprites.scene import Placed, Scene, to_svg
from inference.painter.drawing import CannotFix
from inference.painter.storyboard.painter import compose, fix
from inference.painter.storyboard.reading import StepText


@pytest.fixture
def scene(drawings: Library) -> Scene:
    step = StepText("", "", "")
    return compose(step, "A cactus in a pot next to a closed box.", (), 0, drawings).scene


def find(scene: Scene, name: str) -> Placed:
    return next(p for p in scene.sprites if p.name == name)


def others(scene: Scene, *names: str) -> list[Placed]:
    return [p for p in scene.sprites if p.name not in names]


@pytest.mark.parametrize("text", ["open the box", "Please open the box!", "the box should be open"])
def test_a_state(text: str, scene: Scene, drawings: Library) -> None:
    drawing = fix(scene, text, 0, drawings)
    assert find(drawing.scene, "box").state == "open"
    assert others(drawing.scene, "box") == others(scene, "box")
    assert "open box" in drawing.alt_text


def test_on_and_off(drawings: Library) -> None:
    lamp = Scene("desk", (Placed("light bulb", "off", 0.5, 0.6, 0.5),))
    for text in ("make the bulb on", "turn on the light bulb", "turn the bulb on"):
        assert fix(lamp, text, 0, drawings).scene.sprites[0].state == "on"
    lit = fix(lamp, "turn it on", 0, drawings).scene
    assert fix(lit, "switch off the bulb", 0, drawings).scene == lamp


@pytest.mark.parametrize("text", ["make the pot blue", "paint the plant pot blue"])
def test_a_tint(text: str, scene: Scene, drawings: Library) -> None:
    changed = fix(scene, text, 0, drawings).scene
    assert find(changed, "plant pot").tint == "blue"
    assert others(changed, "plant pot") == others(scene, "plant pot")


def test_adding(scene: Scene, drawings: Library) -> None:
    changed = fix(scene, "add a trowel", 0, drawings).scene
    assert changed.sprites[: len(scene.sprites)] == scene.sprites
    assert changed.sprites[-1].name == "trowel"
    inside = fix(scene, "put a hammer in the box", 0, drawings).scene.sprites[-1]
    assert scene.sprites[inside.inside or 0].name == "box"


def test_removing_keeps_what_was_inside(scene: Scene, drawings: Library) -> None:
    changed = fix(scene, "remove the pot", 0, drawings).scene
    assert [p.name for p in changed.sprites] == ["cactus", "box"]
    assert find(changed, "cactus").inside is None
    assert find(changed, "cactus").x == find(scene, "cactus").x
    assert find(changed, "box") == find(scene, "box")


def test_replacing(scene: Scene, drawings: Library) -> None:
    changed = fix(scene, "replace the box with a red bucket", 0, drawings).scene
    assert find(changed, "bucket").tint == "red"
    assert others(changed, "bucket") == others(scene, "box")


@pytest.mark.parametrize(
    "text",
    ["take the box away", "Put the box aside.", "clear the box away", "The box is not needed."],
)
def test_many_ways_to_remove(text: str, scene: Scene, drawings: Library) -> None:
    assert fix(scene, text, 0, drawings).scene == fix(scene, "remove the box", 0, drawings).scene


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Use a red bucket instead of the box.", "replace the box with a red bucket"),
        ("Bring a trowel.", "add a trowel"),
        ("Set down a trowel.", "add a trowel"),
        ("Move the cactus into the box.", "put the cactus in the box"),
        ("Clear the box away and bring a trowel.", "remove the box and add a trowel"),
    ],
)
def test_many_ways_to_ask(text: str, plain: str, scene: Scene, drawings: Library) -> None:
    assert fix(scene, text, 0, drawings).scene == fix(scene, plain, 0, drawings).scene


@pytest.mark.parametrize(
    "text", ["take the cactus out of the pot", "Lift the cactus from the plant pot."]
)
def test_a_thing_is_taken_out(text: str, scene: Scene, drawings: Library) -> None:
    changed = fix(scene, text, 0, drawings).scene
    cactus = find(changed, "cactus")
    assert cactus.inside is None
    assert abs(cactus.x - find(changed, "plant pot").x) > 0.1
    assert others(changed, "cactus") == others(scene, "cactus")


@pytest.mark.parametrize(("way", "sign"), [("left", -1), ("right", 1)])
def test_moving_takes_along_what_is_inside(
    way: str, sign: int, scene: Scene, drawings: Library
) -> None:
    changed = fix(scene, f"move the pot a bit {way}", 0, drawings).scene
    by = {name: find(changed, name).x - find(scene, name).x for name in ("plant pot", "cactus")}
    assert by["plant pot"] * sign > 0
    assert by["cactus"] == pytest.approx(by["plant pot"], abs=0.001)
    assert find(changed, "box") == find(scene, "box")


def test_sizes(scene: Scene, drawings: Library) -> None:
    assert (
        find(fix(scene, "make the box bigger", 0, drawings).scene, "box").size
        > find(scene, "box").size
    )
    assert (
        find(fix(scene, "shrink the box", 0, drawings).scene, "box").size < find(scene, "box").size
    )


def test_flipping(scene: Scene, drawings: Library) -> None:
    changed = fix(scene, "flip the box", 0, drawings).scene
    assert find(changed, "box").flip != find(scene, "box").flip
    assert others(changed, "box") == others(scene, "box")
    mirrored = fix(scene, "flip the picture", 0, drawings).scene
    assert find(mirrored, "box").x == pytest.approx(1 - find(scene, "box").x)


def test_another_background(scene: Scene, drawings: Library) -> None:
    changed = fix(scene, "change the background to a kitchen", 0, drawings).scene
    assert changed == Scene("kitchen", scene.sprites)


def test_two_changes_at_once(scene: Scene, drawings: Library) -> None:
    changed = fix(scene, "open the box and make the pot blue", 0, drawings).scene
    assert find(changed, "box").state == "open"
    assert find(changed, "plant pot").tint == "blue"


@pytest.mark.parametrize(
    "text", ["", "what?", "remove the fork", "add a passport", "make the cactus blue", "sing to it"]
)
def test_what_cannot_be_followed(text: str, scene: Scene, drawings: Library) -> None:
    with pytest.raises(CannotFix, match=r"I can add, remove"):
        fix(scene, text, 0, drawings)


def test_a_full_picture_takes_no_more(scene: Scene, drawings: Library) -> None:
    full = fix(scene, "add two cups", 0, drawings).scene
    assert len(full.sprites) == 5
    with pytest.raises(CannotFix, match="5 things already"):
        fix(full, "add a spoon", 0, drawings)


@settings(max_examples=80, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=100),
        st.lists(
            st.sampled_from(
                [
                    "add",
                    "remove",
                    "replace",
                    "the",
                    "a",
                    "box",
                    "pot",
                    "with",
                    "blue",
                    "open",
                    "bigger",
                    "move",
                    "left",
                    "and",
                ]
            ),
            max_size=9,
        ).map(" ".join),
    )
)
def test_any_instruction_changes_or_says_why(text: str, drawings: Library) -> None:
    pot, box = Placed("plant pot", "soil", 0.4, 0.6, 0.4), Placed("box", "closed", 0.8, 0.6, 0.3)
    try:
        scene = fix(Scene("garden", (pot, box)), text, 0, drawings).scene
    except CannotFix:
        return
    assert to_svg(scene, drawings).startswith("<svg")
