"""Departures: series that are away from their baselines, sample by sample as they are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adn.base.clock import Millis
from adn.northbound.post import Candidate
from adn.northbound.telemetry import Table

RECENT: Final = 3
"""How many of its latest samples the value of a departure is the mean of."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A series that is away from its baseline.

    Attributes:
        table: Which objects.
        object: Id of the object.
        kpi: Name of the KPI.
        value: Mean of the latest samples (three at most) since it departed, the KPI's unit.
        mean: Its baseline.
        spread: Its standard deviation, at least the KPI's floor.
        z: Latest (value − mean) / spread, positive the way that is worse.
        ticks: For how many consecutive ticks it has been away.
        first_at: Measurement time of the first sample away, simulated ms.
        last_at: Measurement time of the latest sample away, simulated ms.
    """

    table: Table
    object: str
    kpi: str
    value: float
    mean: float
    spread: float
    z: float
    ticks: int
    first_at: Millis
    last_at: Millis


@dataclass(frozen=True, slots=True)
class Track:
    """The samples of one departure so far.

    Attributes:
        latest: The latest sample away.
        first_at: Measurement time of the first sample away, simulated ms.
        last_at: Measurement time of the latest sample away, simulated ms.
        values: The latest samples, oldest first.
    """

    latest: Candidate
    first_at: Millis
    last_at: Millis
    values: tuple[float, ...]

    def followed(self, row: Candidate, at: Millis) -> Track:
        """Return the track with one more sample."""
        return Track(row, self.first_at, at, (*self.values, row.value)[-RECENT:])

    def departure(self, table: Table) -> Departure:
        """Return the departure that the samples make."""
        return Departure(
            table=table,
            object=self.latest.object,
            kpi=self.latest.kpi,
            value=sum(self.values) / len(self.values),
            mean=self.latest.mean,
            spread=self.latest.spread,
            z=self.latest.z,
            ticks=self.latest.ticks,
            first_at=self.first_at,
            last_at=self.last_at,
        )
