"""Desks: where work queues for people, by severity and then by age, and where it is answered."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from simpy import Interrupt
from simpy.events import Event

from adn.base.clock import Millis, SimClock, seconds
from adn.base.levels import Task
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.journal import Journal
from adn.closedloop.people.actor import Actor, Reply, Role, WorkItem
from adn.closedloop.people.plain import plain
from adn.northbound.alarms import Severity

URGENCY: Final[Mapping[str, int]] = {
    Severity.CRITICAL: 0,
    Severity.MAJOR: 1,
    Severity.MINOR: 2,
    Severity.WARNING: 3,
}
ROUTINE: Final = 4
"""Work that is about no incident comes last."""
WITHDRAWN: Final = "withdrawn"
OUTSTANDING: Final = "outstanding"

Table = tuple[tuple[Any, ...], Mapping[str, Any]]
"""What there is to choose from, and what else lies on the table."""
Probing = Callable[[list[tuple[str, str]]], Generator[Event, Any, None]]


@dataclass(frozen=True, slots=True)
class Request:
    """Work to be handed over.

    Attributes:
        task: Which.
        role: At which desk.
        incident: Gives the incident as it is at any time; None for routine work.
        suggestion: The system's answer; None where it has none to give.
        present: Gives the choices there are, and all else on the table, for whoever has the work.
        probe: Sends the probes that are asked for, and waits; None where none can be.
    """

    task: Task
    role: Role
    incident: Callable[[], IncidentSnapshot] | None = None
    suggestion: Mapping[str, Any] | None = None
    present: Callable[[WorkItem], Table] | None = None
    probe: Probing | None = None


@dataclass(slots=True)
class _Open:
    """Work that was handed over and not yet answered."""

    item: WorkItem
    queued: Millis
    begun: Millis | None = None
    until: Millis = 0
    replies: list[Reply] = field(default_factory=list)


@dataclass(slots=True)
class _Desk:
    places: Any
    free: list[str]


class Desks:
    """The desks of one organisation.

    Args:
        clock: The loop's clock.
        journal: Where work is written down.
        actor: Who sits there.
        staff: How many by role.
        end: When the run ends; what is then undone is written down as outstanding.
    """

    def __init__(
        self,
        clock: SimClock,
        journal: Journal,
        actor: Actor,
        staff: Mapping[str, int],
        end: Millis,
    ) -> None:
        self._clock, self._journal, self._actor, self._end = clock, journal, actor, end
        self._desks = {
            role: _Desk(clock.desks(count), [f"{role}-{i}" for i in range(1, count + 1)])
            for role, count in sorted(staff.items())
        }
        self._open: dict[str, _Open] = {}
        self._asked: dict[tuple[str, str], int] = {}
        self._last: dict[str, str] = {}
        self._count = 0

    def ask(self, request: Request) -> Generator[Event, Any, tuple[Reply, str]]:
        """Queue work, wait until it is answered; return the answer and the id of the work."""
        if self._clock.now >= self._end:
            yield self._clock.event()  # the day is over: nobody comes to it any more
        work = self._queue(request)
        item, desk = work.item, self._desks[request.role]
        try:
            with desk.places.request(priority=_priority(item)) as turn:
                yield turn
                person = desk.free.pop(0)
                try:
                    reply = yield from self._answered(work, request, person)
                finally:
                    desk.free = sorted([*desk.free, person])
        except Interrupt:
            self._conclude(item.id, WITHDRAWN)
            raise
        self._conclude(item.id, reply.verdict)
        return reply, item.id

    def _queue(self, request: Request) -> _Open:
        if self._count == 0:
            # Only now: a clock with nothing to do need not be woken at the end.
            self._clock.process(self._close_the_day())
        self._count += 1
        name, incident = f"WRK-{self._count:04d}", request.incident and request.incident()
        about = incident.id if incident else ""
        nth = self._asked.get((about, request.task), 0) if about else 0
        self._asked[about, request.task] = nth + 1
        now = self._clock.now
        item = WorkItem(
            id=name,
            task=str(request.task),
            role=request.role,
            person="",
            now=now,
            incident=incident or None,
            suggestion=request.suggestion,
            attempt=nth,
        )
        work = self._open[name] = _Open(item, now)
        self._journal.note(
            "work.queued",
            name,
            {"incident": about},
            {
                "task": item.task,
                "role": item.role,
                "priority": _priority(item)[0],
                "suggested": item.suggestion is not None,
            },
        )
        return work

    def _answered(self, work: _Open, request: Request, person: str) -> Generator[Event, Any, Reply]:
        """Let a person work until they answer, looking again as often as they want to."""
        clock = self._clock
        work.begun = clock.now
        item = replace(work.item, person=person)
        taken_over = self._taken_over(item)
        while True:
            item = replace(
                item,
                now=clock.now,
                incident=request.incident() if request.incident else None,
            )
            choices, sees = request.present(item) if request.present else ((), {})
            item = replace(item, choices=choices, sees={**sees, "from": taken_over})
            work.item = item
            reply = self._actor.ask(item)
            work.replies.append(reply)
            work.until = clock.now + reply.took
            yield clock.sleep(reply.took)
            if reply.verdict != "look":
                return reply
            wanted = [(str(kind), str(target)) for kind, target in reply.content.get("probes", ())]
            if wanted and request.probe is not None:
                yield from request.probe(wanted)
            item = replace(item, looks=item.looks + 1)

    def _taken_over(self, item: WorkItem) -> str:
        """Return the desk that an incident comes from, if it was at another before."""
        if item.incident is None:
            return ""
        before = self._last.get(item.incident.id, item.role)
        self._last[item.incident.id] = item.role
        return before if before != item.role else ""

    def _conclude(self, name: str, verdict: str) -> None:
        work = self._open.pop(name, None)
        if work is None:
            return
        now, begun = self._clock.now, work.begun
        until = now
        if verdict == OUTSTANDING:
            if begun is None:
                # Nobody has come to it: ask how long it would have kept someone.
                begun, reply = now, self._actor.ask(work.item)
                work.replies.append(reply)
                work.until = now + reply.took
            until = max(now, work.until)
        worked = 0 if begun is None else until - begun
        item = work.item
        self._journal.note(
            "work.replied",
            name,
            {"incident": item.incident.id if item.incident else ""},
            {
                "task": item.task,
                "role": item.role,
                "person": item.person,
                "verdict": verdict,
                "took_s": seconds(worked),
                "waited_s": seconds((now if begun is None else begun) - work.queued),
                "replies": [[r.verdict, plain(r.content), r.took, r.note] for r in work.replies],
            },
            by="human",
        )

    def _close_the_day(self) -> Generator[Event, Any, None]:
        """Write down, when the run ends, what is still to be done."""
        yield self._clock.sleep(max(0, self._end - self._clock.now))
        for name in sorted(self._open):
            self._conclude(name, OUTSTANDING)


def _priority(item: WorkItem) -> tuple[int, Millis]:
    """Return what is served first: the more severe, then the older incident."""
    if item.incident is None:
        return ROUTINE, item.now
    return URGENCY.get(item.incident.severity, ROUTINE), item.incident.opened_at
