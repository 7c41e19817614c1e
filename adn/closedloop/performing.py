"""Who performs a task: the one place that reads the level table while a run goes on.

A task that the table gives to the system is done at once. A task that it gives to people, or to
both, is put to them, in the second case with the system's answer as a suggestion. The two tasks of
intent handling are reviewed by people after the fact, where the table shares them: nobody is waited
for. Domains may be at different levels: what is done once an incident's domain is known is done at
the level of that domain, everything else at the default.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel, LevelTable, Performer, Task, level_table

By = Literal["system", "human"]
Author = Literal["person", "derived", "self"]
Answer = TypeVar("Answer")

REVIEWED_AFTERWARDS: Final = (Task.CONTROL_INFORMATION, Task.INTENT_EVALUATION)


@dataclass(frozen=True, slots=True)
class Performed(Generic[Answer]):
    """A task that was done.

    Attributes:
        answer: What came of it.
        by: Who gave it.
        work: Ids of the work that people were given on its account.
    """

    answer: Answer
    by: By = "system"
    work: tuple[str, ...] = ()


People = Callable[[Answer | None], Generator[Any, Any, tuple[Answer, tuple[str, ...]]]]
"""Puts a task to people, with the system's answer if it has a part in it; what they make of it."""


class Performing:
    """The performers of a level, or of a plan of levels by domain.

    Args:
        plan: The level the network is run at, by domain.
    """

    def __init__(self, plan: AutonomyLevel | LevelPlan) -> None:
        self._table: LevelTable = level_table()
        self._plan = LevelPlan.of(plan)

    @property
    def by_domain(self) -> bool:
        """Whether who does a task depends on the domain, so that it must be known first."""
        return self._plan.varies

    def waits(self, task: Task, domain: str = "") -> bool:
        """Return whether people do the task, or are waited for."""
        who = self._performer(task, domain)
        if who is Performer.SHARED and task in REVIEWED_AFTERWARDS:
            return False
        return who is not Performer.SYSTEM

    def assists(self, task: Task, domain: str = "") -> bool:
        """Return whether the system has a part in the task: whether there are tools for it."""
        return self._performer(task, domain) is not Performer.HUMAN

    def is_reviewed(self, task: Task, domain: str = "") -> bool:
        """Return whether people look at what the system did, when it is done."""
        shared = self._performer(task, domain) is Performer.SHARED
        return shared and not self.waits(task, domain)

    def perform(
        self,
        task: Task,
        system: Callable[[], Answer],
        people: People[Answer],
        *,
        domain: str = "",
        handed_over: bool = False,
    ) -> Generator[Any, Any, Performed[Answer]]:
        """Let whoever the level names do the task.

        Args:
            task: Which.
            system: Gives the system's answer.
            people: Puts it to people.
            domain: Of the incident it is about; empty before that is known.
            handed_over: Whether the system is at its wits' end, so that people do it alone.
        """
        if handed_over:
            answer, work = yield from people(None)
        elif self.waits(task, domain):
            suggestion = system() if self.assists(task, domain) else None
            answer, work = yield from people(suggestion)
        else:
            return Performed(system())
        return Performed(answer, "human", work)

    def control(self, written: Callable[[], Answer], derived: Callable[[], Answer]) -> Answer:
        """Return the control information in force: a person's, or what follows from promises."""
        return derived() if self.assists(Task.CONTROL_INFORMATION) else written()

    @property
    def author(self) -> Author:
        """Whose the control information is: a person's, derived from intent, or self-set."""
        who = self._performer(Task.CONTROL_INFORMATION)
        if who is Performer.SYSTEM:
            return "self"
        return "derived" if who is Performer.SHARED else "person"

    @property
    def revises(self) -> bool:
        """Whether the system sets its control information itself, and so may set it anew."""
        return self._performer(Task.CONTROL_INFORMATION) is Performer.SYSTEM

    def _performer(self, task: Task, domain: str = "") -> Performer:
        return self._table.performer(task, self._plan.at(domain))
