"""Forwarding: which way each flow group really goes, hop by hop, by each element's own table.

Every element forwards by the view of the network it had when it last computed its table, so a
packet may meet tables of different age: that is what blackholes and microloops are made of. A flow
group takes, at each element, one of the equal-cost next hops by a hash that only the twin knows.
A table that lacks a destination drops what is for it there; one that leaves out an equal-cost next
hop hashes over the others. Explicit paths are followed label by label and meet neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from adn.base.streams import hash32
from adn.physics.routing import Fabric, direction_costs
from adn.topology.network import Bools, Ints, Network
from adn.twin.destinations import Destinations
from adn.twin.flows import Flows
from adn.twin.state import State
from adn.twin.tracing import Tables, Traced, trace
from adn.twin.views import Changes, Views, changes_between

_VIEWS: Final = 8
"""Above how many views those that nobody holds are forgotten."""


class Forwarding:
    """The paths of all flow groups, kept up to date as tables and routes change.

    Attributes:
        paths: Direction rows per flow group, padded with D (one past the last), shape (F, H).
        arrives: Whether the tables lead the flow group to its target, shape (F,).
        destinations: Which destinations go dark first at each element.
        length: How many hops each flow group has, at least 1, shape (F,).
    """

    def __init__(self, network: Network, fabric: Fabric, hash_key: int) -> None:
        self._fabric = fabric
        self._key = hash_key
        self.flows = Flows.of(network)
        self._node_hash = np.array([hash32(name) for name in network.elements.ids], np.uint32)
        self._record = direction_costs(network)
        self.views = Views(fabric, self._record, self.flows.targets)
        self.views.number({})
        self.node_view = np.zeros(fabric.n, dtype=np.int64)
        self.routes: dict[int, tuple[int, ...]] = {}
        flows = len(self.flows.service)
        self.paths = np.full((flows, 1), fabric.directions, dtype=np.int64)
        self.arrives = np.zeros(flows, dtype=bool)
        self._dirty = np.ones(flows, dtype=bool)
        self._tails = np.append(fabric.tail, -1)
        self.destinations = Destinations(network, fabric)
        self._dark = np.zeros(0, dtype=np.int64)
        self._unused = np.zeros(fabric.directions, dtype=bool)
        self._repairs: dict[int, int] = {}
        self._bent = np.full(flows, -1, dtype=np.int64)
        self._stuck = np.full(flows, -1, dtype=np.int64)  # where a table knows no way, if anywhere
        self.length = np.ones(flows, dtype=np.int64)
        self._laid: tuple[Ints, Ints, Ints] | None = None

    def fork(self) -> Forwarding:
        """Return a copy whose changes do not reach this one."""
        other = object.__new__(Forwarding)
        other.__dict__.update(self.__dict__)
        other.views = self.views.copy()
        other.node_view = self.node_view.copy()
        other.routes = dict(self.routes)
        other.paths = self.paths.copy()
        other.arrives, other.length = self.arrives.copy(), self.length.copy()
        other._dirty = self._dirty.copy()
        other._repairs, other._bent = dict(self._repairs), self._bent.copy()
        other._stuck = self._stuck.copy()
        return other

    def settle(self, up: Bools, cost: Ints, running: Bools | None = None) -> None:
        """Give every element the same, present view; those that are not `running` keep theirs."""
        number = self.views.number(changes_between(self._record, up, cost))
        settled = self.node_view.copy()
        settled[slice(None) if running is None else running] = number
        for old in sorted(set(self.node_view[self.node_view != settled].tolist())):
            self._turn(old, number, np.flatnonzero((self.node_view == old) & (settled != old)))
        self.node_view = settled
        for direction in list(self._repairs):
            self._restore(direction)
        self._forget()

    def install(self, node: int, changes: Changes) -> None:
        """Install the table that follows from a view at one element.

        Only flow groups that come by there, and towards whose target it now points elsewhere, can
        change their way.
        """
        number, held = self.views.number(changes), int(self.node_view[node])
        if held == number:
            return
        self._turn(held, number, np.array([node]))
        self.node_view[node] = number
        for direction in list(self._repairs):
            if self._fabric.tail[direction] == node and self.views[number].lacks(direction):
                self._restore(direction)
        self._forget()

    def protect(self, direction: int, active: bool) -> None:
        """Let the sending end of a dead direction send round it, or stop doing so.

        It does until its own table leaves the direction out: what the table would send there
        follows, label by label and whatever tables say, the shortest path that there is without
        the link (RFC 5714; as topology-independent loop-free alternates do, RFC 9855). Who meets
        a second dead link on the way is lost, as is all where no path is left.
        """
        view = self.views[int(self.node_view[self._fabric.tail[direction]])]
        if not active:
            self._restore(direction)
        elif not view.lacks(direction):
            without = {**dict(view.name), direction: 0, direction ^ 1: 0}
            self._repairs[direction] = self.views.number(without)
            self._dirty |= (self.paths == direction).any(axis=1)

    def _restore(self, direction: int) -> None:
        """Stop sending round a direction."""
        if self._repairs.pop(direction, None) is not None:
            self._dirty |= self._bent == direction

    def _turn(self, old: int, new: int, nodes: Ints) -> None:
        """Mark the flow groups whose way may change as `nodes` go over to another view."""
        flows = self.flows
        for service, route in self.routes.items():  # its head end may think better or worse of it
            if self._fabric.tail[route[0]] in nodes:
                self._dirty[flows.first[service] : flows.first[service] + flows.count[service]] = 1
        node, tree = self.views.turning(old, new, nodes)
        if not len(node):
            return
        if self.views.trees.compiled:
            from adn.twin.compiled_paths import pass_by

            held = (self.paths, self.length, self._stuck)
            aimed, tail = (flows.order, flows.start), self._fabric.tail
            pass_by((node, tree), aimed, held, tail, self._fabric.n, self._dirty)
            return
        if len(nodes) == 1:
            aims = flows.towards(tree)
            passing = (self._tails[self.paths[aims]] == nodes[0]).any(axis=1)
            passing |= self._stuck[aims] == nodes[0]
        else:
            points = np.zeros((len(flows.targets), self._fabric.n + 1), dtype=bool)
            points[tree, node] = True
            aims = flows.towards(np.flatnonzero(points.any(axis=1)))
            passing = points[flows.aim[aims, None], self._tails[self.paths[aims]]].any(axis=1)
            passing |= points[flows.aim[aims], self._stuck[aims]]
        self._dirty[aims[passing]] = True

    def suits(self, state: State) -> bool:
        """Whether this plane drops and leaves out what it would in `state`."""
        dark = self.destinations.dark(state)
        return np.array_equal(dark, self._dark) and np.array_equal(state.unused, self._unused)

    def suffer(self, state: State) -> None:
        """Take in where tables drop and which next hops they leave out.

        Only flow groups that come by there, or end there, can change their way.
        """
        dark = self.destinations.dark(state)
        if not np.array_equal(dark, self._dark):
            changed = np.setxor1d(dark, self._dark, assume_unique=True)
            self._touch(changed // self._fabric.n, changed % self._fabric.n)
            self._dark = dark
        if not np.array_equal(state.unused, self._unused):
            self._touch(self._fabric.tail[state.unused != self._unused])
            self._unused = state.unused

    def _touch(self, nodes: Ints, targets: Ints | None = None) -> None:
        """Mark the flow groups (towards `targets`) that come by `nodes` or do not arrive."""
        aims = np.arange(len(self.arrives))
        if targets is not None:
            aims = np.flatnonzero(np.isin(self.flows.target, targets))
        here = np.isin(self._tails[self.paths[aims]], nodes).any(axis=1)
        self._dirty[aims[here | ~self.arrives[aims]]] = True

    def set_routes(self, routes: Mapping[int, tuple[int, ...]]) -> None:
        """Set the explicit paths of steered services; others follow the metric."""
        changed = sorted(
            service
            for service in self.routes.keys() | routes.keys()
            if self.routes.get(service) != routes.get(service)
        )
        self.routes = dict(routes)
        self._dirty |= np.isin(self.flows.service, changed)

    @property
    def stale(self) -> bool:
        """Whether the way of any flow group may have changed since it was traced."""
        return bool(self._dirty.any())

    def refresh(self) -> bool:
        """Trace again the flow groups whose way may have changed; return whether any did."""
        todo = np.flatnonzero(self._dirty)
        if not len(todo):
            return False
        self._dirty[:] = False
        return self._write(todo, self._trace(todo))

    @property
    def hops(self) -> Ints:
        """The paths end to end, D standing for an empty one, shape (P,)."""
        return self._laid_out()[0]

    @property
    def first(self) -> Ints:
        """Where each flow group begins in `hops`, shape (F,)."""
        return self._laid_out()[1]

    @property
    def owner(self) -> Ints:
        """Whose each of `hops` is, shape (P,)."""
        return self._laid_out()[2]

    def crossing(self, directions: Bools) -> Bools:
        """Return which flow groups meet any of some directions, shape (F,)."""
        met = np.zeros(len(self.length), dtype=bool)
        if directions.any():
            met[self.owner[np.append(directions, False)[self.hops]]] = True
        return met

    def _laid_out(self) -> tuple[Ints, Ints, Ints]:
        if self._laid is None:
            flows, width = self.paths.shape
            first = np.cumsum(self.length) - self.length
            owner = np.repeat(np.arange(flows), self.length)
            at = np.arange(len(owner)) + (width * np.arange(flows) - first)[owner]
            self._laid = self.paths.ravel()[at], first, owner
        return self._laid

    def _forget(self) -> None:
        if len(self.views) > _VIEWS:
            moved = self.views.keep([*self.node_view.tolist(), *self._repairs.values()])
            self._repairs = {way: moved[old] for way, old in self._repairs.items()}
            self.node_view = np.array([moved[old] for old in self.node_view.tolist()])

    def _steered(self, todo: Ints) -> dict[int, tuple[int, ...]]:
        """Return the explicit path per flow row, where its head end believes it usable."""
        chosen: dict[int, tuple[int, ...]] = {}
        if not self.routes:
            return chosen
        usable: dict[int, bool] = {}
        for service, route in self.routes.items():
            head_end = int(self._fabric.tail[route[0]])
            up = self.views[int(self.node_view[head_end])].up
            usable[service] = bool(up[list(route)].all())
        for flow in todo.tolist():
            service = int(self.flows.service[flow])
            if usable.get(service, False):
                chosen[flow] = self.routes[service]
        return chosen

    def _trace(self, todo: Ints) -> Traced:
        """Follow flow groups hop by hop, or along the explicit paths that they have."""
        tables = Tables(
            self._fabric, self.flows, self.views, self.node_view, self._node_hash, self._key,
            self._unused, self._dark, self._repairs,
        )  # fmt: skip
        steered = self._steered(todo)
        if not steered:
            return trace(tables, todo)
        own = np.array([flow in steered for flow in todo.tolist()], dtype=bool)
        others, rows = trace(tables, todo[~own]), np.flatnonzero(~own)
        length = np.empty(len(todo), dtype=np.int64)
        length[rows], length[own] = others.length, [len(steered[i]) for i in todo[own].tolist()]
        shape = (len(todo), int(length.max()))
        paths = np.full(shape, self._fabric.directions, dtype=np.int64)
        paths[rows, : others.paths.shape[1]] = others.paths[:, : shape[1]]
        for row in np.flatnonzero(own).tolist():
            path = steered[int(todo[row])]
            paths[row, : len(path)] = path
        arrives, stuck, bent = own.copy(), np.full(len(todo), -1), np.full(len(todo), -1)
        arrives[rows], stuck[rows], bent[rows] = others.arrives, others.stuck, others.bent
        return Traced(paths, length, arrives, stuck, bent)

    def _write(self, todo: Ints, traced: Traced) -> bool:
        """Write what has changed of flow groups; return whether any has."""
        end, width = self._fabric.directions, self.paths.shape[1]
        self._stuck[todo], self._bent[todo] = traced.stuck, traced.bent
        if traced.paths.shape[1] > width:
            wider = np.full((len(self.paths), traced.paths.shape[1]), end, dtype=np.int64)
            wider[:, :width] = self.paths
            self.paths = wider
        if self.views.trees.compiled:
            from adn.twin.compiled_paths import write

            held = (self.paths, self.length, self.arrives)
            moved = write(todo, (traced.paths, traced.length, traced.arrives), held, end)
        else:
            moved = (traced.length != self.length[todo]) | (traced.arrives != self.arrives[todo])
            width = traced.paths.shape[1]
            moved |= (self.paths[todo, :width] != traced.paths).any(axis=1)
            rows = todo[moved]
            self.paths[rows, :width], self.paths[rows, width:] = traced.paths[moved], end
            self.length[rows], self.arrives[rows] = traced.length[moved], traced.arrives[moved]
        if not moved.any():
            return False
        self._laid = None
        used = int(self.length.max(initial=1))
        if used < self.paths.shape[1] // 2:
            self.paths = self.paths[:, :used].copy()
        return True
