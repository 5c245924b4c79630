"""A scene line becomes the scene that it tells: all its things, in their states, hung as told."""

from collections import Counter

import pytest

from assets.corpus import corpus
from assets.corpus.scene_lines import SceneLine, read_scene_line
from assets.sprites import Library, Scene, library, to_svg
from inference.painter.geometry import Ruler
from inference.painter.storyboard.things import Neighbour
from inference.tuning.pictures import picture_of, settled


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


def pictured(line: str, drawings: Library, seed: int = 7) -> Scene:
    return picture_of(read_scene_line(line, drawings), (), seed, drawings)


def told(line: SceneLine) -> Counter[str]:
    counts: Counter[str] = Counter()
    for thing in line.things:
        counts[thing.name] += thing.count
    return counts


def test_every_scene_of_the_corpus_shows_what_it_tells(drawings: Library) -> None:
    for example in corpus():
        before: tuple[Neighbour, ...] = ()
        for step in example.steps:
            if step.scene:
                line = read_scene_line(step.scene, drawings)
                scene = picture_of(line, before, 3, drawings)
                shown = Counter(placed.name for placed in scene.sprites)
                assert shown == told(line), f"{example.name}: {step.scene}"
                assert scene.background == line.background
                assert to_svg(scene, drawings).startswith("<svg")
                before = (Neighbour("previous", scene),)


def test_states_tints_and_what_is_inside(drawings: Library) -> None:
    scene = pictured("kitchen; bowl [yellow]; 2 egg (cracked) in bowl", drawings)
    bowl = next(place for place, one in enumerate(scene.sprites) if one.name == "bowl")
    assert scene.sprites[bowl].tint == "yellow"
    eggs = [one for one in scene.sprites if one.name == "egg"]
    assert [(one.state, one.inside) for one in eggs] == [("cracked", bowl)] * 2


def test_a_held_tool_works_where_the_mark_is(drawings: Library) -> None:
    line = "kitchen; bowl; hand (holding) holds whisk; mark stir at bowl"
    by_name = {one.name: one for one in pictured(line, drawings).sprites}
    assert set(by_name) == {"bowl", "hand", "whisk", "stir"}
    assert abs(by_name["whisk"].x - by_name["bowl"].x) < 0.25
    assert abs(by_name["hand"].x - by_name["whisk"].x) < 0.25


def test_a_held_jug_is_tilted_where_it_pours(drawings: Library) -> None:
    line = "kitchen; bowl; hand (holding) holds jug (full); mark pour at bowl"
    by_name = {one.name: one for one in pictured(line, drawings).sprites}
    assert abs(by_name["jug"].rotation) > 20
    assert by_name["jug"].y < by_name["bowl"].y


def test_hands_alone_are_the_picture(drawings: Library) -> None:
    assert [one.name for one in pictured("bathroom; hands (washing)", drawings).sprites] == [
        "hands"
    ]


def test_the_same_line_and_seed_give_the_same_scene(drawings: Library) -> None:
    line = "garden; plant pot [blue]; cactus in plant pot; trowel beside plant pot"
    assert pictured(line, drawings) == pictured(line, drawings)
    assert pictured(line, drawings) != pictured(line, drawings, seed=8)


def test_what_hangs_as_before_stays_where_it_was(drawings: Library) -> None:
    ruler = Ruler(drawings)
    earlier = read_scene_line("kitchen; bowl; jug beside bowl", drawings)
    before = picture_of(earlier, (), 1, drawings)
    line = read_scene_line("kitchen; jug (full); bowl [red]; egg in bowl", drawings)
    scene = picture_of(line, (), 4, drawings)
    after = settled(scene, line, before, earlier, ruler)
    assert after is not None
    was, now = ({one.name: one for one in seen.sprites} for seen in (before, after))
    for name in ("bowl", "jug"):
        assert (now[name].x, now[name].y, now[name].size) == (
            was[name].x,
            was[name].y,
            was[name].size,
        )
    assert (now["jug"].state, now["bowl"].tint) == ("full", "red")
    assert abs(now["egg"].x - now["bowl"].x) < now["bowl"].size / 2


def test_what_is_put_elsewhere_goes_there(drawings: Library) -> None:
    earlier = read_scene_line("kitchen; bowl; egg beside bowl", drawings)
    before = picture_of(earlier, (), 1, drawings)
    line = read_scene_line("kitchen; bowl; egg in bowl", drawings)
    scene = picture_of(line, (), 4, drawings)
    after = settled(scene, line, before, earlier, Ruler(drawings))
    assert after is not None
    egg, bowl = (next(p for p in after.sprites if p.name == name) for name in ("egg", "bowl"))
    assert (bowl.x, bowl.y) == (before.sprites[0].x, before.sprites[0].y)
    assert egg.inside is not None
    assert abs(egg.x - bowl.x) < bowl.size / 2
