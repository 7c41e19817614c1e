"""A hard pipe does not feel its neighbours; soft slices share by weight and leave nothing idle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adn.physics.slices import served_bps
from adn.physics.traffic import PACKET_BITS, queue_delay_ms, queue_loss

LINE = np.array([10e9])
RESERVED = np.array([0.3, 0.0, 0.0])
WEIGHT = np.array([1.0, 1.0, 3.0])
loads = st.floats(0.0, 30e9)


@given(st.floats(0.0, 5e9), loads, loads)
def test_delay_and_loss_of_a_hard_pipe_do_not_depend_on_others(
    own: float, one: float, other: float
) -> None:
    alone = served_bps(np.array([[own, 0.0, 0.0]]), LINE, RESERVED, WEIGHT)[:, 0]
    beside = served_bps(np.array([[own, one, other]]), LINE, RESERVED, WEIGHT)[:, 0]
    load = np.array([own])
    assert (alone == beside).all()
    assert (queue_delay_ms(load, alone, 5.0) == queue_delay_ms(load, beside, 5.0)).all()
    assert (queue_loss(load, alone, 5.0) == queue_loss(load, beside, 5.0)).all()


@given(loads, loads)
def test_a_soft_slice_is_sure_of_its_share_whatever_others_send(one: float, other: float) -> None:
    rates = served_bps(np.array([[0.0, one, other]]), LINE, RESERVED, WEIGHT)[0]
    assert rates[1] >= 0.7 * 10e9 * 0.25 * (1 - 1e-12)
    assert rates[2] >= 0.7 * 10e9 * 0.75 * (1 - 1e-12)


@given(loads, loads)
def test_what_soft_slices_get_together_is_all_they_want_or_the_whole_rest(
    one: float, other: float
) -> None:
    rates = served_bps(np.array([[0.0, one, other]]), LINE, RESERVED, WEIGHT)[0]
    got = np.minimum(rates[1:], [one, other]).sum()
    assert got == pytest.approx(min(one + other, 7e9), rel=1e-9, abs=1.0)


def test_soft_slices_with_room_wait_as_long_as_in_one_common_queue() -> None:
    """Below saturation 1/(C − Σ load) is the M/M/1 time of either."""
    load = np.array([[0.0, 2e9, 3e9]])
    rates = served_bps(load, LINE, np.zeros(3), np.array([1.0, 1.0, 1.0]))[0]
    for slice_ in (1, 2):
        own = np.array([load[0, slice_]])
        delay = queue_delay_ms(own, np.array([rates[slice_]]), 50.0)[0]
        assert delay == pytest.approx(1000.0 * PACKET_BITS / (10e9 - 5e9), rel=1e-6)
