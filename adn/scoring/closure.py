"""Closure: who closed incidents, and whether what they were about was gone by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adn.base.records import Record
from adn.scoring.assess import Subject
from adn.scoring.disturbances import Disturbance, disturbances_of
from adn.scoring.incidents import Incident, incident_id, incidents_of
from adn.scoring.pairing import overlap
from adn.scoring.tasks.judging import Judging
from adn.scoring.truth import Fault


@dataclass(frozen=True, slots=True)
class Closure:
    """Counts of incidents.

    Attributes:
        closed: Closed by the end of the run.
        by_system: Closed on the word of the system alone.
        true: Closed when nothing that they were about was left: no impairment, no service outside.
        auto: Both.
        reopened: Opened again after service had been restored.
    """

    closed: int
    by_system: int
    true: int
    auto: int
    reopened: int

    def as_json(self) -> dict[str, Any]:
        """Return the object of the scorecard."""
        return {
            "closed": self.closed,
            "by_system": self.by_system,
            "true": self.true,
            "auto": self.auto,
            "reopened": self.reopened,
        }


def closure_of(judging: Judging) -> Closure:
    """Return how the incidents of a run were closed."""
    status = list(judging.log.kind("incident.status"))
    closing = {record.id: record for record in status if record.data["status"] == "closed"}
    verified = list(judging.log.kind("service.verified"))
    causes: list[Fault | Disturbance] = [*judging.faults.values(), *disturbances_of(judging.log)]
    whole = {name: one for one in incidents_of(judging.log) for name in one.members}
    by_system, true = set(), set()
    for name, record in closing.items():
        words = [word for word in verified if incident_id(word) == name and word.at <= record.at]
        if words and judging.handwork.subject(words[-1]) is Subject.SYSTEM:
            by_system.add(name)
        if name in whole and _is_over(record, _about(judging, whole[name], causes)):
            true.add(name)
    return Closure(
        closed=len(closing),
        by_system=len(by_system),
        true=len(true),
        auto=len(by_system & true),
        reopened=len({record.id for record in status if record.data["status"] == "reopened"}),
    )


def _about(
    judging: Judging, incident: Incident, causes: Iterable[Fault | Disturbance]
) -> list[Fault | Disturbance]:
    """Return the fault that an incident is paired with, else all that it overlaps."""
    paired = judging.pairing.fault_of(incident)
    if paired:
        return [judging.faults[paired]]
    return [cause for cause in causes if overlap(cause, incident) > 0.0]


def _is_over(closing: Record, causes: list[Fault | Disturbance]) -> bool:
    """Return whether nothing of some causes is left; of none, nothing ever was."""
    return all(
        cause.cleared is not None
        and cause.cleared <= closing.at
        and not (isinstance(cause, Fault) and cause.outside_at(closing.at))
        for cause in causes
    )
