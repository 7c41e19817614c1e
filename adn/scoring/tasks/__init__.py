"""One row per task instance: who did it, was it right, was it in time.

This is what a level is earned from, pooled over many runs. Right is what the sealed truth says; in
time is asked only of tasks that have a clock (E, H and K). A task that a fault called for and
nobody did is a row too, with no subject: a miss is a failure, never left out. What calls for I, J
and K is a contestable fault; to repair what heals by itself is nobody's duty. What calls for F is
any fault that hurt a service: where faults cannot be foretold, the scenario says so, and whoever
pools the rows leaves the task out as a whole.
"""

from __future__ import annotations

from adn.scoring.log import RunLog
from adn.scoring.tasks.analysis import analysis
from adn.scoring.tasks.awareness import awareness
from adn.scoring.tasks.instance import TaskInstance
from adn.scoring.tasks.intent import intent
from adn.scoring.tasks.judging import Judging
from adn.scoring.tasks.recovery import recovery

__all__ = ["Judging", "TaskInstance", "instances_of", "task_instances"]


def task_instances(log: RunLog) -> tuple[TaskInstance, ...]:
    """Return the task instances A to K and V of a run, by task, fault, incident and time."""
    return instances_of(Judging.of(log))


def instances_of(judging: Judging) -> tuple[TaskInstance, ...]:
    """Return the task instances of a run of which everything has been looked up."""
    rows = [*intent(judging), *awareness(judging), *analysis(judging), *recovery(judging)]
    return tuple(sorted(rows, key=TaskInstance.order))
