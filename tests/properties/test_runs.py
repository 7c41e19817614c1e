"""Whole runs: time runs forwards, and the same run is the same wherever it is made."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from short import run

from adn.base.clock import SECOND
from adn.base.records import CATALOGUE, Record
from adn.session.run import Run


@pytest.fixture(scope="module", params=[1, 2])
def made(request: pytest.FixtureRequest) -> Run:
    return run(request.param)


def first(records: list[Record], kind: str) -> dict[str, Record]:
    """Return the first record of a kind for every id."""
    found: dict[str, Record] = {}
    for row in records:
        if row.kind == kind:
            found.setdefault(row.id, row)
    return found


def test_records_are_in_order_and_known(made: Run) -> None:
    for name, records in (("events", made.log.events), ("truth", made.log.truths)):
        assert len(records) > 5
        assert all(one.at <= two.at for one, two in pairwise(records))
        assert {CATALOGUE[row.kind].file for row in records} == {name}


def test_the_run_has_something_to_say(made: Run) -> None:
    """Else what follows would hold of nothing."""
    events, truths = {r.kind for r in made.log.events}, {r.kind for r in made.log.truths}
    assert {"incident.opened", "command.submitted", "command.finished"} <= events
    assert {"fault.onset", "fault.visible", "fault.impact", "command.effect"} <= truths


def test_no_effect_comes_before_its_command_and_no_answer_before_either(made: Run) -> None:
    sent = first(made.log.events, "command.submitted")
    answered = first(made.log.events, "command.finished")
    effects = first(made.log.truths, "command.effect")
    assert effects
    for name, effect in effects.items():
        assert sent[name].at <= effect.at
        if name in answered:
            assert effect.at <= answered[name].at
    for row in made.log.truths:
        cause = row.data.get("cause", "")
        name = cause.rpartition(" ")[2] if isinstance(cause, str) else ""
        if name.startswith("CMD-"):
            assert sent[name].at <= row.at


def test_no_fault_is_visible_impacting_or_over_before_its_onset(made: Run) -> None:
    onset = first(made.log.truths, "fault.onset")
    for row in made.log.truths:
        if row.kind in {"fault.visible", "fault.impact", "fault.cleared"}:
            assert onset[row.id].at <= row.at


def test_no_alarm_arrives_before_it_was_raised(made: Run) -> None:
    raised = first(made.log.truths, "alarm.cause")
    for row in made.log.events:
        if row.kind in {"alarm.raised", "alarm.cleared"}:
            assert raised[row.id].at <= row.at


def test_no_fault_is_detected_before_it_can_be_seen(made: Run) -> None:
    """By the scorecard: each clock runs forwards from t0, located not before detected."""
    faults = made.scorecard.as_json()["faults"]
    assert len(faults) == 3
    for fault in faults:
        clocks = [fault[name] for name in ("detect_s", "locate_s") if fault[name] is not None]
        assert all(clock >= 0 for clock in clocks)
        assert clocks == sorted(clocks)
        assert fault["t0_s"] is None or fault["t0_s"] >= fault["onset_s"]


def test_incidents_open_before_they_are_located_planned_and_closed(made: Run) -> None:
    opened = first(made.log.events, "incident.opened")
    assert opened
    for row in made.log.events:
        incident = row.ref.get("incident")
        if incident:
            assert opened[incident].at <= row.at
        if "started_s" in row.data:
            assert row.data["started_s"] <= row.at / SECOND


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    one, two, other = run(3), run(3), run(4)
    assert one.log.digest() == two.log.digest()
    assert one.scorecard.as_json() == two.scorecard.as_json()
    assert other.log.digest() != one.log.digest()


def test_levels_meet_the_same_faults() -> None:
    """What strikes when, and the light that is lost, do not hang on who reacts."""
    truths = [
        [
            row.line(0)
            for row in run(3, level).log.truths
            if row.kind in {"fault.planned", "fault.onset"}
        ]
        for level in ("L4", "L5")
    ]
    assert truths[0] == truths[1]


@pytest.mark.slow
def test_the_order_of_hashes_changes_nothing() -> None:
    """Three processes with three hash seeds come to one digest, that of this process."""
    digests = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("short.py")), "3"],
            env=os.environ | {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    assert digests == {run(3).log.digest()}
