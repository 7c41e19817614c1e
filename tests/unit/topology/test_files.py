"""Rows survive JSON exactly, GraphML can be read back, and no file is half-written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fabrics import fabric
from hypothesis import given
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.base.streams import Key
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import (
    Assumption,
    Card,
    Duct,
    Link,
    NetworkElement,
    NetworkRows,
    PowerFeed,
    Service,
    Site,
    Sla,
)
from adn.topology.files import graphml_text, rows_from_json, rows_to_json, write_graphml
from adn.topology.filling import build_network, fixed_stream
from adn.topology.graphml import read_graphml
from adn.topology.specs import DEFAULT_SERVICES, SharedDuct, TopologySpec

ABILENE = build_network(
    TopologySpec(
        "topohub:topozoo/Abilene",
        services=DEFAULT_SERVICES,
        shared_ducts=(SharedDuct("west", ("Denver~Seattle", "Denver~Sunnyvale"), 40.0),),
    ),
    Key.root(1).stream("topology"),
)

number = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(max_size=5)
whole = st.integers()
row_tables = st.builds(
    NetworkRows,
    text,
    st.lists(st.builds(Site, text, number, number), max_size=3).map(tuple),
    st.lists(
        st.builds(
            NetworkElement, text, text, text, st.lists(text, max_size=2).map(tuple), st.booleans()
        ),
        max_size=3,
    ).map(tuple),
    st.lists(st.builds(Duct, text, number), max_size=3).map(tuple),
    st.lists(
        st.builds(
            Link, text, text, text, number, number, whole, st.lists(text).map(tuple), text, text
        ),
        max_size=3,
    ).map(tuple),
    st.lists(
        st.builds(
            Service, text, text, text, text, number, st.builds(Sla, number, number, number),
            whole, whole, st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    st.lists(st.builds(PowerFeed, text, text), max_size=3).map(tuple),
    st.lists(st.builds(Card, text, text), max_size=3).map(tuple),
    st.lists(st.builds(Assumption, text, text, whole, text), max_size=3).map(tuple),
)  # fmt: skip


@given(row_tables)
def test_rows_come_back_from_json_exactly(rows: NetworkRows) -> None:
    assert rows_from_json(json.loads(json.dumps(rows_to_json(rows)))) == rows


def test_what_are_no_rows_is_refused() -> None:
    with pytest.raises(TopologyError) as refused:
        rows_from_json({"name": "x"})
    assert str(refused.value) == (
        "TOP027 not the rows of a network: key 'sites' is missing\n1 error"
    )
    with pytest.raises(TopologyError, match=r"TOP027 not the rows of a network: .*colour"):
        rows_from_json({**rows_to_json(ABILENE.rows), "ducts": [{"colour": 1}]})


def test_exported_graphml_reads_back_as_the_same_elements_and_links(tmp_path: Path) -> None:
    path = tmp_path / "abilene.graphml"
    write_graphml(ABILENE, path)
    raw = read_graphml(path)
    assert raw.name == "topozoo/Abilene"
    assert sorted(node.name for node in raw.nodes) == list(ABILENE.elements.ids)
    back = {
        (*sorted((raw.nodes[edge.a].name, raw.nodes[edge.z].name)), edge.length_km,
         edge.capacity_bps)
        for edge in raw.edges
    }  # fmt: skip
    assert back == {(row.a, row.z, row.length_km, row.capacity_bps) for row in ABILENE.rows.links}
    assert "west duct:Denver~Seattle" in path.read_text(encoding="utf-8")
    assert graphml_text(ABILENE) == path.read_text(encoding="utf-8")


def test_an_existing_file_is_replaced_only_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "kept.graphml"
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(TopologyError) as refused:
        write_graphml(ABILENE, path)
    assert str(refused.value) == f"{path}: TOP028 exists; use --force to replace it\n1 error"
    assert path.read_text(encoding="utf-8") == "precious"
    write_graphml(ABILENE, path, overwrite=True)
    assert path.read_text(encoding="utf-8") == graphml_text(ABILENE)
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(TopologyError, match="TOP028 cannot be written: no space left on device"):
        write_graphml(ABILENE, tmp_path / "x.graphml")
    assert list(tmp_path.iterdir()) == []


def test_folders_are_no_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match="TOP028 is a folder; name a file"):
        write_graphml(ABILENE, tmp_path)
    with pytest.raises(TopologyError, match="TOP028 cannot be written: no such file or directory"):
        write_graphml(ABILENE, tmp_path / "none" / "x.graphml")


def test_a_fabric_comes_back_from_graphml_with_sites_power_cards_and_who_forwards(
    tmp_path: Path,
) -> None:
    network = fabric()
    write_graphml(network, tmp_path / "fabric.graphml")
    spec = TopologySpec(str(tmp_path / "fabric.graphml"), metric="hops")
    back = build_network(spec, Key.root(1).stream("topology")).rows
    assert back.elements == tuple(
        replace(row, site=row.site or row.id) for row in network.rows.elements
    )
    assert set(network.rows.sites) < set(back.sites)  # what stood nowhere is a site of its own
    assert (back.feeds, back.cards) == (network.rows.feeds, network.rows.cards)
    for old, new in zip(network.rows.links, back.links, strict=True):
        assert (old.id, old.card_a, old.card_z) == (new.id, new.card_a, new.card_z)
        assert (old.length_km, old.capacity_bps) == (new.length_km, new.capacity_bps)


def test_cards_stay_at_their_ends_whichever_way_round_a_link_is_written(tmp_path: Path) -> None:
    """The far end first, a card at one end only."""
    builder = NetworkBuilder("pair").add_element("A").add_element("B").add_card(Card("c", "B"))
    network = builder.add_link(Link("B~A", "B", "A", 1e9, 10.0, card_a="c")).build()
    write_graphml(network, tmp_path / "pair.graphml")
    back = build_network(TopologySpec(str(tmp_path / "pair.graphml")), fixed_stream()).rows
    (link,) = back.links
    assert (link.a, link.card_a, link.z, link.card_z) == ("A", "", "B", "c")
    assert back.cards == (Card("c", "B"),)
