"""Counters that wrap and start anew: what the naive and the careful make of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.northbound.counters import ambiguous, careful_rate, naive_rate, reading

NEVER = np.array([False])


@given(st.floats(0.0, 1e12), st.floats(0.0, 400e6))
def test_a_wrap_is_seen_through_where_it_can_happen_only_once(start: float, rate: float) -> None:
    """Up to 3.4 Gbit/s of 32-bit octets every 10 s."""
    before, now = (reading(np.array([start + rate * t]), 32) for t in (0.0, 10.0))
    for found in (
        naive_rate(before, now, 10.0, 32),
        careful_rate(before, now, 10.0, 32, np.array([400e6]), NEVER),
    ):
        assert found[0] == pytest.approx(rate, abs=1e-3)


def test_a_fast_port_wraps_too_often_to_tell() -> None:
    """Of 100 Gbit/s in 32-bit octets the naive see a fraction of what there is."""
    rate = np.array([12.5e9])
    before, now = reading(np.array([0.0]), 32), reading(rate * 10.0, 32)
    assert naive_rate(before, now, 10.0, 32) < rate / 25
    assert np.isnan(careful_rate(before, now, 10.0, 32, rate, NEVER))
    before, now = reading(np.array([0.0]), 64), reading(rate * 10.0, 64)
    assert careful_rate(before, now, 10.0, 64, rate, NEVER) == pytest.approx(rate)


@pytest.mark.parametrize("bits", [32, 64])
def test_a_reboot_is_a_spike_to_the_naive_and_a_gap_to_the_careful(bits: int) -> None:
    before, now, most = np.array([3e9]), np.array([1e6]), np.array([125e6])
    wide = 32 if bits == 32 else 64
    assert naive_rate(before, now, 10.0, wide) > 1.0 * most
    assert np.isnan(careful_rate(before, now, 10.0, wide, most, np.array([True])))
    assert np.isnan(careful_rate(before, now, 10.0, wide, most, NEVER)), "faster than the line"


def test_32_bits_suffice_up_to_the_rate_that_fills_them_between_readings() -> None:
    edge = 2.0**32 / 10.0
    assert ambiguous(np.array([edge * 0.999, edge]), 10.0, 32).tolist() == [False, True]
