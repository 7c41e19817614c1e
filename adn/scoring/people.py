"""How much people had to do: touches, minutes, waiting and head-count by role, from work alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.records import Record
from adn.scoring.actions import field_time
from adn.scoring.log import RunLog

REPLY: Final = "work.replied"
"""The record of an answer; `data.took_s` is how long people were at it."""
FIELD: Final = "field"
"""The role of crews: their time is told apart from that of desks."""

Spell = tuple[Millis, Millis]
"""From when to when somebody was at work."""


@dataclass(frozen=True, slots=True)
class RoleTime:
    """What the people of one role had to do.

    Attributes:
        touches: Pieces of work that came to an answer, or were withdrawn or left over.
        worked: Time at work, ms.
        waited: Time for which work lay with nobody, ms.
        peak: Most people of the role at work at the same time; fewer were never enough.
        interruptions: How often somebody was taken off a piece of work for a more urgent one.
        handovers: How often one was handed over at a change of shift.
    """

    touches: int
    worked: Millis
    waited: Millis
    peak: int
    interruptions: int = 0
    handovers: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the documented object."""
        return {
            "touches": self.touches,
            "minutes": round(self.worked / MINUTE, 3),
            "waited_minutes": round(self.waited / MINUTE, 3),
            "peak": self.peak,
            "interruptions": self.interruptions,
            "handovers": self.handovers,
        }


@dataclass(frozen=True, slots=True)
class PeopleTime:
    """Answers that people gave, the time at desks, how long work waited, and crews' time, ms.

    What is still to be done when the run ends counts as if it were done. `roles` tells it by role,
    crews among them, of whom only what they did until the run's end is known.
    """

    touches: int
    desks: Millis
    field: Millis
    waited: Millis = 0
    roles: Mapping[str, RoleTime] = field(default_factory=dict)


def people_time(log: RunLog) -> PeopleTime:
    """Return what people had to do in a run."""
    replies = [record for record in log.kind(REPLY) if record.by == "human"]
    by_role: dict[str, list[Record]] = {}
    for record in replies:
        by_role.setdefault(str(record.data["role"]), []).append(record)
    roles = {role: _role_time(rows, log.end) for role, rows in sorted(by_role.items())}
    desks = [row for role, row in roles.items() if role != FIELD]
    return PeopleTime(
        touches=sum(row.touches for row in desks),
        desks=sum(row.worked for row in desks),
        field=field_time(log) + _setting_out(log, by_role.get(FIELD, ())),
        waited=sum(row.waited for row in desks),
        roles=roles,
    )


def _role_time(replies: Iterable[Record], end: Millis) -> RoleTime:
    rows = [record.data for record in replies]
    return RoleTime(
        touches=len(rows),
        worked=sum(_millis(row["took_s"]) for row in rows),
        waited=sum(_millis(row["waited_s"]) for row in rows),
        peak=most_at_once(spell for record in replies for spell in spells_of(record, end)),
        interruptions=sum(int(row.get("interruptions", 0)) for row in rows),
        handovers=sum(int(row.get("handovers", 0)) for row in rows),
    )


def spells_of(reply: Record, end: Millis) -> Iterator[Spell]:
    """Yield from when to when somebody was at a piece of work, as far as the run goes.

    Work that was laid down says so itself; any other was taken up once, and answered when the
    record was written, or later than the run ends.
    """
    told = reply.data.get("spells")
    if told is None:
        took = _millis(reply.data["took_s"])
        outstanding = reply.data["verdict"] == "outstanding"
        begun = reply.at - took
        if outstanding:
            # It was queued `waited_s` before somebody took it up; `took_s` reaches past the end.
            begun = reply.at - max(0, _elapsed(reply))
        told = [[begun / SECOND, min(end, reply.at) / SECOND]]
    for spell in told:
        begin, until = _millis(spell[0]), _millis(spell[1])
        if until > begin:
            yield begin, until


def most_at_once(spells: Iterable[Spell]) -> int:
    """Return how many spells overlap at most; one that ends as another begins does not.

    >>> most_at_once([(0, 10), (5, 20), (10, 30)])
    2
    """
    steps = sorted(step for begin, end in spells for step in ((begin, 1), (end, -1)))
    most = now = 0
    for _, change in steps:
        now += change
        most = max(most, now)
    return most
