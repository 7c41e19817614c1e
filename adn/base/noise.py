"""Counter-based noise: a function of (key, series, tick), the same everywhere.

Only operations that are exact on every machine are used: 32-bit integer hashing and a table
look-up, so block size, thread count and vector width change nothing, and adding a row shifts no
other row's noise. The uniform has 20 bits, so a normal reaches ±4.90 σ; heavier tails come from
another table (Student's t), not from another generator.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

BITS: Final = 20
_GOLDEN: Final = 0x9E3779B97F4A7C15
_MASK: Final = 0xFFFFFFFFFFFFFFFF

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
UInt32 = npt.NDArray[np.uint32]


def _splitmix64(word: int) -> int:
    """Return the splitmix64 finaliser of `word` (Steele, Lea and Flood, OOPSLA 2014)."""
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & _MASK
    return word ^ (word >> 31)


def _mix32(x: UInt32) -> UInt32:
    """Return the "lowbias32" integer hash of each element (C. Wellons, 2018), in place."""
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def bits(key: int, series: UInt32, tick: int) -> UInt32:
    """Return 32 well-mixed bits per series.

    Args:
        key: 64 bits from `Key.word`.
        series: Stable hashes of the series' names, shape (n,).
        tick: Which sample; re-keys the hash, so the period is 2⁶⁴ and not 2³².
    """
    low, high = words(key, tick)
    mixed = _mix32(series ^ np.uint32(low))
    mixed += np.uint32(high)
    return _mix32(mixed)


def words(key: int, tick: int) -> tuple[np.uint64, np.uint64]:
    """Return the two 32-bit words that `bits` mixes with every series, low one first."""
    word = _splitmix64((key + tick * _GOLDEN) & _MASK)
    return np.uint64(word & 0xFFFFFFFF), np.uint64(word >> 32)


def uniform(key: int, series: UInt32, tick: int) -> Float32:
    """Return a uniform number in (0, 1) per series, on a grid of 2⁻²⁰."""
    top = bits(key, series, tick) >> np.uint32(32 - BITS)
    return ((top.astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-BITS)).astype(np.float32)


@cache
def quantiles(degrees: float) -> Float32:
    """Return the inverse distribution function on the 2²⁰ grid, scaled to unit variance.

    Args:
        degrees: Degrees of freedom of Student's t, above 2; infinity gives the normal.
    """
    from scipy import special

    grid = (np.arange(1 << (BITS - 1), dtype=np.float64) + 0.5) / (1 << BITS)
    lower = special.ndtri(grid) if np.isinf(degrees) else _student(degrees, grid)
    lower /= 1.0 if np.isinf(degrees) else np.sqrt(degrees / (degrees - 2.0))
    table: Float32 = np.concatenate([lower, -lower[::-1]]).astype(np.float32)
    table.flags.writeable = False
    return table


def _student(degrees: float, grid: Float64) -> Float64:
    """Return the lower half of Student's t quantiles; for 5 degrees 20 times as fast as in general.

    There the distribution function is elementary,
        F = 1/2 + (θ + sin θ cos θ (1 + 2/3 cos² θ))/π,  tan θ = t/√5
    (Abramowitz and Stegun 26.7.4), so outside the far tail Newton's method doubles the right digits
    of an interpolation twice.
    """
    from scipy import special

    if degrees != 5.0:
        return np.asarray(special.stdtrit(degrees, grid), dtype=np.float64)
    far = 1 << 12
    nodes = np.append(grid[far::128], 0.5)
    t: Float64 = np.interp(grid, nodes, special.stdtrit(degrees, nodes))
    for _ in range(3):
        theta = np.arctan(t / np.sqrt(5.0))
        square = 1.0 / (1.0 + t * t / 5.0)
        bend = (t / np.sqrt(5.0)) * square * (1.0 + square * (2.0 / 3.0))
        below = 0.5 + (theta + bend) / np.pi
        t -= (below - grid) * (3.0 * np.pi * np.sqrt(5.0) / 8.0) / square**3
    t[:far] = special.stdtrit(degrees, grid[:far])
    return t


def standard(key: int, series: UInt32, tick: int, degrees: float = np.inf) -> Float32:
    """Return zero-mean, unit-variance noise per series.

    Args:
        key: 64 bits from `Key.word`.
        series: Stable hashes of the series' names, shape (n,).
        tick: Which sample.
        degrees: Degrees of freedom of Student's t, above 2; infinity gives the normal.
    """
    top = bits(key, series, tick) >> np.uint32(32 - BITS)
    values: Float32 = quantiles(degrees)[top]
    return values
