"""Offered load and what it does to a queue: delay, loss; and the time light takes."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.topology.network import Floats

PACKET_BITS: Final = 8 * 800
"""Mean packet, bits: 800 bytes (assumption: between the two modes of IP packet sizes)."""

FIBRE_MS_PER_KM: Final = 0.0049
"""Propagation in silica fibre, group index ≈ 1.468: 4.9 µs a km."""

_CRITICAL: Final = 1e-7
"""Loads closer to 1 than this are computed as 1: the closed forms cancel there."""


def offered_load(shares: csr_array, rate_bps: Floats) -> Floats:
    """Return the traffic offered to each direction, bit/s.

    Args:
        shares: Share of each flow per direction, shape (F, D).
        rate_bps: Rate of each flow, bit/s, shape (F,).
    """
    load: Floats = shares.T @ rate_bps
    return load


def propagation_ms(length_km: Floats) -> Floats:
    """Return the one-way propagation delay of a length of fibre, ms."""
    return length_km * FIBRE_MS_PER_KM


def _packets(capacity_bps: Floats, buffer_ms: float) -> Floats:
    """Return how many mean packets a buffer holds, at least one."""
    return np.maximum(1.0, capacity_bps * (buffer_ms / 1000.0) / PACKET_BITS)


def queue_loss(load_bps: Floats, capacity_bps: Floats, buffer_ms: float) -> Floats:
    """Return the share of packets that find the queue full (M/M/1/K blocking).

    With ρ = load/capacity: (1−ρ)ρ^K / (1−ρ^(K+1)), 1/(K+1) at ρ = 1, towards 1−1/ρ above
    (Kleinrock, Queueing Systems I, 1975, §3.6).

    Args:
        load_bps: Offered load, bit/s, shape (D,).
        capacity_bps: Line rate, bit/s, shape (D,).
        buffer_ms: Buffer, in ms of line rate.
    """
    rho = load_bps / capacity_bps
    k = _packets(capacity_bps, buffer_ms)
    critical = np.abs(rho - 1.0) < _CRITICAL
    below = np.where(critical | (rho > 1.0), 0.5, rho)
    above = np.where(critical | (rho < 1.0), 0.5, 1.0 / np.maximum(rho, 1e-300))
    under = (1.0 - below) * below**k / (1.0 - below ** (k + 1.0))
    over = (1.0 - above) / (1.0 - above ** (k + 1.0))
    found: Floats = np.where(critical, 1.0 / (k + 1.0), np.where(rho > 1.0, over, under))
    return found


def _mean_in_queue(rho: Floats, k: Floats) -> Floats:
    """Return the mean number in an M/M/1/K system for ρ < 1."""
    return rho / (1.0 - rho) - (k + 1.0) * rho ** (k + 1.0) / (1.0 - rho ** (k + 1.0))


def queue_delay_ms(load_bps: Floats, capacity_bps: Floats, buffer_ms: float) -> Floats:
    """Return the mean time an accepted packet spends at the queue, ms (M/M/1/K, Little's law).

    Never above `buffer_ms` plus one transmission: a full queue drains in buffer/C. Above ρ = 1 the
    numbers of packets and of free places change roles, so N(ρ) = K − N(1/ρ).

    Args:
        load_bps: Offered load, bit/s, shape (D,).
        capacity_bps: Line rate, bit/s, shape (D,).
        buffer_ms: Buffer, in ms of line rate.
    """
    rho = load_bps / capacity_bps
    k = _packets(capacity_bps, buffer_ms)
    critical = np.abs(rho - 1.0) < _CRITICAL
    below = np.where(critical | (rho > 1.0), 0.5, rho)
    above = np.where(critical | (rho < 1.0), 0.5, 1.0 / np.maximum(rho, 1e-300))
    number = np.where(
        critical,
        k / 2.0,
        np.where(rho > 1.0, k - _mean_in_queue(above, k), _mean_in_queue(below, k)),
    )
    transmission_ms = 1000.0 * PACKET_BITS / capacity_bps
    accepted = rho * (1.0 - queue_loss(load_bps, capacity_bps, buffer_ms))
    idle = accepted <= 0.0
    per_packet = np.where(idle, 1.0, number / np.where(idle, 1.0, accepted))
    found: Floats = np.minimum(per_packet * transmission_ms, buffer_ms + transmission_ms)
    return found
