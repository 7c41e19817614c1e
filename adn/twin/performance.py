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
        flows = forwarding.flows
        sent = demand_bps * configuration.admitted
        per_flow = (sent / flows.count)[flows.service]
        load = _loads(forwarding, state, per_flow)
        discards = queue_loss(load, state.capacity_bps, state.buffer_ms)
        keep = np.append((1.0 - state.loss) * (1.0 - state.errors) * (1.0 - discards), 1.0)
        wait = queue_delay_ms(load, state.capacity_bps, state.buffer_ms, discards)
        through, late = _followed(forwarding, keep, np.append(state.delay_ms + wait, 0.0))
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


def _loads(forwarding: Forwarding, state: State, per_flow: Floats) -> Floats:
    """Return what is offered to each direction if no queue drops anything, bit/s, shape (D,)."""
    directions = len(state.loss)
    if forwarding.views.trees.compiled:
        from adn.twin.compiled_paths import loaded

        whole = np.append((1.0 - state.loss) * (1.0 - state.errors), 1.0)
        alive = state.element_up[forwarding.flows.source].astype(np.float64)
        found = np.zeros(directions + 1)
        loaded(forwarding.paths, forwarding.length, per_flow, whole, alive, found)
        return found[:directions]
    offered = per_flow[forwarding.owner] * _reaching(forwarding, state)
    summed = np.bincount(forwarding.hops, weights=offered, minlength=directions + 1)
    return summed[:directions].astype(np.float64)


def _followed(forwarding: Forwarding, keep: Floats, delay: Floats) -> tuple[Floats, Floats]:
    """Return what gets through the path of each flow group, and its delay, ms, shape (F,) each.

    Sums are made term by term, in the order of the path: `ahead.py` must come to the same bits.

    Args:
        forwarding: The paths.
        keep: Share that gets through each direction, shape (D + 1,).
        delay: Time in each direction, ms, shape (D + 1,).
    """
    flows = len(forwarding.length)
    if forwarding.views.trees.compiled:
        from adn.twin.compiled_paths import followed

        through, late = np.empty(flows), np.empty(flows)
        followed(forwarding.paths, forwarding.length, keep, delay, through, late)
        return through, late
    hops, owner, through = forwarding.hops, forwarding.owner, np.ones(flows)
    met = forwarding.crossing(keep[:-1] < 1.0)
    if met.any():
        length = forwarding.length[met]
        kept = keep[hops[met[owner]]]
        through[met] = np.multiply.reduceat(kept, np.cumsum(length) - length)
    spent = np.bincount(owner, weights=delay[hops], minlength=flows)
    return through, spent.astype(np.float64)


def _reaching(forwarding: Forwarding, state: State) -> Floats | float:
    """Return the share of each flow group that gets as far as each of its hops, shape (P,).

    A dark element sends nothing, and what was lost on the way loads nothing further on; queue
    drops are left out, since they depend on the load itself.
    """
    whole = np.append((1.0 - state.loss) * (1.0 - state.errors), 1.0)
    dark = ~state.element_up[forwarding.flows.source]
    affected = dark | forwarding.crossing(whole[:-1] < 1.0)
    rows = np.flatnonzero(affected)
    if not len(rows):
        return 1.0
    paths = forwarding.paths[rows]
    share = np.ones(paths.shape) * ~dark[rows, None]
    share[:, 1:] *= np.cumprod(whole[paths[:, :-1]], axis=1)
    reaching: Floats = np.ones(len(forwarding.hops))
    used = np.arange(paths.shape[1]) < forwarding.length[rows, None]
    reaching[affected[forwarding.owner]] = share[used]
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
