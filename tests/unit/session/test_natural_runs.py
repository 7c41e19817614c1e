"""Runs in which the network fails by itself: the same failures at every level, and once more."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from adn.base.levels import AutonomyLevel
from adn.scenario.reader import LoadedScenario, read_text
from adn.session.assembly import assemble
from adn.session.run import Run, run_scenario

TEXT = """
adn: 1
name: rough-hours
version: 1
title: Two hours in which much fails by itself
clock: {duration: 100min, warmup: 10min, starts: "01:00"}
topology: {source: "topohub:topozoo/Abilene", total_demand: 20Gbit/s}
services:
  - {kind: vpn, share: 100%, pairs: 8, sla: {latency: 90ms, loss: 1%, availability: 99%}}
faults: {natural: {scale: 1000, without: [fibre-cut, fibre-degradation]}}
"""


@cache
def loaded() -> LoadedScenario:
    return read_text(TEXT, "rough-hours.yml", Path())


@cache
def run() -> Run:
    return run_scenario(loaded(), AutonomyLevel.L4, 3)


def planned(level: AutonomyLevel, seed: int) -> list[tuple[str, object, object]]:
    """Return what is in store before anything has happened."""
    truths = assemble(loaded(), level, seed).log.truths
    return [(row.id, row.ref["target"], row.data) for row in truths if row.kind == "fault.planned"]


def test_every_level_meets_the_same_failures() -> None:
    first = planned(AutonomyLevel.L4, 3)
    assert len(first) > 5
    assert planned(AutonomyLevel.L0, 3) == first
    assert planned(AutonomyLevel.L0, 4) != first


@pytest.mark.slow
def test_the_same_seed_gives_the_same_run() -> None:
    again = run_scenario(loaded(), AutonomyLevel.L4, 3)
    assert again.manifest["digest"] == run().manifest["digest"]


def test_manifest_and_scorecard_say_what_was_expected() -> None:
    told = run().manifest["natural"]
    assert told == run().scorecard.as_json()["natural"]
    assert told["scale"] == 1000
    assert 0 < told["expected_open"] < told["expected_faults"]


def test_faults_are_numbered_in_the_order_in_which_they_strike() -> None:
    onsets = [row for row in run().log.truths if row.kind == "fault.onset"]
    assert [row.id for row in onsets] == [f"FLT-{nth:04d}" for nth in range(1, len(onsets) + 1)]


def test_some_of_it_is_over_by_itself_and_work_is_announced() -> None:
    cleared = [row for row in run().log.truths if row.kind == "fault.cleared"]
    assert any(row.data["by"] == "self" for row in cleared)
    began = [row for row in run().log.truths if row.kind == "disturbance.began"]
    told = [row for row in run().log.events if row.kind == "maintenance.announced"]
    assert {row.id for row in began} == {f"DST-{nth:04d}" for nth in range(1, len(began) + 1)}
    assert began
    assert len(told) >= len(began)
