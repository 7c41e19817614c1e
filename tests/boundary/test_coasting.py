"""Going through quiet stretches in blocks changes nothing, whatever the blocks and the kernels."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from adn.base.levels import AutonomyLevel
from adn.scenario import read
from adn.scenario.reader import read_text
from adn.session.conductor import Conductor
from adn.session.run import run_scenario
from adn.twin import ahead, measuring

HEAD = """
adn: 1
name: stretch
version: 1
title: Stretches between what happens
about: For one test.
tags: [ip-wan]
"""
CUT = (
    HEAD
    + """
clock: {duration: 50min, warmup: 20min, starts: "19:00"}
topology: {source: "topohub:sndlib/abilene"}
traffic: {profile: evening, scale: 1.0, variation: 5%}
faults:
  - {kind: fibre-cut, at: 25min, target: {duct: {pick: 1, busiest: 5}}}
operations: {level: L4}
"""
)
BUSY = (
    HEAD
    + """
clock: {duration: 70min, warmup: 20min, starts: "20:00"}
topology: {source: "topohub:sndlib/polska"}
traffic: {profile: evening, scale: 1.2, variation: 10%}
tickets: {background: 30/h}
telemetry: {intervals: {service: 60s, element: 10s}, late: 2%, duplicated: 2%}
faults:
  - {kind: silent-loss, at: 31min, target: {direction: {pick: 1, busiest: 5}}, with: {share: 3%}}
disturbances:
  - {kind: flash-crowd, at: 40min, for: 10min, services: {kind: voice}, factor: 3}
  - {kind: maintenance, at: 55min, for: 5min, target: {link: {pick: 1}}, drain: true}
operations: {level: L2}
"""
)
QUIET = (
    HEAD
    + """
clock: {duration: 45min, warmup: 20min, starts: "02:00"}
topology: {source: "topohub:sndlib/abilene"}
traffic: {profile: evening, scale: 1.0, variation: 5%}
operations: {level: L4}
"""
)


def features() -> str:
    """Return the instructions that numpy was not built for but makes use of here."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return " ".join(found)


SCENARIOS = {"cut": CUT, "busy": BUSY, "quiet": QUIET, "data centre": "short/dc-routes"}
"""A fault and its repair; complaints, crowds, works, late and doubled frames; nothing; a fabric."""


def digest(scenario: str) -> str:
    """Return the digest of a run as the world is set up just now."""
    text = SCENARIOS[scenario]
    loaded = read_text(text, "stretch.yml", Path()) if "\n" in text else read(text)
    return run_scenario(loaded, AutonomyLevel.L4, 3).log.digest()


WAYS = {
    "not coasting": {"coasting": False},
    "a minute and a report at a time": {"minutes": 1, "reports": 1},
    "minute by minute as they come": {"minutes": 0},
    "seven of each at a time": {"minutes": 7, "reports": 7},
    "all at a time": {"minutes": 200, "reports": 1000},
}


@pytest.fixture(scope="module")
def usual() -> dict[str, str]:
    return {name: digest(name) for name in SCENARIOS}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_how_much_is_reckoned_at_once_changes_nothing(
    scenario: str, way: str, usual: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = WAYS[way]
    monkeypatch.setattr(ahead, "MINUTES", chosen.get("minutes", ahead.MINUTES))
    monkeypatch.setattr(measuring, "AHEAD", chosen.get("reports", measuring.AHEAD))
    kept = dict(Conductor.__init__.__kwdefaults__ or {})
    monkeypatch.setattr(
        Conductor.__init__, "__kwdefaults__", kept | {"coasting": chosen.get("coasting", True)}
    )
    assert digest(scenario) == usual[scenario]


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_compiled_kernels_give_the_same_digest(
    scenario: str, usual: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADN_KERNELS", "numba")
    assert digest(scenario) == usual[scenario]


PLAIN = {
    "without vector instructions": {"NPY_DISABLE_CPU_FEATURES": features()},
    "with more threads": {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
}


@pytest.mark.slow
@pytest.mark.parametrize("machine", PLAIN)
def test_the_machine_changes_nothing(machine: str, usual: dict[str, str]) -> None:
    """In a process of its own, whose numpy finds fewer instructions or more threads."""
    code = "from tests.boundary.test_coasting import digest; print(digest('busy'), digest('cut'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"ADN_KERNELS": "numpy", "PYTHONPATH": "."} | PLAIN[machine],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [usual["busy"], usual["cut"]]
