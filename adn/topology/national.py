"""How an operator's national network is divided: a backbone and metro areas, each on its own.

No link-state protocol holds a hundred thousand elements in one area, so an operator's network is a
backbone and many areas, each with a control plane of its own (IS-IS level 1, ISO/IEC 10589; OSPF
areas, RFC 2328). This room only says which areas there are, how large each is and where it lies;
`metro` and `backbone` build one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Final, Literal

from adn.base.errors import Finding, TopologyError
from adn.base.streams import Key
from adn.topology.naming import closest

METRO: Final = "metro"
"""The source of one metro area, made from a `MetroSpec`."""
NATIONAL: Final = "national"
"""The source of a backbone and many areas, made from a `NationalSpec`."""
BACKBONE: Final = "backbone"
"""The name of the area that joins the others."""
FEWEST: Final = 12
MOST: Final = 5_000
MOST_AREAS: Final = 1_000
SOUTH, WEST, SIDE_KM = 47.0, 6.0, 900.0
_KM_A_DEGREE: Final = 111.2

AreaKind = Literal["backbone", "metro"]
KINDS: Final[Mapping[AreaKind, frozenset[str]]] = {
    "backbone": frozenset({"core", "gateway"}),
    "metro": frozenset({"border", "hub", "aggregation", "access"}),
}
"""The kinds of elements that an area of each kind has."""


@dataclass(frozen=True, slots=True)
class MetroSpec:
    """A metro area; all figures are choices.

    Attributes:
        elements: Elements in all.
        services: Services an element.
        demand_bps: Mean contracted peak of an access element, bit/s.
        number: What its shape is drawn from: another number is another area.
        name: Ids of what is in it begin with it.
        latitude: Degrees north of its centre.
        longitude: Degrees east of its centre.
    """

    elements: int
    services: int = 10
    demand_bps: float = 300e6
    number: int = 1
    name: str = METRO
    latitude: float = 50.1
    longitude: float = 8.7


@dataclass(frozen=True, slots=True)
class NationalSpec:
    """A backbone and its metro areas; all figures are choices.

    Attributes:
        areas: Metro areas, the backbone apart.
        elements_per_area: Elements of an area in the mean; all areas together have `areas` times
            as many, to the element.
        spread: Sizes lie up to this share of the mean above and below it.
        services: Services an element.
        demand_bps: Mean contracted peak of an access element, bit/s.
        number: What sizes and shapes are drawn from: another number is another network.
    """

    areas: int
    elements_per_area: int = 400
    spread: float = 0.3
    services: int = 10
    demand_bps: float = 300e6
    number: int = 1


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a national network, before anything of it is built.

    Attributes:
        name: ``backbone``, or ``area-001`` and so on.
        kind: What it is.
        elements: How many elements it has.
        latitude: Degrees north of its centre.
        longitude: Degrees east of its centre.
    """

    name: str
    kind: AreaKind
    elements: int
    latitude: float
    longitude: float


def divided(spec: NationalSpec) -> tuple[Area, ...]:
    """Return the areas of a national network, the backbone first, then by name.

    Raises:
        TopologyError: The spec is of no network.
    """
    if found := list(_wrong_national(spec)):
        raise TopologyError(found)
    key = national_key(spec)
    names = area_names(spec.areas)
    sizes = _sizes(spec, key)
    places = key.stream("places").random((spec.areas, 2))
    centre = place_at(0.5, 0.5)
    backbone = Area(BACKBONE, "backbone", backbone_elements(spec.areas), *centre)
    metros = [
        Area(name, "metro", size, *place_at(float(east), float(north)))
        for name, size, (east, north) in zip(names, sizes, places, strict=True)
    ]
    return (backbone, *metros)


