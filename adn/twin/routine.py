"""Routine: what happens in the world every so often, kept out of the heap of events.

Traffic moves each minute, elements report each interval, reports arrive. Nearly all instants of a
run are of this kind and none of them is news, so their times are known without asking SimPy, and
so is when anything else is due: the twin can go through a quiet stretch without leaving it.

At one instant the routine comes before everything else: first what recurs, in the order in which it
was begun, then what arrives, in the order in which it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from heapq import heapify, heappop, heappush, heapreplace
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
        self._idle: dict[int, Callable[[Millis], Millis]] = {}
        self.next: Millis = NEVER

    def every(
        self,
        interval: Millis,
        action: Callable[[], None],
        idle: Callable[[Millis], Millis] | None = None,
    ) -> int:
        """Let `action` happen each `interval` from now on, for the first time when it is over.

        Args:
            interval: How often.
            action: What.
            idle: Given an instant, returns it, or from when on before that the action may have
                consequences; without, it may have some whenever it is due.

        Returns:
            Its number, for `pass_over`.
        """
        number = self._recurring
        if idle is not None:
            self._idle[number] = idle
        heappush(self._due, (self._clock.now + interval, number, action, interval))
        self._recurring += 1
        self.next = self._due[0][0]
        return number

    def once(self, at: Millis, action: Callable[[], None]) -> int:
        """Let `action` happen at `at`; return its number."""
        self._sent += 1
        heappush(self._due, (at, self._sent, action, 0))
        self.next = self._due[0][0]
        return self._sent

    def idle_until(self, until: Millis) -> Millis:
        """Return from when on, at most `until`, what recurs may have consequences."""
        for at, number, _, _ in self._due:
            if number < _AFTER:
                idle = self._idle.get(number)
                until = min(until, at if idle is None else idle(until))
        return until

    def pass_over(
        self, until: Millis, recurring: Mapping[int, Millis], done: AbstractSet[int]
    ) -> None:
        """Go on to `until` with what recurs, less what was done elsewhere.

        Args:
            until: When to stop; what happens once must not be due before.
            recurring: When that which was done elsewhere is next due, by number.
            done: What happens once and was done elsewhere.
        """
        self._due = [
            (recurring.get(number, at), number, action, interval)
            for at, number, action, interval in self._due
            if number not in done
        ]
        heapify(self._due)
        while self._due[0][0] <= until and self._due[0][1] < _AFTER:
            self.step()
        self._clock.move_to(until)
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


def foreseen(until: Millis) -> Millis:
    """Return `until`: whoever looks ahead knows all consequences before they come."""
    return until
