"""The collector: its statistics against closed forms, its silence on healthy noise, its gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base import noise
from adn.base.clock import MINUTE, SECOND
from adn.base.streams import Key
from adn.northbound.baselines import FIRST_CANDIDATE, MEAN_SAMPLES
from adn.northbound.collector import Collector
from adn.northbound.post import (
    Candidates,
    RollUp,
    SeriesRequest,
    WatchLimit,
    WatchList,
)
from adn.northbound.telemetry import Roster, TelemetryFrame

KPIS = ("loss", "latency", "rate")
WATCH = WatchList(tuple(WatchLimit("service", name, 8.0, 20.0) for name in KPIS))
TICK = 10 * SECOND


def frame(tick: int, values: np.ndarray, kpis: tuple[str, ...] = KPIS) -> TelemetryFrame:
    return TelemetryFrame(tick * TICK, "service", kpis, np.array(values, dtype=np.float32))


def roster(count: int) -> Roster:
    return Roster("service", tuple(f"s{i:03d}" for i in range(count)))


def collector(count: int, warmup: int = 10 * MINUTE) -> Collector:
    made = Collector([roster(count)], warmup)
    made.watch(WATCH)
    return made


def steady(count: int, tick: int, seed: int = 1) -> np.ndarray:
    """Healthy values with heavy-tailed noise, shape (3, count)."""
    series = np.arange(count, dtype=np.uint32)
    draws = [noise.standard(Key.root(seed).word(name), series, tick, degrees=5.0) for name in KPIS]
    return np.stack(
        [
            np.maximum(0.0, 1e-4 * draws[0]),
            20.0 * (1.0 + 0.01 * draws[1]),
            1e9 * (1.0 + 0.03 * draws[2]),
        ]
    ).astype(np.float32)


def fed(made: Collector, frames: list[TelemetryFrame]) -> list[object]:
    return [seen for one in frames for seen in made.ingest(one, one.measured_at + 2 * SECOND)]


def candidates(seen: list[object]) -> list[Candidates]:
    return [item for item in seen if isinstance(item, Candidates)]


def test_the_mean_is_the_average_until_the_slow_gain_and_exponential_after() -> None:
    """With gain 1/n the mean is the arithmetic mean; from MEAN_SAMPLES on it is Roberts' EWMA."""
    values = [20.0 + 0.01 * (i % 7) for i in range(60)]
    made = Collector([roster(1)], 0)
    expected = 0.0
    for i, value in enumerate(values, start=1):
        made.ingest(frame(i, np.array([[value]]), ("latency",)), i * TICK)
        expected += (value - expected) / min(i, MEAN_SAMPLES)
        if i <= MEAN_SAMPLES:
            assert expected == pytest.approx(np.mean(values[:i]))
    # The baseline shows in the candidate that a jump makes.
    made.watch(WATCH)
    (jump,) = candidates(made.ingest(frame(61, np.array([[40.0]]), ("latency",)), 61 * TICK))
    assert jump.rows[0].mean == pytest.approx(expected, rel=1e-6)
    assert jump.rows[0].spread == pytest.approx(0.2)
    assert jump.rows[0].z == pytest.approx((40.0 - expected) / 0.2, rel=1e-5)


def test_the_cumulative_sum_is_page_s() -> None:
    """It adds z less the drift, tick by tick, and tells once the sum is at its limit."""
    made = collector(1, warmup=0)
    fed(made, [frame(i, np.array([[20.0]]), ("latency",)) for i in range(1, 200)])
    total, mean, expected = 0.0, 20.0, 0
    while total < 20.0:
        expected += 1
        total += (20.62 - mean) / 0.2 - 1.0
        mean += (20.62 - mean) / MEAN_SAMPLES
    found = []
    for i in range(1, 30):
        values = np.array([[20.62]])
        for seen in candidates(made.ingest(frame(199 + i, values, ("latency",)), (199 + i) * TICK)):
            found += [(i, row.cusum, row.ticks) for row in seen.rows]
    assert found[0] == (expected, pytest.approx(total, rel=1e-4), 1)


