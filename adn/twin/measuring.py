"""Measuring: from noise-free performance to what the elements report, interval by interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base import kernels
from adn.base.clock import NEVER, Millis
from adn.base.pool import RUN, Gaps, Runs, wandering
from adn.base.streams import Key, hash32
from adn.northbound.telemetry import KPIS, Kpi, Roster, Table, TelemetryFrame
from adn.topology.network import Bools, Floats, Network
from adn.twin.departures import noise_free
from adn.twin.performance import Performance
from adn.twin.state import State

Float32 = npt.NDArray[np.float32]

TAIL: Final = 5.0
"""Degrees of freedom of measurement noise: Student's t, heavier than normal (assumption)."""
MEMORY: Final = 0.5
"""Correlation of a series' noise from one sample to the next (assumption)."""
CPU_IDLE: Final = 0.15
"""Control-plane load of an idle element (assumption)."""
CPU_PER_RUN: Final = 0.02
"""Load that one shortest-path run in a minute adds (assumption)."""
AHEAD: Final = 16
"""Most reports of a block that are measured at one go; changes nothing but speed."""

RECEIVED: Final = frozenset({"errors", "rx-power", "pre-fec-ber", "osnr"})
"""KPIs of a direction that its receiving end measures."""
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "ratio": (0.0, 1.0),
    "bps": (0.0, np.inf),
    "ms": (0.0, np.inf),
}
"""What an instrument can show, by unit."""


@dataclass(frozen=True, slots=True)
class Block:
    """KPIs of a table that are reported together, every `interval` ms."""

    table: Table
    interval: Millis
    kpis: tuple[Kpi, ...]


def blocks_of(intervals: Mapping[Table, Millis]) -> tuple[Block, ...]:
    """Return what is reported together, the most frequent first.

    Args:
        intervals: How often all KPIs of a table are reported, where not as the catalogue says.
    """
    found: dict[tuple[Millis, Table], list[Kpi]] = {}
    for row in KPIS:
        found.setdefault((intervals.get(row.table, row.interval_ms), row.table), []).append(row)
    return tuple(Block(table, every, tuple(rows)) for (every, table), rows in sorted(found.items()))


def rosters(
    network: Network, intervals: Mapping[Table, Millis] | None = None
) -> tuple[Roster, ...]:
    """Return which objects report in each table."""
    names: dict[Table, tuple[str, ...]] = {
        "service": network.services.ids,
        "direction": network.directions.ids,
        "element": network.elements.ids,
    }
    every = intervals or {}
    return tuple(Roster(table, ids, every.get(table)) for table, ids in names.items())


class _Instruments:
    """The instruments of one block; columns are (kpis, rows)."""

    def __init__(
        self, network: Network, block: Block, ids: tuple[str, ...], key: Key, missing: float
    ) -> None:
        self.block, self.names = block, tuple(row.name for row in block.kpis)
        self.shape = (len(block.kpis), len(ids))
        hashed = [hash32(f"{row.table}/{name}/{row.name}") for row in block.kpis for name in ids]
        self.series = np.array(hashed, dtype=np.uint32)
        self.gaps = Gaps(key.word("telemetry/gaps"), self.series, missing)
        self.runs = Runs(key.word("telemetry/noise"), self.series, wandering(MEMORY, TAIL))
        self.reporter = np.array([reporter_of(network, row) for row in block.kpis])
        bounds = np.array([_BOUNDS.get(row.unit, (-np.inf, np.inf)) for row in block.kpis])
        self._low, self._high = (
            np.repeat(bounds[:, side].astype(np.float32), len(ids)).reshape(self.shape)
            for side in (0, 1)
        )
        self._size = np.array([row.noise for row in block.kpis], dtype=np.float32)
        self._relative = [row.relative for row in block.kpis]
        self.at: tuple[Millis, Performance, State] | None = None
        self.steady = False
        self._compiled = kernels.compiled(len(self.series))
        self._columns: list[Floats] = []
        self.exact: Float32 = np.zeros(self.shape, dtype=np.float32)
        self.scale: Float32 = np.zeros(self.shape, dtype=np.float32)
        self.ready: Float32 = np.zeros((0, *self.shape), dtype=np.float32)
        self.first = 0

    def set_exact(self, columns: list[Floats]) -> bool:
        """Take in what there is to measure, one column a KPI; return whether any is new."""
        fresh = False
        for row, column in enumerate(columns):
            if self._columns and self._columns[row] is column:
                continue
            fresh = True
            self.exact[row] = column
            if self._relative[row]:
                np.multiply(self.exact[row], self._size[row], out=self.scale[row])
            else:
                self.scale[row] = self._size[row]
        self._columns = columns
        return fresh

    def measure(self, tick: int, count: int) -> Float32:
        """Return what `count` ticks show, shape (count, kpis, rows), read-only."""
        shown = np.empty((count, *self.shape), dtype=np.float32)
        if self._compiled:
            self._measure_compiled(tick, shown)
        else:
            for one in range(count):
                self.runs.take(tick + one, shown[one].reshape(-1))
            shown *= self.scale
            shown += self.exact
            np.maximum(shown, self._low, out=shown)
            np.minimum(shown, self._high, out=shown)
        for one in range(count):
            shown[one].reshape(-1)[self.gaps.at(tick + one)] = np.nan
        shown.flags.writeable = False
        return shown

    def _measure_compiled(self, tick: int, shown: Float32) -> None:
        from adn.twin.compiled import measure

        exact, scale = self.exact.reshape(-1), self.scale.reshape(-1)
        low, high = self._low.reshape(-1), self._high.reshape(-1)
        rows, done = shown.reshape(len(shown), -1), 0
        while done < len(rows):
            starts, within = self.runs.starts(tick + done)
            end = min(len(rows), done + RUN - within)
            pool = self.runs.pool
            measure(pool, starts, within, exact, scale, low, high, rows[done:end])
            done = end


