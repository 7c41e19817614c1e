"""The builder refuses what is unsound, names every mistake at once, and forgets the order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.base.errors import TopologyError
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import (
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
from adn.topology.network import Network

SOUND = NetworkRows(
    name="triangle",
    sites=(Site("A", 1.0, 2.0),),
    elements=(
        NetworkElement("A", site="A", feeds=("feed:A/A",)),
        NetworkElement("B"),
        NetworkElement("C"),
    ),
    ducts=(Duct("d1", 10.0), Duct("d2", 20.0)),
    links=(
        Link("A~B", "A", "B", 1e9, 10.0, 10, ("d1",), "A/card-1"),
        Link("B~C", "B", "C", 1e9, 30.0, 10, ("d1", "d2")),
        Link("A~C", "A", "C", 1e9, 20.0, 10, ("d2",)),
    ),
    feeds=(PowerFeed("feed:A/A", "A"),),
    cards=(Card("A/card-1", "A"),),
    services=(
        Service("s1", "voice", "A", "C", 1e6, Sla(50.0, 0.01)),
        Service("s2", "voice", "B", "A", 1e6, Sla(50.0, 0.01)),
    ),
)
LINK = SOUND.links[0]
SERVICE = SOUND.services[0]


def test_sound_rows_build_the_network_they_describe() -> None:
    network = NetworkBuilder.from_rows(SOUND).build()
    assert network.elements.ids == ("A", "B", "C")
    assert network.links_in_duct("d2") == ("A~C", "B~C")


def faulty(**changes: object) -> str:
    """Return the complaint about the sound rows with some tables replaced."""
    with pytest.raises(TopologyError) as refused:
        NetworkBuilder.from_rows(replace(SOUND, **changes)).build()
    return str(refused.value)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"elements": (*SOUND.elements, NetworkElement("B"))},
            "TOP001 element id 'B' is used 2 times; ids are unique",
        ),
        (
            {"elements": (*SOUND.elements, NetworkElement("D", feeds=("feed:A/C",)))},
            (
                "TOP015 element 'D' is corded to feed 'feed:A/C', which does not exist\n"
                "   did you mean 'feed:A/A'?"
            ),
        ),
        (
            {"elements": (*SOUND.elements, NetworkElement("D", feeds=("feed:A/A",) * 2))},
            "TOP014 element 'D' lists feed 'feed:A/A' 2 times; once is enough",
        ),
        (
            {"feeds": (PowerFeed("feed:A/A", "Aa"),)},
            "TOP010 feed 'feed:A/A' stands at site 'Aa', which does not exist",
        ),
        (
            {"cards": (*SOUND.cards, Card("E/card-1", "E"))},
            "TOP016 card 'E/card-1' is in element 'E', which does not exist",
        ),
        (
            {"links": (replace(LINK, card_a="A/card-2"), *SOUND.links[1:])},
            (
                "TOP016 link 'A~B' ends (a) on card 'A/card-2', which does not exist\n"
                "   did you mean 'A/card-1'?"
            ),
        ),
        (
            {"links": (replace(LINK, card_z="A/card-1"), *SOUND.links[1:])},
            "TOP017 link 'A~B' ends (z) at 'B', but on card 'A/card-1' of 'A'",
        ),
        (
            {"links": (replace(LINK, z="Bb"), *SOUND.links[1:])},
            "TOP002 link 'A~B' ends (z) at element 'Bb', which does not exist",
        ),
        (
            {"links": (replace(LINK, ducts=("d11",)), *SOUND.links[1:])},
            "TOP003 link 'A~B' rides in duct 'd11', which does not exist\n   did you mean 'd1'?",
        ),
        (
            {"links": (replace(LINK, z="A"), *SOUND.links[1:])},
            "TOP004 link 'A~B' joins 'A' to itself; it needs two ends",
        ),
        (
            {"links": (replace(LINK, capacity_bps=0.0), *SOUND.links[1:])},
            "TOP005 link 'A~B' has capacity_bps 0; it must be above 0",
        ),
        (
            {"links": (replace(LINK, length_km=-1.0), *SOUND.links[1:])},
            "TOP005 link 'A~B' has length_km -1; it must be above 0",
        ),
        (
            {"links": (replace(LINK, length_km=float("nan")), *SOUND.links[1:])},
            "TOP005 link 'A~B' has length_km nan; it must be above 0",
        ),
        (
            {"links": (replace(LINK, cost=0), *SOUND.links[1:])},
            "TOP005 link 'A~B' has cost 0; it must be above 0",
        ),
        (
            {"services": (replace(SERVICE, a="X"),)},
            "TOP006 service 's1' ends (a) at element 'X', which does not exist",
        ),
        (
            {"services": (replace(SERVICE, z="A"),)},
            "TOP007 service 's1' goes from 'A' to itself; it needs two ends",
        ),
        (
            {"services": (replace(SERVICE, sla=Sla(0.0, 0.01)),)},
            "TOP008 service 's1' is promised latency 0 ms; it must be above 0",
        ),
        (
            {"services": (replace(SERVICE, sla=Sla(5.0, 1.5)),)},
            "TOP008 service 's1' is promised loss 1.5; it must be in 0..1",
        ),
        (
            {"services": (replace(SERVICE, sla=Sla(5.0, 0.1, 99.9)),)},
            "TOP008 service 's1' is promised availability 99.9; it must be in 0..1",
        ),
        (
            {"services": (replace(SERVICE, flow_groups=0),)},
            "TOP009 service 's1' has 0 flow groups; it must have 1 to 64",
        ),
        (
            {"sites": ()},
            "TOP010 element 'A' stands at site 'A', which does not exist",
        ),
        (
            {"elements": (*SOUND.elements, NetworkElement("D>E"))},
            "TOP011 element id 'D>E' must be non-empty and without spaces, '~', '>' or '#'",
        ),
        (
            {"links": (*SOUND.links, replace(LINK, id="other"))},
            "TOP013 links 'A~B' and 'other' both have a direction 'A>B'; mark parallel links",
        ),
        (
            {"links": (replace(LINK, ducts=("d1", "d1")), *SOUND.links[1:])},
            "TOP014 link 'A~B' lists duct 'd1' 2 times; once is enough",
        ),
    ],
)
def test_each_mistake_has_its_own_words(changes: dict[str, object], text: str) -> None:
    assert text in faulty(**changes)


def test_a_network_without_elements_is_refused() -> None:
    with pytest.raises(TopologyError) as refused:
        NetworkBuilder("void").build()
    assert str(refused.value) == (
        "TOP012 network 'void' has no elements; it needs at least one\n1 error"
    )


def test_all_mistakes_are_told_at_once() -> None:
    text = faulty(
        links=(replace(LINK, z="Q", ducts=("nowhere",)), replace(SOUND.links[1], cost=-3)),
        services=(replace(SERVICE, flow_groups=100),),
    )
    codes = [line.split()[0] for line in text.splitlines() if line.startswith("TOP")]
    assert codes == ["TOP002", "TOP003", "TOP005", "TOP009"]
    assert text.endswith("4 errors")


@given(st.data())
def test_the_order_of_adding_cannot_be_seen(data: st.DataObject) -> None:
    shuffled = NetworkRows(
        name=SOUND.name,
        **{
            table: tuple(data.draw(st.permutations(getattr(SOUND, table))))
            for table in ("sites", "elements", "ducts", "links", "services", "feeds", "cards")
        },
    )
    assert NetworkBuilder.from_rows(shuffled).build().rows == Network.from_rows(SOUND).rows
