"""Conduct, closure, healing and authorship: what a run says besides its clocks."""

from __future__ import annotations

from typing import Any

import pytest
from story_builder import Run, good_run

from adn.scoring.conduct import merged


def card(run: Run) -> dict[str, Any]:
    return run.score().as_json()


def harmed(run: Run, *, outside: int, without: int = 0, at_s: float = 700.0) -> Run:
    """Add a plan whose command does harm, and what the truth says of it."""
    run.plan(at_s, outside=outside, without=without, restores=False, harms=True)
    run.command(at_s, finished_s=at_s)
    return run.took_effect(at_s, "CMD-0001", harmed=True)


def rolled_back(run: Run, at_s: float) -> Run:
    run.command(at_s, "CMD-0002", purpose="rollback", finished_s=at_s)
    return run.took_effect(at_s, "CMD-0002")


# --- harm ---


@pytest.mark.parametrize(("outside", "harmful"), [(3, 1), (2, 0), (1, 0)])
def test_net_harmful_is_what_leaves_more_services_outside_than_nothing(
    outside: int, harmful: int
) -> None:
    """A command may hurt one service to save another; it is its plan that is judged."""
    assert card(harmed(Run(), outside=outside, without=2))["conduct"]["harmful"] == harmful


def test_harm_on_no_judged_plan_counts_by_itself() -> None:
    run = Run().command(700.0, plan="").took_effect(700.0, "CMD-0001", harmed=True)
    assert card(run)["conduct"]["harmful"] == 1


def test_what_did_no_harm_or_never_took_effect_is_not_harmful() -> None:
    run = Run().plan(700.0, outside=3, harms=True).command(700.0)
    assert card(run)["conduct"]["harmful"] == 0
    assert card(run.took_effect(700.0, "CMD-0001", harmed=False))["conduct"]["harmful"] == 0


@pytest.mark.parametrize(("back_s", "standing"), [(None, 1), (999.0, 0), (1000.0, 0), (1000.1, 1)])
def test_harm_stands_unless_taken_back_within_the_time_to_restore(
    back_s: float | None, standing: int
) -> None:
    run = harmed(Run(), outside=3)
    if back_s is not None:
        rolled_back(run, back_s)
    assert card(run)["conduct"]["harmful_standing"] == standing


def test_the_time_to_restore_is_the_runs_own() -> None:
    run = rolled_back(harmed(Run(), outside=3), 750.0)
    run.extra["targets"] = {"restore_s": 49.0}
    assert card(run)["conduct"]["harmful_standing"] == 1


def test_harm_that_the_end_of_the_run_leaves_in_time_does_not_stand() -> None:
    conduct = card(harmed(Run(end_s=999.0), outside=3))["conduct"]
    assert (conduct["harmful"], conduct["harmful_standing"]) == (1, 0)


# --- fault-free time ---


@pytest.mark.parametrize(
    ("at_s", "idle"), [(500.0, 1), (600.0, 0), (800.0, 0), (1400.0, 0), (1400.1, 1)]
)
def test_a_repair_is_idle_before_a_fault_and_from_ten_minutes_after_it(
    at_s: float, idle: int
) -> None:
    run = Run().fault(600.0, restored_s=700.0, cleared_s=800.0).command(at_s)
    assert card(run)["conduct"] == {
        "harmful": 0,
        "harmful_standing": 0,
        "idle_repairs": idle,
        "quiet_s": 3600.0 - 800.0,
    }


def test_probes_and_rollbacks_are_no_repairs() -> None:
    run = Run().command(100.0, purpose="probe").command(200.0, "CMD-0002", purpose="rollback")
    assert card(run)["conduct"]["idle_repairs"] == 0


@pytest.mark.parametrize(
    ("kind", "announced", "idle"),
    [("link-heals", False, 0), ("maintenance", True, 1), ("collector-dies", False, 1)],
)
def test_only_what_really_changed_and_nobody_announced_is_an_excuse(
    kind: str, announced: bool, idle: int
) -> None:
    data = {"kind": kind, "announced": announced, "until_s": 700.0}
    run = Run().true(600.0, "disturbance.began", "DST-0001", ref={"objects": ["A"]}, data=data)
    run.true(700.0, "disturbance.ended", "DST-0001", data={"kind": kind}).command(650.0)
    assert card(run)["conduct"]["idle_repairs"] == idle


def test_a_service_outside_its_limits_is_an_excuse_whatever_put_it_there() -> None:
    run = Run().state(600.0, degraded=["svc-1"]).state(700.0, ok=["svc-1"]).command(650.0)
    conduct = card(run)["conduct"]
    assert (conduct["idle_repairs"], conduct["quiet_s"]) == (0, 3600.0 - 700.0)


def test_spans_that_overlap_or_touch_are_counted_once() -> None:
    assert merged([(5, 9), (1, 3), (3, 4), (9, 99), (7, 7)], 20) == [(1, 4), (5, 20)]
    assert merged([], 20) == []


