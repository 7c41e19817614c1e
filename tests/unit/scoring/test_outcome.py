"""The outcome of a run in plain values: the one shape that assessment and tables read."""

from __future__ import annotations

import json

from story_builder import Run, good_run, whole_run

from adn.scoring.outcome import outcome_of

KEYS = [
    "task",
    "fault",
    "kind",
    "fault_domain",
    "incident",
    "start_s",
    "end_s",
    "subject",
    "right",
    "in_time",
]


def test_an_outcome_is_card_tasks_and_breaks() -> None:
    outcome = outcome_of(whole_run().log())
    assert list(outcome) == ["card", "tasks", "broken"]
    assert outcome["card"] == whole_run().score().as_json()
    assert all(list(row) == KEYS for row in outcome["tasks"])
    assert outcome["broken"] == []


def test_an_outcome_is_plain_json_and_the_same_every_time() -> None:
    one, other = (outcome_of(whole_run().log()) for _ in range(2))
    assert json.dumps(one, allow_nan=False) == json.dumps(other, allow_nan=False)
    assert json.loads(json.dumps(one)) == one


def test_an_instance_is_written_with_letters_and_seconds() -> None:
    rows = outcome_of(good_run().log())["tasks"]
    (row,) = [row for row in rows if row["task"] == "E"]
    assert row == {
        "task": "E",
        "fault": "FLT-0001",
        "kind": "fibre-cut",
        "fault_domain": "optical",
        "incident": "INC-0001",
        "start_s": 614.2,
        "end_s": 614.2,
        "subject": "S",
        "right": True,
        "in_time": True,
    }


def test_subjects_are_told_apart_and_a_miss_has_none() -> None:
    run = (
        good_run()
        .asked("J", 653.0)
        .opened(2000.0, "INC-0002", by="human", objects=["X"], services=())
    )
    run.fault(2500.0, name="FLT-0002", target="B~C", objects=["B>C"], out=["svc-7"])
    rows = outcome_of(run.log())["tasks"]
    held = {(row["task"], row["fault"]): row["subject"] for row in rows}
    assert held["J", "FLT-0001"] == "P/S"
    assert held["E", ""] == "P"
    assert held["E", "FLT-0002"] is None
    missed = [row for row in rows if row["subject"] is None and row["task"] == "E"]
    assert [(row["start_s"], row["end_s"], row["right"]) for row in missed] == [(None, None, False)]


def test_a_chain_that_is_broken_says_why() -> None:
    assert outcome_of(Run().command(600.0, plan="").log())["broken"] == [
        "CMD-0001 at 0:10:00.0 is about INC-0001, which had not been recognised (E)",
        "CMD-0001 at 0:10:00.0 changed the network on no plan",
        "control information was not set before anything else (A)",
    ]
