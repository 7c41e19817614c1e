"""Task instances: subject, right and in time, as levels are earned from them."""

from __future__ import annotations

import pytest
from story_builder import CUT, Run, good_run

from adn.base.levels import Task
from adn.scoring.assess import Subject
from adn.scoring.tasks import TaskInstance, task_instances


def rows(run: Run, task: str) -> list[TaskInstance]:
    return [row for row in task_instances(run.log()) if row.task == task]


def one(run: Run, task: str) -> TaskInstance:
    (row,) = rows(run, task)
    return row


def judged(run: Run, task: str) -> list[tuple[bool | None, bool | None]]:
    return [(row.right, row.in_time) for row in rows(run, task)]


def test_a_good_run_has_one_right_instance_of_each_task_and_no_k_for_the_field() -> None:
    table = [row for row in task_instances(good_run().log()) if row.task != "F"]
    assert [row.task.value for row in table] == ["D", "E", "G", "H", "I", "J", "K", "V"]
    assert all(row.right and row.subject is Subject.SYSTEM for row in table)
    assert {row.task: row.in_time for row in table if row.in_time is not None} == {
        Task.FAULT_RECOGNITION: True,
        Task.ROOT_CAUSE: True,
        Task.EXECUTION: True,
    }
    assert {(row.fault, row.kind, row.incident, row.domain) for row in table} == {
        ("FLT-0001", "fibre-cut", "INC-0001", "optical")
    }


def test_an_instance_has_its_begin_and_its_end() -> None:
    row = one(good_run(), "K")
    assert (row.start, row.end) == (653_000, 700_000)


def test_what_a_contestable_fault_called_for_and_nobody_did_is_a_miss_of_every_task() -> None:
    table = task_instances(Run().fault(600.0).alarm(601.0, "ALM-1", root=True).log())
    assert [row.task.value for row in table] == ["D", "E", "F", "G", "H", "I", "J", "K"]
    assert all(row.right is False and row.subject is None for row in table)
    assert {row.task.value for row in table if row.in_time is False} == {"E", "H", "K"}


def test_nobody_owes_a_plan_for_what_heals_by_itself() -> None:
    run = Run().fault(600.0, reference=(True, True)).opened(610.0).located(620.0, CUT)
    assert [row.task.value for row in task_instances(run.log())] == ["E", "F", "G", "H"]


def test_a_fault_that_cannot_be_seen_calls_for_nothing() -> None:
    assert task_instances(Run().fault(600.0, out=()).log()) == ()


def test_e_is_wrong_where_nothing_was_wrong() -> None:
    row = one(Run().opened(610.0), "E")
    assert (row.fault, row.right, row.in_time) == ("", False, None)


def test_e_and_h_are_late_after_their_targets() -> None:
    run = Run().fault(600.0).opened(661.0).located(781.0, CUT)
    assert judged(run, "E") == [(True, False)]
    assert judged(run, "H") == [(True, False)]


def test_d_is_wrong_if_no_root_alarm_of_the_fault_is_shown() -> None:
    run = Run().fault(600.0).alarm(601.0, "ALM-1", root=True).opened(610.0)
    assert one(run.filtered(610.0, "ALM-2"), "D").right is False
    assert one(run.filtered(620.0, "ALM-1"), "D").right is True


@pytest.mark.parametrize(("domain", "right"), [("optical", True), ("ip", False)])
def test_g_is_the_domain_believed_last(domain: str, right: bool) -> None:
    run = Run().fault(600.0).opened(610.0).demarcated(615.0, "optical").demarcated(620.0, domain)
    assert one(run, "G").right is right


@pytest.mark.parametrize(
    ("without", "restores", "harms", "right"),
    [
        (2, True, False, True),
        (2, False, False, False),
        (0, False, False, True),
        (0, False, True, False),
    ],
)
def test_i_restores_service_or_keeps_what_is_restored(
    without: int, restores: bool, harms: bool, right: bool
) -> None:
    run = Run().fault(600.0).opened(610.0)
    run.plan(620.0, without=without, restores=restores, harms=harms)
    assert one(run, "I").right is right


@pytest.mark.parametrize(
    ("verdict", "outside", "restores", "harms", "right"),
    [
        ("allowed", 0, True, False, True),
        ("allowed", 2, False, False, True),
        ("allowed", 3, False, False, False),
        ("allowed", 0, True, True, False),
        ("refused", 0, True, False, False),
        ("refused", 2, False, False, True),
        ("refused", 0, True, True, True),
    ],
)
def test_j_is_no_worse_than_nothing_or_refused_for_good_reason(
    verdict: str, outside: int, restores: bool, harms: bool, right: bool
) -> None:
    run = Run().fault(600.0).opened(610.0)
    run.plan(620.0, verdict=verdict, without=2, outside=outside, restores=restores, harms=harms)
    assert one(run, "J").right is right


