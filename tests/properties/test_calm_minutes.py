"""Calm minutes reckoned ahead are, to the bit, what following every flow group would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adn.base.clock import MINUTE
from adn.base.streams import Key
from adn.testing.trial import quiet_world, ring, square
from adn.twin.demand import STEP, Demand
from adn.twin.performance import Performance
from adn.twin.rhythm import Rhythm
from adn.twin.twin import Twin


@settings(max_examples=25, deadline=None)
@given(
    size=st.integers(4, 22),
    groups=st.integers(1, 20),
    load=st.floats(0.001, 0.6),
    minutes=st.integers(1, 9),
    seed=st.integers(0, 99),
    profile=st.sampled_from(["flat", "evening", "business"]),
)
def test_a_calm_minute_is_what_it_is_minute_by_minute(
    size: int, groups: int, load: float, minutes: int, seed: int, profile: str
) -> None:
    """Also on paths of eleven hops, whose sums depend on the order of their terms."""
    shape = square(groups=groups, demand_bps=load * 1e10)
    network = ring(size, demand_bps=load * 4e10 / size**2) if size > 4 else shape
    world = replace(quiet_world(network, variation=0.2), rhythm=Rhythm(profile))
    twin = Twin(network, world, Key.root(seed), lambda _: None)
    twin._ahead.minutes = minutes
    demanded = Demand(network, Key.root(seed), Rhythm(profile), 1.0, 0.2)
    demanded.advance(0)
    calm = 0
    for step in range(1, 12):
        at = step * STEP
        rates = demanded.advance(at)
        usual = Performance.of(network, twin.state, twin.configuration, twin.forwarding, rates)
        found = twin._ahead.at(at, twin.state, twin.configuration, twin.forwarding)
        assert (twin._demand.advance(at) == rates).all()
        if found is None:
            continue
        calm += 1
        for name in ("loss", "latency_ms", "rate_bps", "reachable"):
            one, other = getattr(found.services, name), getattr(usual.services, name)
            np.testing.assert_array_equal(one, other, err_msg=name)
        for name in ("utilisation", "overload", "discards", "outside", "down"):
            one, other = getattr(found, name), getattr(usual, name)
            np.testing.assert_array_equal(one, other, err_msg=name)
    assume(calm)


def test_nothing_calm_is_said_of_an_overfull_network() -> None:
    network = ring(6, demand_bps=60e9)
    twin = Twin(network, quiet_world(network), Key.root(1), lambda _: None)
    assert (twin.performance.overload > 0.95).any()
    at = MINUTE
    assert twin._ahead.at(at, twin.state, twin.configuration, twin.forwarding) is None


def test_nothing_calm_is_said_once_the_condition_has_changed() -> None:
    """What was reckoned for a whole network does not outlive its first cut."""
    network = ring(6, demand_bps=1e8)
    twin = Twin(network, quiet_world(network), Key.root(1), lambda _: None)
    present = (twin.configuration, twin.forwarding)
    assert twin._ahead.at(MINUTE, twin.state, *present) is not None
    lossy = replace(twin.state, loss=np.full(len(network.directions), 0.1))
    assert twin._ahead.at(2 * MINUTE, lossy, *present) is None
    assert twin._ahead.at(3 * MINUTE, twin.state, *present) is not None
