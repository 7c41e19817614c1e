"""Which incident is about which fault: a maximum-weight matching, so that nobody counts twice.

The weight of a pair is the Jaccard overlap of what the incident names and what the fault affects;
it is zero unless the incident opened between t0 and ten minutes after the fault was cleared. An
incident that stands open from the beginning is therefore worth nothing, and one that names
everything loses to any that names the right things and can serve one fault at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adn.base.clock import MINUTE, Millis
from adn.scoring.incidents import Incident
from adn.scoring.truth import Fault

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
    """

    incidents: Mapping[str, Incident]
    false: tuple[Incident, ...]
    duplicates: tuple[Incident, ...]

    def fault_of(self, incident: Incident) -> str:
        """Return the id of the fault that `incident` is paired with, or an empty text."""
        return next((fault for fault, other in self.incidents.items() if other is incident), "")


def overlap(fault: Fault, incident: Incident) -> float:
    """Return the weight of a pair, 0..1."""
    if fault.t0 is None or incident.opened < fault.t0:
        return 0.0
    if fault.cleared is not None and incident.opened > fault.cleared + AFTERMATH:
        return 0.0
    affected = fault.affected
    union = affected | incident.named
    return len(affected & incident.named) / len(union) if union else 0.0


def pair(faults: Sequence[Fault], incidents: Sequence[Incident]) -> Pairing:
    """Match incidents with faults; among equal matchings, early incidents go to early faults."""
    faults = sorted(faults, key=lambda fault: (fault.onset, fault.id))
    incidents = sorted(incidents, key=lambda incident: (incident.opened, incident.id))
    weights = [[overlap(fault, incident) for incident in incidents] for fault in faults]
    matched = _matching(weights)
    paired = {faults[row].id: incidents[column] for row, column in matched}
    left = [
        (column, incident)
        for column, incident in enumerate(incidents)
        if column not in {taken for _, taken in matched}
    ]
    related = {column for column, _ in left if any(row[column] > 0.0 for row in weights)}
    return Pairing(
        incidents=paired,
        false=tuple(incident for column, incident in left if column not in related),
        duplicates=tuple(incident for column, incident in left if column in related),
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
