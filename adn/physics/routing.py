"""Shortest-path routing with equal-cost multipath, on integer metrics so that ties are exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from adn.topology.network import Bools, Floats, Ints, Network
from adn.topology.shortest import cheapest_ways, least_costs


@dataclass(frozen=True, slots=True)
class Fabric:
    """Who can send to whom: the directions of a network as an adjacency table.

    Attributes:
        n: Number of elements.
        tail: Sending element row of each direction, shape (D,).
        head: Receiving element row of each direction, shape (D,).
        out: Direction rows leaving each element, padded with -1, shape (n, largest degree).
        transit: Whether each element forwards traffic of others, shape (n,).
    """

    n: int
    tail: Ints
    head: Ints
    out: Ints
    transit: Bools

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
        return cls(n=n, tail=tail, head=network.head, out=out, transit=network.transit)

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


def distances(fabric: Fabric, cost: Ints, up: Bools) -> Floats:
    """Return the metric of the shortest path between all elements.

    No path leads through an element that forwards nothing for others.

    Args:
        fabric: Who can send to whom.
        cost: Metric of each direction, positive integers, shape (D,).
        up: Which directions may be used, shape (D,).

    Returns:
        Shape (n, n), row = from, column = to; integer-valued, infinite where there is no path.
    """
    return least_costs(fabric.tail[up], fabric.head[up], cost[up], fabric.transit)


def leads_on(fabric: Fabric, direction: Ints, target: Ints) -> Bools:
    """Return whether what is sent over a direction may still reach a target, element by element.

    It ends at the head unless that forwards for others, whatever the distance from there is.
    """
    head = fabric.head[direction]
    onward: Bools = fabric.transit[head] | (head == target)
    return onward


def on_shortest_path(
    fabric: Fabric, cost: Ints, up: Bools, distance: Floats, nodes: Ints, targets: Ints
) -> Bools:
    """Return which of `fabric.out[nodes]` lie on a shortest path to `targets`, (k, degree)."""
    leaving = fabric.out[nodes]
    there = leaving >= 0
    safe = np.where(there, leaving, 0)
    onward = cost[safe] + distance[fabric.head[safe], targets[:, None]]
    here = distance[nodes, targets][:, None]
    usable: Bools = there & up[safe] & (onward == here) & np.isfinite(here)
    usable &= leads_on(fabric, safe, targets[:, None])
    return usable


def even_split(
    fabric: Fabric,
    cost: Ints,
    up: Bools,
    distance: Floats,
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
        distance: From `distances`, shape (n, n).
        sources: Element row where each flow enters, shape (F,).
        targets: Element row where each flow leaves, shape (F,).
        unused: Directions left out wherever there is another next hop, shape (D,).

    Returns:
        Shape (F, D), shares in 0..1; a row of zeros where there is no path.
    """
    flow = np.arange(len(sources))
    node: Ints = np.asarray(sources)
    share: Floats = np.ones(len(sources))
    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[Floats] = []
    while len(flow):
        going = node != targets[flow]
        flow, node, share = flow[going], node[going], share[going]
        usable: Bools = on_shortest_path(fabric, cost, up, distance, node, targets[flow])
        if unused is not None:
            kept = usable & ~unused[fabric.out[node]]
            some: Bools = np.asarray(kept.any(axis=1))
            usable = np.where(some[:, None], kept, usable)
        ways = usable.sum(axis=1)
        at, slot = np.nonzero(usable)
        direction = fabric.out[node[at], slot]
        part = share[at] / ways[at]
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
