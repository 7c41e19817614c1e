"""What operations believed: incidents, what they name, and their suspects over time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from adn.base.clock import MINUTE, Millis
from adn.base.records import Record
from adn.scoring.log import RunLog

MERGE_WINDOW: Final[Millis] = MINUTE
"""An incident merged no later than this after it opened was never one of its own."""


@dataclass(frozen=True, slots=True)
class Belief:
    """The suspects at one time, best first: (object, problem class, probability)."""

    at: Millis
    suspects: tuple[tuple[str, str, float], ...]

    @property
    def top(self) -> tuple[str, str] | None:
        """Object and class of the best suspect, if there is one."""
        return self.suspects[0][:2] if self.suspects else None


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, with those that were merged into it in good time.

    Attributes:
        id: Of the one that survived.
        members: Ids of all, sorted.
        opened: When the first of them opened.
        named: Objects and services that they name: opened, updated, and top suspects located.
        beliefs: The survivor's suspects over time.
        merged_into: Where it went, if it went at all.
        merged_at: When.
    """

    id: str
    members: tuple[str, ...]
    opened: Millis
    named: frozenset[str]
    beliefs: tuple[Belief, ...]
    merged_into: str = ""
    merged_at: Millis | None = None


def incident_id(record: Record) -> str:
    """Return which incident a record belongs to: its reference, else its own id."""
    return str(record.ref.get("incident") or record.id)


def incidents_of(log: RunLog) -> tuple[Incident, ...]:
    """Return the incidents of a run by opening and id; quickly merged ones count as one."""
    single: dict[str, Incident] = {}
    for record in log.kind("incident.opened"):
        single.setdefault(record.id, Incident(record.id, (record.id,), record.at, frozenset(), ()))
    kinds = ("incident.opened", "incident.updated", "incident.located", "incident.merged")
    for record in log.kind(*kinds):
        name = incident_id(record)
        if name in single:
            single[name] = _with(single[name], record)
    joined: dict[str, list[Incident]] = {}
    for incident in single.values():
        joined.setdefault(_survivor(incident, single), []).append(incident)
    whole = [_join(single[name], parts) for name, parts in joined.items()]
    return tuple(sorted(whole, key=lambda incident: (incident.opened, incident.id)))


def _with(incident: Incident, record: Record) -> Incident:
    """Return the incident with what one record adds to it."""
    if record.kind == "incident.merged":
        if incident.merged_into:
            return incident
        return replace(incident, merged_into=str(record.ref["into"]), merged_at=record.at)
    if record.kind == "incident.located":
        suspects = tuple((row[0], row[1], float(row[2])) for row in record.data["suspects"])
        belief = Belief(record.at, suspects)
        top = {suspects[0][0]} if suspects else set()
        return replace(incident, beliefs=(*incident.beliefs, belief), named=incident.named | top)
    return replace(
        incident, named=incident.named.union(record.ref["objects"], record.ref["services"])
    )


def _survivor(incident: Incident, single: dict[str, Incident]) -> str:
    """Return where `incident` ended up through merges in good time."""
    seen = {incident.id}
    while (
        incident.merged_at is not None
        and incident.merged_at - incident.opened <= MERGE_WINDOW
        and incident.merged_into in single
        and incident.merged_into not in seen
    ):
        incident = single[incident.merged_into]
        seen.add(incident.id)
    return incident.id


def _join(survivor: Incident, parts: list[Incident]) -> Incident:
    """Return the survivor with what the others named and the earliest opening of all."""
    return replace(
        survivor,
        members=tuple(sorted(part.id for part in parts)),
        opened=min(part.opened for part in parts),
        named=frozenset().union(*(part.named for part in parts)),
    )
