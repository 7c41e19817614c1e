"""What is done to the evidence of real runs is noticed, and cheap tricks gain nothing.

At every level a healthy run leaves a whole chain. Take one record out of it, or put it in another
place, and it is whole no more; open an incident about everything, or before anything, and it
detects nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from test_real_runs import SEED, TEXT

from adn.base.errors import RunFolderError
from adn.base.levels import AutonomyLevel, Task
from adn.base.records import CATALOGUE, Record, chained, log_digest
from adn.reference.agents import lived
from adn.scenario.reader import read_file, read_text
from adn.scoring.chain import broken
from adn.scoring.log import EVENTS, MANIFEST, TRUTH, RunLog, as_logged, read_run
from adn.scoring.outcome import outcome_of
from adn.session.run import Run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LEVELS = [
    pytest.param(level, marks=() if level in ("L0", "L4") else pytest.mark.slow)
    for level in AutonomyLevel
]


def logged(run: Run) -> RunLog:
    return RunLog(run.manifest, as_logged(run.log.events), as_logged(run.log.truths))


def at_level(level: AutonomyLevel) -> Run:
    return lived(read_text(TEXT, "cut-and-daemon.yml", Path()), "adn", level, SEED, None, None)


@pytest.fixture(scope="module")
def run() -> Run:
    return at_level(AutonomyLevel.L4)


@pytest.fixture(scope="module")
def log(run: Run) -> RunLog:
    return logged(run)


def right(log: RunLog, task: Task) -> int:
    """Return how many instances of a task are right."""
    rows = outcome_of(log)["tasks"]
    return sum(bool(row["right"]) for row in rows if row["task"] == task)


# --- whole at every level ---


@pytest.mark.parametrize("level", LEVELS)
def test_the_chain_of_a_healthy_run_is_whole_at_every_level(level: AutonomyLevel) -> None:
    outcome = outcome_of(logged(at_level(level)))
    assert outcome["broken"] == []
    done = {row["task"] for row in outcome["tasks"] if row["subject"]}
    assert done >= {task.value for task in Task} - {"F"}


@pytest.mark.slow
@pytest.mark.parametrize("level", ["L0", "L2", "L3", "L4", "L5"])
@pytest.mark.parametrize(("scenario", "seed"), [("abilene-fibre-cut", 1), ("picc-datacentre", 2)])
def test_the_chain_of_the_librarys_scenarios_is_whole(scenario: str, seed: int, level: str) -> None:
    loaded = read_file(SCENARIOS / f"{scenario}.yml", scenario)
    assert broken(logged(lived(loaded, "adn", AutonomyLevel(level), seed))) == ()


def test_nobody_who_does_nothing_leaves_anything_out() -> None:
    """The null controller's chain is whole, and every task that was called for is a miss."""
    loaded = read_text(TEXT, "cut-and-daemon.yml", Path())
    outcome = outcome_of(logged(lived(loaded, "do-nothing", AutonomyLevel.L4, SEED)))
    assert outcome["broken"] == []
    assert {row["subject"] for row in outcome["tasks"]} == {None}
    assert {row["right"] for row in outcome["tasks"]} == {False}


@pytest.mark.slow
def test_whoever_acts_without_evidence_has_no_chain() -> None:
    """The oracle restores everything and explains nothing."""
    loaded = read_text(TEXT, "cut-and-daemon.yml", Path())
    found = broken(logged(lived(loaded, "oracle", AutonomyLevel.L5, SEED)))
    assert any(said.endswith("changed the network on no plan") for said in found)


# --- what is done to the evidence ---


@pytest.mark.parametrize("task", [task.value for task in Task])
def test_evidence_that_is_left_out_is_missed(log: RunLog, task: str) -> None:
    """Each record of the task in turn, with no number or digest of the log to tell of it."""
    places = [place for place, record in enumerate(log.events) if record.task == task]
    assert places
    for place in places:
        thinned = replace(log, events=log.events[:place] + log.events[place + 1 :])
        assert broken(thinned), log.events[place]


@pytest.mark.parametrize("task", [task.value for task in Task if task.value != "F"])
def test_a_kind_of_evidence_that_is_left_out_altogether_is_missed_without_numbers(
    log: RunLog, task: str
) -> None:
    """A loop that does not number its evidence cannot keep a part of it to itself either.

    Prediction is the one task that need not have been done at all: who never foretells anything
    misses every fault, which costs more than a gap in the evidence.
    """
    plain = [_without_number(record) for record in log.events]
    assert broken(replace(log, events=tuple(plain))) == ()
    thinned = tuple(record for record in plain if record.task != task)
    found = broken(replace(log, events=thinned))
    assert any(f"({task})" in said for said in found)


def test_evidence_in_another_order_is_noticed(log: RunLog) -> None:
    places = [place for place, record in enumerate(log.events) if record.task]
    for one, other in pairwise(places):
        events = list(log.events)
        events[one], events[other] = events[other], events[one]
        assert broken(replace(log, events=tuple(events)))


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 0.75, 0.99])
def test_a_run_that_was_killed_has_no_whole_chain(log: RunLog, share: float) -> None:
    events = log.events[: round(share * len(log.events))]
    assert "the run did not end: the log stops half-way" in broken(replace(log, events=events))


