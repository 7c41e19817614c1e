"""Telemetry: the KPIs that are measured, and the frames that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from adn.base.clock import SECOND, Millis

Table = Literal["service", "direction", "link", "element"]


@dataclass(frozen=True, slots=True)
class Kpi:
    """One measured quantity.

    Attributes:
        name: Unique name.
        table: Which objects have it.
        unit: ``ratio``, ``ms``, ``bps``, ``dBm``, ``dB`` or ``log10``.
        interval_ms: How often it is reported.
        worse: Which way is trouble: ``up``, ``down`` or ``both``.
        noise: Standard deviation of the measurement, relative to the value where `relative`.
        relative: Whether `noise` scales with the value.
        floor: Smallest meaningful spread, in the KPI's unit; the detector's spread is never less.
        says: What it is, in one sentence.
    """

    name: str
    table: Table
    unit: str
    interval_ms: Millis
    worse: Literal["up", "down", "both"]
    noise: float
    relative: bool
    floor: float
    says: str


# Sizes of noise and floors are assumptions (see docs/limits.md); intervals follow common practice:
# streaming telemetry every 10 s, polled counters every 60 s.
KPIS: Final[tuple[Kpi, ...]] = (
    Kpi("loss", "service", "ratio", 10 * SECOND, "up", 1e-4, False, 2e-4, "lost share of traffic"),
    Kpi("latency", "service", "ms", 10 * SECOND, "up", 0.01, True, 0.2, "mean one-way latency"),
    Kpi("rate", "service", "bps", 10 * SECOND, "down", 0.03, True, 1e5, "delivered rate"),
    Kpi("utilisation", "direction", "ratio", 10 * SECOND, "both", 0.01, True, 0.02, "egress load"),
    Kpi("discards", "direction", "ratio", 10 * SECOND, "up", 5e-5, False, 2e-4, "queue drops"),
    Kpi("errors", "direction", "ratio", 60 * SECOND, "up", 1e-7, False, 1e-6, "receive errors"),
    Kpi("rx-power", "direction", "dBm", 60 * SECOND, "down", 0.05, False, 0.1, "received light"),
    Kpi(
        "pre-fec-ber",
        "direction",
        "log10",
        60 * SECOND,
        "up",
        0.05,
        False,
        0.15,
        "decimal logarithm of the bit error ratio before correction",
    ),
    Kpi("osnr", "direction", "dB", 60 * SECOND, "down", 0.1, False, 0.2, "light over its noise"),
    Kpi("cpu", "element", "ratio", 60 * SECOND, "up", 0.02, False, 0.03, "control-plane load"),
    Kpi(
        "table-use",
        "element",
        "ratio",
        60 * SECOND,
        "up",
        0.005,
        False,
        0.01,
        "share of the forwarding table in use",
    ),
)


def kpis_of(table: Table, interval_ms: Millis) -> tuple[Kpi, ...]:
    """Return the KPIs of a table that are reported at an interval, in catalogue order."""
    return tuple(k for k in KPIS if k.table == table and k.interval_ms == interval_ms)


def kpi(table: str, name: str) -> Kpi:
    """Return a KPI by table and name.

    Raises:
        KeyError: There is no such KPI.
    """
    for found in KPIS:
        if found.table == table and found.name == name:
            return found
    raise KeyError(f"{table}.{name}")


@dataclass(frozen=True, slots=True, eq=False)
class TelemetryFrame:
    """What the objects of one table reported for one interval.

    Attributes:
        measured_at: End of the interval, simulated ms.
        table: Which objects.
        kpis: Names of the KPIs, in the order of `values`.
        values: Shape (len(kpis), rows), float32, read-only. NaN is a gap: late, lost,
            or the element is cut off. Rows follow the `Roster` of the table.
    """

    measured_at: Millis
    table: Table
    kpis: tuple[str, ...]
    values: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Roster:
    """Which objects report in a table, in row order; sent once, at the start.

    Attributes:
        table: Of which table.
        ids: Their ids.
        interval: How often all their KPIs are reported, simulated ms; None: each as the catalogue
            says.
    """

    table: Table
    ids: tuple[str, ...]
    interval: Millis | None = None

    def interval_of(self, measured: Kpi) -> Millis:
        """Return how often a KPI of the table is reported, simulated ms."""
        return measured.interval_ms if self.interval is None else self.interval
