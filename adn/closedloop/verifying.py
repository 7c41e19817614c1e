"""Verification: are services back within their promises, measured tick by tick after a change.

Elements report the mean of an interval, so only intervals that begin after the change tell of it.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Any, Final

import numpy as np
from simpy.events import Event

from adn.base.clock import SECOND, Millis, SimClock
from adn.closedloop.intent import Intent, Measured
from adn.closedloop.ordering import Orders
from adn.closedloop.view import PROMPT, SeriesKey, View

ARRIVAL: Final[Millis] = 5 * SECOND
"""How long after a tick its frame has surely arrived (assumption)."""
FINE: Final[Millis] = 30 * SECOND
"""For so long, at least one interval, services must be fine without a break."""


class Verifier:
    """Measures services against their promises."""

    def __init__(self, clock: SimClock, view: View, intent: Intent, orders: Orders) -> None:
        self._clock, self._view, self._intent, self._orders = clock, view, intent, orders
        self._tick = max(view.interval("service", name) for name in ("loss", "latency"))

    def telling(self, since: Millis) -> Millis:
        """Return from when on an interval must begin to tell how services are now.

        A long one that began before `since`, when routing was still healing what it could, says of
        services that are back that they lost a share.
        """
        return 0 if self._tick <= PROMPT else since

    def known(self, services: Sequence[str]) -> frozenset[str]:
        """Return the services known to be out without waiting for reports on long intervals.

        Those that end at what is dark; none where reports come soon enough.
        """
        if self._tick <= PROMPT:
            return frozenset()
        return frozenset(name for name in services if self._view.ends_dark(name))

    def outside_at_next_tick(
        self, services: Sequence[str], since: Millis
    ) -> Generator[Event, Any, frozenset[str]]:
        """Wait for the next tick whose interval begins at or after `since`; return who is outside.

        A service that did not report is judged by its latest report before, if that is recent.
        """
        every = self._tick
        first = -(-(since + every) // every) * every
        now_tick = (self._clock.now - ARRIVAL) // every * every + every
        tick = max(first, now_tick)
        yield self._clock.sleep(max(0, tick + ARRIVAL - self._clock.now))
        wanted: list[SeriesKey] = [
            ("service", name, measure) for name in services for measure in ("loss", "latency")
        ]
        yield from self._orders.ask(wanted, samples=2)
        return self._outside(tuple(services), since)

    def _outside(self, services: tuple[str, ...], since: Millis) -> frozenset[str]:
        """Return who is outside by what was reported of intervals that began since an instant.

        Of services that end at what is dark nobody reports: they are out.
        """
        loss = np.array([self._latest(name, "loss", since) for name in services])
        latency = np.array([self._latest(name, "latency", since) for name in services])
        unheard = np.isnan(loss) & np.isnan(latency)
        told = Measured(services, np.nan_to_num(loss), np.nan_to_num(latency))
        outside = frozenset(self._intent.evaluate(told).outside) if services else frozenset()
        mute = (services[row] for row in np.flatnonzero(unheard).tolist())
        return outside | {name for name in mute if self._view.ends_dark(name)}

    def _latest(self, service: str, measure: str, since: Millis) -> float:
        """Return the latest sample of a series since an instant, NaN where there is none."""
        held = self._view.series("service", service, measure)
        if held is None:
            return math.nan
        for at, value in zip(reversed(held.measured_at), reversed(held.values), strict=True):
            if at - self._tick >= since and not math.isnan(value):
                return value
        return math.nan

    def settle(
        self, services: Sequence[str], since: Millis, within: Millis = 0
    ) -> Generator[Event, Any, tuple[bool, frozenset[str]]]:
        """Return whether services were fine for `FINE` without a break, and who was outside last.

        That must come `within` a time, at the least one interval more than it takes.
        """
        wanted = -(-FINE // self._tick)
        most = max(wanted + 1, within // self._tick)
        fine = 0
        outside: frozenset[str] = frozenset()
        for left in range(most - 1, -1, -1):
            outside = yield from self.outside_at_next_tick(services, since)
            fine = 0 if outside else fine + 1
            if fine >= wanted:
                return True, outside
            if fine + left < wanted:
                break
        return False, outside

    def holds(
        self, services: Sequence[str], span: Millis
    ) -> Generator[Event, Any, tuple[bool, frozenset[str]]]:
        """Watch services for a span; return whether they stayed fine (two bad ticks break it)."""
        end, bad = self._clock.now + span, 0
        outside: frozenset[str] = frozenset()
        while self._clock.now < end:
            outside = yield from self.outside_at_next_tick(services, 0)
            bad = bad + 1 if outside else 0
            if bad > 1:
                return False, outside
        return True, outside
