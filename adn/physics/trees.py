"""Shortest-path trees towards the few elements that anything is sent to, kept up to date by parts.

A tree is a row of distances towards one target. When prices change only the elements whose distance
really changes are worked out again (Ramalingam and Reps, "An incremental algorithm for a
generalization of the shortest-path problem", J. Algorithms 21(2), 1996), for all trees together;
what stays as it was is shared. Metrics are whole numbers, so the result is exactly that of starting
anew, ties included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from adn.base import kernels
from adn.physics.routing import Fabric, towards
from adn.topology.network import Bools, Floats, Ints

_ROOM: Final = 0.5
"""By how much of its size the pool of rows grows when it is full."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Directions by the element at one of their ends.

    Attributes:
        ways: Directions in the order of their elements, shape (D,).
        first: Where those of each element begin in `ways`, and the end, shape (n + 1,).
    """

    ways: Ints
    first: Ints

    @classmethod
    def of(cls, ends: Ints, elements: int) -> Ways:
        """Return the directions by the element at `ends`, shape (D,)."""
        held = np.bincount(ends, minlength=elements)
        return cls(np.argsort(ends, kind="stable"), np.append(0, np.cumsum(held)))

    def at(self, nodes: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the ways at each of `nodes`, end to end.

        Returns:
            Place in `nodes` and way, shape (K,) each; where those of each node begin, (k,).
        """
        many = self.first[nodes + 1] - self.first[nodes]
        start = np.cumsum(many) - many
        place = np.repeat(np.arange(len(nodes)), many)
        return place, self.ways[np.arange(len(place)) + (self.first[nodes] - start)[place]], start


