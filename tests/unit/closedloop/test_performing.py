"""Who performs a task is read from the table, in one place."""

from __future__ import annotations

import ast
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

import adn.closedloop
from adn.base.errors import AdnError
from adn.base.levels import AutonomyLevel, Task
from adn.closedloop.loop import ClosedLoop
from adn.closedloop.performing import Performing

ROOM = Path(adn.closedloop.__file__).parent


def performed(performing: Performing, task: Task) -> tuple[Any, str]:
    work = performing.perform(task, lambda: "answer")
    try:
        while True:
            next(work)
    except StopIteration as done:
        answer: tuple[Any, str] = done.value
        return answer


@pytest.mark.parametrize("level", [AutonomyLevel.L4, AutonomyLevel.L5])
def test_the_system_does_every_task_at_once_at_l4_and_l5(level: AutonomyLevel) -> None:
    performing = Performing(level)
    assert {performed(performing, task) for task in Task} == {("answer", "system")}


@pytest.mark.parametrize(
    ("level", "letters"),
    [
        ("L0", "A, B, C, D, E, F, G, H, I, J, K, V"),
        ("L1", "A, B, C, D, E, F, G, H, I, J, K, V"),
        ("L2", "A, B, C, D, E, F, G, H, I, J"),
        ("L3", "A, B, F, G, H, I, J"),
    ],
)
def test_levels_that_need_people_are_refused_while_there_are_none(
    level: str, letters: str, bench: Any
) -> None:
    with pytest.raises(AdnError) as caught:
        ClosedLoop(bench.briefing(AutonomyLevel(level)))
    assert str(caught.value) == (
        f"LVL001 level {level} needs people for tasks {letters}, and people are not part of this "
        "version; choose L4 or L5\n   see: adn list levels\n1 error"
    )


def test_a_desk_is_handed_what_people_owe_with_the_system_s_suggestion() -> None:
    """At L3 root-cause analysis is shared, at L2 it is a person's alone."""

    class EchoDesk:
        def __init__(self) -> None:
            self.asked: list[tuple[Task, Any]] = []

        def ask(self, task: Task, suggestion: Any) -> Generator[Any, Any, Any]:
            self.asked.append((task, suggestion))
            yield "thinking"
            return "person's"

    desk = EchoDesk()
    assert performed(Performing(AutonomyLevel.L3, desk), Task.ROOT_CAUSE) == ("person's", "human")
    assert performed(Performing(AutonomyLevel.L2, desk), Task.ROOT_CAUSE) == ("person's", "human")
    assert desk.asked == [(Task.ROOT_CAUSE, "answer"), (Task.ROOT_CAUSE, None)]


def test_control_information_is_derived_at_l4_and_self_set_at_l5() -> None:
    assert Performing(AutonomyLevel.L4).author == "derived"
    assert Performing(AutonomyLevel.L5).author == "self"


def test_no_other_module_of_the_loop_looks_at_the_level_or_its_table() -> None:
    """Only performing.py imports the table or a performer; the level is passed to it unread."""
    forbidden = {"LevelTable", "level_table", "Performer"}
    for path in sorted(ROOM.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        names |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        names |= {
            alias.name
            for n in ast.walk(tree)
            if isinstance(n, ast.Import | ast.ImportFrom)
            for alias in n.names
        }
        if path.name == "performing.py":
            assert forbidden <= names
            continue
        assert not names & forbidden, path.name
        levels = [
            n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in ("level", "L4")
        ]
        assert len(levels) == (1 if path.name == "loop.py" else 0), path.name
