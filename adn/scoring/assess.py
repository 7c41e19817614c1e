"""Which level a run was lived at: the highest row of the table that its performers satisfy.

Nothing here asks whether anything was right or in time; that is what an *earned* level adds, over
many runs. Who did a task is read from the evidence alone, never from the level that was configured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from adn.base.clock import SECOND, Millis
from adn.base.levels import AutonomyLevel, Performer, Task, level_table
from adn.base.records import Record
from adn.scoring.incidents import incident_id
from adn.scoring.log import RunLog
from adn.scoring.people import FIELD


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


@dataclass(frozen=True, slots=True)
class Handwork:
    """What people had a hand in, as the log of a run has it.

    Attributes:
        plans_by_system: Ids of the plans that the system proposed.
        suggested: Ids of the work that came to people with the system's answer.
        replied: When somebody answered, by task and incident.
    """

    plans_by_system: frozenset[str]
    suggested: frozenset[str]
    replied: Mapping[tuple[str, str], tuple[Millis, ...]]

    @classmethod
    def of(cls, log: RunLog) -> Handwork:
        """Return what people had a hand in; field work is nobody's task but the crew's."""
        replied: dict[tuple[str, str], list[Millis]] = {}
        for record in log.kind("work.replied"):
            if record.by == "human" and record.data["role"] != FIELD:
                key = (str(record.data["task"]), str(record.ref["incident"]))
                replied.setdefault(key, []).append(record.at)
        return cls(
            plans_by_system=frozenset(r.id for r in log.kind("plan.proposed") if r.by == "system"),
            suggested=frozenset(r.id for r in log.kind("work.queued") if r.data.get("suggested")),
            replied={key: tuple(times) for key, times in sorted(replied.items())},
        )

    def subject(self, record: Record) -> Subject:
        """Return who produced the artefact of an evidence record.

        A person who did it alone, or the system that nobody was asked about; shared work is what a
        person approved, edited or refused of the system's, and what the system did while somebody
        was waited for. Control information that the system derived from what a person has promised
        is shared work too.
        """
        if record.kind == "control.set":
            return AUTHORS.get(str(record.data["author"]), Subject.PERSON)
        if record.by == "system":
            return Subject.SHARED if self._was_waited_for(record) else Subject.SYSTEM
        if self.suggested.intersection(record.ref.get("work", ())):
            return Subject.SHARED
        if record.task == Task.DETERMINATION and record.ref.get("plan") in self.plans_by_system:
            return Subject.SHARED
        return Subject.PERSON

    def _was_waited_for(self, record: Record) -> bool:
        """Return whether somebody answered about the same task while it was being done."""
        began = round(float(record.data.get("started_s", 0.0)) * SECOND)
        times = self.replied.get((record.task, incident_id(record)), ())
        return any(began <= at <= record.at for at in times)


def level_lived(log: RunLog) -> AutonomyLevel:
    """Return the highest level whose row is satisfied by all evidence; L0 if there is none."""
    handwork = Handwork.of(log)
    least: dict[Task, Subject] = {}
    for record in _evidence(log.events):
        task, who = Task(record.task), handwork.subject(record)
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
