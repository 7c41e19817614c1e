"""Routine: what happens in the world every so often, kept out of the heap of events.

Traffic moves each minute, elements report each interval, reports arrive. Nearly all instants of a
run are of this kind and none of them is news, so their times are known without asking SimPy, and
so is when anything else is due: the twin can go through a quiet stretch without leaving it.

At one instant the routine comes before everything else: first what recurs, in the order in which it
was begun, then what arrives, in the order in which it was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush, heapreplace
from typing import Final

from adn.base.clock import NEVER, Millis, SimClock

_AFTER: Final = 1 << 32
"""What happens once comes after what recurs."""


class Routine:
    """The recurrent part of a clock's future.

    Args:
        clock: Whose time it moves.

    Attributes:
        next: When something of it is next due, or `NEVER`.
    """

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock
        self._due: list[tuple[Millis, int, Callable[[], None], Millis]] = []
        self._recurring = 0
        self._sent = _AFTER
        self.next: Millis = NEVER

    def every(self, interval: Millis, action: Callable[[], None]) -> None:
        """Let `action` happen each `interval` from now on, for the first time when it is over."""
        heappush(self._due, (self._clock.now + interval, self._recurring, action, interval))
        self._recurring += 1
        self.next = self._due[0][0]

    def once(self, at: Millis, action: Callable[[], None]) -> None:
        """Let `action` happen at `at`."""
        self._sent += 1
        heappush(self._due, (at, self._sent, action, 0))
        self.next = self._due[0][0]

    def step(self) -> None:
        """Do what is due next, at its time."""
        at, number, action, interval = self._due[0]
        if interval:
            heapreplace(self._due, (at + interval, number, action, interval))
        else:
            heappop(self._due)
        self._clock.move_to(at)
        action()
        self.next = self._due[0][0] if self._due else NEVER
