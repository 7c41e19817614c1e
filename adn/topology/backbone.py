"""The backbone of a national network: core routers in pairs, and two gateways for each area.

Core cities form a ring by their bearing, with chords to the nearest others: a national backbone is
a sparse mesh of some three links a city. Each area hangs on the two core routers of its nearest
city by a gateway each. What goes between areas is one segment here (ITU-T Y.1542).
"""

from __future__ import annotations

from math import atan2
from typing import Final

import numpy as np

from adn.topology.elements import Assumption, Service
from adn.topology.metro_services import BUSINESS, FLOW_GROUPS, INTERNET, VOICE
from adn.topology.naming import service_id
from adn.topology.national import (
    BACKBONE,
    NationalSpec,
    core_cities,
    divided,
    national_key,
    place_at,
)
from adn.topology.network import Network
from adn.topology.plant import Plant

_KINDS: Final = (
    ("internet", INTERNET, 0.7, 5000, True),
    ("vpn", BUSINESS, 0.2, 200, False),
    ("voice", VOICE, 0.1, 2000, False),
)
_LOCAL: Final = 0.8
"""Share of an area's traffic that stays in it or ends at its hubs' caches (assumption)."""


def backbone_network(spec: NationalSpec, metric: str = "length", headroom: float = 0.5) -> Network:
    """Return the backbone of a national network with the segments between its areas.

    Args:
        spec: The national network.
        metric: ``length`` or ``hops``.
        headroom: Largest share of a link's rate that its worst load may take.

    Raises:
        TopologyError: The spec is of no network.
    """
    whole, *metros = divided(spec)
    stream = national_key(spec).child(BACKBONE).stream("shape")
    plant = Plant(metric, headroom)
    cities = core_cities(spec.areas)
    spots = [place_at(float(x), float(y)) for x, y in stream.random((cities, 2))]
    cores = [
        tuple(
            plant.element(f"core-{city + 1:02d}-{side}", "core", spot, f"core-{city + 1:02d}", 2)
            for side in (1, 2)
        )
        for city, spot in enumerate(spots)
    ]
    trunks = [plant.link(one, two, carded=(one, two)) for one, two in cores]
    for number, (here, there) in enumerate(_city_links(spots)):
        pair = [
            plant.link(near, far, carded=(near, far))
            for near, far in zip(cores[here], cores[there], strict=True)
        ]
        if number % 2 == 0:
            plant.share(pair, f"duct:core-{here + 1:02d}/core-{there + 1:02d}", cores[here])
        trunks += pair
    gateways: list[str] = []
    uplinks: list[tuple[str, int]] = []
    for row, area in enumerate(metros):
        home = cores[_nearest((area.latitude, area.longitude), spots)]
        both = [
            plant.element(
                f"{area.name}-gw-{side}", "gateway", (area.latitude, area.longitude),
                f"{area.name}-pop", 2,
            )
            for side in (1, 2)
        ]  # fmt: skip
        ends = [plant.link(gw, core, carded=(core,)) for gw, core in zip(both, home, strict=True)]
        uplinks += [(name, row) for name in (*ends, plant.link(*both))]
        gateways += both
    sizes = [area.elements for area in metros]
    services, carried = _segments(spec, stream, whole.elements * spec.services, gateways, sizes)
    for name, row in uplinks:
        plant.rate(name, carried[row])
    for name in trunks:
        plant.rate(name, sum(carried) / 2)
    rules = (
        Assumption(
            "segments between areas",
            "70% internet, 20% vpn, 10% voice of each pair's traffic; pairs drawn in proportion to "
            f"the areas' sizes; {1 - _LOCAL:.0%} of an area's demand leaves it",
            len(services),
        ),
        Assumption(
            "the backbone's shape",
            "a ring of core cities with a chord from each to the nearest that it has no link to; "
            "each area on both core routers of the nearest city; the two links between every other "
            "pair of cities share their first third",
            whole.elements,
        ),
    )
    return plant.network(BACKBONE, services, rules)


def _city_links(spots: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return the pairs of cities that are linked: a ring by bearing, and one chord from each."""
    south = sum(place[0] for place in spots) / len(spots)
    west = sum(place[1] for place in spots) / len(spots)
    order = sorted(
        range(len(spots)), key=lambda row: (atan2(spots[row][0] - south, spots[row][1] - west), row)
    )
    linked = {
        (min(here, there), max(here, there))
        for here, there in zip(order, [*order[1:], order[0]], strict=True)
    }
    for here, spot in enumerate(spots):
        others = [
            (_apart(spot, spots[there]), there)
            for there in range(len(spots))
            if there != here and (min(here, there), max(here, there)) not in linked
        ]
        if others:
            there = min(others)[1]
            linked.add((min(here, there), max(here, there)))
    return sorted(linked)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(np.hypot(one[0] - other[0], 0.64 * (one[1] - other[1])))


def _nearest(place: tuple[float, float], spots: list[tuple[float, float]]) -> int:
    return min(range(len(spots)), key=lambda row: (_apart(place, spots[row]), row))


def _segments(
    spec: NationalSpec,
    stream: np.random.Generator,
    count: int,
    gateways: list[str],
    sizes: list[int],
) -> tuple[list[Service], list[float]]:
    """Return services between areas, and what each area sends or receives at worst, bit/s."""
    areas = len(sizes)
    weight = np.array(sizes, dtype=np.float64)
    if areas == 1:
        starts = ends = np.zeros(count, dtype=np.int64)
    else:
        edges = np.cumsum(weight) / weight.sum()
        starts = np.minimum(np.searchsorted(edges, stream.random(count)), areas - 1)
        shift = 1 + (stream.random(count) * (areas - 1)).astype(np.int64)
        ends = (starts + shift) % areas
    sides = stream.integers(0, 2, (count, 2))
    total = (1.0 - _LOCAL) * spec.demand_bps * float(weight.sum())
    unit = total / max(1, count)
    carried = [0.0] * areas
    seen: dict[str, int] = {}
    services: list[Service] = []
    for number in range(count):
        start, end = int(starts[number]), int(ends[number])
        kind, sla, share, customers, elastic = _KINDS[number % len(_KINDS)]
        side_a, side_z = int(sides[number, 0]), int(sides[number, 1])
        if start == end:
            side_z = 1 - side_a
        a, z = gateways[2 * start + side_a], gateways[2 * end + side_z]
        bps = unit * share * len(_KINDS)
        name = service_id(kind, a, z)
        again = seen[name] = seen.get(name, 0) + 1
        services.append(
            Service(
                name if again == 1 else f"{name}#{again}",
                kind,
                a,
                z,
                bps,
                sla,
                customers,
                FLOW_GROUPS,
                elastic,
            )
        )
        carried[start] += bps
        carried[end] += bps
    return services, carried
