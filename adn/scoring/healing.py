"""Healing: was the first thing done about a fault the right one, and did the system do it alone."""

from __future__ import annotations

from collections.abc import Iterable

from adn.base.levels import Task
from adn.scoring.actions import actions
from adn.scoring.assess import Subject
from adn.scoring.clocks import restored_by_change
from adn.scoring.incidents import incident_id
from adn.scoring.tasks.instance import TaskInstance
from adn.scoring.tasks.judging import Judging
from adn.scoring.truth import Fault


def first_time_right(judging: Judging, fault: Fault) -> bool | None:
    """Return whether the first plan that was carried out on a fault restored service, and stayed.

    None if nothing was done about the fault, or if there was nothing left to restore by then. What
    is taken back once the fault is gone was no mistake.
    """
    incident = judging.pairing.incidents.get(fault.id)
    if incident is None or fault.impact is None:
        return None
    log = judging.log
    sent = [record for record in actions(log) if incident_id(record) in incident.members]
    restoring = restored_by_change(fault, log.end)
    if not sent or (restoring is not None and restoring.at < sent[0].at):
        return None
    plan = sent[0].ref.get("plan")
    ours = frozenset(record.id for record in sent if record.ref.get("plan") == plan)
    if restoring is None or restoring.cause.rpartition(" ")[2] not in ours:
        return False
    return not any(
        record.ref["plan"] == plan and (fault.cleared is None or record.at < fault.cleared)
        for record in log.kind("plan.rolled-back")
    )


def self_healing(judging: Judging, fault: Fault, rows: Iterable[TaskInstance]) -> bool:
    """Return whether the system alone did all that a fault called for, and that restored service.

    Prediction is no part of it: what was not foretold can still be healed.
    """
    mine = [row for row in rows if row.fault == fault.id and row.task is not Task.FAULT_PREDICTION]
    alone = all(row.subject is Subject.SYSTEM and row.right is not False for row in mine)
    return alone and judging.scores[fault.id].clocks.restored_by == "command"
