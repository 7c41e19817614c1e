"""The controller that does nothing: what the network heals by itself, it heals here."""

from __future__ import annotations

from collections.abc import Sequence

from adn.base.clock import NEVER, Millis
from adn.northbound.post import Message, Observation


class Idle:
    """Watches, and never acts."""

    def next_event(self) -> Millis:
        """Never of its own accord."""
        return NEVER

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Take no notice."""

    def advance(self, now: Millis) -> Sequence[Message]:
        """Send nothing."""
        del now
        return ()
