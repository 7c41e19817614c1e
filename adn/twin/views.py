"""Views: what elements believe of the network, each told by how it differs from the record.

Elements that believe the same hold the same view. A view has prices and, for every element that
anything is sent to, a tree; it takes over from its nearest neighbour all trees that are the same.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from adn.physics.routing import Fabric
from adn.physics.trees import Trees
from adn.topology.network import Bools, Floats, Ints

Changes = Mapping[int, int]
"""Directions that differ from the record: the metric that is told of them, 0 where unusable."""
Turns = tuple[Ints, Ints, Ints]
"""Elements and trees at and towards which two views differ, and where each element's begin."""
_Name = tuple[tuple[int, int], ...]

_REMEMBERED: Final = 8
"""How many views' trees are remembered though nobody may hold them, by all forks together."""
_LOOKED_AT: Final = 16
"""Among how many of the views held the nearest neighbour of a new one is sought."""


def changes_between(record: Ints, up: Bools, cost: Ints) -> dict[int, int]:
    """Return how usable directions and metrics differ from the record, (D,) each.

    >>> import numpy as np
    >>> record = np.array([10, 10, 7])
    >>> changes_between(record, np.array([True, False, True]), np.array([10, 10, 9]))
    {1: 0, 2: 9}
    """
    told = np.where(up, cost, 0)
    rows = np.flatnonzero(told != record)
    return dict(zip(rows.tolist(), told[rows].tolist(), strict=True))


class View:
    """One belief about the network.

    Attributes:
        name: What differs from the record, sorted.
        price: Metric of each direction, infinite where it is believed unusable and for the
            padding, shape (D + 1,).
        rows: Row of each target's tree in the pool, shape (T,).
    """

    __slots__ = ("_record", "name", "price", "rows")

    def __init__(self, name: _Name, price: Floats, rows: Ints, record: Ints) -> None:
        self.name, self.price, self.rows, self._record = name, price, rows, record

    def lacks(self, direction: int) -> bool:
        """Whether a direction is believed unusable."""
        return not np.isfinite(self.price[direction])

    @property
    def up(self) -> Bools:
        """Which directions are believed usable, shape (D,)."""
        return np.isfinite(self.price[:-1])

    @property
    def cost(self) -> Ints:
        """Metric of each direction, the recorded one where it is unusable, shape (D,)."""
        return np.where(self.up, np.where(self.up, self.price[:-1], 0), self._record).astype(
            np.int64
        )


class _Pool:
    """The trees of all views of one network, and who needs which of them.

    A view's differences from another are found while its trees are: (trees, elements) by names.
    """

    def __init__(self, fabric: Fabric, record: Ints, targets: Ints) -> None:
        self.trees, self.record = Trees(fabric, targets), record
        self.recorded: list[int] = record.tolist()
        self.lately: dict[_Name, View] = {}
        self.moved: dict[tuple[_Name, _Name], tuple[Ints, Ints]] = {}
        self.turns: dict[tuple[_Name, _Name], Turns] = {}
        self.holders: weakref.WeakSet[Views] = weakref.WeakSet()

    def view(self, name: _Name, held: Sequence[View]) -> View:
        """Return a view, from what has been reckoned lately if it is there.

        Args:
            name: What differs from the record.
            held: What elements that will turn to it hold.
        """
        if name in self.lately:
            return self.lately[name]
        price = np.append(self.record, 0).astype(np.float64)
        price[-1] = np.inf
        for direction, cost in name:
            price[direction] = cost or np.inf
        near = self._nearest(name, held)
        if near is None:
            view = View(name, price, self.trees.grown(price), self.record)
        else:
            if self.trees.room < len(self.trees.targets):
                self._tidy()
            rows, *moved = self.trees.repriced(near.rows, near.price, price)
            self.moved[near.name, name] = self.moved[name, near.name] = (moved[0], moved[1])
            view = View(name, price, rows, self.record)
        self.lately[name] = view
        if len(self.lately) > _REMEMBERED:
            del self.lately[next(iter(self.lately))]
        if len(self.moved) > 2 * _REMEMBERED:
            del self.moved[next(iter(self.moved))]
        return view

    def _nearest(self, name: _Name, held: Sequence[View]) -> View | None:
        """Return the view whose differences from the record are most like `name`."""
        wanted, known = set(name), (*held[-_LOOKED_AT:], *self.lately.values())
        return min(known, key=lambda view: len(wanted ^ set(view.name)), default=None)

    def turning(self, one: View, other: View) -> Turns:
        """Return at which elements next hops differ, and towards what, sorted by element.

        Returns:
            Elements and trees (places in the targets), shape (K,) each; where those of each
            element begin, shape (n + 1,).
        """
        pair = one.name, other.name
        if pair in self.turns:
            return self.turns[pair]
        trees = self.trees
        if pair in self.moved:
            tree, node = self.moved[pair]
        else:
            apart = np.flatnonzero(one.rows != other.rows)
            at, node = np.nonzero(trees.pool[one.rows[apart]] != trees.pool[other.rows[apart]])
            tree = apart[at]
        if trees.compiled:
            self.turns[pair] = self._turned(one, other, (tree, node))
        else:
            self.turns[pair] = self._turning(one, other, (tree, node))
        self.turns[other.name, one.name] = self.turns[pair]
        if len(self.turns) > 2 * _REMEMBERED:
            del self.turns[next(iter(self.turns))]
        return self.turns[pair]

    def _turned(self, one: View, other: View, moved: tuple[Ints, Ints]) -> Turns:
        """Return where next hops differ, by compiled loops."""
        from adn.twin.compiled_paths import turned

        trees, fabric = self.trees, self.trees.fabric
        out, into = trees.leaving, trees.entering
        shape = (fabric.tail, fabric.head, out.ways, out.first, into.ways, into.first)
        prices, rows = (one.price, other.price), (one.rows, other.rows)
        found: Turns = turned(trees.pool, rows, prices, moved, shape)
        return found

    def _turning(self, one: View, other: View, moved: tuple[Ints, Ints]) -> Turns:
        """Return where next hops differ, given where distances do."""
        trees, fabric, (tree, node) = self.trees, self.trees.fabric, moved
        # Next hops may differ where the price of a way out or the distance from its far end does.
        points = np.zeros((fabric.n, len(trees.targets)), dtype=bool)
        place, way, _ = trees.entering.at(node)
        points[fabric.tail[way], tree[place]] = True
        points[fabric.tail[np.flatnonzero(one.price[:-1] != other.price[:-1])]] = True
        keys = np.flatnonzero(points)
        node, tree = keys // len(trees.targets), keys % len(trees.targets)
        if len(node):
            ways = trees.leaving.at(node)
            hops = [trees.hops(view.price, view.rows[tree], ways) for view in (one, other)]
            apart = np.logical_or.reduceat(hops[0] != hops[1], ways[2])
            node, tree = node[apart], tree[apart]
        return node, tree, np.searchsorted(node, np.arange(fabric.n + 1))

    def _tidy(self) -> None:
        """Let the rows of trees that no view holds any more be used again."""
        views = {id(view): view for holder in self.holders for view in holder.held}
        views |= {id(view): view for view in self.lately.values()}
        self.trees.keep(np.concatenate([view.rows for view in views.values()]))


