"""What is counted over a whole run: service, alarms, people, actions."""

from __future__ import annotations

import pytest
from story_builder import Run, good_run


def test_minutes_are_summed_over_services_and_degraded_excludes_down() -> None:
    run = Run(end_s=600.0, services=4)
    run.state(60.0, degraded=["a", "b"]).state(120.0, down=["a"]).state(180.0, degraded=["a"])
    run.state(240.0, ok=["a", "b"])
    assert run.score().as_json()["service"] == {
        "down_minutes": 1.0,
        "degraded_minutes": 5.0,
        "availability": 0.975,
    }


def test_a_service_that_is_down_at_the_end_is_down_until_the_end() -> None:
    service = Run(end_s=600.0, services=1).state(300.0, down=["a"]).score().service
    assert (service.down, service.availability) == (300_000, 0.5)


def test_nothing_happened_is_full_availability() -> None:
    service = Run(services=0).score().service
    assert (service.down, service.degraded, service.availability) == (0, 0, 1.0)


def test_raw_counts_what_was_received_and_shown_counts_each_alarm_once() -> None:
    run = Run().fault(600.0)
    for number in range(5):
        run.alarm(601.0, f"ALM-{number}")
    run.filtered(610.0, "ALM-0", "ALM-1").filtered(620.0, "ALM-1", incident="INC-0002")
    assert run.score().as_json()["alarms"] == {"raw": 5, "shown": 2, "root_recall": 1.0}


def test_root_recall_is_over_faults_and_one_root_alarm_each_will_do() -> None:
    run = Run().fault(600.0).fault(700.0, name="FLT-0002")
    run.alarm(601.0, "ALM-1", root=True).alarm(602.0, "ALM-2", root=True)
    run.alarm(701.0, "ALM-3", root=True, fault="FLT-0002").alarm(702.0, "ALM-4", fault="FLT-0002")
    run.filtered(610.0, "ALM-2", "ALM-4")
    assert run.score().alarms.root_recall == 0.5


def test_a_root_alarm_that_was_lost_on_its_way_cannot_be_kept_by_any_filter() -> None:
    run = Run().fault(600.0).alarm(601.0, "ALM-1", root=True, received=False)
    assert run.score().alarms.root_recall == 1.0


def test_an_alarm_without_a_fault_is_nobodys_root() -> None:
    run = Run().alarm(601.0, "ALM-1", fault=None, root=True)
    assert run.score().alarms.root_recall == 1.0


@pytest.mark.parametrize(
    ("purpose", "flags", "wrong"),
    [
        ("mitigate", {"helped": True}, 0),
        ("repair", {"renewed": True}, 0),
        ("mitigate", {}, 1),
        ("repair", {}, 1),
        ("mitigate", {"helped": True, "harmed": True}, 1),
        ("repair", {"renewed": True, "harmed": True}, 1),
        ("mitigate", {"applied": False, "harmed": True}, 0),
        ("probe", {}, 0),
        ("probe", {"harmed": True}, 0),
        ("rollback", {}, 0),
    ],
)
def test_a_wrong_action_took_effect_and_did_harm_or_no_good(
    purpose: str, flags: dict[str, bool], wrong: int
) -> None:
    run = Run().command(610.0, purpose=purpose).effect("CMD-0001", **flags)
    assert run.score().wrong_actions == wrong


def test_a_command_that_never_came_to_effect_is_no_wrong_action() -> None:
    assert Run().command(610.0).score().wrong_actions == 0


def test_field_minutes_run_from_order_to_answer_or_to_the_end() -> None:
    run = Run(end_s=3600.0)
    run.command(600.0, "CMD-0001", finished_s=1200.0).effect("CMD-0001", field=True)
    run.command(3000.0, "CMD-0002").effect("CMD-0002", field=True)
    run.command(600.0, "CMD-0003", finished_s=1200.0).effect("CMD-0003")
    assert run.score().as_json()["people"] == {
        "touches": 0,
        "minutes": 0.0,
        "waited_minutes": 0.0,
        "field_minutes": 20.0,
        "roles": {},
    }


def test_only_people_at_desks_count_as_touches() -> None:
    """A crew's time is told apart, and what a system answers is nobody's."""
    run = good_run().asked("J", 660.0, took_s=38.5, waited_s=12.0)
    run.asked("K", 661.0, "FLD-0001", role="field", took_s=600.0)
    run.asked("J", 662.0, "WRK-0002", by="system", took_s=10.0)
    people = run.score().people
    assert (people.touches, people.desks, people.waited) == (1, 38_500, 12_000)


def test_work_that_is_outstanding_at_the_end_counts_in_full() -> None:
    run = good_run().asked("H", 3600.0, verdict="outstanding", took_s=900.0)
    assert run.score().as_json()["people"]["minutes"] == 15.0


def test_found_is_the_share_of_faults_that_hurt_a_service() -> None:
    run = Run().fault(600.0).fault(700.0, name="FLT-0002", target="d2", objects=["l"], out=["x"])
    run.fault(800.0, name="FLT-0003", target="d3", objects=["m"], out=(), visible_s=800.0)
    assert run.opened(610.0).score().found == 0.5
