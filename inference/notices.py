"""Honest notices on a prompt: a language the writer was not made for, a topic that can hurt."""

import math
import re
from collections.abc import Sequence

from inference.lexicon import CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS, VERBS
from inference.phrases import base_form, normalise

# Topic -> the words that tell it. A wrong step there can injure.
HAZARDS = {
    "electricity": "electric electrical electricity wiring wire rewire socket outlet fuse breaker "
    "mains voltage circuit switchboard microwave",
    "gas": "gas propane butane boiler",
    "medicine": "medicine medication dose dosage pill drug antibiotic insulin injection inject "
    "ibuprofen paracetamol aspirin painkiller suture cpr seizure poison overdose symptom diagnose "
    "fever infection wound bleeding",
    "chemicals": "chemical bleach acid ammonia lye solvent acetone pesticide herbicide chlorine "
    "peroxide drano caustic turpentine",
}
FEW = 3  # words
SURE = 13.0  # nats; short English prompts are up to 12.5 from English, other languages 14 and more
ENGLISH = DETERMINERS | PREPOSITIONS | CONJUNCTIONS | PRONOUNS | VERBS | {"how", "do", "to"}


def hazard(prompt: str) -> str | None:
    """Return the sentence for a prompt on a topic where a wrong step can injure, or None."""
    words = normalise(prompt).split()
    asked = {*words, *map(base_form, words)}
    for topic, telling in HAZARDS.items():
        if asked & set(telling.split()):
            return (
                f"This is about {topic}: a small model's steps can be dangerously wrong. "
                "Check every step with somebody qualified before you follow it."
            )
    return None


def other_language(prompt: str, languages: Sequence[str]) -> str | None:
    """Return the sentence for a prompt in a language that is not listed, or None.

    An empty list means that the writer's languages are unknown. Short prompts are hard to tell:
    a prompt with a fair share of English words counts as English, and so does the bare name of a
    thing in Latin letters, such as "sushi" or "Spaghetti carbonara".
    """
    if not languages or not re.search(r"\w", prompt):
        return None
    words = normalise(prompt).split()
    if "en" in languages and 3 * sum(base_form(word) in ENGLISH for word in words) >= len(words):
        return None
    if "en" in languages and len(words) < FEW and max(prompt) < "\u0250":
        return None
    # Loaded here: the model of languages takes 0.1 s that English prompts do not need.
    import py3langid

    likelihood = dict(py3langid.rank(prompt))
    listed = max(likelihood.get(language, -math.inf) for language in languages)
    if max(likelihood.values()) < listed + SURE:
        return None
    return (
        f"This prompt does not look like {' or '.join(map(_name, languages))}, the only language "
        "that this pack's writer was checked in: expect mistakes."
    )


def _name(language: str) -> str:
    return {"en": "English"}.get(language, language)
