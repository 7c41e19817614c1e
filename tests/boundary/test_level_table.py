"""The level table follows from its rule, and levels are data: nobody branches on them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from adn.base.levels import AutonomyLevel, Performer, Task, level_table

PACKAGE = Path(__file__).parents[2] / "adn"

# 3GPP TS 28.100 Rel-17, table 5-1, one letter group per level from L0 to L5.
DIMENSIONS = {
    "Execution": "H HS S S S S",
    "Awareness": "H HS HS S S S",
    "Analysis": "H H HS HS S S",
    "Decision": "H H H HS S S",
    "Intent": "H H H H HS S",
}
# Dimension of each task and the first level at which the system takes part in it.
TASKS = {
    "A": ("Intent", 4),
    "B": ("Intent", 4),
    "C": ("Awareness", 1),
    "D": ("Awareness", 1),
    "E": ("Awareness", 2),
    "F": ("Analysis", 3),
    "G": ("Analysis", 2),
    "H": ("Analysis", 3),
    "I": ("Analysis", 3),
    "J": ("Decision", 3),
    "K": ("Execution", 1),
    "V": ("Execution", 2),
}
GOLDEN = """
    L0 L1 L2 L3 L4 L5
 A   H  H  H  H HS  S
 B   H  H  H  H HS  S
 C   H HS HS  S  S  S
 D   H HS HS  S  S  S
 E   H  H HS  S  S  S
 F   H  H  H HS  S  S
 G   H  H HS HS  S  S
 H   H  H  H HS  S  S
 I   H  H  H HS  S  S
 J   H  H  H HS  S  S
 K   H HS  S  S  S  S
 V   H  H  S  S  S  S
"""
READERS = {"base/levels.py", "closedloop/performing.py"}
"""Who may read the table at run time; besides, scoring grades by it."""
GRADES = ("scoring/", "assessment/", "training/rating.py")
"""What grades by the table, from logs alone."""
SHOWS = {
    "scenario/catalogue.py",
    "scenario/describe.py",
    "report/tables.py",
    "report/timeline.py",
    "training/briefing.py",
}
"""What `adn list levels`, `adn show level`, a report and a trainee's briefing print it from."""


def may_read_the_table(path: Path) -> bool:
    """Whether this file may read the level table."""
    place = path.relative_to(PACKAGE).as_posix()
    return place in READERS | SHOWS or place.startswith(GRADES)


def test_the_table_follows_from_its_rule() -> None:
    """An entry is H below the task's first level, else the stricter of dimension and HS."""
    strictness = [Performer.HUMAN, Performer.SHARED, Performer.SYSTEM]
    table = level_table()
    for task in Task:
        dimension, first = TASKS[task.value]
        assert table.dimensions[task] == dimension
        for number, level in enumerate(AutonomyLevel):
            of_dimension = Performer(DIMENSIONS[dimension].split()[number])
            expected = max(of_dimension, Performer.SHARED, key=strictness.index)
            owed = expected if number >= first else Performer.HUMAN
            assert table.performer(task, level) is owed, (task, level)


def test_the_expanded_table_is_the_golden_one() -> None:
    """The 12 × 6 table reads as published, letter by letter."""
    table = level_table()
    lines = ["    " + " ".join(AutonomyLevel)]
    for task in Task:
        row = "".join(f" {table.performer(task, level).value:>2}" for level in AutonomyLevel)
        lines.append(f" {task.value} {row}")
    assert "\n".join(lines) == GOLDEN.strip("\n")


def test_autonomy_never_falls_from_level_to_level() -> None:
    """What the system does at one level it also does at the next."""
    strictness = [Performer.HUMAN, Performer.SHARED, Performer.SYSTEM]
    table = level_table()
    for task in Task:
        row = [strictness.index(table.performer(task, level)) for level in AutonomyLevel]
        assert row == sorted(row), task


def branches_on_levels(source: str) -> list[int]:
    """Return the lines on which code compares with a level or matches on one."""
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Compare) and any(map(names_a_level, _sides(node))))
        or (isinstance(node, ast.MatchValue) and names_a_level(node.value))
        or (isinstance(node, ast.Dict) and any(key and names_a_level(key) for key in node.keys))
    )


def readers_of_the_table(source: str) -> list[int]:
    """Return the lines on which code imports the level table or its performers."""
    words = {"level_table", "LevelTable", "Performer"}
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "adn.base.levels"
            and words & {alias.name for alias in node.names}
        )
        or (isinstance(node, ast.Attribute) and node.attr in words)
    )


def names_a_level(node: ast.expr) -> bool:
    """Whether an expression is a level written out, or a collection that holds one."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(names_a_level(item) for item in node.elts)
    if isinstance(node, ast.Constant):
        return node.value in set(AutonomyLevel)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in AutonomyLevel.__members__
        and ast.unparse(node.value).endswith("AutonomyLevel")
    )


def _sides(node: ast.Compare) -> list[ast.expr]:
    return [node.left, *node.comparators]


@pytest.mark.parametrize(
    "source",
    [
        "if level == AutonomyLevel.L4: pass",
        "if level >= 'L3': pass",
        "if self.level in (AutonomyLevel.L4, AutonomyLevel.L5): pass",
        "if levels.AutonomyLevel.L0 is level: pass",
        "match level:\n    case AutonomyLevel.L5: pass",
        "limits = {'L4': 1, 'L5': 2}[level]",
    ],
)
def test_a_planted_branch_is_found(source: str) -> None:
    """Comparing, matching and looking up by a written-out level are all branches on it."""
    assert branches_on_levels(source)


@pytest.mark.parametrize(
    "source",
    [
        "from adn.base.levels import AutonomyLevel, level_table",
        "import adn.base.levels as levels\ntable = levels.level_table()",
    ],
)
def test_a_planted_reader_is_found(source: str) -> None:
    """Both ways of getting at the table are seen."""
    assert readers_of_the_table(source)


@pytest.mark.parametrize(
    "source", ["level: AutonomyLevel = AutonomyLevel.L4", "if card.level == level: pass"]
)
def test_carrying_a_level_is_no_branch(source: str) -> None:
    """A default level and the comparison of two unknown ones tell nobody apart."""
    assert not branches_on_levels(source)
    assert not readers_of_the_table(source)


def test_nobody_branches_on_a_level() -> None:
    """Levels differ by the table alone; only grading may name one."""
    found = [
        f"{path.relative_to(PACKAGE).as_posix()}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not path.relative_to(PACKAGE).as_posix().startswith(GRADES)
        for line in branches_on_levels(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_one_module_reads_the_table_at_run_time() -> None:
    """`perform` is the only runtime reader of the level table."""
    found = [
        f"{path.relative_to(PACKAGE).as_posix()}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not may_read_the_table(path)
        for line in readers_of_the_table(path.read_text(encoding="utf-8"))
    ]
    assert found == []