def test_a_judgement_may_list_the_services() -> None:
    run = Run().fault(600.0).opened(610.0).plan(620.0)
    judgement = {"outside_without": ["a"], "outside_with": ["a", "b"], "restores": True}
    run.secret = [record for record in run.secret if record.kind != "plan.judged"]
    run.true(620.0, "plan.judged", "PLN-0001", data={**judgement, "harms": False})
    assert one(run, "J").right is False


def test_an_approval_makes_j_shared_and_no_more() -> None:
    run = Run().fault(600.0).opened(610.0).plan(620.0, decided_by="human")
    assert one(run, "J").subject is Subject.SHARED
    assert one(run, "I").subject is Subject.SYSTEM


def test_a_plan_of_probes_is_no_instance_of_i_j_or_k() -> None:
    run = Run().fault(600.0, reference=(True, True)).opened(610.0)
    run.plan(620.0, purpose="probe", executed_s=640.0)
    assert [row.task.value for row in task_instances(run.log())] == ["E", "F", "G", "H"]


def test_probing_alone_does_not_spare_the_misses_of_i_j_and_k() -> None:
    run = Run().fault(600.0).opened(610.0).plan(620.0, purpose="probe", executed_s=640.0)
    assert [rows(run, task)[0].right for task in "IJK"] == [False, False, False]


def test_k_is_wrong_if_a_command_was_not_applied_and_late_if_service_was() -> None:
    run = Run().fault(600.0, restored_s=960.0).opened(610.0).plan(620.0, executed_s=950.0)
    run.command(630.0, finished_s=950.0).effect("CMD-0001", applied=False)
    assert judged(run, "K") == [(False, False)]
    assert one(good_run(), "K").in_time is True


def two_faults(cause: str) -> Run:
    """Two faults at once; a command on the first one's incident is all that was done."""
    run = Run().fault(600.0, restored_s=700.0).opened(610.0)
    run.fault(601.0, name="FLT-0002", target="C~D", objects=("C~D",), out=("svc-8",),
              restored_s=700.0, cause=cause)  # fmt: skip
    run.opened(612.0, "INC-0002", objects=("C~D",), services=("svc-8",))
    return run.plan(620.0, executed_s=650.0).command(630.0, finished_s=650.0).effect("CMD-0001")


def of_second(run: Run) -> list[tuple[str, bool | None, bool | None]]:
    every = [row for row in task_instances(run.log()) if row.fault == "FLT-0002"]
    return [(str(row.task), row.right, row.in_time) for row in every if str(row.task) in "IJK"]


def test_what_another_incident_did_to_end_an_impact_was_done_for_this_fault_too() -> None:
    ended_by = of_second(two_faults("command CMD-0001"))
    assert ended_by == [("I", True, None), ("J", True, None), ("K", True, True)]


def test_what_protection_ended_in_time_calls_for_nothing_more() -> None:
    assert of_second(two_faults("convergence")) == []


def test_what_ended_by_itself_too_late_was_called_for_and_missed() -> None:
    run = Run().fault(600.0, restored_s=1000.0, cause="convergence").opened(610.0)
    assert [rows(run, task)[0].subject for task in "IJK"] == [None, None, None]


def test_what_a_crew_carries_out_is_no_instance_of_k() -> None:
    run = good_run().plan(
        740.0, "PLN-0002", purpose="repair", commands=["CMD-0002"], executed_s=3000.0
    )
    assert [row.end for row in rows(run, "K")] == [700_000]
    assert len(rows(run, "J")) == 2


def test_v_agrees_with_the_truth_and_no_relapse_follows() -> None:
    run = Run().fault(600.0, restored_s=700.0).opened(610.0)
    run.verified(690.0, fixed=True).verified(691.0, fixed=False)
    run.verified(710.0, fixed=True).verified(711.0, fixed=False)
    run.verified(1900.0, fixed=True)
    run.impact(1960.0, out=["svc-1"], cause="traffic")
    assert [row.right for row in rows(run, "V")] == [False, True, True, False, False]


def looked_ahead(run: Run, objects: list[str], horizon_s: float, expected: object) -> Run:
    data = {"started_s": 500.0, "table": "service", "from_s": 0.0, "to_s": 500.0}
    data |= {"horizon_s": horizon_s, "expected": expected}
    return run.did("F", 500.0, "prediction.made", ref={"objects": objects}, data=data)


@pytest.mark.parametrize(
    ("objects", "horizon_s", "right"),
    [
        (["A~B"], 100.0, [(True, "FLT-0001")]),
        (["A~B"], 99.0, [(False, ""), (False, "FLT-0001")]),
        (["X"], 100.0, [(False, ""), (False, "FLT-0001")]),
    ],
)
def test_f_is_right_if_what_it_names_breaks_within_its_horizon(
    objects: list[str], horizon_s: float, right: list[tuple[bool, str]]
) -> None:
    """What was foretold and did not come is wrong; what came and was not foretold is a miss."""
    run = looked_ahead(Run().fault(600.0), objects, horizon_s, "fibre-loss")
    assert [(row.right, row.fault) for row in rows(run, "F")] == right


