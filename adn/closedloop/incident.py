"""An incident: what the loop believes is one fault, and the states it may go through.

The incident is the only mutable thing that travels through the loop's steps; whoever reasons about
it is handed a frozen `IncidentSnapshot`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from adn.base.clock import Millis


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
