"""Analysis: prediction (F), demarcation (G) and root cause (H)."""

from __future__ import annotations

from collections.abc import Iterator

from adn.base.levels import Task
from adn.base.records import Record
from adn.scoring.tasks.instance import TaskInstance
from adn.scoring.tasks.judging import Judging, moment
from adn.scoring.truth import Fault


def analysis(judging: Judging) -> Iterator[TaskInstance]:
    """Yield the instances of F, one a prediction and one a fault unforetold; of G and H."""
    yield from _predicted(judging)
    for fault in judging.faults.values():
        if fault.t0 is None:
            continue
        incident = judging.pairing.incidents.get(fault.id)
        last = judging.latest("incident.demarcated", incident)
        right = last is not None and last.data["domain"] == fault.domain
        yield judging.last(Task.DEMARCATION, "incident.demarcated", fault, incident, right)
        clocks = judging.scores[fault.id].clocks
        in_time = clocks.locate is not None and clocks.locate <= judging.targets.locate
        right = clocks.located_top1
        yield judging.last(Task.ROOT_CAUSE, "incident.located", fault, incident, right, in_time)


def _predicted(judging: Judging) -> Iterator[TaskInstance]:
    """Yield what was foretold, and a miss for every fault that hurt a service and was not.

    A look ahead that foretold nothing is no instance by itself: where nothing came it was idle,
    and where something came the miss counts.
    """
    foretold = set()
    for record in judging.log.kind("prediction.made"):
        if record.data["expected"]:
            fault = _foretold(judging, record)
            yield judging.row(record, fault, right=fault is not None)
            if fault is not None:
                foretold.add(fault.id)
    for fault in judging.faults.values():
        if fault.impact is not None and fault.id not in foretold:
            yield judging.miss(Task.FAULT_PREDICTION, fault, None)


def _foretold(judging: Judging, record: Record) -> Fault | None:
    """Return the first fault on what a prediction names that came within its horizon.

    It comes as it first could be seen, and again as it first hurts a service: to foretell the harm
    of what can already be seen is what prediction is for.
    """
    until = record.at + moment(record.data["horizon_s"])
    named = frozenset(record.ref["objects"])
    for fault in judging.faults.values():
        comes = [at for at in (fault.t0, fault.impact) if at is not None]
        if any(record.at < at <= until for at in comes) and named & fault.affected:
            return fault
    return None
