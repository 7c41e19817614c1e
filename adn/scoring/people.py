"""How much people had to do: touches and minutes at desks, and crews in the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adn.base.clock import SECOND, Millis
from adn.scoring.actions import field_time
from adn.scoring.log import RunLog

REPLY: Final = "work.replied"
"""The record of a desk's answer; `data.took_s` is how long the person was at it."""


@dataclass(frozen=True, slots=True)
class PeopleTime:
    """Answers that people gave, the time at desks, and the time of field crews, ms."""

    touches: int
    desks: Millis
    field: Millis


def people_time(log: RunLog) -> PeopleTime:
    """Return what people had to do in a run."""
    replies = [record for record in log.kind(REPLY) if record.by == "human"]
    desks = sum(round(record.data.get("took_s", 0.0) * SECOND) for record in replies)
    return PeopleTime(len(replies), desks, field_time(log))
