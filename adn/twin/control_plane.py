"""The control plane in time: who notices what when, and when each element forwards by it.

A link-state protocol: an end notices a change, floods it, every element recomputes its shortest
paths and downloads its own table at its own time. Until then it forwards by what it knew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from scipy.sparse.csgraph import connected_components, dijkstra

from adn.base import noise
from adn.base.clock import Millis, SimClock
from adn.base.streams import Key, hash32
from adn.physics.routing import Fabric, adjacency, direction_costs
from adn.physics.traffic import propagation_ms
from adn.topology.network import Bools, Floats, Ints, Network
from adn.twin.damping import Penalties
from adn.twin.knowledge import Knowledge, Versions
from adn.twin.throttling import Throttle
from adn.twin.timers import Protocol, Timers
from adn.twin.views import Changes


class ControlPlane:
    """Each element's knowledge of the network, and the events by which it changes.

    `install(node, changes, cause)` is called when an element's new table is in force,
    `adjacency_changed()` when a daemon takes an adjacency up or down, and, with fast reroute,
    `protect(direction, active, cause)` when an end begins or ends to send round a dead link.
    """

    def __init__(
        self,
        clock: SimClock,
        network: Network,
        fabric: Fabric,
        key: Key,
        timers: Timers,
        protocol: Protocol,
        install: Callable[[int, Changes, str], None],
        adjacency_changed: Callable[[], None],
        protect: Callable[[int, bool, str], None],
    ) -> None:
        self._clock, self._network, self._fabric, self._timers = clock, network, fabric, timers
        self._install, self._adjacency_changed = install, adjacency_changed
        self._protect = protect if protocol.fast_reroute else None
        self._penalties = Penalties(protocol.damping)
        self._key = key.word("control-plane")
        self._end_hash = np.array([hash32(name) for name in network.directions.ids], np.uint32)
        self._node_hash = np.array([hash32(name) for name in network.elements.ids], np.uint32)
        links, n = len(network.links), fabric.n
        whole = adjacency(fabric, np.ones(2 * links), np.ones(2 * links, dtype=bool))
        _, part = connected_components(whole, directed=False)
        self._routed = np.bincount(part)[part]
        self._travel_ms = propagation_ms(network.length_km) + timers.hop
        self._adjacent = np.ones(links, dtype=bool)
        self._advertised = np.ones(2 * links, dtype=bool)
        self._knowledge = Knowledge(n, direction_costs(network))
        self._flying: list[tuple[Millis, int, Versions, str]] = []
        self._travelled: dict[int, Floats] = {}
        self._running = np.ones(n, dtype=bool)
        self._pending = np.zeros(n, dtype=bool)
        self._throttle = Throttle(n, timers)
        self._runs = np.zeros(n, dtype=np.int64)
        self._change = np.zeros(links, dtype=np.int64)
        self._hears = np.ones(links, dtype=bool)
        self.recent_runs = np.zeros(n, dtype=np.int64)

    @property
    def advertised(self) -> Bools:
        """Whether each end of each link holds the adjacency, by its own daemon, shape (D,)."""
        return self._advertised

    @property
    def adjacent(self) -> Bools:
        """Links whose adjacency is up as the routing daemons see it, shape (L,)."""
        return self._adjacent

    def _draw(self, link: int, purpose: int, low: Millis, high: Millis) -> Ints:
        """Return a uniform whole number of ms in low..high for each end of a link.

        It depends on the link's name and on how often that link has changed, and on nothing else.
        """
        ends, change = self._end_hash[2 * link : 2 * link + 2], int(self._change[link])
        share = noise.uniform(self._key + purpose, ends, change)
        spread: Ints = low + np.floor(share * np.float32(high - low + 1)).astype(np.int64)
        return spread

    def link_heard(self, link: int, heard: bool, light: bool, cause: str) -> None:
        """Tell both ends that they can or cannot hear each other from now on.

        Args:
            link: Link row.
            heard: Whether routing packets get through both ways.
            light: Whether the change came with the light (else only silence tells).
            cause: What the resulting changes of forwarding are due to.
        """
        self._change[link] += 1
        self._hears[link] = heard
        change = int(self._change[link])
        timers = self._timers
        ends = np.array([self._network.link_a[link], self._network.link_z[link]])
        if light and not heard:
            self._penalties.lost(link, self._clock.now)
        if heard:
            both = int(self._draw(link, 1, timers.up_low, timers.up_high)[0])
            if light:
                both += timers.carrier_up + self._penalties.wait(link, self._clock.now)
            delays = [both, both]
        elif light:
            drawn = self._draw(link, 2, timers.light_low, timers.light_high)
            delays = (drawn + timers.carrier_down).tolist()
        elif self._running[ends].all():
            delays = [timers.liveness, timers.liveness]
        else:
            delays = self._draw(link, 3, timers.hold * 2 // 3, timers.hold).tolist()
        for side, delay in enumerate(delays):
            self._clock.call_at(
                self._clock.now + int(delay),
                partial(self._noticed, link, side, heard, change, cause),
            )

    def set_cost(self, link: int, cost: int, cause: str) -> None:
        """Advertise a new metric of a link from both ends."""
        for side in (0, 1):
            self._originate(link, side, bool(self._advertised[2 * link + side]), cost, cause)

    def set_running(self, element: int, running: bool, cause: str) -> None:
        """Tell whether an element's routing daemon runs; a dead one keeps its table.

        One that returns is told by its neighbours what it has missed, tells them its own, and finds
        out over which links it hears nobody.
        """
        self._running[element] = running
        self._travelled.clear()
        if not running:
            return
        self._schedule([element], cause)
        soon = self._clock.now + self._timers.up_low
        ends = (self._network.link_a, self._network.link_z)
        for side, (near, far) in enumerate((ends, ends[::-1])):
            for link in np.flatnonzero(near == element).tolist():
                if self._adjacent[link]:
                    for end in (int(far[link]), element):
                        self._clock.call_at(soon, partial(self._tell_all, end, cause))
                if not self._hears[link]:
                    silent = partial(
                        self._noticed, link, side, False, int(self._change[link]), cause
                    )
                    self._clock.call_at(soon, silent)

    def _far_end(self, link: int, side: int) -> int:
        """Return the element at the other end of a link."""
        return int((self._network.link_z, self._network.link_a)[side][link])

    def _noticed(self, link: int, side: int, heard: bool, change: int, cause: str) -> None:
        """One end takes the adjacency up or down, unless the link has changed again since.

        Over a new adjacency both ends exchange all they know (database synchronisation), which
        brings out what an end could tell nobody while it was dead or cut off.
        """
        if self._change[link] != change:
            return
        end = int((self._network.link_a, self._network.link_z)[side][link])
        if not self._running[end] and not heard:
            return
        direction = 2 * link + side
        if self._advertised[direction] == heard:
            return
        self._advertised[direction] = heard
        if self._protect is not None:
            repair = partial(self._repair, link, side, heard, change, cause)
            self._clock.call_at(self._clock.now + (0 if heard else self._timers.repair), repair)
        now_up = bool(self._advertised[2 * link] and self._advertised[2 * link + 1])
        if now_up != self._adjacent[link]:
            self._adjacent[link] = now_up
            self._travelled.clear()
            if now_up:
                self._tell_again()
                self._tell_all(end, cause)
                self._tell_all(self._far_end(link, side), cause)
        self._adjacency_changed()
        self._originate(link, side, heard, self._knowledge.cost(end, direction), cause)

    def _repair(self, link: int, side: int, heard: bool, change: int, cause: str) -> None:
        """One end sends round a link that it has lost, or over it again."""
        if self._change[link] == change and self._protect is not None:
            self._protect(2 * link + side, not heard, cause)

    def _originate(self, link: int, side: int, up: bool, cost: int, cause: str) -> None:
        """One end of a link makes a new version of what it says of it, and floods it."""
        end = int((self._network.link_a, self._network.link_z)[side][link])
        news = self._knowledge.describe(end, 2 * link + side, up, cost)
        self._schedule([end], cause)
        self._flood(end, news, cause)

    def _tell_all(self, origin: int, cause: str) -> None:
        """Send all that `origin` knows, as a new or returned neighbour needs it."""
        news = self._knowledge.all_of(origin)
        if news:
            self._flood(origin, news, cause)

    def _tell_again(self) -> None:
        """Send what is on its way once more, over a new adjacency, too.

        Flooding goes hop by hop: whoever is reached by it later passes it on to its new neighbour.
        """
        now = self._clock.now
        flying, self._flying = [row for row in self._flying if row[0] >= now], []
        for _, origin, news, cause in flying:
            self._flood(origin, news, cause)

    def _travel(self, origin: int) -> Floats:
        """Return how long a packet of `origin` is flooded to everyone, ms, shape (n,)."""
        if origin not in self._travelled:
            tail = self._fabric.tail
            usable = np.repeat(self._adjacent, 2) & self._running[tail]
            usable &= self._fabric.transit[tail] | (tail == origin)  # a server passes nothing on
            weight = np.repeat(self._travel_ms, 2)
            self._travelled[origin] = np.asarray(
                dijkstra(adjacency(self._fabric, weight, usable), directed=True, indices=origin)
            )
        return self._travelled[origin]

    def _flood(self, origin: int, news: Versions, cause: str) -> None:
        """Send news to everyone that `origin` can reach; who is as far learns it together."""
        travel = self._travel(origin)
        nodes = np.flatnonzero(np.isfinite(travel))
        nodes = nodes[nodes != origin]
        if not len(nodes):
            return
        span = self._timers.originate + np.ceil(travel[nodes]).astype(np.int64)
        order = np.argsort(span, kind="stable")
        nodes, span = nodes[order], span[order]
        starts = np.flatnonzero(np.append(True, span[1:] != span[:-1]))
        now = self._clock.now
        for group, after in zip(np.split(nodes, starts[1:]), span[starts].tolist(), strict=True):
            self._clock.call_at(now + after, partial(self._learn, group.tolist(), news, cause))
        self._flying = [row for row in self._flying if row[0] >= now]
        self._flying.append((now + int(span[-1]), origin, news, cause))

    def _learn(self, nodes: Sequence[int], news: Versions, cause: str) -> None:
        """Elements take in what is newer than their own."""
        self._schedule(
            [node for node in nodes if self._running[node] and self._knowledge.learn(node, news)],
            cause,
        )

    def _schedule(self, nodes: Sequence[int], cause: str) -> None:
        """Plan computations, as early as throttling allows."""
        due: dict[Millis, list[int]] = {}
        now = self._clock.now
        for node in nodes:
            wait = self._throttle.news(node, now)
            if not self._pending[node]:
                self._pending[node] = True
                due.setdefault(now + wait, []).append(node)
        for at, computing in due.items():
            self._clock.call_at(at, partial(self._compute, computing, cause))

    def _compute(self, nodes: Sequence[int], cause: str) -> None:
        """Run shortest-path computations and start the download of the tables."""
        timers, now = self._timers, self._clock.now
        ready: dict[Millis, list[tuple[int, int, Changes]]] = {}
        self._pending[list(nodes)] = False
        running = [node for node in nodes if self._running[node]]
        self._runs[running] += 1
        self.recent_runs[running] += 1
        for node, share in zip(running, self._spread(running), strict=True):
            prefixes = timers.prefixes * int(self._routed[node])
            download = timers.fib_base + timers.fib_prefix_us * prefixes // 1000
            after = timers.spf_compute + round(download * (0.5 + share))
            table = (node, int(self._runs[node]), self._knowledge.changes(node))
            ready.setdefault(after, []).append(table)
        for after, tables in ready.items():
            self._clock.call_at(now + after, partial(self._downloaded, tables, cause))

    def _spread(self, nodes: Sequence[int]) -> list[float]:
        """Return a draw from 0..1 for the present run of each of some elements."""
        rows = np.array(nodes, dtype=np.int64)
        share, runs = np.zeros(len(rows)), self._runs[rows]
        for run in np.unique(runs).tolist():
            same = runs == run
            share[same] = noise.uniform(self._key, self._node_hash[rows[same]], run)
        found: list[float] = share.tolist()
        return found

    def _downloaded(self, tables: Sequence[tuple[int, int, Changes]], cause: str) -> None:
        """Put tables in force, unless newer ones have overtaken them."""
        for node, run, changes in tables:
            if self._runs[node] == run:
                self._install(node, changes, cause)
