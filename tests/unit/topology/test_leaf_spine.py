"""A fabric is what its figures say, and loses nothing to any one thing that fails."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from fabrics import SLA, SMALL, fabric
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.topology.builder import NetworkBuilder
from adn.topology.checks import check, link_loads
from adn.topology.elements import Link
from adn.topology.filling import build_network, fixed_stream, management_element
from adn.topology.network import Network
from adn.topology.specs import Ends, FabricSite, PairedServiceSpec, TopologySpec

NET = fabric()


def kinds_joined(network: Network) -> Counter[tuple[str, ...]]:
    kind = {row.id: row.kind for row in network.rows.elements}
    return Counter(tuple(sorted((kind[row.a], kind[row.z]))) for row in network.rows.links)


def by_id(network: Network) -> dict[str, Link]:
    return {row.id: row for row in network.rows.links}


def test_it_has_the_elements_and_links_it_is_said_to_have() -> None:
    assert Counter(row.kind for row in NET.rows.elements) == {
        "spine": 8, "leaf": 8, "border-leaf": 4, "servers": 18, "edge": 1,
    }  # fmt: skip
    assert kinds_joined(NET) == {
        ("leaf", "spine"): 32, ("border-leaf", "spine"): 16, ("leaf", "servers"): 36,
        ("border-leaf", "edge"): 4, ("border-leaf", "border-leaf"): 4,
    }  # fmt: skip
    assert [row.id for row in NET.rows.elements if not row.transit] == [
        row.id for row in NET.rows.elements if row.kind in ("servers", "edge")
    ]
    for name in ("north-spine-1", "north-leaf-03", "north-border-1", "north-app-2", "branches"):
        assert name in NET.elements
    assert "north-spine-1/card-1" in NET.cards
    assert NET.feeds.ids == ("feed:north/A", "feed:north/B", "feed:south/A", "feed:south/B")


def test_groups_are_laid_over_the_racks_in_turns_and_linked_to_both_leaves() -> None:
    assert NET.links_of("north-app-1") == ("north-app-1~north-leaf-01", "north-app-1~north-leaf-02")
    assert NET.links_of("north-app-2") == ("north-app-2~north-leaf-03", "north-app-2~north-leaf-04")
    held = Counter(len(NET.links_of(f"south-leaf-0{number}")) for number in range(1, 5))
    assert sum(held.values()) == 4
    assert max(held) - min(held) <= 1


def test_links_inside_a_site_are_short_and_in_no_duct() -> None:
    for link in NET.rows.links:
        if link.a.partition("-")[0] == link.z.partition("-")[0]:
            assert 0.05 <= link.length_km <= 0.1
            assert link.ducts == ()
        else:
            assert len(link.ducts) == 1


def test_with_links_enough_every_border_leaf_has_one_in_every_duct_between_sites() -> None:
    assert NET.links_in_duct("duct:north~south/1") == (
        "north-border-1~south-border-1", "north-border-2~south-border-2",
    )  # fmt: skip
    assert NET.links_in_duct("duct:north~south/2") == (
        "north-border-1~south-border-2", "north-border-2~south-border-1",
    )  # fmt: skip
    few = fabric(inter_site_links=2)
    assert [len(few.links_in_duct(f"duct:north~south/{number}")) for number in (1, 2)] == [1, 1]
    many = fabric(inter_site_links=8)
    assert "north-border-1~south-border-1#2" in many.links


def test_links_between_sites_take_the_usual_route_unless_a_length_is_given() -> None:
    """27 km apart by air, so 40 km of fibre."""
    near = by_id(NET)["north-border-1~south-border-1"]
    assert near.length_km == pytest.approx(40.2, abs=0.3)
    assert by_id(fabric(inter_site_km=55.0))[near.id].length_km == 55.0
    nowhere = (FabricSite("north"), FabricSite("south"))
    assert by_id(fabric(sites=nowhere))[near.id].length_km == 40.0


def test_equal_costs_by_hops_and_by_length_share_load_over_all_spines() -> None:
    for metric in ("hops", "length"):
        network = fabric(metric=metric)
        load = dict(zip(network.links.ids, link_loads(network).tolist(), strict=True))
        shares = [load[f"north-leaf-01~north-spine-{number}"] for number in range(1, 5)]
        assert shares[0] > 0
        assert shares == pytest.approx([shares[0]] * 4)


def test_the_ports_of_an_element_are_spread_over_its_cards() -> None:
    """Neither all links to spines nor both leaves of a rack hang on one card."""
    for link in NET.rows.links:
        for element, card in ((link.a, link.card_a), (link.z, link.card_z)):
            kind = NET.rows.elements[NET.elements.row(element)].kind
            assert card.startswith(f"{element}/card-") == (kind not in ("servers", "edge"))
    for card in NET.cards.ids:
        held = NET.links_on_card(card)
        assert held
        if "-leaf-" in card:
            assert sum("-spine-" in link for link in held) == 2
        if "-spine-" in card:
            assert sum("-leaf-" in link for link in held) == 2
    assert len(fabric(cards_per_spine=4, cards_per_leaf=1).cards) == 8 * 4 + 8 * 1 + 4 * 2


def test_elements_hang_on_both_feeds_but_for_the_stated_share() -> None:
    network = fabric(single_corded=0.25)
    for site in ("north", "south"):
        cords = [row.feeds for row in network.rows.elements if row.site == site]
        assert len(cords) == 19
        alone = Counter(feeds for feeds in cords if len(feeds) == 1)
        assert alone == {(f"feed:{site}/A",): 3, (f"feed:{site}/B",): 2}
    assert all(len(row.feeds) == 2 for row in fabric(single_corded=0.0).rows.elements if row.site)
    assert network.rows.elements[network.elements.row("branches")].feeds == ()


def test_nothing_is_a_single_point_of_failure_and_nothing_is_warned_of() -> None:
    assert check(NET) == []


def test_a_single_border_leaf_or_spine_is_named_as_a_single_point() -> None:
    codes = {finding.code: finding.message for finding in check(fabric(borders=1, spines=1))}
    assert codes["TOP102"] == (
        "the network is parted by the failure of one element: north-border-1, north-spine-1, "
        "south-border-1, south-spine-1"
    )
    assert "TOP101" not in codes


def test_servers_of_one_rack_do_not_hold_a_site_together() -> None:
    """Without spines' links the leaves of a rack are islands, though they share servers."""
    rows = NET.rows
    links = tuple(row for row in rows.links if "-spine-" not in row.id)
    cut = Network.from_rows(
        type(rows)(**{name: getattr(rows, name) for name in rows.__slots__} | {"links": links})
    )
    codes = {finding.code: finding.message for finding in check(cut)}
    # eight spines, eight leaves, and the border leaves with the edge
    assert codes["TOP101"].startswith("the network is in 17 parts")
    assert codes["TOP106"].startswith("9 services have no path")  # three end in their own rack


