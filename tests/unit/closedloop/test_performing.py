"""Who performs a task is read from the table, in one place."""

from __future__ import annotations

import ast
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

import adn.closedloop
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel, Task
from adn.closedloop.performing import Performed, Performing

ROOM = Path(adn.closedloop.__file__).parent


def asked(suggestion: Any) -> Generator[Any, Any, tuple[Any, tuple[str, ...]]]:
    """People who say what they were shown."""
    yield "thinking"
    return f"person's, shown {suggestion}", ("WRK-0001",)


def performed(performing: Performing, task: Task, *, handed_over: bool = False) -> Performed[Any]:
    work = performing.perform(task, lambda: "answer", asked, handed_over=handed_over)
    try:
        while True:
            next(work)
    except StopIteration as done:
        result: Performed[Any] = done.value
        return result


@pytest.mark.parametrize("level", [AutonomyLevel.L4, AutonomyLevel.L5])
def test_the_system_does_every_task_at_once_at_l4_and_l5(level: AutonomyLevel) -> None:
    performing = Performing(level)
    assert {performed(performing, task) for task in Task} == {Performed("answer")}


@pytest.mark.parametrize(
    ("level", "letters"),
    [
        ("L0", "ABCDEFGHIJKV"),
        ("L1", "ABCDEFGHIJKV"),
        ("L2", "ABCDEFGHIJ"),
        ("L3", "ABFGHIJ"),
        ("L4", ""),
        ("L5", ""),
    ],
)
def test_people_are_waited_for_at_the_tasks_that_the_table_gives_them(
    level: str, letters: str
) -> None:
    performing = Performing(AutonomyLevel(level))
    assert "".join(task for task in Task if performing.waits(task)) == letters
    for task in Task:
        by = "human" if performing.waits(task) else "system"
        assert performed(performing, task).by == by


def test_people_are_shown_the_system_s_answer_where_the_task_is_shared() -> None:
    """At L3 root-cause analysis is shared, at L2 it is a person's alone."""
    shared = performed(Performing(AutonomyLevel.L3), Task.ROOT_CAUSE)
    assert shared == Performed("person's, shown answer", "human", ("WRK-0001",))
    alone = performed(Performing(AutonomyLevel.L2), Task.ROOT_CAUSE)
    assert alone == Performed("person's, shown None", "human", ("WRK-0001",))


def test_what_is_handed_over_is_a_person_s_alone_at_every_level() -> None:
    for level in AutonomyLevel:
        done = performed(Performing(level), Task.ROOT_CAUSE, handed_over=True)
        assert done == Performed("person's, shown None", "human", ("WRK-0001",))


def test_intent_is_reviewed_afterwards_at_l4_alone() -> None:
    reviewed = [level for level in AutonomyLevel if Performing(level).is_reviewed(Task("B"))]
    assert reviewed == [AutonomyLevel.L4]


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


def test_a_task_is_done_at_the_level_of_its_domain_once_that_is_known() -> None:
    plan = LevelPlan.by_domain({"optical": AutonomyLevel.L2}, AutonomyLevel.L4)
    performing = Performing(plan)
    assert performing.by_domain
    assert not performing.waits(Task.ROOT_CAUSE)
    assert not performing.waits(Task.ROOT_CAUSE, "ip")
    assert performing.waits(Task.ROOT_CAUSE, "optical")
    assert not performing.assists(Task.ROOT_CAUSE, "optical")
    assert not Performing(AutonomyLevel.L4).by_domain


def test_control_information_is_a_person_s_below_l4_and_follows_from_promises_from_there() -> None:
    taken = [
        Performing(level).control(lambda: "written", lambda: "derived") for level in AutonomyLevel
    ]
    assert taken == ["written"] * 4 + ["derived"] * 2
    assert [level.value for level in AutonomyLevel if Performing(level).revises] == ["L5"]
