"""Noise by the stretch is a function of key, series and tick, and is what it says it is."""

from __future__ import annotations

import numpy as np
import pytest

from adn.base import noise, pool

SERIES = noise.bits(1, np.arange(3000, dtype=np.uint32), 0)


def taken(key: int, series: np.ndarray, ticks: list[int]) -> np.ndarray:
    runs = pool.Runs(key, series, pool.wandering(0.5, 5.0))
    found = np.empty((len(ticks), len(series)), np.float32)
    for row, tick in zip(found, ticks, strict=True):
        runs.take(tick, row)
    return found


def test_what_was_taken_before_changes_nothing() -> None:
    there, back = taken(3, SERIES, [0, 63, 64, 500]), taken(3, SERIES, [500, 64, 63, 0])
    np.testing.assert_array_equal(there, back[::-1])


def test_other_series_change_nothing() -> None:
    np.testing.assert_array_equal(taken(3, SERIES, [70])[:, 10:20], taken(3, SERIES[10:20], [70]))


def test_another_key_gives_other_noise() -> None:
    assert (taken(3, SERIES, [5]) == taken(4, SERIES, [5])).mean() < 0.01


def test_every_quantile_serves_once() -> None:
    white = pool.wandering(0.0, np.inf)[: pool.SIZE]
    np.testing.assert_array_equal(np.sort(white), noise.quantiles(np.inf))


@pytest.mark.parametrize("memory", [0.0, 0.5])
def test_a_pool_has_unit_variance_and_the_stated_memory(memory: float) -> None:
    whole = pool.wandering(memory, 5.0)
    assert whole.mean() == pytest.approx(0.0, abs=0.002)
    assert whole.std() == pytest.approx(1.0, rel=0.005)
    for lag in range(1, 12):
        found = float(np.mean(whole[lag:] * whole[:-lag])) / float(whole.var())
        assert found == pytest.approx(memory**lag, abs=0.005), lag
    np.testing.assert_array_equal(whole[: pool.RUN], whole[pool.SIZE :])


def test_series_are_as_good_as_independent() -> None:
    found = taken(9, SERIES[:200], list(range(2000)))
    apart = np.corrcoef(found.T) - np.eye(200)
    assert np.abs(apart).max() < 0.15
    assert abs(apart.mean()) < 0.001


def test_gaps_come_in_the_stated_share_whatever_was_asked_before() -> None:
    gaps, again = (pool.Gaps(5, SERIES, 0.02) for _ in range(2))
    there = [gaps.at(tick) for tick in range(200)]
    back = [again.at(tick) for tick in reversed(range(200))]
    for one, other in zip(there, reversed(back), strict=True):
        np.testing.assert_array_equal(one, other)
        assert (np.diff(one) > 0).all()
    assert sum(map(len, there)) / (200 * len(SERIES)) == pytest.approx(0.02, rel=0.03)
    assert len(pool.Gaps(5, SERIES, 0.0).at(7)) == 0


def test_students_quantiles_are_those_of_the_general_way() -> None:
    from scipy import special

    some = np.arange(0, 1 << 19, 977)
    exact = special.stdtrit(5.0, (some + 0.5) / (1 << 20)) / np.sqrt(5 / 3)
    np.testing.assert_allclose(noise.quantiles(5.0)[some], exact, rtol=2e-7)
