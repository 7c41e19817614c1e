"""Simulated time: integer milliseconds, their text forms, and a SimPy clock that others can drive.

A `SimClock` owns one SimPy environment. Twin and loop have one each, so that neither can reach the
other's processes; `docs/decisions/001-two-clocks.md` says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from typing import Any, Final

import simpy
from simpy.events import URGENT, Event, Process

Millis = int
"""A point in, or span of, simulated time in integer milliseconds."""

NEVER: Final[Millis] = 2**62
"""Later than anything: what an idle clock answers when asked for its next event."""

SECOND: Final[Millis] = 1_000
MINUTE: Final[Millis] = 60_000
HOUR: Final[Millis] = 3_600_000
DAY: Final[Millis] = 86_400_000

UNITS: Final[dict[str, Millis]] = {
    "ms": 1,
    "s": SECOND,
    "min": MINUTE,
    "h": HOUR,
    "d": DAY,
}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)\s*")


def parse_duration(text: str) -> Millis:
    """Read "5min", "1.5 h" or "1h 30min" as integer milliseconds, rounded to the nearest.

    Raises:
        ValueError: The text has no unit, an unknown unit, or is no duration at all.

    >>> parse_duration("5min"), parse_duration("1h 30min"), parse_duration("0.5s")
    (300000, 5400000, 500)
    """
    total, end = 0.0, 0
    for match in _DURATION.finditer(text):
        if match.start() != end:
            break
        total += float(match[1]) * UNITS[match[2]]
        end = match.end()
    if end == 0 or end != len(text):
        raise ValueError(f"{text!r} is no duration; write a number and a unit: ms, s, min, h or d")
    return round(total)


def format_clock(at: Millis) -> str:
    """Write a time as h:mm:ss.t, the form of timelines.

    >>> format_clock(2_702_918)
    '0:45:02.9'
    """
    tenths = at // 100
    hours, rest = divmod(tenths, 36_000)
    minutes, rest = divmod(rest, 600)
    return f"{hours}:{minutes:02d}:{rest // 10:02d}.{rest % 10}"


def seconds(at: Millis) -> float:
    """Return milliseconds as seconds, exact to the millisecond, the form of logs."""
    return at / SECOND


class SimClock:
    """A SimPy environment that is advanced from outside, one instant at a time.

    SimPy's `run(until=t)` stops *before* the events at `t`; `advance` therefore first moves the
    clock there, lets `deliver` put its post in as URGENT (so it precedes timers due at the same
    instant), and then drains the instant.
    """

    def __init__(self) -> None:
        self._env = simpy.Environment(initial_time=0)

    @property
    def now(self) -> Millis:
        """The present instant of this clock."""
        return int(self._env.now)

    def next_event(self) -> Millis:
        """The instant of the earliest thing still to happen, or `NEVER`."""
        at = self._env.peek()
        return NEVER if at == float("inf") else int(at)

    def process(self, generator: Generator[Event, Any, Any]) -> Process:
        """Start a SimPy process on this clock."""
        return self._env.process(generator)

    def sleep(self, span: Millis) -> Event:
        """Return the event of `span` milliseconds having passed."""
        return self._env.timeout(int(span))

    def event(self) -> Event:
        """Return an event that someone will trigger."""
        return self._env.event()

    def any_of(self, events: Iterable[Event]) -> Event:
        """Return the event of the first of `events` having happened."""
        return self._env.any_of(list(events))

    def all_of(self, events: Iterable[Event]) -> Event:
        """Return the event of all of `events` having happened."""
        return self._env.all_of(list(events))

    def desks(self, capacity: int) -> simpy.PriorityResource:
        """Return places for `capacity` at a time; who waits is served by priority, then in turn."""
        return simpy.PriorityResource(self._env, capacity)

    def call_at(self, at: Millis, action: Callable[[], None]) -> None:
        """Run `action` at instant `at` (now, if `at` has passed)."""
        event = self._env.timeout(max(0, int(at) - self.now))
        event.callbacks.append(lambda _event: action())

    def call_first(self, action: Callable[[], None]) -> None:
        """Run `action` at the present instant, before every timer due at it."""
        event = self._env.event()
        event._ok, event._value = True, None
        event.callbacks.append(lambda _event: action())
        self._env.schedule(event, priority=URGENT)

    def move_to(self, at: Millis) -> None:
        """Set the clock to `at` without running the events of that instant.

        What is due before `at` is run.
        """
        env = self._env
        if env.peek() < at:
            env.run(until=at)
        elif at > env._now:
            env._now = at  # as the step of an event without consequences would

    def drain(self) -> None:
        """Run everything that is due at the present instant."""
        now = self._env.now
        while self._env.peek() <= now:
            self._env.step()
