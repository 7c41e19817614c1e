"""Offered load and what it does to a queue: delay, loss; and the time light takes."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from adn.topology.network import Floats, Network

PACKET_BITS: Final = 8 * 800
"""Mean packet, bits: 800 bytes (assumption: between the two modes of IP packet sizes)."""

FIBRE_MS_PER_KM: Final = 0.0049
"""Propagation in silica fibre, group index ≈ 1.468: 4.9 µs a km."""

SHALLOW_KINDS: Final = frozenset({"leaf", "spine", "border-leaf", "servers"})
"""Kinds of element whose ports hold little: data-centre switches with on-chip packet memory."""

_NEAR: Final = 0.05
"""Where (K+1)·|ln ρ| is smaller, the first terms of the series are exact to ten digits."""


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


def buffers_ms(network: Network, deep_ms: float, shallow_ms: float) -> Floats:
    """Return the buffer of every sending port by the kind of its element, ms, shape (D,).

    Args:
        network: Whose ports.
        deep_ms: Buffer of a router's port, ms of line rate.
        shallow_ms: Buffer of a data-centre switch's port.
    """
    kinds = [row.kind in SHALLOW_KINDS for row in network.rows.elements]
    held: Floats = np.where(kinds, shallow_ms, deep_ms)[network.tail]
    return held


def _packets(capacity_bps: Floats, buffer_ms: Floats | float) -> Floats:
    """Return how many mean packets a buffer holds, at least one."""
    return np.maximum(1.0, capacity_bps * (buffer_ms / 1000.0) / PACKET_BITS)


def queue_loss(load_bps: Floats, capacity_bps: Floats, buffer_ms: Floats | float) -> Floats:
    """Return the share of packets that find the queue full (M/M/1/K blocking).

    With ρ = load/capacity: (1−ρ)ρ^K / (1−ρ^(K+1)), 1/(K+1) at ρ = 1, towards 1−1/ρ above
    (Kleinrock, Queueing Systems I, 1975, §3.6).

    Args:
        load_bps: Offered load, bit/s, shape (D,).
        capacity_bps: Line rate, bit/s, shape (D,).
        buffer_ms: Buffer, in ms of line rate; one for all, or shape (D,).
    """
    rho, k = load_bps / capacity_bps, _packets(capacity_bps, buffer_ms)
    slope = _slope(rho)
    steep = -np.abs(slope)
    with np.errstate(invalid="ignore"):  # 0/0 at ρ = 1, replaced below
        share = np.expm1(steep) / np.expm1((k + 1.0) * steep)
    found: Floats = np.where(slope == 0.0, 1.0 / (k + 1.0), share)
    return np.where(slope < 0.0, found * np.exp(k * steep), found)


def _slope(rho: Floats) -> Floats:
    """Return ln ρ: with it and expm1 nothing cancels near ρ = 1."""
    with np.errstate(divide="ignore"):  # an idle line: −∞ is right
        found: Floats = np.log(rho)
    return found


def _mean_in_queue(rho: Floats, k: Floats) -> Floats:
    """Return the mean number in an M/M/1/K system.

    ρ/(1−ρ) − (K+1)ρ^(K+1)/(1−ρ^(K+1)); above ρ = 1 the numbers of packets and of free places
    change roles, so N(ρ) = K − N(1/ρ). Near ρ = 1 both terms grow without limit and their series
    in ln ρ is taken instead.
    """
    slope = _slope(rho)
    steep = -np.abs(slope)
    with np.errstate(divide="ignore", invalid="ignore"):  # at ρ = 1, replaced below
        one = np.exp(steep) / -np.expm1(steep)
        full = (k + 1.0) * np.exp((k + 1.0) * steep) / -np.expm1((k + 1.0) * steep)
        number = np.where(slope > 0.0, k - (one - full), one - full)
    near = (k + 1.0) * np.abs(slope) < _NEAR
    if near.any():
        small, room = slope[near], np.broadcast_to(k, near.shape)[near]
        series = room / 2 + small * ((room + 1) ** 2 - 1) / 12
        number[near] = series - small**3 * ((room + 1) ** 4 - 1) / 720
    return number


def queue_delay_ms(
    load_bps: Floats,
    capacity_bps: Floats,
    buffer_ms: Floats | float,
    loss: Floats | None = None,
) -> Floats:
    """Return the mean time an accepted packet spends at the queue, ms (M/M/1/K, Little's law).

    Never above `buffer_ms` plus one transmission: a full queue drains in buffer/C.

    Args:
        load_bps: Offered load, bit/s, shape (D,).
        capacity_bps: Line rate, bit/s, shape (D,).
        buffer_ms: Buffer, in ms of line rate; one for all, or shape (D,).
        loss: What `queue_loss` says of it, if that is known.
    """
    if loss is None:
        loss = queue_loss(load_bps, capacity_bps, buffer_ms)
    rho = load_bps / capacity_bps
    number = _mean_in_queue(rho, _packets(capacity_bps, buffer_ms))
    transmission_ms = 1000.0 * PACKET_BITS / capacity_bps
    accepted = rho * (1.0 - loss)
    idle = accepted <= 0.0
    per_packet = np.where(idle, 1.0, number / np.where(idle, 1.0, accepted))
    found: Floats = np.minimum(per_packet * transmission_ms, buffer_ms + transmission_ms)
    return found
