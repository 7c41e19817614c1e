"""An incident: what the loop believes is one fault, and the states it may go through.

The incident is the only mutable thing that travels through the loop's steps; whoever reasons about
it is handed a frozen `IncidentSnapshot`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from adn.base.clock import Millis
from adn.closedloop.correlating import Group
from adn.closedloop.detectors import Anomaly
from adn.northbound.alarms import Severity


class Status(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    LOCATED = "located"
    PLANNED = "planned"
    APPROVED = "approved"
    EXECUTING = "executing"
    VERIFYING = "verifying"
    RESTORED = "restored"
    CLOSED = "closed"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class IncidentSnapshot:
    """An incident at one instant.

    Attributes:
        id: ``INC-0001``.
        status: Where it stands.
        opened_at: When it was recognised, simulated ms.
        began_at: Measurement time of its earliest sign, simulated ms.
        severity: X.733 word.
        alarms: Ids of the alarms joined to it, in order of arrival.
        anomalies: Ids of the anomalies joined to it, in order.
        objects: Directions, links and elements that its evidence names, sorted.
        services: Services that it was seen to hurt, sorted.
        outside: Those of them measured outside their promises last, sorted; empty where not asked.
    """

    id: str
    status: Status
    opened_at: Millis
    began_at: Millis
    severity: str
    alarms: tuple[str, ...] = ()
    anomalies: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


LEGAL: Final[Mapping[Status, frozenset[Status]]] = {
    Status.OPEN: frozenset({Status.LOCATED, Status.ESCALATED, Status.RESTORED, Status.MERGED}),
    Status.LOCATED: frozenset(
        {
            Status.PLANNED,
            Status.VERIFYING,
            Status.ESCALATED,
            Status.RESTORED,
            Status.LOCATED,
            Status.MERGED,
        }
    ),
    Status.PLANNED: frozenset({Status.APPROVED, Status.ESCALATED, Status.LOCATED}),
    Status.APPROVED: frozenset({Status.EXECUTING}),
    Status.EXECUTING: frozenset({Status.VERIFYING, Status.LOCATED}),
    Status.VERIFYING: frozenset({Status.RESTORED, Status.LOCATED, Status.ESCALATED}),
    Status.RESTORED: frozenset(
        {Status.CLOSED, Status.REOPENED, Status.ESCALATED, Status.VERIFYING}
    ),
    Status.REOPENED: frozenset({Status.LOCATED, Status.RESTORED, Status.ESCALATED}),
    Status.ESCALATED: frozenset({Status.RESTORED, Status.CLOSED, Status.LOCATED, Status.MERGED}),
    Status.CLOSED: frozenset(),
    Status.MERGED: frozenset(),
}
ENDED: Final = frozenset({Status.CLOSED, Status.MERGED})


class IllegalMoveError(ValueError):
    """An incident was to go where it may not go from where it stands."""


@dataclass(slots=True)
class Incident:
    """What the loop believes is one fault.

    Attributes:
        id: ``INC-0001``.
        opened_at: When it was recognised, simulated ms.
        group: Its signals and their reach.
        status: Where it stands; changed by `move` alone.
        joined_at: When its latest signal was joined, simulated ms.
        handed_over: Whether it was escalated: the expert has it, and works without suggestions.
        domain: Where it was demarcated to; empty until then.
        crewed: Whether a crew is at work on its account: whoever sent it stays with it.
        stamps: When it last entered each status.
    """

    id: str
    opened_at: Millis
    group: Group
    status: Status = Status.OPEN
    joined_at: Millis = 0
    handed_over: bool = False
    domain: str = ""
    crewed: bool = False
    stamps: dict[Status, Millis] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stamps.setdefault(self.status, self.opened_at)
        self.group.incident = self.id

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ENDED

    def move(self, status: Status, now: Millis) -> None:
        """Go to another status.

        Raises:
            IllegalMoveError: The status cannot follow on the present one.
        """
        if status not in LEGAL[self.status]:
            raise IllegalMoveError(f"{self.id} cannot go from {self.status} to {status}")
        self.status = status
        self.stamps[status] = now

    def snapshot(self) -> IncidentSnapshot:
        """Return the incident as it is now, frozen."""
        signals = self.group.anomalies
        return IncidentSnapshot(
            id=self.id,
            status=self.status,
            opened_at=self.opened_at,
            began_at=min((a.measured_at for a in signals), default=self.opened_at),
            severity=self.severity,
            alarms=tuple(a.alarm for a in signals if a.alarm),
            anomalies=tuple(a.evidence for a in signals if not a.alarm),
            objects=named_objects(signals),
            services=named_services(signals),
        )

    @property
    def severity(self) -> str:
        """X.733 severity: critical with an alarm or silence, else by what services feel."""
        whats = {a.what for a in self.group.anomalies if a.opens}
        if whats & {"alarm", "silence"}:
            return Severity.CRITICAL.value
        return (Severity.MAJOR if whats & {"loss", "discards"} else Severity.MINOR).value


def named_objects(signals: Iterable[Anomaly]) -> tuple[str, ...]:
    """Return the directions, links and elements that signals point at, sorted.

    Queue drops are left out: where traffic is too much is seldom where the trouble is.
    """
    pointing = (a for a in signals if a.table != "service" and a.opens and a.what != "discards")
    return tuple(sorted({anomaly.object for anomaly in pointing}))


def named_services(signals: Iterable[Anomaly]) -> tuple[str, ...]:
    """Return the services that signals say are hurt, sorted."""
    return tuple(sorted({a.object for a in signals if a.table == "service" and a.opens}))
