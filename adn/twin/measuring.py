"""Measuring: from noise-free performance to what the elements report, interval by interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adn.base import noise
from adn.base.clock import SECOND, Millis
from adn.base.streams import Key, hash32
from adn.northbound.telemetry import KPIS, Kpi, Roster, Table, TelemetryFrame, kpis_of
from adn.topology.network import Bools, Floats, Network
from adn.twin.departures import noise_free
from adn.twin.performance import Performance
from adn.twin.state import State

TAIL: Final = 5.0
"""Degrees of freedom of measurement noise: Student's t, heavier than normal (assumption)."""
MEMORY: Final = 0.5
"""Correlation of a series' noise from one sample to the next (assumption)."""
CPU_IDLE: Final = 0.15
"""Control-plane load of an idle element (assumption)."""
CPU_PER_RUN: Final = 0.02
"""Load that one shortest-path run in a minute adds (assumption)."""

RECEIVED: Final = frozenset({"errors", "rx-power", "pre-fec-ber", "osnr"})
"""KPIs of a direction that its receiving end measures."""

BLOCKS: Final[tuple[tuple[Table, Millis], ...]] = tuple(
    sorted({(row.table, row.interval_ms) for row in KPIS}, key=lambda block: (block[1], block[0]))
)
"""The (table, interval) pairs that are reported, in order."""


def rosters(network: Network) -> tuple[Roster, ...]:
    """Return which objects report in each table."""
    names: dict[Table, tuple[str, ...]] = {
        "service": network.services.ids,
        "direction": network.directions.ids,
        "element": network.elements.ids,
    }
    return tuple(Roster(table, ids) for table, ids in names.items())


@dataclass
class _Mean:
    """A running time-average of one KPI's column over its interval."""

    total: Floats
    weight: Floats

    def add(self, values: Floats, span: Millis) -> None:
        there = np.isfinite(values)
        self.total[there] += values[there] * span
        self.weight[there] += span

    def take(self) -> Floats:
        held = self.weight > 0
        mean: Floats = np.where(held, self.total / np.where(held, self.weight, 1.0), np.nan)
        self.total[:] = 0.0
        self.weight[:] = 0.0
        return mean


class Measuring:
    """Averages performance over each reporting interval and adds what instruments add."""

    def __init__(self, network: Network, key: Key, missing: float) -> None:
        self._network, self._missing = network, missing
        self._means: dict[tuple[str, str], _Mean] = {}
        self._series: dict[tuple[str, str], npt.NDArray[np.uint32]] = {}
        self._error: dict[tuple[str, str], npt.NDArray[np.float32]] = {}
        self._key, self._gap_key = key.word("telemetry/noise"), key.word("telemetry/gaps")
        for roster in rosters(network):
            for row in KPIS:
                if row.table == roster.table:
                    n = len(roster.ids)
                    names = [hash32(f"{row.table}/{name}/{row.name}") for name in roster.ids]
                    self._series[row.table, row.name] = np.array(names, dtype=np.uint32)
                    self._means[row.table, row.name] = _Mean(np.zeros(n), np.zeros(n))
                    self._error[row.table, row.name] = np.zeros(n, dtype=np.float32)

    def add(self, performance: Performance, state: State, span: Millis) -> None:
        """Take in that the network performed so for `span` milliseconds."""
        if span <= 0:
            return
        for name, values in noise_free(performance, state).items():
            self._means[name].add(values, span)

    def frame(
        self,
        table: Table,
        interval: Millis,
        at: Millis,
        state: State,
        managed: Bools,
        runs: npt.NDArray[np.int64],
    ) -> TelemetryFrame:
        """Return what the objects of a table report at the end of an interval.

        Args:
            table: Which objects.
            interval: Which of the table's intervals.
            at: End of the interval.
            state: The state now; dark elements do not report.
            managed: Elements that can reach the operations systems, shape (n,).
            runs: Shortest-path runs of each element in the last minute, shape (n,).
        """
        rows = kpis_of(table, interval)
        tick = at // (10 * SECOND)
        reporting = managed & state.element_up
        values = []
        for row in rows:
            mean = self._means[table, row.name].take()
            if row.name == "cpu":
                mean = mean + CPU_IDLE + CPU_PER_RUN * runs
            measured = self._disturb(row, mean, tick)
            measured[~reporting[reporter_of(self._network, row)]] = np.nan
            series = self._series[table, row.name]
            gone = noise.uniform(self._gap_key, series, tick) < np.float32(self._missing)
            measured[gone] = np.nan
            values.append(measured)
        stacked = np.array(values, dtype=np.float32)
        stacked.flags.writeable = False
        return TelemetryFrame(at, table, tuple(row.name for row in rows), stacked)

    def _disturb(self, row: Kpi, mean: Floats, tick: int) -> npt.NDArray[np.float32]:
        """Return the measured column: the mean plus autocorrelated, heavy-tailed error."""
        name = (row.table, row.name)
        fresh = noise.standard(self._key, self._series[name], tick, TAIL)
        rest = np.float32(np.sqrt(1.0 - MEMORY**2))
        error = np.float32(MEMORY) * self._error[name] + rest * fresh
        self._error[name] = error
        exact = mean.astype(np.float32)
        size = np.float32(row.noise)
        measured = exact * (1 + size * error) if row.relative else exact + size * error
        if row.unit in {"ratio", "bps", "ms"}:
            measured = np.maximum(measured, np.float32(0.0))
        if row.unit == "ratio":
            measured = np.minimum(measured, np.float32(1.0))
        return measured.astype(np.float32)


def reporter_of(network: Network, row: Kpi) -> npt.NDArray[np.int64]:
    """Return the element row that reports each object: receivers see loss and light."""
    if row.table == "service":
        return network.service_z
    if row.table == "element":
        return np.arange(len(network.elements))
    return network.head if row.name in RECEIVED else network.tail