class Views:
    """Distinct views, shared by the elements that hold them.

    Args:
        fabric: Who can send to whom.
        record: Metric of each direction as recorded, shape (D,).
        targets: Elements that anything is sent to, shape (T,).

    Attributes:
        held: The views by number.
    """

    def __init__(self, fabric: Fabric, record: Ints, targets: Ints) -> None:
        self._number: dict[_Name, int] = {}
        self.held: list[View] = []
        self._pool = _Pool(fabric, record, targets)
        self._pool.holders.add(self)
        self.restack()

    def copy(self) -> Views:
        """Return the same views under the same numbers; more can be added to either."""
        other = object.__new__(Views)
        other.__dict__.update(self.__dict__)
        other._number, other.held = dict(self._number), list(self.held)
        self._pool.holders.add(other)
        return other

    @property
    def trees(self) -> Trees:
        """The pool of trees of which views hold rows."""
        return self._pool.trees

    def number(self, changes: Changes) -> int:
        """Return the number of the view with these differences from the record."""
        record = self._pool.recorded
        name = tuple(sorted((way, cost) for way, cost in changes.items() if record[way] != cost))
        if name not in self._number:
            self._number[name] = len(self.held)
            self.held.append(self._pool.view(name, self.held))
            self.restack()
        return self._number[name]

    def turning(self, one: int, other: int, nodes: Ints) -> tuple[Ints, Ints]:
        """Return at which of `nodes` two views differ in next hops, and towards what.

        Returns:
            Elements and trees (places in the targets), shape (K,) each.
        """
        node, tree, first = self._pool.turning(self.held[one], self.held[other])
        if len(nodes) == 1:
            here = slice(first[nodes[0]], first[nodes[0] + 1])
            return node[here], tree[here]
        if len(nodes) == len(first) - 1:
            return node, tree
        chosen = np.zeros(len(first), dtype=bool)
        chosen[nodes] = True
        return node[chosen[node]], tree[chosen[node]]

    def restack(self) -> None:
        """Lay prices and rows of all views side by side, (V, D + 1) and (V, T)."""
        self._stack: tuple[Floats, Ints] | None = None

    @property
    def stack(self) -> tuple[Floats, Ints]:
        """Prices and rows of all views, (V, D + 1) and (V, T)."""
        if self._stack is None:
            self._stack = (
                np.stack([view.price for view in self.held]),
                np.stack([view.rows for view in self.held]),
            )
        return self._stack

    def __getitem__(self, number: int) -> View:
        return self.held[number]

    def keep(self, used: Iterable[int]) -> dict[int, int]:
        """Forget the views that nobody holds; return old number → new number."""
        held = sorted(set(used))
        moved = {old: new for new, old in enumerate(held)}
        self.held = [self.held[old] for old in held]
        self._number = {name: moved[old] for name, old in self._number.items() if old in moved}
        self.restack()
        return moved

    def __len__(self) -> int:
        return len(self.held)
