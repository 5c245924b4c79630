import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.phrases import Phrase, base_form, names, normalise, noun_phrases, subject


def test_normalise_keeps_letters_and_digits() -> None:
    assert normalise("What's a  car's OIL-filter,\n2nd?") == "what a car oil filter 2nd"
    assert normalise("\x00 !? \U0001f600") == ""


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("knives", "knife"), ("loaves", "loaf"), ("leaves", "leaf"), ("gloves", "glove"),
        ("olives", "olive"), ("tomatoes", "tomato"), ("boxes", "box"), ("dishes", "dish"),
        ("batteries", "battery"), ("cookies", "cookie"), ("shoes", "shoe"), ("glasses", "glass"),
        ("cacti", "cactus"), ("cactus", "cactus"), ("grass", "grass"), ("feet", "foot"),
        ("children", "child"), ("seedlings", "seedling"), ("keys", "key"), ("cut", "cut"),
        ("cutting", "cut"), ("drove", "drive"), ("driven", "drive"), ("filled", "fill"),
        ("sliced", "slice"), ("slicing", "slice"), ("chopped", "chop"), ("stirring", "stir"),
        ("baked", "bake"), ("boiled", "boil"), ("dried", "dry"), ("fried", "fry"),
        ("wiping", "wipe"), ("pouring", "pour"), ("tying", "tie"), ("removed", "remove"),
        ("squeezed", "squeeze"), ("melted", "melt"), ("opened", "open"), ("rolled", "roll"),
        ("bent", "bend"), ("broken", "break"), ("sewn", "sew"), ("string", "string"),
        ("bed", "bed"), ("seed", "seed"), ("unscrews", "unscrew"),
    ],
)  # fmt: skip
def test_base_form(word: str, base: str) -> None:
    assert base_form(word) == base
    assert base_form(base) == base


@pytest.mark.parametrize(
    ("prompt", "about"),
    [
        ("How do I repot a cactus?", "cactus"), ("fix a flat bicycle tyre", "bicycle tyre"),
        ("Teach me to knit a scarf", "scarf"), ("cleaning a cast iron pan", "cast iron pan"),
        ("how to change a car's oil", "car oil"), ("tying a tie", "tie"),
        ("What's the best way to boil eggs?", "eggs"), ("how to swim", "swim"),
        ("Repot a cactus", "cactus"), ("Make pancakes", "pancakes"), ("Bathe a cat", "cat"),
        ("unclog a sink", "sink"), ("sew on a button", "button"), ("set up a tent", "tent"),
        ("make a cup of tea", "tea"), ("take care of a goldfish", "goldfish"),
        ("How can I get wax out of a carpet?", "wax"), ("paint a wall", "wall"),
        ("clean windows with vinegar", "windows"), ("plant seeds", "seeds"),
        ("iron a shirt", "shirt"), ("Wrap a gift for a friend", "gift"),
        ("origami crane", "origami crane"), ("learn guitar", "guitar"),
        ("teach my kid to ride a bike", "bike"), ("change a light bulb", "light bulb"),
        ("I want to learn how to fold a fitted sheet", "sheet"),
        ("Please write a guide on how to build a bird feeder", "bird feeder"),
        ("Trim a cat's claws", "cat claws"), ("how to juggle three balls", "balls"),
        ("how do you remove a stain from a white shirt", "stain"), ("bake bread", "bread"),
        ("Pack a backpack for a day hike", "backpack"), ("how to cook rice", "rice"),
        ("water plants while away", "plants"), ("swimming", "swim"), ("Fix a leaking tap", "tap"),
        ("show me how to use chopsticks", "chopsticks"), ("Get rid of ants", "ants"),
        ("hang a picture on the wall", "picture"), ("Brush your teeth", "teeth"),
        ("replace the battery in a smoke detector", "battery"), ("train a puppy to sit", "puppy"),
        ("a step-by-step tutorial for making candles", "candles"), ("cactus", "cactus"),
        ("how to make an omelette with cheese", "omelette"), ("", ""), ("?!", ""),
    ],
)  # fmt: skip
def test_subject(prompt: str, about: str) -> None:
    assert subject(prompt) == about


def test_names_in_any_inflection() -> None:
    assert names("Repotting cacti is easy.", "cactus")
    assert names("Slice two loaves.", "white loaf")
    assert names("She swims.", "swim")
    assert not names("Water the plant.", "cactus")
    assert not names("", "cactus")
    assert not names("cactus", "")


def heads(text: str) -> list[str]:
    return [phrase.head for phrase in noun_phrases(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A hand holds a whisk in a white bowl with three eggs.", "hand whisk bowl egg"),
        ("Crack the egg into a bowl and fry it.", "egg bowl"),
        ("A knife cutting a tomato on a board", "knife tomato board"),
        ("A person hangs a picture on a wall", "person picture wall"),
        ("A kettle whistles on a stove", "kettle stove"),
        ("Hands knead dough", "hand dough"),
        ("A close-up of a passport", "passport"),
        ("bread and butter on a plate", "bread butter plate"),
        ("a pair of shoes", "shoe"),
        ("Water runs from a tap into a sink", "water tap sink"),
        ("Repot the cactus carefully", "cactus"),
    ],
)
def test_heads_of_noun_phrases(text: str, expected: str) -> None:
    assert heads(text) == expected.split()


def test_parts_of_a_phrase() -> None:
    (phrase,) = noun_phrases("two slices of fresh lemon")
    assert phrase == Phrase(("lemon",), "lemon", None, 2, ("slice", "fresh"), 0, 5)
    (phrase,) = noun_phrases("three small blue plant pots")
    assert phrase.words == ("plant", "pots")
    assert phrase.quantity == 3
    assert phrase.plural
    assert set(phrase.adjectives) == {"small", "blue"}


@given(st.text(max_size=300))
def test_any_text_has_phrases_and_a_subject(text: str) -> None:
    for phrase in noun_phrases(text):
        assert phrase.words
        assert phrase.start < phrase.end
    assert isinstance(subject(text), str)
    names(text, subject(text))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_normalise_is_idempotent(word: str) -> None:
    assert normalise(normalise(word)) == normalise(word)


@pytest.mark.parametrize("text", ["a " * 500_000, "step by " * 100_000, "'" * 10**6, "é" * 10**6])
def test_a_megabyte_ends_fast(text: str) -> None:
    start = time.perf_counter()
    noun_phrases(text)
    subject(text)
    normalise(text)
    assert time.perf_counter() - start < 1.0
