"""Performance: the noise-free KPIs of everything, from state, paths and demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adn.physics.services import ServiceKpis, outside_limits
from adn.physics.traffic import queue_delay_ms, queue_loss
from adn.topology.network import Bools, Floats, Network
from adn.twin.flows import Flows
from adn.twin.forwarding import Forwarding
from adn.twin.responding import respond, responds
from adn.twin.state import Configuration, State


@dataclass(frozen=True)
class Performance:
    """Noise-free KPIs at one instant.

    Attributes:
        services: Loss, latency, rate, reachability per service.
        utilisation: Offered load over usable rate per direction, carried up to 1, shape (D,).
        overload: Offered load over usable rate, shape (D,); above 1 where a link is too small, 0
            where it is down: what is sent there leaves no port.
        discards: Share dropped at the queue per direction, shape (D,).
        outside: Services outside their instantaneous limits, shape (S,).
        down: Services with nothing getting through, shape (S,).
    """

    services: ServiceKpis
    utilisation: Floats
    overload: Floats
    discards: Floats
    outside: Bools
    down: Bools

    @classmethod
    def of(
        cls,
        network: Network,
        state: State,
        configuration: Configuration,
        forwarding: Forwarding,
        demand_bps: Floats,
    ) -> Performance:
        """Follow every flow group along its path."""
        flows, hops, first = forwarding.flows, forwarding.hops, forwarding.first
        sent = demand_bps * configuration.admitted
        per_flow = (sent / flows.count)[flows.service]
        directions = len(network.directions)
        offered = np.repeat(per_flow, forwarding.length) * _reaching(forwarding, state)
        load: Floats = np.bincount(hops, weights=offered, minlength=directions + 1)[
            :directions
        ].astype(np.float64)
        discards = queue_loss(load, state.capacity_bps, state.buffer_ms)
        keep = np.append((1.0 - state.loss) * (1.0 - state.errors) * (1.0 - discards), 1.0)
        wait = queue_delay_ms(load, state.capacity_bps, state.buffer_ms)
        delay = np.append(state.delay_ms + wait, 0.0)
        through = np.multiply.reduceat(keep[hops], first) if len(first) else per_flow
        # Sums term by term, in the order of the path: `ahead.py` must come to the same bits.
        late: Floats = np.bincount(
            np.repeat(np.arange(len(first)), forwarding.length),
            weights=delay[hops],
            minlength=len(first),
        ).astype(np.float64)
        if responds(network, state, load, discards):
            found = respond(network, state, forwarding, per_flow)
            load, discards = found.load_bps, found.discards
            through, late = found.through, found.delay_ms
        kept = np.where(forwarding.arrives, through, 0.0)
        services = _by_service(flows, kept, late, configuration, sent)
        down_ends = ~(state.element_up[network.service_a] & state.element_up[network.service_z])
        if down_ends.any():
            services = _dark(services, down_ends)
        overload = load * np.repeat(state.link_up, 2) / state.capacity_bps
        return cls(
            services=services,
            utilisation=np.minimum(overload, 1.0),
            overload=overload,
            discards=discards,
            outside=outside_limits(services, network.latency_limit_ms, network.loss_limit),
            down=~services.reachable,
        )


def _reaching(forwarding: Forwarding, state: State) -> Floats | float:
    """Return the share of each flow group that gets as far as each of its hops, shape (P,).

    A dark element sends nothing, and what was lost on the way loads nothing further on; queue
    drops are left out, since they depend on the load itself.
    """
    whole = np.append((1.0 - state.loss) * (1.0 - state.errors), 1.0)
    dark = ~state.element_up[forwarding.flows.source]
    lossy = np.add.reduceat(whole[forwarding.hops] < 1.0, forwarding.first) > 0
    rows = np.flatnonzero(dark | lossy)
    if not len(rows):
        return 1.0
    paths = forwarding.paths[rows]
    share = np.ones(paths.shape) * ~dark[rows, None]
    share[:, 1:] *= np.cumprod(whole[paths[:, :-1]], axis=1)
    used = paths < len(state.loss)
    used[:, 0] = True
    reaching: Floats = np.ones(len(forwarding.hops))
    affected = np.zeros(len(forwarding.length), dtype=bool)
    affected[rows] = True
    reaching[np.repeat(affected, forwarding.length)] = share[used]
    return reaching


def _by_service(
    flows: Flows, kept: Floats, delay: Floats, configuration: Configuration, sent: Floats
) -> ServiceKpis:
    """Average flow groups into services; latency is that of what gets through."""
    if not len(flows.count):
        nothing = np.zeros(0)
        return ServiceKpis(nothing, nothing, nothing, np.zeros(0, dtype=bool))
    through = np.add.reduceat(kept, flows.first)
    late = np.add.reduceat(kept * delay, flows.first)
    reachable = through > 0.0
    share = through / flows.count
    return ServiceKpis(
        loss=1.0 - share * configuration.admitted,
        latency_ms=np.where(reachable, late / np.where(reachable, through, 1.0), np.nan),
        rate_bps=sent * share,
        reachable=reachable,
    )


def _dark(services: ServiceKpis, dark: Bools) -> ServiceKpis:
    """Return the KPIs with the services of dark elements delivering nothing."""
    return ServiceKpis(
        loss=np.where(dark, 1.0, services.loss),
        latency_ms=np.where(dark, np.nan, services.latency_ms),
        rate_bps=np.where(dark, 0.0, services.rate_bps),
        reachable=services.reachable & ~dark,
    )
