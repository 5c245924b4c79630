"""Every starting tutorial has a cover that the drawing library can draw."""

from assets.corpus import corpus
from assets.corpus.covers import covers
from assets.sprites import library, to_svg


def test_every_starting_tutorial_has_a_cover() -> None:
    assert set(covers()) == {example.name for example in corpus()}


def test_every_cover_can_be_drawn_and_shows_something() -> None:
    drawings = library()
    for name, scene in covers().items():
        assert scene.background, name
        assert scene.sprites, name
        assert to_svg(scene, drawings).startswith("<svg"), name
