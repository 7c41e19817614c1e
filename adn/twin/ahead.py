"""Calm minutes, reckoned several at once before they come.

A minute is calm when everybody is served within limits, nothing is dropped and no line is nearly
full; then performance follows from demand by few operations, and nobody who watches it has anything
to do. Calm minutes come in long rows. What is reckoned here is equal to the bit to what
`Performance.of` gives for the minute; it is thrown away as soon as state, configuration or paths
are no longer what it was reckoned from.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.base.clock import Millis
from adn.physics.services import ServiceKpis, outside_limits
from adn.physics.traffic import queue_delay_ms, queue_loss
from adn.topology.network import Bools, Floats, Ints, Network
from adn.twin.alarming import UTILISATION_LIMIT
from adn.twin.demand import STEP, Demand
from adn.twin.forwarding import Forwarding
from adn.twin.performance import Performance
from adn.twin.state import Configuration, State

MINUTES: Final = 8
"""How many minutes are reckoned at once, 0 for none; changes nothing but speed."""


@dataclass(frozen=True, slots=True, eq=False)
class _Followed:
    """What of the paths of flow groups is the same every minute.

    Attributes:
        state: The state it holds for.
        configuration: The configuration.
        hops: The paths.
        loads: Which flow groups load each direction, shape (D + 1, F).
        paths: Which directions each flow group takes, shape (F, D + 1).
    """

    state: State
    configuration: Configuration
    hops: Ints
    loads: csr_array
    paths: csr_array


class Ahead:
    """The next calm minutes of a network.

    Args:
        network: Whose.
        demand: What is wanted of it.

    Attributes:
        minutes: How many are reckoned at once; 0: none.
    """

    def __init__(self, network: Network, demand: Demand) -> None:
        self.minutes = MINUTES
        self._network, self._demand = network, demand
        self._followed: _Followed | None = None
        self._known: tuple[State, Configuration, Ints] | None = None
        self._coming: deque[tuple[Millis, Performance]] = deque()
        self._wait = 0

    def at(
        self, at: Millis, state: State, configuration: Configuration, forwarding: Forwarding
    ) -> Performance | None:
        """Return the performance of the minute from `at` on if it is calm, else None."""
        if not self._holds(state, configuration, forwarding):
            return None
        while self._coming and self._coming[0][0] < at:
            self._coming.popleft()
        if not self._coming:
            if self._wait:
                self._wait -= 1
                return None
            self._reckon(at, forwarding)
        if self._coming and self._coming[0][0] == at:
            return self._coming.popleft()[1]
        return None

    def coming(
        self, at: Millis, state: State, configuration: Configuration, forwarding: Forwarding
    ) -> list[Performance]:
        """Return the calm minutes on end that are known, the first of which begins at `at`.

        Each is what `at` gives when it comes, unless something changes before.
        """
        if not self._holds(state, configuration, forwarding):
            return []
        if not self._coming and not self._wait:
            self._reckon(at, forwarding)
        if not self._coming or self._coming[0][0] != at:
            return []
        return [one for _, one in self._coming]

    def forget(self) -> None:
        """Take it that demand will be another than was foreseen."""
        self._known = None

    def _holds(self, state: State, configuration: Configuration, forwarding: Forwarding) -> bool:
        """Whether any minute can be calm as things are; forgets what was reckoned for others."""
        known, hops = self._known, forwarding.hops
        if not (known and known[0] is state and known[1] is configuration and known[2] is hops):
            self._known = (state, configuration, hops)
            self._followed = _followed(self._network, state, configuration, forwarding)
            self._coming.clear()
            self._wait = 0
        return self._followed is not None and self.minutes > 0

    def _reckon(self, at: Millis, forwarding: Forwarding) -> None:
        followed = self._followed
        assert followed is not None
        found = calm_minutes(
            self._network,
            (followed.state, followed.configuration, forwarding),
            (followed.loads, followed.paths),
            self._demand.coming(at, self.minutes),
        )
        if not found:
            self._wait = self.minutes  # where one minute is not calm, the next will not be
        self._coming.extend((at + k * STEP, one) for k, one in enumerate(found))


def _followed(
    network: Network, state: State, configuration: Configuration, forwarding: Forwarding
) -> _Followed | None:
    """Return what stays the same, or None where no minute can be calm."""
    whole = np.append((1.0 - state.loss) * (1.0 - state.errors), 1.0)
    ends = state.element_up[network.service_a] & state.element_up[network.service_z]
    if not (
        forwarding.arrives.all()
        and ends.all()
        and (whole[forwarding.hops] == 1.0).all()
        and len(network.senders.slices) <= 1
        and len(forwarding.flows.count)
    ):
        return None
    indptr = np.append(forwarding.first, len(forwarding.hops))
    shape = (len(forwarding.first), len(network.directions) + 1)
    paths = csr_array((np.ones(len(forwarding.hops)), forwarding.hops, indptr), shape=shape)
    return _Followed(state, configuration, forwarding.hops, paths.T.tocsr(), paths)


def calm_minutes(
    network: Network,
    present: tuple[State, Configuration, Forwarding],
    followed: tuple[csr_array, csr_array],
    demand_bps: Floats,
) -> list[Performance]:
    """Return the performance of the minutes up to the first that is not calm.

    Args:
        network: Of what.
        present: State, configuration and forwarding plane, with which nothing is lost underway.
        followed: Which flow groups load each direction, and which directions each takes.
        demand_bps: Offered rate of each service, shape (minutes, S).
    """
    state, configuration, forwarding = present
    flows, directions = forwarding.flows, len(network.directions)
    sent = demand_bps * configuration.admitted
    per_flow = (sent / flows.count)[:, flows.service]
    # Minutes run along the last axis here, so that each flow group's path is read once for all;
    # the sums are those of one minute, term by term.
    load = np.ascontiguousarray((followed[0] @ np.ascontiguousarray(per_flow.T))[:directions].T)
    discards = queue_loss(load, state.capacity_bps, state.buffer_ms)
    overload = load * np.repeat(state.link_up, 2) / state.capacity_bps
    calm: Bools = ((1.0 - discards) == 1.0).all(axis=1) & (overload <= UTILISATION_LIMIT).all(
        axis=1
    )
    wait = queue_delay_ms(load, state.capacity_bps, state.buffer_ms, discards)
    delay = np.zeros((directions + 1, len(load)))
    delay[:directions] = (state.delay_ms + wait).T
    late = np.ascontiguousarray((followed[1] @ delay).T)
    if (flows.count > 1).any():
        late = np.array([np.add.reduceat(one, flows.first) for one in late])
    services = ServiceKpis(
        loss=np.broadcast_to(1.0 - configuration.admitted, sent.shape),
        latency_ms=late / flows.count,
        rate_bps=sent,
        reachable=np.ones(sent.shape, dtype=bool),
    )
    outside = outside_limits(services, network.latency_limit_ms, network.loss_limit)
    calm &= ~outside.any(axis=1)
    utilisation = np.minimum(overload, 1.0)
    nobody = np.zeros(sent.shape[1], dtype=bool)
    last = len(calm) if calm.all() else int(np.argmin(calm))
    return [
        Performance(
            services=ServiceKpis(
                services.loss[k], services.latency_ms[k], sent[k], services.reachable[k]
            ),
            utilisation=utilisation[k],
            overload=overload[k],
            discards=discards[k],
            outside=outside[k],
            down=nobody,
        )
        for k in range(last)
    ]
