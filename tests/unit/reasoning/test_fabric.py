"""In a leaf–spine fabric the right object and problem are named, and the next fault is another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.closedloop.correlating import Cause, Correlator, Group
from adn.closedloop.detectors import Anomaly
from adn.closedloop.estimate import Estimate
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import Diagnosis, GraphLocator, Suspect
from adn.closedloop.planning import WhatIfPlanner
from adn.closedloop.playbooks import remedies
from adn.northbound.alarms import ProbableCause
from tests.unit.reasoning.conftest import NOW, CannedView, snapshot
from tests.unit.reasoning.fabric import SPINES, fabric_rows, ways_of

PLAIN = {"reachable": True, "loss_forward": 0.0, "loss_backward": 0.0}


@pytest.fixture
def hall() -> CannedView:
    return CannedView(fabric_rows(), "spine-1")


def locate(view, names=(), services=(), given=()) -> Diagnosis:
    locator = GraphLocator(KnowledgeGraph(view.inventory))
    return locator.locate(snapshot(names, services), view, given)


def top(found: Diagnosis) -> tuple[str, str]:
    return found.suspects[0].problem, found.suspects[0].object


def drop(view: CannedView, element: str, target: str, seed: int = 1) -> list[str]:
    """Let services towards a target lose what is hashed across an element; return who is hurt."""
    shares = Estimate.of(view.network).shares()
    leaving = (view.network.tail == view.network.elements.row(element)).astype(float)
    crossing = shares @ leaving
    draw, hurt = np.random.Generator(np.random.PCG64(seed)), []
    for at, name in enumerate(view.network.services.ids):
        bound = view.network.elements[int(view.network.service_z[at])] == target
        loss = draw.binomial(16, min(1.0, crossing[at])) / 16 if bound and crossing[at] > 0 else 0.0
        if loss > 0.0:
            view.depart("service", name, "loss", loss)
            hurt.append(name)
    return hurt


def table(view: CannedView, element: str, **said: object) -> None:
    view.answer("check-routes", element, **{
        "missing": 0, "discarding": 0, "room": 0.5, "unused": [], **said,
    })  # fmt: skip


def as_cause(suspect: Suspect, since: int = NOW) -> Cause:
    return Cause(
        suspect.object, suspect.problem, suspect.probability, since,
        suspect.severity, suspect.towards, suspect.explains, suspect.lasting,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "problem"),
    [({"missing": 2}, "route-missing"), ({"discarding": 1}, "route-discarded"),
     ({"missing": 9, "room": 0.0}, "table-full")],
)  # fmt: skip
def test_losses_towards_one_target_are_put_down_to_the_table_that_a_probe_finds_wrong(
    hall, said, problem
):
    hurt = drop(hall, "spine-3", "db-1")
    first = locate(hall, services=hurt)
    asked = {(row.kind, row.target) for row in first.probes}
    assert ("check-routes", "spine-3") in asked
    for spine in SPINES:
        table(hall, spine, **(said if spine == "spine-3" else {}))
    found = locate(hall, services=hurt)
    assert top(found) == (problem, "spine-3")
    assert found.suspects[0].towards == ("db-1",)
    assert found.suspects[0].probability > 0.8


@pytest.mark.parametrize(("errors", "problem"), [(0.08, "corruption"), (0.0, "packet-loss")])
def test_damaged_test_packets_tell_corruption_from_silent_loss(hall, errors, problem):
    hall.lose_packets("spine-2>leaf-3", 0.08, shift=0.5)
    hurt = tuple(hall.departures("service", "loss"))
    for spine in SPINES:
        lost = 0.08 if spine == "spine-2" else 0.0
        damaged = {"errors_forward": 0.0, "errors_backward": errors if lost else 0.0}
        seen = PLAIN | {"loss_backward": lost} | damaged
        hall.answer("measure-link", f"leaf-3~{spine}", **seen)
    assert top(locate(hall, services=hurt)) == (problem, "spine-2>leaf-3")


def test_measuring_one_of_several_like_links_acquits_it(hall):
    hall.lose_packets("spine-2>leaf-3", 0.08)
    hurt = tuple(hall.departures("service", "loss"))
    first = locate(hall, services=hurt)
    assert ("measure-link", "leaf-1~spine-1") in {(row.kind, row.target) for row in first.probes}
    before = {row.object: row.probability for row in first.suspects}
    hall.answer("measure-link", "leaf-1~spine-1", **PLAIN)
    after = {row.object: row.probability for row in locate(hall, services=hurt).suspects}
    assert after.get("leaf-1>spine-1", 0.0) < 0.1 * before["leaf-1>spine-1"]
    assert after["leaf-1>spine-2"] > before["leaf-1>spine-2"]


def test_all_ports_of_one_card_and_its_alarm_name_the_card(hall):
    for leaf in ("leaf-1", "leaf-2"):
        hall.lose_link(f"{leaf}~spine-1")
    hall.raise_alarm(ProbableCause.EQUIPMENT_FAULT, "spine-1/card-1", "spine-1")
    assert top(locate(hall)) == ("card-failed", "spine-1/card-1")


def test_power_alarms_of_everything_on_a_feed_name_the_feed(hall):
    for row in hall.network.rows.elements:
        if "feed:B" in row.feeds:
            hall.raise_alarm(ProbableCause.POWER_PROBLEM, row.id, row.id)
    for link in hall.network.links_of("leaf-4"):
        hall.raise_alarm(ProbableCause.ADJACENCY_DOWN, link, link.replace("leaf-4", "").strip("~"))
        (out,) = (way for way in ways_of(link) if way.startswith("leaf-4>"))
        hall.raise_alarm(ProbableCause.LOSS_OF_SIGNAL, out, out.partition(">")[2])
    hall.silent = frozenset({"leaf-4"})
    assert top(locate(hall)) == ("feed-down", "feed:B")


def test_a_link_whose_alarms_cleared_and_came_again_flaps(hall):
    for _ in range(2):
        hall.lose_link("leaf-2~spine-2")
        hall.seen_alarms.update(hall.active_alarms)
        past = {f"{name}-{len(hall.seen_alarms)}": row for name, row in hall.active_alarms.items()}
        hall.seen_alarms.update(past)
        hall.active_alarms = {}
    assert top(locate(hall)) == ("link-flapping", "leaf-2~spine-2")


def test_an_unused_member_is_found_by_asking_the_sender_of_the_idle_direction(hall):
    hall.depart("direction", "leaf-1>spine-2", "utilisation", 0.0, 0.3, 0.02)
    hall.depart("direction", "leaf-1>spine-3", "discards", 0.01)
    found = locate(hall)
    assert ("check-routes", "leaf-1") in {(row.kind, row.target) for row in found.probes}
    table(hall, "leaf-1", unused=["leaf-1>spine-2"])
    assert top(locate(hall)) == ("member-missing", "leaf-1>spine-2")


def test_a_metric_that_differs_is_found_by_reading_the_configuration(hall):
    for way in ways_of("leaf-1~spine-2"):
        hall.depart("direction", way, "utilisation", 0.0, 0.3, 0.02)
    hall.depart("direction", "leaf-1>spine-3", "discards", 0.01)
    hall.metrics = {"leaf-1~spine-2": 65_535}
    costs = dict.fromkeys(hall.network.links_of("leaf-1"), 10) | hall.metrics
    hall.answer("read-configuration", "leaf-1", costs=costs, discards=0)
    found = locate(hall)
    assert top(found) == ("cost-wrong", "leaf-1~spine-2")
    planner = WhatIfPlanner(KnowledgeGraph(hall.inventory, None, remedies()), "spine-1")
    plans = planner.plan(snapshot(), found, hall, frozenset())
    steps = [step for plan in plans if plan.purpose == "repair" for step in plan.steps]
    assert [(s.kind, s.target, s.params) for s in steps] == [
        ("set-link-cost", "leaf-1~spine-2", {"cost": 10})
    ]


# --- several faults ---


def test_a_given_cause_is_not_blamed_again_for_what_it_does_not_explain(hall):
    """A lossy spine port stands; losses towards one target of another spine are another fault."""
    hall.lose_packets("spine-1>leaf-1", 0.08)
    first = locate(hall, services=tuple(hall.departures("service", "loss")))
    for spine in SPINES:
        lost = 0.08 if spine == "spine-1" else 0.0
        hall.answer("measure-link", f"leaf-1~{spine}", **PLAIN | {"loss_backward": lost})
    first = locate(hall, services=tuple(hall.departures("service", "loss")))
    assert top(first) == ("packet-loss", "spine-1>leaf-1")
    hurt = drop(hall, "spine-3", "db-2")
    table(hall, "spine-3", missing=1)
    second = locate(hall, services=hurt, given=(as_cause(first.suspects[0]),))
    assert top(second) == ("route-missing", "spine-3")


def test_what_a_given_cause_explains_entirely_is_its_other_face(hall):
    hall.lose_packets("spine-1>leaf-1", 0.08)
    hurt = sorted(hall.departures("service", "loss"))
    cause = Cause("spine-1>leaf-1", "packet-loss", 0.99, NOW, 0.08)
    found = locate(hall, services=hurt[:2], given=(cause,))
    assert top(found) == ("packet-loss", "spine-1>leaf-1")


def standing(view: CannedView, cause: Cause) -> tuple[Correlator, Group]:
    correlator = Correlator(view)
    group = Group(cause=cause)
    correlator.add(
        group, [Anomaly("direction", cause.object, "errors", cause.since - 60_000, 50.0)]
    )
    return correlator, group


@settings(max_examples=25, deadline=None)
@given(late=st.integers(100_000, 10_000_000), data=st.data())
def test_signals_that_a_standing_cause_does_not_explain_open_the_next_incident(late, data):
    """Everything overlaps in a fabric; only what crosses the impaired port belongs to it."""
    view = CannedView(fabric_rows(), "spine-1")
    cause = Cause("spine-1>leaf-1", "corruption", 0.99, NOW, 0.03)
    correlator, group = standing(view, cause)
    shares = Estimate.of(view.network).shares().toarray()
    crosses = shares[:, view.network.directions.row("spine-1>leaf-1")] > 0
    at = data.draw(st.integers(0, len(crosses) - 1))
    name = view.network.services[at]
    fresh = correlator.sort([Anomaly("service", name, "loss", NOW + late, 90.0)], [group])
    assert bool(fresh) == (not crosses[at])


def test_once_drained_an_impaired_port_explains_no_new_losses(hall):
    cause = Cause("spine-1>leaf-1", "corruption", 0.99, NOW, 0.03)
    correlator, group = standing(hall, cause)
    shares = Estimate.of(hall.network).shares().toarray()
    column = shares[:, hall.network.directions.row("spine-1>leaf-1")]
    signal = Anomaly("service", hall.network.services[int(column.argmax())], "loss", NOW + 10**6)
    assert correlator.sort([signal], [group]) == []
    hall.costs = {"leaf-1~spine-1": 65_535}
    assert len(correlator.sort([signal], [group])) == 1


def test_two_faults_in_one_group_are_parted_by_what_each_explains(hall):
    correlator, group = Correlator(hall), Group()
    correlator.add(group, [
        Anomaly("direction", "leaf-1>spine-1", "alarm", NOW, alarm="ALM-1", evidence="ALM-1"),
        Anomaly("element", "leaf-4", "silence", NOW + 5_000, evidence="ANM-1"),
    ])  # fmt: skip
    group.cause = Cause(
        "leaf-1~spine-1", "link-down", 0.9, NOW, explains=frozenset(ways_of("leaf-1~spine-1"))
    )
    other = Cause("leaf-4", "element-down", 0.9, NOW, explains=frozenset({"leaf-4"}))
    assert correlator.part(group, other)
    (parted,) = correlator.take_parted()
    assert [a.evidence for a in group.anomalies] == ["ALM-1"]
    assert [a.evidence for a in parted.anomalies] == ["ANM-1"]
    assert correlator.take_parted() == []


# --- plans ---


def plans_for(view: CannedView, suspect: Suspect):
    planner = WhatIfPlanner(KnowledgeGraph(view.inventory, None, remedies()), "spine-1")
    found = Diagnosis((suspect,), (), "ip", suspect.probability)
    return list(planner.plan(snapshot(), found, view, frozenset()))


def test_a_table_that_drops_is_gone_round_or_written_anew_first(hall):
    suspect = Suspect("spine-3", "route-missing", 0.97, (), towards=("db-1",))
    first = plans_for(hall, suspect)[0]
    assert first.expected["outside_after"] < first.expected["outside_before"]
    assert {step.kind for step in first.steps} <= {
        "resync-routes", "drain-element", "steer-services"
    }  # fmt: skip


def test_an_element_is_never_drained_where_somebody_has_no_other_way(hall):
    for link in ("app-1~leaf-2", "app-2~leaf-2"):
        hall.raise_alarm(ProbableCause.ADJACENCY_DOWN, link, "leaf-2")
    suspect = Suspect("leaf-1", "route-discarded", 0.97, (), towards=("app-2",))
    for plan in plans_for(hall, suspect):
        assert ("drain-element", "leaf-1") not in {(s.kind, s.target) for s in plan.steps}


def test_the_inverse_of_draining_takes_traffic_again(hall):
    suspect = Suspect("spine-3", "route-discarded", 0.97, (), towards=("db-1", "db-2"))
    drains = [p for p in plans_for(hall, suspect) if p.steps[0].kind == "drain-element"]
    assert drains
    assert drains[0].inverse[-1].params == {"drained": False}


def test_a_dark_element_is_power_cycled_and_a_flapping_link_is_drained(hall):
    hall.silent = frozenset({"leaf-2"})
    dark = plans_for(hall, Suspect("leaf-2", "element-down", 0.97, ()))
    assert "power-cycle" in {step.kind for plan in dark for step in plan.steps}
    hall.silent = frozenset()
    first = plans_for(hall, Suspect("leaf-1~spine-1", "link-flapping", 0.97, ()))[0]
    assert first.purpose == "mitigate"
    assert all(step.kind in {"set-link-cost", "steer-services"} for step in first.steps)


@pytest.mark.parametrize(("loss", "bounced"), [(0.05, False), (1.0, True)])
def test_only_what_loses_nearly_everything_is_worth_a_bounce_of_the_port(hall, loss, bounced):
    plans = plans_for(hall, Suspect("leaf-1>spine-1", "packet-loss", 0.97, (), loss))
    assert ("reset-interface" in {s.kind for p in plans for s in p.steps}) == bounced
