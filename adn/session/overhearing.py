"""Overhearing: what reaches operations, told to a third party as well; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adn.base.clock import Millis
from adn.closedloop.controller import Controller
from adn.northbound.post import Message, Observation

Listener = Callable[[Observation], None]


@dataclass(frozen=True, slots=True)
class Overheard:
    """A controller whose post is read by somebody else before it is delivered.

    Attributes:
        controller: Whom it is for.
        listener: Who reads it too.
    """

    controller: Controller
    listener: Listener

    def next_event(self) -> Millis:
        """Return when the controller next has something to do of its own accord."""
        return self.controller.next_event()

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Let the third party read an observation, and deliver it."""
        self.listener(seen)
        self.controller.deliver(now, seen)

    def advance(self, now: Millis) -> Sequence[Message]:
        """Let the controller act."""
        return self.controller.advance(now)
