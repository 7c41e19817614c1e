"""The page about levels says what the arithmetic does: its table and its worked example."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from adn.assessment.assess import assess
from adn.assessment.criteria import LEVELS, clock_binds
from adn.base.levels import Task, level_table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "levels.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([\w, ]+) \| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE)
sys.path.insert(0, str(ROOT / "tests" / "falsification"))


def test_the_table_on_the_page_is_the_one_that_grades() -> None:
    table = level_table()
    for task in Task:
        entries = (
            table.performer(task, level).value + "*" * clock_binds(task, level) for level in LEVELS
        )
        assert f"| {task.value} {table.names[task]} | {' | '.join(entries)} |" in PAGE


def test_the_worked_example_comes_out_as_told() -> None:
    from made_results import at_level_four, change, perfect, put

    (row,) = assess(change(at_level_four(perfect()), "J", put(subject="P/S"), first=30))
    told = re.findall(
        r"^\| ([\w, ]+) \| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|", PAGE, re.MULTILINE
    )
    assert len(told) == 3
    for tasks, n, passed, share, low in told:
        letters = "DEGHIKV" if tasks == "the others" else tasks.split(", ")
        for letter in letters:
            seen = row["tasks"][letter]["at"]["L4"]
            assert (seen["n"], seen["passed"]) == (int(n), int(passed)), letter
            assert f"{seen['q']:.3f}" == share
            assert abs(seen["low"] - float(low)) < 0.001
    assert (row["earned"], row["score"]) == ("L3", 3.85)
    (row,) = assess(at_level_four(perfect()))
    assert row["tasks"]["K"]["at"]["L5"]["needed"] == 183
    assert "183 more instances" in PAGE
