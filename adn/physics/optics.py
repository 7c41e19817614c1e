"""Light: from launch power and lost decibels to received power, OSNR, bit errors and lost frames.

One chain, each step from the one before: excess loss takes received power and, since amplifiers of
constant gain pass the lack on, as many decibels of OSNR; OSNR, the transceiver's own noise and the
receiver's make a signal-to-noise ratio; that makes the bit errors that the decoder meets; and a
decoder corrects all of them up to a limit, and none beyond it: the cliff.

All ports are of one kind, a coherent receiver of 100 Gbit/s a wavelength in DP-QPSK; a faster link
is several wavelengths, a slower one shares one. Figures without a source are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.special import erfc, erfcinv

from adn.topology.network import Bools, Floats, Ints, Network

FIBRE_DB_PER_KM: Final = 0.22
"""Loss of laid fibre at 1550 nm: 0.20 dB/km, within the 0.30 dB/km that ITU-T G.652.D allows, and a
splice of 0.1 dB every 5 km (typical values, from memory, unverified)."""
CONNECTORS_DB: Final = 1.0
"""Loss of the connectors at both ends of a span (assumption: two of 0.5 dB)."""
SPAN_KM: Final = 80.0
"""Longest stretch from amplifier to amplifier (assumption; common practice)."""
SECTION_SPANS: Final = 25
"""So many spans at most until the signal is regenerated (assumption: 2,000 km)."""
LAUNCH_DBM: Final = 2.0
"""Power of one wavelength into a span (assumption; near the optimum of QPSK over such spans)."""
NOISE_FIGURE_DB: Final = 5.0
"""Of an erbium-doped amplifier (assumption; 3 dB is the quantum limit)."""
RECEIVED_DBM: Final = -8.0
"""What a healthy receiver is levelled to, by attenuators or by its last amplifier (assumption)."""
SENSITIVITY_DBM: Final = -23.0
"""Received power at which a receiver, without other noise than its own, reaches the limit of its
decoder (assumption)."""
DARK_DBM: Final = -40.0
"""What a receiver reports when there is no light (common floor of its monitor; assumption)."""
REFERENCE_GHZ: Final = 12.5
"""Bandwidth that OSNR is stated in: 0.1 nm at 1550 nm."""
SYMBOL_GBAUD: Final = 32.0
"""Symbols of a 100 Gbit/s DP-QPSK wavelength with its overheads (OIF 100G framework, 28–32)."""
TRANSCEIVER_SNR_DB: Final = 16.0
"""Signal over the transceiver's own noise, back to back (assumption)."""
FEC_LIMIT: Final = 2.0e-2
"""Bit error ratio that the decoder still corrects (oFEC of Open ROADM: 2.0e-2)."""
FEC_BLOCK_BITS: Final = 100_000
"""Bits that the decoder corrects together; the more, the steeper the cliff (assumption)."""
UNLOCKED: Final = 0.5
"""Bit error ratio of a receiver without a signal: each bit is a guess."""

Modulation = Literal["qpsk", "16qam"]

_UNCOUNTED: Final = 1e-15
_SLACK: Final = 1.0 + 1e-9
"""A receiver just at its limit has lost the signal, whatever the last bit of arithmetic says."""


def span_loss_db(length_km: Floats | float) -> Floats:
    """Return what a span takes from the light: fibre, splices and connectors, dB."""
    loss: Floats = FIBRE_DB_PER_KM * np.asarray(length_km, dtype=np.float64) + CONNECTORS_DB
    return loss


def spans_of(length_km: Floats | float) -> Ints:
    """Return how many amplified spans the longest section of a link has, 0 where it needs none.

    A link needs no amplifier where the launched power, less the loss of its fibre, is what the
    receiver is to get.
    """
    length = np.asarray(length_km, dtype=np.float64)
    amplified = LAUNCH_DBM - span_loss_db(length) < RECEIVED_DBM
    spans = np.minimum(np.ceil(length / SPAN_KM), SECTION_SPANS)
    return np.where(amplified, spans, 0.0).astype(np.int64)


