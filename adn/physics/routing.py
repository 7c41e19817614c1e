"""Shortest-path routing with equal-cost multipath, on integer metrics so that ties are exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from adn.topology.network import Bools, Floats, Ints, Network
from adn.topology.shortest import cheapest_ways


@dataclass(frozen=True, slots=True)
class Fabric:
    """Who can send to whom: the directions of a network as an adjacency table.

    Attributes:
        n: Number of elements.
        tail: Sending element row of each direction, shape (D,).
        head: Receiving element row of each direction, shape (D,).
        out: Direction rows leaving each element, padded with -1, shape (n, largest degree).
        transit: Whether each element forwards traffic of others, shape (n,).
        weight: In proportion to what next hops of equal cost take traffic, whole numbers, one more
            for padding, shape (D + 1,); None where evenly.
    """

    n: int
    tail: Ints
    head: Ints
    out: Ints
    transit: Bools
    weight: Ints | None = None

    @classmethod
    def of(cls, network: Network) -> Self:
        """Return the fabric of a network."""
        n, tail = len(network.elements), network.tail
        order = np.argsort(tail, kind="stable")
        degree = np.bincount(tail, minlength=n)
        first = np.concatenate([[0], np.cumsum(degree)[:-1]])
        place = np.arange(len(tail)) - first[tail[order]]
        out = np.full((n, max(1, int(degree.max(initial=0)))), -1, dtype=np.int64)
        out[tail[order], place] = order
        weights = [link.weight for link in network.rows.links]
        heavy = None if max(weights, default=1) == 1 else np.append(np.repeat(weights, 2), 0)
        return cls(n, tail, network.head, out, network.transit, heavy)

    @property
    def directions(self) -> int:
        """Number of directions."""
        return len(self.tail)


def direction_costs(network: Network) -> Ints:
    """Return the metric of each direction, shape (D,): a link's, both ways."""
    return np.repeat(network.cost, 2)


def adjacency(fabric: Fabric, weight: npt.NDArray[np.generic], up: Bools) -> csr_array:
    """Return the (n, n) matrix of the smallest weight among the usable directions of each pair."""
    held = np.flatnonzero(up)
    return cheapest_ways(fabric.n, fabric.tail[held], fabric.head[held], weight[held])


def prices(cost: Ints, up: Bools) -> Floats:
    """Return the metric of each direction, infinite where it may not be used, shape (D,)."""
    return np.where(up, cost.astype(np.float64), np.inf)


def towards(fabric: Fabric, price: Floats, targets: Ints) -> Floats:
    """Return the metric of the shortest paths to some targets (Dijkstra 1959).

    No path leads through an element that forwards nothing for others; so what is sent to one that
    is not the target gets no further, and such a column is infinite.

    Args:
        fabric: Who can send to whom.
        price: From `prices`, shape (D,).
        targets: Element rows, shape (T,).

    Returns:
        Shape (T, n): from the element of the column to the target of the row; whole numbers,
        infinite where there is no path.
    """
    n, transit = fabric.n, fabric.transit
    if not len(targets):
        return np.zeros((0, n))
    held = np.flatnonzero(np.isfinite(price))
    # Backwards from the target. An element that forwards nothing is left only where it is the
    # target itself, so its ways begin at a node of their own beyond the n.
    start = np.arange(n)
    start[~transit] = n + np.arange(int((~transit).sum()))
    nodes = n + int((~transit).sum())
    ways = cheapest_ways(nodes, start[fabric.head[held]], fabric.tail[held], price[held])
    found = np.asarray(dijkstra(ways, directed=True, indices=start[targets]), dtype=np.float64)
    found = np.ascontiguousarray(found[:, :n])
    found[:, ~transit] = np.inf
    found[np.arange(len(targets)), targets] = 0.0
    return found


