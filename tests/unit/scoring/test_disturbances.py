"""Disturbances and tickets in scoring: worth an incident at times, and never a fault."""

from __future__ import annotations

import pytest
from story_builder import Run

from adn.scoring.pairing import pairing_of


def disturbed(kind: str = "maintenance", *, announced: bool = False, begin_s: float = 600.0) -> Run:
    """Return a run in which something that is no fault takes A~B out for ten minutes."""
    data = {"kind": kind, "announced": announced, "until_s": begin_s + 600.0}
    run = Run().true(begin_s, "disturbance.began", "DST-0001", ref={"objects": ["A~B"]}, data=data)
    hurt = {"out": ["svc-7"], "back": [], "cause": "disturbance"}
    run.true(begin_s + 1, "disturbance.impact", "DST-0001", data=hurt)
    return run.true(begin_s + 600.0, "disturbance.ended", "DST-0001", data={"kind": kind})


def classed(run: Run) -> tuple[int, int, int]:
    """Return how many incidents are false, double, and on disturbances."""
    card = run.score().as_json()
    return card["false_incidents"], card["duplicates"], card["incidents_on_disturbances"]


@pytest.mark.parametrize("kind", ["maintenance", "link-heals"])
def test_an_incident_on_what_nobody_announced_is_explained(kind: str) -> None:
    run = disturbed(kind).opened(610.0, objects=["A~B"], services=[])
    assert classed(run) == (0, 0, 1)


def test_a_service_that_a_disturbance_hurt_explains_an_incident_too() -> None:
    run = disturbed().opened(610.0, objects=[], services=["svc-7"])
    assert classed(run) == (0, 0, 1)


def test_an_incident_on_announced_maintenance_is_false() -> None:
    run = disturbed(announced=True).opened(610.0, objects=["A~B"], services=[])
    assert classed(run) == (1, 0, 0)


def test_a_dead_collector_explains_nothing() -> None:
    run = disturbed("collector-dies").opened(610.0, objects=["A~B"], services=[])
    assert classed(run) == (1, 0, 0)


@pytest.mark.parametrize(("opened_s", "explained"), [(599.0, 0), (1800.0, 1), (1800.001, 0)])
def test_a_disturbance_explains_from_its_beginning_to_ten_minutes_after_its_end(
    opened_s: float, explained: int
) -> None:
    run = disturbed().opened(opened_s, objects=["A~B"], services=[])
    assert classed(run) == (1 - explained, 0, explained)


def test_a_crowd_explains_only_what_it_pushed_outside_its_limits() -> None:
    data = {"kind": "flash-crowd", "announced": False, "until_s": 1200.0}
    run = Run().true(
        600.0, "disturbance.began", "DST-0001", ref={"objects": ["s1", "s2"]}, data=data
    )
    run.state(700.0, degraded=["s2"])
    run.opened(710.0, name="INC-0001", objects=[], services=["s1"])
    run.opened(720.0, name="INC-0002", objects=[], services=["s2"])
    assert classed(run) == (1, 0, 1)


def test_an_incident_that_is_rather_about_a_disturbance_detects_no_fault() -> None:
    run = disturbed().fault(605.0, target="T", objects=("C~D",), out=("svc-7", "svc-8", "svc-9"))
    run.opened(610.0, objects=["A~B"], services=["svc-7"])
    assert pairing_of(run.log()).incidents == {}
    assert classed(run) == (0, 0, 1)


def test_without_disturbances_pairing_is_what_it_was() -> None:
    run = Run().fault(600.0).opened(610.0)
    assert {name: one.id for name, one in pairing_of(run.log()).incidents.items()} == {
        "FLT-0001": "INC-0001"
    }


def test_tickets_are_counted_by_what_is_behind_them() -> None:
    run = Run().fault(600.0).fault(900.0, name="FLT-0002", target="other")
    causes: tuple[list[str], ...] = (["FLT-0001"], ["FLT-0001", "FLT-0002"], ["DST-0001"], [])
    for number, cause in enumerate(causes, 1):
        name = f"TCK-{number:04d}"
        run.true(1000.0 + number, "ticket.cause", name, data={"cause": cause, "service": "s"})
        said = {"complaint": "slow", "description": "…", "severity": "minor", "since_s": 900.0}
        run.seen(1000.0 + number, "ticket.raised", name, data=said)
    assert run.score().as_json()["tickets"] == {
        "raised": 4,
        "from_network": 3,
        "per_fault": {"FLT-0001": 2, "FLT-0002": 1},
    }
