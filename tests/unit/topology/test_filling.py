"""What a source lacks is filled by stated rules, the same for equal streams, blind to names."""

from __future__ import annotations

from dataclasses import replace
from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.base.streams import Key
from adn.topology.checks import link_loads
from adn.topology.elements import Sla
from adn.topology.filling import build_network, management_element, network_from_raw
from adn.topology.network import Network
from adn.topology.sources import RawEdge, RawNode, RawTopology, topohub_names
from adn.topology.specs import DEFAULT_SERVICES, ServiceSpec, TopologySpec

ABILENE = TopologySpec("topohub:topozoo/Abilene", services=DEFAULT_SERVICES)
ONE_KIND = (ServiceSpec("data", 1.0, Sla(100.0, 0.01)),)


def built(spec: TopologySpec, seed: int = 1) -> Network:
    return build_network(spec, Key.root(seed).stream("topology"))


def filled(raw: RawTopology, **settings: object) -> Network:
    spec = replace(TopologySpec("drawn", services=ONE_KIND), **settings)
    return network_from_raw(raw, spec, Key.root(1).stream("topology"))


def rules(network: Network) -> dict[str, tuple[int, str]]:
    return {row.what: (row.count, row.rule) for row in network.rows.assumptions}


# The awkward ones first: nodes of one place, repeated names, islands, one-way and odd demands, no
# names at all, many links; then a spread over every set.
AWKWARD = (
    "topozoo/Aarnet", "topozoo/Aconet", "topozoo/Arpanet19706", "topozoo/Arpanet19719",
    "topozoo/Arpanet19723", "topozoo/Arpanet19728", "topozoo/Bellsouth", "topozoo/Abilene",
    "sndlib/brain", "sndlib/di-yuan", "sndlib/giul39", "sndlib/sun", "sndlib/zib54", "sndlib/pdh",
    "sndlib/germany50", "sndlib/ta2", "caida/2024-08/1221", "caida/2024-08/12874",
    "caida/2024-08/17557", "caida/2024-08/20115", "caida/2024-08/2018", "backbone/africa_nosc",
    "gabriel/5/0", "gabriel/100/1",
)  # fmt: skip
SPREAD = tuple(
    name for name in topohub_names()[::17] if not name.startswith(("backbone/", "gabriel/"))
)


@pytest.mark.parametrize("name", sorted({*AWKWARD, *SPREAD}))
def test_real_networks_build_with_every_rule_at_work(name: str) -> None:
    """Each builds, keeps its load within the headroom, and its ducts add up to its links."""
    network = built(
        TopologySpec(f"topohub:{name}", services=DEFAULT_SERVICES, shared_duct_angle=20.0)
    )
    assert (link_loads(network) <= 0.5 * network.capacity_bps * (1 + 1e-9)).all()
    length = {duct.id: duct.length_km for duct in network.rows.ducts}
    for link in network.rows.links:
        assert fsum(length[duct] for duct in link.ducts) == pytest.approx(link.length_km)


def test_the_sample_of_real_networks_is_large_enough() -> None:
    assert len({*AWKWARD, *SPREAD}) >= 40


def test_equal_streams_give_equal_networks_and_other_streams_other_directions() -> None:
    assert built(ABILENE).rows == built(ABILENE).rows
    assert built(ABILENE).rows.services != built(ABILENE, seed=2).rows.services
    assert built(ABILENE).rows.links[0].id == built(ABILENE, seed=2).rows.links[0].id


def test_abilene_bears_the_names_people_use() -> None:
    network = built(ABILENE)
    assert network.elements.ids[:3] == ("Atlanta", "Chicago", "Denver")
    assert "Denver~Kansas-City" in network.links
    assert network.rows.links[0].ducts == ("duct:Atlanta~Houston",)


def test_lengths_and_metric_follow_the_source() -> None:
    by_length, by_hops = built(ABILENE), built(replace(ABILENE, metric="hops"))
    row = by_length.links.row("Chicago~New-York")
    assert (by_length.length_km[row], by_length.cost[row]) == (1146.16, 1146)
    assert set(by_hops.cost.tolist()) == {10}


