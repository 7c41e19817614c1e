"""Who performs a task: the one place that reads the level table while a run goes on.

A task that the table gives to the system is done at once. A task that it gives to people, or to
both, is put to a desk with the system's answer as a suggestion. The two tasks of intent handling
are reviewed by people after the fact, where the table shares them: nobody is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final, Literal, Protocol, TypeVar

from adn.base.errors import AdnError, Finding
from adn.base.levels import AutonomyLevel, LevelTable, Performer, Task, level_table

By = Literal["system", "human"]
Author = Literal["person", "derived", "self"]
Answer = TypeVar("Answer")

REVIEWED_AFTERWARDS: Final = (Task.CONTROL_INFORMATION, Task.INTENT_EVALUATION)


class Desk(Protocol):
    """Where people take work."""

    def ask(self, task: Task, suggestion: Answer | None) -> Generator[Any, Any, Answer]:
        """Hand over a task; return the answer once it was given."""
        ...


class Performing:
    """The performers of one level.

    Args:
        level: The level the network is run at.
        desk: Where people take work; None where there are no people.

    Raises:
        AdnError: The level needs people and there is no desk.
    """

    def __init__(self, level: AutonomyLevel, desk: Desk | None = None) -> None:
        self._table: LevelTable = level_table()
        self._level, self._desk = level, desk
        waits = [task for task in Task if self._waits(task)]
        if waits and desk is None:
            letters = ", ".join(task.value for task in waits)
            message = (
                f"level {level} needs people for tasks {letters}, and people are not part of "
                "this version; choose L4 or L5"
            )
            raise AdnError(Finding("LVL001", message, see="adn list levels"))

    def _waits(self, task: Task) -> bool:
        who = self._table.performer(task, self._level)
        if who is Performer.SHARED and task in REVIEWED_AFTERWARDS:
            return False
        return who is not Performer.SYSTEM

    def perform(
        self, task: Task, system: Callable[[], Answer]
    ) -> Generator[Any, Any, tuple[Answer, By]]:
        """Let whoever the level names do the task; return the answer and who gave it."""
        who = self._table.performer(task, self._level)
        if not self._waits(task):
            return system(), "system"
        assert self._desk is not None
        suggestion = None if who is Performer.HUMAN else system()
        answer: Answer = yield from self._desk.ask(task, suggestion)
        return answer, "human"

    @property
    def author(self) -> Author:
        """Whose the control information is: a person's, derived from intent, or self-set."""
        who = self._table.performer(Task.CONTROL_INFORMATION, self._level)
        if who is Performer.SYSTEM:
            return "self"
        return "derived" if who is Performer.SHARED else "person"
