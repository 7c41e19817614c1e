"""The collector: streaming statistics over every series, in place, between world and operations.

It decides nothing. It learns each series' baseline, passes on those that depart from it, condenses
the rest to roll-ups, and keeps the latest samples for whoever asks. It works on whole columns with
elementwise float32 addition, subtraction, multiplication, division, comparison and square root
only, each of which IEEE 754 rounds correctly, so results are equal to the bit on every machine and
for every grouping of rows.

Baseline: exponentially weighted moving average (Roberts, Technometrics 1959),
    m ← m + g·d,  v ← v + h·(d² − v),  d = x − m,
with gains 1/n until n samples reach the slow gain (so warm-up learns fast and without bias).
Departure: z = ±d / max(√v, floor), and the one-sided cumulative sum (Page, Biometrika 1954)
    S ← max(0, S + z − k).
A series is a candidate where z or S reaches its watch limit. Gains, drift k and bounds below are
assumptions, chosen for few false candidates under heavy-tailed autocorrelated noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base.clock import MINUTE, Millis
from adn.northbound.post import (
    Candidate,
    Candidates,
    Observation,
    RollUp,
    Series,
    SeriesReply,
    SeriesRequest,
    WatchList,
)
from adn.northbound.telemetry import Roster, Table, TelemetryFrame, kpi

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

MEAN_SAMPLES: Final = 32
"""The slow mean forgets with this many samples: follows a daily profile, not a fault."""
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
SILENT_FRAMES: Final = 2
RING: Final = 40
ROLL_UP: Final[Millis] = 15 * MINUTE

_SIGN: Final = {"up": 1.0, "down": -1.0, "both": 1.0}


def _column(values: Iterable[float]) -> Float32:
    return np.array(list(values), dtype=np.float32)[:, None]


class _Block:
    """The statistics of the KPIs that one table reports together; arrays are (kpis, rows)."""

    def __init__(self, roster: Roster, kpis: tuple[str, ...], warmup: Millis) -> None:
        known = [kpi(roster.table, name) for name in kpis]
        shape = (len(kpis), len(roster.ids))
        self.roster, self.kpis, self.warmup = roster, kpis, warmup
        self.interval = known[0].interval_ms
        self.floor = _column(row.floor for row in known)
        self.sign = _column(_SIGN[row.worse] for row in known)
        self.both = np.array([row.worse == "both" for row in known])[:, None]
        self.drift = np.where(self.both, np.float32(DRIFT_BOTH), np.float32(DRIFT))
        self.limit_z = _column(np.inf for _ in known)
        self.limit_cusum = _column(np.inf for _ in known)
        self.mean: Float32 = np.zeros(shape, dtype=np.float32)
        self.variance: Float32 = np.zeros(shape, dtype=np.float32)
        self.cusum: Float32 = np.zeros(shape, dtype=np.float32)
        self.samples: Int32 = np.zeros(shape, dtype=np.int32)
        self.ticks: Int32 = np.zeros(shape, dtype=np.int32)
        self.missed: Int32 = np.zeros(shape[1], dtype=np.int32)
        self.ring: Float32 = np.full((RING, *shape), np.nan, dtype=np.float32)
        self.times: list[Millis] = []
        self.frames = 0
        self.spoke = False
        self.begin = 0
        self._start_interval(0)

    def watch(self, limits: WatchList) -> None:
        """Set from where on a departure is passed on; what is not named is not watched."""
        found = {(row.table, row.kpi): row for row in limits.limits}
        rows = [found.get((self.roster.table, name)) for name in self.kpis]
        self.limit_z = _column(np.inf if row is None else row.z for row in rows)
        self.limit_cusum = _column(np.inf if row is None else row.cusum for row in rows)

    def take(self, frame: TelemetryFrame, now: Millis) -> list[Observation]:
        """Learn from one frame; return its candidates and, at an interval's end, the roll-up."""
        values = frame.values
        if self.times and frame.measured_at <= self.times[-1]:
            raise ValueError(f"{frame.table} frame of {frame.measured_at} ms is out of order")
        if values.shape != self.mean.shape:
            raise ValueError(f"{frame.table} frame has shape {values.shape}, not {self.mean.shape}")
        self._keep(frame)
        seen: Bools = ~np.isnan(values)
        self._sum(values, seen)
        rows = self._candidates(values, seen, learning=now < self.warmup)
        silent = self._silence(seen)
        out: list[Observation] = []
        if rows or silent or self.spoke:
            # One message with nothing in it tells that what had departed is back.
            out.append(Candidates(frame.measured_at, frame.table, rows, silent))
        self.spoke = bool(rows or silent)
        if frame.measured_at >= self.begin + ROLL_UP:
            out.append(self._roll_up(frame.measured_at))
        return out

    def _keep(self, frame: TelemetryFrame) -> None:
        self.ring[self.frames % RING] = frame.values
        self.frames += 1
        self.times.append(frame.measured_at)
        del self.times[:-RING]

    def _candidates(self, values: Float32, seen: Bools, *, learning: bool) -> tuple[Candidate, ...]:
        with np.errstate(invalid="ignore", over="ignore"):
            away = values - self.mean
            spread: Float32 = np.maximum(np.sqrt(self.variance), self.floor)
            z: Float32 = away * self.sign / spread
            np.copyto(z, np.abs(z), where=self.both)
            ready = seen & (self.samples >= FIRST_CANDIDATE)
            total = self.cusum + np.minimum(z, self.limit_z) - self.drift
            np.maximum(total, np.float32(0), out=total)
            np.minimum(total, self.limit_cusum + self.limit_cusum, out=total)
            # Back within one spread of a baseline, the sum has nothing more to say.
            total[(z < 1) & (self.ticks > 0)] = 0
            np.copyto(self.cusum, total, where=ready)
            strong = ready & (z >= self.limit_z)
            found = strong | (ready & (self.cusum >= self.limit_cusum))
            self.ticks += found
            self.ticks *= found | ~seen
            # A mild departure, one that the sum alone noticed, is still learnt from: slow growth
            # would otherwise run away from a frozen baseline.
            learn = seen & (~strong | learning | (self.ticks > ACCEPT_TICKS))
            rows = self._rows(values, spread, z, found) if found.any() else ()
            self._learn(away, spread, learn)
        return rows

    def _learn(self, away: Float32, spread: Float32, learn: Bools) -> None:
        self.samples += learn
        bound = spread * np.float32(SURPRISE)
        step = np.where(
            self.samples > FIRST_CANDIDATE, np.minimum(np.maximum(away, -bound), bound), away
        )
        step[~learn] = 0
        count = self.samples.astype(np.float32)
        np.maximum(count, np.float32(1), out=count)
        change = step * step - self.variance
        change /= np.minimum(count, np.float32(SPREAD_SAMPLES))
        # The first sample says nothing of the spread: it is the mean.
        change[~learn | (self.samples < 2)] = 0
        self.variance += change
        self.mean += step / np.minimum(count, np.float32(MEAN_SAMPLES))

    def _rows(
        self, values: Float32, spread: Float32, z: Float32, found: Bools
    ) -> tuple[Candidate, ...]:
        ids, kpis = self.roster.ids, self.kpis
        return tuple(
            Candidate(
                object=ids[row],
                kpi=kpis[line],
                value=float(values[line, row]),
                mean=float(self.mean[line, row]),
                spread=float(spread[line, row]),
                z=float(z[line, row]),
                cusum=float(self.cusum[line, row]),
                ticks=int(self.ticks[line, row]),
            )
            for line, row in np.argwhere(found).tolist()
        )

    def _silence(self, seen: Bools) -> tuple[str, ...]:
        self.missed += 1
        self.missed *= ~seen.any(axis=0)
        return tuple(self.roster.ids[row] for row in np.flatnonzero(self.missed >= SILENT_FRAMES))

    def _start_interval(self, begin: Millis) -> None:
        self.begin = begin
        self.sum: Float32 = np.zeros_like(self.mean)
        self.count: Float32 = np.zeros_like(self.mean)
        self.peak: Float32 = np.full_like(self.mean, -np.inf)

    def _sum(self, values: Float32, seen: Bools) -> None:
        np.add(self.sum, values, out=self.sum, where=seen)
        self.count += seen
        np.fmax(self.peak, values, out=self.peak)

    def _roll_up(self, end: Millis) -> RollUp:
        expected = (end - self.begin) // self.interval * self.mean.size
        with np.errstate(invalid="ignore"):
            mean = np.array(self.sum / self.count, dtype=np.float32)
        peak = np.where(self.count > 0, self.peak, np.float32(np.nan)).astype(np.float32)
        mean.flags.writeable = peak.flags.writeable = False
        arrived = int(np.count_nonzero(self.count) and self.count.sum(dtype=np.float64))
        roll_up = RollUp(
            start=self.begin,
            end=end,
            table=self.roster.table,
            kpis=self.kpis,
            mean=mean,
            peak=peak,
            complete=min(1.0, arrived / expected) if expected else 0.0,
        )
        self._start_interval(end)
        return roll_up

    def samples_of(self, name: str, row: int, wanted: int) -> Series:
        """Return the latest samples of one series, oldest first."""
        held = min(max(wanted, 0), len(self.times))
        slots = [(self.frames - held + i) % RING for i in range(held)]
        return Series(
            table=self.roster.table,
            object=self.roster.ids[row],
            kpi=name,
            measured_at=tuple(self.times[len(self.times) - held :]),
            values=tuple(self.ring[slots, self.kpis.index(name), row].tolist()),
        )


