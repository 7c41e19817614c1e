"""Throttling: how long an element waits before it computes its paths anew (RFC 8405).

After quiet it waits little, so that a single failure heals fast; while news keeps coming in it
waits longer, first to learn all of one failure, then to spare itself. Timers that merely expire
need no events: a state is worked out from when the last news came.
"""

from __future__ import annotations

from adn.base.clock import Millis
from adn.twin.timers import Timers


class Throttle:
    """The back-off state of all elements.

    Args:
        elements: How many there are.
        timers: The delays and intervals.
    """

    def __init__(self, elements: int, timers: Timers) -> None:
        self._timers = timers
        self._learnt: list[Millis] = [0] * elements
        self._quiet: list[Millis] = [0] * elements

    def news(self, element: int, now: Millis) -> Millis:
        """Take in that something has changed; return how long a computation would have to wait.

        One that is waiting already is not put off: whoever calls keeps it.

        >>> throttle = Throttle(1, Timers())
        >>> [throttle.news(0, at) for at in (1_000, 1_300, 1_600, 11_599, 21_599)]
        [50, 200, 5000, 5000, 50]
        """
        timers = self._timers
        if now >= self._quiet[element]:
            self._learnt[element] = now + timers.spf_learn
            wait = timers.spf_initial
        elif now < self._learnt[element]:
            wait = timers.spf_short
        else:
            wait = timers.spf_long
        self._quiet[element] = now + timers.spf_holddown
        return wait
