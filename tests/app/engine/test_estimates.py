"""Estimates: a guess says so, a measurement is this machine's own."""

from desk import Memory

from app.engine.estimates import GUESSES, KEPT, Timings, pictures_of


def test_without_a_measurement_it_is_a_guess() -> None:
    estimate = Timings(Memory()).estimate("starter", 5, 4)
    assert not estimate.measured
    assert estimate.pictures == 4
    assert estimate.seconds == 5 * GUESSES["starter"] + 4 * GUESSES["picture"]


def test_it_is_measured_only_when_all_that_counts_was_measured() -> None:
    timings = Timings(Memory())
    timings.note("starter", 2.0)
    assert not timings.estimate("starter", 5, 4).measured
    assert timings.estimate("starter", 5, 0).measured
    timings.note("picture", 0.5)
    estimate = timings.estimate("starter", 5, 4)
    assert estimate.measured
    assert estimate.seconds == 5 * 2.0 + 4 * 0.5


def test_it_is_the_median_of_the_newest_and_each_pack_has_its_own() -> None:
    memory = Memory()
    timings = Timings(memory)
    for seconds in [90.0] * KEPT + [1.0, 2.0, 9.0] * KEPT:
        timings.note("laptop", seconds)
    assert timings.estimate("laptop", 1, 0).seconds == 2.0
    assert all(len(kept) == KEPT for kept in memory.values())
    assert not timings.estimate("starter", 1, 0).measured


def test_the_best_pack_is_measured_under_a_name_of_its_own() -> None:
    memory = Memory()
    timings = Timings(memory)
    timings.note("", 3.0)
    assert timings.estimate("", 1, 0).seconds == 3.0
    assert all(not name.endswith("/") for name in memory)


def test_odd_values_are_passed_over() -> None:
    odd = [None, "x", -1.0, 0, {}, 4.0]
    timings = Timings(Memory({"seconds/picture": odd}))  # type: ignore[dict-item]
    assert timings.estimate("starter", 0, 2).seconds == 8.0


def test_seven_pictures_for_ten_steps() -> None:
    assert (pictures_of(10), pictures_of(1), pictures_of(None)) == (7, 1, 4)
