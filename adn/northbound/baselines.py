"""Baselines: what each series usually is, and how far it has departed from that.

Works on whole columns with elementwise float32 addition, subtraction, multiplication, division,
comparison and square root only, each of which IEEE 754 rounds correctly, so results are equal to
the bit on every machine, for every grouping of rows, and compiled (`compiled.py`) or not.

Baseline: exponentially weighted moving average (Roberts, Technometrics 1959),
    m ← m + g·d,  v ← v + h·(d² − v),  d = x − m,
with gains 1/n until n samples reach the slow gain (so warm-up learns fast and without bias).
Departure: z = ±d / max(√v, floor), and the one-sided cumulative sum (Page, Biometrika 1954)
    S ← max(0, S + z − k).
A series has departed where z or S reaches its watch limit. Gains, drift k and bounds below are
assumptions, chosen for few false candidates under heavy-tailed autocorrelated noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base import kernels
from adn.base.clock import Millis
from adn.northbound.telemetry import Kpi

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

MEAN_SAMPLES: Final = 32
"""The slow mean forgets with this many samples: follows a daily profile, not a fault."""
FEWEST_SAMPLES: Final = 8
"""With so many at least it forgets where samples are rarer than the catalogue says (assumption)."""
SPREAD_SAMPLES: Final = 128
"""The spread forgets more slowly than the mean."""
FIRST_CANDIDATE: Final = 12
"""Samples a series must have given before it can be a candidate."""
DRIFT: Final = 1.0
"""What the cumulative sum forgives a tick, in spreads; for two-sided KPIs, `DRIFT_BOTH`."""
DRIFT_BOTH: Final = 2.0
SURPRISE: Final = 4.0
"""No sample moves a baseline as if it were further away than this, in spreads (Huber's clip)."""
ACCEPT_TICKS: Final = 360
"""After so many ticks a level is the new normal: it was reported all that time."""

_SIGN: Final = {"up": 1.0, "down": -1.0, "both": 1.0}
_ZERO, _ONE = np.float32(0), np.float32(1)


def column(values: Iterable[float]) -> Float32:
    """Return one value a KPI, shape (kpis, 1)."""
    return np.array(list(values), dtype=np.float32)[:, None]


def slow_samples(usual: Millis, interval: Millis | None) -> int:
    """Return with how many samples the slow mean forgets: in about the same time at any interval.

    A power of two, so that dividing by it is exact.

    >>> slow_samples(10_000, None), slow_samples(10_000, 60_000), slow_samples(10_000, 20_000)
    (32, 8, 16)
    """
    found = MEAN_SAMPLES
    while (
        interval is not None
        and found > FEWEST_SAMPLES
        and found * interval > (MEAN_SAMPLES * usual * 3 // 2)
    ):
        found //= 2
    return found


class Baselines:
    """The statistics of some series; arrays are (kpis, rows).

    Args:
        kpis: Of which KPIs.
        rows: Of how many objects each.
        interval: How often they are reported, if not as the catalogue says, simulated ms.

    Attributes:
        mean: Their baselines.
        variance: Squares of their spreads.
        cusum: Their cumulative sums.
        samples: How many samples were learnt from, at most `SPREAD_SAMPLES`.
        ticks: For how many ticks on end each has been away.
        before: Baselines before the latest tick.
        spread: What a departure of one was at the latest tick.
        z: Departures at the latest tick, gaps 0.
        total: Sum of the samples of the interval.
        lost: How many of its samples are missing.
        peak: Largest of its samples.
        gaps: Whether anything was missing at the latest tick.
        silent: Whether all series of some object were.
    """

    def __init__(self, kpis: Sequence[Kpi], rows: int, interval: Millis | None = None) -> None:
        shape = (len(kpis), rows)
        self._slow = np.float32(slow_samples(kpis[0].interval_ms, interval))
        self.floor = column(row.floor for row in kpis)
        self.sign = column(_SIGN[row.worse] for row in kpis)
        self.both = np.array([[row.worse == "both"] for row in kpis])
        self.drift = np.where(self.both, np.float32(DRIFT_BOTH), np.float32(DRIFT))
        self.mean, self.variance, self.cusum = (np.zeros(shape, np.float32) for _ in range(3))
        self.samples: Float32 = np.zeros(shape, np.float32)
        self.ticks: Int32 = np.zeros(shape, np.int32)
        self.before, self.spread, self.z = (np.zeros(shape, np.float32) for _ in range(3))
        self.gaps = self.silent = False
        self._x, self._away, self._room = (np.zeros(shape, np.float32) for _ in range(3))
        self._two_sided = np.flatnonzero(self.both).tolist()
        self._falling = np.flatnonzero(self.sign < 0).tolist()
        self._marked = self._settled = False
        self._kept: tuple[npt.NDArray[np.generic], ...] = ()
        self._flags = (0, False, False, False, False)
        # Whole columns, where one value a KPI would do: numpy is several times as fast with them.
        self._floor, self._drift = _whole(self.floor, shape), _whole(self.drift, shape)
        self._nothing = np.zeros(shape, np.float32)
        self.watch(np.full(len(kpis), np.inf), np.full(len(kpis), np.inf))
        self.begin()

    def watch(self, z: Iterable[float], cusum: Iterable[float]) -> None:
        """Set from where on each KPI has departed."""
        shape = self.mean.shape
        self.limit_z, self.limit_cusum = column(z), column(cusum)
        self.most = self.limit_cusum + self.limit_cusum
        self._limit_z, self._most = _whole(self.limit_z, shape), _whole(self.most, shape)
        self._limit_cusum = _whole(self.limit_cusum, shape)

    def begin(self) -> None:
        """Begin another interval."""
        shape = self.mean.shape
        self.frames = 0
        self.total: Float32 = np.zeros(shape, np.float32)
        self.lost: Float32 = np.zeros(shape, np.float32)
        self.peak: Float32 = np.full(shape, -np.inf, np.float32)

    def learn(self, values: Float32, *, learning: bool) -> bool:
        """Learn from the samples of a tick, NaN for gaps; return whether any has departed.

        Args:
            values: Shape (kpis, rows).
            learning: Whether what departs is learnt from all the same.
        """
        if kernels.compiled(values.size):
            self._keep()
            return self._learn_compiled(values[None], learning)[1]
        self.frames += 1
        return self._learn(values, learning)

    def learn_on(self, values: Float32, *, learning: bool) -> tuple[int, bool]:
        """Learn from ticks up to the first at which any has departed or an object was silent.

        Args:
            values: Shape (ticks, kpis, rows), of at least one tick.
            learning: Whether what departs is learnt from all the same.

        Returns:
            From how many ticks was learnt, and whether any had departed at the last of them.
        """
        self._keep()
        if kernels.compiled(values.size):
            return self._learn_compiled(values, learning)
        count, departed = 0, False
        while count < len(values) and not (departed or (count and self.silent)):
            departed = self._learn(values[count], learning)
            count += 1
        self.frames += count
        return count, departed

    def _keep(self) -> None:
        """Keep what is known, to go back to."""
        self._flags = (self.frames, self.gaps, self.silent, self._marked, self._settled)
        self._kept = tuple(one.copy() for one in self._known())

    def back(self) -> None:
        """Forget what was learnt since `learn_on` began last."""
        self.frames, self.gaps, self.silent, self._marked, self._settled = self._flags
        for one, kept in zip(self._known(), self._kept, strict=True):
            np.copyto(one, kept)

    def _known(self) -> tuple[npt.NDArray[np.generic], ...]:
        return (
            *(self.mean, self.variance, self.cusum, self.samples, self.ticks),
            *(self.total, self.lost, self.peak),
        )

    def departed(self, values: Float32) -> Bools:
        """Return which series have departed at the latest tick, whose samples these were."""
        return (self.ticks > 0) & ~np.isnan(values)

    def _learn_compiled(self, values: Float32, learning: bool) -> tuple[int, bool]:
        from adn.northbound.compiled import learn

        values = values.view()
        values.flags.writeable = False  # one kind of array, compiled for once
        count, found, gaps, unsettled, silent = learn(
            (values, self._settled, learning, self._slow),
            (self.mean, self.variance, self.cusum, self.samples, self.ticks),
            (self.before, self.spread, self.z),
            (self.total, self.lost, self.peak),
            (self.floor, self.sign, self.both, self.drift),
            (self.limit_z, self.limit_cusum, self.most),
            self._kept,
        )
        self.frames += count
        self.gaps, self.silent = bool(gaps), bool(silent)
        self._settled = not unsettled
        self._marked = True  # by numpy, look at all again: ticks may not be nothing
        return count, bool(found)

    def _learn(self, values: Float32, learning: bool) -> bool:
        gone: Bools = np.isnan(values)
        self.gaps = bool(gone.any())
        self.silent = self.gaps and bool(gone.all(axis=0).any())
        x, seen = values, None
        if self.gaps:
            x, seen = self._x, ~gone
            np.copyto(x, values)
            np.copyto(x, _ZERO, where=gone)
            self.lost += gone
        self.total += x
        np.fmax(self.peak, values, out=self.peak)
        if self.gaps:
            np.copyto(x, self.mean, where=gone)
        ready = None if self._settled else self.samples >= FIRST_CANDIDATE
        counted = _both(ready, seen)
        self._depart(x, counted)
        strong = self.z >= self._limit_z
        found = strong | (self.cusum >= self._limit_cusum)
        if counted is not None:
            found &= counted
            strong &= counted
        any_found = bool(found.any())
        if any_found or self._marked:
            self.ticks += found
            self.ticks *= found | gone
            self._marked = bool(self.ticks.any())
        taken = seen
        if any_found and not learning:
            # A mild departure, one that the sum alone noticed, is still learnt from: slow
            # growth would otherwise run away from a frozen baseline.
            taken = _both(taken, ~strong | (self.ticks > ACCEPT_TICKS))
        self._follow(None if taken is None else taken.astype(np.float32))
        return any_found

    def _depart(self, x: Float32, counted: Bools | None) -> None:
        """Reckon departures and cumulative sums; sums stand still where nothing is `counted`."""
        away, room = self._away, self._room
        np.subtract(x, self.mean, out=away)
        np.sqrt(self.variance, out=self.spread)
        np.maximum(self.spread, self._floor, out=self.spread)
        np.divide(away, self.spread, out=self.z)
        for row in self._falling:
            np.negative(self.z[row], out=self.z[row])
        for row in self._two_sided:
            np.abs(self.z[row], out=self.z[row])
        np.minimum(self.z, self._limit_z, out=room)
        room -= self._drift
        if counted is not None:
            room *= counted.astype(np.float32)
        room += self.cusum
        np.maximum(room, self._nothing, out=room)
        np.minimum(room, self._most, out=room)
        if self._marked:
            # Back within one spread of a baseline, the sum has nothing more to say.
            back = (self.z < 1) & (self.ticks > 0)
            room[back if counted is None else back & counted] = 0
        self.cusum, self._room = room, self.cusum

    def _follow(self, taken: Float32 | None) -> None:
        """Let baselines follow the samples that are `taken` (1, else 0); None for all."""
        step, room = self._away, self._room
        if not self._settled:
            self.samples += _ONE if taken is None else taken
            np.minimum(self.samples, np.float32(SPREAD_SAMPLES), out=self.samples)
        np.multiply(self.spread, np.float32(SURPRISE), out=room)
        if not self._settled:
            room[self.samples <= FIRST_CANDIDATE] = np.inf
        np.minimum(step, room, out=step)
        np.negative(room, out=room)
        np.maximum(step, room, out=step)
        if taken is not None:
            step *= taken
        np.multiply(step, step, out=room)
        room -= self.variance
        if taken is not None:
            room *= taken
        if self._settled:
            room *= np.float32(1 / SPREAD_SAMPLES)
            step *= _ONE / self._slow
        else:
            # The first sample says nothing of the spread: it is the mean.
            room[self.samples < 2] = 0
            count = np.maximum(self.samples, _ONE)
            room /= count
            step /= np.minimum(count, self._slow)
            self._settled = bool((self.samples >= SPREAD_SAMPLES).all())
        self.variance += room
        np.add(self.mean, step, out=self.before)
        self.mean, self.before = self.before, self.mean


def _both(one: Bools | None, other: Bools | None) -> Bools | None:
    """Return where both hold; None holds everywhere."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _whole(values: Float32, shape: tuple[int, int]) -> Float32:
    """Return one value a KPI for every row."""
    return np.ascontiguousarray(np.broadcast_to(values, shape))
