"""What a fix may change: only what its words name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sprites.library import Library
from assets.sprites.scene import Placed, Scene, to_svg
from inference.painter.duogen.codec import Clarity
from inference.painter.duogen.fixing import fixed


def thing(name: str, x: float, inside: int | None = None, state: str = "") -> Placed:
    return Placed(name, state, x, 0.7, 0.3, inside=inside)


def naming(*names: str) -> Clarity:
    return Clarity(dict.fromkeys(names, 1.0) | {"unclear": 0.5}, {})


def table(*sprites: Placed) -> Scene:
    return Scene("table", sprites)


def test_what_is_not_named_stays_as_it_was() -> None:
    before = table(thing("pot", 0.2), thing("egg", 0.5), thing("cup", 0.8))
    painted = table(thing("pot", 0.2, state="hot"), thing("cup", 0.4, state="full"))
    fix = fixed(painted, before, naming("pot"))
    assert fix == table(thing("pot", 0.2, state="hot"), thing("egg", 0.5), thing("cup", 0.8))


def test_what_is_named_can_go() -> None:
    before = table(thing("pot", 0.2), thing("egg", 0.5))
    assert fixed(table(thing("pot", 0.2)), before, naming("egg")) == table(thing("pot", 0.2))


def test_only_what_is_named_comes() -> None:
    painted = table(thing("egg", 0.5), thing("cup", 0.1), thing("pan", 0.8))
    fix = fixed(painted, table(thing("egg", 0.5)), naming("pan"))
    assert fix == table(thing("egg", 0.5), thing("pan", 0.8))


def test_what_is_named_and_hardly_moved_stands_where_it_stood() -> None:
    before = table(thing("pot", 0.2))
    painted = table(thing("pot", 0.25, state="hot"))
    assert fixed(painted, before, naming("pot")) == table(thing("pot", 0.2, state="hot"))


def test_what_is_named_and_moved_stands_where_it_was_painted() -> None:
    before = table(thing("pot", 0.2), thing("egg", 0.4), thing("cup", 0.5))
    painted = table(thing("pot", 0.2), thing("egg", 0.3, inside=0), thing("cup", 0.85))
    assert fixed(painted, before, naming("egg", "cup")) == painted


def test_one_thing_is_put_in_place_of_one() -> None:
    """The can beside the pumpkin became a sign as well, and is a can again."""
    before = table(thing("pumpkin", 0.3), thing("can", 0.8))
    painted = table(thing("sign", 0.4), thing("sign", 0.7))
    fix = fixed(painted, before, naming("pumpkin", "sign"))
    assert fix == table(thing("can", 0.8), thing("sign", 0.4))


def test_two_of_a_kind_come_where_nothing_was_lost() -> None:
    before = table(thing("can", 0.8))
    painted = table(thing("can", 0.8), thing("egg", 0.2), thing("egg", 0.4))
    assert fixed(painted, before, naming("egg")) == painted


def test_words_that_name_nothing_may_mean_anything() -> None:
    before = table(thing("pot", 0.2), thing("egg", 0.5))
    painted = table(thing("pot", 0.25, state="hot"))
    assert fixed(painted, before, naming("cloud")) == table(thing("pot", 0.2, state="hot"))


def test_each_thing_keeps_one_place() -> None:
    fix = fixed(table(thing("egg", 0.5), thing("egg", 0.52)), table(thing("egg", 0.51)), naming())
    assert [one.x for one in fix.sprites] in ([0.51, 0.5], [0.51, 0.52])


def test_what_lay_inside_a_thing_that_is_gone_lies_beside() -> None:
    before = table(thing("pot", 0.2), thing("egg", 0.2, inside=0))
    painted = table(thing("egg", 0.6))
    assert fixed(painted, before, naming("pot")) == table(thing("egg", 0.2))


def test_what_lies_inside_follows_its_holder_to_its_new_number() -> None:
    before = table(thing("cup", 0.8), thing("pot", 0.2), thing("egg", 0.2, inside=1))
    painted = table(thing("egg", 0.2, inside=1), thing("pot", 0.2))
    fix = fixed(painted, before, naming("cup"))
    assert fix == table(thing("pot", 0.2), thing("egg", 0.2, inside=0))


def test_nothing_lies_inside_what_lies_inside() -> None:
    """Else it would not be drawn."""
    before = table(thing("jar", 0.2), thing("egg", 0.2, inside=0), thing("box", 0.7))
    painted = table(thing("jar", 0.7, inside=1), thing("box", 0.7))
    fix = fixed(painted, before, naming("jar"))
    assert [one.inside for one in fix.sprites] == [2, None, None]


@pytest.mark.parametrize(
    ("named", "place"), [(("egg",), "table"), (("garden",), "garden"), ((), "garden")]
)
def test_the_background_changes_where_it_is_named(named: tuple[str, ...], place: str) -> None:
    before = table(thing("egg", 0.5))
    painted = replace(table(thing("egg", 0.5, state="cracked")), background="garden")
    assert fixed(painted, before, naming(*named)).background == place


THINGS = {"jar": "empty", "egg": "whole", "bucket": "empty"}


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Scenes as the codec decodes them: nothing lies inside what lies inside."""
    count = draw(st.integers(0, 5))
    kinds = [draw(st.sampled_from(sorted(THINGS))) for _ in range(count)]
    holders = [k for k in range(count) if draw(st.booleans())]
    return Scene(
        draw(st.sampled_from(("tabletop", "garden", None))),
        tuple(
            thing(
                kind,
                draw(st.floats(0, 1)),
                draw(st.sampled_from([None, *holders])) if k not in holders else None,
                THINGS[kind],
            )
            for k, kind in enumerate(kinds)
        ),
    )


@given(scenes(), scenes(), st.sets(st.sampled_from(sorted(THINGS)), min_size=1))
def test_any_fix_is_a_scene_that_can_be_drawn(
    drawings: Library, painted: Scene, before: Scene, names: set[str]
) -> None:
    fix = fixed(painted, before, naming(*names))
    assert to_svg(fix, drawings).count("<g transform") >= len(fix.sprites)
    if any(one.name in names for one in (*painted.sprites, *before.sprites)):
        for one in before.sprites:
            if one.name not in names:
                assert (one.name, one.x) in {(now.name, now.x) for now in fix.sprites}
