"""Measuring: from noise-free performance to what the elements report, interval by interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base import kernels
from adn.base.clock import NEVER, Millis
from adn.base.pool import RUN, Gaps, Runs, wandering
from adn.base.streams import Key, hash32
from adn.northbound.baselines import column
from adn.northbound.telemetry import KPIS, Kpi, Roster, Table, TelemetryFrame
from adn.topology.network import Bools, Floats, Ints, Network
from adn.twin.departures import noise_free
from adn.twin.performance import Performance
from adn.twin.state import State

Float32 = npt.NDArray[np.float32]
Present = tuple[Performance, State]

TAIL: Final = 5.0
"""Degrees of freedom of measurement noise: Student's t, heavier than normal (assumption)."""
MEMORY: Final = 0.5
"""Correlation of a series' noise from one sample to the next (assumption)."""
CPU_IDLE: Final = 0.15
"""Control-plane load of an idle element (assumption)."""
CPU_PER_RUN: Final = 0.02
"""Load that one shortest-path run in a minute adds (assumption)."""
AHEAD: Final = 64
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
        self._size = column(row.noise for row in block.kpis)
        self._relative = np.array([[row.relative] for row in block.kpis])
        self._gappy = missing > 0.0
        self.first = 0
        self.frames: list[TelemetryFrame] = []
        self.ready: Float32 = np.zeros((0, *self.shape), dtype=np.float32)
        self.of: list[Present | None] = []

    def known(self, tick: int, presents: Sequence[Present]) -> int:
        """Return how many ticks on end from `tick` on have been measured just so."""
        count = 0
        if 0 <= (place := tick - self.first) < len(self.of):
            for wanted, held in zip(presents, self.of[place:], strict=False):
                if held is None or held[0] is not wanted[0] or held[1] is not wanted[1]:
                    break
                count += 1
        return count

    def columns(self, present: Present) -> list[Floats]:
        """Return what there is to measure, one column a KPI."""
        columns = noise_free(*present)
        return [columns[row.table, row.name] for row in self.block.kpis]

    def measure_each(self, tick: int, presents: Sequence[Present]) -> None:
        """Find out what ticks from `tick` on show, at each of which the network was steady."""
        which: list[int] = []
        columns: list[list[Floats]] = []
        for place, present in enumerate(presents):
            if not place or present is not presents[place - 1]:
                columns.append(_loaded(self.block, self.columns(present), 0))
            which.append(len(columns) - 1)
        self.measure(tick, which, columns)
        self.of = list(presents)

    def measure(self, tick: int, which: list[int], columns: list[list[Floats]]) -> None:
        """Find out what ticks from `tick` on show.

        Args:
            tick: The first.
            which: Which of `columns` each tick measures.
            columns: What there is to measure, one column a KPI.
        """
        exact = np.array(columns, dtype=np.float32)
        scale = np.where(self._relative, exact * self._size, self._size)
        shown = np.empty((len(which), *self.shape), dtype=np.float32)
        if kernels.compiled(shown.size):
            self._measure_compiled(tick, which, exact, scale, shown)
        else:
            for one, minute in enumerate(which):
                self.runs.take(tick + one, shown[one].reshape(-1))
                shown[one] *= scale[minute]
                shown[one] += exact[minute]
            np.maximum(shown, self._low, out=shown)
            np.minimum(shown, self._high, out=shown)
        for one in range(len(which)) if self._gappy else ():
            shown[one].reshape(-1)[self.gaps.at(tick + one)] = np.nan
        shown.flags.writeable = False
        self.first, self.ready = tick, shown
        table, interval = self.block.table, self.block.interval
        self.frames = [
            TelemetryFrame((tick + one) * interval, table, self.names, shown[one])
            for one in range(len(which))
        ]

    def _measure_compiled(
        self, tick: int, which: list[int], exact: Float32, scale: Float32, shown: Float32
    ) -> None:
        from adn.twin.compiled import measure

        exact, scale = exact.reshape(len(exact), -1), scale.reshape(len(exact), -1)
        low, high = self._low.reshape(-1), self._high.reshape(-1)
        rows, done, minutes = shown.reshape(len(shown), -1), 0, np.array(which)
        while done < len(rows):
            starts, within = self.runs.starts(tick + done)
            end = min(len(rows), done + RUN - within)
            some = slice(done, end)
            pool = self.runs.pool
            measure(pool, starts, within, minutes[some], exact, scale, low, high, rows[some])
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
        self._past: list[tuple[Millis, Present]] = []

    def changed(self, at: Millis, performance: Performance, state: State) -> None:
        """Take in that from `at` on the network performs so."""
        past = self._past
        if past and past[-1][0] == at:
            past.pop()
        past.append((at, (performance, state)))
        while len(past) > 1 and past[1][0] <= at - self._longest:
            del past[0]

    def frame(
        self,
        number: int,
        at: Millis,
        reporting: Bools,
        runs: Ints,
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
        interval = one.block.interval
        tick = at // interval
        present = self._steady(one, at, runs)
        if present is None:
            one.measure(tick, [0], [self._averaged(one, at, runs)])
            one.of = [None]
        elif not one.known(tick, [present]):
            count = min(self.ahead, max(1, 1 + (steady_until - at) // interval))
            one.measure_each(tick, [present] * count)
        frame = one.frames[tick - one.first]
        if not reporting.all():
            shown = np.where(reporting[one.reporter], frame.values, np.float32(np.nan))
            shown.flags.writeable = False
            return replace(frame, values=shown)
        return frame

    def foresee(self, number: int, tick: int, presents: Sequence[Present]) -> int:
        """Measure ticks before they come; return of how many on end it is known what they show.

        Args:
            number: Which of `blocks`.
            tick: The first.
            presents: How the network will perform all through each of them, one object a minute.
        """
        one = self._instruments[number]
        known = one.known(tick, presents)
        if not known and presents:
            one.measure_each(tick, presents[: self.ahead])
            known = len(one.of)
        return known

    def foreseen(self, number: int, tick: int, count: int) -> tuple[list[TelemetryFrame], Float32]:
        """Return the frames of ticks that are known, and their values end to end."""
        one = self._instruments[number]
        place = tick - one.first
        return one.frames[place : place + count], one.ready[place : place + count]

    def holds(self, number: int, frame: TelemetryFrame) -> bool:
        """Whether a frame is one of those that were measured at one go last."""
        one = self._instruments[number]
        place = frame.measured_at // one.block.interval - one.first
        return 0 <= place < len(one.frames) and one.frames[place] is frame

    @property
    def present(self) -> tuple[Millis, Present]:
        """Since when the network performs as it does, and how."""
        return self._past[-1]

    def _steady(self, one: _Instruments, at: Millis, runs: Ints) -> Present | None:
        """Return what the network was like all through the interval up to `at`, if it was."""
        last = self._last(at)
        held = self._past[last]
        if (held[0] <= at - one.block.interval or not last) and not self._computing(one, runs):
            return held[1]
        return None

    def _computing(self, one: _Instruments, runs: Ints) -> bool:
        return one.block.table == "element" and bool(runs.any())

    def _last(self, at: Millis) -> int:
        last = len(self._past) - 1
        while last and self._past[last][0] >= at:
            last -= 1
        return last

    def _averaged(self, one: _Instruments, at: Millis, runs: Ints) -> list[Floats]:
        """Return what there is to measure of an interval in which something has changed."""
        past, begin = self._past, at - one.block.interval
        first = last = self._last(at)
        while first and past[first][0] > begin:
            first -= 1
        held = [one.columns(row[1]) for row in past[first : last + 1]]
        ends = [past[k + 1][0] for k in range(first, last)] + [at]
        spans = [
            end - max(begin, row[0]) for end, row in zip(ends, past[first : last + 1], strict=True)
        ]
        means = [_mean(list(columns), spans) for columns in zip(*held, strict=True)]
        return _loaded(one.block, means, runs if self._computing(one, runs) else 0)


def _loaded(block: Block, means: list[Floats], runs: Ints | int) -> list[Floats]:
    """Return columns to which the load of the control plane is added."""
    return [
        mean + CPU_IDLE + CPU_PER_RUN * runs if row.name == "cpu" else mean
        for row, mean in zip(block.kpis, means, strict=True)
    ]


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
