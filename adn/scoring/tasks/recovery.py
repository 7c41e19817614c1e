"""Recovery: solution (I), decision (J), execution (K) and verification (V)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from adn.base.levels import Task
from adn.base.records import Record
from adn.scoring.actions import actions
from adn.scoring.clocks import HOLD, restored_by_change
from adn.scoring.incidents import incident_id
from adn.scoring.tasks.instance import TaskInstance
from adn.scoring.tasks.judging import Judging, extent
from adn.scoring.truth import Fault

REFUSALS: Final = frozenset({"refuse", "refused", "reject", "rejected", "deny", "denied"})
"""Verdicts by which a plan is not allowed."""
BY_ITSELF: Final = frozenset({"protection", "self", "local"})
"""What ends an impact without anybody's plan."""


def recovery(judging: Judging) -> Iterator[TaskInstance]:
    """Yield the instances of I, J, K and V, and what a contestable fault called for besides."""
    log = judging.log
    for fault in judging.faults.values():
        if fault.t0 is not None and judging.scores[fault.id].contestable:
            yield from _owed(judging, fault)
    for record in log.kind("plan.proposed"):
        if judging.is_action(record):
            yield judging.row(record, judging.fault_of(record), _restores(judging, record))
    for record in log.kind("plan.decided"):
        if judging.is_action(record):
            yield judging.row(record, judging.fault_of(record), _rightly_decided(judging, record))
    for record in log.kind("plan.executed"):
        yield from _executed(judging, record)
    for record in log.kind("service.verified"):
        yield _verified(judging, record)


def is_refused(record: Record) -> bool:
    """Return whether a decision refuses a plan."""
    return str(record.data["verdict"]).lower() in REFUSALS


def _owed(judging: Judging, fault: Fault) -> Iterator[TaskInstance]:
    """Yield I, J and K of a contestable fault whose own incident has no record of them.

    Where a plan on another incident ended its impact, what was done there was done for it too.
    Where protection ended it in time, nothing more was called for in this run. Else it is a miss.
    """
    incident = judging.pairing.incidents.get(fault.id)
    members = frozenset(incident.members if incident else ())
    clocks = judging.scores[fault.id].clocks
    in_time = clocks.restore is not None and clocks.restore <= judging.targets.restore
    if in_time and clocks.restored_by in BY_ITSELF:
        return
    saviour = _plan_that_ended(judging, fault)
    for task, kind, clock in (
        (Task.RECOVERY_ANALYSIS, "plan.proposed", None),
        (Task.DETERMINATION, "plan.decided", None),
        (Task.EXECUTION, "plan.executed", in_time),
    ):
        actions = [record for record in judging.log.kind(kind) if judging.is_action(record)]
        if any(incident_id(record) in members for record in actions):
            continue
        elsewhere = [record for record in actions if judging.plan_of(record) == saviour]
        if elsewhere:
            yield judging.row(elsewhere[-1], fault, _RIGHT[task](judging, elsewhere[-1]), clock)
        else:
            yield judging.miss(task, fault, incident, None if clock is None else False)


def _plan_that_ended(judging: Judging, fault: Fault) -> str:
    """Return the plan whose command ended the impact of a fault, or an empty text."""
    change = restored_by_change(fault, judging.log.end)
    name = change.cause.rpartition(" ")[2] if change else ""
    mine = (record for record in actions(judging.log) if record.id == name)
    return next((str(record.ref.get("plan", "")) for record in mine), "")


def _restores(judging: Judging, record: Record) -> bool | None:
    """Return whether a plan restores service, or keeps what is restored."""
    judged = judging.judged.get(record.id)
    if judged is None:
        return None
    nothing_out = extent(judged["outside_without"]) == 0
    return bool(judged["restores"] or (nothing_out and not judged["harms"]))


def _rightly_decided(judging: Judging, record: Record) -> bool | None:
    """Return whether what was allowed is no worse than nothing, or was rightly refused."""
    judged = judging.judged.get(judging.plan_of(record))
    if judged is None:
        return None
    without, outside = (extent(judged[f"outside_{way}"]) for way in ("without", "with"))
    harmless = not judged["harms"] and outside <= without
    return not (harmless and judged["restores"]) if is_refused(record) else harmless


def _executed(judging: Judging, record: Record) -> Iterator[TaskInstance]:
    """Yield the instance of K: carried out as planned and to effect; field work is none."""
    done = record.ref["commands"]
    effects = [judging.effects[name] for name in done if name in judging.effects]
    by_crew = bool(effects) and all(effect.data["field"] for effect in effects)
    if by_crew or not judging.is_action(record):
        return
    right = _as_planned(judging, record)
    fault = judging.fault_of(record)
    in_time = None
    if fault is not None and judging.scores[fault.id].contestable:
        restore = judging.scores[fault.id].clocks.restore
        in_time = restore is not None and restore <= judging.targets.restore
    yield judging.row(record, fault, right, in_time)


def _as_planned(judging: Judging, record: Record) -> bool:
    """Return whether a plan was carried out as it stands, and every command took effect."""
    done = record.ref["commands"]
    applied = (judging.effects[name].data["applied"] for name in done if name in judging.effects)
    return bool(record.data["as_planned"] and all(applied))


_RIGHT: Final[Mapping[Task, Callable[[Judging, Record], bool | None]]] = {
    Task.RECOVERY_ANALYSIS: _restores,
    Task.DETERMINATION: _rightly_decided,
    Task.EXECUTION: _as_planned,
}


def _verified(judging: Judging, record: Record) -> TaskInstance:
    """Return the instance of V: what was said agrees with the truth, and no relapse follows."""
    fault = judging.fault_of(record)
    out = False
    if fault is not None:
        out = bool(fault.outside_at(record.at))
        if record.data["fixed"]:
            out = out or any(
                change.out and record.at < change.at <= record.at + HOLD for change in fault.impacts
            )
    return judging.row(record, fault, right=record.data["fixed"] != out)
