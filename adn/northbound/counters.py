"""Counters: rates from two readings of a number that wraps round and starts anew at a reboot.

Elements count octets and packets; a rate is the difference of two readings over the time between
them. A 32-bit octet counter at 10 Gbit/s wraps every 3.4 s, so that from readings 10 s apart nobody
can tell how often it has (RFC 2863, §3.1.6, asks for 64 bits from 650 Mbit/s on). Who takes every
fall for one wrap gets a spike at each reboot and nonsense on fast ports; who is careful gets a gap.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bits = Literal[32, 64]

OCTET: Final = 8
"""Bits that one step of an octet counter stands for."""


def reading(counted: Floats, bits: Bits) -> Floats:
    """Return what counters show that have counted so much since they started."""
    shown: Floats = np.mod(counted, 2.0**bits)
    return shown


def naive_rate(before: Floats, now: Floats, seconds: float, bits: Bits) -> Floats:
    """Return steps a second as who takes every fall of a counter for exactly one wrap has them."""
    steps = now - before
    rate: Floats = np.where(steps < 0.0, steps + 2.0**bits, steps) / seconds
    return rate


def careful_rate(
    before: Floats,
    now: Floats,
    seconds: float,
    bits: Bits,
    most: Floats,
    restarted: Bools,
) -> Floats:
    """Return steps a second, NaN where they cannot be told.

    Args:
        before: Earlier readings.
        now: Later ones.
        seconds: Time between them.
        bits: Width of the counters.
        most: Most steps a second that there can be, by line rate.
        restarted: Counters that have started anew in between, as uptime tells.
    """
    rate = naive_rate(before, now, seconds, bits)
    unknown = restarted | ambiguous(most, seconds, bits) | (rate > most)
    found: Floats = np.where(unknown, np.nan, rate)
    return found


def ambiguous(most: Floats, seconds: float, bits: Bits) -> Bools:
    """Return which counters may wrap more than once between readings, or once in full."""
    twice: Bools = most * seconds >= 2.0**bits
    return twice
