"""Short runs on Abilene: scenarios as text, run at a level, and questions to their logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.base.records import Record
from adn.scenario.reader import read_text
from adn.session.run import Run, run_scenario

HEAD = """\
adn: 1
name: short
version: 1
title: A short run
topology: {source: "topohub:topozoo/Abilene", total_demand: 100Gbit/s}
services:
  - {kind: voice, share: 10%, sla: {latency: 100ms, loss: 0.5%, availability: 99.99%}}
  - {kind: internet, share: 90%, elastic: true, sla: {latency: 250ms, loss: 50%}}
alarms: {lost: 0%}
"""


@dataclass(frozen=True)
class Told:
    """A run, with questions to its public log."""

    run: Run

    def records(self, kind: str, **data: Any) -> list[Record]:
        """Return the records of a kind whose data is so."""
        return [
            record
            for record in self.run.log.events
            if record.kind == kind
            and all(record.data.get(key) == value for key, value in data.items())
        ]

    def incidents_of(self, domain: str) -> list[str]:
        """Return the incidents that were demarcated to a domain, and to no other."""
        named = self.records("incident.demarcated")
        elsewhere = {str(r.ref["incident"]) for r in named if r.data["domain"] != domain}
        return sorted({str(r.ref["incident"]) for r in named} - elsewhere)

    def by(self, kind: str, incident: str) -> set[str]:
        """Return by whom the evidence of a kind on an incident is."""
        return {r.by for r in self.records(kind) if r.ref["incident"] == incident}

    @property
    def card(self) -> dict[str, Any]:
        """Return the scorecard."""
        return self.run.scorecard.as_json()


Live = Callable[..., Told]


@pytest.fixture(scope="session")
def live() -> Live:
    """Return what runs the rest of a scenario at a level with a seed."""

    def run(
        rest: str, level: AutonomyLevel | LevelPlan | None = None, seed: int = 1, **more: Any
    ) -> Told:
        loaded = read_text(HEAD + rest, "short", Path())
        return Told(run_scenario(loaded, level or loaded.scenario.operations.level, seed, **more))

    return run
