"""Autonomy levels: the twelve tasks, six levels, and the table that says who performs what.

The table is data (`levels.yml`). At run time only `adn.closedloop.performing` reads it; scoring
reads it to grade. No other code may branch on a level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources


class AutonomyLevel(StrEnum):
    """L0 manual to L5 full, after 3GPP TS 28.100."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"


class Task(StrEnum):
    """The fault-management tasks, by the letters of TS 28.100 clause 7.3.1, and V."""

    CONTROL_INFORMATION = "A"
    INTENT_EVALUATION = "B"
    DATA_COLLECTION = "C"
    ALARM_FILTERING = "D"
    FAULT_RECOGNITION = "E"
    FAULT_PREDICTION = "F"
    DEMARCATION = "G"
    ROOT_CAUSE = "H"
    RECOVERY_ANALYSIS = "I"
    DETERMINATION = "J"
    EXECUTION = "K"
    VERIFICATION = "V"


class Performer(StrEnum):
    """Who owes a task: a person, both, or the system."""

    HUMAN = "H"
    SHARED = "HS"
    SYSTEM = "S"


@dataclass(frozen=True, slots=True)
class LevelTable:
    """The 12 × 6 table of performers, with each task's name and dimension."""

    names: Mapping[Task, str]
    dimensions: Mapping[Task, str]
    entries: Mapping[tuple[Task, AutonomyLevel], Performer]

    def performer(self, task: Task, level: AutonomyLevel) -> Performer:
        """Return who performs `task` at `level`."""
        return self.entries[task, level]


@cache
def level_table() -> LevelTable:
    """Return the table shipped with the product."""
    import yaml

    text = resources.files("adn.base").joinpath("levels.yml").read_text(encoding="utf-8")
    tasks = yaml.safe_load(text)["tasks"]
    return LevelTable(
        names={task: tasks[task.value]["name"] for task in Task},
        dimensions={task: tasks[task.value]["dimension"] for task in Task},
        entries={
            (task, level): Performer(tasks[task.value][level.value])
            for task in Task
            for level in AutonomyLevel
        },
    )