def osnr_db(
    launch_dbm: Floats | float,
    noise_figure_db: Floats | float,
    loss_db: Floats | float,
    spans: Ints | int,
) -> Floats:
    """Return the OSNR after equal spans, dB in 0.1 nm: 58 + P − NF − L − 10 log N.

    The 58 is −10 log(h ν B) in dBm for 1550 nm and 0.1 nm (ITU-T G.692, appendix; from memory).
    """
    found: Floats = (
        58.0 + np.asarray(launch_dbm) - noise_figure_db - loss_db - 10.0 * np.log10(spans)
    )
    return found


def snr_of(osnr: Floats | float) -> Floats:
    """Return the ratio of signal to noise a symbol, of an OSNR in dB: OSNR · B / R of DP signals.

    Both polarisations carry a symbol and have their noise, so the factors 2 cancel (Essiambre et
    al., JLT 28(4), 2010, eq. 34).
    """
    found: Floats = 10.0 ** (np.asarray(osnr) / 10.0) * (REFERENCE_GHZ / SYMBOL_GBAUD)
    return found


def bit_errors(snr: Floats | float, modulation: Modulation = "qpsk") -> Floats:
    """Return the bit error ratio before the decoder, Gray-coded, in Gaussian noise.

    QPSK: ½ erfc √(SNR/2); 16-QAM: ⅜ erfc √(SNR/10), nearest neighbours only (Proakis, *Digital
    Communications*, §5.2).
    """
    ratio = np.asarray(snr, dtype=np.float64)
    if modulation == "qpsk":
        qpsk: Floats = 0.5 * erfc(np.sqrt(ratio / 2.0))
        return qpsk
    many: Floats = 0.375 * erfc(np.sqrt(ratio / 10.0))
    return many


def least_snr(bit_error_ratio: float = FEC_LIMIT) -> float:
    """Return the signal-to-noise ratio at which QPSK has a bit error ratio.

    >>> float(bit_errors(least_snr(1e-3)).round(6))
    0.001
    """
    return float(2.0 * erfcinv(2.0 * bit_error_ratio) ** 2)


def q_db(bit_error_ratio: Floats | float) -> Floats:
    """Return the Q factor of a bit error ratio, dB: 20 log(√2 erfc⁻¹(2 BER))."""
    found: Floats = 20.0 * np.log10(np.sqrt(2.0) * erfcinv(2.0 * np.asarray(bit_error_ratio)))
    return found


def frame_loss(bit_error_ratio: Floats | float) -> Floats:
    """Return the share of frames lost behind the decoder: the cliff.

    A decoder corrects up to limit × n errors in a block of n bits; a block with more is lost with
    the frames in it. The number of errors is binomial, here by its normal limit; far below the
    limit, where nobody could count it, the share is exactly 0.
    """
    ratio = np.asarray(bit_error_ratio, dtype=np.float64)
    spread = np.sqrt(np.maximum(ratio * (1.0 - ratio), 1e-300) / FEC_BLOCK_BITS)
    share = 0.5 * erfc((FEC_LIMIT - ratio) / spread / np.sqrt(2.0))
    found: Floats = np.where(share < _UNCOUNTED, 0.0, share)
    return found


_TRANSCEIVER_NOISE: Final = 10.0 ** (-TRANSCEIVER_SNR_DB / 10.0)
_LEAST_SNR: Final = least_snr()


def _preamplifier_noise(received_dbm: Floats | float) -> Floats:
    """Return the noise over signal that the receiver's own amplifier adds."""
    found: Floats = 1.0 / snr_of(58.0 + np.asarray(received_dbm) - NOISE_FIGURE_DB)
    return found


_THERMAL_NOISE: Final = float(
    1.0 / _LEAST_SNR - _TRANSCEIVER_NOISE - _preamplifier_noise(SENSITIVITY_DBM)
)
"""Thermal noise over signal at the sensitivity: what then is left to reach the limit."""


