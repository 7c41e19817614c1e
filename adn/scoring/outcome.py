"""The outcome of one run, in plain JSON values: what assessment and tables are made of.

One shape for every run, whoever's loop it was: the scorecard, one row per task instance, and why
the chain of evidence is broken, if it is.
"""

from __future__ import annotations

from typing import Any, Final

from adn.base.clock import Millis, seconds
from adn.scoring.assess import Subject
from adn.scoring.chain import broken
from adn.scoring.log import RunLog
from adn.scoring.scorer import score_judged
from adn.scoring.tasks import TaskInstance, instances_of
from adn.scoring.tasks.judging import Judging

SUBJECTS: Final = {Subject.PERSON: "P", Subject.SHARED: "P/S", Subject.SYSTEM: "S"}
"""How a subject is written."""


def outcome_of(log: RunLog) -> dict[str, Any]:
    """Return card, task instances and breaks of the chain of evidence of a run.

    Args:
        log: The run; its manifest must be that of `adn run`.
    """
    judging = Judging.of(log)
    rows = instances_of(judging)
    return {
        "card": score_judged(judging, rows).as_json(),
        "tasks": [as_json(row) for row in rows],
        "broken": list(broken(log)),
    }


def as_json(row: TaskInstance) -> dict[str, Any]:
    """Return a task instance in plain values."""
    return {
        "task": row.task.value,
        "fault": row.fault,
        "kind": row.kind,
        "fault_domain": row.domain,
        "incident": row.incident,
        "start_s": _seconds(row.start),
        "end_s": _seconds(row.end),
        "subject": None if row.subject is None else SUBJECTS[row.subject],
        "right": row.right,
        "in_time": row.in_time,
    }


def _seconds(at: Millis | None) -> float | None:
    return None if at is None else seconds(at)
