"""Lines: the queues of a network, and what loads, drops and waits agree on at one instant.

Every direction has a queue for each slice; without slices, one. What the queues drop thins the load
of those behind, so loads and drops are found together by sweeps in a fixed order.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np

from adn.physics.fairness import max_min_rates
from adn.physics.pausing import Pauses, pauses
from adn.physics.slices import served_bps
from adn.physics.traffic import queue_delay_ms, queue_loss
from adn.topology.network import Bools, Floats, Network
from adn.twin.forwarding import Forwarding
from adn.twin.state import State

DROPPING: Final = 1e-9
"""Share dropped at a queue from which what follows is thinned; less is lost in the KPIs' noise."""
SETTLED: Final = 1e-6
"""Share of a line by which the load of no queue may have changed in the last sweep."""
SWEEPS: Final = 16
"""Times that loads are taken through all queues at most.

Less load at one queue is less loss there and so more load behind it: successive sweeps lie on
either side of the fixed point, and the answer is off by at most half of what the last one changed.
Where no congested queues feed each other in a circle, sweeps change nothing any more after as many
as there are congested queues in a row.
"""
LEAST: Final = 0.01
"""Share of a line that those get at least who take what others leave (assumption)."""


@dataclass(frozen=True, slots=True)
class Queues:
    """What queues do, V of them, and one past all for no queue; and per flow group.

    Attributes:
        load: Offered to each, bit/s, shape (V,).
        lossy: What of it may be dropped, bit/s, shape (V,).
        rate: Rate at which each is served, bit/s, shape (V,).
        discards: Share of `lossy` that finds each full, shape (V,).
        keep: Share that gets through each and over its line, shape (V + 1,).
        wait_ms: Time in each, ms, shape (V + 1,).
        through: Share that gets through the path of each flow group, shape (F,).
        delay_ms: One-way delay of each flow group, ms, shape (F,).
    """

    load: Floats
    lossy: Floats
    rate: Floats
    discards: Floats
    keep: Floats
    wait_ms: Floats
    through: Floats
    delay_ms: Floats


