"""Least-cost distances where some elements forward nothing for others.

A group of servers or the internet may be where a path begins or ends, never a stop on the way.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from adn.topology.network import Bools, Floats, Ints


def cheapest_ways(nodes: int, tail: Ints, head: Ints, cost: npt.NDArray[np.generic]) -> csr_array:
    """Return the (n, n) matrix of the least cost among the parallel ways of each ordered pair.

    Sparse constructors add parallel entries up, so only the cheapest of them goes in.
    """
    order = np.lexsort((cost, head, tail))
    tail, head, price = tail[order], head[order], cost[order].astype(np.float64)
    first = np.ones(order.size, dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return csr_array((price[first], (tail[first], head[first])), shape=(nodes, nodes))


def least_costs(tail: Ints, head: Ints, cost: Ints | Floats, transit: Bools) -> Floats:
    """Return the least cost between all pairs of elements (Dijkstra 1959).

    What leaves an element that forwards nothing for others counts only where a path begins there.

    Args:
        tail: Element row that each usable way leaves, shape (W,).
        head: Element row it leads to, shape (W,).
        cost: Its cost, positive, shape (W,).
        transit: Whether each element forwards traffic of others, shape (n,).

    Returns:
        Shape (n, n), row = from, column = to; infinite where there is no path.
    """
    nodes = transit.size
    forwarded = transit[tail]
    ways = cheapest_ways(nodes, tail[forwarded], head[forwarded], cost[forwarded])
    if transit.all():
        return np.asarray(dijkstra(ways, directed=True), dtype=np.float64)
    through, ends = np.flatnonzero(transit), np.flatnonzero(~transit)
    found = np.full((nodes, nodes), np.inf)
    if through.size:
        found[through] = dijkstra(ways, directed=True, indices=through)
    found[ends, ends] = 0.0
    own = np.flatnonzero(~forwarded)
    if own.size:
        own = own[np.argsort(tail[own], kind="stable")]
        _, start, degree = np.unique(tail[own], return_index=True, return_counts=True)
        nth = np.arange(own.size) - np.repeat(start, degree)
        place = np.cumsum(~transit) - 1
        reach = np.full((ends.size, nodes), np.inf)
        # One round for the first way out of each element, one for the second …: they are few.
        for turn in range(int(nth.max()) + 1):
            way = own[nth == turn]
            row = place[tail[way]]
            onward = cost[way].astype(np.float64)[:, None] + found[head[way]]
            reach[row] = np.minimum(reach[row], onward)
        found[ends] = np.minimum(found[ends], reach)
    return found
