"""The rows of a generated network while it is laid: elements at places, links in ducts, cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import cos, radians
from typing import Final

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
)
from adn.topology.geography import fibre_route_km, great_circle_km
from adn.topology.loading import smallest_rate
from adn.topology.naming import link_id
from adn.topology.network import Network

HOP_COST: Final = 10
REFERENCE_BPS: Final = 1e12
"""Rate of which a link's metric is the inverse (RFC 2328 leaves it to the operator): so traffic
never takes an access ring for a short cut between its two aggregation elements."""
INDOORS_KM: Final = 0.1
_KM_A_DEGREE: Final = 111.2
_PORTS_A_CARD: Final = 4


class Plant:
    """Collects what is laid; rates follow from what each link may have to carry.

    Args:
        metric: ``length`` (a unit a km on top of the inverse of the rate) or ``hops``.
        headroom: Largest share of a link's rate that its worst load may take.
    """

    def __init__(self, metric: str, headroom: float) -> None:
        self._metric, self._headroom = metric, headroom
        self.places: dict[str, tuple[float, float]] = {}
        self._sites: dict[str, Site] = {}
        self._elements: list[NetworkElement] = []
        self._links: dict[str, Link] = {}
        self._ducts: dict[str, Duct] = {}
        self._feeds: list[PowerFeed] = []
        self._cards: dict[str, Card] = {}
        self._ports: dict[str, int] = {}

    def element(
        self, name: str, kind: str, place: tuple[float, float], site: str = "", feeds: int = 0
    ) -> str:
        """Add an element at a site, its own unless named, on so many power feeds of the site."""
        site = site or name
        if site not in self._sites:
            self._sites[site] = Site(site, round(place[0], 4), round(place[1], 4))
            self._feeds += [PowerFeed(feed, site) for feed in feed_ids(site, feeds)]
        self.places[name] = place
        self._elements.append(NetworkElement(name, kind, site, feed_ids(site, feeds)))
        return name

    def link(self, near: str, far: str, *, carded: Sequence[str] = (), number: int = 1) -> str:
        """Add a link in a duct of its own, or none indoors; return its id.

        Args:
            near: The one end.
            far: The other end.
            carded: Which of the ends have line cards.
            number: Which of several parallel links it is.
        """
        a, z = sorted((near, far))
        name = link_id(a, z, number)
        air = great_circle_km(*self.places[a], *self.places[z])
        length = max(INDOORS_KM, round(fibre_route_km(air), 3))
        ducts: tuple[str, ...] = ()
        if length > INDOORS_KM:
            ducts = (f"duct:{name}",)
            self._ducts[ducts[0]] = Duct(ducts[0], length)
        cards = [self._card(end) if end in carded else "" for end in (a, z)]
        self._links[name] = Link(name, a, z, 1.0, length, 1, ducts, cards[0], cards[1])
        return name

    def share(self, names: Sequence[str], duct: str, at: Sequence[str]) -> bool:
        """Let links share the first third of the shortest, from these ends on; say if they do."""
        held = [self._links[name] for name in names]
        if len(held) < 2 or any(not link.ducts or len(link.ducts) > 1 for link in held):
            return False
        length = round(min(link.length_km for link in held) / 3, 3)
        self._ducts[duct] = Duct(duct, length)
        for link in held:
            own = link.ducts[0]
            self._ducts[own] = Duct(own, round(link.length_km - length, 3))
            ducts = (duct, own) if link.a in at else (own, duct)
            self._links[link.id] = replace(link, ducts=ducts)
        return True

    def rate(self, name: str, worst_bps: float) -> None:
        """Give a link the smallest rate that carries its worst load, and the metric of it."""
        link = self._links[name]
        rate = smallest_rate(worst_bps, self._headroom)
        cost = HOP_COST
        if self._metric == "length":
            cost = max(1, round(REFERENCE_BPS / rate)) + max(1, round(link.length_km))
        self._links[name] = replace(link, capacity_bps=rate, cost=cost)

    def network(
        self, name: str, services: Sequence[Service], assumptions: Sequence[Assumption]
    ) -> Network:
        """Return the network; it is sound by construction, and a test holds it so."""
        return Network.from_rows(
            NetworkRows(
                name=name,
                sites=tuple(self._sites.values()),
                elements=tuple(self._elements),
                ducts=tuple(self._ducts.values()),
                links=tuple(self._links.values()),
                services=tuple(services),
                feeds=tuple(self._feeds),
                cards=tuple(self._cards.values()),
                assumptions=(*self._rules(), *assumptions),
            )
        )

    def _card(self, element: str) -> str:
        """Return the line card of the next port of an element."""
        port = self._ports.get(element, 0)
        self._ports[element] = port + 1
        name = f"{element}/card-{port // _PORTS_A_CARD + 1}"
        self._cards.setdefault(name, Card(name, element))
        return name

    def _rules(self) -> tuple[Assumption, ...]:
        cost = f"{HOP_COST} each"
        if self._metric == "length":
            cost = "1 Tbit/s over the rate, and one unit a km of length, at least 1"
        return (
            Assumption(
                "link lengths",
                "great circle × 1.5, 0.1 km within a site",
                len(self._links),
                "ITU-T G.826 (calculated route length)",
            ),
            Assumption("interior-gateway costs", cost, len(self._links)),
            Assumption("line cards", f"{_PORTS_A_CARD} ports each", len(self._cards)),
            Assumption(
                "link capacities",
                "smallest of 1, 10, 40, 100, 400, 800 Gbit/s, or multiple of the last, of which "
                f"the load after any one cut is at most {self._headroom:.0%}",
                len(self._links),
                "rates: IEEE 802.3; headroom: assumption",
            ),
        )


def feed_ids(site: str, count: int) -> tuple[str, ...]:
    """Return the power feeds of a site.

    >>> feed_ids("north", 2)
    ('feed:north/A', 'feed:north/B')
    """
    return tuple(f"feed:{site}/{letter}" for letter in "ABCD"[:count])


def beside(place: tuple[float, float], east_km: float, north_km: float) -> tuple[float, float]:
    """Return a place some km off another, on the plane that a metro area is."""
    return (
        place[0] + north_km / _KM_A_DEGREE,
        place[1] + east_km / (_KM_A_DEGREE * cos(radians(place[0]))),
    )
