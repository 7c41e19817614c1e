"""The view: what was seen, when it is over, and what the loop itself has set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adn.base.clock import MINUTE, SECOND
from adn.closedloop.condensing import shown_alarms
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause, Severity
from adn.northbound.commands import Command, CommandResult
from adn.northbound.inventory import Inventory
from adn.northbound.post import Candidates, RollUp, Series, SeriesReply
from adn.northbound.telemetry import Roster

T = 100 * SECOND


@pytest.fixture
def view(inventory: Inventory) -> View:
    return View(inventory)


def test_a_departure_is_the_mean_of_its_latest_three_samples(view: View, bench: Any) -> None:
    for i, value in enumerate((0.1, 0.2, 0.3, 0.4), start=1):
        at = T + i * 10 * SECOND
        view.see_candidates(at + 2 * SECOND, bench.losses(at, ["s"], value, i))
    found = view.departure("service", "s", "loss")
    assert found is not None
    assert found.value == pytest.approx(0.3)
    assert (found.first_at, found.last_at, found.ticks) == (T + 10_000, T + 40_000, 4)
    assert list(view.departures("service", "loss")) == ["s"]
    assert view.departure("service", "s", "latency") is None


def test_a_departure_is_over_two_intervals_after_it_was_last_seen(view: View, bench: Any) -> None:
    view.see_candidates(T, bench.losses(T, ["s"], 0.1))
    view.see_candidates(T, Candidates(T + 10 * SECOND, "service", ()))
    assert view.departure("service", "s", "loss") is not None, "one report may be lost"
    view.see_candidates(T, Candidates(T + 20 * SECOND, "service", ()))
    assert view.departure("service", "s", "loss") is None


def test_a_departure_is_over_when_no_frame_speaks_of_it_any_more(view: View, bench: Any) -> None:
    view.see_candidates(T, bench.losses(T, ["s"], 0.1))
    view.now = T + 27 * SECOND
    assert view.departures("service", "loss")
    view.now = T + 28 * SECOND
    assert not view.departures("service", "loss")


def test_alarms_stay_active_until_cleared_and_duplicates_change_nothing(
    view: View, bench: Any
) -> None:
    raised = bench.alarm(1, "A>B", T)
    view.see_alarm(T, raised)
    view.see_alarm(T + 5, raised)
    assert view.alarm_arrivals == {"ALM-000001": T}
    view.see_alarm(T + 9, bench.alarm(1, "A>B", T, severity=Severity.CLEARED))
    assert view.active_alarms == {}
    assert list(view.seen_alarms) == ["ALM-000001"]


def test_rates_are_contracted_until_measured_and_loss_is_added_back(view: View) -> None:
    ids = view.network.services.ids
    assert view.rates[ids[0]] == 1e9
    view.see_roster(0, Roster("service", ids))
    mean = np.array([[0.2] * 6, [10.0] * 6, [4e8] * 5 + [np.nan]], dtype=np.float32)
    kpis = ("loss", "latency", "rate")
    view.see_rollup(T, RollUp(0, T, "service", kpis, mean, mean, 1.0))
    assert view.rates[ids[0]] == pytest.approx(5e8)
    assert view.rates[ids[5]] == 1e9, "what did not report keeps its last known rate"
    row = Series("service", ids[0], "rate", (1, 2, 3), (7e8, 9e8, 1e8))
    view.see_series(T, SeriesReply("ASK-1", (row,)), offered_before=3)
    assert view.rates[ids[0]] == pytest.approx(8e8), "only what came before the trouble counts"


def command(kind: str, target: str, **params: Any) -> Command:
    return Command("CMD-0001", kind, target, params)


def test_configuration_is_known_only_once_it_was_carried_out(view: View) -> None:
    done, failed = CommandResult("CMD-0001", True, T), CommandResult("CMD-0001", False, T)
    path = ["A>D", "D>C"]
    view.see_result(T, command("steer-services", "A", routes={"s": path}), failed)
    assert view.routes == {}
    view.see_result(T, command("steer-services", "A", routes={"s": path}), done)
    view.see_result(T, command("limit-services", "A", shares={"s": 0.5, "t": 1.0}), done)
    view.see_result(T, command("set-link-cost", "A~B", cost=65535), done)
    assert (view.routes, view.limits, view.costs) == (
        {"s": ("A>D", "D>C")},
        {"s": 0.5},
        {"A~B": 65535},
    )
    view.see_result(T, command("steer-services", "A", routes={"s": []}), done)
    view.see_result(T, command("limit-services", "A", shares={"s": 1.0}), done)
    view.see_result(T, command("set-link-cost", "A~B", cost=10), done)
    assert (view.routes, view.limits, view.costs) == ({}, {}, {})


def test_probes_are_kept_with_their_answers(view: View) -> None:
    probe = command("measure-link", "A~B")
    answer = CommandResult("CMD-0001", True, T, "", {"reachable": True})
    view.see_result(T, probe, answer)
    assert list(view.probes) == [(probe, answer)]


def test_shown_alarms_are_the_lowest_layer_s_on_the_suspect(view: View, bench: Any) -> None:
    rows = [
        ("A>B", ProbableCause.LOSS_OF_SIGNAL),
        ("A~B", ProbableCause.ADJACENCY_DOWN),
        ("C>D", ProbableCause.THRESHOLD_CROSSED),
        ("C~D", ProbableCause.ADJACENCY_DOWN),
    ]
    for i, (name, cause) in enumerate(rows, start=1):
        view.see_alarm(T, bench.alarm(i, name, T, cause))
    names = [f"ALM-{i:06d}" for i in range(1, 5)]
    assert shown_alarms(view, names, "duct:A~B") == ("ALM-000001",)
    assert shown_alarms(view, names, "C~D") == ("ALM-000004",)
    assert shown_alarms(view, names, "B~C") == ("ALM-000001",), "nothing near: the lowest of all"
    assert shown_alarms(view, [], "B~C") == ()


def test_an_element_is_silent_only_when_all_its_ports_are(view: View) -> None:
    """A lost report of its processor load, or silence of one port, is not enough."""
    view.see_candidates(MINUTE, Candidates(MINUTE, "element", (), ("B",)))
    view.see_candidates(MINUTE, Candidates(MINUTE, "direction", (), ("B>A",)))
    assert view.unheard == frozenset()
    view.see_candidates(MINUTE, Candidates(MINUTE + 10 * SECOND, "direction", (), ("B>A", "B>C")))
    assert view.unheard == frozenset({"B"})


def test_a_silent_element_is_dark_once_its_neighbours_say_so(view: View, bench: Any) -> None:
    """And not for an alarm elsewhere, nor any more once the alarms are cleared."""
    view.see_candidates(MINUTE, Candidates(MINUTE, "direction", (), ("B>A", "B>C")))
    view.see_alarm(MINUTE, bench.alarm(1, "C>D", MINUTE))
    assert view.silent == frozenset()
    view.see_alarm(MINUTE, bench.alarm(2, "A>B", MINUTE))
    assert view.silent == frozenset({"B"}), "one of its two links will do: alarms get lost"
    view.see_alarm(MINUTE, bench.alarm(2, "A>B", MINUTE, severity=Severity.CLEARED))
    assert view.silent == frozenset()
