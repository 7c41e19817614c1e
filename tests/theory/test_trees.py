"""Trees kept up to date by parts are those worked out anew, and views share what is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.streams import Key
from adn.physics.routing import Fabric, direction_costs, distances, least, prices, towards
from adn.physics.trees import Trees
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Link, NetworkElement, Service, Sla
from adn.topology.network import Network
from adn.twin.forwarding import Forwarding
from adn.twin.views import Views, changes_between

Change = tuple[int, int, bool]


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw a multigraph with many ties, some elements of which forward nothing for others."""
    n = draw(st.integers(2, 8))
    builder = NetworkBuilder("drawn")
    for i in range(n):
        builder.add_element(NetworkElement(f"n{i}", "router", transit=draw(st.integers(0, 3)) > 0))
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=14))
    for number, (i, j) in enumerate(chosen):
        cost = draw(st.integers(1, 4))
        builder.add_link(Link(f"n{i}~n{j}#{number}", f"n{i}", f"n{j}", 1e9, 10.0, cost))
    for i in range(n):
        for j in range(n):
            if i != j and draw(st.booleans()):
                builder.add_service(Service(f"s{i}{j}", "d", f"n{i}", f"n{j}", 1e6, Sla(9.0, 0.1)))
    return builder.build()


@st.composite
def histories(draw: st.DrawFn) -> tuple[Network, list[list[Change]]]:
    """Draw a network and steps, each of which changes some directions: (direction, cost, up)."""
    network = draw(networks())
    directions = st.integers(0, len(network.directions) - 1)
    change = st.tuples(directions, st.integers(1, 5), st.booleans())
    return network, draw(st.lists(st.lists(change, max_size=5), min_size=1, max_size=6))


def states(network: Network, steps: list[list[Change]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return usable directions and costs after each step."""
    up, cost = np.ones(len(network.directions), dtype=bool), direction_costs(network).copy()
    seen = []
    for step in steps:
        for direction, price, usable in step:
            up[direction], cost[direction] = usable, price
        seen.append((up.copy(), cost.copy()))
    return seen


@settings(max_examples=200, deadline=None)
@given(histories())
def test_trees_after_any_changes_are_those_worked_out_from_nothing(
    drawn: tuple[Network, list[list[Change]]],
) -> None:
    """Cuts, repairs, dearer and cheaper links at once; and every change of a distance is told."""
    network, steps = drawn
    fabric, targets = Fabric.of(network), np.arange(len(network.elements))
    before = np.append(direction_costs(network).astype(np.float64), np.inf)
    trees = Trees(fabric, targets)
    rows = trees.grown(before)
    for up, cost in states(network, steps):
        after = np.append(prices(cost, up), np.inf)
        held = trees.pool[rows].copy()
        old = rows
        rows, tree, node = trees.repriced(rows, before, after)
        anew = towards(fabric, after[:-1], targets)
        assert np.array_equal(trees.pool[rows], anew)
        assert np.array_equal(trees.pool[old], held)
        told = np.zeros(held.shape, dtype=bool)
        told[tree, node] = True
        assert np.array_equal(told, held != anew)
        before = after


@settings(max_examples=100, deadline=None)
@given(histories())
def test_distances_to_a_target_are_those_between_all(
    drawn: tuple[Network, list[list[Change]]],
) -> None:
    network, steps = drawn
    fabric = Fabric.of(network)
    for up, cost in states(network, steps):
        whole, price = distances(fabric, cost, up), prices(cost, up)
        some = np.arange(0, fabric.n, 2)
        assert np.array_equal(least(fabric, price, towards(fabric, price, some), some).T,
                              whole[:, some])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(histories(), st.data())
def test_tables_installed_one_by_one_lead_as_if_all_had_been_traced_anew(
    drawn: tuple[Network, list[list[Change]]], data: st.DataObject
) -> None:
    """Whatever views elements hold, paths that were retraced where needed are the right ones."""
    network, steps = drawn
    fabric, record, key = Fabric.of(network), direction_costs(network), Key.root(5).word("ecmp")
    plane = Forwarding(network, fabric, key)
    plane.refresh()
    for up, cost in states(network, steps):
        changes = changes_between(record, up, cost)
        for node in data.draw(st.lists(st.integers(0, fabric.n - 1), max_size=4)):
            plane.install(node, changes)
            if data.draw(st.booleans()):
                plane.refresh()
        if data.draw(st.integers(0, 4)) == 0:
            plane.settle(up, cost)
        plane.refresh()
        anew = Forwarding(network, fabric, key)
        for node in range(fabric.n):
            anew.install(node, dict(plane.views[int(plane.node_view[node])].name))
        anew.refresh()
        assert np.array_equal(plane.arrives, anew.arrives)
        assert np.array_equal(plane.hops, anew.hops)
        assert np.array_equal(plane.first, anew.first)


def line(n: int) -> Network:
    builder = NetworkBuilder("line")
    for i in range(n):
        builder.add_element(f"n{i}")
    for i in range(n - 1):
        builder.add_link(Link(f"n{i}~n{i + 1}", f"n{i}", f"n{i + 1}", 1e9, 10.0, 1))
    builder.add_service(Service("s", "d", "n0", f"n{n - 1}", 1e6, Sla(9.0, 0.1)))
    return builder.build()


def test_a_client_that_can_be_reached_no_more_has_no_distance_and_one_that_returns_has() -> None:
    network = line(5)
    plane = Forwarding(network, Fabric.of(network), 1)
    plane.refresh()
    assert plane.arrives.all()
    gone = {2: 0, 3: 0}
    for node in range(5):
        plane.install(node, gone)
    plane.refresh()
    assert not plane.arrives.any()
    assert plane.length.tolist() == [1] * 16
    assert not np.isfinite(plane.views.trees.pool[plane.views[1].rows]).all()
    for node in range(5):
        plane.install(node, {})
    assert plane.refresh()
    assert plane.arrives.all()


def test_equal_beliefs_are_one_view_however_they_came_about() -> None:
    network = line(4)
    fabric, record = Fabric.of(network), direction_costs(network)
    views = Views(fabric, record, np.array([3]))
    first = views.number({})
    other = views.number({1: 0, 0: 0})
    assert views.number({0: 0, 1: 0, 4: int(record[4])}) == other != first
    assert views.number({2: int(record[2])}) == first


@pytest.mark.parametrize("changes", [400])
def test_forgotten_views_leave_no_rows_behind(changes: int) -> None:
    """The pool stays a few times as large as what is held, however often things change."""
    network = line(6)
    plane = Forwarding(network, Fabric.of(network), 1)
    for number in range(changes):
        plane.install(number % 6, {number % 10: 2 + number})
        plane.refresh()
    assert len(plane.views.trees.pool) < 60
    anew = Forwarding(network, Fabric.of(network), 1)
    for node in range(6):
        anew.install(node, dict(plane.views[int(plane.node_view[node])].name))
    anew.refresh()
    assert np.array_equal(plane.hops, anew.hops)
