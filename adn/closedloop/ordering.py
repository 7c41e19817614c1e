"""Orders and questions: what the loop sends, and how its processes wait for the answers."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import MINUTE, SECOND, Millis, SimClock
from adn.closedloop.view import SeriesKey, View
from adn.northbound.commands import Command, CommandResult, PlanNotice, Purpose, command_kinds
from adn.northbound.post import Message, SeriesReply, SeriesRequest

ANSWER_WAIT: Final[Millis] = 10 * SECOND
"""How long a reply to a question may take."""
PATIENCE_FACTOR: Final = 4
"""A system command that has not answered after this many times its p95 is given up."""


class Orders:
    """Sends commands and questions, and matches what comes back.

    Args:
        clock: The loop's clock.
        outbox: Where everything that is sent is put, in order.
        view: Is told what commands did.
    """

    def __init__(self, clock: SimClock, outbox: list[Message], view: View) -> None:
        self._clock, self._outbox, self._view = clock, outbox, view
        self._commands = self._questions = 0
        self._waiting: dict[str, tuple[Command, Event]] = {}
        self._asked: dict[str, tuple[Event, Millis]] = {}

    def command(
        self,
        kind: str,
        target: str,
        params: Mapping[str, Any],
        incident: str,
        plan: str = "",
        purpose: Purpose = "mitigate",
    ) -> Command:
        """Return a new command, numbered but not yet sent."""
        self._commands += 1
        return Command(f"CMD-{self._commands:04d}", kind, target, params, incident, plan, purpose)

    def again(self, command: Command) -> Command:
        """Return the same order under a new number."""
        return self.command(
            command.kind,
            command.target,
            command.params,
            command.incident,
            command.plan,
            command.purpose,
        )

    def file(self, notice: PlanNotice) -> None:
        """Send a change request."""
        self._outbox.append(notice)

    def carry_out(
        self, commands: Sequence[Command]
    ) -> Generator[Event, Any, list[CommandResult | None]]:
        """Send commands together and wait; None for one that never answered."""
        events = []
        for command in commands:
            event = self._clock.event()
            self._waiting[command.id] = (command, event)
            self._outbox.append(command)
            self._view.see_order(self._clock.now, command)
            events.append(event)
        if not events:
            return []
        everything = self._clock.all_of(events)
        span = _patience(commands)
        yield (
            everything
            if span is None
            else self._clock.any_of([everything, self._clock.sleep(span)])
        )
        return [event.value if event.triggered else None for event in events]

    def answer(self, result: CommandResult) -> None:
        """Take in the answer to a command."""
        command, event = self._waiting.pop(result.command, (None, None))
        if command is not None and event is not None:
            self._view.see_result(self._clock.now, command, result)
            event.succeed(result)

    def ask(
        self, series: Sequence[SeriesKey], samples: int, offered_before: Millis = 0
    ) -> Generator[Event, Any, SeriesReply | None]:
        """Ask for raw series and wait for them; the view learns them too.

        Args:
            series: Which.
            samples: How many of the latest samples of each.
            offered_before: Service rates measured before this instant are offered rates.
        """
        if not series:
            return None
        self._questions += 1
        name = f"ASK-{self._questions:04d}"
        event = self._clock.event()
        self._asked[name] = (event, offered_before)
        self._outbox.append(SeriesRequest(name, tuple(series), samples))
        yield self._clock.any_of([event, self._clock.sleep(ANSWER_WAIT)])
        reply: SeriesReply | None = event.value if event.triggered else None
        return reply

    def reply(self, seen: SeriesReply) -> None:
        """Take in the answer to a question."""
        event, before = self._asked.pop(seen.request, (None, 0))
        if event is not None:
            self._view.see_series(self._clock.now, seen, before)
            event.succeed(seen)


def _patience(commands: Sequence[Command]) -> Millis | None:
    """Return how long to wait for all of `commands`; None if a crew does one of them."""
    kinds = [command_kinds()[command.kind] for command in commands]
    if any(kind.performed_by == "field" for kind in kinds):
        return None
    slowest = max(float(kind.time.get("p95", 60.0)) for kind in kinds)
    return int(PATIENCE_FACTOR * slowest * SECOND) + MINUTE // 2
