"""Forwarding: which way each flow group really goes, hop by hop, by each element's own table.

Every element forwards by the view of the network it had when it last computed its table, so a
packet may meet tables of different age: that is what blackholes and microloops are made of. A flow
group takes, at each element, one of the equal-cost next hops by a hash that only the twin knows.
A table that lacks a destination drops what is for it there; one that leaves out an equal-cost next
hop hashes over the others. Explicit paths are followed label by label and meet neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base import noise
from adn.base.streams import hash32
from adn.physics.routing import Fabric, distances, leads_on
from adn.topology.network import Bools, Floats, Ints, Network
from adn.twin.destinations import Destinations
from adn.twin.state import State

MAX_HOPS: Final = 64
"""After so many hops a packet is dropped: the common initial TTL."""
_REMEMBERED: Final = 8
"""How many views' distances forks of one plane remember together."""


@dataclass(frozen=True)
class View:
    """One belief about the network: usable directions, their metric, and the distances then."""

    up: Bools
    cost: Ints
    distance: Floats


class Views:
    """Distinct views, shared by the elements that hold them."""

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric
        self._number: dict[bytes, int] = {}
        self._views: list[View] = []
        self._reckoned: dict[bytes, View] = {}

    def copy(self) -> Views:
        """Return the same views under the same numbers; more can be added to either."""
        other = Views(self._fabric)
        other._reckoned = self._reckoned
        other._number, other._views = dict(self._number), list(self._views)
        return other

    def number(self, up: Bools, cost: Ints) -> int:
        """Return the number of the view with these usable directions and metrics."""
        name = np.packbits(up).tobytes() + cost.tobytes()
        if name not in self._number:
            self._number[name] = len(self._views)
            self._views.append(self._view(name, up, cost))
        return self._number[name]

    def _view(self, name: bytes, up: Bools, cost: Ints) -> View:
        """Return a view, from what it or a fork of it has reckoned lately if that is there."""
        if name not in self._reckoned:
            self._reckoned[name] = View(up, cost, distances(self._fabric, cost, up))
            if len(self._reckoned) > _REMEMBERED:
                del self._reckoned[next(iter(self._reckoned))]
        return self._reckoned[name]

    def __getitem__(self, number: int) -> View:
        return self._views[number]

    def keep(self, used: Iterable[int]) -> dict[int, int]:
        """Forget the views that nobody holds; return old number → new number."""
        held = sorted(set(used))
        moved = {old: new for new, old in enumerate(held)}
        self._views = [self._views[old] for old in held]
        self._number = {name: moved[old] for name, old in self._number.items() if old in moved}
        return moved

    def __len__(self) -> int:
        return len(self._views)


@dataclass(frozen=True)
class Flows:
    """Flow groups: the equal parts into which services are hashed, shape (F,)."""

    service: Ints
    source: Ints
    target: Ints
    hashes: npt.NDArray[np.uint32]
    first: Ints
    count: Ints

    @classmethod
    def of(cls, network: Network) -> Flows:
        """Return the flow groups of a network's services, in service order."""
        count = network.flow_groups
        service = np.repeat(np.arange(len(count)), count)
        names = [
            hash32(f"{name}/{group}")
            for name, groups in zip(network.services.ids, count, strict=True)
            for group in range(int(groups))
        ]
        return cls(
            service=service,
            source=network.service_a[service],
            target=network.service_z[service],
            hashes=np.array(names, dtype=np.uint32),
            first=np.cumsum(count) - count,
            count=count,
        )


