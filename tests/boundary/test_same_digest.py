"""One scenario, level and seed have one digest: under any hash seed, isolated or not, replayed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WAYS = {
    "one hash seed": (["--no-reference"], "1"),
    "another hash seed": (["--no-reference"], "4242"),
    "isolated": (["--no-reference", "--isolate"], "random"),
}


def run(scenario: str, out: Path, *options: str, hash_seed: str = "0") -> dict[str, object]:
    """Run a scenario in a process of its own; return its card."""
    command = [sys.executable, "-m", "adn", "run", scenario, "--seed", "5", "--json"]
    done = subprocess.run(
        [*command, "--out", str(out), *options],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    card: dict[str, object] = json.loads(done.stdout)
    return card


def digests(scenario: str, folder: Path) -> dict[str, object]:
    """Return the digest of a scenario by each way of running it."""
    return {
        way: run(scenario, folder / way, *options, hash_seed=seed)["digest"]
        for way, (options, seed) in WAYS.items()
    }


def test_the_short_incident_has_one_digest(incident, tmp_path: Path) -> None:
    """Neither the order of sets nor isolation shows in the logs."""
    found = digests(str(incident.scenario(incident.dig)), tmp_path)
    assert len(set(found.values())) == 1, found


CHOSEN = (
    "abilene-fibre-cut",
    "bank-branches",
    "picc-datacentre",
    "two-at-once",
    "unseen/moody-daemon",
    "short/dc-routes",
    "short/wan-daemon",
)
"""Between them they hold every kind of network, and most kinds of fault."""


@pytest.mark.slow
@pytest.mark.parametrize("name", CHOSEN)
def test_a_scenario_of_the_library_has_one_digest(name: str, tmp_path: Path) -> None:
    """What holds for a short incident holds for those that people run, and they replay."""
    found = digests(name, tmp_path)
    assert len(set(found.values())) == 1, found
    folder = next((tmp_path / "isolated").rglob("manifest.json")).parent
    replayed = subprocess.run(
        [sys.executable, "-m", "adn", "replay", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr


def test_another_seed_has_another_digest(incident, lived, tmp_path: Path) -> None:
    """The comparison can fail: another seed is another run."""
    path = str(incident.scenario(incident.dig))
    card = run(path, tmp_path, "--no-reference")
    assert card["digest"] != lived.run.log.digest()
