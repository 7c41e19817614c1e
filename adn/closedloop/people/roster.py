"""Who is there to do the work: desks, crews, and how people go about it."""

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
class OperationsPlan:
    """How the people of a network are organised.

    Attributes:
        desks: How many people there are by role.
        field_crews: How many crews can be out at a time.
        approval: Median time until a change is approved, simulated ms.
        poll: How often the front office looks at its screens unasked, simulated ms.
        profile: Name of the timing and skill profile.
        replies: What was answered in a run that is lived again; empty in a new run.
    """

    desks: Mapping[str, int] = field(default_factory=lambda: dict(DESKS))
    field_crews: int = 3
    approval: Millis = 5 * MINUTE
    poll: Millis = 15 * MINUTE
    profile: str = "noc-default"
    replies: tuple[RecordedReply, ...] = ()
