"""Line rates of links that carry the healthy peak load with room to spare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from adn.topology.elements import Assumption, Link, NetworkElement, Service
from adn.topology.loading import LINE_RATES_BPS, fits, healthy_load, smallest_rate
from adn.topology.network import Floats
from adn.topology.specs import TopologySpec


def sized(
    links: tuple[Link, ...],
    given: dict[str, float],
    elements: tuple[NetworkElement, ...],
    services: tuple[Service, ...],
    spec: TopologySpec,
    kept: Mapping[str, float] | None = None,
) -> tuple[tuple[Link, ...], tuple[Assumption, ...]]:
    """Return the links with line rates that keep the healthy peak load within the headroom.

    Args:
        links: All links.
        given: Rates that the source gives, by link; raised where they do not carry the load.
        elements: All elements.
        services: All services.
        spec: The headroom.
        kept: Rates that stand whatever the load, by link.
    """
    load = peak_load(links, elements, services)
    rated, raised, filled = [], 0, 0
    for link, bps in zip(links, load.tolist(), strict=True):
        if kept and link.id in kept:
            rated.append(replace(link, capacity_bps=kept[link.id]))
            continue
        rate = given.get(link.id, 0.0)
        if rate <= 0 or not fits(bps, rate, spec.headroom):
            raised += rate > 0
            filled += rate <= 0
            rate = smallest_rate(bps, spec.headroom)
        rated.append(replace(link, capacity_bps=rate))
    ladder = ", ".join(f"{rate / 1e9:g}" for rate in LINE_RATES_BPS)
    rule = (
        f"smallest of {ladder} Gbit/s, or multiple of the last, of which the healthy peak load "
        f"under even sharing is at most {spec.headroom:.0%}"
    )
    return tuple(rated), (
        Assumption("link capacities", rule, filled, "rates: IEEE 802.3; headroom: assumption"),
        Assumption("link capacities below the load", f"raised to the {rule}", raised),
    )


def peak_load(
    links: tuple[Link, ...],
    elements: tuple[NetworkElement, ...],
    services: tuple[Service, ...],
) -> Floats:
    """Return each link's healthy load in its busier direction at contracted peak, bit/s, (L,)."""
    row = {element.id: number for number, element in enumerate(elements)}
    demand = np.zeros((len(elements), len(elements)))
    starts = [row[service.a] for service in services]
    ends = [row[service.z] for service in services]
    np.add.at(demand, (starts, ends), [service.demand_bps for service in services])
    a = np.array([row[link.a] for link in links], dtype=np.int64)
    z = np.array([row[link.z] for link in links], dtype=np.int64)
    cost = np.array([link.cost for link in links])
    transit = np.array([element.transit for element in elements], dtype=np.bool_)
    forward, backward = healthy_load(a, z, cost, demand, transit)
    return np.asarray(np.maximum(forward, backward), dtype=np.float64)
