"""A small leaf–spine fabric by hand: feeds, cards on spines, server groups on two leaves."""

from __future__ import annotations

from adn.topology.elements import (
    Card,
    Link,
    NetworkElement,
    NetworkRows,
    PowerFeed,
    Service,
    Sla,
    direction_ids,
)

SPINES = ("spine-1", "spine-2", "spine-3", "spine-4")
LEAVES = ("leaf-1", "leaf-2", "leaf-3", "leaf-4")
GROUPS = {"app-1": LEAVES[:2], "app-2": LEAVES[:2], "db-1": LEAVES[2:], "db-2": LEAVES[2:]}


def fabric_rows() -> NetworkRows:
    """Four spines with two cards, four leaves of which one is single-corded, dual-homed groups."""
    elements = [NetworkElement(name, "spine", "hall", ("feed:A", "feed:B")) for name in SPINES]
    elements += [
        NetworkElement(
            name, "leaf", "hall", ("feed:B",) if name == "leaf-4" else ("feed:A", "feed:B")
        )
        for name in LEAVES
    ]
    elements += [
        NetworkElement(name, "servers", "hall", ("feed:A", "feed:B"), transit=False)
        for name in GROUPS
    ]
    links = [
        Link(f"{leaf}~{spine}", leaf, spine, 40e9, 0.1, 10, card_z=f"{spine}/card-{1 + at // 2}")
        for at, leaf in enumerate(LEAVES)
        for spine in SPINES
    ]
    links += [
        Link(f"{group}~{leaf}", group, leaf, 50e9, 0.01, 10)
        for group, leaves in GROUPS.items()
        for leaf in leaves
    ]
    services = [
        Service(f"data:{a}>{z}:{n}", "data", a, z, 1e9, Sla(5.0, 0.001), 10, 16)
        for a in GROUPS
        for z in GROUPS
        if a != z
        for n in range(3)
    ]
    return NetworkRows(
        name="fabric",
        elements=tuple(elements),
        links=tuple(links),
        services=tuple(services),
        feeds=(PowerFeed("feed:A", "hall"), PowerFeed("feed:B", "hall")),
        cards=tuple(Card(f"{spine}/card-{n}", spine) for spine in SPINES for n in (1, 2)),
    )


def ways_of(link: str) -> tuple[str, str]:
    """Return the two directions of a link named by its ends."""
    a, _, z = link.partition("~")
    return direction_ids(link, a, z)