def least(fabric: Fabric, price: Floats, trees: Floats, targets: Ints) -> Floats:
    """Return the metric from every element to some targets, shape (T, n).

    Unlike `towards` itself it holds for paths that begin at elements that forward nothing.

    Args:
        fabric: Who can send to whom.
        price: Shape (D,).
        trees: From `towards`, shape (T, n).
        targets: Element rows, shape (T,).
    """
    whole, ends = trees.copy(), np.flatnonzero(~fabric.transit)
    if len(ends) and len(targets):
        leaving = fabric.out[ends]
        onward = np.append(price, np.inf)[leaving] + trees[:, np.append(fabric.head, 0)[leaving]]
        whole[:, ends] = onward.min(axis=2)
        whole[np.arange(len(targets)), targets] = 0.0
    return whole


def distances(fabric: Fabric, cost: Ints, up: Bools) -> Floats:
    """Return the metric of the shortest path between all elements, shape (n, n), row = from.

    That is as much as the square of a network's size; where only some targets matter, use
    `towards`.

    Args:
        fabric: Who can send to whom.
        cost: Metric of each direction, positive integers, shape (D,).
        up: Which directions may be used, shape (D,).
    """
    price, everyone = prices(cost, up), np.arange(fabric.n)
    return least(fabric, price, towards(fabric, price, everyone), everyone).T


def reached(fabric: Fabric, up: Bools, source: int) -> Bools:
    """Return which elements can be reached from one over usable directions, shape (n,)."""
    usable = up & (fabric.transit[fabric.tail] | (fabric.tail == source))
    graph = adjacency(fabric, np.ones(fabric.directions), usable)
    found = np.zeros(fabric.n, dtype=bool)
    found[breadth_first_order(graph, source, return_predecessors=False)] = True
    return found


def even_split(
    fabric: Fabric,
    cost: Ints,
    up: Bools,
    sources: Ints,
    targets: Ints,
    unused: Bools | None = None,
) -> csr_array:
    """Return the share of each flow that each direction carries, split evenly at every hop.

    This is what one expects of equal-cost multipath without knowing its hash.

    Args:
        fabric: Who can send to whom.
        cost: Metric of each direction, shape (D,).
        up: Which directions may be used, shape (D,).
        sources: Element row where each flow enters, shape (F,).
        targets: Element row where each flow leaves, shape (F,).
        unused: Directions left out wherever there is another next hop, shape (D,).

    Returns:
        Shape (F, D), shares in 0..1; a row of zeros where there is no path.
    """
    price = prices(cost, up)
    ends, aim = np.unique(targets, return_inverse=True)
    trees = towards(fabric, price, ends)
    end = fabric.directions
    out, head = np.where(fabric.out < 0, end, fabric.out), np.append(fabric.head, 0)
    price = np.append(price, np.inf)
    flow = np.arange(len(sources))
    node: Ints = np.asarray(sources)
    share: Floats = np.ones(len(sources))
    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[Floats] = []
    while len(flow):
        going = node != targets[flow]
        flow, node, share = flow[going], node[going], share[going]
        leaving = out[node]
        onward = price[leaving] + trees[aim[flow][:, None], head[leaving]]
        best = onward.min(axis=1, initial=np.inf)[:, None]
        usable: Bools = (onward == best) & (best < np.inf)
        if unused is not None:
            kept = usable & ~np.append(unused, True)[leaving]
            some: Bools = np.asarray(kept.any(axis=1))
            usable = np.where(some[:, None], kept, usable)
        heavy = usable if fabric.weight is None else usable * fabric.weight[leaving]
        ways = heavy.sum(axis=1)
        at, slot = np.nonzero(usable)
        direction = out[node[at], slot]
        part = share[at] * heavy[at, slot] / ways[at]
        rows.append(flow[at])
        columns.append(direction)
        values.append(part)
        key, inverse = np.unique(flow[at] * fabric.n + fabric.head[direction], return_inverse=True)
        share = np.bincount(inverse, weights=part, minlength=len(key)).astype(np.float64)
        flow, node = key // fabric.n, key % fabric.n
    return csr_array(
        (
            np.concatenate(values) if values else np.zeros(0),
            (
                np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64),
                np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64),
            ),
        ),
        shape=(len(sources), fabric.directions),
    )