def area_of(spec: NationalSpec, name: str) -> Area:
    """Return one area by its name.

    Raises:
        TopologyError: There is no such area.
    """
    every = {area.name: area for area in divided(spec)}
    if name not in every:
        message = f"no area '{name}'; there are {BACKBONE} and {spec.areas} metro areas"
        hint = closest(name, every)
        raise TopologyError(Finding("TOP040", message, hint=hint))
    return every[name]


def metro_of(spec: NationalSpec, area: Area) -> MetroSpec:
    """Return what a metro area of a national network is built from."""
    return MetroSpec(
        elements=area.elements,
        services=spec.services,
        demand_bps=spec.demand_bps,
        number=spec.number,
        name=area.name,
        latitude=area.latitude,
        longitude=area.longitude,
    )


def national_key(spec: NationalSpec) -> Key:
    """Return the key that a national network is drawn from; no run's seed is in it."""
    return Key.root(spec.number).child("topology").child(NATIONAL)


def metro_key(spec: MetroSpec) -> Key:
    """Return the key of one area, a child by its name: no area's shape hangs on another's."""
    return Key.root(spec.number).child("topology").child(f"area/{spec.name}")


def area_names(count: int) -> tuple[str, ...]:
    """Return the names of metro areas.

    >>> area_names(2)
    ('area-001', 'area-002')
    """
    return tuple(f"area-{number:03d}" for number in range(1, count + 1))


def core_cities(areas: int) -> int:
    """Return in how many cities a backbone of so many areas has core routers: their square root.

    >>> core_cities(3), core_cities(250)
    (3, 16)
    """
    return max(3, round(sqrt(areas)))


def backbone_elements(areas: int) -> int:
    """Return how many elements a backbone has: two core routers a city, two gateways an area.

    >>> backbone_elements(250)
    532
    """
    return 2 * core_cities(areas) + 2 * areas


def place_at(east: float, north: float) -> tuple[float, float]:
    """Return latitude and longitude of a place in the country, a square; shares of its sides."""
    return (
        round(SOUTH + north * SIDE_KM / _KM_A_DEGREE, 4),
        round(WEST + east * SIDE_KM / (_KM_A_DEGREE * 0.64), 4),  # cosine of 50 degrees
    )


def _sizes(spec: NationalSpec, key: Key) -> list[int]:
    """Return the sizes of the metro areas; their sum is exact."""
    drawn = 1.0 + spec.spread * (2.0 * key.stream("sizes").random(spec.areas) - 1.0)
    wanted = drawn * (spec.areas * spec.elements_per_area / float(drawn.sum()))
    sizes = [int(size) for size in wanted]
    missing = spec.areas * spec.elements_per_area - sum(sizes)
    order = sorted(range(spec.areas), key=lambda row: (sizes[row] - float(wanted[row]), row))
    for row in order[:missing]:
        sizes[row] += 1
    return sizes


def _wrong_national(spec: NationalSpec) -> Iterator[Finding]:
    smallest = spec.elements_per_area * (1.0 - spec.spread) / (1.0 + spec.spread)
    limits = [
        ("number of areas", spec.areas, 1, MOST_AREAS),
        ("number of elements an area", spec.elements_per_area, FEWEST, MOST),
        ("smallest number of elements an area", int(smallest), FEWEST, MOST),
        ("number of services an element", spec.services, 1, 40),
    ]
    for what, number, low, high in limits:
        if not low <= number <= high:
            yield Finding("TOP041", f"{what} is {number:,}; it must be {low} to {high:,}")
    if not 0 <= spec.spread <= 0.9:
        yield Finding("TOP041", f"spread of sizes is {spec.spread:g}; it must be 0 to 0.9")
    yield from wrong_demand(spec.demand_bps)


def wrong_demand(demand_bps: float) -> Iterator[Finding]:
    """Yield whether the demand of an access element is none."""
    if not (isfinite(demand_bps) and demand_bps > 0):
        message = f"demand of an access element is {demand_bps:g} bit/s; it must be above 0"
        yield Finding("TOP041", message)
