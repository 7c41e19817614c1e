"""Ways of flow groups kept up to date by parts are those traced whole, and so are compiled ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from drawn import sound_ring
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.physics.routing import Fabric
from adn.testing.networks import clos
from adn.testing.trial import square
from adn.topology.network import Network
from adn.twin.forwarding import Forwarding
from adn.twin.impairments import Overlay
from adn.twin.state import State

Step = Callable[[Forwarding], object]
networks = st.one_of(
    st.builds(sound_ring, st.integers(3, 8), st.just(value=True)),
    st.builds(clos),
    st.builds(lambda groups: square(groups=groups), st.integers(1, 16)),
)


@contextmanager
def kernels(which: str) -> Iterator[None]:
    """Let bulk arithmetic be done by `which`."""
    before = os.environ.get("ADN_KERNELS")
    os.environ["ADN_KERNELS"] = which
    try:
        yield
    finally:
        del os.environ["ADN_KERNELS"]
        if before is not None:
            os.environ["ADN_KERNELS"] = before


@st.composite
def view(draw: st.DrawFn, network: Network) -> dict[int, int]:
    """Draw what somebody believes other than what is recorded."""
    ways = st.integers(0, len(network.directions) - 1)
    return draw(st.dictionaries(ways, st.sampled_from((0, 0, 1, 1000, 1001)), max_size=4))


@st.composite
def step(draw: st.DrawFn, network: Network) -> Step:
    """Draw something that moves paths."""
    directions, n = len(network.directions), len(network.elements)
    what = draw(st.sampled_from(("install", "settle", "protect", "restore", "suffer", "steer")))
    way = draw(st.integers(0, directions - 1))
    if what == "install":
        node, changes = draw(st.integers(0, n - 1)), draw(view(network))
        return lambda plane: plane.install(node, changes)
    if what == "settle":
        changes = draw(view(network))
        up, cost = np.ones(directions, dtype=bool), np.repeat(network.cost, 2)
        for row, told in changes.items():
            up[row], cost[row] = told > 0, told or cost[row]
        running = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
        return lambda plane: plane.settle(up, cost, running)
    if what in ("protect", "restore"):
        return lambda plane: plane.protect(way, what == "protect")
    if what == "steer":
        service = draw(st.integers(0, len(network.services) - 1))
        return lambda plane: plane.set_routes({service: (way,)})
    counts = np.array(draw(st.lists(st.sampled_from((0, 0, 0, 1, 2)), min_size=n, max_size=n)))
    unused = np.array(draw(st.lists(st.booleans(), min_size=directions, max_size=directions)))
    state = replace(State.of(network, Overlay(network)), missing=counts, unused=unused)
    return lambda plane: plane.suffer(state)


@st.composite
def happenings(draw: st.DrawFn) -> tuple[Network, list[list[Step]]]:
    """Draw a network and what happens to it between looks at its paths."""
    network = draw(networks)
    few = st.lists(step(network), min_size=1, max_size=3)
    return network, draw(st.lists(few, min_size=1, max_size=6))


def ways(plane: Forwarding) -> tuple[list[int], list[int], list[int]]:
    """Return what a plane says of paths, padding apart."""
    return plane.hops.tolist(), plane.length.tolist(), plane.arrives.tolist()


def whole(plane: Forwarding) -> tuple[list[int], list[int], list[int]]:
    """Return the same with everything traced again."""
    fresh = plane.fork()
    fresh._dirty[:] = True
    fresh.refresh()
    return ways(fresh)


@pytest.mark.parametrize("which", ["numpy", "numba"])
@settings(max_examples=60, deadline=None)
@given(drawn=happenings())
def test_what_turned_is_all_that_moves(which: str, drawn: tuple[Network, list[list[Step]]]) -> None:
    """After any news, in any order, at any elements; with repairs, gaps in tables, and steering."""
    if which == "numba" and find_spec("numba") is None:
        pytest.skip("there is nothing to compile with")
    network, rounds = drawn
    with kernels(which):
        plane = Forwarding(network, Fabric.of(network), 7)
        plane.refresh()
        for steps in rounds:
            for happen in steps:
                happen(plane)
            before = ways(plane)
            assert plane.refresh() == (ways(plane) != before)
            assert ways(plane) == whole(plane)


@pytest.mark.skipif(find_spec("numba") is None, reason="there is nothing to compile with")
@settings(max_examples=60, deadline=None)
@given(drawn=happenings())
def test_compiled_ways_are_the_same(drawn: tuple[Network, list[list[Step]]]) -> None:
    network, rounds = drawn
    found = []
    for which in ("numpy", "numba"):
        with kernels(which):
            plane = Forwarding(network, Fabric.of(network), 7)
            seen = []
            for steps in rounds:
                for happen in steps:
                    happen(plane)
                plane.refresh()
                seen.append((ways(plane), plane._stuck.tolist(), plane._bent.tolist()))
            found.append(seen)
    assert found[0] == found[1]
