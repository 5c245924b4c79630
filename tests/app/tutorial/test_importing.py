"""An author's own text becomes steps: each word once and in order."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.tutorial.errors import TutorialError
from app.tutorial.headings import MAX_STEPS
from app.tutorial.importing import from_text, read_markdown, read_text
from app.tutorial.model import Callout, Tutorial
from assets.corpus import Example, corpus

WORD = re.compile(r"[^\W_]+")
LETTERS = re.compile(r"[^\W\d_]+")


def said(tutorial: Tutorial) -> str:
    """Return all that the tutorial says, in reading order."""
    parts = [tutorial.title, tutorial.summary, *tutorial.materials, *tutorial.tools]
    parts += [tutorial.duration, tutorial.difficulty]
    for step in tutorial.steps:
        parts += [step.title, step.body, *(callout.text for callout in step.callouts)]
        parts += (picture.description for picture in step.pictures)
    return "\n".join(parts)


def outline(text: str) -> list[tuple[str, str]]:
    return [(step.title, step.body) for step in from_text(text).tutorial.steps]


WORDS = "mix the Dough until 5 eggs are étuvé in **bold** `code` 水 c. 1.5".split()
SENTENCE = st.lists(
    st.sampled_from(WORDS),
    min_size=1,
    max_size=14,
).map(lambda words: " ".join(words).capitalize() + ".")
PROSE = st.lists(SENTENCE, min_size=1, max_size=5).map(" ".join)
WRAPPED = PROSE.map(lambda text: text.replace(" ", "\n", 1))
BULLETS = st.lists(SENTENCE, min_size=1, max_size=3).map(
    lambda rows: "\n".join(f"- {row}\n  - nested" for row in rows)
)
FENCE = PROSE.map(lambda text: f"```\n# {text}\n\nkept together\n```")
BLOCK = PROSE | WRAPPED | BULLETS | FENCE
BLOCKS = st.lists(BLOCK, min_size=1, max_size=3).map("\n\n".join)


def by_headings(bodies: list[str]) -> str:
    return "# The title\n\n" + "\n\n".join(f"## Do it\n\n{body}" for body in bodies)


@given(st.lists(BLOCKS, min_size=1, max_size=26))
def test_every_word_under_headings_is_kept(bodies: list[str]) -> None:
    text = by_headings(bodies)
    tutorial = from_text(text).tutorial
    assert WORD.findall(said(tutorial)) == WORD.findall(text)
    assert len(tutorial.steps) == min(len(bodies), MAX_STEPS)


@given(st.lists(PROSE, min_size=2, max_size=26), st.sampled_from(["{}. ", "{}) ", "Step {}: "]))
def test_every_word_of_a_numbered_list_is_kept(rows: list[str], number: str) -> None:
    text = "\n".join(number.format(i) + row for i, row in enumerate(rows, 1))
    tutorial = from_text(text).tutorial
    assert WORD.findall(said(tutorial)) == WORD.findall("\n".join(rows))
    assert len(tutorial.steps) == min(len(rows), MAX_STEPS)


@given(st.lists(BLOCK, min_size=1, max_size=26))
def test_every_word_of_plain_paragraphs_is_kept(blocks: list[str]) -> None:
    text = "\n\n".join(blocks)
    assert WORD.findall(said(from_text(text).tutorial)) == WORD.findall(text)


MARKS = st.text(st.sampled_from("ab A1.)-*>#`~=:[]()!\\<\n\n\n\t    "), max_size=60)


@given(MARKS.filter(str.strip))
def test_every_letter_of_any_markup_is_kept(text: str) -> None:
    assert "".join(LETTERS.findall(said(from_text(text).tutorial))) == "".join(
        LETTERS.findall(text)
    )


@given(st.text(max_size=200).filter(str.strip))
def test_any_text_becomes_a_tutorial(text: str) -> None:
    tutorial = from_text(text, "name").tutorial
    assert tutorial.title
    assert len(tutorial.steps) <= MAX_STEPS


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(TutorialError):
        assert "\r" not in read_text(data)


@pytest.mark.parametrize("example", corpus(), ids=lambda example: example.name)
def test_the_corpus_comes_in_whole(example: Example) -> None:
    tutorial = from_text(example.text).tutorial
    assert tutorial.title == example.title
    assert tutorial.summary == example.summary
    assert tutorial.materials == example.materials
    assert tutorial.duration
    assert [step.title for step in tutorial.steps] == [step.title for step in example.steps]
    assert [step.body for step in tutorial.steps] == [step.body for step in example.steps]
    described = [step.pictures[0].description if step.pictures else "" for step in tutorial.steps]
    assert described == [step.description for step in example.steps]


def test_headings_make_title_summary_and_steps() -> None:
    text = "# Tea\n\nHot.\n\n## 1. Boil\n\nBoil it.\n\n### Why\n\nHeat.\n\n"
    text += "## 2. Pour\n\n> **Tip:** Slow."
    tutorial = from_text(text).tutorial
    assert (tutorial.title, tutorial.summary) == ("Tea", "Hot.")
    assert outline(text) == [("Boil", "Boil it.\n\n### Why\n\nHeat."), ("Pour", "")]
    assert tutorial.steps[1].callouts == (Callout("tip", "Slow."),)


def test_numbers_that_do_not_count_stay_in_a_heading() -> None:
    assert [title for title, _ in outline("# T\n## 2. B\nx\n## 1. A\ny")] == ["2. B", "1. A"]


def test_headings_of_one_level_are_all_steps() -> None:
    assert outline("# Mix\n\na\n\n# Bake\n\nb") == [("Mix", "a"), ("Bake", "b")]


def test_a_recipe_gives_needs_and_steps() -> None:
    text = (
        "# Bread\n\n## Ingredients\n\n- flour, white\n- water\n\n## Method\n\n1. Mix.\n2. Bake it."
    )
    tutorial = from_text(text).tutorial
    assert tutorial.materials == ("flour, white", "water")
    assert outline(text) == [("Mix", ""), ("Bake it", "")]


def test_a_short_first_sentence_is_the_heading() -> None:
    text = "How to make tea\n\n1. Boil water. Wait until it bubbles.\n2. **Pour:** slowly"
    assert from_text(text).tutorial.title == "How to make tea"
    assert outline(text) == [("Boil water", "Wait until it bubbles."), ("Pour", "slowly")]


@pytest.mark.parametrize("first", ["Put a towel under the door", "Put a towel down.", "Wait:"])
def test_a_short_first_line_is_the_heading(first: str) -> None:
    text = f"1. {first}\nOil drips, and a floor\nremembers.\n2. Oil the hinge"
    titles = first.rstrip(".:"), "Oil the hinge"
    assert outline(text) == [(titles[0], "Oil drips, and a floor\nremembers."), (titles[1], "")]


@pytest.mark.parametrize(
    "item",
    [
        "Put a towel under the door\nand oil the hinge.",
        "Have a towel,\nOil and a brush.",
        "Put the largest of all your old towels flat under the front door\nOil drips.",
    ],
)
def test_hard_wrapped_lines_are_one_text(item: str) -> None:
    assert outline(f"1. {item}\n2. Wipe") == [("", item), ("Wipe", "")]


def test_an_abbreviation_ends_no_heading() -> None:
    item = "Use approx. 5 g of yeast and knead the dough until it is smooth, then let it rise"
    assert outline(f"1. {item}\n2. Bake") == [("", item), ("Bake", "")]


def test_step_lines_are_steps() -> None:
    text = "To make a card:\nStep 1: Cut.\nStep 2: Glue it\nto the card."
    assert from_text(text).tutorial.title == "To make a card"
    assert outline(text) == [
        ("Cut", ""),
        ("", "Glue it\nto the card."),
    ]


def test_code_and_nested_lists_stay_in_their_item() -> None:
    text = "1. Run this\n\n   ```\n   1. a\n\n   # b\n   ```\n2. Check\n   - one\n   - two\n"
    assert outline(text) == [
        ("Run this", "```\n1. a\n\n# b\n```"),
        ("Check", "- one\n- two"),
    ]


def test_a_long_paragraph_is_cut_at_its_sentences() -> None:
    text = " ".join(
        f"Sentence {i} tells you to do a thing with a thing and a tool." for i in range(9)
    )
    steps = outline(text)
    assert 2 < len(steps) < 9
    assert all(f"{title}. {body}".strip() in text for title, body in steps)


def test_too_many_steps_join_in_the_last() -> None:
    imported = from_text("\n".join(f"{i}. Do thing number{i}" for i in range(1, 24)))
    assert len(imported.tutorial.steps) == MAX_STEPS
    assert imported.tutorial.steps[-1].body.endswith("### Do thing number23")
    assert "23 steps" in imported.notices[0]


def test_windows_files_come_in() -> None:
    text = read_text("\ufeff# A\r\n\r\n## B\r\n\r\nc\r\n".encode())
    assert outline(text) == [("B", "c")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xff\xfeh\0", "UTF-8"),
        (b"caf\xe9", "UTF-8"),
        (b"a\0b", "no text"),
        (b"a" * 1_000_000, "200,000"),
        (("é" * 200_001).encode(), "200,000"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(TutorialError, match=says):
        from_text(read_text(data))


def test_hostile_markup_takes_no_long_time() -> None:
    for piece in ("[", "> ", "- ", "`", "*a ", "![", "1. ", "Step 1: ", "\\", "You need: "):
        assert len(from_text(piece * (60_000 // len(piece))).tutorial.steps) <= 20


def test_images_beside_the_text_come_in(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), "red").save(tmp_path / "my pot.jpg")
    (tmp_path / "t.md").write_text(
        "# T\n\n## A\n\n![A [red\\] pot](my%20pot.jpg)\nSee it.\n\n"
        "## B\n\n```\n![x](my%20pot.jpg)\n```\n"
    )
    imported = read_markdown(tmp_path / "t.md")
    first, second = imported.tutorial.steps
    assert first.body == "See it."
    assert first.pictures[0].alt_text == "A [red] pot"
    take = imported.takes[first.pictures[0].chosen or ""]
    assert take.data == (tmp_path / "my pot.jpg").read_bytes()
    assert (take.width, take.height, take.recipe) == (30, 20, {})
    assert second.pictures == ()


@pytest.mark.parametrize(
    "target",
    [
        "../secret.png",
        "https://example.org/a.png",
        "file:///etc/passwd",
        "/etc/passwd",
        "absent.png",
        "%00.png",
        "..%2Fsecret.png",
        "link.png",
        "text.png",
        ".",
    ],
)
def test_no_other_image_is_opened(target: str, tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    Image.new("RGB", (3, 3)).save(tmp_path / "secret.png")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "text.png").write_text("no image")
    (folder / "t.md").write_text(f"# T\n\n## A\n\n![alt]({target})\n")
    imported = read_markdown(folder / "t.md")
    assert imported.takes == {}
    assert imported.tutorial.steps[0].body == f"![alt]({target})"


def test_a_file_that_is_absent_is_told(tmp_path: Path) -> None:
    with pytest.raises(TutorialError, match="does not exist"):
        read_markdown(tmp_path / "no.md")


def test_a_number_that_starts_no_list_is_a_word() -> None:
    assert outline("1984. A year.") == [("", "1984. A year.")]


def test_an_interrupted_list_goes_on() -> None:
    text = "1. Cut it\n\nTake care.\n\n2. Glue it\n"
    assert outline(text) == [("Cut it", "Take care."), ("Glue it", "")]


def test_lists_within_step_lines_stay_there() -> None:
    text = "Step 1: Cut it\n\n1. a\n2. b\n\nStep 2: Glue it\n"
    assert outline(text) == [("Cut it", "1. a\n2. b"), ("Glue it", "")]


def test_a_plain_recipe_gives_needs_and_steps() -> None:
    text = "Pancakes:\n\nThin ones.\n\nIngredients:\n- flour\n- eggs\n\nMethod:\n1. Mix\n2. Fry\n"
    tutorial = from_text(text).tutorial
    assert (tutorial.title, tutorial.summary) == ("Pancakes", "Thin ones.")
    assert tutorial.materials == ("flour", "eggs")
    assert outline(text) == [("Mix", ""), ("Fry", "")]
