"""Where several incidents are dealt with at once, none undoes or forgets what another has done."""

from __future__ import annotations

from adn.closedloop.estimate import Estimate
from adn.closedloop.knowledge.graph import KnowledgeGraph
from adn.closedloop.locating import Diagnosis, Suspect
from adn.closedloop.planning import WhatIfPlanner
from adn.closedloop.playbooks import remedies
from adn.closedloop.tactics import Step, undoing
from adn.northbound.post import MaintenanceNotice


def suspect(name: str) -> Suspect:
    return Suspect(name, "packet-loss", 0.99, ("test",), 0.05)


def steered_over(view, incident, given) -> set[str]:
    """The directions that plans against loss on B>C lead services over."""
    planner = WhatIfPlanner(KnowledgeGraph(view.inventory, None, remedies()), "A")
    diagnosis = Diagnosis((suspect("B>C"),), (), "ip", 0.99)
    plans = planner.plan(incident, diagnosis, view, frozenset(), given)
    return {
        direction
        for plan in plans
        for step in plan.steps
        for path in step.params.get("routes", {}).values()
        for direction in path
    }


def test_no_way_round_leads_over_what_another_incident_is_put_down_to(view, incident):
    free = steered_over(view, incident, ())
    assert free, "there must be a way round"
    shunned = min(free)
    assert shunned not in steered_over(view, incident, (suspect(shunned),))


def test_what_uses_what_another_incident_is_put_down_to_is_left_to_that_one(view, incident):
    """Loss on F>G is the other's: only what crosses B>C is moved, or else two would move it."""
    planner = WhatIfPlanner(KnowledgeGraph(view.inventory, None, remedies()), "A")
    diagnosis = Diagnosis((suspect("B>C"),), (), "ip", 0.99)
    plans = planner.plan(incident, diagnosis, view, frozenset(), (suspect("F>G"),))
    moved = {n for p in plans for step in p.steps for n in step.params.get("routes", {})}
    net, shares = view.network, Estimate.of(view.network).believing(view).shares().tocsc()
    crossing = {
        direction: {net.services[row] for row in shares[:, [net.directions.row(direction)]].indices}
        for direction in ("B>C", "F>G")
    }
    assert crossing["F>G"] - crossing["B>C"], "the other incident must have services of its own"
    assert moved
    assert moved <= crossing["B>C"]


def test_no_way_round_leads_over_what_is_worked_on_as_announced(view, incident):
    shunned = min(steered_over(view, incident, ()))
    work = MaintenanceNotice("MNT-0001", (view.network.link_of(shunned),), 0, 10**9, "work")
    view.see_notice(0, work)
    assert shunned not in steered_over(view, incident, ())


STEER = Step("steer-services", "A", {"routes": {"one": ["A>B"], "two": ["A>C"]}})
BACK = Step("steer-services", "A", {"routes": {"one": [], "two": ["A>D"]}})


def test_what_is_as_it_was_left_is_undone_whole():
    now = {"one": ("A>B",), "two": ("A>C",)}
    assert undoing([STEER], [BACK], now, {}, {}) == (BACK,)


def test_a_service_that_was_steered_anew_since_is_left_to_whoever_did_it():
    now = {"one": ("A>E", "E>B"), "two": ("A>C",)}
    (left,) = undoing([STEER], [BACK], now, {}, {})
    assert left.params == {"routes": {"two": ["A>D"]}}


def test_where_everything_was_changed_since_nothing_is_undone():
    done = [STEER, Step("limit-services", "A", {"shares": {"one": 0.5}})]
    done.append(Step("set-link-cost", "A~B", {"cost": 65535}))
    back = [
        Step("set-link-cost", "A~B", {"cost": 10}),
        Step("limit-services", "A", {"shares": {"one": 1.0}}),
        BACK,
    ]
    now = {"one": ("A>E",), "two": ("A>E",)}
    assert undoing(done, back, now, {"one": 0.4}, {"A~B": 20}) == ()
    as_left = {"one": ("A>B",), "two": ("A>C",)}
    assert undoing(done, back, as_left, {"one": 0.5}, {"A~B": 65535}) == tuple(back)
