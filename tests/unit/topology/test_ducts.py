"""Links share ducts where the scenario says so and where they leave a site the same way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.base.streams import Key
from adn.topology.ducts import group_by_angle
from adn.topology.filling import build_network, network_from_raw
from adn.topology.network import Network
from adn.topology.sources import RawEdge, RawNode, RawTopology
from adn.topology.specs import SharedDuct, TopologySpec

ABILENE = TopologySpec("topohub:topozoo/Abilene")
WEST = SharedDuct("denver-west", ("Denver~Seattle", "Denver~Sunnyvale"), 40.0)


def built(spec: TopologySpec) -> Network:
    return build_network(spec, Key.root(1).stream("topology"))


def complaint(*ducts: SharedDuct) -> str:
    with pytest.raises(TopologyError) as refused:
        built(replace(ABILENE, shared_ducts=ducts))
    return str(refused.value)


def test_a_named_duct_holds_its_links_inside_their_length() -> None:
    network = built(replace(ABILENE, shared_ducts=(WEST,)))
    assert network.links_in_duct("denver-west") == WEST.links
    row = network.links.row("Denver~Seattle")
    assert network.rows.links[row].ducts == ("denver-west", "duct:Denver~Seattle")
    length = {duct.id: duct.length_km for duct in network.rows.ducts}
    assert length["denver-west"] == 40.0
    assert length["duct:Denver~Seattle"] == pytest.approx(1641.58 - 40.0)
    assert network.length_km[row] == 1641.58


def test_a_named_duct_lies_at_the_end_where_its_links_meet() -> None:
    meeting = SharedDuct("sunnyvale-north", ("Denver~Sunnyvale", "Seattle~Sunnyvale"), 10.0)
    network = built(replace(ABILENE, shared_ducts=(meeting,)))
    row = network.links.row("Denver~Sunnyvale")
    assert network.rows.links[row].ducts == ("duct:Denver~Sunnyvale", "sunnyvale-north")


def test_a_link_that_is_all_shared_has_no_span_of_its_own() -> None:
    whole = SharedDuct("all", ("Chicago~Indianapolis", "Chicago~New-York"), 263.4)
    network = built(replace(ABILENE, shared_ducts=(whole,)))
    assert network.rows.links[network.links.row("Chicago~Indianapolis")].ducts == ("all",)
    assert "duct:Chicago~Indianapolis" not in network.ducts


def test_unknown_links_and_ducts_that_are_too_long_are_told_together() -> None:
    text = complaint(
        SharedDuct("x", ("Denver~Seatle", "Denver~Sunnyvale"), 5.0),
        SharedDuct("y", ("Chicago~Indianapolis",), 300.0),
        SharedDuct("z", (), 1.0),
    )
    assert text == (
        "TOP030 shared duct 'x' names link 'Denver~Seatle', which does not exist\n"
        "   did you mean 'Denver~Seattle'?\n"
        "TOP030 shared duct 'z' must name its links\n"
        "TOP031 link 'Chicago~Indianapolis' is 263.4 km long, but its shared ducts 'y' are "
        "300 km; make them shorter\n"
        "3 errors"
    )


def test_links_that_leave_a_site_the_same_way_share_their_first_stretch() -> None:
    """Two links leave Hub eastwards 5° apart and one northwards: only the two share."""
    raw = RawTopology(
        "fan",
        (RawNode("Hub", 0.0, 0.0), RawNode("E1", 0.0, 1.0), RawNode("E2", 0.1, 1.0),
         RawNode("N", 1.0, 0.0)),
        (RawEdge(0, 1, 110.0), RawEdge(0, 2, 9.0), RawEdge(0, 3, 110.0)),
    )  # fmt: skip
    spec = TopologySpec("drawn", shared_duct_angle=10.0)
    network = network_from_raw(raw, spec, Key.root(1).stream("topology"))
    assert network.links_in_duct("duct:Hub/1") == ("E1~Hub", "E2~Hub")
    length = {duct.id: duct.length_km for duct in network.rows.ducts}
    assert length["duct:Hub/1"] == 3.0  # a third of 9 km is less than 5 km
    assert network.rows.links[0].ducts == ("duct:E1~Hub", "duct:Hub/1")
    assert [duct for duct in network.ducts.ids if "/" in duct] == ["duct:Hub/1"]


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 359), min_size=1),
    st.integers(0, 90),
    st.integers(0, 359),
)
def test_groups_cover_all_links_and_hold_none_wider_than_the_angle(
    bearings: dict[str, int], angle: int, turn: int
) -> None:
    groups = group_by_angle({name: float(at) for name, at in bearings.items()}, float(angle))
    assert sorted(name for group in groups for name in group) == sorted(bearings)
    for group in groups:
        spread = [(bearings[name] - bearings[group[0]]) % 360 for name in group]
        assert max(spread) <= angle
