"""Slicing: what the loop reckons that services get on lines that are divided into slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from adn.physics.services import ServiceKpis, service_kpis
from adn.physics.slices import served_bps
from adn.physics.traffic import offered_load, propagation_ms, queue_delay_ms, queue_loss
from adn.topology.network import Bools, Floats, Network


def sliced_kpis(
    network: Network,
    shares: csr_array,
    reachable: Bools,
    damaged: Floats,
    rate_bps: Floats,
    admitted: Floats,
    buffers_ms: Floats,
) -> ServiceKpis:
    """Return the KPIs of services, each by the queues of its own slice.

    Args:
        network: Whose services.
        shares: Share of each service per direction, shape (S, D).
        reachable: Which services have a path, shape (S,).
        damaged: Loss of directions, full queues apart, 0..1, shape (D,).
        rate_bps: Offered rates, bit/s, shape (S,).
        admitted: Share let in at the edge, 0..1, shape (S,).
        buffers_ms: Buffers, ms of the rate of a slice, shape (D,).
    """
    senders, capacity = network.senders, np.repeat(network.capacity_bps, 2)
    sent = rate_bps * admitted
    mine = [senders.slice == number for number in range(len(senders.slices))]
    loads = np.column_stack([offered_load(shares, np.where(own, sent, 0.0)) for own in mine])
    reserved = np.array([row.reserved for row in senders.slices])
    weight = np.array([row.weight for row in senders.slices])
    rates = np.maximum(served_bps(loads, capacity, reserved, weight), 1.0)
    travel = np.repeat(propagation_ms(network.length_km), 2)
    found: ServiceKpis | None = None
    for number, own in enumerate(mine):
        load, rate = loads[:, number], rates[:, number]
        loss = 1.0 - (1.0 - queue_loss(load, rate, buffers_ms)) * (1.0 - damaged)
        delay = travel + queue_delay_ms(load, rate, buffers_ms)
        each = service_kpis(shares, reachable, loss, delay, rate_bps, admitted=admitted)
        found = each if found is None else _chosen(own, each, found)
    if found is None:
        raise ValueError("a network has at least the slice of all that is in none")
    return found


def _chosen(own: Bools, these: ServiceKpis, others: ServiceKpis) -> ServiceKpis:
    return replace(
        others,
        loss=np.where(own, these.loss, others.loss),
        latency_ms=np.where(own, these.latency_ms, others.latency_ms),
        rate_bps=np.where(own, these.rate_bps, others.rate_bps),
    )
