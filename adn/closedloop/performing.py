"""Who performs a task: the one place that reads the level table while a run goes on.

A task that the table gives to the system is done at once. A task that it gives to people, or to
both, is put to them, in the second case with the system's answer as a suggestion. The two tasks of
intent handling are reviewed by people after the fact, where the table shares them: nobody is waited
for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

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
    """The performers of one level.

    Args:
        level: The level the network is run at.
    """

    def __init__(self, level: AutonomyLevel) -> None:
        self._table: LevelTable = level_table()
        self._level = level

    def waits(self, task: Task) -> bool:
        """Return whether people do the task, or are waited for."""
        who = self._table.performer(task, self._level)
        if who is Performer.SHARED and task in REVIEWED_AFTERWARDS:
            return False
        return who is not Performer.SYSTEM

    def assists(self, task: Task) -> bool:
        """Return whether the system has a part in the task: whether there are tools for it."""
        return self._table.performer(task, self._level) is not Performer.HUMAN

    def is_reviewed(self, task: Task) -> bool:
        """Return whether people look at what the system did, when it is done."""
        return self.assists(task) and not self.waits(task) and self._is_shared(task)

    def perform(
        self,
        task: Task,
        system: Callable[[], Answer],
        people: People[Answer],
        *,
        handed_over: bool = False,
    ) -> Generator[Any, Any, Performed[Answer]]:
        """Let whoever the level names do the task.

        Args:
            task: Which.
            system: Gives the system's answer.
            people: Puts it to people.
            handed_over: Whether the system is at its wits' end, so that people do it alone.
        """
        if handed_over:
            answer, work = yield from people(None)
        elif self.waits(task):
            answer, work = yield from people(system() if self.assists(task) else None)
        else:
            return Performed(system())
        return Performed(answer, "human", work)

    def _is_shared(self, task: Task) -> bool:
        return self._table.performer(task, self._level) is Performer.SHARED

    @property
    def author(self) -> Author:
        """Whose the control information is: a person's, derived from intent, or self-set."""
        who = self._table.performer(Task.CONTROL_INFORMATION, self._level)
        if who is Performer.SYSTEM:
            return "self"
        return "derived" if who is Performer.SHARED else "person"
