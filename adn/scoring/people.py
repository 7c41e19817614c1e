"""How much people had to do: touches and minutes at desks, and crews in the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adn.base.clock import SECOND, Millis
from adn.scoring.actions import field_time
from adn.scoring.log import RunLog

REPLY: Final = "work.replied"
"""The record of a desk's answer; `data.took_s` is how long the person was at it."""
FIELD: Final = "field"
"""The role of crews: their time is told apart from that of desks."""


@dataclass(frozen=True, slots=True)
class PeopleTime:
    """Answers that people gave, the time at desks, how long work waited, and crews' time, ms.

    What is still to be done when the run ends counts as if it were done.
    """

    touches: int
    desks: Millis
    field: Millis
    waited: Millis = 0


def people_time(log: RunLog) -> PeopleTime:
    """Return what people had to do in a run."""
    replies = [
        record
        for record in log.kind(REPLY)
        if record.by == "human" and record.data["role"] != FIELD
    ]
    return PeopleTime(
        touches=len(replies),
        desks=sum(round(record.data["took_s"] * SECOND) for record in replies),
        field=field_time(log),
        waited=sum(round(record.data["waited_s"] * SECOND) for record in replies),
    )
