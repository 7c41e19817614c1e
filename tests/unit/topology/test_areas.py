"""Generated areas: of the shape that operators build, sound, cheap, and each on its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.topology.areas import generated
from adn.topology.backbone import backbone_network
from adn.topology.builder import NetworkBuilder
from adn.topology.checks import link_loads
from adn.topology.loading import distances
from adn.topology.metro import RING, cut_into_rings, metro_network
from adn.topology.national import (
    KINDS,
    MetroSpec,
    NationalSpec,
    area_of,
    backbone_elements,
    divided,
    metro_of,
)
from adn.topology.network import Network
from adn.topology.specs import TopologySpec

SMALL = MetroSpec(60)
NATION = NationalSpec(areas=7, elements_per_area=40)


def same(one: Network, other: Network) -> bool:
    return one.rows == other.rows


@given(elements=st.integers(12, 300), number=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_an_area_of_any_size_is_sound_and_has_just_that_size(elements: int, number: int) -> None:
    """The columns are made without the builder's checks, so they are held to them here."""
    network = metro_network(MetroSpec(elements, services=3, number=number))
    assert NetworkBuilder.from_rows(network.rows).findings() == ()
    assert len(network.elements) == elements
    assert len(network.services) == 3 * elements
    reach = distances(network.link_a, network.link_z, network.cost, network.transit)
    assert np.isfinite(reach).all()


@given(areas=st.integers(1, 40), number=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_a_backbone_of_any_size_is_sound_and_joins_all_areas(areas: int, number: int) -> None:
    network = backbone_network(NationalSpec(areas, 40, services=2, number=number))
    assert NetworkBuilder.from_rows(network.rows).findings() == ()
    assert len(network.elements) == backbone_elements(areas)
    reach = distances(network.link_a, network.link_z, network.cost, network.transit)
    assert np.isfinite(reach).all()


@given(count=st.integers(1, 400), seed=st.integers(0, 1000))
def test_rings_hold_everything_and_are_of_four_to_eight(count: int, seed: int) -> None:
    sizes = cut_into_rings(count, np.random.Generator(np.random.Philox(seed)))
    assert sum(sizes) == count
    assert all(RING[0] <= size <= RING[1] for size in sizes[:-1])
    assert 1 <= sizes[-1] <= RING[1]


def test_an_area_has_the_degree_and_the_kinds_of_a_metro_network() -> None:
    network = metro_network(MetroSpec(400))
    assert 2.2 < 2 * len(network.links) / len(network.elements) < 2.5
    kinds = Counter(row.kind for row in network.rows.elements)
    assert kinds.keys() == KINDS["metro"]
    assert kinds["access"] > 8 * kinds["aggregation"]
    shared = np.bincount(network.ride_duct)
    assert (shared == 2).sum() > 20


def test_links_carry_the_healthy_peak_within_the_headroom() -> None:
    for network in (metro_network(MetroSpec(400)), backbone_network(NATION)):
        assert float((link_loads(network) / network.capacity_bps).max()) <= 0.5


def test_headroom_and_metric_are_heeded() -> None:
    tight = metro_network(SMALL, headroom=0.9)
    assert tight.capacity_bps.sum() < metro_network(SMALL, headroom=0.2).capacity_bps.sum()
    assert set(metro_network(SMALL, metric="hops").cost.tolist()) == {10}


def test_an_area_hangs_on_its_own_key_alone() -> None:
    """More areas, or others, change no area that is there; another number changes all."""
    before, after = NATION, replace(NATION, services=3)
    area = area_of(before, "area-003")
    assert same(metro_network(metro_of(before, area)), metro_network(metro_of(before, area)))
    links = metro_network(metro_of(before, area)).rows.links
    assert [row.id for row in metro_network(metro_of(after, area)).rows.links] == [
        row.id for row in links
    ]
    other = metro_network(replace(metro_of(before, area), number=2))
    assert other.rows.links != links


def test_areas_differ_in_size_and_add_up_to_what_was_asked_for() -> None:
    backbone, *metros = divided(NationalSpec(250, 400, spread=0.3))
    assert backbone.name == "backbone"
    assert sum(area.elements for area in metros) == 100_000
    sizes = [area.elements for area in metros]
    assert 250 < min(sizes) < 330
    assert 480 < max(sizes) < 560
    assert len({area.name for area in metros}) == 250


def test_names_are_different_in_the_whole_network() -> None:
    metros = [metro_network(metro_of(NATION, area)) for area in divided(NATION)[1:]]
    every = [
        name for network in (*metros, backbone_network(NATION)) for name in network.elements.ids
    ]
    assert len(set(every)) == len(every)


def test_segments_of_a_route_share_its_limits() -> None:
    voice = next(row for row in backbone_network(NATION).rows.services if row.kind == "voice")
    inside = next(row for row in metro_network(SMALL).rows.services if row.kind == "voice-up")
    assert 2 * inside.sla.latency_ms + voice.sla.latency_ms == pytest.approx(100.0)
    assert 2 * inside.sla.loss + voice.sla.loss == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (TopologySpec("metro"), "TOP042 source 'metro' needs to be told which network"),
        (
            TopologySpec("national", national=NATION),
            "TOP042 source 'national' is a federation of areas and no network; name one of its",
        ),
        (
            TopologySpec("national", national=NATION, area="area-008"),
            "TOP040 no area 'area-008'; there are backbone and 7 metro areas",
        ),
        (
            TopologySpec("metro", metro=MetroSpec(11)),
            "TOP041 number of elements is 11; it must be 12 to 5,000",
        ),
        (
            TopologySpec("metro", metro=MetroSpec(20, demand_bps=0.0)),
            "TOP041 demand of an access element is 0 bit/s; it must be above 0",
        ),
        (
            TopologySpec("national", national=NationalSpec(0), area="backbone"),
            "TOP041 number of areas is 0; it must be 1 to 1,000",
        ),
        (
            TopologySpec("national", national=NationalSpec(3, 20, spread=0.9), area="backbone"),
            "TOP041 smallest number of elements an area is 1; it must be 12 to 5,000",
        ),
    ],
)
def test_what_cannot_be_built_is_refused_in_words(spec: TopologySpec, says: str) -> None:
    with pytest.raises(TopologyError) as refused:
        generated(spec)
    assert says in str(refused.value)
