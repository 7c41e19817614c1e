"""What senders make of loss: TCP slows down, go-back-N sends again, a training job waits for both.

Pure functions of loss and round-trip time; who sends how much over what is the caller's business.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from adn.topology.network import Floats
from adn.topology.senders import SEGMENT_BYTES, STEP_MS

ACKED: Final = 1.0
"""Segments acknowledged by one acknowledgement, b (RFC 3448 §3.1 recommends 1)."""
TIMEOUT_RTTS: Final = 4.0
"""Retransmission timeout in round trips, t_RTO = 4R (RFC 3448 §3.1)."""
TURNAROUND_MS: Final = 0.02
"""Round trip beside the light's: hosts, adapters, switches (assumption: 20 µs, as in a fabric)."""
TAIL_TIMEOUT_MS: Final = 4.096e-3 * 2**20
"""Wait for an answer that never comes: 4.096 µs × 2^t (InfiniBand, local ACK timeout), t = 20."""


def tcp_rate_bps(
    loss: Floats, rtt_ms: Floats, segment_bytes: Floats | float = SEGMENT_BYTES["tcp"]
) -> Floats:
    """Return the rate at which one TCP flow sends, bit/s; infinite where nothing is lost.

    X = s / (R·√(2bp/3) + t_RTO·3·√(3bp/8)·p·(1 + 32p²)), t_RTO = 4R (RFC 3448 §3.1, after
    Padhye, Firoiu, Towsley, Kurose, SIGCOMM 1998).

    Args:
        loss: Lost share of its segments, p, 0..1.
        rtt_ms: Round-trip time R, ms, above 0.
        segment_bytes: Segment size s, bytes.
    """
    p, rtt = np.asarray(loss, dtype=np.float64), np.asarray(rtt_ms) / 1000.0
    steady = np.sqrt(2.0 * ACKED * p / 3.0)
    timed_out = TIMEOUT_RTTS * 3.0 * np.sqrt(3.0 * ACKED * p / 8.0) * p * (1.0 + 32.0 * p**2)
    spent = rtt * (steady + timed_out)
    with np.errstate(divide="ignore"):  # no loss, no bound
        found: Floats = 8.0 * np.asarray(segment_bytes) / spent
    return found


def packets_in_flight(
    rate_bps: Floats, rtt_ms: Floats, mtu_bytes: Floats | float = SEGMENT_BYTES["roce"]
) -> Floats:
    """Return how many packets a sender has on the way, W = rate × RTT / MTU."""
    found: Floats = rate_bps * (np.asarray(rtt_ms) / 1000.0) / (8.0 * np.asarray(mtu_bytes))
    return found


def go_back_n(loss: Floats, in_flight: Floats) -> Floats:
    """Return the share of a go-back-N sender's rate that is of use, 0..1.

    η = (1−p) / (1−p+pW): every loss has all W packets on the way sent again (Bertsekas & Gallager,
    Data Networks, 2nd ed. 1992, §2.4).

    Args:
        loss: Lost share of its packets, p, 0..1.
        in_flight: Packets on the way, W.
    """
    p = np.asarray(loss, dtype=np.float64)
    lost = p * np.maximum(in_flight, 1.0)
    found: Floats = np.where(p < 1.0, (1.0 - p) / np.maximum(1.0 - p + lost, 1e-300), 0.0)
    return found


def step_share(
    slowest: float, tail_loss: float, step_ms: float = STEP_MS, timeout_ms: float = TAIL_TIMEOUT_MS
) -> float:
    """Return the pace of a training job that waits in every step for its slowest flow, 0..1.

    A step of length T takes T / η of its slowest flow (barrier), and in the share of steps in
    which some flow's last packet is lost, which nothing that follows betrays, a timeout more:
    T / (T/η + P·t).

    Args:
        slowest: Useful share of the rate of the slowest flow, 0..1.
        tail_loss: Share of the steps in which a last packet is lost, P, 0..1.
        step_ms: Length of a step in good order, T, ms.
        timeout_ms: What the loss of a last packet costs, t, ms.

    >>> step_share(1.0, 0.0)
    1.0
    >>> step_share(0.5, 0.0)
    0.5
    """
    if slowest <= 0.0:
        return 0.0
    return step_ms / (step_ms / slowest + tail_loss * timeout_ms)
