"""Detection: what is worth an incident, after how long, and what is ordinary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adn.base.clock import MINUTE
from adn.base.streams import Key
from adn.closedloop.detectors import (
    AlarmDetector,
    DepartureDetector,
    OrdinaryForest,
    SilenceDetector,
)
from adn.closedloop.patience import PATIENCE, is_worth
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause, Severity
from adn.northbound.inventory import Inventory
from adn.northbound.post import Candidates, MaintenanceNotice, Series, SeriesReply
from adn.northbound.telemetry import KPIS, Roster


@pytest.mark.parametrize(
    ("kpi", "value", "ticks", "worth"),
    [
        ("loss", 0.2, 1, True),
        ("loss", 0.02, 1, False),
        ("loss", 0.02, 2, True),
        ("loss", 0.001, 50, False),
        ("latency", 30.0, 1, False),
        ("latency", 30.0, 2, True),
        ("latency", 10.7, 50, False),
    ],
)
def test_a_departure_is_worth_an_incident_by_size_or_by_lasting(
    bench: Any, kpi: str, value: float, ticks: int, worth: bool
) -> None:
    assert is_worth("service", bench.candidate("s", value, ticks, kpi)) is worth


def test_every_measured_kpi_has_a_rule() -> None:
    assert set(PATIENCE) == {(row.table, row.name) for row in KPIS}


def test_a_departure_is_told_once_and_again_only_after_it_was_over(
    bench: Any, inventory: Inventory
) -> None:
    detector = DepartureDetector(View(inventory), OrdinaryForest(Key.root(1)))
    told = [
        len(list(detector.observe(bench.losses(at, ["s"], 0.3, ticks))))
        for at, ticks in [(10, 1), (20, 2), (30, 3), (60, 1)]
    ]
    assert told == [1, 0, 0, 1]


def test_an_anomaly_began_with_its_first_tick(bench: Any, inventory: Inventory) -> None:
    detector = DepartureDetector(View(inventory), OrdinaryForest(Key.root(1)))
    assert list(detector.observe(bench.losses(10_000, ["s"], 0.02, 1))) == []
    (found,) = detector.observe(bench.losses(20_000, ["s"], 0.02, 2))
    assert (found.measured_at, found.what, found.opens) == (10_000, "loss", True)


def learnt(bench: Any, seed: int = 1) -> OrdinaryForest:
    forest = OrdinaryForest(Key.root(seed))
    draw = Key.root(3).stream("healthy")
    for i in range(60):
        values = 2e-4 * (8.0 + draw.random())
        forest.learn_candidates(bench.losses(i, ["s"], float(values)), 300)
    noise = tuple(float(x) for x in np.abs(draw.normal(0, 1e-4, 40)))
    row = Series("service", "s", "loss", tuple(range(40)), noise)
    forest.learn_series(SeriesReply("ASK-1", (row,)))
    forest.fit()
    return forest


def test_the_forest_takes_a_fault_for_unusual_and_warm_up_s_own_candidates_for_ordinary(
    bench: Any,
) -> None:
    forest = learnt(bench)
    ordinary = [bench.candidate("s", 2e-4 * 8.5)]
    fault = [bench.candidate(f"s{i}", 0.03, 2) for i in range(30)]
    assert forest.unusual(ordinary, 1, 300) == [False]
    assert forest.unusual(fault, 30, 300) == [True] * 30


def test_the_forest_depends_on_its_key_alone(bench: Any) -> None:
    rows = [bench.candidate("s", 1e-4 * i, 1 + i % 3) for i in range(1, 200)]
    assert learnt(bench).unusual(rows, 3, 300) == learnt(bench).unusual(rows, 3, 300)


def test_the_forest_is_fitted_when_there_is_something_to_judge_and_not_before(bench: Any) -> None:
    forest = learnt(bench)
    forest.unusual([], 0, 300)
    assert not forest.fitted
    forest.unusual([bench.candidate("s", 0.03, 2)], 1, 300)
    assert forest.fitted


def test_what_is_seen_after_the_fit_was_asked_for_is_not_learnt(bench: Any) -> None:
    forest, later = learnt(bench), learnt(bench)
    later.learn_candidates(bench.losses(99, ["s"] * 500, 0.03), 300)
    rows = [bench.candidate("s", 1e-4 * i, 1 + i % 3) for i in range(1, 200)]
    assert forest.unusual(rows, 3, 300) == later.unusual(rows, 3, 300)


def test_an_unfitted_forest_stands_in_nobody_s_way(bench: Any) -> None:
    forest = OrdinaryForest(Key.root(1))
    forest.fit()
    assert forest.unusual([bench.candidate("s", 0.3)], 1, 300) == [True]


def test_an_alarm_is_told_once_and_a_threshold_alone_opens_nothing(
    bench: Any, inventory: Inventory
) -> None:
    detector = AlarmDetector(View(inventory))
    raised = bench.alarm(1, "B>A", 10)
    (found,) = detector.observe(raised)
    assert (found.table, found.object, found.alarm, found.opens) == (
        "direction",
        "B>A",
        "ALM-000001",
        True,
    )
    assert list(detector.observe(raised)) == []
    assert list(detector.observe(bench.alarm(2, "A~B", 10, severity=Severity.CLEARED))) == []
    (link,) = detector.observe(bench.alarm(3, "A~B", 10, ProbableCause.ADJACENCY_DOWN))
    (element,) = detector.observe(bench.alarm(4, "A", 10, ProbableCause.POWER_PROBLEM))
    (load,) = detector.observe(bench.alarm(5, "A>B", 10, ProbableCause.THRESHOLD_CROSSED))
    assert [a.table for a in (link, element, load)] == ["link", "element", "direction"]
    assert not load.opens


def test_an_element_that_is_dark_is_told_once(bench: Any, inventory: Inventory) -> None:
    """Not at the first sign: two lost reports in a row do happen."""
    view = View(inventory)
    view.see_roster(0, Roster("direction", view.network.directions.ids))
    for number, name in enumerate(("A>B", "B~C"), 1):
        view.see_alarm(5, bench.alarm(number, name, 5))
    detector = SilenceDetector(view)
    found = []
    both = ("B>A", "B>C")
    for at, silent in [(10, both[:1]), (20, both), (30, both), (40, both), (50, ())]:
        seen = Candidates(at, "direction", (), silent)
        view.see_candidates(at, seen)
        found += [(at, a.object, a.what) for a in detector.observe(seen)]
    assert found == [(30, "B", "silence")]
    assert view.silent == frozenset()


@pytest.mark.parametrize("lost", [("B",), ("B", "C"), ("A", "B", "C", "D")])
def test_a_collector_that_loses_telemetry_makes_no_element_dark(
    inventory: Inventory, lost: tuple[str, ...]
) -> None:
    """Whose neighbours have nothing to report is not heard, and that is all."""
    view = View(inventory)
    view.see_roster(0, Roster("direction", view.network.directions.ids))
    detector = SilenceDetector(view)
    silent = tuple(name for name in view.network.directions.ids if name[0] in lost)
    for at in range(10, 100, 10):
        seen = Candidates(at, "direction", (), silent)
        view.see_candidates(at, seen)
        assert list(detector.observe(seen)) == []
    assert (view.unheard, view.silent) == (frozenset(lost), frozenset())


def test_what_a_collector_lost_is_as_it_was_last_heard_of(bench: Any, inventory: Inventory) -> None:
    view = View(inventory)
    view.see_roster(0, Roster("direction", view.network.directions.ids))
    everything = view.network.directions.ids
    view.see_candidates(10_000, bench.losses(10_000, ["vpn:A>B"], 0.3, 1))
    for at in range(20_000, 200_000, 10_000):
        view.see_candidates(at, Candidates(at, "direction", (), everything))
        view.see_candidates(at, Candidates(at, "service", (), view.network.services.ids))
        view.now = at
    assert view.departure("service", "vpn:A>B", "loss") is not None


def test_announced_work_opens_nothing_while_it_lasts(bench: Any, inventory: Inventory) -> None:
    """Neither its alarms, nor the services that end there, nor what goes with it."""
    view = View(inventory)
    view.see_notice(0, MaintenanceNotice("MNT-0001", ("B",), 10 * MINUTE, 20 * MINUTE))
    alarms, departures = AlarmDetector(view), DepartureDetector(view, OrdinaryForest(Key.root(1)))
    view.now = 12 * MINUTE
    assert list(alarms.observe(bench.alarm(1, "A>B", view.now))) == []
    assert list(departures.observe(bench.losses(view.now, ["vpn:A>B"], 0.5, 3))) == []
    assert len(list(alarms.observe(bench.alarm(2, "C>D", view.now)))) == 1
    assert len(list(departures.observe(bench.losses(view.now, ["vpn:C>D"], 0.5, 3)))) == 1


def test_an_outage_that_outlasts_announced_work_is_told_then(
    bench: Any, inventory: Inventory
) -> None:
    view = View(inventory)
    view.see_notice(0, MaintenanceNotice("MNT-0001", ("B",), 10 * MINUTE, 20 * MINUTE))
    detector = DepartureDetector(view, OrdinaryForest(Key.root(1)))
    told = [
        (at // MINUTE, len(list(detector.observe(bench.losses(at, ["vpn:A>B"], 0.5, ticks)))))
        for ticks, at in enumerate(range(19 * MINUTE, 26 * MINUTE, MINUTE), 1)
    ]
    assert [minute for minute, count in told if count] == [24]


def test_a_busy_hour_within_the_limits_opens_nothing(bench: Any, inventory: Inventory) -> None:
    """Loss that a full link explains is no fault until it is more than was promised."""
    view = View(inventory)
    view.see_roster(0, Roster("direction", view.network.directions.ids))
    detector = DepartureDetector(view, OrdinaryForest(Key.root(1)))
    full = bench.candidate("A>B", 0.97, 3, "utilisation")
    for at, loss in [(10_000, 0.004), (20_000, 0.004), (30_000, 0.02)]:
        view.see_candidates(at, Candidates(at, "direction", (full,)))
        found = list(detector.observe(bench.losses(at, ["vpn:A>B"], loss, at // 10_000 + 1)))
        assert len(found) == (loss > 0.005)
