"""What a campaign prints: it fits, and says what was earned and what is missing."""

from __future__ import annotations

from typing import Any

from campaign_builder import SUITE, campaign

from adn.bench.tables import tables_of
from adn.cli.bench_table import WIDE, bench_lines
from adn.report.earned import earned_text, held_up

Tables = dict[str, Any]


def text(tables: Tables) -> str:
    return "\n".join(bench_lines(tables))


def test_every_line_fits(tables: Tables) -> None:
    assert max(map(len, bench_lines(tables))) <= WIDE


def test_it_fits_with_many_runs_dear_ones_and_two_agents() -> None:
    results = campaign()
    others = [row for row in campaign() if row["cell"]["agent"] == "adn"]
    for row in others:
        row["cell"]["agent"] = "another"
    for row in [*results, *others]:
        row["card"]["service"]["down_minutes"] = 123456.7 + row["cell"]["seed"]
        row["card"]["faults"] *= 20
    tables = tables_of(SUITE, [*results, *others])
    assert max(map(len, bench_lines(tables))) <= WIDE
    assert "another L4" in text(tables)


def test_it_shows_every_level_the_bounds_and_the_trivial_locators(tables: Tables) -> None:
    lines = text(tables).splitlines()
    starts = [line.strip().split("  ")[0] for line in lines]
    for name in ("L0", "L5", "nobody acts", "oracle acts", "topology vote"):
        assert name in starts
    assert "0/9" in next(line for line in lines if line.startswith("   L0 "))
    assert "9/9" in next(line for line in lines if line.startswith("   L4 "))


def test_it_says_what_was_earned_in_each_domain(tables: Tables) -> None:
    said = text(tables)
    assert "claimed → earned" in said
    for row in tables["levels"]:
        assert earned_text(row) in said


def test_one_line_says_what_of_the_audit_does_not_hold(tables: Tables) -> None:
    (line,) = (line for line in bench_lines(tables) if line.strip().startswith("audit:"))
    assert line == "   audit: 11 of 12 checks hold; not: enough-faults"


def test_no_results_are_said_to_be_none() -> None:
    assert "no level was run" in text(tables_of(SUITE, []))


def row(**given: Any) -> dict[str, Any]:
    at = {"attained": False, "by_definition": False, "needed": 46}
    task = {"applies": True, "at": {"L2": at}}
    usual = {"claimed": "L2", "base": 1, "score": 1.5, "caps": [], "tasks": {"H": task}}
    return usual | given


def test_what_is_missing_is_the_task_that_needs_most() -> None:
    assert earned_text(row()) == "→ L1.5 (L2 not demonstrated: 46 more of H)"


def test_a_task_that_no_number_of_runs_would_help_is_said_to_fall_short() -> None:
    at = {"attained": False, "by_definition": False, "needed": None}
    tasks = {name: {"applies": True, "at": {"L2": at}} for name in "HK"}
    assert held_up(row(tasks=tasks)) == "L2: H K fall short"


def test_a_cap_is_what_holds_up_where_all_tasks_would_do() -> None:
    assert held_up(row(tasks={}, caps=[{"level": "L1", "why": "harm"}])) == "capped"


def test_broken_evidence_gives_no_level() -> None:
    assert earned_text(row(base=None, score=None)) == "→ no level"
