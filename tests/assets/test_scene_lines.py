"""A scene line: what it says, and what it may not say."""

import pytest

from assets.corpus.scene_lines import SceneThing, read_scene_line
from assets.sprites.library import Library, library


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


def test_things_their_states_tints_and_links(drawings: Library) -> None:
    line = "kitchen; bowl [yellow]; 2 egg (cracked) in bowl; hand (holding) holds whisk"
    scene = read_scene_line(f"{line}; mark stir at bowl", drawings)
    assert scene.background == "kitchen"
    assert scene.things == (
        SceneThing("bowl", "empty", "yellow"),
        SceneThing("egg", "cracked", count=2, link="in", other=0),
        SceneThing("hand", "holding"),
        SceneThing("whisk", "plain", link="holds", other=2),
        SceneThing("stir", "plain", link="at", other=0, mark=True),
    )


def test_a_link_of_two_words_and_the_last_of_two(drawings: Library) -> None:
    scene = read_scene_line("kitchen; bowl; bowl [red]; egg out of bowl", drawings)
    assert (scene.things[2].link, scene.things[2].other) == ("out of", 1)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("moon; egg", "there is no background 'moon'"),
        ("kitchen", "at least one thing"),
        ("kitchen; dragon", "there is no drawing 'dragon'"),
        ("kitchen; egg (blue)", "egg is never 'blue'"),
        ("kitchen; egg [blue]", "egg can't be 'blue'"),
        ("kitchen; bowl [pink]", "bowl can't be 'pink'"),
        ("kitchen; egg in bowl", "no 'bowl' was named before it"),
        ("kitchen; bowl holds egg", "only a hand or a person holds"),
        ("kitchen; 9 egg", "1 to 5"),
        ("kitchen; stir", "is a action, not a thing"),
        ("kitchen; mark egg", "not a thing"),
        ("kitchen; EGG!", "is no thing"),
        ("", "there is no background ''"),
    ],
)
def test_what_it_may_not_say(line: str, sentence: str, drawings: Library) -> None:
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        read_scene_line(line, drawings)
