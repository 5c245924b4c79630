import pytest

from assets.corpus import Example, corpus
from inference.writer.examples import nearest, same_topic


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return corpus()


def test_every_example_is_the_nearest_to_its_own_title(examples: list[Example]) -> None:
    for example in examples:
        for prompt in (example.title, f"How do I {example.title.lower()}?"):
            assert nearest(prompt, (), examples) is example
            assert same_topic(prompt, example)


def test_no_example_answers_for_another(examples: list[Example]) -> None:
    for prompt in (example.title for example in examples):
        assert [known.title for known in examples if same_topic(prompt, known)] == [prompt]


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "???",
        "How do I",
        "Teach me to juggle",
        "How do I apply for a passport?",
        "Pot",
        "Clean",
        "Fix it",
        "\x00\ud800🫖",
        "how " * 2000,
    ],
)
def test_other_topics_are_no_examples(examples: list[Example], prompt: str) -> None:
    assert nearest(prompt, (), examples) in examples
    assert not any(same_topic(prompt, example) for example in examples)


def test_words_of_the_plan_count_too(examples: list[Example]) -> None:
    for example in examples:
        plan = [step.title for step in example.steps]
        assert nearest("", plan, examples) is example
