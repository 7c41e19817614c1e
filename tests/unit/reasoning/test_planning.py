"""Plans are legal, better than nothing, undoable, and made of recorded names."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from adn.closedloop.estimate import Estimate
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import Diagnosis, GraphLocator, Suspect
from adn.closedloop.planning import Plan, WhatIfPlanner
from adn.closedloop.playbooks import read_playbook, remedies
from adn.northbound.alarms import ProbableCause
from adn.northbound.commands import command_kinds


def suspected(problem: str, name: str, probability: float = 0.95, severity: float = 0.0):
    suspect = Suspect(name, problem, probability, ("test",), severity)
    return Diagnosis((suspect,), (), "ip", probability)


def plans_for(view, incident, diagnosis, excluded=frozenset()) -> list[Plan]:
    planner = WhatIfPlanner(KnowledgeGraph(view.inventory, None, remedies()), "A")
    return list(planner.plan(incident, diagnosis, view, excluded))


def after(view, plan: Plan, **beliefs):
    estimate = Estimate.of(view.network).believing(view).fork(**beliefs)
    for step in plan.steps:
        estimate = estimate.apply(step)
    return estimate


@pytest.fixture
def cut(view):
    """The shared duct is cut at a peak: what is left over is filled to 128 %."""
    for link in ("B~C", "B~G"):
        view.lose_link(link)
    view.rates = {name: 4.0 * rate for name, rate in view.rates.items()}
    return view


def test_overload_after_a_cut_is_brought_within_limits(cut, incident):
    plan = plans_for(cut, incident, suspected("fibre-loss", "d-shared"))[0]
    assert plan.purpose == "mitigate"
    assert plan.expected["outside_before"] > 0
    assert plan.expected["outside_after"] == 0
    assert not after(cut, plan).evaluate().outside.any()


def test_a_plan_must_help_a_service_that_is_measured_outside_now(cut, incident):
    """Nothing helps what ends at an isolated element; overload elsewhere is only reckoned."""
    for link in ("C~D", "D~E"):
        cut.lose_link(link)
    cut.rates = {name: 1.25 * rate for name, rate in cut.rates.items()}
    diagnosis = suspected("fibre-loss", "d-shared")
    lost = replace(incident, outside=("voice-A-D",))
    fine = replace(incident, outside=("bulk-A-H",))

    def mitigations(seen):
        return [p for p in plans_for(cut, seen, diagnosis) if p.purpose == "mitigate"]

    assert mitigations(incident)
    assert not mitigations(lost)
    assert mitigations(fine), "what is measured and not reckoned must not tie hands"


def test_traffic_is_taken_off_a_lossy_direction(view, incident):
    plan = plans_for(view, incident, suspected("packet-loss", "B>C", severity=0.03))[0]
    outlook = after(view, plan, lossy={"B>C": 0.03}).evaluate()
    assert not outlook.outside.any()


def test_the_inverse_of_every_plan_restores_the_configuration(cut, incident):
    diagnosis = GraphLocator(KnowledgeGraph(cut.inventory)).locate(incident, cut)
    before = Estimate.of(cut.network).believing(cut)
    for plan in plans_for(cut, incident, diagnosis):
        if plan.purpose == "mitigate":
            undone = after(cut, plan)
            for step in plan.inverse:
                undone = undone.apply(step)
            assert (undone.steered, undone.admitted) == (before.steered, before.admitted)
            recorded = dict.fromkeys(undone.costs, 10)
            assert undone.costs == recorded


@pytest.mark.parametrize(
    ("problem", "name"),
    [("fibre-loss", "d-shared"), ("link-down", "B~C"), ("packet-loss", "B>C"),
     ("process-down", "B"), ("element-down", "B"), ("congestion", "B>C"), ("unknown", "")],
)  # fmt: skip
def test_plans_name_only_recorded_objects_of_the_right_type(cut, incident, problem, name):
    net = cut.network
    tables = {"element": net.elements, "link": net.links, "duct": net.ducts}
    for plan in plans_for(cut, incident, suspected(problem, name, severity=0.03)):
        for step in (*plan.steps, *plan.inverse):
            assert step.target in tables[command_kinds()[step.kind].target]
            for service, path in step.params.get("routes", {}).items():
                assert net.rows.services[net.services.row(service)].a == step.target
                assert all(direction in net.directions for direction in path)
            for service, share in step.params.get("shares", {}).items():
                row = net.rows.services[net.services.row(service)]
                assert row.a == step.target
                assert row.elastic
                assert 0.0 <= share <= 1.0
        json.dumps([[s.kind, s.target, s.params] for s in plan.steps])


def test_nothing_is_proposed_where_nothing_would_be_better(view, incident):
    assert plans_for(view, incident, suspected("unknown", "")) == []


def test_overload_is_relieved_although_its_cause_is_unknown(cut, incident):
    cut.depart("direction", "G>H", "discards", 0.2)
    plans = plans_for(cut, incident, suspected("unknown", "", 0.8))
    assert plans
    assert plans[0].expected["outside_after"] < plans[0].expected["outside_before"]


def test_overload_that_was_only_reckoned_is_no_reason_to_touch_traffic(cut, incident):
    assert plans_for(cut, incident, suspected("unknown", "", 0.8)) == []


@pytest.mark.parametrize(
    ("problem", "name", "command", "target"),
    [
        ("fibre-loss", "d-shared", "splice-fibre", "d-shared"),
        ("link-down", "C~D", "reset-interface", "C~D"),
        ("packet-loss", "C>D", "replace-transceiver", "C~D"),
        ("process-down", "D", "restart-process", "D"),
    ],
)
def test_repairs_are_sent_to_what_must_be_repaired(view, incident, problem, name, command, target):
    repairs = [
        p for p in plans_for(view, incident, suspected(problem, name)) if p.purpose == "repair"
    ]
    assert (repairs[0].steps[0].kind, repairs[0].steps[0].target) == (command, target)


def test_no_command_is_sent_to_an_element_that_is_cut_off(cut, incident):
    for link in ("D~E", "C~D"):
        cut.lose_link(link)
    plans = plans_for(cut, incident, suspected("fibre-loss", "d-shared"))
    assert plans
    assert all(step.target != "D" for plan in plans for step in plan.steps)


def test_an_excluded_plan_is_not_proposed_again(cut, incident):
    first = plans_for(cut, incident, suspected("fibre-loss", "d-shared"))
    again = plans_for(cut, incident, suspected("fibre-loss", "d-shared"), frozenset({first[0].key}))
    assert first[0].key not in {plan.key for plan in again}


def test_in_doubt_the_plan_that_helps_under_both_suspects_wins(view, incident):
    view.rates = dict.fromkeys(view.rates, 1e6)
    suspects = tuple(Suspect(name, "packet-loss", 0.48, ("test",), 0.03) for name in ("B>C", "C>D"))
    plan = plans_for(view, incident, Diagnosis(suspects, (), "ip", 0.96))[0]
    for name in ("B>C", "C>D"):
        assert not after(view, plan, lossy={name: 0.03}).evaluate().outside.any()


def test_a_wrong_inventory_is_planned_with(make_view, broken_rows, incident):
    view = make_view(broken_rows)
    view.raise_alarm(ProbableCause.LOSS_OF_SIGNAL, "A>B", "B")
    view.rates = {name: 4 * rate for name, rate in view.rates.items()}
    graph = KnowledgeGraph(view.inventory, None, remedies())
    diagnosis = GraphLocator(graph).locate(incident, view)
    for plan in WhatIfPlanner(graph, "nowhere").plan(incident, diagnosis, view, frozenset()):
        assert all(step.target != "X" for step in plan.steps)


def test_a_playbook_that_names_no_tactic_is_refused():
    with pytest.raises(ValueError, match=r"congestion: 'pray' is no tactic"):
        read_playbook("congestion", {"mitigations": ["pray"], "repairs": []})


def test_a_plan_is_a_value_that_can_be_changed_only_by_copying(view, incident):
    plan = plans_for(view, incident, suspected("fibre-loss", "d-CD"))[-1]
    assert replace(plan, risk="low").risk == "low"
    with pytest.raises(AttributeError):
        plan.risk = "low"