class Forwarding:
    """The paths of all flow groups, kept up to date as tables and routes change.

    Attributes:
        paths: Direction rows per flow group, padded with D (one past the last), shape (F, H).
        arrives: Whether the tables lead the flow group to its target, shape (F,).
        destinations: Which destinations go dark first at each element.
        hops: The same paths end to end, D standing for an empty one, shape (P,).
        first: Where each flow group begins in `hops`, shape (F,).
        length: How many of `hops` each flow group has, at least 1, shape (F,).
    """

    hops: Ints
    first: Ints
    length: Ints

    def __init__(self, network: Network, fabric: Fabric, hash_key: int) -> None:
        self._fabric = fabric
        self._key = hash_key
        self.flows = Flows.of(network)
        self._node_hash = np.array([hash32(name) for name in network.elements.ids], np.uint32)
        self.views = Views(fabric)
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
        self._flatten()

    def fork(self) -> Forwarding:
        """Return a copy whose changes do not reach this one."""
        other = object.__new__(Forwarding)
        other.__dict__.update(self.__dict__)
        other.views = self.views.copy()
        other.node_view = self.node_view.copy()
        other.routes = dict(self.routes)
        other.paths = self.paths.copy()
        other.arrives = self.arrives.copy()
        other._dirty = self._dirty.copy()
        return other

    def settle(self, up: Bools, cost: Ints, running: Bools | None = None) -> None:
        """Give every element the same, present view; those that are not `running` keep theirs."""
        number = self.views.number(up, cost)
        settled = self.node_view.copy()
        settled[slice(None) if running is None else running] = number
        if (self.node_view != settled).any():
            self._dirty[:] = True
        self.node_view = settled
        self._forget()

    def install(self, node: int, up: Bools, cost: Ints) -> None:
        """Install the table that follows from a view at one element.

        Only flow groups that come by there, and towards whose target it now points elsewhere, can
        change their way.
        """
        number, held = self.views.number(up, cost), int(self.node_view[node])
        if held == number:
            return
        moved = (self._next_hops(node, held) != self._next_hops(node, number)).any(axis=0)
        self.node_view[node] = number
        flows = self.flows
        aims = np.flatnonzero(moved[flows.target])
        here = (self._tails[self.paths[aims]] == node).any(axis=1) | ~self.arrives[aims]
        self._dirty[aims[here]] = True
        self._dirty |= np.isin(flows.service, sorted(self.routes)) & (flows.source == node)
        self._forget()

    def _next_hops(self, node: int, number: int) -> Bools:
        """Return which ways out of an element a view would use, (degree, n targets)."""
        view = self.views[number]
        leaving = self._fabric.out[node]
        leaving = leaving[leaving >= 0]
        onward = view.cost[leaving][:, None] + view.distance[self._fabric.head[leaving]]
        here = view.distance[node]
        used: Bools = view.up[leaving][:, None] & (onward == here) & np.isfinite(here)
        return used & leads_on(self._fabric, leaving[:, None], np.arange(self._fabric.n))

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

    def refresh(self) -> bool:
        """Trace again the flow groups whose way may have changed; return whether any did."""
        todo = np.flatnonzero(self._dirty)
        if not len(todo):
            return False
        self._dirty[:] = False
        before = self.hops, self.arrives.copy()
        self._write(todo, self._trace(todo, self._steered(todo)))
        self._flatten()
        same = np.array_equal(before[0], self.hops) and np.array_equal(before[1], self.arrives)
        return not same

    def _flatten(self) -> None:
        used = self.paths != self._fabric.directions
        used[:, 0] = True
        self.hops = self.paths[used]
        self.length = used.sum(axis=1)
        self.first = np.cumsum(self.length) - self.length

    def _forget(self) -> None:
        if len(self.views) > 8:
            moved = self.views.keep(self.node_view.tolist())
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

    def _trace(self, todo: Ints, steered: Mapping[int, tuple[int, ...]]) -> tuple[Ints, Bools]:
        """Follow flow groups hop by hop; return their paths (k, hops) and whether they arrive."""
        fabric, end = self._fabric, self._fabric.directions
        hashed = np.array([flow not in steered for flow in todo.tolist()], dtype=bool)
        flow = todo[hashed]
        place = np.flatnonzero(hashed)
        node, target = self.flows.source[flow], self.flows.target[flow]
        hops: list[tuple[Ints, Ints]] = []
        arrives = np.zeros(len(todo), dtype=bool)
        for _ in range(MAX_HOPS):
            if not len(flow):
                break
            safe, good = self._ways(node, target)
            ways = good.sum(axis=1)
            routed = ways > 0
            flow, place, target = flow[routed], place[routed], target[routed]
            node, good, safe, ways = node[routed], good[routed], safe[routed], ways[routed]
            draw = noise.bits(self._key, self.flows.hashes[flow] ^ self._node_hash[node], 0)
            wanted = (draw % ways.astype(np.uint32)).astype(np.int64)
            slot = np.argmax(np.cumsum(good, axis=1) == (wanted + 1)[:, None], axis=1)
            direction = safe[np.arange(len(flow)), slot]
            hops.append((place, direction))
            node = fabric.head[direction]
            done = node == target
            arrives[place[done]] = True
            going = ~done
            flow, place, node, target = flow[going], place[going], node[going], target[going]
        width = max([len(hops), *(len(path) for path in steered.values())], default=0)
        paths = np.full((len(todo), max(1, width)), end, dtype=np.int64)
        for step, (rows, direction) in enumerate(hops):
            paths[rows, step] = direction
        for row, flow_row in enumerate(todo.tolist()):
            if flow_row in steered:
                path = steered[flow_row]
                paths[row, : len(path)] = path
                arrives[row] = True
        return paths, arrives

    def _ways(self, node: Ints, target: Ints) -> tuple[Ints, Bools]:
        """Return the ways out of each node, and which its table uses to a target, (k, degree)."""
        fabric, held = self._fabric, self.node_view[node]
        leaving = fabric.out[node]
        safe = np.where(leaving >= 0, leaving, 0)
        good: Bools = (leaving >= 0) & leads_on(fabric, safe, target[:, None])
        for number in np.unique(held).tolist():
            view, at = self.views[number], np.flatnonzero(held == number)
            ways, aim = safe[at], target[at]
            onward = view.cost[ways] + view.distance[fabric.head[ways], aim[:, None]]
            here = view.distance[node[at], aim][:, None]
            good[at] &= view.up[ways] & (onward == here) & np.isfinite(here)
        if self._unused.any():
            kept = good & ~self._unused[safe]
            good = np.where(np.any(kept, axis=1, keepdims=True), kept, good)
        if len(self._dark):
            good[np.isin(node * fabric.n + target, self._dark)] = False
        return safe, good

    def _write(self, todo: Ints, traced: tuple[Ints, Bools]) -> None:
        paths, arrives = traced
        end = self._fabric.directions
        if paths.shape[1] > self.paths.shape[1]:
            wider = np.full((len(self.paths), paths.shape[1]), end, dtype=np.int64)
            wider[:, : self.paths.shape[1]] = self.paths
            self.paths = wider
        self.paths[todo] = end
        self.paths[todo, : paths.shape[1]] = paths
        self.arrives[todo] = arrives
        used = int((self.paths != end).sum(axis=1).max(initial=1))
        if used < self.paths.shape[1] // 2:
            self.paths = self.paths[:, : max(1, used)].copy()
