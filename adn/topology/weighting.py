"""Weighted multipath: equal-cost next hops take traffic in proportion to the rates of links."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from adn.topology.network import Network

MOST: Final = 64
"""Largest weight: tables hold a next hop once for each (WCMP, Zhou et al., EuroSys 2014)."""


def weighted(network: Network) -> Network:
    """Return a network whose links have weights in proportion to their rates.

    The slowest link has 1, others the nearest whole multiple, `MOST` at most.
    """
    links = network.rows.links
    least = min((link.capacity_bps for link in links), default=1.0)
    heavy = tuple(
        replace(link, weight=min(MOST, max(1, round(link.capacity_bps / least)))) for link in links
    )
    return Network.from_rows(replace(network.rows, links=heavy))
