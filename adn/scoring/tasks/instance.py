"""A task instance: one task done once, or owed and not done."""

from __future__ import annotations

from dataclasses import dataclass

from adn.base.clock import Millis
from adn.base.levels import Task
from adn.scoring.assess import Subject


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """One task of one incident or fault.

    Attributes:
        task: Which.
        fault: The fault concerned, or empty: nothing was really wrong, or it is about no fault.
        kind: Kind of the fault, or empty.
        domain: Domain of the fault, or empty.
        incident: The incident concerned, or empty: nobody noticed, or it is about none.
        start: When work on it began, ms; None if it was never done.
        end: When it was done, ms; None if it never was.
        subject: Who did it; None if nobody.
        right: Whether the truth bears it out; None if the truth cannot say.
        in_time: Whether its clock was met; None if it has none.
    """

    task: Task
    fault: str
    kind: str
    domain: str
    incident: str
    start: Millis | None
    end: Millis | None
    subject: Subject | None
    right: bool | None
    in_time: bool | None

    def order(self) -> tuple[str, str, str, Millis]:
        """Return what instances are sorted by; a miss comes before what was done."""
        return self.task.value, self.fault, self.incident, -1 if self.end is None else self.end
