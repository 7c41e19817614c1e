"""Which incident is about which fault: a maximum-weight matching, so that nobody counts twice.

The weight of a pair is the Jaccard overlap of what the incident names and what the fault affects;
it is zero unless the incident opened between t0 and ten minutes after the fault was cleared. An
incident that stands open from the beginning is therefore worth nothing, and one that names
everything loses to any that names the right things and can serve one fault at most.

Disturbances that nobody had announced stand in line like faults: an incident that is rather about
one of them than about a fault is explained, and neither false nor anyone's detection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adn.base.clock import MINUTE, Millis
from adn.scoring.disturbances import Disturbance, disturbances_of
from adn.scoring.incidents import Incident, incidents_of
from adn.scoring.log import RunLog
from adn.scoring.truth import Fault, faults_of

AFTERMATH: Final[Millis] = 10 * MINUTE
"""For how long after a fault was cleared an incident may still be about it."""

_GRAIN: Final = 10**7
"""Steps of overlap that are told apart; the rest of a double's 53 bits settles ties."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The outcome.

    Attributes:
        incidents: Incident of each fault that has one, by fault id.
        false: Incidents that overlap no fault, by opening.
        duplicates: Incidents on faults that others are paired with, by opening.
        explained: Incidents on disturbances, which are no faults, by opening.
    """

    incidents: Mapping[str, Incident]
    false: tuple[Incident, ...]
    duplicates: tuple[Incident, ...]
    explained: tuple[Incident, ...] = ()

    def fault_of(self, incident: Incident) -> str:
        """Return the id of the fault that `incident` is paired with, or an empty text."""
        return next(
            (fault for fault, other in self.incidents.items() if other.id == incident.id), ""
        )


def overlap(fault: Fault | Disturbance, incident: Incident) -> float:
    """Return the weight of a pair, 0..1."""
    if fault.t0 is None or incident.opened < fault.t0:
        return 0.0
    if fault.cleared is not None and incident.opened > fault.cleared + AFTERMATH:
        return 0.0
    affected = fault.affected
    union = affected | incident.named
    return len(affected & incident.named) / len(union) if union else 0.0


def pairing_of(log: RunLog) -> Pairing:
    """Return which incident of a run is about which fault."""
    return pair(faults_of(log), incidents_of(log), disturbances_of(log))


def pair(
    faults: Sequence[Fault],
    incidents: Sequence[Incident],
    disturbances: Sequence[Disturbance] = (),
) -> Pairing:
    """Match incidents with faults; among equal matchings, early incidents go to early faults."""
    faults = sorted(faults, key=lambda fault: (fault.onset, fault.id))
    incidents = sorted(incidents, key=lambda incident: (incident.opened, incident.id))
    rows: list[Fault | Disturbance] = [*faults, *disturbances]
    weights = [[overlap(row, incident) for incident in incidents] for row in rows]
    matched = {column: row for row, column in _matching(weights)}
    left = [column for column in range(len(incidents)) if column not in matched]

    def related(column: int, some: Sequence[list[float]]) -> bool:
        return any(row[column] > 0.0 for row in some)

    on_faults, on_others = weights[: len(faults)], weights[len(faults) :]
    doubled = [column for column in left if related(column, on_faults)]
    explained = [column for column, row in matched.items() if row >= len(faults)]
    explained += [c for c in left if c not in doubled and related(c, on_others)]
    return Pairing(
        incidents={
            faults[row].id: incidents[column]
            for column, row in sorted(matched.items(), key=lambda pair: pair[1])
            if row < len(faults)
        },
        false=tuple(incidents[c] for c in left if c not in doubled and c not in explained),
        duplicates=tuple(incidents[c] for c in doubled),
        explained=tuple(incidents[c] for c in sorted(explained)),
    )


def _matching(weights: list[list[float]]) -> list[tuple[int, int]]:
    """Return the (row, column) pairs of a maximum-weight matching, pairs without weight left out.

    Ties are settled by a bonus below one grain of weight: the product of the ranks counted from
    the last, which by the rearrangement inequality is greatest where the orders agree.
    """
    if not weights or not weights[0]:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    grains = np.rint(np.array(weights) * _GRAIN)
    rows, columns = grains.shape
    bonus = np.outer(np.arange(rows, 0, -1), np.arange(columns, 0, -1)) / (
        2.0 * rows * columns * min(rows, columns)
    )
    value = np.where(grains > 0, grains + bonus, 0.0)
    chosen = zip(*linear_sum_assignment(value, maximize=True), strict=True)
    return [(int(row), int(column)) for row, column in chosen if grains[row, column] > 0]
