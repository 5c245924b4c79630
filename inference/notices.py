"""Honest notices on a prompt: a language the writer was not made for, a topic that can hurt."""

import re
from collections.abc import Sequence

from inference.lexicon import CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS, VERBS
from inference.phrases import base_form, normalise

# Topic -> base forms of the words that tell it. A wrong step there can injure.
HAZARDS = {
    "electricity": "electric electrical electricity wiring wire rewire socket outlet fuse breaker "
    "mains voltage circuit switchboard",
    "gas": "gas propane butane boiler",
    "medicine": "medicine medication dose dosage pill drug antibiotic insulin injection inject "
    "wound stitch cpr seizure poison overdose symptom diagnose fever infection",
    "chemicals": "chemical bleach acid ammonia lye solvent acetone pesticide herbicide chlorine "
    "peroxide drano caustic turpentine",
}
ENGLISH = DETERMINERS | PREPOSITIONS | CONJUNCTIONS | PRONOUNS | VERBS | {"how", "do", "to"}


def hazard(prompt: str) -> str | None:
    """Return the sentence for a prompt on a topic where a wrong step can injure, or None."""
    asked = {base_form(word) for word in normalise(prompt).split()}
    for topic, words in HAZARDS.items():
        if asked & set(words.split()):
            return (
                f"This is about {topic}: a small model's steps can be dangerously wrong. "
                "Check every step with somebody qualified before you follow it."
            )
    return None


def other_language(prompt: str, languages: Sequence[str]) -> str | None:
    """Return the sentence for a prompt in a language that is not listed, or None.

    An empty list means that the writer's languages are unknown. Short prompts are hard to tell:
    a prompt with a fair share of English words counts as English.
    """
    if not languages or not re.search(r"\w", prompt):
        return None
    words = normalise(prompt).split()
    if "en" in languages and 3 * sum(base_form(word) in ENGLISH for word in words) >= len(words):
        return None
    # Loaded here: the model of languages takes 0.1 s that English prompts do not need.
    import py3langid

    language, _ = py3langid.classify(prompt)
    if language in languages:
        return None
    return (
        f"This prompt does not look like {' or '.join(map(_name, languages))}, the only language "
        "that this pack's writer was checked in: expect mistakes."
    )


def _name(language: str) -> str:
    return {"en": "English"}.get(language, language)
