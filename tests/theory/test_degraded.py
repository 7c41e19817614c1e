"""Faults whose effect has a closed form: shares lost to dark tables, moved loads, flaps, light."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from adn.base.clock import HOUR, MINUTE
from adn.base.streams import Key
from adn.faults.kinds import built_in_kinds
from adn.physics.routing import Fabric, direction_costs
from adn.testing.networks import clos
from adn.testing.trial import Trial, plan_fault, quiet_world, square
from adn.topology.network import Network
from adn.twin.forwarding import Forwarding
from adn.twin.impairments import Impairment, Overlay
from adn.twin.state import State


def impaired(network: Network, key: str, name: str, value: float) -> State:
    rows = [Impairment("x", "x", key, name, "set", value, "forwarding")]
    return State.of(network, Overlay(network, rows))


@pytest.mark.parametrize("spines", [2, 4])
def test_a_dark_table_at_one_of_n_spines_takes_an_nth(spines: int) -> None:
    """Over many keys the share of flow groups lost towards the dark destination is 1/n."""
    network = clos(spines)
    fabric, cost = Fabric.of(network), direction_costs(network)
    state = impaired(network, "element.routes-missing", "spine-1", 1.0)
    lost = total = 0
    for seed in range(60):
        forwarding = Forwarding(network, fabric, Key.root(seed).word("ecmp"))
        forwarding.settle(np.ones(fabric.directions, dtype=bool), cost)
        forwarding.suffer(state)
        forwarding.refresh()
        dark = int(forwarding.destinations.of(network.elements.row("spine-1"))[0])
        own = forwarding.flows.target == dark
        lost, total = lost + int((~forwarding.arrives & own).sum()), total + int(own.sum())
        assert forwarding.arrives[~own].all()
    expected = total / spines
    statistic = (lost - expected) ** 2 / expected + (lost - expected) ** 2 / (total - expected)
    assert statistic < chi2.ppf(1 - 1e-4, 1)


def test_without_one_of_n_members_the_others_carry_a_share_of_n_minus_one() -> None:
    network = clos(4)
    fabric, cost = Fabric.of(network), direction_costs(network)
    state = impaired(network, "direction.unused", "leaf-1>spine-1", 1.0)
    ways = network.directions.rows(f"leaf-1>spine-{number}" for number in range(1, 5))
    counts = np.zeros(4)
    for seed in range(60):
        forwarding = Forwarding(network, fabric, Key.root(seed).word("ecmp"))
        forwarding.settle(np.ones(fabric.directions, dtype=bool), cost)
        forwarding.suffer(state)
        forwarding.refresh()
        counts += np.bincount(forwarding.hops, minlength=fabric.directions + 1)[ways]
    assert counts[0] == 0
    expected = counts.sum() / 3
    assert ((counts[1:] - expected) ** 2 / expected).sum() < chi2.ppf(1 - 1e-4, 2)


def test_loss_of_a_path_is_one_minus_the_product_of_what_gets_through() -> None:
    trial = Trial(square())
    trial.impair("direction.errors", "a>b", 0.02)
    trial.impair("direction.loss", "a>b", 0.03)
    row = trial.network.services.row("s:a>b")
    assert trial.twin.performance.services.loss[row] == pytest.approx(1 - 0.98 * 0.97, rel=1e-9)


def test_light_falls_by_the_sum_of_all_losses_on_its_way() -> None:
    trial = Trial(square())
    way = trial.network.directions.row("a>b")
    healthy = trial.twin.state.rx_dbm[way]
    for key, name, loss in (
        ("duct.attenuation", "duct:a~b", 3.0),
        ("link.attenuation", "a~b", 2.0),
        ("direction.attenuation", "a>b", 4.0),
    ):
        trial.impair(key, name, loss)
    assert trial.twin.state.rx_dbm[way] == pytest.approx(healthy - 9.0)
    assert trial.twin.state.rx_dbm[way ^ 1] == pytest.approx(healthy - 5.0)


def test_a_flapping_link_is_down_for_on_over_on_plus_off_of_the_time() -> None:
    """Over some 75 cycles, within five standard deviations of a ratio of exponential means."""
    network, kind = square(groups=8), built_in_kinds()["link-flap"]
    trial = Trial(network, quiet_world(network), planned=[plan_fault(kind, "a~b", MINUTE)])
    link, down, last, flaps = network.links.row("a~b"), 0, MINUTE, 0
    up = True
    for at in trial.instants(HOUR):
        now = bool(trial.twin.state.link_up[link])
        down += 0 if up else at - last
        flaps += up and not now
        up, last = now, at
    share = 8 / 48
    spread = share * (1 - share) * np.sqrt(2 / flaps)
    assert flaps > 40
    assert down / (HOUR - MINUTE) == pytest.approx(share, abs=5 * spread)
