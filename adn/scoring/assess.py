"""Which level a run was lived at: the highest row of the table that its performers satisfy.

Nothing here asks whether anything was right or in time; that is what an *earned* level adds, over
many runs. Who did a task is read from the evidence alone, never from the level that was configured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

from adn.base.levels import AutonomyLevel, Performer, Task, level_table
from adn.base.records import Record
from adn.scoring.log import RunLog


class Subject(IntEnum):
    """Who produced an artefact; more is more autonomous."""

    PERSON = 1
    SHARED = 2
    SYSTEM = 3


OWED: Final[Mapping[Performer, Subject]] = {
    Performer.HUMAN: Subject.PERSON,
    Performer.SHARED: Subject.SHARED,
    Performer.SYSTEM: Subject.SYSTEM,
}
"""The least subject that satisfies an entry of the table; *H* is satisfied by anyone."""


AUTHORS: Final[Mapping[str, Subject]] = {
    "person": Subject.PERSON,
    "derived": Subject.SHARED,
    "self": Subject.SYSTEM,
}
"""Whose work a setting is, by its author."""


def subject(record: Record, plans_by_system: frozenset[str]) -> Subject:
    """Return who produced the artefact of an evidence record.

    Control information that the system derived from what a person has promised is shared work; so
    is a person's verdict on a plan that the system proposed: somebody approved, edited or refused
    what the system had found.
    """
    if record.kind == "control.set":
        return AUTHORS.get(str(record.data["author"]), Subject.PERSON)
    if record.by == "system":
        return Subject.SYSTEM
    if record.task == Task.DETERMINATION and record.ref.get("plan") in plans_by_system:
        return Subject.SHARED
    return Subject.PERSON


def plans_by_system(log: RunLog) -> frozenset[str]:
    """Return the ids of the plans that the system proposed."""
    return frozenset(r.id for r in log.kind("plan.proposed") if r.by == "system")


def level_lived(log: RunLog) -> AutonomyLevel:
    """Return the highest level whose row is satisfied by all evidence; L0 if there is none."""
    by_system = plans_by_system(log)
    least: dict[Task, Subject] = {}
    for record in _evidence(log.events):
        task, who = Task(record.task), subject(record, by_system)
        least[task] = min(who, least.get(task, who))
    table = level_table()
    satisfied = [
        level
        for level in AutonomyLevel
        if all(who >= OWED[table.performer(task, level)] for task, who in least.items())
    ]
    return max(satisfied) if least else AutonomyLevel.L0


def _evidence(events: Iterable[Record]) -> Iterable[Record]:
    """Yield the records that say who did a task."""
    letters = frozenset(task.value for task in Task)
    return (record for record in events if record.task in letters and record.by)
