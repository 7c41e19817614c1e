"""Lower bounds: Wilson's on independent instances, cautious where runs fail together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.assessment.intervals import lower_bound, needed, wilson_low


def alone(passed: int, failed: int = 0) -> tuple[list[int], list[int]]:
    """Return runs of one instance each."""
    return [1] * (passed + failed), [0] * passed + [1] * failed


@pytest.mark.parametrize(("fewest", "target"), [(35, 0.90), (381, 0.99)])
def test_the_fewest_instances_that_show_a_target(fewest: int, target: float) -> None:
    """35 of 35 is the least that shows 0.90, and 381 of 381 the least that shows 0.99."""
    bounds = [lower_bound(*alone(n)).low for n in (fewest - 1, fewest)]
    assert [low is not None and low >= target for low in bounds] == [False, True]


def test_wilson_s_bound_is_the_published_one() -> None:
    """The textbook example of 81 of 263 (Newcombe 1998): 0.2553."""
    assert wilson_low(81 / 263, 263) == pytest.approx(0.2553, abs=5e-5)
    low = lower_bound(*alone(81, 182)).low
    assert low == pytest.approx(0.2553, abs=5e-5)


def test_no_instance_has_no_bound_and_a_single_run_shows_nothing() -> None:
    assert lower_bound([], []).low is None
    assert lower_bound([0, 0], [0, 0]).low is None
    assert lower_bound([500], [0]).low == 0.0


def test_the_effective_number_of_ten_long_runs_without_a_failure() -> None:
    """30 × 10 instances count as 300 · (t[299]/t[9])² = 227."""
    bound = lower_bound([30] * 10, [0] * 10)
    assert bound.low == pytest.approx(wilson_low(1.0, 300 * (1.96793 / 2.26216) ** 2), abs=1e-6)


def test_failures_that_come_together_show_less_than_failures_apart() -> None:
    together = lower_bound([10] * 20, [6] + [0] * 19)
    apart = lower_bound([10] * 20, [1] * 6 + [0] * 14)
    assert together.low is not None
    assert apart.low is not None
    assert together.low < apart.low - 0.03
    assert together.deff == pytest.approx((20 * 36 - 36) / 19 / (6 * 194 / 199))
    assert apart.deff == 1.0


def test_more_failures_elsewhere_do_not_excuse_a_bad_run() -> None:
    """Nine failures in other runs would make the bad one look less strange, and raise 0.892."""
    bad = lower_bound([30] * 10, [5] + [0] * 9)
    worse = lower_bound([30] * 10, [5] + [1] * 9)
    assert bad.low is not None
    assert 0.88 < bad.low < 0.90
    assert worse.low is not None
    assert worse.low <= bad.low


RUNS = st.lists(
    st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    min_size=1,
    max_size=12,
)


def low_of(runs: list[tuple[int, int]]) -> float:
    low = lower_bound([n for n, _ in runs], [f for _, f in runs]).low
    assert low is not None
    return low


@given(RUNS, st.data())
def test_a_further_failure_never_raises_the_bound(
    runs: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Whichever instance fails instead of passing, in runs of whatever lengths."""
    place = data.draw(st.integers(0, len(runs) - 1))
    n, failed = runs[place]
    worse = [*runs]
    worse[place] = (n, min(n, failed + 1))
    assert low_of(worse) <= low_of(runs) + 1e-12


@given(RUNS, st.data())
def test_a_further_pass_in_a_run_never_lowers_the_bound(
    runs: list[tuple[int, int]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(runs) - 1))
    n, failed = runs[place]
    better = [*runs]
    better[place] = (n + 1, failed)
    assert low_of(better) >= low_of(runs) - 1e-12


@given(RUNS)
def test_the_bound_is_a_share_below_what_was_seen_and_knows_no_order(
    runs: list[tuple[int, int]],
) -> None:
    share = 1 - sum(f for _, f in runs) / sum(n for n, _ in runs)
    assert 0.0 <= low_of(runs) <= share
    assert low_of(runs[::-1]) == low_of(runs)
    assert low_of(runs) <= wilson_low(share, sum(n for n, _ in runs)) + 1e-12


@pytest.mark.parametrize(
    ("sizes", "failures", "target", "more"),
    [
        ([], [], 0.90, 35),
        ([], [], 0.99, 381),
        ([1] * 30, [0] * 30, 0.90, 5),
        ([1] * 35, [0] * 35, 0.90, 0),
        ([1] * 100, [1] * 10 + [0] * 90, 0.90, None),
    ],
)
def test_how_many_instances_are_still_needed(
    sizes: list[int], failures: list[int], target: float, more: int | None
) -> None:
    assert needed(lower_bound(sizes, failures), target) == more


def test_what_is_said_to_be_needed_is_enough_and_no_more() -> None:
    """19 of 20 in short runs: with so many more of the same kind the target is reached."""
    sizes, failures = [2] * 20, [1, 1] + [0] * 18
    more = needed(lower_bound(sizes, failures), 0.90)
    assert more is not None
    assert more > 0
    times = (40 + more) / 40
    effective = 40 * times
    assert wilson_low(0.95, effective) >= 0.90
    assert wilson_low(0.95, effective - 3) < 0.90
