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
        assert f"→ {earned_text(row)}" in said


def test_one_line_says_what_of_the_audit_does_not_hold(tables: Tables) -> None:
    (line,) = (line for line in bench_lines(tables) if line.strip().startswith("audit:"))
    assert line == "   audit: 11 of 12 checks hold; not: enough-faults"


def test_no_results_are_said_to_be_none() -> None:
    assert "no level was run" in text(tables_of(SUITE, []))


def at(needed: int | None, n: int = 60) -> dict[str, Any]:
    return {"attained": False, "by_definition": False, "needed": needed, "n": n}


def tasks(level: str, **wanting: int | None) -> dict[str, Any]:
    return {name: {"applies": True, "at": {level: at(more)}} for name, more in wanting.items()}


def row(**given: Any) -> dict[str, Any]:
    usual = {"claimed": "L2", "verdict": "earned", "base": 1, "score": 1.5, "caps": []}
    return usual | {"by_share": "L2", "tasks": tasks("L2", H=46)} | given


def unshown(**given: Any) -> dict[str, Any]:
    usual = row(claimed="L4", verdict="not demonstrated", base=0, score=0.66, by_share="L4")
    return usual | {"tasks": tasks("L4", C=46, K=204)} | given


def test_what_is_missing_is_the_task_that_needs_most() -> None:
    assert earned_text(row()) == "L1.5 (L2 not demonstrated: 46 more of H)"


def test_a_task_that_no_number_of_runs_would_help_is_said_to_fall_short() -> None:
    assert held_up(row(tasks=tasks("L2", H=None, K=None))) == "L2: H K fall short"


def test_a_claim_that_could_not_be_told_has_no_score_and_says_what_is_wanting_for_it() -> None:
    said = "not demonstrated; L4 by its shares, 204 more of K to show it"
    assert earned_text(unshown()) == said


def test_what_a_claim_that_could_not_be_told_has_shown_is_said_too() -> None:
    said = "not demonstrated; L3.2 shown, L4 by its shares, 204 more of K to show it"
    assert earned_text(unshown(base=3, score=3.25)) == said


def test_of_what_nothing_was_seen_no_share_is_told() -> None:
    unseen = {"D": {"applies": True, "at": {"L4": at(35, n=0)}}}
    said = "not demonstrated; nothing seen of D, 54 more of C to show L4"
    assert earned_text(unshown(by_share="L0", tasks=unseen | tasks("L4", C=54))) == said


def test_what_fails_the_claim_among_few_instances_falls_short_so_far() -> None:
    said = "not demonstrated; L2 by its shares, L4: K falls short so far"
    assert earned_text(unshown(by_share="L2", tasks=tasks("L4", C=46, K=None))) == said


def test_a_cap_below_the_claim_is_all_that_can_be_shown() -> None:
    capped = unshown(claimed="L5", caps=[{"level": "L4", "why": "no held-out kind"}])
    said = "not demonstrated; L4 by its shares, 204 more of K to show it, L4 at most"
    assert earned_text(capped) == said


def test_a_claim_that_was_shown_stands_though_the_next_level_could_not_be_told() -> None:
    assert earned_text(unshown(claimed="L3", base=3, score=3.25)) == "L3.2"


def test_a_cap_is_what_holds_up_where_all_tasks_would_do() -> None:
    assert held_up(row(tasks={}, caps=[{"level": "L1", "why": "harm"}])) == "capped"


def test_broken_evidence_gives_no_level() -> None:
    assert earned_text(row(verdict="no level", base=None, score=None)) == "no level"
