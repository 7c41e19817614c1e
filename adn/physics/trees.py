"""Shortest-path trees towards the few elements that anything is sent to, kept up to date by parts.

A tree is a row of distances towards one target. When prices change only the elements whose distance
really changes are worked out again (Ramalingam and Reps, "An incremental algorithm for a
generalization of the shortest-path problem", J. Algorithms 21(2), 1996), for all trees together;
what stays as it was is shared. Metrics are whole numbers, so the result is exactly that of starting
anew, ties included.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from adn.physics.routing import Fabric, towards
from adn.topology.network import Floats, Ints

_ROOM: Final = 1.5
"""How much larger the pool of rows gets when it is full."""


class Trees:
    """A pool of trees towards the same targets; a row never changes once it is written.

    A row holds, for every element, the metric from there to the target, infinite where there is no
    path and at elements that forward nothing for others: what is sent there gets no further.

    Args:
        fabric: Who can send to whom.
        targets: Element rows towards which there are trees, shape (T,).

    Attributes:
        pool: Distances, shape (room, n); the first `used` rows are written.
        used: Number of rows written.
        out: Directions that leave each element, padded with D, shape (n, degree).
        into: Directions that enter each element, padded with D, shape (n, degree).
        tail: Sending element of each direction, n for the padding, shape (D + 1,).
        head: Receiving element of each direction, one more for the padding, shape (D + 1,).
    """

    def __init__(self, fabric: Fabric, targets: Ints) -> None:
        self.fabric, self.targets = fabric, targets
        end = fabric.directions
        self.out: Ints = np.where(fabric.out < 0, end, fabric.out)
        self.head: Ints = np.append(fabric.head, 0)
        self.tail: Ints = np.append(fabric.tail, fabric.n)
        self._back: Ints = np.append(fabric.tail, 0)
        self.into = _entering(fabric)
        self._relayed = np.append(fabric.transit[fabric.tail], False)
        self.pool: Floats = np.empty((max(1, len(targets)), fabric.n))
        self.used = 0

    def grown(self, price: Floats) -> Ints:
        """Return the rows of trees worked out from nothing, shape (T,).

        Args:
            price: Metric of each direction, infinite where it cannot be used, and for the padding;
                shape (D + 1,).
        """
        rows = self._rows(len(self.targets))
        if len(rows):
            self.pool[rows[0] : rows[-1] + 1] = towards(self.fabric, price[:-1], self.targets)
        return rows

    def repriced(self, rows: Ints, before: Floats, after: Floats) -> tuple[Ints, Ints, Ints]:
        """Return the rows of trees after a change of prices, and where distances have changed.

        Args:
            rows: Rows of the trees by the prices before, shape (T,).
            before: Prices before, shape (D + 1,).
            after: Prices after, shape (D + 1,).

        Returns:
            Rows, shape (T,), the old ones where nothing changed; the trees (places in `targets`)
            and elements of the distances that changed, shape (C,) each.
        """
        n = self.fabric.n
        nothing = np.zeros(0, dtype=np.int64)
        ways = np.flatnonzero(before != after)
        ways = ways[self._relayed[ways]]
        worse, better = self._seeds(rows, before, after, ways)
        struck = np.unique(np.concatenate([worse[0], better[0]]))
        if not len(struck):
            return rows, nothing, nothing
        fresh = self._rows(len(struck))
        first = int(fresh[0])
        self.pool[first : first + len(fresh)] = self.pool[rows[struck]]
        place = np.empty(len(rows), dtype=np.int64)
        place[struck] = fresh
        flat = self.pool.reshape(-1)
        lost = self._lose(flat, after, place[worse[0]] * n + worse[1])
        gained = self._relax(flat, after, np.concatenate([lost, place[better[0]] * n + better[1]]))
        after_rows = rows.copy()
        after_rows[struck] = fresh
        keys = np.unique(np.concatenate([lost, gained]))
        tree, node = struck[keys // n - first], keys % n
        moved = flat[keys] != flat[rows[tree] * n + node]
        return after_rows, tree[moved], node[moved]

    def _seeds(
        self, rows: Ints, before: Floats, after: Floats, ways: Ints
    ) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Return the trees and elements that lose their distance at once, and those that gain."""
        tail, head = self.fabric.tail[ways], self.fabric.head[ways]
        base = rows[:, None] * self.fabric.n
        flat = self.pool.reshape(-1)
        near, far = flat[base + tail], flat[base + head]
        dearer = (after[ways] > before[ways]) & (before[ways] + far == near) & (near < np.inf)
        tree, way = np.nonzero(dearer)
        node = tail[way]
        held = rows[tree] * self.fabric.n
        onward = (after[self.out[node]] + flat[held[:, None] + self.head[self.out[node]]]).min(1)
        gone = onward > flat[held + node]
        cheaper = np.nonzero(after[ways] + far < near)
        return (tree[gone], node[gone]), (cheaper[0], tail[cheaper[1]])

    def _lose(self, flat: Floats, after: Floats, keys: Ints) -> Ints:
        """Forget the distances that rested on `keys`, which rest on nothing; return all of them."""
        n = self.fabric.n
        keys = np.unique(keys)
        lost = [keys]
        while len(keys):
            node = keys % n
            base, held = (keys - node)[:, None], flat[keys][:, None]
            flat[keys] = np.inf
            enter = self.into[node]
            up = base + self._back[enter]
            there = flat[up]
            resting = (after[enter] + held <= there) & (there < np.inf)
            keys = np.unique(up[resting])
            node = keys % n
            leave = self.out[node]
            onward = (after[leave] + flat[(keys - node)[:, None] + self.head[leave]]).min(1)
            keys = keys[onward > flat[keys]]
            lost.append(keys)
        return np.concatenate(lost)

    def _relax(self, flat: Floats, after: Floats, keys: Ints) -> Ints:
        """Work distances out from those of neighbours until nothing gets nearer."""
        n = self.fabric.n
        relayed = np.where(self._relayed, after, np.inf)
        gained = []
        keys = np.unique(keys)
        while len(keys):
            node = keys % n
            base = (keys - node)[:, None]
            leave = self.out[node]
            onward = (after[leave] + flat[base + self.head[leave]]).min(1)
            nearer = onward < flat[keys]
            keys, onward, base, node = keys[nearer], onward[nearer], base[nearer], node[nearer]
            flat[keys] = onward
            gained.append(keys)
            enter = self.into[node]
            up = base + self._back[enter]
            keys = np.unique(up[relayed[enter] + onward[:, None] < flat[up]])
        return np.concatenate(gained) if gained else keys

    def _rows(self, count: int) -> Ints:
        """Return fresh rows, making room for them."""
        first, self.used = self.used, self.used + count
        if self.used > len(self.pool):
            larger = np.empty((max(self.used, int(len(self.pool) * _ROOM)), self.fabric.n))
            larger[:first] = self.pool[:first]
            self.pool = larger
        return np.arange(first, self.used)

    def kept(self, rows: Ints) -> Trees:
        """Return a pool that holds only `rows` (sorted, each once), in their order."""
        other = object.__new__(Trees)
        other.__dict__.update(self.__dict__)
        other.pool, other.used = self.pool[rows], len(rows)
        return other


def _entering(fabric: Fabric) -> Ints:
    """Return the directions that enter each element, padded with D, shape (n, degree)."""
    head, n = fabric.head, fabric.n
    order = np.argsort(head, kind="stable")
    degree = np.bincount(head, minlength=n)
    first = np.cumsum(degree) - degree
    into = np.full((n, max(1, int(degree.max(initial=0)))), fabric.directions, dtype=np.int64)
    into[head[order], np.arange(len(head)) - first[head[order]]] = order
    return into
