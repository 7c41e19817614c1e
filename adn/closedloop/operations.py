"""What handling an incident draws on, in one place: clock, view, orders, people, evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from adn.base.clock import SimClock
from adn.closedloop.correlating import Cause, Correlator
from adn.closedloop.incident import Incident, Status
from adn.closedloop.intent import Intent
from adn.closedloop.journal import Journal
from adn.closedloop.locating import Locator
from adn.closedloop.ordering import Orders
from adn.closedloop.people.crews import Crews
from adn.closedloop.people.staff import Staff
from adn.closedloop.performing import Performing
from adn.closedloop.planning import Planner
from adn.closedloop.view import View

MOST_WATCHED: Final = 400
"""So many services at most are watched where none is hurt (assumption)."""


@dataclass(slots=True)
class Operations:
    """What handling an incident draws on; `incidents` are all that were opened, in order."""

    clock: SimClock
    view: View
    journal: Journal
    orders: Orders
    intent: Intent
    performing: Performing
    correlator: Correlator
    locator: Locator
    planner: Planner
    staff: Staff
    crews: Crews
    incidents: list[Incident] = field(default_factory=list)
    plans: int = 0
    on_belief: Callable[[], None] = lambda: None

    def plan_id(self) -> str:
        """Return the next plan id."""
        self.plans += 1
        return f"PLN-{self.plans:04d}"

    def given(self, incident: Incident) -> tuple[Cause, ...]:
        """Return what the other incidents that are not over, nor mended, are put down to."""
        return tuple(
            other.group.cause
            for other in self.incidents
            if other is not incident
            and not other.ended
            and other.group.cause is not None
            and not self.correlator.mended(other.group, self.clock.now)
        )

    def given_to(self, name: str) -> tuple[Cause, ...]:
        """Return what the incidents other than the one of a name are put down to."""
        return next((self.given(one) for one in self.incidents if one.id == name), ())

    def services_of(self, incident: Incident) -> list[str]:
        """Return the services that an incident looks after: those hurt, and those away now.

        Those that another open incident is busy with are that one's; where nobody is hurt, those
        that use what the incident is about, a sample of them where they are many.
        """
        away = {n for m in ("loss", "latency") for n in self.view.departures("service", m)}
        if self.view.silent:
            away.update(self.view.cut_off())
        named = frozenset(incident.snapshot().services)
        names = self.correlator.minded(incident.group, named, frozenset(away))
        names -= self.elsewhere(incident)
        if names:
            return sorted(names)
        users = sorted(self.correlator.reach.users(incident.group.core))
        return users[:: -(-len(users) // MOST_WATCHED) or 1]

    def changing(self, incident: Incident) -> bool:
        """Return whether a change on account of another incident is being made or verified."""
        under_way = (Status.EXECUTING, Status.VERIFYING)
        return any(one is not incident and one.status in under_way for one in self.incidents)

    def elsewhere(self, incident: Incident) -> frozenset[str]:
        """Return the services that other incidents, and not this one, are busy with."""
        held: set[str] = set()
        for other in self.incidents:
            if other is not incident and not other.ended and other.status is not Status.RESTORED:
                held.update(other.snapshot().services)
        return frozenset(held - set(incident.snapshot().services))