class Trees:
    """A pool of trees towards the same targets; a row never changes while anyone holds it.

    A row holds, for every element, the metric from there to the target, infinite where there is no
    path and at elements that forward nothing for others: what is sent there gets no further.

    Args:
        fabric: Who can send to whom.
        targets: Element rows towards which there are trees, shape (T,).

    Attributes:
        pool: Distances, shape (rows, n).
        out: Directions that leave each element, padded with D, shape (n, degree).
        leaving: Directions that leave each element.
        entering: Directions that enter each element.
        head: Receiving element of each direction, one more for the padding, shape (D + 1,).
        weight: In proportion to what next hops of equal cost take traffic, shape (D + 1,).
    """

    def __init__(self, fabric: Fabric, targets: Ints) -> None:
        self.fabric, self.targets = fabric, targets
        end = fabric.directions
        self.out: Ints = np.where(fabric.out < 0, end, fabric.out)
        self.head: Ints = np.append(fabric.head, 0)
        self.leaving, self.entering = Ways.of(fabric.tail, fabric.n), Ways.of(fabric.head, fabric.n)
        ones = np.ones(end + 1, dtype=np.int64)
        self.weight: Ints = ones if fabric.weight is None else fabric.weight
        self._relayed = fabric.transit[fabric.tail]
        self.pool: Floats = np.empty((2 * len(targets), fabric.n))
        self._free: Ints = np.arange(len(self.pool))

    def grown(self, price: Floats) -> Ints:
        """Return the rows of trees worked out from nothing, shape (T,).

        Args:
            price: Metric of each direction, infinite where it cannot be used, and for the padding;
                shape (D + 1,).
        """
        rows = self._rows(len(self.targets))
        self.pool[rows] = towards(self.fabric, price[:-1], self.targets)
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
        ways = np.flatnonzero(before[:-1] != after[:-1])
        ways = ways[self._relayed[ways]]
        if self.compiled:
            return self._repaired(rows, (before, after), ways)
        worse, better = self._seeds(rows, before, after, ways)
        struck = np.unique(np.concatenate([worse[0], better[0]]))
        if not len(struck):
            return rows, nothing, nothing
        fresh = self._rows(len(struck))
        self.pool[fresh] = self.pool[rows[struck]]
        place = np.empty(len(rows), dtype=np.int64)
        place[struck] = fresh
        flat = self.pool.reshape(-1)
        lost = self._lose(flat, after, place[worse[0]] * n + worse[1])
        gained = self._relax(flat, after, np.concatenate([lost, place[better[0]] * n + better[1]]))
        after_rows = rows.copy()
        after_rows[struck] = fresh
        keys = np.unique(np.concatenate([lost, gained]))
        owner = np.empty(len(self.pool), dtype=np.int64)
        owner[fresh] = struck
        tree, node = owner[keys // n], keys % n
        moved = flat[keys] != flat[rows[tree] * n + node]
        return after_rows, tree[moved], node[moved]

    def _repaired(
        self, rows: Ints, price: tuple[Floats, Floats], ways: Ints
    ) -> tuple[Ints, Ints, Ints]:
        """Do the same by compiled loops."""
        from adn.physics.compiled import repair, struck

        out, into = self.leaving, self.entering
        shape = (
            self.fabric.tail, self.fabric.head, self._relayed,
            out.ways, out.first, into.ways, into.first,
        )  # fmt: skip
        trees = np.flatnonzero(struck(self.pool, rows, price, ways, shape))
        fresh = self._rows(len(trees))
        tree, node = repair(self.pool, rows[trees], fresh, price, ways, shape)
        after = rows.copy()
        after[trees] = fresh
        return after, trees[tree], node

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
        keys = rows[tree] * self.fabric.n + node
        gone = self._onward(flat, after, keys) > flat[keys]
        cheaper = np.nonzero(after[ways] + far < near)
        return (tree[gone], node[gone]), (cheaper[0], tail[cheaper[1]])

    def _lose(self, flat: Floats, after: Floats, keys: Ints) -> Ints:
        """Forget the distances that rested on `keys`, which rest on nothing; return all of them."""
        keys = np.unique(keys)
        lost = [keys]
        while len(keys):
            held = flat[keys]
            flat[keys] = np.inf
            place, enter, up = self._before(keys)
            there = flat[up]
            resting = (after[enter] + held[place] <= there) & (there < np.inf)
            keys = np.unique(up[resting])
            keys = keys[self._onward(flat, after, keys) > flat[keys]]
            lost.append(keys)
        return np.concatenate(lost)

    def _relax(self, flat: Floats, after: Floats, keys: Ints) -> Ints:
        """Work distances out from those of neighbours until nothing gets nearer."""
        gained = []
        keys = np.unique(keys)
        while len(keys):
            onward = self._onward(flat, after, keys)
            nearer = onward < flat[keys]
            keys, onward = keys[nearer], onward[nearer]
            flat[keys] = onward
            gained.append(keys)
            place, enter, up = self._before(keys)
            better = self._relayed[enter] & (after[enter] + onward[place] < flat[up])
            keys = np.unique(up[better])
        return np.concatenate(gained) if gained else keys

    def _onward(self, flat: Floats, price: Floats, keys: Ints) -> Floats:
        """Return the least metric from elements over their neighbours, by key row · n + element."""
        if not len(keys):
            return np.zeros(0)
        node = keys % self.fabric.n
        place, way, start = self.leaving.at(node)
        onward = price[way] + flat[(keys - node)[place] + self.fabric.head[way]]
        least: Floats = np.minimum.reduceat(onward, start)
        return least

    def hops(self, price: Floats, rows: Ints, ways: tuple[Ints, Ints, Ints]) -> Bools:
        """Return which ways out of elements lie on shortest paths, shape (K,).

        Args:
            price: Shape (D + 1,).
            rows: Row of the tree for each element, shape (k,).
            ways: From `Ways.at`, of the ways out.
        """
        place, way, start = ways
        onward = price[way] + self.pool[rows[place], self.fabric.head[way]]
        best = np.minimum.reduceat(onward, start)[place]
        used: Bools = (onward == best) & (best < np.inf)
        return used

    def _before(self, keys: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the ways into elements: place in `keys`, way, and key of the way's other end."""
        node = keys % self.fabric.n
        place, way, _ = self.entering.at(node)
        return place, way, (keys - node)[place] + self.fabric.tail[way]

    def _rows(self, count: int) -> Ints:
        """Return rows to write, making room for them."""
        if count > len(self._free):
            held = len(self.pool)
            larger = np.empty((held + max(count, int(held * _ROOM)), self.fabric.n))
            larger[:held] = self.pool
            self.pool = larger
            self._free = np.concatenate([self._free, np.arange(held, len(larger))])
        rows, self._free = self._free[:count], self._free[count:]
        return rows

    @property
    def compiled(self) -> bool:
        """Whether to go through trees, or what follows them, by compiled loops."""
        return kernels.compiled(len(self.targets) * self.fabric.n)

    @property
    def room(self) -> int:
        """How many rows can be written before the pool has to grow."""
        return len(self._free)

    def keep(self, rows: Ints) -> None:
        """Let all rows but these be written again, which nobody must hold then."""
        held = np.zeros(len(self.pool), dtype=bool)
        held[rows] = True
        self._free = np.flatnonzero(~held)
