"""Intervals: Student's where evenings have one value each, wider where faults go together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adn.bench.intervals import clustered_mean, share_of
from adn.reference.summary import mean_of

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@given(VALUES)
def test_with_one_value_an_evening_it_is_students_interval(values: list[float]) -> None:
    ours, usual = clustered_mean(enumerate(values)), mean_of(values)
    assert ours is not None
    assert ours.half is not None
    assert usual.half is not None
    assert abs(ours.value - usual.value) <= 1e-6 * max(1.0, abs(usual.value))
    assert abs(ours.half - usual.half) <= 1e-6 * max(1.0, usual.half)


@given(VALUES, st.integers(2, 5))
def test_repeating_every_value_of_an_evening_shows_nothing_more(
    values: list[float], times: int
) -> None:
    once = clustered_mean(enumerate(values))
    again = clustered_mean((n, value) for n, value in enumerate(values) for _ in range(times))
    assert once is not None
    assert again is not None
    assert once.half is not None
    assert again.half is not None
    assert abs(once.half - again.half) <= 1e-6 * max(1.0, once.half)


def test_one_evening_shows_nothing_of_a_share() -> None:
    assert share_of([("a", True)] * 50)["interval"] == [0.0, 1.0]


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=5), min_size=2, max_size=12))
def test_a_share_lies_within_its_interval_and_mirrors_that_of_failures(
    evenings: list[list[bool]],
) -> None:
    good = share_of((n, one) for n, held in enumerate(evenings) for one in held)
    bad = share_of((n, not one) for n, held in enumerate(evenings) for one in held)
    low, high = good["interval"]
    assert 0.0 <= low <= good["share"] <= high <= 1.0
    assert abs(low - (1.0 - bad["interval"][1])) < 2e-6


def test_nothing_has_no_mean_and_no_share() -> None:
    assert clustered_mean([]) is None
    assert share_of([]) == {"count": 0, "of": 0, "share": None, "interval": None}
