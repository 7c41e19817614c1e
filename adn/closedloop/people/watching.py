"""Watching: someone looks at the screens every so often, and sees what has come up since.

Where data is collected by people, or by them together with the system, this is the collection: it
leaves the evidence of task C. Where people also recognise faults alone, nothing is recognised
before they look or customers call.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Final

from simpy.events import Event

from adn.base.clock import HOUR, Millis, SimClock
from adn.base.levels import Task
from adn.closedloop.detectors import Anomaly
from adn.closedloop.journal import Journal
from adn.closedloop.people.staff import Staff
from adn.closedloop.performing import Performing
from adn.northbound.post import Ticket

CALLS: Final = "ticket"
ALARM: Final = "alarm"
LATELY: Final[Millis] = HOUR
"""For how long the front office remembers who complained of what (assumption)."""


class Watch:
    """The front office at its screens.

    Args:
        clock: The loop's clock.
        journal: Where evidence is left.
        performing: Who does what.
        staff: Who is asked to look.
        take: Where signals go that were noticed.
        known: Tells whether an open incident is about a service.
    """

    def __init__(
        self,
        clock: SimClock,
        journal: Journal,
        performing: Performing,
        staff: Staff,
        take: Callable[[Sequence[Anomaly]], None],
        known: Callable[[str], bool],
    ) -> None:
        self._clock, self._journal, self._staff, self._take = clock, journal, staff, take
        self._performing, self._known = performing, known
        self._recognised_alone = not performing.assists(Task.FAULT_RECOGNITION)
        self._collected = performing.assists(Task.DATA_COLLECTION)
        self._unseen: dict[str, Anomaly] = {}
        self._calls: list[tuple[Millis, Ticket]] = []

    def show(self, signals: Sequence[Anomaly]) -> None:
        """Show signals: at once where the system recognises faults, else on the screens."""
        if not self._recognised_alone:
            self._take(signals)
            return
        for signal in signals:
            if signal.what != CALLS:
                self._unseen[signal.evidence] = signal

    def call(self, ticket: Ticket) -> None:
        """Let the telephone ring, where nobody but people recognises faults."""
        if self._recognised_alone:
            self._clock.process(self._take_call(ticket))

    def _take_call(self, ticket: Ticket) -> Generator[Event, Any, None]:
        """Take a call; whoever hears of the same thing again takes it for an incident."""
        name = ticket.service
        go, _ = yield from self._staff.called(
            ticket, lambda: len(self._alike(ticket)), lambda: self._known(name)
        )
        self._calls.append((self._clock.now, ticket))
        alike = self._alike(ticket) if go else []
        if name and self._known(name):
            alike = [ticket]
        self._calls = [held for held in self._calls if held[1] not in alike]
        if alike:
            self._take(
                [Anomaly("service", name, CALLS, row.since, evidence=row.id) for row in alike]
            )

    def _alike(self, ticket: Ticket) -> list[Ticket]:
        """Return what was lately said of the same service, if the customer could name it."""
        since = self._clock.now - LATELY
        self._calls = [held for held in self._calls if held[0] >= since]
        if not ticket.service or ticket.complaint == "other":
            return []
        return [row for _, row in self._calls if row.service == ticket.service]

    def keep(self, begin: Millis, every: Millis) -> Generator[Event, Any, None]:
        """Look at the screens from an instant on, every so often."""
        yield self._clock.sleep(begin)
        while True:
            # Someone looks; whoever comes late looks late, but the next look is due all the same.
            self._clock.process(self._look())
            yield self._clock.sleep(every)

    def _look(self) -> Generator[Event, Any, None]:
        started = self._clock.now

        def there() -> list[tuple[str, ...]]:
            return [(name, _sign(row), row.object, row.what) for name, row in self._unseen.items()]

        done = yield from self._performing.perform(
            Task.DATA_COLLECTION, tuple, self._staff.polled(there)
        )
        noticed = [self._unseen.pop(name) for name in done.answer if name in self._unseen]
        self._journal.evidence(
            "data.collected",
            done.by,
            started,
            data={
                "table": "screens" if self._collected else "alarms",
                "complete": 1.0,
                "kpis": [],
                "noticed": [row.evidence for row in noticed],
            },
            work=done.work,
        )
        if noticed:
            self._take(noticed)


def _sign(signal: Anomaly) -> str:
    return ALARM if signal.what == ALARM else "departure"
