import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tutorial.mentions import mentioned, mentions, plural, singular


def found(name: str, text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.number) for m in mentions(name, text)]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("pot", "pots"),
        ("Terracotta POT", "Terracotta POTS"),
        ("cup of tea", "cups of tea"),
        ("watering-can", "watering-cans"),
        ("box", "boxes"),
        ("glass", "glasses"),
        ("vase", "vases"),
        ("brush", "brushes"),
        ("berry", "berries"),
        ("tray", "trays"),
        ("bookshelf", "bookshelves"),
        ("Knife", "Knives"),
        ("cactus", "cacti"),
        ("child", "children"),
        ("human", "humans"),
        ("shoe", "shoes"),
        ("photo", "photos"),
        ("potato", "potatoes"),
    ],
)
def test_a_name_is_found_in_the_singular_and_the_plural(one: str, many: str) -> None:
    assert plural(one) == many
    assert singular(many) == one
    assert singular(one) == one
    text = f"Take {many}, or one {one}."
    assert found(one, text) == [(many, "plural"), (one, "same")]
    assert found(many, text) == [(many, "same"), (one, "singular")]


def test_only_whole_words_count() -> None:
    text = "A pothole, a teapot, potter's clay and spotted pots. Terracotta potting."
    assert found("pot", text) == [("pots", "plural")]
    assert not mentioned(["terracotta pot", "clays"], "Terracotta potting and clayey soil")


def test_case_spaces_and_hyphens_do_not_matter() -> None:
    text = "TERRACOTTA POT, terracotta-pot, terracotta\n pots; a terracotta pot's rim"
    assert len(found("Terracotta pot", text)) == 4


def test_scripts_without_spaces_have_whole_words_everywhere() -> None:
    assert found("花盆", "把红色花盆里") == [("花盆", "same")]


@pytest.mark.parametrize("name", ["", "  ", "-", " - "])
def test_no_name_stands_nowhere(name: str) -> None:
    assert found(name, "a - b, c") == []
    assert not mentioned([name], " - ")


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_a_name_between_spaces_is_found_whatever_its_characters(
    before: str, name: str, after: str
) -> None:
    text = f"{before} {name} {after}"
    assert mentioned([name], text) == bool(name.strip().strip("-") and name.strip())
    for mention in mentions(name, text):
        assert 0 <= mention.start < mention.end <= len(text)
