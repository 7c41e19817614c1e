"""Light against closed forms: the power budget, OSNR, bit errors and the decoder's cliff."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erfc
from scipy.stats import binom

from adn.physics.optics import (
    CONNECTORS_DB,
    FEC_BLOCK_BITS,
    FEC_LIMIT,
    FIBRE_DB_PER_KM,
    LAUNCH_DBM,
    RECEIVED_DBM,
    SECTION_SPANS,
    SENSITIVITY_DBM,
    Light,
    bit_errors,
    frame_loss,
    least_snr,
    light,
    margin_db,
    osnr_db,
    q_db,
    snr_of,
    span_loss_db,
    spans_of,
)
from adn.physics.traffic import propagation_ms


def one(spans: int, excess: float = 0.0, line: float = 0.0, sender: float = 0.0) -> Light:
    """The light of one direction."""
    return light(np.array([spans]), np.array([excess]), np.array([line]), np.array([sender]))


@pytest.mark.parametrize(("km", "loss"), [(0.0, 1.0), (10.0, 3.2), (80.0, 18.6)])
def test_a_span_loses_its_fibre_and_its_connectors(km: float, loss: float) -> None:
    assert span_loss_db(km) == pytest.approx(loss)
    assert loss == pytest.approx(FIBRE_DB_PER_KM * km + CONNECTORS_DB)


def test_a_link_is_amplified_where_its_budget_does_not_suffice() -> None:
    """Launched, less what the fibre takes, is what the receiver is to get: just over 40 km."""
    reach = (LAUNCH_DBM - RECEIVED_DBM - CONNECTORS_DB) / FIBRE_DB_PER_KM
    assert spans_of(np.array([reach - 0.01, reach + 0.01, 80.0, 80.1, 800.0])).tolist() == [
        0, 1, 1, 2, 10,
    ]  # fmt: skip
    assert spans_of(10_000.0) == SECTION_SPANS


def test_osnr_is_the_link_engineer_s_formula() -> None:
    """20 spans of 22 dB at 0 dBm with 5 dB amplifiers: 58 − 5 − 22 − 13 = 18 dB."""
    assert osnr_db(0.0, 5.0, 22.0, 20) == pytest.approx(58 - 5 - 22 - 10 * math.log10(20))


def test_58_is_the_noise_of_a_photon_in_a_tenth_of_a_nanometre() -> None:
    planck, light_speed, wavelength = 6.62607015e-34, 299_792_458.0, 1550e-9
    frequency = light_speed / wavelength
    milliwatts = planck * frequency * 12.5e9 * 1e3
    assert -10 * math.log10(milliwatts) == pytest.approx(58.0, abs=0.1)


@given(st.floats(0.0, 20.0))
def test_what_the_line_loses_comes_off_osnr_decibel_by_decibel(excess: float) -> None:
    """Of a long line, whose amplifiers make nearly all the noise."""
    long = 25
    lost = one(long).osnr_db - one(long, excess).osnr_db
    assert lost == pytest.approx(excess, abs=0.05)
    assert one(long).received_dbm - one(long, excess).received_dbm == pytest.approx(excess)


def test_bit_errors_of_qpsk_are_those_of_gaussian_noise() -> None:
    """A bit is wrong where noise of half the power carries a sign across: counted, not reckoned."""
    snr = 4.0
    noise = np.random.Generator(np.random.PCG64(1)).standard_normal(2_000_000)
    counted = float((math.sqrt(snr / 2.0) + noise * math.sqrt(0.5) < 0.0).mean())
    assert counted == pytest.approx(float(bit_errors(snr)), rel=0.02)


def test_bit_errors_of_16_qam_are_those_of_its_nearest_neighbours() -> None:
    """Ten times the power of QPSK's half distance, three quarters of its errors at equal one."""
    assert bit_errors(10.0, "16qam") == pytest.approx(0.375 * erfc(1.0))
    assert bit_errors(10.0, "16qam") > bit_errors(10.0)


@given(st.floats(1e-9, 0.1))
def test_q_and_bit_errors_are_two_words_for_one(ratio: float) -> None:
    q = 10.0 ** (q_db(ratio) / 20.0)
    assert 0.5 * erfc(q / math.sqrt(2.0)) == pytest.approx(ratio, rel=1e-9)
    assert least_snr(ratio) == pytest.approx(float(q) ** 2)


def test_known_points_of_q() -> None:
    """BER 1e-9 is a Q of 6, that is 15.56 dB."""
    assert q_db(1e-9) == pytest.approx(15.56, abs=0.01)


def test_osnr_and_symbol_rate_make_the_signal_to_noise_ratio() -> None:
    """At 32 Gbaud, 4.08 dB are between OSNR in 12.5 GHz and the signal-to-noise ratio."""
    assert 10 * np.log10(snr_of(20.0)) == pytest.approx(20.0 - 4.08, abs=0.01)


@pytest.mark.parametrize("share", [0.97, 0.99, 1.0, 1.01, 1.03])
def test_the_cliff_is_the_binomial_tail_of_a_bounded_decoder(share: float) -> None:
    ratio = share * FEC_LIMIT
    exact = binom.sf(round(FEC_LIMIT * FEC_BLOCK_BITS), FEC_BLOCK_BITS, ratio)
    assert frame_loss(ratio) == pytest.approx(exact, abs=0.01)


def test_behind_the_decoder_nothing_is_lost_until_everything_is() -> None:
    assert frame_loss(FEC_LIMIT / 2) == 0.0
    assert frame_loss(FEC_LIMIT) == pytest.approx(0.5)
    assert frame_loss(2 * FEC_LIMIT) == 1.0


def test_a_receiver_without_other_noise_has_its_sensitivity_for_a_limit() -> None:
    margin = RECEIVED_DBM - SENSITIVITY_DBM
    assert margin_db(np.array([0])) == pytest.approx(margin, abs=0.01)
    assert one(0, margin - 0.1).signal
    assert not one(0, margin).signal


def test_longer_lines_have_less_margin() -> None:
    margins = margin_db(np.arange(SECTION_SPANS + 1))
    assert (np.diff(margins) < 0).all()
    assert margins.min() > 10.0


@given(st.integers(0, 25), st.floats(0.0, 14.0), st.floats(0.01, 3.0))
def test_more_loss_never_helps(spans: int, excess: float, more: float) -> None:
    less_light, light_ = one(spans, excess + more), one(spans, excess)
    assert less_light.received_dbm < light_.received_dbm
    assert less_light.osnr_db < light_.osnr_db
    assert less_light.bit_errors > light_.bit_errors
    assert less_light.frame_loss >= light_.frame_loss
    assert light_.signal or not less_light.signal


def test_noise_takes_no_light() -> None:
    """An amplifier or a laser that grows noisy spoils bits while received power stands still."""
    for noisy in (one(10, line=6.0), one(10, sender=6.0)):
        assert noisy.received_dbm == RECEIVED_DBM
        assert noisy.bit_errors > 30 * one(10).bit_errors
    assert one(10, line=6.0).osnr_db < one(10).osnr_db - 5.0
    assert one(0, line=20.0).bit_errors == one(0).bit_errors, "no amplifier, no noise of one"


def test_light_takes_4_9_microseconds_a_kilometre() -> None:
    assert propagation_ms(np.array([1000.0])) == pytest.approx(4.9)
