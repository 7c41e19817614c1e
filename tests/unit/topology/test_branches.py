"""Branches and edges hang on a network by stated rules, and forward nothing for anybody."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.topology.checks import check_load, check_paths
from adn.topology.elements import Sla
from adn.topology.filling import build_network, fixed_stream, network_from_raw
from adn.topology.geography import great_circle_km, place_beyond
from adn.topology.network import Network
from adn.topology.sources import RawEdge, RawNode, RawTopology
from adn.topology.specs import (
    BranchSpec,
    EdgeSpec,
    Ends,
    PairedServiceSpec,
    ServiceSpec,
    TopologySpec,
)

SLA = Sla(100.0, 0.01)
TELLER = PairedServiceSpec("teller", Ends(kind="branch"), Ends(element="head"), 2e6, SLA)
BANK = TopologySpec(
    "topohub:topozoo/Abilene",
    edges=(EdgeSpec("head", ("Chicago", "New-York"), "headquarters", 10e9, 5.0),),
    branches=BranchSpec(40),
    paired=(TELLER,),
)


def bank(**changes: object) -> Network:
    return build_network(replace(BANK, **changes), fixed_stream())


def branches(network: Network) -> list[str]:
    return [row.id for row in network.rows.elements if row.kind == "branch"]


def test_branches_are_laid_around_all_elements_in_turns() -> None:
    held = Counter(name.partition("-branch-")[0] for name in branches(bank()))
    assert sum(held.values()) == 40
    assert set(held.values()) == {3, 4}
    assert len(held) == 11


def test_branches_lie_around_the_homes_that_are_named_and_no_others() -> None:
    names = branches(bank(branches=BranchSpec(5, around=("Denver", "Seattle"))))
    assert names == [
        "Denver-branch-01", "Denver-branch-02", "Denver-branch-03",
        "Seattle-branch-01", "Seattle-branch-02",
    ]  # fmt: skip


def test_so_many_as_said_have_a_second_link_that_shares_no_duct_with_the_first() -> None:
    network = bank()
    links = {name: network.links_of(name) for name in branches(network)}
    assert Counter(len(held) for held in links.values()) == {1: 32, 2: 8}
    ducts = {row.id: set(row.ducts) for row in network.rows.links}
    for held in links.values():
        if len(held) == 2:
            assert not ducts[held[0]] & ducts[held[1]]


def test_a_branch_forwards_nothing_for_others_even_where_it_has_two_links() -> None:
    network = bank(branches=BranchSpec(40, dual_homed=1.0))
    assert not any(row.transit for row in network.rows.elements if row.kind != "router")
    assert not check_paths(network)


def test_access_links_keep_their_rate_and_a_warning_says_when_it_is_too_little() -> None:
    network = bank(paired=(replace(TELLER, demand_bps=60e6),))
    thin = {row.capacity_bps for row in network.rows.links if "branch" in row.id}
    assert thin == {50e6}
    (finding,) = check_load(network)
    assert finding.code == "TOP107"
    assert not check_load(bank())


def test_branches_in_one_sector_share_an_access_duct_of_their_home() -> None:
    network = bank(branches=BranchSpec(60, ducts=2, dual_homed=0.0))
    access = [row for row in network.rows.ducts if "/access-" in row.id]
    assert 11 <= len(access) <= 22
    assert sum(len(network.links_in_duct(row.id)) for row in access) == 60
    assert max(len(network.links_in_duct(row.id)) for row in access) > 2


def test_ducts_of_every_link_add_up_to_its_length() -> None:
    network = bank()
    length = {duct.id: duct.length_km for duct in network.rows.ducts}
    for link in network.rows.links:
        assert fsum(length[duct] for duct in link.ducts) == pytest.approx(link.length_km)


def test_a_branch_stands_as_far_from_home_as_its_fibre_allows() -> None:
    network = bank()
    place = {row.id: (row.latitude, row.longitude) for row in network.rows.sites}
    for name in branches(network):
        home = name.partition("-branch-")[0]
        link = next(row for row in network.rows.links if {row.a, row.z} == {home, name})
        assert 15.0 <= link.length_km <= 45.0
        air = great_circle_km(*place[home], *place[name])
        assert air * 1.5 == pytest.approx(link.length_km)


def test_an_edge_has_a_link_to_each_element_that_is_named() -> None:
    network = bank()
    assert network.links_of("head") == ("Chicago~head", "New-York~head")
    head = network.rows.elements[network.elements.row("head")]
    assert (head.kind, head.transit) == ("headquarters", False)
    row = network.links.row("New-York~head")
    assert (network.capacity_bps[row], network.length_km[row]) == (10e9, 5.0)


def test_services_go_between_all_elements_of_a_kind_and_one() -> None:
    network = bank()
    assert {(row.a, row.z) for row in network.rows.services} == {
        (name, "head") for name in branches(network)
    }


def test_branches_leave_the_demands_of_the_source_as_they_are() -> None:
    data = (ServiceSpec("data", 1.0, SLA),)
    plain = build_network(TopologySpec(BANK.source, services=data), fixed_stream())
    with_branches = bank(services=data)
    kept = {row for row in with_branches.rows.services if row.kind == "data"}
    assert kept == set(plain.rows.services)


THERE_ARE_NONE = (
    "TOP037 services 'teller' go to elements of kind 'branch' at site 'Denver'; there are none"
)
WRONG: list[tuple[dict[str, object], list[str]]] = [
    (
        {"edges": (EdgeSpec("Denver", ("Seattle",)),)},
        ["TOP039 edge 'Denver' has the id of an element of the source"],
    ),
    (
        {"edges": (EdgeSpec("x", ("Denvre",)),)},
        [
            "TOP039 edge 'x' is linked to 'Denvre', which the source does not have",
            "   did you mean 'Denver'?",
        ],
    ),
    (
        {"edges": (EdgeSpec("x", (), length_km=0.0),)},
        [
            "TOP039 edge 'x' is linked to nothing; name an element",
            "TOP039 length of edge 'x' is 0; it must be above 0",
        ],
    ),
    (
        {"branches": BranchSpec(0, dual_homed=2.0, rate_bps=-1.0, ducts=0)},
        [
            "TOP039 number of branches is 0; it must be 1 to 2000",
            "TOP039 number of access ducts of a home is 0; it must be 1 to 64",
            "TOP039 share of dual-homed branches is 2; it must be 0 to 1",
            "TOP039 rate of branches is -1; it must be above 0",
        ],
    ),
    (
        {"branches": BranchSpec(5, around=("Denvre",))},
        [
            "TOP039 branches around 'Denvre', which the source does not have",
            "   did you mean 'Denver'?",
        ],
    ),
    (
        {"paired": (replace(TELLER, target=Ends(kind="branch", site="Denver")),)},
        [THERE_ARE_NONE],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "lines"), WRONG)
def test_what_cannot_be_attached_is_refused(changes: dict[str, object], lines: list[str]) -> None:
    with pytest.raises(TopologyError) as refused:
        bank(**changes)
    assert str(refused.value).splitlines()[:-1] == lines


def test_a_home_without_neighbours_has_no_second_home_to_offer() -> None:
    raw = RawTopology("one", (RawNode("Ulm"),), ())
    spec = TopologySpec("drawn", branches=BranchSpec(3, dual_homed=1.0))
    with pytest.raises(TopologyError) as refused:
        network_from_raw(raw, spec, fixed_stream())
    assert str(refused.value) == (
        "TOP039 branches of 'Ulm' have no second home: it has no neighbour\n1 error"
    )


def test_branches_without_coordinates_are_as_far_as_their_links_say() -> None:
    raw = RawTopology("two", (RawNode("Ulm"), RawNode("Bonn")), (RawEdge(0, 1, 400.0),))
    spec = TopologySpec("drawn", branches=BranchSpec(2, dual_homed=1.0))
    network = network_from_raw(raw, spec, fixed_stream())
    length = {row.id: row.length_km for row in network.rows.links}
    first, second = length["Ulm~Ulm-branch-01"], length["Bonn~Ulm-branch-01"]
    assert second == 2 * first


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.floats(0, 1), st.integers(1, 8))
def test_one_branch_more_moves_no_other(count: int, dual: float, ducts: int) -> None:
    spec = BranchSpec(count, dual_homed=dual, ducts=ducts)
    few, more = (
        bank(branches=replace(spec, count=number), paired=()) for number in (count, count + 1)
    )
    place = {row.id: row for row in more.rows.sites}
    assert all(place[row.id] == row for row in few.rows.sites)
    length = {row.id: row.length_km for row in more.rows.links}
    homes = {f"{name.partition('-branch-')[0]}~{name}" for name in branches(few)}
    assert all(length[row.id] == row.length_km for row in few.rows.links if row.id in homes)


@given(st.floats(-85, 85), st.floats(-180, 180), st.floats(0, 360), st.floats(0.1, 500))
def test_a_place_beyond_lies_at_the_distance(
    latitude: float, longitude: float, bearing: float, km: float
) -> None:
    there = place_beyond(latitude, longitude, bearing, km)
    assert great_circle_km(latitude, longitude, *there) == pytest.approx(km, rel=1e-6, abs=1e-4)
