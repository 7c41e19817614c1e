"""Line cards and power cords of a fabric: what fails together inside a site."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from adn.base.streams import hash32
from adn.topology.elements import Assumption, Card, Link, NetworkElement, NetworkRows, PowerFeed
from adn.topology.specs import FabricSpec

FEEDS = ("A", "B")


def outfitted(rows: NetworkRows, fabric: FabricSpec) -> NetworkRows:
    """Return `rows` with line cards in the switches and every site's elements corded to its feeds.

    What stands at no site has no feed: its power is not modelled.
    """
    cards, links = _carded(rows, fabric)
    feeds = tuple(
        PowerFeed(f"feed:{site.id}/{name}", site.id) for site in rows.sites for name in FEEDS
    )
    elements, single = _corded(rows, fabric.single_corded)
    rules = (
        Assumption(
            "line cards",
            f"{fabric.cards_per_spine} a spine, {fabric.cards_per_leaf} a leaf, "
            f"{fabric.cards_per_border} a border leaf; ports to each kind of neighbour in turns",
            len(cards),
        ),
        Assumption(
            "power cords",
            f"to both feeds of the site, A and B; {fabric.single_corded:.0%} of a site's elements, "
            "those of the smallest hash of the name, in turns to one",
            sum(bool(element.feeds) for element in elements),
        ),
        Assumption("elements with one power cord", "as said of power cords", single),
    )
    return replace(
        rows,
        elements=elements,
        links=links,
        cards=cards,
        feeds=feeds,
        assumptions=(*rows.assumptions, *(rule for rule in rules if rule.count)),
    )


def _carded(rows: NetworkRows, fabric: FabricSpec) -> tuple[tuple[Card, ...], tuple[Link, ...]]:
    """Return the cards, and the links with their ports on them.

    Ports to neighbours of one kind take turns, so no card has all ways to the spines on it.
    """
    slots = {
        "spine": fabric.cards_per_spine,
        "leaf": fabric.cards_per_leaf,
        "border-leaf": fabric.cards_per_border,
    }
    element = {row.id: row for row in rows.elements}
    cards = tuple(
        Card(f"{row.id}/card-{number}", row.id)
        for row in rows.elements
        for number in range(1, slots.get(row.kind, 0) + 1)
    )
    used: defaultdict[tuple[str, str], int] = defaultdict(int)

    def port(here: str, there: str) -> str:
        count = slots.get(element[here].kind, 0)
        if not count:
            return ""
        neighbours = here, element[there].kind
        used[neighbours] += 1
        return f"{here}/card-{(used[neighbours] - 1) % count + 1}"

    links = tuple(
        replace(link, card_a=port(link.a, link.z), card_z=port(link.z, link.a))
        for link in sorted(rows.links, key=lambda row: row.id)
    )
    return cards, links


def _corded(rows: NetworkRows, single: float) -> tuple[tuple[NetworkElement, ...], int]:
    """Return the elements with their feeds, and how many of them have one only."""
    at_site: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows.elements:
        if row.site:
            at_site[row.site].append(row.id)
    feeds: dict[str, tuple[str, ...]] = {}
    alone = 0
    for site, names in at_site.items():
        by_hash = sorted(names, key=lambda name: (hash32(f"cord/{name}"), name))
        few = round(single * len(names))
        alone += few
        for place, name in enumerate(by_hash):
            chosen = (FEEDS[place % len(FEEDS)],) if place < few else FEEDS
            feeds[name] = tuple(f"feed:{site}/{feed}" for feed in chosen)
    return tuple(replace(row, feeds=feeds.get(row.id, ())) for row in rows.elements), alone
