"""What an author is told before an export."""

from dataclasses import replace

import pytest

from app.exporting.preflight import Finding, preflight
from app.tutorial.model import Picture, Step, Tutorial

GOOD = Picture("p", "a pot", "A pot", alt_confirmed=True, takes=("t",), chosen="t")


def found(step: Step, recipe: dict[str, str] | None = None) -> list[tuple[str, str]]:
    tutorial = Tutorial("t", steps=(Step("a", "First"), step))
    findings = preflight(tutorial, {"t": recipe or {}})
    assert all((finding.step, finding.number) == (step.id, 2) for finding in findings)
    return [(finding.kind, finding.picture) for finding in findings]


@pytest.mark.parametrize(
    ("step", "kinds"),
    [
        (Step("s", "Mix"), []),
        (Step("s", "", "Mix it."), []),
        (Step("s"), [("empty_step", "")]),
        (Step("s", " ", "\n"), [("empty_step", "")]),
        (Step("s", pictures=(Picture("p", not_needed=True),)), [("empty_step", "")]),
        (Step("s", "Mix", pictures=(Picture("p", not_needed=True),)), []),
        (Step("s", "Mix", pictures=(GOOD,)), []),
        (Step("s", "Mix", draft=True), [("rough_draft", "")]),
        (Step("s", "Mix", pictures=(Picture("p"),)), [("no_picture", "p")]),
        (
            Step("s", "Mix", pictures=(replace(GOOD, alt_confirmed=False),)),
            [("alt_unconfirmed", "p")],
        ),
        (Step("s", "Mix", pictures=(replace(GOOD, alt_text=" "),)), [("alt_unconfirmed", "p")]),
        (
            Step("s", "Mix", draft=True, pictures=(Picture("q"), replace(GOOD, alt_text=""))),
            [("rough_draft", ""), ("no_picture", "q"), ("alt_unconfirmed", "p")],
        ),
    ],
)
def test_findings_of_a_step(step: Step, kinds: list[tuple[str, str]]) -> None:
    assert found(step) == kinds


def test_findings_come_in_reading_order() -> None:
    steps = (Step("a"), Step("b", "Mix", draft=True), Step("c", "Bake", pictures=(Picture("p"),)))
    assert preflight(Tutorial("t", steps=steps), {}) == (
        Finding("empty_step", "a", "", 1),
        Finding("rough_draft", "b", "", 2),
        Finding("no_picture", "c", "p", 3),
    )


def test_a_stale_picture_is_found() -> None:
    step = Step("s", "Mix", "Stir.", pictures=(GOOD,))
    recipe = {"heading": "Mix", "body": "Stir.", "description": "a pot"}
    assert found(step, recipe) == []
    assert found(replace(step, body="Bake."), recipe) == [("stale", "p")]
    unconfirmed = replace(GOOD, alt_confirmed=False)
    both = replace(step, body="Bake.", pictures=(unconfirmed,))
    assert found(both, recipe) == [("stale", "p"), ("alt_unconfirmed", "p")]
    hidden = replace(step, body="Bake.", pictures=(replace(GOOD, not_needed=True),))
    assert found(hidden, recipe) == []