def test_every_demand_is_covered_and_the_total_is_as_stated() -> None:
    network = built(replace(ABILENE, total_demand_bps=250e9))
    assert network.demand_bps.sum() == pytest.approx(250e9)
    assert len(network.services) == 3 * 55
    undirected = {(s.kind, *sorted((s.a, s.z))) for s in network.rows.services}
    assert len(undirected) == 3 * 55


def test_demands_told_apart_by_direction_keep_it() -> None:
    """SNDlib's abilene has a demand each way of each pair, so nothing is drawn."""
    spec = TopologySpec("topohub:sndlib/abilene", services=ONE_KIND)
    assert built(spec).rows.services == built(spec, seed=9).rows.services
    assert len(built(spec).services) == 12 * 11


def test_only_the_largest_pairs_get_services_where_so_many_are_wanted() -> None:
    everything = built(replace(ABILENE, services=ONE_KIND))
    few = built(replace(ABILENE, services=(replace(ONE_KIND[0], pairs=7),)))
    assert len(few.services) == 7
    largest = np.sort(everything.demand_bps)[::-1][:7]
    np.testing.assert_allclose(np.sort(few.demand_bps)[::-1], largest)


def test_fewer_pairs_of_one_kind_leave_the_other_kinds_alone() -> None:
    voice, vpn, internet = DEFAULT_SERVICES
    narrow = built(replace(ABILENE, services=(replace(voice, pairs=3), vpn, internet)))
    kept = {service for service in narrow.rows.services if service.kind != "voice"}
    assert kept == {s for s in built(ABILENE).rows.services if s.kind != "voice"}


def test_parallel_links_share_ducts_and_load() -> None:
    network = built(replace(ABILENE, parallel_links=2))
    assert len(network.links) == 28
    assert network.links_in_duct("duct:Denver~Seattle") == ("Denver~Seattle", "Denver~Seattle#2")
    loads = link_loads(network)
    first = network.links.row("Denver~Seattle")
    assert loads[first] == pytest.approx(loads[first + 1])
    assert network.directions.row("Seattle>Denver#2") == 2 * (first + 1) + 1


TWO_ISLANDS = RawTopology(
    "islands",
    (RawNode("Lima", 1.0, 1.0), RawNode("Lima", 0.0, 0.0), RawNode("", 1.0, 1.0), RawNode("Ulm")),
    (RawEdge(0, 1), RawEdge(0, 2), RawEdge(3, 3), RawEdge(0, 1, 9.0, 2.5e9)),
)


def test_what_was_filled_is_counted_with_its_numbers() -> None:
    told = rules(filled(TWO_ISLANDS))
    assert told["names of elements"] == (1, "a name used again gets -2, -3 … from south to north")
    assert told["coordinates"] == (1, "unknown, shown as 0° 0°")
    assert told["links from a node to itself"] == (1, "left out")
    assert told["link lengths of 0 km"] == (1, "1 km between nodes of one place")
    assert told["link lengths"][0] == 2
    assert told["link capacities"][0] == 2
    assert told["link capacities below the load"][0] == 1
    assert told["demands"][0] == 3


def test_repeated_names_and_parallel_links_are_numbered() -> None:
    network = filled(TWO_ISLANDS)
    assert network.elements.ids == ("Lima", "Lima-2", "Ulm", "node")
    assert network.links.ids == ("Lima-2~node", "Lima~Lima-2", "Lima~Lima-2#2")
    # 9 km as the source says; the other by the great circle between 0° 0° and 1° 1°, 157 km.
    assert network.length_km.tolist() == pytest.approx([1.0, 9.0, 235.87], abs=0.01)


def test_a_given_rate_is_kept_while_it_carries_the_load_and_raised_when_not() -> None:
    line = RawTopology("line", (RawNode("A"), RawNode("B")), (RawEdge(0, 1, 5.0, 2.5e9),))
    enough = filled(line, total_demand_bps=1e9)
    short = filled(line, total_demand_bps=2e9)
    assert enough.capacity_bps.tolist() == [2.5e9]
    assert short.capacity_bps.tolist() == [10e9]
    assert rules(short)["link capacities below the load"][0] == 1


