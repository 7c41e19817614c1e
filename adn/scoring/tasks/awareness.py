"""Awareness: collection of data (C), filtering of alarms (D) and recognition of faults (E)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from adn.base.levels import Task
from adn.base.records import Record
from adn.scoring.alarms import root_alarms, shown_alarms
from adn.scoring.clocks import Clocks
from adn.scoring.disturbances import lost_telemetry
from adn.scoring.incidents import Incident
from adn.scoring.tasks.instance import TaskInstance
from adn.scoring.tasks.judging import Judging, moment
from adn.scoring.truth import Fault

COMPLETE: Final = 0.9
"""Share of an interval's samples from which on it counts as collected (assumption)."""


def awareness(judging: Judging) -> Iterator[TaskInstance]:
    """Yield the instances of C, one a collection; of D and E, one a fault that could be seen.

    An incident about nothing is an instance of E too, and a wrong one.
    """
    for record in judging.log.kind("data.collected"):
        yield judging.row(record, None, right=_complete(record, judging))
    roots = root_alarms(judging.log)
    for fault in judging.faults.values():
        if fault.t0 is None:
            continue
        incident = judging.pairing.incidents.get(fault.id)
        if roots.get(fault.id):
            members = frozenset(incident.members if incident else ())
            kept = bool(roots[fault.id] & shown_alarms(judging.log, members))
            yield judging.last(Task.ALARM_FILTERING, "alarms.filtered", fault, incident, kept)
        yield _recognised(judging, fault, incident, judging.scores[fault.id].clocks)
    unfounded = {name for incident in judging.pairing.false for name in incident.members}
    for record in judging.log.kind("incident.opened"):
        if record.id in unfounded:
            yield judging.row(record, None, right=False)


def _complete(record: Record, judging: Judging) -> bool | None:
    """Return whether a collection is complete.

    A collector that died is a disturbance: what it lost was not there to be had, so an interval
    that it made incomplete judges nobody.
    """
    if record.data["complete"] >= COMPLETE:
        return True
    start = moment(record.data["started_s"])
    return None if lost_telemetry(judging.log, start, record.at) else False


def _recognised(
    judging: Judging, fault: Fault, incident: Incident | None, clocks: Clocks
) -> TaskInstance:
    """Return the instance of E for a fault."""
    in_time = clocks.detect is not None and clocks.detect <= judging.targets.detect
    if incident is None:
        return judging.miss(Task.FAULT_RECOGNITION, fault, None, in_time=False)
    opened = [r for r in judging.log.kind("incident.opened") if r.id in incident.members]
    first = min(opened, key=lambda record: (record.at, record.id))
    return judging.row(first, fault, right=True, in_time=in_time)
