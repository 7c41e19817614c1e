"""What forwards nothing for others is never a stop on the way, whatever is down."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.physics.engineering import Lines, Traffic, relieve
from adn.physics.routing import Fabric, direction_costs, distances, even_split
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Link, NetworkElement, Service, Sla
from adn.topology.filling import build_network, fixed_stream
from adn.topology.loading import healthy_load
from adn.topology.network import Bools, Network
from adn.topology.specs import Ends, FabricSite, FabricSpec, PairedServiceSpec, TopologySpec
from adn.twin.forwarding import Forwarding


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, Bools]:
    """Draw a small multigraph, some of its elements non-transit and some of its links down."""
    n = draw(st.integers(2, 7))
    builder = NetworkBuilder("drawn")
    for i in range(n):
        builder.add_element(NetworkElement(f"n{i}", transit=draw(st.booleans())))
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    seen: dict[tuple[int, int], int] = defaultdict(int)
    for i, j in draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=12)):
        seen[i, j] += 1
        mark = f"#{seen[i, j]}" if seen[i, j] > 1 else ""
        cost = draw(st.integers(1, 2))
        builder.add_link(Link(f"n{i}~n{j}{mark}", f"n{i}", f"n{j}", 1e9, 10.0, cost))
    for i in range(n):
        for j in range(n):
            if i != j:
                builder.add_service(
                    Service(f"s{i}{j}", "d", f"n{i}", f"n{j}", 4e8, Sla(9.0, 0.1), flow_groups=8)
                )
    network = builder.build()
    links = len(network.links)
    up = draw(st.lists(st.sampled_from([True, True, False]), min_size=links, max_size=links))
    return network, np.repeat(np.array(up), 2)


@st.composite
def fabrics(draw: st.DrawFn) -> tuple[Network, Bools]:
    """Draw a small fabric with some of its links down."""
    fabric = FabricSpec(
        sites=tuple(FabricSite(name) for name in ("north", "south")[: draw(st.integers(1, 2))]),
        roles=(("app", 2), ("web", 1)),
        edges=("branches",),
        spines=draw(st.integers(1, 2)),
        leaves=draw(st.sampled_from([2, 4])),
        borders=draw(st.integers(1, 2)),
        inter_site_links=draw(st.integers(1, 3)),
    )
    sla = Sla(5.0, 0.01)
    paired = (
        PairedServiceSpec("in", Ends(element="branches"), Ends("web"), 2e9, sla),
        PairedServiceSpec("calls", Ends("web"), Ends("app"), 9e9, sla),
    )
    network = build_network(
        TopologySpec("leaf-spine", metric="hops", paired=paired, fabric=fabric), fixed_stream()
    )
    up = np.ones(len(network.links), dtype=bool)
    up[draw(st.lists(st.integers(0, up.size - 1), max_size=up.size // 2))] = False
    return network, np.repeat(up, 2)


def expected_distance(network: Network, up: Bools, source: int, target: int) -> float:
    """Return the least cost on the graph without the other elements that forward nothing."""
    graph = nx.MultiDiGraph()
    kept = set(np.flatnonzero(network.transit).tolist()) | {source, target}
    graph.add_nodes_from(kept)
    cost = direction_costs(network)
    for way in np.flatnonzero(up).tolist():
        tail, head = int(network.tail[way]), int(network.head[way])
        if {tail, head} <= kept and (head != source and tail != target):
            graph.add_edge(tail, head, weight=int(cost[way]))
    try:
        return float(nx.dijkstra_path_length(graph, source, target))
    except nx.NetworkXNoPath:
        return np.inf


@settings(max_examples=120, deadline=None)
@given(networks())
def test_distances_are_those_of_the_graph_without_non_transit_elements(
    drawn: tuple[Network, Bools],
) -> None:
    network, up = drawn
    found = distances(Fabric.of(network), direction_costs(network), up)
    n = len(network.elements)
    expected = [[expected_distance(network, up, a, z) for z in range(n)] for a in range(n)]
    assert found.tolist() == expected


def crossed(network: Network, service: int, ways: list[int]) -> set[int]:
    """Return the non-transit elements that ways lead through, both ends of the service apart."""
    ends = {int(network.service_a[service]), int(network.service_z[service])}
    met = {int(end[way]) for way in ways for end in (network.tail, network.head)}
    return {row for row in met - ends if not network.transit[row]}


@settings(max_examples=80, deadline=None)
@given(st.one_of(networks(), fabrics()))
def test_no_service_crosses_an_element_that_forwards_nothing(drawn: tuple[Network, Bools]) -> None:
    """Expected shares, hashed flow groups and explicit paths alike, and each goes all the way."""
    network, up = drawn
    fabric, cost = Fabric.of(network), direction_costs(network)
    distance = distances(fabric, cost, up)
    shares = even_split(fabric, cost, up, network.service_a, network.service_z)
    plane = Forwarding(network, fabric, 3)
    plane.settle(up, cost)
    plane.refresh()
    lines = Lines(up, np.repeat(network.capacity_bps, 2), np.full(len(up), 0.1))
    movable = np.ones(len(network.services), dtype=bool)
    traffic = Traffic(
        network.service_a, network.service_z, network.demand_bps, network.latency_limit_ms, movable
    )
    routes = relieve(fabric, lines, traffic, shares, target=0.5)
    reaches = np.isfinite(distance[network.service_a, network.service_z])
    for service in range(len(network.services)):
        used = shares[[service], :].nonzero()[1].tolist()
        assert not crossed(network, service, used)
        assert bool(used) == reaches[service]
        assert not crossed(network, service, list(routes.get(service, ())))
        for flow in np.flatnonzero(plane.flows.service == service).tolist():
            path = [way for way in plane.paths[flow].tolist() if way < len(up)]
            assert plane.arrives[flow] == reaches[service]
            assert not crossed(network, service, path)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_the_sizing_rule_loads_links_as_the_even_split_does(drawn: tuple[Network, Bools]) -> None:
    network, _ = drawn
    fabric, cost = Fabric.of(network), direction_costs(network)
    up = np.ones(len(cost), dtype=bool)
    shares = even_split(fabric, cost, up, network.service_a, network.service_z)
    demand = np.zeros((fabric.n, fabric.n))
    demand[network.service_a, network.service_z] = network.demand_bps
    forward, backward = healthy_load(
        network.link_a, network.link_z, network.cost, demand, network.transit
    )
    np.testing.assert_allclose(
        np.column_stack([forward, backward]).ravel(), shares.T @ network.demand_bps, atol=1.0
    )


def rack(*services: Service) -> Network:
    """Return two leaves that share a spine and a group of servers."""
    builder = NetworkBuilder("rack")
    for name in ("leaf-1", "leaf-2", "spine"):
        builder.add_element(name)
    builder.add_element(NetworkElement("app", "servers", transit=False))
    for a, z in (("app", "leaf-1"), ("app", "leaf-2"), ("leaf-1", "spine"), ("leaf-2", "spine")):
        builder.add_link(Link(f"{a}~{z}", a, z, 1e9, 0.1))
    for service in services:
        builder.add_service(service)
    return builder.build()


def test_two_leaves_do_not_talk_through_the_servers_they_share() -> None:
    """The one detour of the same length is a group of servers, which is no detour."""
    network = rack(Service("s", "d", "leaf-1", "leaf-2", 1e6, Sla(9.0, 0.1)))
    fabric, cost = Fabric.of(network), direction_costs(network)
    up = np.ones(len(cost), dtype=bool)
    shares = even_split(fabric, cost, up, network.service_a, network.service_z)
    used = [network.directions[way] for way in shares.nonzero()[1].tolist()]
    assert sorted(used) == ["leaf-1>spine", "spine>leaf-2"]
    up[network.directions.rows(["leaf-1>spine", "spine>leaf-1"])] = False
    assert np.isinf(distances(fabric, cost, up)[1, 2])


def test_relief_does_not_steer_through_servers() -> None:
    """Two services overload the one way there is; the servers have room and are left alone."""
    both = [Service(f"s{i}", "d", "leaf-1", "leaf-2", 7e8, Sla(9.0, 0.1)) for i in (1, 2)]
    network = rack(*both)
    fabric, cost = Fabric.of(network), direction_costs(network)
    up = np.ones(len(cost), dtype=bool)
    shares = even_split(fabric, cost, up, network.service_a, network.service_z)
    lines = Lines(up, np.repeat(network.capacity_bps, 2), np.full(len(up), 0.1))
    traffic = Traffic(
        network.service_a, network.service_z, network.demand_bps, network.latency_limit_ms,
        np.ones(2, dtype=bool),
    )  # fmt: skip
    assert relieve(fabric, lines, traffic, shares) == {}
