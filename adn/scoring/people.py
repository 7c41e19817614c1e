"""How much people had to do: touches, minutes, waiting and head-count by role, from work alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
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
        peak: Most people of the role at work at the same time; with fewer, work would have waited.
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
    roles: Mapping[str, RoleTime] = made(default_factory=dict)


def people_time(log: RunLog) -> PeopleTime:
    """Return what people had to do in a run."""
    replies = [record for record in log.kind(REPLY) if record.by == "human"]
    by_role: dict[str, list[Record]] = {}
    for record in replies:
        by_role.setdefault(str(record.data["role"]), []).append(record)
    queued = _queued(log)
    roles = {role: _role_time(rows, queued, log.end) for role, rows in sorted(by_role.items())}
    desks = [row for role, row in roles.items() if role != FIELD]
    return PeopleTime(
        touches=sum(row.touches for row in desks),
        desks=sum(row.worked for row in desks),
        field=field_time(log) + _setting_out(log, by_role.get(FIELD, ())),
        waited=sum(row.waited for row in desks),
        roles=roles,
    )


def _role_time(replies: Sequence[Record], queued: Mapping[str, Millis], end: Millis) -> RoleTime:
    rows = [record.data for record in replies]
    spells = (
        spell
        for record in replies
        for spell in spells_of(record, queued.get(record.id, record.at), end)
    )
    return RoleTime(
        touches=len(rows),
        worked=sum(_millis(row["took_s"]) for row in rows),
        waited=sum(_millis(row["waited_s"]) for row in rows),
        peak=most_at_once(spells),
        interruptions=sum(int(row.get("interruptions", 0)) for row in rows),
        handovers=sum(int(row.get("handovers", 0)) for row in rows),
    )


def spells_of(reply: Record, queued: Millis, end: Millis) -> Iterator[Spell]:
    """Yield from when to when somebody was at a piece of work, as far as the run goes.

    Work that was laid down says so itself; any other was taken up once, after it had waited.

    Args:
        reply: The answer.
        queued: When the work was handed over, simulated ms.
        end: When the run ended, simulated ms.
    """
    begun = queued + _millis(reply.data["waited_s"])
    told = [(_millis(spell[0]), _millis(spell[1])) for spell in reply.data.get("spells", ())] or [
        (begun, begun + _millis(reply.data["took_s"]))
    ]
    for begin, until in told:
        if min(until, end) > begin:
            yield begin, min(until, end)


def most_at_once(spells: Iterable[Spell]) -> int:
    """Return how many spells overlap at most; by less than a second they do not.

    Records have spans of time to six digits, so ends and beginnings are not known more closely.

    >>> most_at_once([(0, 10_000), (5_000, 20_000), (10_000, 30_000)])
    2
    """
    steps = sorted(
        step for begin, end in spells for step in ((begin, 1), (max(begin, end - SECOND), -1))
    )
    most = now = 0
    for _, change in steps:
        now += change
        most = max(most, now)
    return most


def _setting_out(log: RunLog, trips: Iterable[Record]) -> Millis:
    """Return the time that crews were bound before the network heard of them.

    They acknowledge the order, set out, and may have driven for nothing before that.
    """
    sent = {record.id: record.at for record in log.kind("command.submitted")}
    queued = _queued(log)
    spans = []
    for record in trips:
        begun = queued.get(record.id, record.at) + _millis(record.data["waited_s"])
        spans.append(sent.get(str(record.ref.get("command")), record.at) - begun)
    return sum(max(0, span) for span in spans)


def _queued(log: RunLog) -> Mapping[str, Millis]:
    return {record.id: record.at for record in log.kind("work.queued")}


def _millis(given: float) -> Millis:
    return round(given * SECOND)
