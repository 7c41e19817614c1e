"""What happened and was no fault, and the tickets: whose they really were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from adn.base.clock import SECOND, Millis
from adn.base.records import Record
from adn.scoring.log import RunLog

REAL: Final = frozenset({"maintenance", "link-heals", "flash-crowd"})
"""Disturbances that change the network or what it carries; a collector that dies changes nothing,
so an incident about it is about nothing."""

COLLECTOR: Final = "collector-dies"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One disturbance that an incident may rightly be about.

    Attributes:
        id: ``DST-0001``.
        kind: Such as ``maintenance``.
        onset: When it began.
        cleared: When it ended, if it did.
        affected: Objects that it took out, and services that it put outside their limits.
    """

    id: str
    kind: str
    onset: Millis
    cleared: Millis | None
    affected: frozenset[str]

    @property
    def t0(self) -> Millis:
        """From when an incident may be about it."""
        return self.onset


def disturbances_of(log: RunLog) -> tuple[Disturbance, ...]:
    """Return the disturbances that nobody had announced and that changed something, by onset."""
    ended = {record.id: record.at for record in log.kind("disturbance.ended")}
    impacts: dict[str, set[str]] = {}
    for record in log.kind("disturbance.impact"):
        impacts.setdefault(record.id, set()).update(record.data["out"])
    found = []
    for record in log.kind("disturbance.began"):
        if record.data["announced"] or record.data["kind"] not in REAL:
            continue
        objects = set(record.ref.get("objects", ()))
        end = ended.get(record.id)
        if record.data["kind"] == "flash-crowd":
            until = round(record.data["until_s"] * SECOND) if end is None else end
            objects &= _hurt(log, record.at, until)
        affected = frozenset(objects | impacts.get(record.id, set()))
        found.append(Disturbance(record.id, record.data["kind"], record.at, end, affected))
    return tuple(sorted(found, key=lambda one: (one.onset, one.id)))


def _hurt(log: RunLog, start: Millis, end: Millis) -> set[str]:
    """Return the services that left their limits in a span: what a crowd may be complained of."""
    hurt: set[str] = set()
    for record in log.kind("service.state"):
        if start <= record.at <= end:
            hurt.update(record.data["degraded"], record.data["down"])
    return hurt


def lost_telemetry(log: RunLog, start: Millis, end: Millis) -> bool:
    """Return whether a collector was dead for any part of a span."""
    ended = {record.id: record.at for record in log.kind("disturbance.ended")}
    return any(
        record.at < end and start < ended.get(record.id, log.end)
        for record in log.kind("disturbance.began")
        if record.data["kind"] == COLLECTOR
    )


@dataclass(frozen=True, slots=True)
class TicketCounts:
    """Complaints that arrived, those of them that came from the network, and from which fault."""

    raised: int
    from_network: int
    per_fault: Mapping[str, int]


def ticket_counts(log: RunLog, faults: Iterable[str]) -> TicketCounts:
    """Return the tickets of a run; those due to several faults count for each."""
    causes = [_causes(record) for record in log.kind("ticket.cause")]
    per_cause = Counter(cause for held in causes for cause in held)
    return TicketCounts(
        raised=sum(1 for _ in log.kind("ticket.raised")),
        from_network=sum(bool(held) for held in causes),
        per_fault={fault: per_cause[fault] for fault in faults},
    )


def _causes(record: Record) -> tuple[str, ...]:
    return tuple(record.data["cause"])
