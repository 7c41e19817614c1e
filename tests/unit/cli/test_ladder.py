"""The ladder at the prompt: what it prints, what it leaves, and that jobs change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adn.cli import main
from adn.cli.ladder_table import ladder_lines
from adn.cli.ranges import levels_of, seeds_of

SCENARIO = """\
adn: 1
name: small
version: 1
title: One way loses packets
clock: {duration: 12min, warmup: 4min, starts: "20:00"}
topology: {source: topohub:topozoo/Abilene, metric: length, total_demand: 170Gbit/s}
services: [{kind: voice, share: 100%, sla: {latency: 120ms, loss: 0.5%}}]
faults: [{kind: silent-loss, at: 6min, target: {direction: Denver>Kansas-City}, with: {share: 5%}}]
"""
RUNS = ["ladder.html", "ladder.json", "L4", "L5"]


def climbed(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["run", "small.yml", "--level", "L4..L5", "--seed", "2", *more])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_a_ladder_leaves_its_runs_and_two_files_and_is_the_same_for_any_number_of_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.yml").write_text(SCENARIO, encoding="utf-8")
    printed = json.loads(climbed(capsys, "--json"))
    folder = Path("runs/small@1")
    assert sorted(path.name for path in folder.iterdir()) == sorted(RUNS)
    kept = (folder / "ladder.json").read_bytes()
    assert {**json.loads(kept), "wall_s": printed["wall_s"]} == printed
    assert list(printed["levels"]) == ["L4", "L5"]
    assert list(printed["bounds"]) == ["do-nothing", "oracle"]
    assert len(printed["baselines"]) == 4
    idle, oracle = (
        printed["bounds"][name]["summary"]["service_minutes"]["mean"]
        for name in ("do-nothing", "oracle")
    )
    loop = printed["levels"]["L4"]["summary"]["service_minutes"]["mean"]
    assert oracle <= loop <= idle
    page = (folder / "ladder.html").read_bytes()
    text = climbed(capsys, "--jobs", "2")
    assert (folder / "ladder.json").read_bytes() == kept
    assert (folder / "ladder.html").read_bytes() == page
    assert text.splitlines()[3:-1] == list(ladder_lines(json.loads(kept)))


def test_levels_come_as_one_a_list_or_a_range() -> None:
    assert [str(level) for level in levels_of("L1..L3")] == ["L1", "L2", "L3"]
    assert [str(level) for level in levels_of("L4,L0,L4")] == ["L0", "L4"]
    assert [str(level) for level in levels_of("L5")] == ["L5"]


def test_seeds_come_as_one_a_list_or_a_range() -> None:
    assert seeds_of("3:5") == (3, 4, 5)
    assert seeds_of("9,2,9") == (2, 9)
    assert seeds_of("7") == (7,)