@pytest.mark.parametrize("kind", sorted(name for name, kind in CATALOGUE.items() if kind.task))
def test_a_line_taken_out_of_the_file_is_found_however_it_is_covered_up(
    run: Run, tmp_path: Path, kind: str
) -> None:
    """Renumbered and sealed anew it is found in the chain; chained anew, in the evidence."""
    folder = run.write(tmp_path)
    path = folder / EVENTS
    lines = path.read_bytes().splitlines(keepends=True)
    place = next(at for at, line in enumerate(lines) if json.loads(line)["kind"] == kind)
    numbered = [
        line.replace(b'"seq":%d,' % (at + 2), b'"seq":%d,' % (at + 1)) if at >= place else line
        for at, line in enumerate(lines[:place] + lines[place + 1 :])
    ]
    path.write_bytes(b"".join(numbered))
    seal(folder)
    with pytest.raises(RunFolderError) as caught:
        read_run(folder)
    (finding, *_) = caught.value.findings
    assert (finding.code, finding.at and finding.at.line) == ("RUN011", place + 1)
    thinned = [record for at, record in enumerate(run.log.events) if at != place]
    path.write_bytes(b"".join(chained(thinned)))
    seal(folder)
    assert broken(read_run(folder))


def seal(folder: Path) -> None:
    """Give the manifest the digest of the logs as they now are."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["digest"] = log_digest((folder / name).read_bytes() for name in (EVENTS, TRUTH))
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def _without_number(record: Record) -> Record:
    data = {key: value for key, value in record.data.items() if key != "nth"}
    return replace(record, data=data)


# --- cheap tricks ---


def everything(log: RunLog) -> dict[str, list[str]]:
    """Return all that any fault affects, and all that anything was ever said about."""
    named: set[str] = set()
    for record in (*log.events, *log.truth):
        for key in ("objects", "services"):
            named.update(record.ref.get(key, ()))
        named.update(record.data.get("out", ()))
    return {"objects": sorted(named), "services": sorted(named), "evidence": []}


def opened(log: RunLog, at_s: float, name: str, ref: dict[str, Any]) -> RunLog:
    """Return a log with one more incident."""
    at = round(at_s * 1000)
    data = {"started_s": at_s, "severity": "critical"}
    record = Record(at, "incident.opened", "loop", name, "E", "system", ref, data)
    place = sum(other.at <= at for other in log.events)
    return replace(log, events=(*log.events[:place], record, *log.events[place:]))


def blind(log: RunLog) -> RunLog:
    """Return what the log of a run would be if nobody had ever opened an incident."""
    about = {record.id for record in log.kind("incident.opened")}
    kept = (
        record
        for record in log.events
        if record.id not in about and record.ref.get("incident") not in about
    )
    return replace(log, events=tuple(kept))


def test_an_incident_that_names_everything_gains_nothing(log: RunLog) -> None:
    """Beside precise ones it is a duplicate; alone it serves one fault of two, and locates none."""
    onset = min(record.at for record in log.kind("fault.onset")) / 1000
    assert right(log, Task.FAULT_RECOGNITION) == 2
    duplicates = outcome_of(log)["card"]["duplicates"]
    beside = opened(log, onset + 1.0, "INC-9999", everything(log))
    assert right(beside, Task.FAULT_RECOGNITION) == 2
    assert outcome_of(beside)["card"]["duplicates"] == duplicates + 1
    alone = opened(blind(log), onset + 1.0, "INC-9999", everything(log))
    assert right(alone, Task.FAULT_RECOGNITION) == 1
    assert right(alone, Task.ROOT_CAUSE) == right(alone, Task.DEMARCATION) == 0


def test_an_incident_that_stands_open_from_the_start_gains_nothing(log: RunLog) -> None:
    """It is about nothing, and stays so, whatever happens later."""
    for at_s in (0.0, 900.0):
        standing = opened(blind(log), at_s, "INC-9999", everything(log))
        assert right(standing, Task.FAULT_RECOGNITION) == 0
        assert outcome_of(standing)["card"]["false_incidents"] == 1
        beside = opened(log, at_s, "INC-9999", everything(log))
        assert right(beside, Task.FAULT_RECOGNITION) == right(log, Task.FAULT_RECOGNITION)
        assert outcome_of(beside)["card"]["false_incidents"] == 1


def test_an_incident_a_minute_gains_nothing(log: RunLog) -> None:
    """Whoever cries wolf detects no more than two faults, and is wrong all the other times."""
    crying = log
    for number in range(40):
        crying = opened(crying, 900.0 + 50.0 * number, f"INC-9{number:03d}", everything(log))
    rows = [row for row in outcome_of(crying)["tasks"] if row["task"] == "E"]
    assert sum(bool(row["right"]) for row in rows) == 2
    assert sum(row["right"] is False for row in rows) >= 3
