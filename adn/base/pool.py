"""Noise by the stretch: many ticks of a series are one run of a fixed pool.

Hashing every sample costs more than everything that is done with it. So the samples of a series
are runs of `RUN` out of one pool that is the same everywhere; where a run begins is hashed from
(key, series, which run). A sample is still a function of (key, series, tick) alone, whatever was
drawn before it, so block size, thread count and vector width change nothing, and what has been
reckoned ahead can be thrown away and reckoned again.

Within a run samples are correlated as an autoregression of first order makes them; the next run
begins afresh. Two series share a stretch of the pool about as often as chance has it: once in
2²⁰ / `RUN` runs.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base import noise

Float32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
UInt32 = npt.NDArray[np.uint32]

RUN: Final = 64
"""Samples a run."""
SIZE: Final = 1 << noise.BITS
_ROUNDS: Final = (0x6A5D3, 0x9E379, 0x3C6EF)
"""Odd factors of the scrambling below (any do)."""


@cache
def _scrambled() -> UInt32:
    """Return 0..2²⁰−1 in a fixed order that shows none; every step can be undone."""
    mask = np.uint32(SIZE - 1)
    x = np.arange(SIZE, dtype=np.uint32)
    for factor in _ROUNDS:
        x ^= x >> np.uint32(11)
        x *= np.uint32(factor)
        x &= mask
    x ^= x >> np.uint32(9)
    x.flags.writeable = False
    return x


def _around(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Return a pool followed by its beginning, so that every run is contiguous."""
    whole = np.concatenate([values, values[:RUN]])
    whole.flags.writeable = False
    return whole


@cache
def wandering(memory: float, degrees: float) -> Float32:
    """Return the pool of an autoregression, zero mean and unit variance, shape (2²⁰ + RUN,).

    Every value of the inverse distribution function serves as an innovation once. What is further
    back than float32 can tell is left out.

    Args:
        memory: Correlation from one sample to the next, 0..1 (1 excluded).
        degrees: Degrees of freedom of the innovations' Student's t; infinity gives the normal.
    """
    fresh = noise.quantiles(degrees)[_scrambled()]
    depth = 1 if memory == 0.0 else int(np.ceil(np.log(2.0**-24) / np.log(memory)))
    total = np.zeros(SIZE, dtype=np.float32)
    for back in range(depth, -1, -1):
        total *= np.float32(memory)
        total += np.roll(fresh, back)
    total *= np.float32(np.sqrt(1.0 - memory**2))
    return np.asarray(_around(total), dtype=np.float32)


@cache
def _holes(share: float) -> npt.NDArray[np.int32]:
    """Return where gaps are in a pool of which `share` are gaps, ascending."""
    pool = _around(_scrambled()[::-1] < np.uint32(round(share * SIZE)))
    return np.flatnonzero(pool).astype(np.int32)


@cache
def _before(share: float) -> npt.NDArray[np.int32]:
    """Return how many gaps lie before each place of that pool, shape (2²⁰ + RUN + 1,)."""
    count = np.zeros(SIZE + RUN + 1, dtype=np.int32)
    count[_holes(share) + 1] = 1
    return np.cumsum(count, dtype=np.int32)


class Runs:
    """The samples of some series.

    Args:
        key: 64 bits from `Key.word`.
        series: Stable hashes of the series' names, shape (n,).
        pool: From `wandering`.
    """

    def __init__(self, key: int, series: UInt32, pool: Float32) -> None:
        self.pool, self._key, self._series = pool, key, series
        self._run = -1
        self._starts: Ints = np.zeros(len(series), dtype=np.int64)

    def starts(self, tick: int) -> tuple[Ints, int]:
        """Return where the runs that hold a tick begin in the pool, and how far in it is."""
        run, within = divmod(tick, RUN)
        if run != self._run:
            self._starts = _starts(self._key, self._series, run)
            self._run = run
        return self._starts, within

    def take(self, tick: int, out: Float32) -> None:
        """Write the samples of a tick into `out`, shape (n,)."""
        starts, within = self.starts(tick)
        # Clipping nothing: it spares the copy that looking for a bad index makes.
        self.pool[within : within + SIZE].take(starts, out=out, mode="clip")


class Gaps:
    """Which samples of some series are missing.

    Args:
        key: 64 bits from `Key.word`.
        series: Stable hashes of the series' names, shape (n,).
        share: Share that is missing, 0..1.
    """

    def __init__(self, key: int, series: UInt32, share: float) -> None:
        self._key, self._series, self._share = key, series, share
        self._run = -1
        self._rows: Ints = np.zeros(0, dtype=np.int64)
        self._ends: list[int] = []

    def at(self, tick: int) -> Ints:
        """Return the rows that miss a tick, ascending."""
        if self._share <= 0.0:
            return self._rows
        run, within = divmod(tick, RUN)
        if run != self._run:
            self._draw(run)
        return self._rows[self._ends[within] : self._ends[within + 1]]

    def _draw(self, run: int) -> None:
        holes, before = _holes(self._share), _before(self._share)
        starts = _starts(self._key, self._series, run)
        first = before[starts]
        held = before[starts + RUN] - first
        rows = np.repeat(np.arange(len(starts)), held)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(held) - held, held)
        within = holes[first[rows] + nth] - starts[rows]
        order = np.argsort(within, kind="stable")
        self._rows = rows[order]
        self._ends = np.searchsorted(within[order], np.arange(RUN + 1)).tolist()
        self._run = run


def _starts(key: int, series: UInt32, run: int) -> Ints:
    return (noise.bits(key, series, run) >> np.uint32(32 - noise.BITS)).astype(np.int64)
