"""The same attempts on logs of real runs: what is changed in a log is what changes in the level."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adn.assessment.assess import assess
from adn.assessment.criteria import level_of
from adn.assessment.runs import Instance, read_results
from adn.base.errors import RunFolderError
from adn.base.levels import AutonomyLevel, Task
from adn.base.records import Record
from adn.reference.agents import lived
from adn.scenario.reader import LoadedScenario, read_text
from adn.scoring.log import EVENTS, RunLog, as_logged, read_run
from adn.scoring.outcome import outcome_of
from adn.session.run import Run

TEXT = """
adn: 1
name: cut-and-daemon
version: 1
title: A duct is cut, and later a daemon dies
about: Two faults of two domains, each of which hurts services until somebody acts.
inapplicable: {F: what strikes here comes without a trend}
clock: {duration: 50min, warmup: 15min}
topology: {source: topohub:topozoo/Abilene, total_demand: 60Gbit/s}
services:
  - kind: voice
    share: 10%
    flow_groups: 8
    customers: 100
    pairs: 30
    sla: {latency: 100ms, loss: 0.5%, availability: 99.9%}
  - kind: internet
    share: 90%
    flow_groups: 8
    customers: 1000
    pairs: 30
    elastic: true
    sla: {latency: 250ms, loss: 50%, availability: 99%}
faults:
  - {kind: fibre-cut, at: 18min, target: {duct: {pick: 1, busiest: 4}}}
  - {kind: routing-daemon-down, at: 34min, target: {element: {pick: 1, busiest: 4}}}
"""
SEED = 1
RUNS = 60
"""As many runs as are made of one, so that its shares are sure."""


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return read_text(TEXT, "cut-and-daemon.yml", Path())


@pytest.fixture(scope="module")
def made(loaded: LoadedScenario) -> Run:
    return lived(loaded, "adn", AutonomyLevel.L4, SEED, None, None)


@pytest.fixture(scope="module")
def log(made: Run) -> RunLog:
    return RunLog(made.manifest, as_logged(made.log.events), as_logged(made.log.truths))


def results_of(log: RunLog) -> list[dict[str, Any]]:
    """Return the results of many runs that are like one, under other seeds."""
    outcome = outcome_of(log)
    return [
        {
            "cell": {"case": "c", "agent": "adn", "level": "L4", "seed": seed, "approval_s": None},
            "scenario": "c@1",
            "scenario_digest": "d",
            "domain": "ip-wan",
            "held_out": [],
            "inapplicable": ["F"],
            **outcome,
        }
        for seed in range(1, RUNS + 1)
    ]


def row_of(log: RunLog) -> dict[str, Any]:
    (row,) = assess(results_of(log))
    return row


def instances(log: RunLog, task: str) -> list[Instance]:
    (first, *_) = read_results(results_of(log))
    return [one for one in first.instances if one.task == task]


def test_sixty_runs_like_this_one_earn_level_four(log: RunLog) -> None:
    """What the other tests take away is there in the first place."""
    row = row_of(log)
    assert (row["verdict"], row["earned"]) == ("earned", "L4"), row["why"]


def test_permuted_truth_collapses_location_and_the_level(log: RunLog) -> None:
    """Each fault is given the other's name and right answers; the deeds stay the same."""
    planned = list(log.kind("fault.planned"))
    answers = [(record.ref, record.data) for record in planned[1:] + planned[:1]]
    swapped = {
        record.id: replace(record, ref=ref, data={**data, "at_s": record.data["at_s"]})
        for record, (ref, data) in zip(planned, answers, strict=True)
    }
    truth = tuple(
        swapped[record.id] if record.kind == "fault.planned" else record for record in log.truth
    )
    permuted = replace(log, truth=truth)
    assert all(one.conduct.right for one in instances(log, "H"))
    assert not any(one.conduct.right for one in instances(permuted, "H"))
    row = row_of(permuted)
    assert row["tasks"]["H"]["level"] == "L2"
    assert row["earned"] <= "L2"


def test_an_approval_that_is_put_into_the_log_takes_its_instance_to_level_three(
    log: RunLog,
) -> None:
    """Somebody answers about a decision just as it is made: that decision, and no other task."""
    decided = next(log.kind("plan.decided"))
    reply = Record(
        decided.at,
        "work.replied",
        decided.src,
        id="WRK-9999",
        by="human",
        ref={"incident": decided.ref["incident"]},
        data={"task": "J", "role": "expert", "took_s": 60.0, "waited_s": 0.0, "verdict": "approve"},
    )
    place = log.events.index(decided)
    approved = replace(log, events=(*log.events[:place], reply, *log.events[place:]))
    before, after = instances(log, "J"), instances(approved, "J")
    assert {level_of(one.task, one.conduct) for one in before} == {AutonomyLevel.L5}
    assert min(level_of(one.task, one.conduct) for one in after) == AutonomyLevel.L3
    for task in "DEGHIKV":
        assert instances(approved, task) == instances(log, task)
    touches = [outcome_of(one)["card"]["people"]["touches"] for one in (log, approved)]
    assert touches[1] == touches[0] + 1


@pytest.mark.parametrize(
    "kind",
    ["incident.opened", "incident.located", "plan.proposed", "plan.decided", "plan.executed"],
)
def test_a_record_that_is_left_out_leaves_no_level(log: RunLog, kind: str) -> None:
    """One record of one run in sixty: the chain does not hold, and nothing is earned."""
    (run, *others) = results_of(log)
    dropped = next(log.kind(kind))
    thinned = replace(log, events=tuple(r for r in log.events if r is not dropped))
    (row,) = assess([{**run, **outcome_of(thinned)}, *others])
    assert (row["verdict"], row["earned"]) == ("no level", None)
    assert row["why"][0].startswith("c seed 1: ")


def test_a_line_that_is_missing_from_the_file_is_noticed_before_anything_is_judged(
    made: Run, tmp_path: Path
) -> None:
    folder = made.write(tmp_path)
    assert outcome_of(read_run(folder))["broken"] == []
    lines = (folder / EVENTS).read_bytes().splitlines(keepends=True)
    (folder / EVENTS).write_bytes(b"".join(lines[:100] + lines[101:]))
    with pytest.raises(RunFolderError):
        read_run(folder)


@pytest.mark.parametrize("claimed", ["L0", "L2", "L5"])
def test_the_claim_in_the_manifest_moves_no_evidence(log: RunLog, claimed: str) -> None:
    """Who did what is read from events, whatever level the run says it was."""
    other = replace(log, manifest={**log.manifest, "level": claimed})
    assert outcome_of(other)["tasks"] == outcome_of(log)["tasks"]


def test_doing_nothing_earns_nothing(loaded: LoadedScenario) -> None:
    """A real run in nobody's hands: L0, and its chain is not broken for want of deeds."""
    idle = lived(loaded, "do-nothing", AutonomyLevel.L4, SEED, None, None)
    row = row_of(RunLog(idle.manifest, as_logged(idle.log.events), as_logged(idle.log.truths)))
    assert (row["verdict"], row["earned"]) == ("earned", "L0")
    assert row["anlet"]["score"] == 0.0


def test_tasks_have_letters_that_the_table_knows(log: RunLog) -> None:
    """Nothing in the evidence is outside the twelve; all but prediction are there."""
    seen = {one["task"] for one in outcome_of(log)["tasks"]}
    assert seen >= {task.value for task in Task} - {"F"}
