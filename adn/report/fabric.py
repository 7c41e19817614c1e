"""A data-centre fabric drawn as its engineers draw it: edges, border leaves, spines, racks.

Sites stand side by side. A rack is a pair of leaves with the groups of servers below them; every
leaf is linked to every spine, so these links are drawn faintly, and those of groups not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from adn.report.geography import Places
from adn.report.svg import Markup, tag
from adn.topology.network import Network

WIDTH: Final = 1000.0
NAMES: Final = 84.0
"""Room at the left for the names of the rows."""
APART: Final = 26.0
"""Between two sites."""
TOP: Final = 34.0
ROWS: Final = {"edge": 34.0, "border-leaf": 112.0, "spine": 196.0, "leaf": 296.0}
"""How far below the top each kind of element stands."""
FIRST_GROUP: Final = 46.0
GROUP: Final = 19.0
STAGGER: Final = 22.0
TITLES: Final = {
    "edge": "outside",
    "border-leaf": "border leaves",
    "spine": "spines",
    "leaf": "leaves",
}
NEEDED: Final = frozenset({"spine", "leaf"})


@dataclass(frozen=True, slots=True)
class Rack:
    """Two leaves, and what hangs on them."""

    leaves: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def deep(self) -> int:
        """How many groups stand below each other, side by side under each leaf."""
        return -(-len(self.groups) // max(1, len(self.leaves)))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything stands.

    Attributes:
        at: Of each element.
        height: Of the whole drawing.
        ground: Sites and racks, drawn below everything else.
        titles: Names of sites, drawn above the links.
        faint: Links that are drawn faintly.
        hidden: Links that are not drawn unless something is marked on them.
    """

    at: Places
    height: float
    ground: tuple[Markup, ...]
    titles: tuple[Markup, ...]
    faint: frozenset[str]
    hidden: frozenset[str]


def is_fabric(network: Network) -> bool:
    """Return whether a network is one of leaves and spines."""
    return {row.kind for row in network.rows.elements} >= NEEDED


def fabric_drawing(network: Network) -> Drawing:
    """Return where the elements of a fabric stand."""
    kinds = {row.id: row.kind for row in network.rows.elements}
    sites = sorted({row.site for row in network.rows.elements if row.kind in NEEDED})
    wide = (WIDTH - NAMES - APART * (len(sites) - 1) - 10.0) / len(sites)
    at: Places = {}
    racks = {site: _racks(network, site) for site in sites}
    most = max((rack.deep for row in racks.values() for rack in row), default=0)
    height = TOP + ROWS["leaf"] + FIRST_GROUP + GROUP * most + 14.0
    ground: list[Markup] = []
    titles: list[Markup] = []
    for place, site in enumerate(sites):
        left = NAMES + place * (wide + APART)
        top = TOP + ROWS["border-leaf"] - 44.0
        tall = height - top - 2
        ground.append(tag("rect", x=left, y=top, width=wide, height=tall, rx=10, class_="site"))
        titles.append(tag("text", site, x=left + 12, y=top + 20, class_="place site-name"))
        for kind in ("border-leaf", "spine"):
            names = [n for n in network.elements.ids if kinds[n] == kind and _at(network, n, site)]
            placed = _spread(names, left, wide, TOP + ROWS[kind])
            # Staggered, so that links between sites do not run through border leaves.
            low = STAGGER if kind == "border-leaf" else 0.0
            at |= {n: (x, y + low * (k % 2)) for k, (n, (x, y)) in enumerate(placed.items())}
        ground += _rack_row(racks[site], left, wide, height, at)
    outside = [name for name in network.elements.ids if name not in at]
    at |= _spread(outside, NAMES, WIDTH - NAMES, TOP + ROWS["edge"] - 22.0)
    ground += [
        tag("text", title, x=2, y=TOP + ROWS[kind] + (-18 if kind == "edge" else 4), class_="tick")
        for kind, title in TITLES.items()
    ]
    ground.append(tag("text", "servers", x=2, y=TOP + ROWS["leaf"] + FIRST_GROUP, class_="tick"))
    ends = {row.id: {kinds[row.a], kinds[row.z]} for row in network.rows.links}
    return Drawing(
        at=at,
        height=height,
        ground=tuple(ground),
        titles=tuple(titles),
        faint=frozenset(name for name, pair in ends.items() if "spine" in pair),
        hidden=frozenset(name for name, pair in ends.items() if "servers" in pair),
    )


def _at(network: Network, name: str, site: str) -> bool:
    return network.rows.elements[network.elements.row(name)].site == site


def _racks(network: Network, site: str) -> list[Rack]:
    """Return the racks of a site: leaves that share groups of servers, else in pairs."""
    rows = [row for row in network.rows.elements if row.site == site]
    leaves = [row.id for row in rows if row.kind == "leaf"]
    pairs = [tuple(leaves[start : start + 2]) for start in range(0, len(leaves), 2)]
    rack_of = {leaf: number for number, pair in enumerate(pairs) for leaf in pair}
    groups: list[tuple[int, str]] = []
    for row in rows:
        if row.kind != "servers":
            continue
        ends = [network.rows.links[network.links.row(link)] for link in network.links_of(row.id)]
        near = [rack_of[far] for end in ends for far in (end.a, end.z) if far in rack_of]
        groups.append((min(near, default=0), row.id))
    held = {
        number: tuple(name for _, name in members)
        for number, members in groupby(sorted(groups), key=lambda pair: pair[0])
    }
    return [Rack(pair, held.get(number, ())) for number, pair in enumerate(pairs)]


def _spread(names: Sequence[str], left: float, wide: float, y: float) -> Places:
    """Return names evenly spread over a row, two of them not at its very ends."""
    step = wide / max(1, len(names))
    return {name: (left + step * (place + 0.5), y) for place, name in enumerate(names)}


def _rack_row(
    racks: Sequence[Rack], left: float, wide: float, height: float, at: Places
) -> Iterator[Markup]:
    """Yield the boxes of racks, and note where leaves and groups stand."""
    step = (wide - 16.0) / max(1, len(racks))
    top = TOP + ROWS["leaf"]
    for number, rack in enumerate(racks):
        x = left + 8.0 + step * number
        tall = height - top + 10
        yield tag("rect", x=x + 2, y=top - 20, width=step - 4, height=tall, rx=6, class_="rack")
        across = max(1, len(rack.leaves))
        for place, leaf in enumerate(rack.leaves):
            at[leaf] = (x + step * (place + 0.5) / across, top)
        for place, group in enumerate(rack.groups):
            down, side = divmod(place, across)
            at[group] = (x + step * (side + 0.5) / across, top + FIRST_GROUP + GROUP * down)