class Collector:
    """Takes in frames; gives out candidates, roll-ups and requested series.

    Args:
        rosters: Which objects report, one roster a table.
        warmup: Until when every sample is learnt from, simulated ms.
    """

    def __init__(self, rosters: Sequence[Roster], warmup: Millis) -> None:
        self._rosters = {roster.table: roster for roster in rosters}
        self._rows: dict[Table, dict[str, int]] = {
            roster.table: {name: row for row, name in enumerate(roster.ids)} for roster in rosters
        }
        self._warmup = warmup
        self._blocks: dict[tuple[Table, tuple[str, ...]], _Block] = {}
        self._limits = WatchList(())

    def watch(self, limits: WatchList) -> None:
        """Set from where on a departure is passed on; KPIs not named are only learnt."""
        self._limits = limits
        for block in self._blocks.values():
            block.watch(limits)

    def ingest(self, frame: TelemetryFrame, now: Millis) -> list[Observation]:
        """Take in one frame; return what of it is to be passed on, in order.

        Raises:
            KeyError: The table has no roster or the KPI does not exist.
            ValueError: The frame is out of order or not of the roster's shape.
        """
        key = (frame.table, frame.kpis)
        block = self._blocks.get(key)
        if block is None:
            block = _Block(self._rosters[frame.table], frame.kpis, self._warmup)
            block.watch(self._limits)
            self._blocks[key] = block
        return block.take(frame, now)

    def ask(self, request: SeriesRequest) -> SeriesReply:
        """Return the latest samples of the series asked for, leaving out what is not known."""
        found: list[Series] = []
        for table, name, measure in request.series:
            row = self._rows.get(table, {}).get(name)
            blocks = [b for (t, kpis), b in self._blocks.items() if t == table and measure in kpis]
            if row is not None and blocks:
                found.append(blocks[0].samples_of(measure, row, request.samples))
        return SeriesReply(request.id, tuple(found))
