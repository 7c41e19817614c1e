"""A clock that is driven from outside: moved to an instant, given its post, and drained."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.clock import DAY, NEVER, SimClock, format_clock, parse_duration, seconds


def test_an_idle_clock_never_has_anything_to_do() -> None:
    """`next_event` of an empty clock is later than anything."""
    assert SimClock().next_event() == NEVER > 10_000 * DAY


def test_moving_runs_what_is_before_the_instant_and_nothing_at_it() -> None:
    """`move_to` stops before the events of its instant; `drain` runs them."""
    clock, seen = SimClock(), []
    for at in (5, 10, 15):
        clock.call_at(at, lambda at=at: seen.append(at))
    clock.move_to(10)
    assert (clock.now, seen) == (10, [5])
    clock.drain()
    assert (clock.now, seen, clock.next_event()) == (10, [5, 10], 15)


def test_moving_to_the_present_or_the_past_changes_nothing() -> None:
    """SimPy refuses to run until now; the clock takes it as nothing to do."""
    clock = SimClock()
    clock.move_to(10)
    clock.move_to(10)
    clock.move_to(3)
    assert clock.now == 10


def test_the_clock_moves_even_when_nothing_happens() -> None:
    """Post that arrives while a side is idle is stamped with its own time, not an old one."""
    clock, stamps = SimClock(), []
    clock.move_to(10_000)
    clock.call_first(lambda: stamps.append(clock.now))
    clock.drain()
    assert stamps == [10_000]


def test_post_comes_before_timers_that_are_due_at_the_same_instant() -> None:
    """`call_first` overtakes timers of the instant, whichever were set earlier."""
    clock, seen = SimClock(), []
    clock.call_at(10, lambda: seen.append("timer"))
    clock.move_to(10)
    clock.call_first(lambda: seen.append("post 1"))
    clock.call_first(lambda: seen.append("post 2"))
    clock.drain()
    assert seen == ["post 1", "post 2", "timer"]


def test_ties_run_in_the_order_in_which_they_were_set() -> None:
    """Equal times keep the order of setting."""
    clock, seen = SimClock(), []
    for name in "cab":
        clock.call_at(7, lambda name=name: seen.append(name))
    clock.move_to(7)
    clock.drain()
    assert seen == ["c", "a", "b"]


def test_draining_runs_what_the_instant_itself_brings_forth() -> None:
    """An action that sets another for now sees it done in the same drain."""
    clock, seen = SimClock(), []
    clock.call_at(4, lambda: clock.call_at(4, lambda: seen.append(clock.now)))
    clock.move_to(4)
    clock.drain()
    assert seen == [4]


def test_what_is_set_for_the_past_runs_now() -> None:
    """`call_at` with a time gone by does not go back."""
    clock, seen = SimClock(), []
    clock.move_to(9)
    clock.call_at(2, lambda: seen.append(clock.now))
    clock.drain()
    assert seen == [9]


def test_a_process_that_sleeps_numpy_spans_leaves_the_time_a_plain_integer() -> None:
    """Spans drawn as numpy integers must not turn the time into one: JSON refuses those."""
    clock = SimClock()

    def nap():
        yield clock.sleep(np.int64(5))

    clock.process(nap())
    clock.drain()
    clock.move_to(clock.next_event())
    clock.drain()
    assert clock.now == 5
    assert json.dumps(clock.now) == "5"
    assert type(clock.next_event()) is int


@given(st.lists(st.integers(0, 50), max_size=20), st.lists(st.integers(0, 60), max_size=20))
def test_however_the_clock_is_driven_everything_runs_once_and_on_time(
    times: list[int], stops: list[int]
) -> None:
    """Any sequence of moves and drains runs each action once, at its instant, in order."""
    clock, seen = SimClock(), []
    for at in times:
        clock.call_at(at, lambda at=at: seen.append((clock.now, at)))
    for stop in [*sorted(stops), 60]:
        clock.move_to(stop)
        clock.drain()
    assert seen == [(at, at) for at in sorted(times)]


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("250ms", 250),
        ("5min", 300_000),
        (" 1h 30min ", 5_400_000),
        ("2d", 172_800_000),
        ("0.0005s", 0),
        ("1.5 h", 5_400_000),
        ("0s", 0),
    ],
)
def test_durations_are_read_with_their_units(text: str, millis: int) -> None:
    """A number and a unit, or several, make whole milliseconds."""
    assert parse_duration(text) == millis


@pytest.mark.parametrize("text", ["", "5", "min", "5 m", "5min and more", "-5s", "1h,30min", "∞s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """A missing or unknown unit, a sign or a rest is an error that says what would be right."""
    with pytest.raises(ValueError, match=r"is no duration; write a number and a unit: ms, s, min"):
        parse_duration(text)


def test_times_are_written_for_people_and_for_logs() -> None:
    """Timelines show tenths, cut and not rounded up; logs show exact seconds."""
    assert format_clock(0) == "0:00:00.0"
    assert format_clock(3_599_999) == "0:59:59.9"
    assert format_clock(100 * 3_600_000) == "100:00:00.0"
    assert seconds(2_702_918) == 2702.918
