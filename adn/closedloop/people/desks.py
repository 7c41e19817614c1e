"""Desks: where work queues for people, by severity and then by age, and where it is answered.

Whoever is taken off a piece of work, or goes home, leaves it as far as it is. To come back to it,
or to take it over, costs time, though never more than was put into it: else one would begin anew.
"""

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
from adn.closedloop.people.desk import Desk, Place
from adn.closedloop.people.plain import plain
from adn.closedloop.people.rota import Rota
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
    """Work that was handed over and not yet answered.

    Attributes:
        item: What lies before whoever has it.
        queued: When it was handed over.
        begun: When somebody first took it up.
        since: When whoever has it now took it up; None while nobody has it.
        until: When they will have answered, as far as is known.
        left: How much is still to be done once it is taken up again.
        spells: From when to when who was at it, of those who have laid it down.
        down: How often it was laid down, by the reason.
    """

    item: WorkItem
    queued: Millis
    begun: Millis | None = None
    since: Millis | None = None
    until: Millis = 0
    left: Millis = 0
    replies: list[Reply] = field(default_factory=list)
    spells: list[tuple[Millis, Millis, str]] = field(default_factory=list)
    down: dict[str, int] = field(default_factory=dict)

    def worked(self, until: Millis) -> Millis:
        """Return for how long people have been at it."""
        now = 0 if self.since is None else until - self.since
        return now + sum(end - begin for begin, end, _ in self.spells)


class Desks:
    """The desks of one organisation.

    Args:
        clock: The loop's clock.
        journal: Where work is written down.
        actor: Who sits there.
        rota: How many by role, and when.
        end: When the run ends; what is then undone is written down as outstanding.
        interrupts: Whether critical work takes people off what is less urgent.
    """

    def __init__(
        self,
        clock: SimClock,
        journal: Journal,
        actor: Actor,
        rota: Rota,
        end: Millis,
        *,
        interrupts: bool = False,
    ) -> None:
        self._clock, self._journal, self._actor, self._end = clock, journal, actor, end
        self._rota = rota
        on_duty = rota.on_duty(clock.now).people
        self._desks = {
            role: Desk(clock, people, interrupts=interrupts) for role, people in on_duty.items()
        }
        for role in rota.trainee:
            # Who fills several roles alone has one queue, and does one thing at a time.
            self._desks[role] = self._desks[rota.trainee[0]]
        self._open: dict[str, _Open] = {}
        self._asked: dict[tuple[str, str], int] = {}
        self._last: dict[str, str] = {}
        self._count = 0
        changes = tuple(rota.changes(end))
        self._steady = not interrupts and not changes
        if changes:
            clock.process(self._change_shifts(changes))

    def ask(self, request: Request) -> Generator[Event, Any, tuple[Reply, str]]:
        """Queue work, wait until it is answered; return the answer and the id of the work."""
        if self._clock.now >= self._end:
            yield self._clock.event()  # the day is over: nobody comes to it any more
        work = self._queue(request)
        name, desk = work.item.id, self._desks[request.role]
        place = desk.join(_priority(work.item))
        try:
            try:
                yield place.taken
                reply = yield from self._answered(work, request, desk, place)
            finally:
                desk.leave(place)
        except Interrupt:
            self._conclude(name, WITHDRAWN)
            raise
        self._conclude(name, reply.verdict)
        return reply, name

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

    def _answered(
        self, work: _Open, request: Request, desk: Desk, place: Place
    ) -> Generator[Event, Any, Reply]:
        """Let people work until they answer, looking again as often as they want to."""
        clock = self._clock
        work.begun = work.since = clock.now
        work.item = item = replace(work.item, person=place.person)
        taken_over = self._taken_over(item)
        while True:
            item = replace(
                work.item,
                now=clock.now,
                incident=request.incident() if request.incident else None,
            )
            choices, sees = request.present(item) if request.present else ((), {})
            item = replace(item, choices=choices, sees={**sees, "from": taken_over})
            work.item = item
            reply = self._actor.ask(item)
            work.replies.append(reply)
            yield from self._spend(reply.took, work, desk, place)
            if reply.verdict != "look":
                return reply
            wanted = [(str(kind), str(target)) for kind, target in reply.content.get("probes", ())]
            if wanted and request.probe is not None:
                yield from request.probe(wanted)
            work.item = replace(work.item, looks=work.item.looks + 1)

    def _spend(
        self, span: Millis, work: _Open, desk: Desk, place: Place
    ) -> Generator[Event, Any, None]:
        """Let work take its time, however often it is laid down meanwhile."""
        clock = self._clock
        if self._steady:
            work.until = clock.now + span
            yield clock.sleep(span)
            return
        work.left = span
        while True:
            begun = clock.now
            work.until = begun + work.left
            off = desk.on_it(place)
            if not off.triggered:
                yield clock.any_of([clock.sleep(work.left), off])
            work.left -= clock.now - begun
            if not off.triggered:
                desk.off_it(place)
                return
            self._lay_down(work, str(off.value))
            yield place.taken
            self._take_up(work, place)

    def _lay_down(self, work: _Open, why: str) -> None:
        assert work.since is not None
        work.spells.append((work.since, self._clock.now, work.item.person))
        work.since = None
        work.down[why] = work.down.get(why, 0) + 1

    def _take_up(self, work: _Open, place: Place) -> None:
        """Let somebody come back to what was laid down, or take it over from a colleague."""
        before, now = work.item, self._clock.now
        hands = before.hands if place.person == before.person else (*before.hands, before.person)
        work.since = now
        work.item = replace(
            before,
            now=now,
            person=place.person,
            hands=hands,
            laid_down=sum(work.down.values()),
        )
        reply = self._actor.ask(replace(work.item, resumes=place.why))
        work.replies.append(reply)
        work.left += min(reply.took, work.worked(now))

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
        now = self._clock.now
        worked = work.worked(now)
        waited = now - work.queued - worked
        if verdict == OUTSTANDING:
            if work.begun is None:
                # Nobody has come to it: ask how long it would have kept someone.
                reply = self._actor.ask(work.item)
                work.replies.append(reply)
                worked = reply.took
            elif work.since is None:
                worked += work.left
            else:
                worked = work.worked(max(now, work.until))
        item, said = work.item, {}
        if work.spells:
            last = [] if work.since is None else [(work.since, now, item.person)]
            said = {
                "interruptions": work.down.get("interruption", 0),
                "handovers": work.down.get("shift", 0),
                "spells": [[seconds(a), seconds(b), who] for a, b, who in (*work.spells, *last)],
            }
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
                "waited_s": seconds(waited),
                "replies": [[r.verdict, plain(r.content), r.took, r.note] for r in work.replies],
                **said,
            },
            by="human",
        )

    def _change_shifts(self, changes: tuple[Millis, ...]) -> Generator[Event, Any, None]:
        for at in changes:
            yield self._clock.sleep(at - self._clock.now)
            duty = self._rota.on_duty(at)
            for role, desk in self._desks.items():
                if role not in self._rota.trainee:
                    desk.relieve(duty.people[role])

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
