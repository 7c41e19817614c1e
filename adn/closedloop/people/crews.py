"""Field crews: so many can be out at a time; who waits is served by severity, then by age.

A command's own time is travel and work. Before it a crew acknowledges the order and sets out, and
may find on its first visit that nothing can be done; a published time to repair holds all that
already, so nothing is added to it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simpy.events import Event

from adn.base.clock import Millis, SimClock, seconds
from adn.base.levels import Task
from adn.base.sampling import ASSUMPTION
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.journal import Journal
from adn.closedloop.ordering import Orders
from adn.closedloop.people.actor import Actor, Reply, WorkItem
from adn.closedloop.people.desks import OUTSTANDING, ROUTINE, URGENCY
from adn.closedloop.people.plain import plain
from adn.northbound.commands import Command, CommandResult, command_kinds

Results = list[CommandResult | None]


@dataclass(slots=True)
class _Trip:
    """Field work that was ordered and is not done."""

    item: WorkItem
    ref: Mapping[str, str]
    queued: Millis
    begun: Millis | None = None
    replies: list[Reply] = field(default_factory=list)


class Crews:
    """Sends commands, those that are field work when a crew is free.

    Args:
        clock: The loop's clock.
        orders: What sends them.
        journal: Where work is written down.
        count: How many crews there are.
        actor: Who drives out.
        end: When the run ends; who is then out, or waited for, is written down as outstanding.
    """

    def __init__(
        self,
        clock: SimClock,
        orders: Orders,
        journal: Journal,
        count: int,
        actor: Actor,
        end: Millis,
    ) -> None:
        self._clock, self._orders, self._journal = clock, orders, journal
        self._actor, self._end = actor, end
        self._crews: Any = clock.desks(count)
        self._out: dict[str, _Trip] = {}
        self._asked: dict[tuple[str, str], int] = {}
        self._sent = 0

    def sent_to(self, but: str) -> frozenset[str]:
        """Return the objects that crews are ordered to, but for those of one incident."""
        return frozenset(
            str(trip.item.sees["command"][1])
            for trip in self._out.values()
            if trip.ref["incident"] != but
        )

    def carry_out(
        self, commands: Sequence[Command], incident: IncidentSnapshot
    ) -> Generator[Event, Any, Results]:
        """Send commands together and wait; None for one that never answered."""
        outdoors = [command for command in commands if is_field_work(command.kind)]
        if not outdoors:
            results: Results = yield from self._orders.carry_out(commands)
            return results
        indoors = [command for command in commands if command not in outdoors]
        out = [self._clock.process(self._drive(command, incident)) for command in outdoors]
        answers = yield from self._orders.carry_out(indoors)
        yield self._clock.all_of(out)
        found = {c.id: answer for c, answer in zip(indoors, answers, strict=True)}
        found |= {c.id: trip.value for c, trip in zip(outdoors, out, strict=True)}
        return [found[command.id] for command in commands]

    def _drive(
        self, command: Command, incident: IncidentSnapshot
    ) -> Generator[Event, Any, CommandResult | None]:
        """Wait for a crew, send it, wait until it is done."""
        trip = self._order(command, incident)
        urgency = URGENCY.get(incident.severity, ROUTINE)
        with self._crews.request(priority=(urgency, incident.opened_at)) as turn:
            yield turn
            trip.begun = self._clock.now
            yield from self._set_out(trip, command)
            (answer,) = yield from self._orders.carry_out([command])
            self._conclude(trip, "done")
        result: CommandResult | None = answer
        return result

    def _order(self, command: Command, incident: IncidentSnapshot) -> _Trip:
        if self._sent == 0:
            self._clock.process(self._close_the_day())
        self._sent += 1
        what = (command.kind, command.target)
        nth = self._asked[what] = self._asked.get(what, -1) + 1
        item = WorkItem(
            id=f"FLD-{self._sent:04d}",
            task=str(Task.EXECUTION),
            role="field",
            person="",
            now=self._clock.now,
            incident=incident,
            sees={"command": list(what)},
            attempt=nth,
        )
        ref = {"incident": incident.id, "command": command.id}
        trip = self._out[item.id] = _Trip(item, ref, self._clock.now)
        self._journal.note(
            "work.queued",
            item.id,
            ref,
            {
                "task": item.task,
                "role": item.role,
                "priority": URGENCY.get(incident.severity, ROUTINE),
            },
        )
        return trip

    def _set_out(self, trip: _Trip, command: Command) -> Generator[Event, Any, None]:
        """Let a crew get there; it sets out anew as long as it finds that nothing can be done."""
        if command_kinds()[command.kind].time["source"] != ASSUMPTION:
            return
        while True:
            reply = self._actor.ask(replace(trip.item, now=self._clock.now))
            trip.replies.append(reply)
            yield self._clock.sleep(reply.took)
            if reply.verdict != "look":
                return
            trip.item = replace(trip.item, looks=trip.item.looks + 1)

    def _conclude(self, trip: _Trip, verdict: str) -> None:
        del self._out[trip.item.id]
        now = self._clock.now
        begun = now if trip.begun is None else trip.begun
        self._journal.note(
            "work.replied",
            trip.item.id,
            trip.ref,
            {
                "task": trip.item.task,
                "role": trip.item.role,
                "verdict": verdict,
                "took_s": seconds(now - begun),
                "waited_s": seconds(begun - trip.queued),
                "replies": [[r.verdict, plain(r.content), r.took, r.note] for r in trip.replies],
            },
            by="human",
        )

    def _close_the_day(self) -> Generator[Event, Any, None]:
        """Write down, when the run ends, who is still out and what nobody has gone to."""
        yield self._clock.sleep(max(0, self._end - self._clock.now))
        for name in sorted(self._out):
            self._conclude(self._out[name], OUTSTANDING)


def is_field_work(kind: str) -> bool:
    """Return whether a crew has to drive out for a kind of command."""
    return command_kinds()[kind].performed_by == "field"
