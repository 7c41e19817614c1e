"""A leaderboard: entries that others add, refused where they cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from campaign_builder import SUITE, campaign

from adn.base.errors import AdnError
from adn.bench.leaderboard import Entry, add_entry, digest_of, entry_of, read_leaderboard
from adn.bench.tables import tables_of
from adn.cli.leaderboard_table import leaderboard_lines

Tables = dict[str, Any]


def entry(tables: Tables, agent: str = "adn", version: str = "0.1.0") -> Entry:
    return entry_of(tables, agent, version, "2026-01-31")


def weaker(tables: Tables) -> Tables:
    levels = [{**row, "score": 0.0, "earned": "L0"} for row in tables["levels"]]
    return {**tables, "levels": levels}


def codes(error: pytest.ExceptionInfo[AdnError]) -> list[str]:
    return [finding.code for finding in error.value.findings]


def test_an_entry_holds_what_was_earned_and_the_scores_with_intervals(tables: Tables) -> None:
    one = entry(tables)
    assert {row.claimed for row in one.levels} == {f"L{n}" for n in range(6)}
    best = one.scores[-1]
    assert best.met_135 is not None
    assert (best.claimed, best.met_135.value) == ("L5", 1.0)
    assert best.met_135.interval is not None
    assert one.campaign_digest == digest_of(tables)


def test_what_was_added_is_read_again_best_first(tables: Tables, tmp_path: Path) -> None:
    file = tmp_path / "board" / "leaderboard.json"
    add_entry(file, entry(weaker(tables), "aardvark"))
    added = add_entry(file, entry(tables, "zebra"))
    assert read_leaderboard(file) == added
    assert [one.agent for one in added] == ["zebra", "aardvark"]
    assert [path.name for path in file.parent.iterdir()] == ["leaderboard.json"]


def test_the_file_is_the_same_whatever_the_order_of_adding(tables: Tables, tmp_path: Path) -> None:
    entries = [entry(tables, name) for name in ("a", "b", "c")]
    for file, order in ((tmp_path / "1", entries), (tmp_path / "2", entries[::-1])):
        for one in order:
            add_entry(file, one)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_a_new_run_of_an_agent_and_version_takes_the_place_of_the_old(
    tables: Tables, tmp_path: Path
) -> None:
    file = tmp_path / "leaderboard.json"
    add_entry(file, entry(weaker(tables)))
    assert add_entry(file, entry(tables)) == (entry(tables),)
    assert len(add_entry(file, entry(tables, version="0.2.0"))) == 2


def test_an_entry_on_other_scenarios_under_the_same_version_is_refused(
    tables: Tables, tmp_path: Path
) -> None:
    file = tmp_path / "leaderboard.json"
    add_entry(file, entry(tables))
    before = file.read_bytes()
    other = {**tables, "suite": {**tables["suite"], "digest": "ab" * 16}}
    with pytest.raises(AdnError) as error:
        add_entry(file, entry(other, "other"))
    assert codes(error) == ["BEN042"]
    assert "raise the version of a suite that is changed" in str(error.value)
    assert file.read_bytes() == before
    add_entry(file, entry({**other, "suite": {**other["suite"], "version": 2}}, "other"))


def test_an_entry_on_some_of_the_cases_is_refused(tables: Tables, tmp_path: Path) -> None:
    add_entry(tmp_path / "board", entry(tables))
    some = {**tables, "suite": {**tables["suite"], "cases": tables["suite"]["cases"][:1]}}
    with pytest.raises(AdnError, match=r"ran 1 cases of small@1, and adn 0\.1\.0 3; run the same"):
        add_entry(tmp_path / "board", entry(some, "other"))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("[]", "BEN040"),
        ("{", "BEN040"),
        ('{"leaderboard": 2, "entries": []}', "BEN040"),
        ('{"leaderboard": 1, "entries": {}}', "BEN040"),
        ('{"leaderboard": 1, "entries": [{}]}', "BEN041"),
        ('{"leaderboard": 1, "entries": [7]}', "BEN041"),
    ],
)
def test_a_file_that_is_no_leaderboard_is_refused(spoil: str, code: str, tmp_path: Path) -> None:
    file = tmp_path / "leaderboard.json"
    file.write_text(spoil, encoding="utf-8")
    with pytest.raises(AdnError) as error:
        read_leaderboard(file)
    assert set(codes(error)) == {code}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("agent", "\x1b[2Jadn"),
        ("date", "yesterday"),
        ("suite_digest", "no digest"),
        ("seeds", []),
        ("levels", []),
        ("comment", "more than is asked"),
    ],
)
def test_an_entry_out_of_form_is_named_with_its_number(
    key: str, value: Any, tables: Tables, tmp_path: Path
) -> None:
    file = tmp_path / "leaderboard.json"
    add_entry(file, entry(tables))
    held = json.loads(file.read_text(encoding="utf-8"))
    held["entries"].append({**held["entries"][0], "version": "2", key: value})
    file.write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(AdnError) as error:
        read_leaderboard(file)
    assert codes(error) == ["BEN041"]
    assert f"entry 2: BEN041 {key}" in str(error.value)
    assert "\x1b" not in str(error.value)


def test_the_same_agent_twice_is_refused(tables: Tables, tmp_path: Path) -> None:
    file = tmp_path / "leaderboard.json"
    add_entry(file, entry(tables))
    held = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**held, "entries": held["entries"] * 2}), encoding="utf-8")
    with pytest.raises(AdnError) as error:
        read_leaderboard(file)
    assert codes(error) == ["BEN043"]


def test_a_place_that_cannot_be_written_is_an_error_of_one_line(
    tables: Tables, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AdnError) as error:
        add_entry(tmp_path / "file" / "leaderboard.json", entry(tables))
    assert codes(error) == ["BEN044"]


def test_changing_any_figure_changes_the_campaigns_digest(tables: Tables) -> None:
    results = campaign()
    results[0]["card"]["service"]["down_minutes"] += 1.0
    assert digest_of(tables_of(SUITE, results)) != digest_of(tables)


def test_a_leaderboard_is_shown_by_suite_with_a_column_a_domain(tables: Tables) -> None:
    lines = list(leaderboard_lines([entry(tables), entry(tables, "other")]))
    assert lines[0] == "   small@1   digest " + "0f" * 16
    assert lines[1].split() == (
        ["agent", "data-centre", "ip-wan", "1-3-5", "people", "min", "wrong", "seeds", "date"]
    )
    assert lines[3].startswith("   other 0.1.0")
    assert list(leaderboard_lines([])) == ["   no entries"]
