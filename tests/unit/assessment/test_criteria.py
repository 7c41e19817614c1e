"""What an instance has to be for a level, entry by entry."""

from __future__ import annotations

import pytest

from adn.assessment.criteria import (
    LEVELS,
    Conduct,
    Shortfall,
    by_definition,
    clock_binds,
    level_of,
    shortfall,
    target,
)
from adn.base.levels import AutonomyLevel, Task, level_table
from adn.scoring.assess import Subject

SYSTEM = Conduct(Subject.SYSTEM, right=True, in_time=True)

OWED = """
    L0 L1 L2 L3 L4 L5
 A   H  H  H  H HS  S
 B   H  H  H  H HS  S
 C   H HS HS  S  S  S
 D   H HS HS  S  S  S
 E   H  H HS S* S* S*
 F   H  H  H HS  S  S
 G   H  H HS HS  S  S
 H   H  H  H HS S* S*
 I   H  H  H HS  S  S
 J   H  H  H HS  S  S
 K   H HS  S  S S* S*
 V   H  H  S  S  S  S
"""


def test_the_table_of_what_is_owed_is_the_golden_one() -> None:
    """12 × 6 entries; a star where the clock binds: where all that it runs through is S."""
    lines = ["    " + " ".join(LEVELS)]
    for task in Task:
        entries = (
            level_table().performer(task, level).value + "*" * clock_binds(task, level)
            for level in LEVELS
        )
        lines.append(f" {task.value} " + "".join(f" {entry:>2}" for entry in entries))
    assert "\n".join(lines) == OWED.strip("\n")


def test_the_target_is_higher_at_the_highest_level() -> None:
    assert [target(level) for level in LEVELS[1:]] == [0.90, 0.90, 0.90, 0.90, 0.99]


@pytest.mark.parametrize("task", Task)
def test_what_the_system_does_alone_right_and_in_time_counts_for_every_level(task: Task) -> None:
    assert level_of(task, SYSTEM) == LEVELS[-1]


@pytest.mark.parametrize("task", Task)
def test_where_a_person_owes_a_task_nothing_is_asked(task: Task) -> None:
    """People are measured and not graded."""
    for level in LEVELS:
        graded = shortfall(task, level, Conduct(None, right=False, in_time=False)) is not None
        assert graded is not by_definition(task, level)


@pytest.mark.parametrize(
    ("task", "conduct", "reached"),
    [
        ("J", Conduct(Subject.SHARED, right=True, in_time=None), "L3"),
        ("J", Conduct(Subject.PERSON, right=True, in_time=None), "L2"),
        ("J", Conduct(Subject.SYSTEM, right=None, in_time=None), "L5"),
        ("K", Conduct(Subject.SYSTEM, right=True, in_time=False), "L3"),
        ("K", Conduct(Subject.SHARED, right=True, in_time=True), "L1"),
        ("H", Conduct(Subject.SYSTEM, right=True, in_time=False), "L3"),
        ("H", Conduct(Subject.SYSTEM, right=False, in_time=True), "L2"),
        ("E", Conduct(Subject.SYSTEM, right=True, in_time=False), "L2"),
        ("E", Conduct(None, right=False, in_time=False), "L1"),
        ("A", Conduct(Subject.SHARED, right=True, in_time=None), "L4"),
    ],
)
def test_the_level_of_a_single_instance(task: str, conduct: Conduct, reached: str) -> None:
    assert level_of(Task(task), conduct) == reached


def test_the_first_reason_is_told() -> None:
    """Nobody, then by whom, then right, then in time."""
    four = AutonomyLevel.L4
    told = [
        shortfall(Task.EXECUTION, four, conduct)
        for conduct in (
            Conduct(None, right=False, in_time=False),
            Conduct(Subject.SHARED, right=False, in_time=False),
            Conduct(Subject.SYSTEM, right=False, in_time=False),
            Conduct(Subject.SYSTEM, right=True, in_time=False),
            SYSTEM,
        )
    ]
    assert told == [
        Shortfall.NOBODY,
        Shortfall.SUBJECT,
        Shortfall.WRONG,
        Shortfall.LATE,
        None,
    ]
