"""What an instance of a task has to be for a level: done by whom, right, and in time.

Who owes a task stands in the level table. When a clock binds follows from it: clocks run from the
onset and are cumulative, so the system owes a clock only at the levels that give it alone every
task which the clock runs through. Below, people are on the path: they are measured, not graded.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from adn.base.levels import AutonomyLevel, Performer, Task, level_table
from adn.scoring.assess import OWED, Subject

LEVELS: Final = tuple(AutonomyLevel)
ABOVE_MANUAL: Final = LEVELS[1:]
FULL: Final = LEVELS[-1]
TARGET: Final = 0.90
"""What the lower bound of the share of passes has to reach, as specified …"""
TARGET_FULL: Final = 0.99
"""… and at the highest level."""

_RUNS_THROUGH: Final[Mapping[Task, tuple[Task, ...]]] = {
    Task.FAULT_RECOGNITION: (Task.FAULT_RECOGNITION,),
    Task.ROOT_CAUSE: (Task.FAULT_RECOGNITION, Task.DEMARCATION, Task.ROOT_CAUSE),
    Task.EXECUTION: (
        Task.FAULT_RECOGNITION,
        Task.DEMARCATION,
        Task.ROOT_CAUSE,
        Task.RECOVERY_ANALYSIS,
        Task.DETERMINATION,
        Task.EXECUTION,
    ),
}
"""The tasks that have a clock, and what happens between the onset and its end."""


class Shortfall(StrEnum):
    """Why an instance does not count for a level; the first reason that holds."""

    NOBODY = "nobody"
    SUBJECT = "subject"
    WRONG = "wrong"
    LATE = "late"


class Conduct(NamedTuple):
    """How one instance of a task was done: by whom (None: nobody), right, in time."""

    subject: Subject | None
    right: bool | None
    in_time: bool | None


def target(level: AutonomyLevel) -> float:
    """Return what the lower bound has to reach at a level."""
    return TARGET_FULL if level == FULL else TARGET


@cache
def by_definition(task: Task, level: AutonomyLevel) -> bool:
    """Whether a person owes the task at this level, so that there is nothing to show."""
    return level_table().performer(task, level) is Performer.HUMAN


@cache
def clock_binds(task: Task, level: AutonomyLevel) -> bool:
    """Whether the system owes the task's clock at this level."""
    path = _RUNS_THROUGH.get(task, ())
    table = level_table()
    return bool(path) and all(table.performer(t, level) is Performer.SYSTEM for t in path)


@cache
def shortfall(task: Task, level: AutonomyLevel, conduct: Conduct) -> Shortfall | None:
    """Return why an instance does not count for a level; None if it does."""
    if by_definition(task, level):
        return None
    if conduct.subject is None:
        return Shortfall.NOBODY
    if conduct.subject < OWED[level_table().performer(task, level)]:
        return Shortfall.SUBJECT
    if conduct.right is False:
        return Shortfall.WRONG
    if conduct.in_time is False and clock_binds(task, level):
        return Shortfall.LATE
    return None


def level_of(task: Task, conduct: Conduct) -> AutonomyLevel:
    """Return the highest level up to which a single instance counts."""
    reached = LEVELS[0]
    for level in LEVELS:
        if shortfall(task, level, conduct) is not None:
            break
        reached = level
    return reached