def test_a_loss_of_two_per_cent_is_a_candidate_at_the_next_tick() -> None:
    made = collector(20)
    fed(made, [frame(i, steady(20, i)) for i in range(1, 121)])
    values = steady(20, 121)
    values[0, 3] = 0.02
    (seen,) = candidates(made.ingest(frame(121, values), 121 * TICK))
    (row,) = [row for row in seen.rows if row.kpi == "loss"]
    assert (row.object, row.ticks) == ("s003", 1)
    assert row.z > 50


def test_a_whole_day_of_heavy_tailed_autocorrelated_noise_gives_hardly_any_candidates() -> None:
    """Under one candidate in 10,000 samples, with an evening peak in the traffic."""
    count, ticks, memory = 40, 8640, 0.5
    made = collector(count)
    state = np.zeros((3, count), dtype=np.float32)
    series = np.arange(3 * count, dtype=np.uint32)
    word = Key.root(4).word("day")
    rows = lasting = 0
    for tick in range(1, ticks + 1):
        fresh = noise.standard(word, series, tick, degrees=5.0).reshape(3, count)
        state = memory * state + np.float32(np.sqrt(1 - memory**2)) * fresh
        day = 0.7 + 0.3 * np.sin(2 * np.pi * tick / 8640)
        values = np.stack(
            [
                np.maximum(0.0, 1e-4 * state[0]),
                20.0 * (1 + 0.01 * state[1]),
                1e9 * day * (1 + 0.03 * state[2]),
            ]
        )
        for seen in candidates(made.ingest(frame(tick, values), tick * TICK)):
            rows += len(seen.rows)
            lasting += sum(row.ticks >= 3 and row.z >= 8 for row in seen.rows)
    assert rows < 3 * count * ticks / 10_000
    assert lasting == 0


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(12)), st.integers(1, 11))
def test_row_order_and_grouping_of_rows_change_nothing(order: list[int], cut: int) -> None:
    """Every series' statistics are its own: permuted or split tables give equal candidates."""

    def run(blocks: list[list[int]]) -> set[tuple[object, ...]]:
        found = set()
        for rows in blocks:
            made = Collector([Roster("service", tuple(f"s{r}" for r in rows))], 5 * MINUTE)
            made.watch(WATCH)
            for tick in range(1, 60):
                values = steady(12, tick)
                if tick > 50:
                    values[0, 4] += 0.02
                    values[1, 7] *= 1.5
                for seen in candidates(made.ingest(frame(tick, values[:, rows]), tick * TICK)):
                    found |= {(seen.measured_at, row) for row in seen.rows}
        return found

    plain = run([list(range(12))])
    assert plain
    assert run([order]) == plain
    assert run([order[:cut], order[cut:]]) == plain


def test_a_fault_does_not_become_the_baseline() -> None:
    """After half an hour of loss its z is as large as at first."""
    made = collector(5)
    fed(made, [frame(i, steady(5, i)) for i in range(1, 121)])
    sizes = []
    for tick in range(121, 301):
        values = steady(5, tick)
        values[0, 0] = 0.02
        for seen in candidates(made.ingest(frame(tick, values), tick * TICK)):
            sizes += [row.z for row in seen.rows if row.kpi == "loss"]
    assert len(sizes) == 180
    assert min(sizes) == pytest.approx(max(sizes))


def test_the_end_of_all_candidates_is_told_once() -> None:
    made = collector(3)
    fed(made, [frame(i, steady(3, i)) for i in range(1, 61)])
    values = steady(3, 61)
    values[0, 1] = 0.3
    assert candidates(made.ingest(frame(61, values), 61 * TICK))
    (end,) = candidates(made.ingest(frame(62, steady(3, 62)), 62 * TICK))
    assert end.rows == ()
    assert made.ingest(frame(63, steady(3, 63)), 63 * TICK) == []