def test_operations_attach_where_most_links_meet_unless_named() -> None:
    network = built(ABILENE)
    assert len(network.links_of(management_element(network))) == 3
    assert management_element(network, "Denver") == "Denver"
    with pytest.raises(TopologyError) as refused:
        built(replace(ABILENE, management="Denvre"))
    assert str(refused.value) == (
        "TOP033 management element 'Denvre' does not exist\n   did you mean 'Denver'?\n1 error"
    )


def test_numbers_that_no_network_can_have_are_all_refused_at_once() -> None:
    with pytest.raises(TopologyError) as refused:
        built(replace(ABILENE, headroom=0.0, parallel_links=0, total_demand_bps=-1.0))
    assert str(refused.value) == (
        "TOP032 headroom is 0.0; it must be above 0 and at most 1\n"
        "TOP032 parallel_links is 0; it must be 1 to 64\n"
        "TOP032 total_demand_bps is -1.0; it must be above 0\n"
        "3 errors"
    )


def test_too_many_services_and_too_many_nodes_are_refused() -> None:
    many = RawTopology(
        "many", tuple(RawNode(f"n{i}") for i in range(700)),
        tuple(RawEdge(i, i + 1, 1.0) for i in range(699)),
    )  # fmt: skip
    with pytest.raises(TopologyError, match="TOP035 that makes 244,650 services; at most 200,000"):
        filled(many)
    vast = replace(many, nodes=tuple(RawNode(f"n{i}") for i in range(5001)))
    with pytest.raises(TopologyError, match=r"TOP036 'many' has 5,001 nodes; .* up to 5,000"):
        filled(vast)


@st.composite
def raws(draw: st.DrawFn) -> RawTopology:
    count = draw(st.integers(2, 8))
    degrees = st.floats(-60, 60).map(lambda value: round(value, 3))
    nodes = tuple(RawNode(f"N{i}", draw(degrees), draw(degrees)) for i in range(count))
    row = st.integers(0, count - 1)
    km = st.none() | st.integers(0, 900).map(float)
    edges = st.builds(RawEdge, row, row, km)
    return RawTopology("drawn", nodes, tuple(draw(st.lists(edges, max_size=14))))


@settings(max_examples=60, deadline=None)
@given(raws(), st.floats(0.1, 1.0), st.sampled_from(["length", "hops"]))
def test_healthy_load_respects_the_headroom(raw: RawTopology, headroom: float, metric: str) -> None:
    network = filled(raw, headroom=headroom, metric=metric, shared_duct_angle=30.0)
    assert (link_loads(network) <= headroom * network.capacity_bps * (1 + 1e-9)).all()


def shape(network: Network, rename: dict[str, str]) -> tuple[list[object], list[object]]:
    """Return links and services under other names, in a form that no naming can order."""
    length = {duct.id: duct.length_km for duct in network.rows.ducts}
    links = [
        (
            sorted((rename[link.a], rename[link.z])),
            link.length_km,
            link.cost,
            link.capacity_bps,
            sorted(
                (round(length[duct], 6), len(network.links_in_duct(duct))) for duct in link.ducts
            ),
        )
        for link in network.rows.links
    ]
    services = [
        (s.kind, rename[s.a], rename[s.z], s.demand_bps, s.customers) for s in network.rows.services
    ]
    return sorted(links), sorted(services)


@settings(max_examples=60, deadline=None)
@given(raws(), st.data())
def test_other_names_give_the_same_network_under_other_names(
    raw: RawTopology, data: st.DataObject
) -> None:
    names = [node.name for node in raw.nodes]
    others = data.draw(st.permutations([f"Q{i}" for i in range(len(names))]))
    rename = dict(zip(names, others, strict=True))
    renamed = replace(raw, nodes=tuple(replace(node, name=rename[node.name]) for node in raw.nodes))
    plain = filled(raw, shared_duct_angle=30.0, services=DEFAULT_SERVICES)
    other = filled(renamed, shared_duct_angle=30.0, services=DEFAULT_SERVICES)
    same = {name: name for name in others}
    assert shape(plain, rename) == shape(other, same)
