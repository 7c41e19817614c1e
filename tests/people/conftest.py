"""One short incident, lived at every level: a duct is cut ten minutes into the run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from adn.base.levels import AutonomyLevel
from adn.scenario import read
from adn.session.run import Run, run_scenario

SCENARIO = """\
adn: 1
name: short-cut
version: 1
title: A duct is cut
clock: {duration: 100min, warmup: 8min, starts: "19:00"}
topology:
  source: topohub:topozoo/Abilene
  total_demand: 170Gbit/s
  shared_ducts:
    - {name: duct:Kansas-City/west, links: [Denver~Kansas-City, Houston~Kansas-City], length: 30km}
traffic: {profile: evening}
faults:
  - {kind: fibre-cut, at: 10min, target: {duct: "duct:Kansas-City/west"}}
operations:
  desks: {front-office: 2, back-office: 1, expert: 1, duty-lead: 1}
  poll: 10min
  approval: 1min
"""


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "short-cut.yml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def lived(scenario: Path) -> Callable[[str], Run]:
    """Return what runs the incident at a level, once each."""

    @cache
    def run(level: str) -> Run:
        return run_scenario(read(str(scenario)), AutonomyLevel(level), 4)

    return run