@dataclass(frozen=True, slots=True)
class Light:
    """What receivers get, one row a direction.

    Attributes:
        received_dbm: Light received, dBm.
        osnr_db: Optical signal-to-noise ratio in 0.1 nm, dB.
        bit_errors: Bit error ratio before the decoder, 0..0.5.
        frame_loss: Share of frames that the decoder gives up, 0..1.
        signal: Whether the decoder finds a signal at all.
    """

    received_dbm: Floats
    osnr_db: Floats
    bit_errors: Floats
    frame_loss: Floats
    signal: Bools

    def replaced(self, rows: Ints, by: Light) -> Light:
        """Return the same with some rows replaced."""
        columns = {}
        for name in Light.__slots__:
            columns[name] = getattr(self, name).copy()
            columns[name][rows] = getattr(by, name)
        return Light(**columns)


def light(spans: Ints, excess_db: Floats, line_db: Floats, sender_db: Floats) -> Light:
    """Return what receivers get at the end of their links.

    Args:
        spans: Amplified spans of each link's longest section, 0 where there is none (`spans_of`).
        excess_db: Loss above the usual, dB. It is taken to sit before the first amplifier: those of
            constant gain pass the lack on to the receiver, while their own noise stays.
        line_db: By how much the amplifiers' noise is above the usual, dB.
        sender_db: By how much the sender's own noise is above the usual, dB.
    """
    received = RECEIVED_DBM - excess_db
    line = osnr_db(LAUNCH_DBM, NOISE_FIGURE_DB, span_loss_db(SPAN_KM), np.maximum(spans, 1))
    amplified = np.where(spans > 0, 1.0 / snr_of(line - excess_db - line_db), 0.0)
    optical = amplified + _preamplifier_noise(received)
    thermal = _THERMAL_NOISE * 10.0 ** (2.0 * (SENSITIVITY_DBM - received) / 10.0)
    sender = _TRANSCEIVER_NOISE * 10.0 ** (sender_db / 10.0)
    snr = 1.0 / (optical + thermal + sender)
    errors = bit_errors(snr)
    return Light(
        received_dbm=np.maximum(received, DARK_DBM),
        osnr_db=10.0 * np.log10(SYMBOL_GBAUD / REFERENCE_GHZ / optical),
        bit_errors=errors,
        frame_loss=frame_loss(errors),
        signal=snr > _LEAST_SNR * _SLACK,
    )


def margin_db(spans: Ints) -> Floats:
    """Return the excess loss at which each link loses its signal, dB, to a thousandth."""
    nothing = np.zeros(np.shape(spans))
    low = nothing
    high = np.full(np.shape(spans), RECEIVED_DBM - SENSITIVITY_DBM + 1.0)
    for _ in range(14):
        middle = (low + high) / 2.0
        whole = light(spans, middle, nothing, nothing).signal
        low, high = np.where(whole, middle, low), np.where(whole, high, middle)
    found: Floats = low
    return found


@dataclass(frozen=True, slots=True)
class Plant:
    """The optical side of a network: its amplified spans, and the light while all is well.

    Attributes:
        spans: Amplified spans of each direction's longest section, shape (D,).
        healthy: What receivers get, shape (D,).
    """

    spans: Ints
    healthy: Light

    @classmethod
    def of(cls, network: Network) -> Plant:
        """Return the optical side of a network, reckoned once for each."""
        # Held with the columns it follows from: a network is immutable and outlives every state.
        held: Plant | None = vars(network).get("_plant")
        if held is None:
            spans = np.repeat(spans_of(network.length_km), 2)
            nothing = np.zeros(len(spans))
            held = cls(spans, light(spans, nothing, nothing, nothing))
            vars(network)["_plant"] = held
        return held

    def light(self, excess_db: Floats, line_db: Floats, sender_db: Floats) -> Light:
        """Return what receivers get under excess loss and noise, dB, shape (D,) each."""
        rows = np.flatnonzero((excess_db > 0.0) | (line_db > 0.0) | (sender_db > 0.0))
        if not len(rows):
            return self.healthy
        struck = light(self.spans[rows], excess_db[rows], line_db[rows], sender_db[rows])
        return self.healthy.replaced(rows, struck)
