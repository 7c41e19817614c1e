"""Shortest paths, even splitting and hashing, against independent reckonings."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from adn.base.streams import Key
from adn.physics.routing import (
    Fabric,
    direction_costs,
    distances,
    even_split,
)
from adn.physics.traffic import offered_load
from adn.testing.trial import square
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Link, NetworkElement, Service, Sla
from adn.topology.network import Network
from adn.topology.weighting import weighted
from adn.twin.forwarding import Forwarding


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Network, np.ndarray]:
    """Draw a small multigraph of few different costs (so many ties), some links down."""
    n = draw(st.integers(2, 6))
    builder = NetworkBuilder("drawn")
    for i in range(n):
        builder.add_element(f"n{i}")
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=9))
    seen: dict[tuple[int, int], int] = defaultdict(int)
    for i, j in chosen:
        seen[i, j] += 1
        mark = f"#{seen[i, j]}" if seen[i, j] > 1 else ""
        cost = draw(st.integers(1, 3))
        builder.add_link(Link(f"n{i}~n{j}{mark}", f"n{i}", f"n{j}", 1e9, 10.0, cost))
    for i in range(n):
        for j in range(n):
            if i != j:
                builder.add_service(Service(f"s{i}{j}", "d", f"n{i}", f"n{j}", 1e6, Sla(9.0, 0.1)))
    network = builder.build()
    links = len(network.links)
    up = np.array(draw(st.lists(st.booleans(), min_size=links, max_size=links)))
    return network, np.repeat(up, 2)


def reference(network: Network, up: np.ndarray) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(network.elements)))
    cost = direction_costs(network)
    for d in np.flatnonzero(up).tolist():
        graph.add_edge(int(network.tail[d]), int(network.head[d]), key=d, weight=int(cost[d]))
    return graph


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_distances_are_those_of_networkx(drawn: tuple[Network, np.ndarray]) -> None:
    network, up = drawn
    found = distances(Fabric.of(network), direction_costs(network), up)
    expected = np.full_like(found, np.inf)
    for source, row in nx.all_pairs_dijkstra_path_length(reference(network, up)):
        for target, length in row.items():
            expected[source, target] = length
    assert (found == expected).all()


def brute(network: Network, up: np.ndarray, source: int, target: int) -> np.ndarray:
    """Return the even split by walking every shortest path, one hop at a time."""
    cost = direction_costs(network)
    graph = reference(network, up)
    share = np.zeros(len(network.directions))
    to_go = dict(nx.single_source_dijkstra_path_length(graph.reverse(), target))
    if source not in to_go:
        return share

    def walk(node: int, part: float) -> None:
        if node == target:
            return
        ways = [
            key
            for _, head, key in graph.out_edges(node, keys=True)
            if head in to_go and to_go[head] + cost[key] == to_go[node]
        ]
        for d in ways:
            share[d] += part / len(ways)
            walk(int(network.head[d]), part / len(ways))

    walk(source, 1.0)
    return share


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_an_even_split_is_what_walking_every_shortest_path_gives(
    drawn: tuple[Network, np.ndarray],
) -> None:
    network, up = drawn
    fabric, cost = Fabric.of(network), direction_costs(network)
    shares = even_split(fabric, cost, up, network.service_a, network.service_z).toarray()
    for row in range(len(network.services)):
        a, z = int(network.service_a[row]), int(network.service_z[row])
        assert shares[row] == pytest.approx(brute(network, up, a, z), abs=1e-12)


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_an_even_split_conserves_every_flow(drawn: tuple[Network, np.ndarray]) -> None:
    """At every element as much leaves as enters; ends give and take exactly one flow."""
    network, up = drawn
    fabric, cost = Fabric.of(network), direction_costs(network)
    distance = distances(fabric, cost, up)
    shares = even_split(fabric, cost, up, network.service_a, network.service_z).toarray()
    n = len(network.elements)
    leaving = np.zeros((len(shares), n))
    entering = np.zeros((len(shares), n))
    np.add.at(leaving.T, network.tail, shares.T)
    np.add.at(entering.T, network.head, shares.T)
    surplus = leaving - entering
    for row in range(len(shares)):
        a, z = network.service_a[row], network.service_z[row]
        expected = np.zeros(n)
        if np.isfinite(distance[a, z]):
            expected[a], expected[z] = 1.0, -1.0
        assert surplus[row] == pytest.approx(expected, abs=1e-12)
    assert (shares[:, ~up] == 0.0).all()
    load = offered_load(
        even_split(fabric, cost, up, network.service_a, network.service_z),
        network.demand_bps,
    )
    assert load == pytest.approx(shares.T @ network.demand_bps)


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_every_flow_group_stays_on_shortest_paths(drawn: tuple[Network, np.ndarray]) -> None:
    network, up = drawn
    fabric, cost = Fabric.of(network), direction_costs(network)
    distance = distances(fabric, cost, up)
    forwarding = Forwarding(network, fabric, Key.root(3).word("ecmp"))
    forwarding.settle(up, cost)
    forwarding.refresh()
    flows = forwarding.flows
    for row, path in enumerate(forwarding.paths):
        a, z = flows.source[row], flows.target[row]
        used = path[path < fabric.directions]
        assert forwarding.arrives[row] == np.isfinite(distance[a, z])
        if forwarding.arrives[row]:
            assert cost[used].sum() == distance[a, z]
            assert up[used].all()
            assert fabric.tail[used].tolist() == [a, *fabric.head[used][:-1].tolist()]


def test_a_direction_is_on_a_shortest_path_only_where_it_brings_one_nearer() -> None:
    network = square()
    fabric, cost = Fabric.of(network), direction_costs(network)
    up = np.ones(fabric.directions, dtype=bool)
    a, b, d = network.elements.rows(["a", "b", "d"]).tolist()
    shares = even_split(fabric, cost, up, np.array([a, b]), np.array([d, d])).toarray()
    leaving = [shares[row][fabric.tail == node] for row, node in enumerate((a, b))]
    assert [sorted(part[part > 0].tolist()) for part in leaving] == [[0.5, 0.5], [1.0]]


def test_flow_groups_spread_about_evenly_over_equal_paths() -> None:
    """Over 200 keys the counts of two equal next hops pass a chi-square bound of 1 in 10,000."""
    network = square(groups=64)
    fabric, cost = Fabric.of(network), direction_costs(network)
    up = np.ones(fabric.directions, dtype=bool)
    first = network.directions.row("a>b")
    statistic, trials = 0.0, 200
    for seed in range(trials):
        forwarding = Forwarding(network, fabric, Key.root(seed).word("ecmp"))
        forwarding.settle(up, cost)
        forwarding.refresh()
        own = forwarding.flows.service == network.services.row("s:a>d")
        taken = int((forwarding.paths[own, 0] == first).sum())
        assert 8 < taken < 56
        statistic += (taken - 32.0) ** 2 / 16.0
    low, high = chi2.ppf([5e-5, 1 - 5e-5], trials)
    assert low < statistic < high


def test_the_hash_polarises_no_further_hop() -> None:
    """What one element's hash chose says nothing about what the next element's chooses."""
    builder = NetworkBuilder("two-tiers")
    for name in ("a", "b", "c", "d", "e", "f"):
        builder.add_element(name)
    for a, z in ("ab", "ac", "bd", "be", "cd", "ce", "df", "ef"):
        builder.add_link(Link(f"{a}~{z}", a, z, 1e9, 10.0))
    for number in range(40):
        service = Service(f"s{number}", "d", "a", "f", 1e6, Sla(9.0, 0.1), flow_groups=64)
        builder.add_service(service)
    network = builder.build()
    fabric, cost = Fabric.of(network), direction_costs(network)
    forwarding = Forwarding(network, fabric, Key.root(5).word("ecmp"))
    forwarding.settle(np.ones(fabric.directions, dtype=bool), cost)
    forwarding.refresh()
    counts = np.unique(forwarding.paths[:, :2], axis=0, return_counts=True)[1]
    assert len(counts) == 4
    expected = len(forwarding.paths) / 4
    assert ((counts - expected) ** 2 / expected).sum() < chi2.ppf(1 - 1e-4, 3)


def test_a_flow_group_keeps_its_way_when_another_path_of_another_flow_changes() -> None:
    network = square()
    fabric, cost = Fabric.of(network), direction_costs(network)
    forwarding = Forwarding(network, fabric, Key.root(9).word("ecmp"))
    up = np.ones(fabric.directions, dtype=bool)
    forwarding.settle(up, cost)
    forwarding.refresh()
    before = forwarding.paths.copy()
    own = forwarding.flows.service == network.services.row("s:a>d")
    cut = up.copy()
    cut[[2 * network.links.row("a~b"), 2 * network.links.row("a~b") + 1]] = False
    forwarding.settle(cut, cost)
    forwarding.refresh()
    kept = own & (before[:, 0] == network.directions.row("a>c"))
    assert kept.any()
    assert (forwarding.paths[kept, :2] == before[kept, :2]).all()
    forwarding.settle(up, cost)
    forwarding.refresh()
    assert (forwarding.paths[:, : before.shape[1]] == before).all()


@pytest.mark.parametrize("rates", [(10, 30), (10, 20), (100, 100)])
def test_weighted_next_hops_take_traffic_in_proportion_to_their_rates(
    rates: tuple[int, int],
) -> None:
    """In expectation exactly, and by the hash over many flow groups within chance."""
    builder = NetworkBuilder("weighted")
    for name in "abcd":
        builder.add_element(NetworkElement(name))
    for a, z, rate in [("a", "b", rates[0]), ("a", "c", rates[1]), ("b", "d", 30), ("c", "d", 30)]:
        builder.add_link(Link(f"{a}~{z}", a, z, rate * 1e9, 10.0, 10))
    for number in range(200):
        sla = Sla(50.0, 0.01)
        builder.add_service(Service(f"s{number}", "data", "a", "d", 1e6, sla, flow_groups=64))
    network = weighted(builder.build())
    fabric, cost = Fabric.of(network), direction_costs(network)
    up = np.ones(fabric.directions, dtype=bool)
    row = network.directions.row("a>c")
    expected = rates[1] / sum(rates)
    shares = even_split(fabric, cost, up, network.service_a, network.service_z)
    assert shares.toarray()[:, row] == pytest.approx(expected)
    forwarding = Forwarding(network, fabric, Key.root(3).word("ecmp"))
    forwarding.settle(up, cost)
    forwarding.refresh()
    flows = len(forwarding.arrives)
    taken = float((forwarding.hops == row).sum()) / flows
    assert abs(taken - expected) < 4.5 * np.sqrt(expected * (1 - expected) / flows)
