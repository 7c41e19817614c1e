"""One metro area of an operator: border pair, hubs, aggregation rings, access rings and spurs.

Aggregation elements stand in rings of four to eight that begin and end at the two border routers;
access elements in rings of four to eight between two neighbours of such a ring, or on one element
of it; some hang on others as spurs. Rings of aggregation and access are how operators build metro
networks (ITU-T G.8032 and G.8040 for rings; sizes and shares here are assumptions). An element has
2.3 links in the mean. Everything is drawn from the area's own key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, pi, sin, sqrt
from typing import Final

import numpy as np

from adn.base.errors import Finding, TopologyError
from adn.topology.elements import Assumption
from adn.topology.metro_services import Access, metro_services, service_rules
from adn.topology.national import FEWEST, METRO, MOST, MetroSpec, metro_key, wrong_demand
from adn.topology.network import Network
from adn.topology.plant import Plant, beside

RING: Final = (4, 8)
"""Fewest and most elements of a ring, the two it closes on apart (assumption)."""
_ELEMENTS_A_KM2: Final = 0.5
_ONE_HOME: Final = 0.25
"""Share of the access rings that begin and end at one and the same element (assumption)."""
_ELEMENTS_A_HUB: Final = 400


@dataclass(slots=True)
class _Home:
    """An aggregation element: its ring, where it stands, and the links of access that end there."""

    name: str
    ring: int
    place: tuple[float, float]
    next: str = ""
    ends: list[str] = field(default_factory=list)


def metro_network(spec: MetroSpec, metric: str = "length", headroom: float = 0.5) -> Network:
    """Return a metro area with its services.

    Args:
        spec: What it shall be.
        metric: ``length`` or ``hops``.
        headroom: Largest share of a link's rate that the load after any one cut may take.

    Raises:
        TopologyError: The spec is of no area.
    """
    if found := list(_wrong(spec)):
        raise TopologyError(found)
    return _Metro(spec, metric, headroom).network()


def _wrong(spec: MetroSpec) -> Iterator[Finding]:
    limits = [
        ("number of elements", spec.elements, FEWEST, MOST),
        ("number of services an element", spec.services, 1, 40),
    ]
    for what, number, low, high in limits:
        if not low <= number <= high:
            yield Finding("TOP041", f"{what} is {number:,}; it must be {low} to {high:,}")
    yield from wrong_demand(spec.demand_bps)


def cut_into_rings(count: int, stream: np.random.Generator) -> list[int]:
    """Return the sizes of rings that hold so many elements; only the last may be out of bounds.

    >>> cut_into_rings(3, np.random.Generator(np.random.Philox(1)))
    [3]
    """
    sizes: list[int] = []
    left = count
    while left > 0:
        size = min(left, int(stream.integers(RING[0], RING[1] + 1)))
        if 0 < left - size < RING[0]:
            size = left if left <= RING[1] else left - RING[0]
        sizes.append(size)
        left -= size
    return sizes


class _Metro:
    """An area while it is laid."""

    def __init__(self, spec: MetroSpec, metric: str, headroom: float) -> None:
        self._spec = spec
        self._key = metro_key(spec)
        self._plant = Plant(metric, headroom)
        self._shape = self._key.stream("shape")
        self._radius = sqrt(spec.elements / _ELEMENTS_A_KM2 / pi)
        self._centre = (spec.latitude, spec.longitude)
        self._borders: list[str] = []
        self._hubs: list[str] = []
        self._homes: list[_Home] = []
        self._ring_links: list[list[str]] = []
        self._access: list[Access] = []
        self._access_links: list[tuple[str, int]] = []
        self._rings = 0
        self._shared = 0

    def network(self) -> Network:
        """Lay everything, and return it."""
        spec = self._spec
        hubs = max(2 if spec.elements >= 40 else 1, -(-spec.elements // _ELEMENTS_A_HUB))
        self._centrals(hubs)
        left = spec.elements - 2 - hubs
        self._aggregation(max(2, round(left / 10)))
        access = left - len(self._homes)
        spurs = round(access * float(self._shape.uniform(0.05, 0.15)))
        self._access_rings(access - spurs)
        self._spurs(spurs)
        self._share_ducts()
        services = metro_services(
            self._key.stream("services"), spec.services * spec.elements, spec.demand_bps,
            self._access, self._borders, self._hubs,
        )  # fmt: skip
        self._rates()
        return self._plant.network(
            spec.name,
            services,
            (
                *service_rules(len(services), spec.demand_bps),
                Assumption(
                    "the area's shape",
                    f"rings of {RING[0]} to {RING[1]}, {_ONE_HOME:.0%} of the access rings on one "
                    "element, up to 15% of the access elements on spurs; drawn by its own key",
                    spec.elements,
                ),
                Assumption(
                    "shared ducts",
                    "two access links that leave an aggregation element share their first third",
                    self._shared,
                ),
            ),
        )

    def _centrals(self, hubs: int) -> None:
        """Lay the two central sites, each with a border router, and the hubs between them."""
        name, plant = self._spec.name, self._plant
        east = 0.1 * self._radius
        places = [beside(self._centre, way * east, 0.0) for way in (-1.0, 1.0)]
        sites = [f"{name}-central-{number}" for number in (1, 2)]
        for number, (site, place) in enumerate(zip(sites, places, strict=True), 1):
            self._borders.append(
                plant.element(f"{name}-border-{number}", "border", place, site, feeds=2)
            )
        self._core = [plant.link(*self._borders, carded=self._borders)]
        for number in range(1, hubs + 1):
            at = (number - 1) % 2
            hub = plant.element(f"{name}-hub-{number}", "hub", places[at], sites[at], feeds=2)
            self._hubs.append(hub)
            self._core += [plant.link(hub, end, carded=self._borders) for end in self._borders]

    def _aggregation(self, count: int) -> None:
        """Lay aggregation rings as petals round the centre; each closes on both border routers."""
        plant, shape, wide = self._plant, self._shape, len(str(count))
        sizes = cut_into_rings(count, shape)
        number = 0
        for ring, size in enumerate(sizes):
            begin = 2.0 * pi * ring / len(sizes)
            petal = 2.0 * pi / len(sizes)
            members: list[_Home] = []
            for step in range(size):
                number += 1
                angle = begin + petal * (step + 0.5) / size
                away = self._radius * float(shape.uniform(0.4, 0.7))
                place = beside(self._centre, away * cos(angle), away * sin(angle))
                name = plant.element(
                    f"{self._spec.name}-agg-{number:0{wide}d}", "aggregation", place, feeds=1
                )
                members.append(_Home(name, ring, place))
            chain = [self._borders[0], *(home.name for home in members), self._borders[1]]
            carded = [*self._borders, *(home.name for home in members)]
            links = [plant.link(here, there, carded=carded) for here, there in pairwise(chain)]
            self._ring_links.append(links)
            for home, following in zip(members, [*members[1:], *members[:1]], strict=True):
                home.next = following.name
            self._homes += members

    def _access_rings(self, count: int) -> None:
        """Lay access rings, between two neighbours of an aggregation ring or on one element."""
        plant, shape = self._plant, self._shape
        homes = [self._homes[row] for row in shape.permutation(len(self._homes))]
        by_name = {home.name: home for home in self._homes}
        wide, number = len(str(self._spec.elements)), 0
        for size in cut_into_rings(count, shape):
            home = homes[self._rings % len(homes)]
            single = float(shape.random()) < _ONE_HOME or home.next == home.name
            far = home if single else by_name[home.next]
            angles = np.sort(shape.uniform(0.0, 2.0 * pi, size))
            reach = self._radius * shape.uniform(0.08, 0.25, size)
            members = []
            for angle, away in zip(angles.tolist(), reach.tolist(), strict=True):
                number += 1
                place = beside(home.place, away * cos(angle), away * sin(angle))
                members.append(
                    plant.element(f"{self._spec.name}-acc-{number:0{wide}d}", "access", place)
                )
            if single and size == 1:
                chain = [home.name, *members]
            else:
                chain = [home.name, *members, far.name]
            homed = (home.name, far.name)
            links = [plant.link(here, there, carded=homed) for here, there in pairwise(chain)]
            home.ends.append(links[0])
            if len(chain) > 2:
                far.ends.append(links[-1])
            self._access_links += [(link, self._rings) for link in links]
            for place_in, name in enumerate(members):
                beside_it = members[(place_in + 1) % size] if size > 1 else home.name
                self._access.append(Access(name, beside_it, self._rings, home.ring))
            self._rings += 1

    def _spurs(self, count: int) -> None:
        """Hang elements on access elements of rings, each by one link."""
        plant, shape = self._plant, self._shape
        first, wide = len(self._access), len(str(self._spec.elements))
        trunks = shape.integers(0, first, count).tolist() if first else []
        for number, row in enumerate(trunks, first + 1):
            trunk = self._access[row]
            angle, away = float(shape.uniform(0.0, 2.0 * pi)), 0.08 * self._radius
            place = beside(plant.places[trunk.name], away * cos(angle), away * sin(angle))
            name = plant.element(f"{self._spec.name}-acc-{number:0{wide}d}", "access", place)
            self._access_links.append((plant.link(trunk.name, name), trunk.ring))
            self._access.append(Access(name, trunk.name, trunk.ring, trunk.home_ring))

    def _share_ducts(self) -> None:
        """Let access links that leave an aggregation element share ducts, two by two."""
        for home in self._homes:
            for number, at in enumerate(range(0, len(home.ends) - 1, 2), 1):
                pair = home.ends[at : at + 2]
                if self._plant.share(pair, f"duct:{home.name}/way-{number}", [home.name]):
                    self._shared += 1

    def _rates(self) -> None:
        """Give every link the rate of what it carries when its ring is cut at its one end."""
        rings, petals, whole = [0.0] * self._rings, [0.0] * len(self._ring_links), 0.0
        for access in self._access:
            rings[access.ring] += access.worst_bps
            petals[access.home_ring] += access.worst_bps
            whole += access.worst_bps
        for link, ring in self._access_links:
            self._plant.rate(link, rings[ring])
        for links, worst in zip(self._ring_links, petals, strict=True):
            for link in links:
                self._plant.rate(link, worst)
        for link in self._core:
            self._plant.rate(link, whole)


__all__ = ["METRO", "cut_into_rings", "metro_network"]
