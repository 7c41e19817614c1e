"""Answering: what the loop reckons that senders make of loss, by service instead of by flow.

The same equations as the world's, on what is believed: loss and delay averaged over the paths that
a service may take, and for a training job the worst of them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.physics.transport import (
    TURNAROUND_MS,
    go_back_n,
    packets_in_flight,
    step_share,
    tcp_rate_bps,
)
from adn.topology.network import Bools, Floats, Network

NOTICEABLE: Final = 1e-7
"""Loss from which on anybody answers to it (assumption: below, no transport feels it)."""


def answered(
    network: Network, shares: csr_array, loss: Floats, delay_ms: Floats, rate_bps: Floats
) -> Floats:
    """Return the share of its demand that each service still sends to use, 0..1, shape (S,).

    What is lost itself is left to the caller: an inelastic service has 1.

    Args:
        network: Whose services.
        shares: Share of each service per direction, shape (S, D).
        loss: Loss of directions, full queues apart, 0..1, shape (D,).
        delay_ms: Delay of directions, ms, shape (D,).
        rate_bps: Offered rates, bit/s, shape (S,).
    """
    senders, useful = network.senders, np.ones(len(rate_bps))
    mine = np.flatnonzero(senders.tcp | senders.roce)
    if not len(mine) or not (loss > NOTICEABLE).any():
        return useful
    paths = shares[mine]
    rtt = 2.0 * (paths @ delay_ms) + TURNAROUND_MS
    mean = np.clip(paths @ loss, 0.0, 1.0)
    rate, connections = rate_bps[mine], senders.connections[mine]
    segment, tcp = senders.segment_bytes[mine], senders.tcp[mine]
    bound = connections * tcp_rate_bps(mean, rtt, segment)
    slowed = np.minimum(1.0, bound / np.maximum(rate, 1.0))
    resent = go_back_n(_worst(paths, loss), packets_in_flight(rate / connections, rtt, segment))
    for number, step_ms in enumerate(senders.step_ms.tolist()):
        of_job = senders.job[mine] == number
        if of_job.any():
            lost = float((np.log1p(-np.minimum(mean, 0.999)) * connections)[of_job].sum())
            resent[of_job] = step_share(float(resent[of_job].min()), -np.expm1(lost), step_ms)
    kept = np.maximum(1.0 - mean, 1e-3)
    useful[mine] = np.where(tcp, slowed, np.minimum(1.0, resent / kept))
    return useful


def _worst(paths: csr_array, loss: Floats) -> Floats:
    """Return the largest loss on any direction that a service may take, shape (services,)."""
    held = csr_array((loss[paths.indices], paths.indices, paths.indptr), shape=paths.shape)
    found: Floats = np.asarray(held.max(axis=1).todense(), dtype=np.float64).ravel()
    return found


def answers(network: Network) -> Bools:
    """Return which services answer to loss, so that what they lack is not what they lose, (S,)."""
    found: Bools = network.senders.tcp | network.senders.roce
    return found


def of_one_job(network: Network, services: Bools) -> Bools:
    """Return the services, and all that wait for one of them, shape (S,)."""
    senders = network.senders
    if not len(senders.step_ms):
        return services
    waiting = np.unique(senders.job[services & (senders.job >= 0)])
    found: Bools = services | np.isin(senders.job, waiting)
    return found