def test_looking_ahead_and_finding_nothing_where_nothing_comes_is_no_prediction() -> None:
    assert rows(looked_ahead(Run(), [], 60.0, None), "F") == []
    harmless = Run().fault(600.0, out=(), visible_s=601.0)
    assert rows(looked_ahead(harmless, [], 600.0, None), "F") == []


def test_a_fault_that_hurt_a_service_and_was_not_foretold_is_a_miss_of_f() -> None:
    row = one(looked_ahead(Run().fault(600.0), [], 600.0, None), "F")
    assert (row.subject, row.right, row.in_time, row.fault) == (None, False, None, "FLT-0001")


# --- A, B and C ---


def setting(run: Run, author: str, by: str) -> Run:
    data = {"started_s": 0.0, "setting": "limits", "author": author, "value": {}}
    return run.did("A", 0.0, "control.set", by=by, data=data)


@pytest.mark.parametrize(
    ("author", "by", "subject"),
    [
        ("person", "human", Subject.PERSON),
        ("derived", "system", Subject.SHARED),
        ("self", "system", Subject.SYSTEM),
    ],
)
def test_a_is_whose_the_setting_is_and_neither_right_nor_wrong(
    author: str, by: str, subject: Subject
) -> None:
    row = one(setting(Run(), author, by), "A")
    assert (row.subject, row.right, row.in_time) == (subject, None, None)


def evaluated(run: Run, *outside: str, to_s: float = 900.0, by: str = "system") -> Run:
    data = {"started_s": to_s, "from_s": to_s - 900.0, "to_s": to_s, "services": 10}
    data |= {"within": 10 - len(outside), "outside": list(outside)}
    return run.did("B", to_s, "intent.evaluated", by=by, data=data)


@pytest.mark.parametrize(
    ("out_s", "back_s", "named", "right"),
    [
        (None, None, [], True),
        (None, None, ["svc-1"], False),
        (900.0, None, ["svc-1"], True),
        (900.0, None, [], False),
        (900.0, 1800.0, [], False),
        (900.0, 1799.0, [], True),
        (900.0, 1799.0, ["svc-1"], True),
        (901.0, None, [], True),
        (901.0, None, ["svc-1"], True),
        (600.0, 900.0, ["svc-1"], False),
        (1800.0, None, ["svc-1"], False),
        (900.0, None, ["svc-1", "svc-2"], False),
    ],
)
def test_b_is_right_if_it_agrees_with_the_truth_over_the_whole_span_looked_at(
    out_s: float | None, back_s: float | None, named: list[str], right: bool
) -> None:
    """Seen is 900 s to 1800 s; a service that changed in between may be named or not."""
    run = Run()
    if out_s is not None:
        run.state(out_s, degraded=["svc-1"]).state(out_s + 1, down=["svc-1"])
    if back_s is not None:
        run.state(back_s, ok=["svc-1"])
    assert one(evaluated(run, *named, to_s=1800.0), "B").right is right


def collected(run: Run, complete: float, by: str = "system") -> Run:
    data = {"started_s": 0.0, "table": "service", "complete": complete}
    return run.did("C", 900.0, "data.collected", by=by, data=data)


@pytest.mark.parametrize(("complete", "right"), [(1.0, True), (0.9, True), (0.899, False)])
def test_c_is_right_from_nine_tenths_on(complete: float, right: bool) -> None:
    assert one(collected(Run(), complete), "C").right is right


def dead_collector(run: Run, at_s: float, until_s: float) -> Run:
    ref: dict[str, list[str]] = {"objects": ["A"]}
    data = {"kind": "collector-dies", "announced": False, "until_s": until_s}
    run.true(at_s, "disturbance.began", "DST-0001", ref=ref, data=data)
    return run.true(until_s, "disturbance.ended", "DST-0001", data={"kind": "collector-dies"})


@pytest.mark.parametrize(
    ("at_s", "until_s", "right"), [(100.0, 200.0, None), (900.0, 1000.0, False)]
)
def test_what_a_dead_collector_lost_judges_nobody(
    at_s: float, until_s: float, right: bool | None
) -> None:
    """Neither an interval that it made incomplete, nor who did not name what was not measured."""
    run = dead_collector(Run(), at_s, until_s).state(0.0, down=["svc-1"])
    assert one(collected(evaluated(run), 0.7), "C").right is right
    assert one(run, "B").right is right


def test_a_dead_collector_excuses_neither_false_alarms_nor_spoils_what_is_complete() -> None:
    run = dead_collector(Run(), 100.0, 200.0)
    assert one(collected(evaluated(run, "svc-1"), 0.95), "C").right is True
    assert one(run, "B").right is False


def test_one_approval_within_a_task_makes_its_instance_shared_work() -> None:
    run = good_run()
    assert one(run, "J").subject is Subject.SYSTEM
    run.asked("J", 653.0)
    assert one(run, "J").subject is Subject.SHARED
    assert all(one(run, task).subject is Subject.SYSTEM for task in "DEGHIKV")