class Measuring:
    """Averages performance over each reporting interval and adds what instruments add.

    What is measured while the network performs steadily is that performance itself, to the bit.

    Args:
        network: Whose objects report.
        key: For noise and gaps.
        missing: Share of samples that get lost.
        intervals: How often all KPIs of a table are reported, where not as the catalogue says.

    Attributes:
        blocks: What is reported together.
        ahead: Most reports of a block that are measured at one go.
    """

    def __init__(
        self,
        network: Network,
        key: Key,
        missing: float,
        intervals: Mapping[Table, Millis] | None = None,
    ) -> None:
        self.blocks = blocks_of(intervals or {})
        self.ahead = AHEAD
        ids = {roster.table: roster.ids for roster in rosters(network)}
        self._instruments = [
            _Instruments(network, b, ids[b.table], key, missing) for b in self.blocks
        ]
        self._longest = max(block.interval for block in self.blocks)
        self._past: list[tuple[Millis, Performance, State]] = []
        self._cpu: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))

    def changed(self, at: Millis, performance: Performance, state: State) -> None:
        """Take in that from `at` on the network performs so."""
        past = self._past
        if past and past[-1][0] == at:
            past.pop()
        past.append((at, performance, state))
        while len(past) > 1 and past[1][0] <= at - self._longest:
            del past[0]

    def frame(
        self,
        number: int,
        at: Millis,
        reporting: Bools,
        runs: npt.NDArray[np.int64],
        steady_until: Millis = NEVER,
    ) -> TelemetryFrame:
        """Return what the objects of a block report at the end of an interval.

        Args:
            number: Which of `blocks`.
            at: End of the interval.
            reporting: Elements that are up and can reach the operations systems, shape (n,).
            runs: Shortest-path runs of each element in the last minute, shape (n,).
            steady_until: Until when, as far as is known, the network performs as it does.
        """
        one = self._instruments[number]
        block = one.block
        tick = at // block.interval
        known = self._steady(one, at, runs)
        place = tick - one.first
        if not known or not 0 <= place < len(one.ready):
            count = min(self.ahead, max(1, 1 + (steady_until - at) // block.interval))
            one.ready = one.measure(tick, count if one.steady else 1)
            one.first, place = tick, 0
        shown = one.ready[place]
        if not reporting.all():
            shown = np.where(reporting[one.reporter], shown, np.float32(np.nan))
            shown.flags.writeable = False
        return TelemetryFrame(at, block.table, one.names, shown)

    def _steady(self, one: _Instruments, at: Millis, runs: npt.NDArray[np.int64]) -> bool:
        """Let instruments have what to measure; return whether it is what they had."""
        begin = at - one.block.interval
        past = self._past
        last = len(past) - 1
        while last and past[last][0] >= at:
            last -= 1
        computing = one.block.table == "element" and bool(runs.any())
        if not computing and (past[last][0] <= begin or not last):
            if one.steady and one.at is past[last]:
                return True
            kept = one.steady
            one.at, one.steady = past[last], True
            columns = noise_free(*past[last][1:])
            means = [columns[row.table, row.name] for row in one.block.kpis]
            return not one.set_exact(self._idle(one, means)) and kept
        one.steady = False
        first = last
        while first and past[first][0] > begin:
            first -= 1
        held = [noise_free(*row[1:]) for row in past[first : last + 1]]
        ends = [past[k + 1][0] for k in range(first, last)] + [at]
        spans = [
            end - max(begin, row[0]) for end, row in zip(ends, past[first : last + 1], strict=True)
        ]
        means = [
            _mean([columns[row.table, row.name] for columns in held], spans)
            for row in one.block.kpis
        ]
        one.set_exact(
            [
                mean + CPU_IDLE + CPU_PER_RUN * runs if row.name == "cpu" else mean
                for row, mean in zip(one.block.kpis, means, strict=True)
            ]
        )
        return False

    def _idle(self, one: _Instruments, means: list[Floats]) -> list[Floats]:
        """Return columns with the load of elements that compute no paths, which is kept."""
        for line, row in enumerate(one.block.kpis):
            if row.name == "cpu":
                if self._cpu[0] is not means[line]:
                    self._cpu = (means[line], means[line] + CPU_IDLE)
                means[line] = self._cpu[1]
        return means


def _mean(columns: list[Floats], spans: list[Millis]) -> Floats:
    """Return the time-average of columns that held for `spans`; what was no number is left out."""
    if len(columns) == 1:
        return columns[0]
    total, weight = np.zeros(len(columns[0])), np.zeros(len(columns[0]))
    for values, span in zip(columns, spans, strict=True):
        there = np.isfinite(values)
        total[there] += values[there] * span
        weight[there] += span
    held = weight > 0
    mean: Floats = np.where(held, total / np.where(held, weight, 1.0), np.nan)
    return mean


def reporter_of(network: Network, row: Kpi) -> npt.NDArray[np.int64]:
    """Return the element row that reports each object: receivers see loss and light."""
    if row.table == "service":
        return network.service_z
    if row.table == "element":
        return np.arange(len(network.elements))
    return network.head if row.name in RECEIVED else network.tail
