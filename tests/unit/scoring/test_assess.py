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


def test_one_injected_approval_takes_an_l4_instance_to_level_3_at_most() -> None:
    """Whoever is waited for shows, even where the record claims that the system decided."""
    run = good_run()
    decided = next(r for r in run.public if r.kind == "plan.decided")
    run.asked("J", decided.at / 1000.0)
    assert run.score().level_lived == "L3"


def test_a_review_after_the_fact_is_no_waiting() -> None:
    """Nobody waited for it, so the system's decision stays the system's."""
    run = good_run()
    decided = next(r for r in run.public if r.kind == "plan.decided")
    run.asked("J", decided.at / 1000.0 + 60.0)
    assert run.score().level_lived == "L5"


def test_a_crew_at_work_makes_the_execution_nobody_s_but_the_system_s() -> None:
    run = good_run()
    executed = next(r for r in run.public if r.kind == "plan.executed")
    run.asked("K", executed.at / 1000.0, "FLD-0001", role="field", verdict="done")
    assert run.score().level_lived == "L5"


@pytest.mark.parametrize(("suggested", "lived"), [(True, "L3"), (False, "L2")])
def test_what_a_person_made_of_a_suggestion_is_shared_and_without_one_theirs(
    suggested: bool, lived: str
) -> None:
    run = good_run().asked("H", 700.0, suggested=suggested)
    data = {"started_s": 660.0, "suspects": [[*CUT, 0.9]], "because": []}
    ref = {"incident": "INC-0001", "work": ["WRK-0001"]}
    run.did("H", 700.0, "incident.located", by="human", ref=ref, data=data)
    assert run.score().level_lived == lived
