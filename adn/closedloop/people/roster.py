"""Who is there to do the work: desks, shifts, crews, and how people go about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from adn.base.clock import MINUTE, Millis
from adn.closedloop.people.actor import RecordedReply

DESKS: Final[Mapping[str, int]] = {
    "front-office": 2,
    "back-office": 2,
    "expert": 1,
    "duty-lead": 1,
}
"""How many sit at each desk unless the scenario says (assumption)."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of every day, and how many people sit at the desks then.

    Attributes:
        begins: Time of day, ms after midnight.
        ends: Time of day; not later than it begins where it goes on past midnight.
        desks: How many by role; what is not said is as outside of shifts. Nobody is 0.
    """

    begins: Millis
    ends: Millis
    desks: Mapping[str, int]

    def covers(self, time_of_day: Millis) -> bool:
        """Return whether a time of day, ms after midnight, lies in it."""
        if self.begins < self.ends:
            return self.begins <= time_of_day < self.ends
        return time_of_day >= self.begins or time_of_day < self.ends


@dataclass(frozen=True, slots=True)
class OperationsPlan:
    """How the people of a network are organised.

    Attributes:
        desks: How many people there are by role, outside of shifts.
        field_crews: How many crews can be out at a time.
        approval: Median time until a change is approved, simulated ms.
        poll: How often the front office looks at its screens unasked, simulated ms.
        profile: Name of the timing and skill profile.
        profile_text: The profile itself, where it does not come with the product.
        starts: Time of day when the run starts, ms after midnight.
        shifts: Who is there when; empty where the same people are there all the time.
        interrupts: Whether critical work takes people off what is less urgent.
        fatigue: Whether people get tired.
        replies: What was answered in a run that is lived again; empty in a new run.
        trainee: Roles at whose desks one trainee sits, alone and with all their work in one queue;
            empty where there is no trainee.
    """

    desks: Mapping[str, int] = field(default_factory=lambda: dict(DESKS))
    field_crews: int = 3
    approval: Millis = 5 * MINUTE
    poll: Millis = 15 * MINUTE
    profile: str = "noc-default"
    profile_text: str = ""
    starts: Millis = 0
    shifts: tuple[Shift, ...] = ()
    interrupts: bool = True
    fatigue: bool = False
    replies: tuple[RecordedReply, ...] = ()
    trainee: tuple[str, ...] = ()
