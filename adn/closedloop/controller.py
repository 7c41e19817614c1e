"""What the conductor needs of anyone who runs the network, and what that party is first told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from adn.base.clock import Millis
from adn.base.levelplan import LevelPlan
from adn.base.streams import Key
from adn.closedloop.control import Written
from adn.closedloop.people.roster import OperationsPlan
from adn.northbound.inventory import Inventory
from adn.northbound.post import Message, Observation


@dataclass(frozen=True, slots=True)
class Briefing:
    """All that the operations side is told before a run.

    Attributes:
        inventory: The network as recorded.
        level: The autonomy level it is to be run at, by domain.
        key: A one-way child of the run's key, for its own draws.
        warmup: Until when detectors only learn, simulated ms.
        duration: When the run ends, simulated ms.
        operations: Who is there to do what people do.
        written: The control information that a person wrote, for levels at which people do.
    """

    inventory: Inventory
    level: LevelPlan
    key: Key
    warmup: Millis
    duration: Millis
    operations: OperationsPlan = field(default_factory=OperationsPlan)
    written: Written = field(default_factory=Written)


class Controller(Protocol):
    """Anyone who runs the network: the closed loop, a program over a pipe, nobody at all."""

    def next_event(self) -> Millis:
        """When this side next has something to do of its own accord, or `NEVER`."""
        ...

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Take in one observation at `now`; what follows from it happens in `advance`."""
        ...

    def advance(self, now: Millis) -> Sequence[Message]:
        """Act up to and including `now`; return what is sent, in order."""
        ...