class Lines:
    """The queues of a network in one state, and the flow groups through them."""

    def __init__(self, network: Network, state: State, forwarding: Forwarding) -> None:
        senders, service = network.senders, forwarding.flows.service
        self._directions, self._slices = len(network.directions), len(senders.slices)
        self._first, self._length = forwarding.first, forwarding.length
        self._owner, self._compiled = forwarding.owner, forwarding.views.trees.compiled
        self._capacity = state.capacity_bps
        self._reserved = np.array([row.reserved for row in senders.slices])
        self._weight = np.array([row.weight for row in senders.slices])
        self._line = np.repeat(state.capacity_bps, self._slices)
        self._buffer = np.repeat(state.buffer_ms, self._slices)
        self._queues = self._directions * self._slices
        self._hops = forwarding.hops
        if self._slices > 1:
            there = forwarding.hops < self._directions
            own = forwarding.hops * self._slices + senders.slice[service][self._owner]
            self._hops = np.where(there, own, self._queues)
        self._lossless = np.append(np.repeat(senders.lossless, self._slices), False)
        self._spared: Bools | None = None
        if senders.roce.any():
            self._spared = senders.roce[service][self._owner] & self._lossless[self._hops]
        whole = np.repeat((1.0 - state.loss) * (1.0 - state.errors), self._slices)
        self._whole = np.append(whole, 1.0)
        self._travel = np.append(np.repeat(state.delay_ms, self._slices), 0.0)
        self._unhindered: Floats | None = None

    @property
    def travel_ms(self) -> Floats:
        """Propagation and extra delay along each flow group's path, ms, shape (F,)."""
        return self._along(np.add, self._travel[self._hops])

    def settle(self, sent_bps: Floats) -> Queues:
        """Return what queues do once drops and loads agree.

        Args:
            sent_bps: What each flow group sends, bit/s, shape (F,).
        """
        lossy = self._thinned(sent_bps)
        keep = self._keep(lossy)
        load = self.load(sent_bps, keep)
        rate = self._served(load)
        wait = np.append(queue_delay_ms(load, rate, self._buffer), 0.0)
        return Queues(
            load=load,
            lossy=lossy,
            rate=rate,
            discards=self._dropped(lossy),
            keep=keep,
            wait_ms=wait,
            through=self._product(self._kept(keep)),
            delay_ms=self._along(np.add, (self._travel + wait)[self._hops]),
        )

    def _thinned(self, sent_bps: Floats) -> Floats:
        """Return what may be dropped at every queue, bit/s, once drops and loads agree, shape (V,).

        Loads are largest before anything is dropped, so only flow groups that meet a queue which
        drops then are followed again.
        """
        lossy = self.load(sent_bps, self._whole, paused=False)
        dropping = np.append(self._dropped(lossy) > 0.0, False)
        there = dropping[self._hops]
        met = self._whose(there if self._spared is None else there & ~self._spared)
        if not met.any():
            return lossy
        part = self._of(met)
        steady = self.load(np.where(met, 0.0, sent_bps), self._whole, paused=False)
        for _ in range(SWEEPS):
            before = lossy
            lossy = steady + part.load(sent_bps[met], self._keep(lossy), paused=False)
            if np.all(np.abs(lossy - before) <= SETTLED * self._line):
                break
        return (before + lossy) / 2.0

    def _of(self, flows: Bools) -> Lines:
        """Return the same queues with some of the flow groups only."""
        part, at = copy(self), flows[self._owner]
        part._hops, part._length = self._hops[at], self._length[flows]
        part._spared = None if self._spared is None else self._spared[at]
        part._first = np.cumsum(part._length) - part._length
        part._owner = np.repeat(np.arange(len(part._length)), part._length)
        part._unhindered = None
        return part

    def load(self, sent_bps: Floats, keep: Floats, paused: bool = True) -> Floats:
        """Return the load of every queue, bit/s, shape (V,): what was lost before it loads no more.

        Args:
            sent_bps: What each flow group sends, bit/s, shape (F,).
            keep: Share that gets through each queue, shape (V + 1,).
            paused: Whether what is paused instead of dropped counts.
        """
        if self._compiled:
            return self._load_compiled(sent_bps, keep, paused)
        offered = sent_bps[self._owner] * self._reaching(keep)
        if not paused and self._spared is not None:
            offered = np.where(self._spared, 0.0, offered)
        return self._summed(offered)

    def _load_compiled(self, sent_bps: Floats, keep: Floats, paused: bool) -> Floats:
        """Do the same by compiled loops."""
        from adn.twin.compiled_paths import queued

        spared = np.zeros(0, dtype=bool) if self._spared is None else self._spared
        load = np.zeros(self._queues + 1)
        paths = (self._hops, self._first, self._length)
        queued(paths, sent_bps, (keep, self._whole), spared, paused, load)
        return load[: self._queues]

    def paused(self, queues: Queues, wanted_bps: Floats) -> Pauses:
        """Return how pauses slow what is sent losslessly, beside what may be dropped."""
        room = np.maximum(queues.rate - queues.lossy, LEAST * queues.rate)
        return pauses(self._hops, self._first, room, wanted_bps, self._lossless[:-1])

    def shared(self, queues: Queues, others: Floats, wanted: Floats, weight: Floats) -> Floats:
        """Return the max-min share of what others leave, bit/s, shape (F,)."""
        room = np.maximum(queues.rate - others, LEAST * queues.rate)
        return max_min_rates(self._hops, self._first, room, wanted, weight)

    def delay_when(self, queues: Queues, held: Pauses) -> Floats:
        """Return the delay of flow groups where ports that hold back are full, ms, shape (F,)."""
        wait = queues.wait_ms.copy()
        wait[:-1] = np.where(held.held < 1.0, self._buffer, wait[:-1])
        return self._along(np.add, (self._travel + wait)[self._hops])

    def by_direction(self, values: Floats) -> Floats:
        """Return the sum over the slices of each direction, shape (D,)."""
        found: Floats = values.reshape(self._directions, self._slices).sum(axis=1)
        return found

    def worst(self, values: Floats) -> Floats:
        """Return the largest over the slices of each direction, shape (D,)."""
        found: Floats = values.reshape(self._directions, self._slices).max(axis=1)
        return found

    def _dropped(self, lossy: Floats) -> Floats:
        """Return the share that finds each queue full, shape (V,)."""
        found: Floats = queue_loss(lossy, self._served(lossy), self._buffer)
        dropped: Floats = np.where(found < DROPPING, 0.0, found)
        return dropped

    def _keep(self, lossy: Floats) -> Floats:
        kept: Floats = self._whole * np.append(1.0 - self._dropped(lossy), 1.0)
        return kept

    def _served(self, load: Floats) -> Floats:
        """Return the rate at which each queue is served, bit/s, shape (V,)."""
        if self._slices == 1:
            return self._capacity
        each = load.reshape(self._directions, self._slices)
        served = served_bps(each, self._capacity, self._reserved, self._weight)
        return np.maximum(served.ravel(), 1.0)  # a slice without traffic may be left nothing

    def _kept(self, keep: Floats) -> Floats:
        """Return the share that gets through at each hop, shape (P,): pauses spare from drops."""
        kept = keep[self._hops]
        return (
            kept if self._spared is None else np.where(self._spared, self._whole[self._hops], kept)
        )

    def _whose(self, hops: Bools) -> Bools:
        """Return which flow groups have some of the hops, shape (F,)."""
        found = np.zeros(len(self._length), dtype=bool)
        found[self._owner[hops]] = True
        return found

    def _product(self, kept: Floats) -> Floats:
        """Return what gets through the path of each flow group, shape (F,): all of most."""
        through, lossy = np.ones(len(self._length)), self._whose(kept < 1.0)
        if lossy.any():
            length = self._length[lossy]
            first = np.cumsum(length) - length
            through[lossy] = np.multiply.reduceat(kept[lossy[self._owner]], first)
        return through

    def _reaching(self, keep: Floats) -> Floats:
        """Return the share of each flow group that gets as far as each hop, shape (P,)."""
        if keep is self._whole and self._unhindered is not None:
            return self._unhindered
        reaching, kept = np.ones(len(self._hops)), self._kept(keep)
        flows = np.flatnonzero(self._whose(kept < 1.0))
        if len(flows):
            flows = flows[np.argsort(-self._length[flows], kind="stable")]
            at, length, share = self._first[flows], self._length[flows], np.ones(len(flows))
            far = np.searchsorted(-length, -np.arange(int(length[0])))
            for hop, there in enumerate(far.tolist()):
                reaching[at[:there] + hop] = share[:there]
                share[:there] *= kept[at[:there] + hop]
        if keep is self._whole:
            self._unhindered = reaching
        return reaching

    def _summed(self, values: Floats) -> Floats:
        found = np.bincount(self._hops, weights=values, minlength=self._queues + 1)
        return found[: self._queues].astype(np.float64)

    def _along(self, ufunc: np.ufunc, values: Floats) -> Floats:
        """Return a reduction of values at hops over the path of each flow group, shape (F,)."""
        found: Floats = ufunc.reduceat(values, self._first) if len(self._first) else np.zeros(0)
        return found
