"""A short scenario with a few faults, and how it is run."""

from __future__ import annotations

from pathlib import Path

from adn.base.levels import AutonomyLevel
from adn.scenario.reader import read_text
from adn.session.run import Run, run_scenario

TEXT = """
adn: 1
name: short
version: 1
title: A cut, a loss and a dead daemon in forty minutes
about: Long enough for the loop to have learnt, short enough to be run often.
clock: {duration: 75min, warmup: 15min}
topology: {source: topohub:topozoo/Abilene, total_demand: 60Gbit/s}
services:
  - kind: voice
    share: 10%
    flow_groups: 16
    customers: 100
    pairs: 40
    sla: {latency: 100ms, loss: 0.5%, availability: 99.9%}
  - kind: internet
    share: 90%
    flow_groups: 32
    customers: 1000
    pairs: 40
    elastic: true
    sla: {latency: 250ms, loss: 50%, availability: 99%}
faults:
  - {kind: silent-loss, at: 20min, target: {direction: {pick: 1, busiest: 10}}, with: {share: 5%}}
  - {kind: fibre-cut, at: 35min, target: {duct: {pick: 1, busiest: 6}}}
  - {kind: routing-daemon-down, at: 50min, target: {element: {pick: 1, busiest: 6}}}
"""


def run(seed: int, level: str = "L5") -> Run:
    """Run the scenario."""
    loaded = read_text(TEXT, "short.yml", Path())
    return run_scenario(loaded, AutonomyLevel(level), seed)


if __name__ == "__main__":
    import sys

    sys.stdout.write(f"{run(int(sys.argv[1])).log.digest()}\n")
