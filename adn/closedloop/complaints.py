"""Tickets as a signal: complaints that agree, where telemetry sees nothing.

One customer who complains proves nothing: most trouble is not the network's. Several in a short
time who name services of one element, or one site, do, if chance would hardly bring so many
together. What telemetry has shown already is only evidence, and late tickets about trouble that is
over are none.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import Final

from adn.base.clock import HOUR, MINUTE, Millis
from adn.closedloop.detectors import Anomaly, Signal
from adn.closedloop.view import View
from adn.northbound.post import Ticket

WINDOW: Final[Millis] = 15 * MINUTE
"""Within how long complaints must come to be about one thing (assumption)."""
LEAST: Final = 4
"""How few complaints may be a cluster (assumption)."""
BY_CHANCE: Final = 1e-6
"""How unlikely a cluster must be by chance; thousands of tickets are looked at in a month."""
USUAL_AN_HOUR: Final = 12.0
"""Complaints an hour expected before any have been seen, worth one hour of counting."""
MEMORY: Final[Millis] = 10 * MINUTE
"""By how much customers misremember since when it has been so (assumption)."""


class TicketDetector:
    """Finds clusters of complaints that chance does not explain."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._recent: deque[tuple[Millis, Ticket]] = deque()
        self._told: set[str] = set()
        self._count = 0
        network = view.network
        sites = {row.id: row.site for row in network.rows.elements}
        self._at_site: dict[str, list[str]] = {}
        for name, site in sorted(sites.items()):
            self._at_site.setdefault(site, []).append(name)
        total = max(1, int(network.customers.sum()))
        self._places: dict[str, tuple[str, ...]] = {}
        self._share: dict[str, float] = {}
        for row in network.rows.services:
            ends = {row.a, row.z}
            places = ends | {f"site {sites[end]}" for end in ends if sites.get(end)}
            self._places[row.id] = tuple(sorted(places))
            for place in places:
                self._share[place] = self._share.get(place, 0.0) + row.customers / total

    def observe(self, seen: Signal) -> Iterable[Anomaly]:
        """Return the tickets that say something, each only once."""
        if not isinstance(seen, Ticket) or seen.id in self._told:
            return []
        now = self._view.now
        self._count += 1
        while self._recent and self._recent[0][0] <= now - WINDOW:
            self._told.discard(self._recent.popleft()[1].id)
        if seen.service and self._view.hurt_about(seen.service, seen.since, MEMORY):
            # Telemetry has shown it: the ticket adds to what was opened, and opens nothing.
            return [self._anomaly(seen, opens=False)] if self._lasts(seen.service) else []
        if seen.complaint == "other" or self._worked_on(seen, now):
            return []
        self._recent.append((now, seen))
        cluster = self._cluster(seen, now)
        fresh = [ticket for ticket in cluster if ticket.id not in self._told]
        self._told.update(ticket.id for ticket in fresh)
        return [self._anomaly(ticket, opens=True) for ticket in fresh]

    def _worked_on(self, ticket: Ticket, now: Millis) -> bool:
        """Return whether a ticket is about what was announced to be out, as far as it says."""
        names = (ticket.service,) if ticket.service else self._at_site.get(ticket.site, ())
        return any(self._view.worked_on(name, ticket.since - MEMORY, now) for name in names)

    def _lasts(self, service: str) -> bool:
        return any(
            self._view.departure("service", service, kpi) for kpi in ("loss", "latency", "rate")
        )

    def _cluster(self, seen: Ticket, now: Millis) -> list[Ticket]:
        """Return the tickets that agree with this one on a place, if chance would not bring them.

        The rate of complaints is learnt as they come, from a first guess worth an hour.
        """
        rate = (USUAL_AN_HOUR + self._count) / (1.0 + now / HOUR)
        for place in self._named(seen):
            agreeing = [ticket for _, ticket in self._recent if place in self._named(ticket)]
            expected = rate * (WINDOW / HOUR) * self._share.get(place, 0.0)
            if len(agreeing) >= LEAST and tail(len(agreeing), expected) < BY_CHANCE:
                return [ticket for ticket in agreeing if ticket.service]
        return []

    def _named(self, ticket: Ticket) -> tuple[str, ...]:
        """Return the elements and sites that a ticket is about."""
        if ticket.service in self._places:
            return self._places[ticket.service]
        return (f"site {ticket.site}",) if ticket.site else ()

    def _anomaly(self, ticket: Ticket, *, opens: bool) -> Anomaly:
        return Anomaly(
            table="service",
            object=ticket.service,
            what="ticket",
            measured_at=ticket.since,
            opens=opens,
            evidence=ticket.id,
        )


def tail(count: int, expected: float) -> float:
    """Return the probability of at least `count` events where `expected` are (Poisson).

    >>> round(tail(1, 0.5), 6), round(tail(4, 0.1), 9)
    (0.393469, 3.847e-06)
    """
    below = sum(expected**k / math.factorial(k) for k in range(count))
    if expected > 1.0:
        return max(0.0, 1.0 - math.exp(-expected) * below)
    # Where the sum is close to one, what is left of it is summed itself.
    terms = (expected**k / math.factorial(k) for k in range(count, count + 30))
    return math.exp(-expected) * sum(terms)
