"""Protections: laid apart from the own fibre, refused where they cannot be, kept in files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from adn.base.errors import TopologyError
from adn.base.streams import Key
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Link, Protection
from adn.topology.files import rows_from_json, rows_to_json
from adn.topology.filling import build_network, fixed_stream
from adn.topology.network import Network
from adn.topology.protecting import ProtectionSpec
from adn.topology.recording import RecordingErrors, record
from adn.topology.specs import TopologySpec

ABILENE = TopologySpec(
    "topohub:topozoo/Abilene",
    protection=(ProtectionSpec("1+1", ("Denver~Kansas-City",)), ProtectionSpec("shared")),
    spare_fibres=2,
)


@pytest.fixture(scope="module")
def abilene() -> Network:
    return build_network(ABILENE, fixed_stream())


def test_ways_round_share_no_duct_with_the_own_fibre_nor_with_each_other(abilene: Network) -> None:
    own = {row.id: set(row.ducts) for row in abilene.rows.links}
    assert len(abilene.rows.protections) == len(abilene.links)
    for row in abilene.rows.protections:
        ways = [own[row.link], *map(set, row.routes)]
        assert sum(map(len, ways)) == len(set.union(*ways)), row.link


def test_a_way_round_leads_from_end_to_end(abilene: Network) -> None:
    """In Abilene each duct holds one link, so that ducts can be followed."""
    ends = {row.ducts[0]: (row.a, row.z) for row in abilene.rows.links}
    links = {row.id: row for row in abilene.rows.links}
    for row in abilene.rows.protections:
        for way in row.routes:
            here = links[row.link].a
            for duct in way:
                a, z = ends[duct]
                assert here in (a, z)
                here = z if here == a else a
            assert here == links[row.link].z


def test_an_entry_without_links_takes_what_no_other_names(abilene: Network) -> None:
    schemes = {row.link: row.scheme for row in abilene.rows.protections}
    assert [name for name, scheme in schemes.items() if scheme == "1+1"] == ["Denver~Kansas-City"]
    assert {len(row.routes) for row in abilene.rows.protections if row.scheme == "1+1"} == {1}
    assert {row.spares for row in abilene.rows.ducts} == {2}
    told = {row.what: row.count for row in abilene.rows.assumptions}
    assert told["protected links"] == len(abilene.links)


def test_a_link_without_another_way_stays_as_it_is_and_is_counted() -> None:
    spec = replace(ABILENE, edges=(), spare_fibres=0)
    network = build_network(spec, fixed_stream())
    stub = Link("A~stub", "Atlanta", "stub", 1e9, 10.0, 10, ("own",))
    rows = replace(
        network.rows,
        links=(*network.rows.links, stub),
        elements=(*network.rows.elements, replace(network.rows.elements[0], id="stub")),
        protections=(),
    )
    from adn.topology.protecting import lay_protection

    laid = lay_protection([ProtectionSpec("1+1")], rows.links, rows.elements)
    assert stub.id not in {row.link for row in laid.protections}
    assert {row.what: row.count for row in laid.assumptions}["links without a way round"] == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            (Protection("A~C", "1+1", (("d2",),)),),
            "TOP050 protection names link 'A~C', which does not exist",
        ),
        (
            (Protection("A~B", "1+1", (("d2",),)), Protection("A~B", "shared", (("d2",),))),
            "TOP050 link 'A~B' is protected twice; it can have one protection",
        ),
        (
            (Protection("A~B", "1+1", (("d9",),)),),
            "TOP051 link 'A~B' is protected in duct 'd9', which does not exist",
        ),
        (
            (Protection("A~B", "shared", ()),),
            "TOP051 link 'A~B' is protected by no ducts; name some",
        ),
        (
            (Protection("A~B", "1+1", (("d2",), ("d2",))),),
            "TOP051 link 'A~B' has 2 ways round; 1+1 protection has one",
        ),
    ],
)
def test_what_protects_nothing_is_refused(rows: tuple[Protection, ...], said: str) -> None:
    from adn.topology.elements import Duct

    builder = NetworkBuilder("pair").add_element("A").add_element("B")
    builder.add_duct(Duct("d1", 1.0)).add_duct(Duct("d2", 1.0))
    builder.add_link(Link("A~B", "A", "B", 1e9, 1.0, 10, ("d1",)))
    for row in rows:
        builder.add_protection(row)
    with pytest.raises(TopologyError) as refused:
        builder.build()
    assert said in str(refused.value)


def test_a_protection_of_an_unknown_link_is_met_with_the_closest() -> None:
    spec = replace(ABILENE, protection=(ProtectionSpec("1+1", ("Denver~Kansas-Cty",)),))
    with pytest.raises(TopologyError, match="did you mean 'Denver~Kansas-City'"):
        build_network(spec, fixed_stream())


def test_protections_come_back_from_json_exactly(abilene: Network) -> None:
    rows = abilene.rows
    assert rows_from_json(json.loads(json.dumps(rows_to_json(rows)))) == rows


def test_records_do_not_tell_what_is_protected(abilene: Network) -> None:
    recorded, _ = record(abilene, RecordingErrors(), Key.root(1).stream("recording"))
    assert recorded.protections == ()
