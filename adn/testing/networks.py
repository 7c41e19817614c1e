"""Small networks with line cards and power feeds, on which every kind of fault can be tried."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Card, Duct, Link, NetworkElement, PowerFeed, Service, Sla
from adn.topology.network import Network

CARDS = 2


def equipped(network: Network) -> Network:
    """Return a network with line cards and power feeds that it did not have.

    The ports of every element take turns on two cards. Elements are corded to two feeds, named
    after the first of them; every third only to the one of the two.
    """
    rows = network.rows
    used: Counter[str] = Counter()

    def port(element: str) -> str:
        used[element] += 1
        return f"{element}/card-{(used[element] - 1) % CARDS + 1}"

    links = tuple(replace(row, card_a=port(row.a), card_z=port(row.z)) for row in rows.links)
    names = [row.id for row in rows.elements]
    feeds = [f"feed:{names[0]}/{letter}" for letter in "AB"]
    elements = tuple(
        replace(row, feeds=tuple(feeds) if number % 3 else (feeds[number % 2],))
        for number, row in enumerate(rows.elements)
    )
    held = sorted({card for row in links for card in (row.card_a, row.card_z)})
    cards = tuple(Card(name, name.rpartition("/")[0]) for name in held)
    found = replace(
        rows,
        elements=elements,
        links=links,
        cards=cards,
        feeds=tuple(PowerFeed(name) for name in feeds),
    )
    return NetworkBuilder.from_rows(found).build()


def clos(spines: int = 2, leaves: int = 4, *, demand_bps: float = 2e9) -> Network:
    """Return a fabric: each leaf has a link to every spine, each pair of leaves a group of servers.

    Every ordered pair of groups has a service ``s:a>z`` and an elastic one ``e:a>z``; operations
    attach at a border leaf ``edge``. All metrics are equal.

    >>> clos().elements.ids
    ('edge', 'group-1', 'group-2', 'leaf-1', 'leaf-2', 'leaf-3', 'leaf-4', 'spine-1', 'spine-2')
    """
    builder = NetworkBuilder("clos")
    upper = [f"spine-{number}" for number in range(1, spines + 1)]
    lower = [f"leaf-{number}" for number in range(1, leaves + 1)]
    groups = [f"group-{number}" for number in range(1, leaves // 2 + 1)]
    for name, kind in [
        ("edge", "border-leaf"),
        *((name, "spine") for name in upper),
        *((name, "leaf") for name in lower),
    ]:
        builder.add_element(NetworkElement(name, kind))
    for name in groups:
        builder.add_element(NetworkElement(name, "servers", transit=False))
    pairs = [(a, z) for a in ["edge", *lower] for z in upper]
    pairs += [(group, lower[2 * n + side]) for n, group in enumerate(groups) for side in (0, 1)]
    for a, z in pairs:
        duct = f"duct:{a}~{z}"
        builder.add_duct(Duct(duct, 0.1))
        builder.add_link(Link(f"{a}~{z}", a, z, 10e9, 0.1, 10, (duct,)))
    ends = ["edge", *groups]
    for a in ends:
        for z in ends:
            if a != z:
                builder.add_service(Service(f"s:{a}>{z}", "data", a, z, demand_bps, Sla(5.0, 5e-3)))
                builder.add_service(
                    Service(f"e:{a}>{z}", "bulk", a, z, demand_bps, Sla(50.0, 0.5), elastic=True)
                )
    return equipped(builder.build())
