"""A tiny suite, and results that are made up, so that campaigns can be tried in no time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adn.bench import campaign as campaigns
from adn.bench import running
from adn.bench.cell import Cell
from adn.bench.plan import Plan, plan_of
from adn.bench.suite import read_suite
from adn.reference.agents import IDLE
from adn.scenario.reader import LoadedScenario

HERE = Path(__file__).parent
SUITE = HERE / "tiny-suite.yml"


def made_up(cell: Cell, restore_s: float | None = 30.5) -> dict[str, Any]:
    """Return a result of the shape that runs have, with one fault where the case has one."""
    idle = cell.agent == IDLE
    fault = {
        "id": "FLT-0001",
        "kind": "fibre-cut",
        "domain": "optical",
        "target": "duct:a~b",
        "onset_s": 600.0,
        "t0_s": 600.0,
        "impact_s": 0.0,
        "self_healed": None,
        "restorable": None,
        "detect_s": None if idle else 2.25,
        "locate_s": None if idle else 14.125,
        "restore_s": None if idle else restore_s,
        "rectify_s": None,
        "restored_by": None if idle else "command",
        "located_top1": not idle,
        "class_top1": not idle,
        "met_135": not idle,
        "met_135_per_phase": not idle,
        "first_time_right": None if idle else True,
        "self_healing": False,
    }
    role = {"touches": 2, "minutes": 3.5, "waited_minutes": 1.0, "peak": 1}
    return {
        "cell": cell.as_json(),
        "scenario": f"{cell.case}@1",
        "scenario_digest": "d" * 32,
        "domain": "ip-wan",
        "elements": 11,
        "held_out": [],
        "inapplicable": ["F"],
        "targets": {"detect_s": 60.0, "locate_s": 180.0, "restore_s": 300.0},
        "simulated_s": 1440.0,
        "card": {
            "digest": f"{cell.seed:032x}",
            "level_lived": cell.level,
            "faults": [fault] if cell.case == "tiny" else [],
            "incidents": 1,
            "false_incidents": 0,
            "found": 1.0,
            "people": {"touches": 2, "minutes": 3.5, "roles": {"expert": role}},
            "service": {"down_minutes": 0.5, "degraded_minutes": 1.25, "availability": 1.0},
            "tickets": {"raised": 1, "from_network": 1, "per_fault": {"FLT-0001": 1}},
            "conduct": {"harmful": 0, "harmful_standing": 0, "idle_repairs": 0, "quiet_s": 60},
        },
        "tasks": [
            {
                "task": "H",
                "fault": "FLT-0001",
                "kind": "fibre-cut",
                "fault_domain": "optical",
                "incident": "INC-0001",
                "start_s": 600.0,
                "end_s": 614.125,
                "subject": "S",
                "right": True,
                "in_time": True,
            }
        ],
        "broken": [],
    }


@pytest.fixture
def plan() -> Plan:
    """The plan of the tiny suite: 28 runs."""
    return plan_of(read_suite(str(SUITE)))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Cell]:
    """What has been run, in order; nothing is, for results are made up."""
    cells: list[Cell] = []

    def run(cell: Cell, loaded: LoadedScenario, *_: object) -> dict[str, Any]:
        cells.append(cell)
        return {**made_up(cell), "scenario_digest": loaded.digest}

    monkeypatch.setattr(running, "result_of", run)
    monkeypatch.setattr(campaigns, "code_digest", lambda: "c" * 16)
    return cells


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch, ran: list[Cell]) -> Callable[[int], None]:
    """What lets a campaign be interrupted after so many runs."""

    def after(count: int) -> None:
        def run(cell: Cell, loaded: LoadedScenario, *_: object) -> dict[str, Any]:
            if len(ran) == count:
                raise KeyboardInterrupt
            ran.append(cell)
            return {**made_up(cell), "scenario_digest": loaded.digest}

        monkeypatch.setattr(running, "result_of", run)

    return after


@pytest.fixture
def faked() -> Callable[..., dict[str, Any]]:
    """What makes results up."""
    return made_up
