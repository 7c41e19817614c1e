"""Damping: interfaces that flap are held down until their penalty has decayed."""

from __future__ import annotations

from math import ceil, log2

from adn.base.clock import Millis
from adn.twin.timers import Damping


class Penalties:
    """The penalties of the interfaces of all links; both ends see the same.

    Args:
        damping: The scheme, or None: nothing is ever held down.
    """

    def __init__(self, damping: Damping | None) -> None:
        self._damping = damping
        self._held: dict[int, tuple[Millis, float, bool]] = {}

    def lost(self, link: int, now: Millis) -> None:
        """Take in that a link has lost its carrier."""
        if self._damping is None:
            return
        damping = self._damping
        penalty, suppressed = self._now(link, now)
        most = damping.reuse * 2.0 ** (damping.longest / damping.half_life)
        penalty = min(penalty + damping.penalty, most)
        self._held[link] = (now, penalty, suppressed or penalty > damping.suppress)

    def wait(self, link: int, now: Millis) -> Millis:
        """Return how much longer an interface is held down, 0 where it is not."""
        if self._damping is None:
            return 0
        penalty, suppressed = self._now(link, now)
        if not suppressed:
            return 0
        return ceil(self._damping.half_life * log2(penalty / self._damping.reuse))

    def _now(self, link: int, now: Millis) -> tuple[float, bool]:
        """Return the present penalty of a link, and whether it is held down for it."""
        if link not in self._held or self._damping is None:
            return 0.0, False
        since, penalty, suppressed = self._held[link]
        penalty *= 0.5 ** ((now - since) / self._damping.half_life)
        return penalty, suppressed and penalty > self._damping.reuse
