"""Warnings name what is weak, and nothing where all is well."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.topology.builder import NetworkBuilder
from adn.topology.checks import check, link_loads, single_points
from adn.topology.elements import Duct, Link, NetworkElement, Service, Site, Sla
from adn.topology.network import Network

SLA = Sla(100.0, 0.01)


def network_of(*links: str, services: tuple[Service, ...] = (), **ducts: str) -> Network:
    """Return a network of links like ``A~B``; each keyword is a duct and the links in it."""
    builder = NetworkBuilder("drawn")
    for name in sorted({end for link in links for end in link.partition("#")[0].split("~")}):
        builder.add_element(name)
    for duct in ducts:
        builder.add_duct(Duct(duct, 1.0))
    for link in links:
        a, z = link.partition("#")[0].split("~")
        held = tuple(duct for duct, riders in ducts.items() if link in riders.split())
        builder.add_link(Link(link, a, z, 1e9, 100.0, 10, held))
    for service in services:
        builder.add_service(service)
    return builder.build()


def warnings_of(network: Network) -> list[str]:
    return [f"{finding.code} {finding.message}" for finding in check(network)]


def test_a_ring_gives_no_warning() -> None:
    assert warnings_of(network_of("A~B", "B~C", "C~D", "A~D")) == []


def test_islands_are_named() -> None:
    network = network_of("A~B", "B~C", "A~C", "X~Y", "X~Y#2")
    assert warnings_of(network) == [
        "TOP101 the network is in 2 parts; outside the largest: X, Y",
    ]


def test_single_points_of_failure_are_named() -> None:
    """Two triangles joined by one link; a parallel link takes the bridge away, not the elements."""
    triangles = ("A~B", "B~C", "A~C", "D~E", "E~F", "D~F")
    assert warnings_of(network_of(*triangles, "C~D")) == [
        "TOP102 the network is parted by the failure of one element: C, D",
        "TOP103 the network is parted by the failure of one link: C~D",
    ]
    points = single_points(network_of(*triangles, "C~D", "C~D#2"))
    assert (points.elements, points.links) == (("C", "D"), ())


def test_a_shared_duct_whose_cut_parts_the_network_is_named() -> None:
    ring = ("A~B", "B~C", "C~D", "A~D")
    assert single_points(network_of(*ring, one="A~B A~D")).ducts == ("one",)
    assert single_points(network_of(*ring, one="A~B")).ducts == ()
    diagonal = network_of(*ring, "A~C", one="A~B A~C")
    assert single_points(diagonal).ducts == ()


def test_links_between_elements_of_one_place_are_named() -> None:
    network = (
        NetworkBuilder("place")
        .add_site(Site("s", 48.2, 16.4))
        .add_site(Site("t", 48.2, 16.4))
        .add_element(NetworkElement("A", site="s"))
        .add_element(NetworkElement("B", site="t"))
        .add_link(Link("A~B", "A", "B", 1e9, 1.0))
        .build()
    )
    assert warnings_of(network)[-1] == (
        "TOP105 1 link joins elements at the same coordinates, so length is a guess: A~B"
    )


def test_a_service_without_a_path_is_named() -> None:
    lost = Service("lost", "voice", "A", "X", 1e6, SLA)
    network = network_of("A~B", "B~C", "A~C", "X~Y", services=(lost,))
    assert "TOP106 1 service has no path at all: lost" in warnings_of(network)


def test_an_over_subscribed_link_is_named_with_its_load() -> None:
    heavy = Service("heavy", "bulk", "A", "B", 1.5e9, SLA)
    network = network_of("A~B", "B~C", "A~C", services=(heavy,))
    assert warnings_of(network) == [
        "TOP107 1 link is over-subscribed at contracted peak: A~B (150%)"
    ]
    assert link_loads(network).tolist() == [1.5e9, 0.0, 0.0]


def test_a_latency_limit_below_the_speed_of_light_is_named() -> None:
    """From A to C light takes 0.49 ms over the one link of 100 km."""
    fast = Service("fast", "control", "A", "C", 1e6, Sla(0.4, 0.01))
    slow = replace(fast, id="slow", sla=Sla(0.5, 0.01))
    network = network_of("A~B", "B~C", "A~C", services=(fast, slow))
    told = (
        "TOP108 1 service has a latency limit that its healthy path cannot keep: "
        "fast (0.4 ms, light takes 0.5 ms)"
    )
    assert warnings_of(network) == [told]


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from([f"{a}~{z}" for a in "ABCDEF" for z in "ABCDEF" if a < z]),
        min_size=1,
        unique=True,
    )
)
def test_single_points_are_what_taking_them_away_shows(links: list[str]) -> None:
    graph = nx.Graph(link.split("~") for link in links)
    whole = nx.number_connected_components(graph)
    parting = []
    for link in links:
        less = nx.restricted_view(graph, [], [tuple(link.split("~"))])
        if nx.number_connected_components(less) > whole:
            parting.append(link)
    assert list(single_points(network_of(*links)).links) == sorted(parting)


@pytest.mark.parametrize("count", [1, 6])
def test_long_lists_are_cut_after_five(count: int) -> None:
    network = network_of(*(f"Hub~N{i}" for i in range(count)))
    text = warnings_of(network)[-1]
    assert ("and 1 more" in text) == (count == 6)