def test_every_figure_is_listed_as_assumed() -> None:
    rules = {row.what for row in NET.rows.assumptions}
    assert {
        "size of the fabric", "groups of servers", "link capacities", "link lengths within a site",
        "link lengths between sites", "link lengths to edges", "ducts between sites",
        "interior-gateway costs", "line cards", "power cords", "elements with one power cord",
        "services",
    } == rules  # fmt: skip
    assert all(row.count > 0 for row in NET.rows.assumptions)


def test_operations_attach_at_what_forwards_for_others() -> None:
    """Even where the internet has the most links of all."""
    network = fabric(
        PairedServiceSpec("in", Ends(element="internet"), Ends("app"), 1e9, SLA),
        edges=("internet",),
        roles=(("app", 2),),
        spines=1,
        leaves=2,
        borders=4,
    )
    assert len(network.links_of("internet")) == 8
    assert management_element(network) == "north-spine-1"


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.integers(1, 3), st.integers(1, 9),
    st.integers(1, 4), st.floats(0, 1),
)  # fmt: skip
def test_any_fabric_is_sound_whole_and_reaches_from_everywhere_to_everywhere(
    sites: int, spines: int, racks: int, borders: int, links: int, ducts: int, single: float
) -> None:
    names = ("north", "south", "east", "west")[:sites]
    network = fabric(
        PairedServiceSpec("all", Ends("web"), Ends("app"), 1e6, SLA),
        sites=tuple(FabricSite(name) for name in names),
        spines=spines,
        leaves=2 * racks,
        borders=borders,
        inter_site_links=links,
        inter_site_ducts=ducts,
        single_corded=single,
    )
    assert NetworkBuilder.from_rows(network.rows).build().rows == network.rows
    assert len(network.services) == sites * 3 * sites * 4
    # Unless so few links join the sites that some border leaves have none.
    codes = {finding.code for finding in check(network)}
    assert not codes & {"TOP101", "TOP106"}
    same = fabric(
        PairedServiceSpec("all", Ends("web"), Ends("app"), 1e6, SLA),
        sites=tuple(FabricSite(name) for name in names), spines=spines, leaves=2 * racks,
        borders=borders, inter_site_links=links, inter_site_ducts=ducts, single_corded=single,
    )  # fmt: skip
    assert same.rows == network.rows


def test_another_group_changes_no_length_of_a_link_that_stays() -> None:
    before, after = by_id(NET), by_id(fabric(roles=(*SMALL.roles, ("storage", 3))))
    assert set(before) < set(after)
    assert all(after[name].length_km == link.length_km for name, link in before.items())


def test_what_cannot_be_is_refused_all_at_once() -> None:
    with pytest.raises(TopologyError) as refused:
        fabric(leaves=3, spines=0, borders=0, single_corded=2.0, edges=("a", "a"),
               group_bps=float("nan"), roles=(("leaf", 1),))  # fmt: skip
    assert [finding.message for finding in refused.value.findings] == [
        "number of spines is 0; it must be 1 to 64",
        "number of border leaves is 0; it must be 1 to 16",
        "number of leaves is 3; racks hold two, so it is even",
        "rate of a group's links is nan; it must be above 0",
        "single-corded share is 2; it is in 0..1",
        "edge 'a' is named 2 times; once is enough",
        "no groups of servers have role 'leaf'; that is a switch",
    ]
    assert {finding.code for finding in refused.value.findings} == {"TOP038"}
    with pytest.raises(TopologyError, match="TOP038 source 'leaf-spine' needs to be told which"):
        build_network(TopologySpec("leaf-spine"), fixed_stream())


def test_the_columns_say_what_the_rows_say() -> None:
    app = NET.elements.row("north-app-1")
    assert not NET.transit[app]
    assert NET.elements_on_feed("feed:north/A").count("north-app-1") == (
        "feed:north/A" in NET.rows.elements[app].feeds
    )
    assert np.count_nonzero(NET.port_card < 0) == 36 + 4
