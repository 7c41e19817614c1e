"""SQL over a campaign: what was stored is found, and nothing else can be reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adn.base.errors import AdnError
from adn.bench.campaign import run_campaign
from adn.bench.plan import Plan
from adn.bench.query import ask, campaign_in
from adn.cli.query import _told


@pytest.fixture
def folder(plan: Plan, ran: list, tmp_path: Path) -> Path:
    return run_campaign(plan, tmp_path / "bench").folder


def test_every_view_holds_what_was_recorded(folder: Path) -> None:
    (counts,) = ask(
        folder,
        "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM faults), "
        "(SELECT count(*) FROM tasks), (SELECT count(*) FROM roles), (SELECT count(*) FROM cells)",
    ).rows
    assert counts == (28, 14, 28, 28, 28)
    sql = 'SELECT "case", seed, detect_s, kind, tickets FROM faults WHERE detect_s > 2'
    answer = ask(folder, sql + " ORDER BY ALL LIMIT 1")
    assert answer.columns == ("case", "seed", "detect_s", "kind", "tickets")
    assert answer.rows == (("tiny", 1, 2.25, "fibre-cut", 1),)
    (row,) = ask(folder, "SELECT DISTINCT state, attempts FROM cells").rows
    assert row == ("recorded", 1)
    (row,) = ask(folder, "SELECT DISTINCT result->>'$.card.people.minutes' FROM runs").rows
    assert row == ("3.5",)


def test_a_campaign_without_runs_answers_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    assert ask(tmp_path, "SELECT * FROM faults").rows == ()
    assert "detect_s" in ask(tmp_path, "SELECT * FROM faults").columns


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
        "SELECT * FROM glob('/etc/*')",
    ],
)
def test_a_query_reads_neither_files_nor_networks(folder: Path, sql: str) -> None:
    with pytest.raises(AdnError, match="BEN030"):
        ask(folder, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "DELETE FROM runs",
        "SELECT 1; SELECT 2",
        "COPY runs TO '/tmp/runs.csv'",
        "ATTACH '/tmp/other.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "PRAGMA version",
    ],
)
def test_a_query_is_one_select(folder: Path, sql: str) -> None:
    with pytest.raises(AdnError, match="BEN031 one SELECT, please"):
        ask(folder, sql)


def test_a_slip_of_sql_is_told_in_a_line(folder: Path) -> None:
    with pytest.raises(AdnError) as caught:
        ask(folder, "SELECT detect FROM faults")
    (finding,) = caught.value.findings
    assert finding.code == "BEN030"
    assert 'column "detect" not found' in finding.message
    assert "\n" not in finding.message


def test_it_is_clear_which_campaign_is_meant(folder: Path, tmp_path: Path) -> None:
    assert campaign_in(None, tmp_path / "bench") == folder
    assert campaign_in(tmp_path, tmp_path / "bench") == tmp_path
    with pytest.raises(AdnError, match="BEN032 there is none under"):
        campaign_in(None, tmp_path / "nowhere")
    (tmp_path / "bench" / "other@1" / "runs").mkdir(parents=True)
    (tmp_path / "bench" / "tiny@1.before" / "runs").mkdir(parents=True)
    with pytest.raises(AdnError, match=r"BEN032 which\? there are .*other@1, .*tiny@1; write"):
        campaign_in(None, tmp_path / "bench")
    with pytest.raises(AdnError, match="BEN016 this is no campaign"):
        ask(tmp_path / "bench", "SELECT 1")


def test_answers_are_tables_csv_or_json(folder: Path) -> None:
    import typer

    from adn.cli.query import command

    app = typer.Typer()
    app.command()(command)
    sql = (
        "SELECT agent, avg(people_minutes) AS minutes, NULL AS none "
        "FROM runs GROUP BY ALL ORDER BY 1 LIMIT 2"
    )

    def run(*more: str) -> str:
        done = CliRunner().invoke(app, [sql, "--campaign", str(folder), *more])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert run().splitlines()[1].split() == ["adn", "3.5", "–"]
    assert run("--csv") == "agent,minutes,none\nadn,3.5,\nconstant-guess,3.5,\n"
    assert json.loads(run("--json"))[0] == {"agent": "adn", "minutes": 3.5, "none": None}
    assert _told([float("nan"), {"a": (1, b"x")}]) == [None, {"a": [1, "b'x'"]}]