def test_gaps_hold_the_count_and_two_silent_frames_are_reported() -> None:
    made = collector(3)
    fed(made, [frame(i, steady(3, i)) for i in range(1, 61)])
    bad = steady(3, 61)
    bad[0, 1] = 0.3
    made.ingest(frame(61, bad), 61 * TICK)
    gap = bad.copy()
    gap[:, 1] = np.nan
    (first,) = candidates(made.ingest(frame(62, gap), 62 * TICK))
    assert (first.rows, first.silent) == ((), ())
    (second,) = candidates(made.ingest(frame(63, gap), 63 * TICK))
    assert second.silent == ("s001",)
    (third,) = candidates(made.ingest(frame(64, bad), 64 * TICK))
    assert (third.rows[0].ticks, third.silent) == (2, ())


def test_a_roll_up_has_mean_peak_and_completeness_and_owns_its_arrays() -> None:
    made = collector(2)
    frames = []
    for tick in range(1, 91):
        values = np.array([[0.0, 0.0], [10.0, 20.0], [1e9, 2e9]], dtype=np.float32)
        values[1, 0] = 10.0 + tick % 2
        if tick <= 9:
            values[:, 1] = np.nan
        frames.append(frame(tick, values))
    (rolled,) = [seen for seen in fed(made, frames) if isinstance(seen, RollUp)]
    assert (rolled.start, rolled.end, rolled.kpis) == (0, 15 * MINUTE, KPIS)
    assert rolled.mean[1].tolist() == [10.5, 20.0]
    assert rolled.peak[1].tolist() == [11.0, 20.0]
    assert rolled.complete == pytest.approx(1 - 9 / 180)
    for array in (rolled.mean, rolled.peak):
        assert array.base is None
        assert not array.flags.writeable


def test_a_series_that_never_reported_rolls_up_to_nan() -> None:
    made = collector(2)
    values = np.array([[0.0, np.nan]], dtype=np.float32)
    seen = fed(made, [frame(i, values, ("loss",)) for i in range(1, 91)])
    (rolled,) = [item for item in seen if isinstance(item, RollUp)]
    assert np.isnan(rolled.mean[0, 1])
    assert np.isnan(rolled.peak[0, 1])


def test_the_latest_samples_can_be_asked_for_oldest_first() -> None:
    made = collector(2)
    fed(made, [frame(i, np.full((3, 2), i)) for i in range(1, 101)])
    wanted = (("service", "s001", "rate"), ("service", "nobody", "rate"), ("element", "x", "cpu"))
    reply = made.ask(SeriesRequest("ASK-1", wanted, 3))
    (series,) = reply.series
    assert series.values == (98.0, 99.0, 100.0)
    assert series.measured_at == (98 * TICK, 99 * TICK, 100 * TICK)
    (longest,) = made.ask(SeriesRequest("ASK-2", wanted[:1], 1000)).series
    assert len(longest.values) == 40


def test_what_is_not_watched_is_never_a_candidate() -> None:
    made = Collector([roster(1)], 0)
    values = [[0.0]] * 50 + [[1.0]] * 5
    seen = fed(made, [frame(i, np.array([v]), ("loss",)) for i, v in enumerate(values, start=1)])
    assert seen == []


def test_nothing_is_a_candidate_before_enough_samples() -> None:
    made = collector(1, warmup=0)
    for tick in range(1, FIRST_CANDIDATE + 1):
        assert made.ingest(frame(tick, np.array([[float(tick % 2)]]), ("loss",)), tick * TICK) == []


def test_frames_of_another_shape_are_refused() -> None:
    made = collector(2)
    made.ingest(frame(2, np.zeros((3, 2))), 2 * TICK)
    with pytest.raises(ValueError, match=r"service frame has shape \(3, 3\), not \(3, 2\)"):
        made.ingest(frame(3, np.zeros((3, 3))), 3 * TICK)
