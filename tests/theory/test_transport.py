"""Senders answer loss as published: TCP, go-back-N, and a training job held back by both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.physics.transport import (
    TAIL_TIMEOUT_MS,
    go_back_n,
    packets_in_flight,
    step_share,
    tcp_rate_bps,
)


@pytest.mark.parametrize(("loss", "megabits"), [(1e-3, 45.0), (1e-2, 13.0)])
def test_tcp_sends_at_the_rate_of_its_equation(loss: float, megabits: float) -> None:
    """At a round trip of 10 ms and 1,460 bytes a segment."""
    rate = tcp_rate_bps(np.array([loss]), np.array([10.0]), 1460)[0] / 1e6
    assert rate == pytest.approx(megabits, rel=0.05)


@given(st.floats(1e-7, 1e-4), st.floats(0.1, 300.0))
def test_at_little_loss_tcp_goes_with_the_root_of_it(loss: float, rtt_ms: float) -> None:
    """Mathis, Semke, Mahdavi, Ott, CCR 27(3), 1997: s/R · √(3/2p)."""
    rate = tcp_rate_bps(np.array([loss]), np.array([rtt_ms]), 1000)[0]
    root = 8000.0 / (rtt_ms / 1000.0) * np.sqrt(1.5 / loss)
    assert rate == pytest.approx(root, rel=0.01)


def test_tcp_without_loss_is_bounded_by_nothing() -> None:
    assert np.isinf(tcp_rate_bps(np.zeros(1), np.array([10.0]))).all()


@pytest.mark.parametrize(
    ("gigabits", "rtt_us", "mtu", "window", "useful"),
    [(400, 10, 4096, 122, 0.89), (400, 20, 2048, 488, 0.67), (400, 20, 1024, 977, 0.51),
     (100, 1000, 1024, 12207, 0.08)],
)  # fmt: skip
def test_go_back_n_keeps_what_its_equation_says_of_one_in_a_thousand(
    gigabits: float, rtt_us: float, mtu: float, window: float, useful: float
) -> None:
    in_flight = packets_in_flight(np.array([gigabits * 1e9]), np.array([rtt_us / 1000.0]), mtu)
    assert in_flight[0] == pytest.approx(window, rel=0.005)
    assert go_back_n(np.array([1e-3]), in_flight)[0] == pytest.approx(useful, abs=0.01)


def test_go_back_n_agrees_with_a_play_of_its_rule() -> None:
    """Packet by packet: a lost one, and the W − 1 sent after it, are sent again."""
    loss, window, packets = 0.01, 32, 200_000
    lost = np.random.Generator(np.random.PCG64(1)).random(packets * 4) < loss
    sent = done = at = 0
    while done < packets:
        if lost[at]:
            sent += window
        else:
            sent, done = sent + 1, done + 1
        at += 1
    assert done / sent == pytest.approx(
        float(go_back_n(np.array([loss]), np.array([float(window)]))[0]), rel=0.01
    )


@pytest.mark.parametrize("curve", [
    lambda p: tcp_rate_bps(p, np.full(len(p), 5.0)),
    lambda p: go_back_n(p, np.full(len(p), 900.0)),
])  # fmt: skip
def test_more_loss_never_speeds_a_sender_up(curve: Callable[[np.ndarray], np.ndarray]) -> None:
    rates = curve(np.linspace(1e-6, 0.99, 500))
    assert (np.diff(rates) <= 0.0).all()
    assert (rates >= 0.0).all()


def test_a_job_goes_at_the_pace_of_its_slowest_flow_and_waits_for_lost_tails() -> None:
    assert step_share(0.51, 0.0) == pytest.approx(0.51)
    assert pytest.approx(4295.0, abs=0.1) == TAIL_TIMEOUT_MS
    assert step_share(1.0, 1.0, step_ms=10_000.0) == pytest.approx(10.0 / (10.0 + 4.295), rel=1e-4)
    assert step_share(0.0, 0.0) == 0.0
