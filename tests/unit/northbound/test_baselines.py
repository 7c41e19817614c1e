"""Baselines come to the same bits whichever way they are reckoned."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base import pool
from adn.northbound.baselines import Baselines
from adn.northbound.telemetry import KPIS, kpis_of

KEPT = (
    *("mean", "variance", "cusum", "samples", "ticks", "total", "lost", "peak"),
    *("before", "spread", "z", "gaps", "silent"),
)
TABLES = ("service", "direction", "element")


def samples(table: str, rows: int, seed: int, ticks: int, share: float) -> list[np.ndarray]:
    """Return noise of the size of the floors, with a level shift for a while, and gaps."""
    known = [row for row in KPIS if row.table == table]
    series = np.arange(len(known) * rows, dtype=np.uint32)
    runs = pool.Runs(seed, series, pool.wandering(0.5, 5.0))
    gaps = pool.Gaps(seed + 1, series, share)
    floor = np.array([[row.floor] for row in known], np.float32)
    found = []
    for tick in range(ticks):
        values = np.empty((len(known), rows), np.float32)
        runs.take(tick, values.reshape(-1))
        values = 5 * floor + values * floor
        if ticks // 2 < tick < ticks * 3 // 4:
            values[:, ::7] += 30 * floor
        values.reshape(-1)[gaps.at(tick)] = np.nan
        found.append(values)
    return found


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
@settings(max_examples=12, deadline=None)
@given(
    table=st.sampled_from(TABLES),
    rows=st.integers(1, 40),
    seed=st.integers(0, 1000),
    share=st.sampled_from([0.0, 0.002, 0.3]),
    interval=st.sampled_from([None, 60_000]),
)
def test_compiled_and_by_numpy_are_equal_to_the_bit(
    table: str, rows: int, seed: int, share: float, interval: int | None
) -> None:
    known = [row for row in KPIS if row.table == table]
    both = []
    for _ in range(2):
        one = Baselines(known, rows, interval)
        one.watch([8.0] * len(known), [16.0] * len(known))
        both.append(one)
    departed = 0
    for tick, values in enumerate(samples(table, rows, seed, 300, share)):
        said = []
        for one, way in zip(both, ("numpy", "numba"), strict=True):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("ADN_KERNELS", way)
                said.append(one.learn(values, learning=tick < 40))
        assert said[0] == said[1], tick
        departed += said[0]
        for name in KEPT:
            one, other = getattr(both[0], name), getattr(both[1], name)
            np.testing.assert_array_equal(one, other, err_msg=f"{name} at {tick}")
        if tick == 200:
            for one in both:
                one.begin()
    assert departed


@pytest.mark.parametrize("way", ["numpy", "numba"])
@settings(max_examples=8, deadline=None)
@given(
    table=st.sampled_from(TABLES),
    rows=st.sampled_from([3, 40, 600]),
    seed=st.integers(0, 1000),
    share=st.sampled_from([0.0, 0.002, 0.3]),
    steps=st.lists(st.integers(1, 40), min_size=8, max_size=30),
)
def test_many_ticks_at_once_are_one_after_the_other(
    way: str, table: str, rows: int, seed: int, share: float, steps: list[int]
) -> None:
    """Up to the first that tells anything, and back to before and less far on."""
    if way == "numba" and find_spec("numba") is None:
        pytest.skip("numba is not installed")
    known = [row for row in KPIS if row.table == table]
    one, many = Baselines(known, rows), Baselines(known, rows)
    for each in (one, many):
        each.watch([8.0] * len(known), [16.0] * len(known))
    all_values = np.array(samples(table, rows, seed, 250, share))
    tick = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADN_KERNELS", way)
        for step in steps:
            ahead = all_values[tick : tick + step]
            if not len(ahead):
                break
            count, departed = many.learn_on(ahead, learning=False)
            if step % 3 == 0 and count > 1:
                many.back()
                assert many.learn_on(ahead[: count - 1], learning=False) == (count - 1, False)
                count, departed = count - 1, False
            for place in range(count):
                said = one.learn(all_values[tick + place], learning=False)
                assert said == (departed and place == count - 1)
                assert not one.silent or place == count - 1
            tick += count
            for name in (*KEPT, "frames"):
                np.testing.assert_array_equal(getattr(one, name), getattr(many, name), name)


def test_adding_rows_changes_nothing_for_those_there_were() -> None:
    known = list(kpis_of("service", 10_000))
    few, many = Baselines(known, 10), Baselines(known, 25)
    for values in samples("service", 25, 4, 200, 0.01):
        few.learn(values[:, :10], learning=False)
        many.learn(values, learning=False)
    np.testing.assert_array_equal(few.mean, many.mean[:, :10])
    np.testing.assert_array_equal(few.variance, many.variance[:, :10])


def test_a_falling_level_is_followed_as_fast_where_samples_are_rarer() -> None:
    """A loss of a sixth in an hour is a daily profile and no departure, at either interval."""
    known = list(kpis_of("service", 10_000))
    line = [row.name for row in known].index("rate")
    for interval, ticks in ((10_000, 360), (60_000, 60)):
        one = Baselines(known, 200, interval)
        runs = pool.Runs(5, np.arange(200, dtype=np.uint32), pool.wandering(0.5, 5.0))
        level, error = np.zeros((3, 200), np.float32), np.zeros(200, np.float32)
        for tick in range(200 + ticks):
            runs.take(tick, error)
            level[line] = 1e9 * (1.0 - max(0, tick - 200) / ticks / 6.0) * (1.0 + 0.03 * error)
            one.learn(level, learning=False)
        behind = 1.0 - 1e9 * (5.0 / 6.0) / float(one.mean[line].mean())
        assert 0.0 < behind < 0.03, interval
