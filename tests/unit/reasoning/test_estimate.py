"""The estimate is physics applied to beliefs, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from adn.closedloop.estimate import NOMINAL_BUFFER_MS, Estimate
from adn.closedloop.locating import Suspect
from adn.closedloop.tactics import Step
from adn.northbound.alarms import ProbableCause
from adn.northbound.commands import MAX_COST
from adn.physics.routing import Fabric, direction_costs, even_split
from adn.physics.services import outside_limits, service_kpis
from adn.physics.traffic import offered_load, propagation_ms, queue_delay_ms, queue_loss


def test_what_if_equals_physics_called_directly(view):
    view.lose_link("B~C")
    net = view.network
    outlook = Estimate.of(net).believing(view).evaluate()
    up = np.ones(len(net.directions), dtype=bool)
    row = net.links.row("B~C")
    up[2 * row : 2 * row + 2] = False
    fabric, cost = Fabric.of(net), direction_costs(net)
    shares = even_split(fabric, cost, up, net.service_a, net.service_z)
    capacity = np.repeat(net.capacity_bps, 2)
    load = offered_load(shares, net.demand_bps)
    delay = np.repeat(propagation_ms(net.length_km), 2)
    delay = delay + queue_delay_ms(load, capacity, NOMINAL_BUFFER_MS)
    loss = queue_loss(load, capacity, NOMINAL_BUFFER_MS)
    reachable = np.ones(len(net.services), dtype=bool)
    kpis = service_kpis(shares, reachable, loss, delay, net.demand_bps)
    np.testing.assert_array_equal(outlook.load_bps, load)
    np.testing.assert_array_equal(outlook.kpis.loss, kpis.loss)
    np.testing.assert_array_equal(outlook.kpis.latency_ms, kpis.latency_ms)
    np.testing.assert_array_equal(
        outlook.outside, outside_limits(kpis, net.latency_limit_ms, net.loss_limit)
    )


def test_a_service_whose_every_path_is_down_is_outside_its_limits(view):
    for link in ("C~D", "D~E"):
        view.lose_link(link)
    outlook = Estimate.of(view.network).believing(view).evaluate()
    assert outlook.outside[view.network.services.row("voice-A-D")]
    assert np.isinf(outlook.latency_ms[view.network.services.row("voice-A-D")])
    assert not outlook.outside[view.network.services.row("voice-A-H")]


def test_draining_a_link_empties_it_and_restoring_its_cost_fills_it_again(view):
    healthy = Estimate.of(view.network)
    drained = healthy.apply(Step("set-link-cost", "B~C", {"cost": MAX_COST}))
    row = 2 * view.network.links.row("B~C")
    assert healthy.evaluate().load_bps[row] > 0
    assert drained.evaluate().load_bps[row : row + 2].max() == 0
    back = drained.apply(Step("set-link-cost", "B~C", {"cost": 10}))
    np.testing.assert_array_equal(back.evaluate().load_bps, healthy.evaluate().load_bps)


def test_a_steered_service_follows_its_path_and_falls_back_where_the_path_is_down(view):
    path = ["A>H", "H>G", "G>F", "F>C"]
    steered = Estimate.of(view.network).apply(
        Step("steer-services", "A", {"routes": {"voice-A-C": path}})
    )
    net = view.network
    row = net.services.row("voice-A-C")
    used = steered.shares()[[row], :].nonzero()[1]
    assert sorted(net.directions[int(d)] for d in used) == sorted(path)
    broken = steered.fork(down=frozenset({"C~F"})).shares()[[row], :].nonzero()[1]
    assert sorted(net.directions[int(d)] for d in broken) == ["A>B", "B>C"]


def test_policing_counts_as_loss_of_the_policed_service(view):
    policed = Estimate.of(view.network).apply(
        Step("limit-services", "A", {"shares": {"bulk-A-C": 0.7}})
    )
    loss = policed.evaluate().kpis.loss[view.network.services.row("bulk-A-C")]
    assert loss == pytest.approx(0.3, abs=1e-6)


def test_a_fork_leaves_its_origin_alone(view):
    healthy = Estimate.of(view.network)
    before = healthy.evaluate().load_bps.copy()
    healthy.fork(down=frozenset({"A~B"})).evaluate()
    np.testing.assert_array_equal(healthy.evaluate().load_bps, before)
    assert healthy.down == frozenset()


def test_unrecorded_names_in_commands_and_alarms_are_passed_over(view):
    view.raise_alarm(ProbableCause.ADJACENCY_DOWN, "A~X", "A")
    view.routes = {"voice-A-C": ("A>X", "X>C"), "ghost": ("A>B",)}
    view.limits = {"ghost": 0.5}
    view.costs = {"A~X": 5}
    estimate = Estimate.of(view.network).believing(view)
    assert estimate.down == frozenset()
    assert not estimate.steered
    assert not estimate.admitted
    assert not estimate.costs
    estimate.evaluate()


def test_a_link_that_comes_and_goes_is_reckoned_in_use_even_while_it_is_down(view):
    view.lose_link("B~C")
    down = Estimate.of(view.network).believing(view)
    flapping = Suspect("B~C", "link-flapping", 0.97, ())
    row = 2 * view.network.links.row("B~C")
    assert down.evaluate().load_bps[row] == 0
    assert down.under(flapping).evaluate().load_bps[row] > 0
