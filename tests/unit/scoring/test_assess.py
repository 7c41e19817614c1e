"""The level that a run was lived at, read from who did what."""

from __future__ import annotations

import pytest
from story_builder import CUT, Run, good_run


def test_a_run_without_evidence_is_level_0() -> None:
    assert Run().fault(600.0).score().level_lived == "L0"


def test_the_level_that_was_configured_changes_nothing() -> None:
    run = good_run()
    lived = {run.score().level_lived}
    for level in ("L0", "L3", "L5"):
        run.extra["level"] = level
        lived.add(run.score().level_lived)
    assert lived == {"L5"}


def test_whoever_does_it_satisfies_an_entry_of_h() -> None:
    run = Run().fault(600.0).opened(610.0, by="system").located(620.0, CUT, by="human")
    assert run.score().level_lived == "L2"


@pytest.mark.parametrize(
    ("task", "kind", "level"),
    [("E", "incident.opened", "L1"), ("H", "incident.located", "L2")],
)
def test_a_person_at_one_task_takes_the_whole_run_below_the_level_that_owes_it(
    task: str, kind: str, level: str
) -> None:
    run = good_run()
    run.public = [
        record
        if record.kind != kind
        else type(record)(
            record.at, kind, record.src, record.id, task, "human", record.ref, record.data
        )
        for record in run.public
    ]
    assert run.score().level_lived == level


def test_one_approval_of_what_the_system_proposed_leaves_level_3() -> None:
    run = good_run().plan(900.0, "PLN-0002", decided_by="human")
    assert run.score().level_lived == "L3"


def test_a_decision_on_a_plan_that_a_person_made_is_the_persons() -> None:
    run = good_run().plan(900.0, "PLN-0002", proposed_by="human", decided_by="human")
    assert run.score().level_lived == "L2"


@pytest.mark.parametrize(
    ("author", "by", "lived"),
    [("self", "system", "L5"), ("derived", "system", "L4"), ("person", "human", "L3")],
)
def test_whoever_authored_the_control_information_decides_how_far_up_it_reaches(
    author: str, by: str, lived: str
) -> None:
    data = {"started_s": 0.0, "setting": "watch", "author": author, "value": 6.0}
    assert good_run().did("A", 1.0, "control.set", by=by, data=data).score().level_lived == lived
