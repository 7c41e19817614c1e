"""The queue is M/M/1/K: delay and loss agree with its state distribution and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adn.physics.traffic import PACKET_BITS, propagation_ms, queue_delay_ms, queue_loss

SMALL = 10e6
"""A line of 10 Mbit/s: 50 ms of it hold 78 packets, few enough to sum over."""


def by_states(rho: float, k: int) -> tuple[float, float]:
    """Return loss and mean wait (in transmissions) of M/M/1/K, summed over its states."""
    states = np.arange(k + 1)
    weight = np.exp(states * np.log(rho) - (k * np.log(rho) if rho > 1 else 0.0))
    p = weight / weight.sum()
    loss = p[k]
    return float(loss), float((states * p).sum() / (rho * (1.0 - loss)))


def whole_buffer(k: int, capacity: float) -> float:
    """Return the buffer, ms, that holds exactly `k` mean packets."""
    return 1000.0 * k * PACKET_BITS / capacity


def loss_and_delay(rho: float, k: int) -> tuple[float, float]:
    """Return what the physics says, delay in transmissions."""
    capacity = np.array([SMALL])
    buffer = whole_buffer(k, SMALL)
    loss = queue_loss(rho * capacity, capacity, buffer)[0]
    delay = queue_delay_ms(rho * capacity, capacity, buffer)[0] * SMALL / PACKET_BITS / 1000.0
    return float(loss), float(delay)


@settings(max_examples=300, deadline=None)
@given(st.floats(0.01, 5.0), st.integers(1, 200))
def test_loss_and_delay_are_those_of_the_state_distribution(rho: float, k: int) -> None:
    loss, delay = loss_and_delay(rho, k)
    expected_loss, expected_delay = by_states(rho, k)
    assert loss == pytest.approx(expected_loss, rel=1e-6, abs=1e-12)
    assert delay == pytest.approx(expected_delay, rel=1e-5)


@pytest.mark.parametrize("rho", [1 - 1e-5, 1 - 1e-6, 1 - 2e-7, 1.0, 1 + 2e-7, 1 + 1e-6, 1 + 1e-5])
@pytest.mark.parametrize("k", [1, 10, 78, 1000])
def test_nothing_jumps_at_full_load(rho: float, k: int) -> None:
    loss, delay = loss_and_delay(rho, k)
    assert loss == pytest.approx(1.0 / (k + 1.0), rel=1e-2)
    assert delay == pytest.approx((k + 1.0) / 2.0, rel=1e-2)


@pytest.mark.parametrize("capacity", [10e9, 100e9, 800e9])
def test_nothing_jumps_at_full_load_on_backbone_lines_either(capacity: float) -> None:
    """Their buffers hold tens of thousands of packets, so the closed forms cancel sooner."""
    line = np.full(7, capacity)
    rho = 1.0 + np.array([-1e-5, -3e-7, -1.2e-7, 0.0, 1.2e-7, 3e-7, 1e-5])
    delay = queue_delay_ms(rho * line, line, 50.0)
    loss = queue_loss(rho * line, line, 50.0)
    assert (np.diff(delay) >= -1e-6 * delay[1:]).all()
    assert (np.diff(loss) >= -1e-6 * loss[1:]).all()


@pytest.mark.parametrize("rho", [1e-6, 0.01, 0.1, 0.3, 0.5])
def test_at_small_load_the_wait_is_that_of_an_endless_queue(rho: float) -> None:
    """M/M/1: 1/(1 − ρ) transmissions, nothing lost."""
    loss, delay = loss_and_delay(rho, 200)
    assert delay == pytest.approx(1.0 / (1.0 - rho), rel=1e-9)
    assert loss < 1e-50


def test_an_idle_line_takes_one_transmission_and_loses_nothing() -> None:
    capacity = np.array([1e9, 10e9])
    assert queue_delay_ms(np.zeros(2), capacity, 50.0) == pytest.approx(
        1000.0 * PACKET_BITS / capacity
    )
    assert (queue_loss(np.zeros(2), capacity, 50.0) == 0.0).all()


@pytest.mark.parametrize("rho", [1.01, 1.5, 2.0, 10.0])
def test_above_capacity_what_does_not_fit_is_lost(rho: float) -> None:
    """Loss tends to 1 − 1/ρ and the wait to a full buffer."""
    capacity = np.array([10e9])
    assert queue_loss(rho * capacity, capacity, 50.0)[0] == pytest.approx(1.0 - 1.0 / rho, rel=1e-9)
    assert queue_delay_ms(rho * capacity, capacity, 50.0)[0] == pytest.approx(50.0, rel=1e-2)


@pytest.mark.parametrize("k", [1, 2, 10, 1000])
@pytest.mark.parametrize("off", [0.0, 1e-12, 2e-7, 1e-5, 1e-3, 0.04, 0.2])
def test_the_closed_forms_hold_as_the_load_nears_the_line_rate(k: int, off: float) -> None:
    """Nothing cancels, however close offered load and line rate are."""
    for rho in (1.0 - off, 1.0 + off):
        assert loss_and_delay(rho, k) == pytest.approx(by_states(rho, k), rel=1e-9)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(0.0, 20.0), min_size=2, max_size=20),
    st.sampled_from([1e6, 10e6, 1e9, 10e9, 100e9, 800e9]),
    st.floats(0.1, 200.0),
)
def test_loss_and_delay_grow_with_load_within_their_bounds(
    loads: list[float], capacity: float, buffer_ms: float
) -> None:
    line = np.full(len(loads), capacity)
    load = np.sort(np.array(loads)) * capacity
    loss = queue_loss(load, line, buffer_ms)
    delay = queue_delay_ms(load, line, buffer_ms)
    transmission = 1000.0 * PACKET_BITS / capacity
    assert np.isfinite(loss).all()
    assert np.isfinite(delay).all()
    assert (loss >= 0.0).all()
    assert (loss <= 1.0).all()
    assert (loss >= 1.0 - line / np.maximum(load, line) - 1e-12).all()
    assert (delay <= buffer_ms + transmission + 1e-12).all()
    assert (delay >= transmission * (1 - 1e-9)).all()
    assert (np.diff(loss) >= -1e-9).all()
    assert (np.diff(delay) >= -1e-6 * (buffer_ms + transmission)).all()


def test_light_takes_4_9_microseconds_a_kilometre() -> None:
    assert propagation_ms(np.array([0.0, 1.0, 1000.0])) == pytest.approx([0.0, 0.0049, 4.9])
