"""A proposal: what it shows, what can be ticked, and what accepting and leaving do."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.engine.jobs import Changing, Continuing, Painting
from app.tutorial import edits
from app.window.proposal import Proposal
from app.window.proposed_step import ProposedStep
from app.window.workplace import Workplace

Propose = Callable[..., Proposal]


@pytest.fixture
def propose(workplace: Workplace, qtbot: QtBot) -> Propose:
    """Return a function that shows the proposal of a job and queues it, as the view does."""

    def make(job: Changing) -> Proposal:
        proposal = Proposal(workplace, job)
        qtbot.addWidget(proposal)
        proposal.resize(900, 700)
        proposal.show()
        workplace.runs.add(job)
        return proposal

    return make


def ended(workplace: Workplace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: workplace.runs.current is None and not workplace.runs.waiting)


def plain(card: ProposedStep) -> str:
    """Return a card's texts; gone words in [-…-], new ones in {+…+}."""
    text = "\n".join(label.text() for label in card.findChildren(QLabel))
    text = re.sub(r'<span style="[^"]*line-through;">(.*?)</span>', r"[-\1-]", text)
    text = re.sub(r'<span style="[^"]*underline;">(.*?)</span>', r"{+\1+}", text)
    return unescape(re.sub(r"<[^>]+>", "", text))


def test_each_step_gets_a_card_and_nothing_changes(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    before = workplace.opened.tutorial
    said: list[str] = []
    workplace.announcer.announced.connect(said.append)
    proposal = propose(Changing(1, "shorter"))
    statuses: list[str] = []
    workplace.runs.text_streamed.connect(lambda _: statuses.append(proposal.status.text()))
    ended(workplace, qtbot)
    assert [card.step.id for card in proposal.cards] == ["s1", "s2", "s3"]
    assert "Rewriting step 2 of 3…" in statuses
    assert "{+ shorter+}" in plain(proposal.cards[2])
    assert workplace.opened.tutorial is before
    assert said[0] == "Step 1, Pick a pot: new words"
    assert len(said) == 4


def test_what_is_ticked_is_accepted_as_one_undo_entry(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    before = workplace.opened.tutorial
    proposal = propose(Changing(1, "shorter"))
    ended(workplace, qtbot)
    assert proposal.accept.text() == "Accept ticked (3)"
    qtbot.keyClick(proposal.cards[1].box, Qt.Key.Key_Space)
    assert proposal.accept.text() == "Accept ticked (2)"
    with qtbot.waitSignal(proposal.closed):
        proposal.accept.click()
    bodies = [step.body.endswith("shorter") for step in workplace.opened.tutorial.steps]
    assert bodies == [True, False, True]
    assert workplace.opened.tutorial.steps[0].draft
    workplace.opened.undo()
    assert workplace.opened.tutorial == before


def test_nothing_can_be_accepted_before_all_is_there(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    proposal = propose(Changing(1, "shorter"))
    accept: list[bool] = []
    workplace.runs.step_proposed.connect(lambda _: accept.append(proposal.accept.isEnabled()))
    ended(workplace, qtbot)
    assert accept == [False, False, False]
    assert proposal.accept.isEnabled()


def test_a_step_changed_meanwhile_is_unticked_and_stays(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    proposal = propose(Changing(1, "shorter"))
    opened = workplace.opened
    opened.edit(edits.set_step(opened.tutorial, "s1", "body", "Mine."))
    ended(workplace, qtbot)
    opened.edit(edits.set_step(opened.tutorial, "s2", "title", "Mine too"))
    assert [card.is_ticked for card in proposal.cards] == [False, False, True]
    assert [card.can_tick for card in proposal.cards] == [False, False, True]
    assert proposal.cards[0].state.text() == "Changed meanwhile"
    proposal.tick_all.click()
    proposal.accept.click()
    steps = opened.tutorial.steps
    assert (steps[0].body, steps[1].title) == ("Mine.", "Mine too")
    assert steps[2].body.endswith("shorter")


def test_a_change_taken_back_can_be_ticked_again(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    proposal = propose(Changing(1, "shorter", "s1"))
    ended(workplace, qtbot)
    opened = workplace.opened
    opened.edit(edits.set_step(opened.tutorial, "s1", "body", "Mine."))
    assert not proposal.tick_all.isEnabled()
    opened.undo()
    assert proposal.cards[0].state.text() == ""
    assert proposal.accept.text() == "Accept ticked (0)"
    proposal.tick_all.click()
    assert proposal.accept.text() == "Accept ticked (1)"


def test_the_same_words_are_slim_and_unticked(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    opened = workplace.opened
    opened.edit(edits.set_step(opened.tutorial, "s1", "body", "Choose a <b>pot</b>. & more"))
    job = Changing(1, "shorter", "s1")
    proposal = propose(job)
    ended(workplace, qtbot)
    (changed,) = proposal.cards
    proposed = changed.proposed
    same = ProposedStep(changed.step, proposed, 1, workplace.theme)
    assert same.can_tick
    assert "Choose a <b>pot</b>. & more{+ shorter+}" in plain(same)
    kept = type(proposed)("r", "s1", changed.step.title, changed.step.body, "", "", True)
    slim = ProposedStep(changed.step, kept, 1, workplace.theme)
    assert not slim.can_tick
    assert not slim.is_ticked
    assert slim.state.text() == "The same as before"
    assert slim.sizeHint().height() < same.sizeHint().height()


def test_it_can_be_read_without_colour_and_by_ear(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    proposal = propose(Changing(1, "gently", "s3"))
    ended(workplace, qtbot)
    (card,) = proposal.cards
    names = [label.accessibleName() for label in card.findChildren(QLabel)]
    words = "Before: Let the roots heal, then water. After: Let the roots heal, then water. gently"
    assert any(words in name for name in names)
    assert card.box.accessibleName() == "Accept Step 3, Water after a week"


def test_escape_ends_its_job_and_leaves_the_others(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    job = Changing(1, "slow")
    proposal = propose(job)
    other = Painting(2, "s2", "p2")
    workplace.runs.add(other)
    states: list[tuple[object, str]] = []
    workplace.runs.job_ended.connect(lambda end: states.append((end.job, end.state)))
    with qtbot.waitSignal(proposal.closed):
        qtbot.keyClick(proposal, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(states) == 2)
    assert states == [(job, "stopped"), (other, "done")]


def test_discarded_while_it_waits_it_never_runs(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    first = Continuing(3, "slow")
    workplace.runs.add(first)
    proposal = propose(Changing(1, "shorter"))
    assert proposal.status.text() == "This waits for what runs now."
    proposal.discard.click()
    assert workplace.runs.waiting == ()
    assert workplace.runs.current is first
    workplace.runs.stop()
    ended(workplace, qtbot)
    assert proposal.cards == []


def test_a_failure_is_told_in_its_place(
    workplace: Workplace, propose: Propose, qtbot: QtBot
) -> None:
    proposal = propose(Changing(1, "out of memory"))
    ended(workplace, qtbot)
    assert proposal.status.text() == "There is not enough memory. Close programs."
    assert not proposal.accept.isEnabled()