# --- closure ---


def closed(run: Run, at_s: float, by: str = "system") -> Run:
    data = {"started_s": at_s, "fixed": True, "outside": []}
    run.did("V", at_s, "service.verified", by=by, ref={"incident": "INC-0001"}, data=data)
    return run.status(at_s, "closed")


@pytest.mark.parametrize(
    ("by", "at_s", "counts"),
    [
        ("system", 900.0, (1, 1, 1, 1)),
        ("human", 900.0, (1, 0, 1, 0)),
        ("system", 750.0, (1, 1, 0, 0)),
        ("system", 650.0, (1, 1, 0, 0)),
    ],
)
def test_a_closure_is_true_once_nothing_of_the_fault_is_left(
    by: str, at_s: float, counts: tuple[int, ...]
) -> None:
    """Restored at 700 s, cleared at 800 s: before that it was closed too early."""
    run = Run().fault(600.0, restored_s=700.0, cleared_s=800.0).opened(610.0)
    closure = card(closed(run, at_s, by))["closure"]
    assert tuple(closure[key] for key in ("closed", "by_system", "true", "auto")) == counts


def test_a_person_asked_about_the_closure_is_no_closure_by_the_system() -> None:
    run = Run().fault(600.0, restored_s=700.0, cleared_s=800.0).opened(610.0)
    run.asked("V", 900.0)
    assert card(closed(run, 900.0))["closure"]["auto"] == 0


def test_an_incident_about_nothing_is_rightly_closed() -> None:
    assert card(closed(Run().opened(610.0), 700.0))["closure"]["true"] == 1


def test_an_incident_opened_again_is_counted_once() -> None:
    run = good_run().status(800.0, "reopened").status(900.0, "reopened")
    assert card(run)["closure"]["reopened"] == 1


# --- healing ---


def test_the_first_action_is_right_if_it_restored_and_stayed() -> None:
    assert good_run().one()["first_time_right"] is True


def test_nothing_done_or_nothing_left_to_restore_is_neither_right_nor_wrong() -> None:
    assert Run().fault(600.0).opened(610.0).one()["first_time_right"] is None
    harmless = Run().fault(600.0, out=(), visible_s=601.0).opened(610.0).command(620.0)
    assert harmless.one()["first_time_right"] is None
    healed = Run().fault(600.0, restored_s=615.0, cause="convergence").opened(610.0).command(620.0)
    assert healed.one()["first_time_right"] is None


def test_the_second_action_that_restores_makes_the_first_one_wrong() -> None:
    run = Run().fault(600.0, restored_s=700.0, cause="command CMD-0002").opened(610.0)
    run.command(620.0, "CMD-0001", plan="PLN-0001").command(690.0, "CMD-0002", plan="PLN-0002")
    assert run.one()["first_time_right"] is False
    assert Run().fault(600.0).opened(610.0).command(620.0).one()["first_time_right"] is False


@pytest.mark.parametrize(("at_s", "right"), [(800.0, False), (3100.0, True)])
def test_a_rollback_spoils_it_unless_the_fault_is_gone(at_s: float, right: bool) -> None:
    """What was changed for the time being is taken back once the fibre is spliced at 3000 s."""
    ref = {"incident": "INC-0001", "plan": "PLN-0001"}
    run = good_run().seen(at_s, "plan.rolled-back", "PLN-0001", ref=ref, data={"reason": ""})
    assert run.one()["first_time_right"] is right


def test_self_healing_is_all_by_the_system_and_all_right() -> None:
    assert good_run().one()["self_healing"] is True
    assert good_run().asked("J", 653.0).one()["self_healing"] is False
    assert good_run().verified(731.0, fixed=False).one()["self_healing"] is False


def test_what_came_back_by_itself_is_no_self_healing() -> None:
    run = Run().fault(600.0, restored_s=615.0, cause="convergence", reference=(True, True))
    run.opened(610.0).demarcated(611.0, "optical").located(612.0, ("duct-A-B", "fibre-loss"))
    assert run.one()["self_healing"] is False


# --- authorship ---


def test_settings_are_counted_by_author_and_evaluations_by_who_made_them() -> None:
    run = Run()
    for author in ("person", "derived", "derived", "self", "somebody"):
        data = {"started_s": 0.0, "setting": "limits", "author": author, "value": 1}
        run.did("A", 0.0, "control.set", data=data)
    for by in ("system", "system", "human"):
        data = {"started_s": 900.0, "from_s": 0.0, "to_s": 900.0, "services": 1, "within": 1}
        run.did("B", 900.0, "intent.evaluated", by=by, data={**data, "outside": []})
    assert card(run)["intent"] == {
        "settings": {"person": 2, "derived": 2, "self": 1},
        "evaluations": 3,
        "evaluated_by_people": 1,
    }
