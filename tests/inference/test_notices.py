"""A notice that cries wolf is not read: everyday prompts get none."""

# ruff: noqa: RUF001  (other alphabets are the point)

import pytest

from inference.notices import HAZARDS, hazard, other_language

EVERYDAY = [
    "tie a tie",
    "boil an egg",
    "wash a dog",
    "Make pancakes",
    "ride bike",
    "sushi",
    "kimchi",
    "guacamole",
    "croissants",
    "Spaghetti carbonara",
    "latte art",
    "origami crane",
    "French braid",
    "parallel park",
    "prune roses",
    "macramé plant hanger",
    "yoga sun salutation",
    "descale kettle",
    "hard boil eggs",
    "tie-dye a t-shirt",
    "juggle three balls",
    "how to whistle",
    "meditate",
    "back up an iPhone",
    "Sew a running stitch",
    "How do I repot a cactus?",
    "Fold a paper plane",
    "unclog a sink with a plunger",
    "iron a shirt",
    "paint a wall",
    "bake sourdough bread",
    "Chop onions without crying",
    "hang a picture frame",
    "teach a dog to sit",
    "trim a cat's claws",
    "set up a tent",
    "fold a fitted sheet",
    "string a bead bracelet",
    "patch a bicycle tyre",
    "light a campfire",
    "draw a horse",
    "Write a thank-you card to my aunt, please",
    "What is the best way to pack a suitcase for two weeks?",
]
FOREIGN = {
    "German": "Wie topfe ich einen Kaktus um?",
    "short German": "Eine Krawatte binden",
    "French": "Comment rempoter un cactus ?",
    "Spanish": "¿Cómo trasplanto un cactus?",
    "short Spanish": "hervir un huevo",
    "Italian": "Come si rinvasa un cactus?",
    "Portuguese": "Como replantar um cacto?",
    "Dutch": "Hoe verpot ik een cactus?",
    "Polish": "Jak przesadzić kaktusa?",
    "Swedish": "Hur planterar jag om en kaktus?",
    "Turkish": "Kaktüs nasıl değiştirilir?",
    "Russian": "Как пересадить кактус?",
    "Greek": "Πώς να μεταφυτεύσω έναν κάκτο;",
    "Arabic": "كيف أعيد زراعة الصبار؟",
    "Hindi": "एक कैक्टस को दूसरे गमले में कैसे लगाएँ?",
    "Chinese": "怎么给仙人掌换盆?",
    "Japanese": "サボテンの植え替え方",
    "Korean": "선인장 분갈이하는 방법",
}
DANGEROUS = {
    "rewire a lamp": "electricity",
    "Replace a wall socket": "electricity",
    "change fuses": "electricity",
    "connect a lamp to the mains": "electricity",
    "fix a gas leak": "gas",
    "relight the boiler": "gas",
    "give an insulin injection": "medicine",
    "how much ibuprofen can I give a child": "medicine",
    "dress a wound": "medicine",
    "mix bleach and vinegar": "chemicals",
    "unclog a drain with Drano": "chemicals",
    "Dilute hydrochloric acids": "chemicals",
}


@pytest.mark.parametrize("prompt", EVERYDAY)
def test_an_everyday_prompt_gets_no_notice(prompt: str) -> None:
    assert other_language(prompt, ["en"]) is None
    assert hazard(prompt) is None


@pytest.mark.parametrize("prompt", FOREIGN.values(), ids=FOREIGN)
def test_another_language_is_told(prompt: str) -> None:
    sentence = other_language(prompt, ["en"])
    assert sentence is not None
    assert "English" in sentence


def test_a_language_that_the_pack_lists_is_none_of_its_others() -> None:
    assert other_language(FOREIGN["German"], ["de"]) is None
    assert other_language(FOREIGN["German"], ["en", "de"]) is None
    assert other_language(FOREIGN["German"], ["en", "fr"]) is not None
    assert other_language("How do I repot a cactus?", ["de"]) is not None


def test_an_unknown_writer_and_a_prompt_without_words_get_no_notice() -> None:
    assert other_language(FOREIGN["German"], []) is None
    assert other_language("", ["en"]) is None
    assert other_language("?!", ["en"]) is None
    assert other_language(FOREIGN["German"], ["a-language-that-nobody-knows"]) is not None


@pytest.mark.parametrize(("prompt", "topic"), DANGEROUS.items())
def test_a_dangerous_topic_is_named(prompt: str, topic: str) -> None:
    sentence = hazard(prompt)
    assert sentence is not None
    assert topic in sentence


def test_every_word_of_the_list_is_found_in_a_prompt() -> None:
    for topic, words in HAZARDS.items():
        for word in words.split():
            assert topic in (hazard(f"What about the {word}?") or ""), word
