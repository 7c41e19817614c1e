"""Faults that are over by themselves: what they did is gone, and nobody is said to have done it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adn.base.clock import HOUR, MINUTE, SECOND
from adn.faults.injector import PlannedFault
from adn.faults.kinds import built_in_kinds
from adn.testing.networks import clos
from adn.testing.symptoms import busiest
from adn.testing.trial import Trial, plan_fault, quiet_world, ring, square
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Duct, Link, Service, Sla

AT = 2 * MINUTE


def passing(name: str, target: str, lasts: int) -> PlannedFault:
    return replace(plan_fault(built_in_kinds()[name], target, AT), lasts=lasts)


def test_it_is_over_after_its_time_and_not_before() -> None:
    trial = Trial(ring(), planned=[passing("link-down", "n0~n1", 40 * SECOND)])
    link = trial.network.links.row("n0~n1")
    trial.to(AT + 40 * SECOND - 1)
    assert not trial.twin.state.link_up[link]
    assert trial.truth("fault.cleared") == []
    trial.to(AT + 40 * SECOND)
    assert trial.twin.state.link_up[link]
    (cleared,) = trial.truth("fault.cleared")
    assert (cleared.at, cleared.data) == (AT + 40 * SECOND, {"by": "self", "field": False})


@pytest.mark.parametrize("name", sorted(built_in_kinds()))
def test_whatever_it_was_it_leaves_the_network_as_it_found_it(name: str) -> None:
    kind = built_in_kinds()[name]
    network = clos() if kind.target in ("card", "feed") else square()
    fault = passing(name, busiest(kind, network), MINUTE)
    trial = Trial(network, quiet_world(network), planned=[fault])
    healthy = trial.twin.performance.services.loss.copy()
    trial.to(AT + 10 * MINUTE)
    assert trial.twin.overlay.active == ()
    assert trial.twin.latent == {}
    assert np.array_equal(trial.twin.performance.services.loss, healthy)
    assert len(trial.truth("fault.cleared")) == 1


def test_who_repairs_it_before_is_the_one_who_ended_it() -> None:
    trial = Trial(square(), planned=[passing("link-down", "a~b", HOUR)])
    trial.to(AT + MINUTE)
    command = trial.do("reset-interface", "a~b")
    trial.to(2 * HOUR)
    (cleared,) = trial.truth("fault.cleared")
    assert cleared.data["by"] == command


def test_what_comes_and_goes_stops_when_its_time_is_over() -> None:
    trial = Trial(square(), planned=[passing("link-flap", "a~b", 10 * MINUTE)])
    link = trial.network.links.row("a~b")
    ups = [bool(trial.twin.state.link_up[link]) for at in trial.instants(HOUR) if at > AT]
    assert not all(ups)
    assert trial.twin.state.link_up[link]
    (cleared,) = trial.truth("fault.cleared")
    assert cleared.at == AT + 10 * MINUTE


def test_what_a_fault_does_does_not_hang_on_its_number() -> None:
    """One more fault elsewhere renumbers those after it, and must change nothing about them."""

    def ups(*, number: int) -> list[tuple[int, bool]]:
        fault = plan_fault(built_in_kinds()["link-flap"], "a~b", AT, number=number)
        trial = Trial(square(), planned=[fault])
        return [(at, bool(trial.twin.state.link_up[0])) for at in trial.instants(20 * MINUTE)]

    assert ups(number=1) == ups(number=7)


def test_routing_that_follows_a_healing_says_so() -> None:
    """With no way round, service comes back with the link, and that is nobody's protection."""
    builder = NetworkBuilder("line")
    for name in "ab":
        builder.add_element(name)
    builder.add_duct(Duct("duct:a~b", 100.0))
    builder.add_link(Link("a~b", "a", "b", 10e9, 100.0, 10, ("duct:a~b",)))
    builder.add_service(Service("s:a>b", "data", "a", "b", 1e9, Sla(50.0, 0.005)))
    fault = passing("link-down", "a~b", 90 * SECOND)
    trial = Trial(builder.build(), planned=[fault])
    trial.to(AT + 5 * MINUTE)
    last = trial.truth("fault.impact")[-1]
    assert (last.data["back"], last.data["cause"]) == (["s:a>b"], "convergence heal")
