"""Healthy load of links under even sharing, and the line rates that carry it.

A sizing rule, not the twin's routing: every node shares its traffic towards a target evenly over
all its next hops on shortest paths; a service's few flow groups hash less evenly than that.
"""

from __future__ import annotations

from math import ceil
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.topology.network import Bools, Floats, Ints
from adn.topology.shortest import least_costs

# Ethernet rates of IEEE 802.3 (1, 10, 40, 100, 400 and 800 Gbit/s).
LINE_RATES_BPS: Final = (1e9, 10e9, 40e9, 100e9, 400e9, 800e9)

# Loads are sums whose last bits hang on the order of links, which must not choose a line rate.
ROUNDING: Final = 1e-9

_CELLS_AT_ONCE: Final = 4_000_000


def distances(a: Ints, z: Ints, cost: Ints | Floats, transit: Bools) -> Floats:
    """Return the least cost between all pairs of nodes, inf where there is no path, shape (n, n).

    Args:
        a: Node row of each link's one end, shape (L,).
        z: Node row of its other end, shape (L,).
        cost: Cost of each link, positive, shape (L,).
        transit: Whether each node forwards traffic of others, shape (n,).
    """
    ways = np.concatenate([a, z]), np.concatenate([z, a]), np.concatenate([cost, cost])
    return least_costs(*ways, transit)


def healthy_load(
    a: Ints, z: Ints, cost: Ints, demand: Floats, transit: Bools | None = None
) -> tuple[Floats, Floats]:
    """Return the load of each link from a to z and from z to a under even sharing per hop.

    Args:
        a: Node row of each link's a end, shape (L,).
        z: Node row of each link's z end, shape (L,).
        cost: Cost of each link, positive whole numbers, shape (L,).
        demand: Traffic from row to column, bit/s, shape (n, n); what has no path is not carried.
        transit: Whether each node forwards traffic of others, shape (n,); None means all do.

    Returns:
        Two arrays of shape (L,), bit/s.
    """
    nodes, links = demand.shape[0], a.size
    load = np.zeros(2 * links)
    if not links:
        return load, load.copy()
    transit = np.ones(nodes, dtype=np.bool_) if transit is None else transit
    distance = distances(a, z, cost, transit)
    tail, head, price = np.concatenate([a, z]), np.concatenate([z, a]), np.concatenate([cost, cost])
    ones, rows = np.ones(2 * links), np.arange(2 * links)
    leaving = csr_array((ones, (tail, rows)), shape=(nodes, 2 * links))
    arriving = csr_array((ones, (head, rows)), shape=(nodes, 2 * links))
    targets = np.flatnonzero(demand.any(axis=0))
    step = max(1, _CELLS_AT_ONCE // (2 * links))
    for start in range(0, targets.size, step):
        some = targets[start : start + step]
        to_go = distance[:, some]
        finite = np.isfinite(to_go)
        on_path = finite[tail] & (to_go[tail] == price[:, None] + to_go[head])
        on_path &= transit[head][:, None] | (head[:, None] == some)
        ways = leaving @ on_path.astype(np.float64)
        share = on_path / np.maximum(ways, 1.0)[tail]
        moving = np.where(finite, demand[:, some], 0.0)
        moving[some, np.arange(some.size)] = 0.0
        while moving.any():  # paths have no loops, so every round brings the traffic a hop on
            flow = moving[tail] * share
            load += flow.sum(axis=1)
            moving = arriving @ flow
            moving[some, np.arange(some.size)] = 0.0
    return load[:links], load[links:]


def smallest_rate(load_bps: float, headroom: float) -> float:
    """Return the smallest line rate of which `load_bps` is at most the share `headroom`.

    Above the largest single rate, whole multiples of it.

    >>> smallest_rate(4e9, 0.5) / 1e9, smallest_rate(6e9, 0.5) / 1e9, smallest_rate(1e12, 0.5) / 1e9
    (10.0, 40.0, 2400.0)
    """
    largest = LINE_RATES_BPS[-1]
    for rate in LINE_RATES_BPS:
        if fits(load_bps, rate, headroom):
            return rate
    return largest * max(1, ceil(load_bps / (headroom * largest) * (1 - ROUNDING)))


def fits(load_bps: float, rate_bps: float, headroom: float) -> bool:
    """Return whether the load is at most the share `headroom` of the rate, but for rounding."""
    return load_bps <= headroom * rate_bps * (1 + ROUNDING)
