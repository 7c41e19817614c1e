"""Frames out of order: put in their place within a window, dropped and counted beyond it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from adn.base.clock import SECOND
from adn.northbound.collector import Collector
from adn.northbound.post import Candidates, SeriesRequest, WatchLimit, WatchList
from adn.northbound.sequencing import WINDOW, Sequencing
from adn.northbound.telemetry import Roster, TelemetryFrame

TICK = 10 * SECOND


def frame(tick: int, value: float = 0.0) -> TelemetryFrame:
    values = np.full((1, 2), value, dtype=np.float32)
    return TelemetryFrame(tick * TICK, "service", ("latency",), values)


def ticks(frames: list[TelemetryFrame]) -> list[int]:
    return [one.measured_at // TICK for one in frames]


def test_in_good_order_nothing_waits() -> None:
    line = Sequencing(TICK)
    for tick in range(1, 6):
        assert ticks(line.push(frame(tick), tick * TICK)) == [tick]
    assert (line.reordered, line.late, line.doubled, line.waiting) == (0, 0, 0, False)


def test_one_that_is_ahead_waits_for_the_one_before_it() -> None:
    line = Sequencing(TICK)
    line.push(frame(1), TICK)
    assert line.push(frame(3), 3 * TICK) == []
    assert line.waiting
    assert ticks(line.push(frame(2), 3 * TICK + 1)) == [2, 3]
    assert (line.reordered, line.late) == (1, 0)


def test_what_comes_after_its_turn_was_given_up_is_dropped_and_counted() -> None:
    line = Sequencing(TICK)
    line.push(frame(1), TICK)
    assert line.push(frame(3), 3 * TICK) == []
    assert line.due(3 * TICK + WINDOW - 1) == []
    assert ticks(line.due(3 * TICK + WINDOW)) == [3]
    assert line.push(frame(2), 6 * TICK) == []
    assert (line.late, line.doubled) == (1, 0)


def test_what_comes_again_is_dropped_and_counted() -> None:
    line = Sequencing(TICK)
    line.push(frame(1), TICK)
    assert line.push(frame(1), TICK + 5) == []
    line.push(frame(3), 3 * TICK)
    assert line.push(frame(3), 3 * TICK + 5) == []
    assert (line.late, line.doubled) == (0, 2)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=30))
def test_whatever_the_delays_frames_come_out_once_and_in_order(delays: list[int]) -> None:
    line = Sequencing(TICK)
    sent = [((tick + 1) * TICK + late * SECOND, tick + 1) for tick, late in enumerate(delays)]
    out: list[int] = []
    for now, tick in sorted(sent):
        out += ticks(line.push(frame(tick), now))
    out += ticks(line.due(max(now for now, _ in sent) + WINDOW))
    assert out == sorted(set(out))
    assert len(out) + line.late + line.doubled == len(delays)
    assert not line.waiting


def collector() -> Collector:
    made = Collector([Roster("service", ("a", "b"))], 0)
    made.watch(WatchList((WatchLimit("service", "latency", 8.0, 20.0),)))
    return made


@given(st.permutations(range(1, 6)))
def test_a_collector_learns_the_same_in_whatever_order_neighbours_come(order: list[int]) -> None:
    """Within the window, statistics and samples are those of good order."""
    straight, mixed = collector(), collector()
    now = 6 * TICK
    for made, sequence in ((straight, [1, 2, 3, 4, 5]), (mixed, order)):
        made.ingest(frame(0), now)
        for tick in sequence:
            made.ingest(frame(tick, tick / 7.0), now)
    wanted = SeriesRequest("ASK-1", (("service", "a", "latency"),), 10)
    assert mixed.ask(wanted) == straight.ask(wanted)


def test_a_late_frame_gives_a_gap_and_never_a_candidate() -> None:
    made = collector()
    for tick in range(1, 60):
        made.ingest(frame(tick, 20.0), tick * TICK)
    for tick in range(61, 64):
        made.ingest(frame(tick, 20.0), tick * TICK)
    seen = made.ingest(frame(60, 500.0), 64 * TICK)
    assert not any(isinstance(one, Candidates) and one.rows for one in seen)
    assert (made.arrivals["late"], made.arrivals["doubled"]) == (1, 0)
    (series,) = made.ask(SeriesRequest("ASK-1", (("service", "a", "latency"),), 5)).series
    assert series.measured_at == tuple(tick * TICK for tick in (58, 59, 61, 62, 63))
