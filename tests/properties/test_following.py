"""Performance, however little of it is worked out again, is what following everyone would give."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from drawn import impairments, networks
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ways import kernels

from adn.base.streams import Key
from adn.testing.trial import quiet_world
from adn.topology.network import Floats, Network
from adn.twin.impairments import Impairment, Overlay
from adn.twin.lines import Lines
from adn.twin.performance import Performance, _followed, _loads
from adn.twin.state import State
from adn.twin.twin import Twin


@st.composite
def ailing(draw: st.DrawFn) -> tuple[Network, list[Impairment], float]:
    """Draw a network, what ails it, and how much is wanted of it."""
    network = draw(networks)
    return network, draw(impairments(network)), draw(st.floats(0.01, 6.0))


def one_by_one(twin: Twin, state: State, sent: Floats) -> tuple[Floats, Floats, Floats]:
    """Return load, share that gets through and delay, each flow group followed by itself."""
    forwarding, directions = twin.forwarding, len(state.loss)
    whole = (1.0 - state.loss) * (1.0 - state.errors)
    load, through, late = np.zeros(directions), np.ones(len(sent)), np.zeros(len(sent))
    for flow, path in enumerate(forwarding.paths.tolist()):
        share = float(state.element_up[forwarding.flows.source[flow]])
        for way in path:
            if way == directions:
                break
            load[way] += sent[flow] * share
            share *= whole[way]
            through[flow] *= whole[way]
            late[flow] += state.delay_ms[way]
    return load, through, late


@pytest.mark.parametrize("which", ["numpy", "numba"])
@settings(max_examples=40, deadline=None)
@given(drawn=ailing())
def test_what_is_followed_is_everyone(
    which: str, drawn: tuple[Network, list[Impairment], float]
) -> None:
    """To the bit, though only flow groups that lose something are multiplied out."""
    if which == "numba" and find_spec("numba") is None:
        pytest.skip("there is nothing to compile with")
    network, rows, scale = drawn
    with kernels(which):
        twin = Twin(network, quiet_world(network, scale=scale), Key.root(1), lambda _: None)
        state = State.of(network, Overlay(network, rows))
        sent = (twin.rates / twin.forwarding.flows.count)[twin.forwarding.flows.service]
        keep = np.append((1.0 - state.loss) * (1.0 - state.errors), 1.0)
        found = (
            _loads(twin.forwarding, state, sent),
            *_followed(twin.forwarding, keep, np.append(state.delay_ms, 0.0)),
        )
    for one, other in zip(found, one_by_one(twin, state, sent), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.skipif(find_spec("numba") is None, reason="there is nothing to compile with")
@settings(max_examples=40, deadline=None)
@given(drawn=ailing())
def test_compiled_performance_is_the_same(drawn: tuple[Network, list[Impairment], float]) -> None:
    """Also where queues drop, and loads and drops have to agree."""
    network, rows, scale = drawn
    twin = Twin(network, quiet_world(network, scale=scale), Key.root(1), lambda _: None)
    state = State.of(network, Overlay(network, rows))
    sent = (twin.rates / twin.forwarding.flows.count)[twin.forwarding.flows.service]
    found = []
    for which in ("numpy", "numba"):
        with kernels(which):
            seen = Performance.of(network, state, twin.configuration, twin.forwarding, twin.rates)
            queues = Lines(network, state, twin.forwarding).settle(sent)
        found.append((seen, queues))
    (one, queued), (other, dropped) = found
    for name in ("loss", "latency_ms", "rate_bps", "reachable"):
        np.testing.assert_array_equal(getattr(one.services, name), getattr(other.services, name))
    for name in ("utilisation", "overload", "discards", "outside", "down"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name in ("load", "lossy", "discards", "keep", "wait_ms", "through", "delay_ms"):
        np.testing.assert_array_equal(getattr(queued, name), getattr(dropped, name))
