"""`adn run`: what it leaves, and what it says to programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adn.cli import main

SCENARIO = """\
adn: 1
name: small
version: 1
title: One link fails
clock: {duration: 12min, warmup: 4min}
topology: {source: topohub:topozoo/Abilene}
faults: [{kind: link-down, at: 6min, target: {link: {pick: 1}}}]
"""
LEFT = {
    "events.jsonl",
    "manifest.json",
    "replies.jsonl",
    "report.html",
    "scorecard.json",
    "series.json",
    "truth.jsonl",
}


def left(arguments: list[str]) -> object:
    """Return the exit code that a command leaves with."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def test_a_run_leaves_its_folder_and_prints_its_scorecard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.yml").write_text(SCENARIO, encoding="utf-8")
    assert left(["run", "small.yml", "--level", "L5", "--seed", "2", "--json"]) == 0
    folder = Path("runs/small@1/L5/seed-2")
    assert {path.name for path in folder.iterdir()} == LEFT
    assert {path.name for path in Path("runs").iterdir()} == {".references", "small@1"}
    printed = json.loads(capsys.readouterr().out)
    kept = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
    measured = {"wall_s", "speedup", "peak_rss_mb", "import_s"}
    assert printed.keys() - kept.keys() == measured
    assert {key: value for key, value in printed.items() if key not in measured} == kept
    assert kept["level_lived"] == "L5"
    assert kept["faults"][0]["self_healed"] is not None


def test_without_reference_runs_the_verdicts_are_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.yml").write_text(SCENARIO, encoding="utf-8")
    assert left(["run", "small.yml", "--no-reference", "--json"]) == 0
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["self_healed"] is None
    assert fault["restorable"] is None
    assert not Path("runs/.references").exists()
