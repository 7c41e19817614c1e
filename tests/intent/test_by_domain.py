"""A level per domain: who handles an incident follows from the domain it is put down to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.session.replaying import replay

TWO = """\
clock: {duration: 4h, warmup: 15min}
faults:
  - {kind: fibre-cut, at: 30min, target: {duct: "duct:Denver~Kansas-City"}}
  - kind: silent-loss
    at: 2h 30min
    target: {direction: "Atlanta>Washington-DC"}
    with: {share: 8%}
operations: {level: {default: L4, optical: L2}}
"""
TASKS = ("incident.located", "plan.proposed", "plan.decided")
"""What people do at L2 and the system at L4 once the domain is known."""


@pytest.fixture(scope="module")
def told(live: Any) -> Any:
    return live(TWO)


@pytest.mark.slow
def test_the_cut_is_seen_by_the_system_and_handled_by_people(told: Any) -> None:
    (cut,) = told.incidents_of("optical")
    assert {r.by for r in told.records("incident.opened")} == {"system"}
    assert told.by("incident.demarcated", cut) == {"system"}
    for kind in TASKS:
        assert told.by(kind, cut) == {"human"}, kind


@pytest.mark.slow
def test_a_fault_of_another_domain_in_the_same_run_is_touched_by_nobody(told: Any) -> None:
    others = told.incidents_of("ip")
    assert others
    for name in others:
        for kind in TASKS:
            assert told.by(kind, name) <= {"system"}, (kind, name)
        asked = {r.data["task"] for r in told.records("work.queued") if r.ref["incident"] == name}
        assert asked <= {"B", "K"}, "B is read when all is over; crews mend"
    assert [fault["located_top1"] for fault in told.card["faults"]] == [True, True]


@pytest.mark.slow
def test_log_manifest_and_folder_say_the_levels_and_a_replay_has_them(
    told: Any, tmp_path: Path
) -> None:
    assert told.run.manifest["level"] == "L4+optical-L2"
    assert told.records("run.started")[0].data["level"] == "L4+optical-L2"
    folder = told.run.write(tmp_path)
    assert folder == tmp_path / "short@1" / "L4+optical-L2" / "seed-1"
    assert replay(folder).same


@pytest.mark.slow
def test_a_level_of_the_command_replaces_all_of_them(live: Any) -> None:
    told = live(TWO, AutonomyLevel.L4)
    assert told.run.manifest["level"] == "L4"
    assert {r.by for r in told.records("plan.decided")} == {"system"}


@pytest.mark.slow
def test_a_loop_in_another_process_is_told_the_same_plan(live: Any) -> None:
    short = TWO.replace("duration: 4h", "duration: 50min").replace("2h 30min", "49min")
    here, there = live(short), live(short, isolate=True)
    assert here.run.manifest["digest"] == there.run.manifest["digest"]


def test_without_a_default_the_lowest_level_named_is_it() -> None:
    levels = {"ip": AutonomyLevel.L4, "optical": AutonomyLevel.L2}
    plan = LevelPlan.by_domain(levels)
    assert (plan.at(), plan.at("ip"), plan.at("power")) == ("L2", "L4", "L2")
    assert str(plan) == "L2+ip-L4", "what is at the default is not said twice"


@pytest.mark.parametrize(
    "text",
    ["", "L7", "L4+ip", "L4+ip-L9", "L4+-L3", "L4+ip-L4", "L3+optical-L2+ip-L4", "L3+ip-L4+ip-L5"],
)
def test_what_no_plan_would_be_written_as_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"no level plan|not a valid AutonomyLevel"):
        LevelPlan.parse(text)
