"""Field crews: so many can be out at a time; who waits is served by severity, then by age."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from simpy.events import Event

from adn.base.clock import SimClock, seconds
from adn.base.levels import Task
from adn.closedloop.incident import IncidentSnapshot
from adn.closedloop.journal import Journal
from adn.closedloop.ordering import Orders
from adn.closedloop.people.desks import ROUTINE, URGENCY
from adn.northbound.commands import Command, CommandResult, command_kinds

Results = list[CommandResult | None]


class Crews:
    """Sends commands, those that are field work when a crew is free.

    Args:
        clock: The loop's clock.
        orders: What sends them.
        journal: Where work is written down.
        count: How many crews there are.
    """

    def __init__(self, clock: SimClock, orders: Orders, journal: Journal, count: int) -> None:
        self._clock, self._orders, self._journal = clock, orders, journal
        self._crews: Any = clock.desks(count)
        self._sent = 0

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
        self._sent += 1
        name, queued = f"FLD-{self._sent:04d}", self._clock.now
        urgency = URGENCY.get(incident.severity, ROUTINE)
        ref = {"incident": incident.id, "command": command.id}
        what = {"task": str(Task.EXECUTION), "role": "field"}
        self._journal.note("work.queued", name, ref, {**what, "priority": urgency})
        with self._crews.request(priority=(urgency, incident.opened_at)) as turn:
            yield turn
            begun = self._clock.now
            (answer,) = yield from self._orders.carry_out([command])
            said = {
                "verdict": "done",
                "took_s": seconds(self._clock.now - begun),
                "waited_s": seconds(begun - queued),
            }
            self._journal.note("work.replied", name, ref, {**what, **said}, by="human")
        result: CommandResult | None = answer
        return result


def is_field_work(kind: str) -> bool:
    """Return whether a crew has to drive out for a kind of command."""
    return command_kinds()[kind].performed_by == "field"
