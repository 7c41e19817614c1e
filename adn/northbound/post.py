"""The post between the world and its operations: everything that may cross, either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from adn.base.clock import Millis
from adn.base.records import Record
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult, PlanNotice
from adn.northbound.telemetry import Roster, Table


@dataclass(frozen=True, slots=True)
class Candidate:
    """One series that departed from its baseline at one tick.

    Attributes:
        object: Id of the object.
        kpi: Name of the KPI.
        value: What was measured.
        mean: Its baseline (exponentially weighted).
        spread: Its standard deviation, at least the KPI's floor.
        z: (value − mean) / spread, positive the way that is worse.
        cusum: One-sided cumulative sum of z − drift.
        ticks: For how many consecutive ticks it has been a candidate.
    """

    object: str
    kpi: str
    value: float
    mean: float
    spread: float
    z: float
    cusum: float
    ticks: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of one frame; `silent` are objects that reported nothing."""

    measured_at: Millis
    table: Table
    rows: tuple[Candidate, ...]
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RollUp:
    """Mean and maximum of every series of a table over an interval.

    Attributes:
        start: Begin of the interval, simulated ms.
        end: End of the interval.
        table: Which objects; rows follow the roster.
        kpis: Names of the KPIs.
        mean: Shape (len(kpis), rows), float32, own memory, read-only; NaN if all was missing.
        peak: Same shape.
        complete: Share of the samples that arrived, 0..1.
    """

    start: Millis
    end: Millis
    table: Table
    kpis: tuple[str, ...]
    mean: npt.NDArray[np.float32]
    peak: npt.NDArray[np.float32]
    complete: float


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """A request for the latest samples of series, each (table, object, kpi)."""

    id: str
    series: tuple[tuple[Table, str, str], ...]
    samples: int


@dataclass(frozen=True, slots=True)
class Series:
    """The latest samples of one series, oldest first; NaN is a gap."""

    table: Table
    object: str
    kpi: str
    measured_at: tuple[Millis, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SeriesReply:
    """The answer to a `SeriesRequest`; series the collector does not know are left out."""

    request: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class WatchLimit:
    """When the collector passes a series on: departure in spreads, and its cumulative sum."""

    table: Table
    kpi: str
    z: float
    cusum: float


@dataclass(frozen=True, slots=True)
class WatchList:
    """What the collector is to watch, and from where on a departure is a candidate."""

    limits: tuple[WatchLimit, ...]


Complaint = Literal["unreachable", "slow", "choppy", "other"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer's complaint, in the words of TMF621 where it has them.

    Attributes:
        id: ``TCK-0001``, counted as they come in.
        description: What the customer says; often vague.
        complaint: The form's tick box, as good as the customer knows.
        since: When the customer says that it began, simulated ms.
        service: The service that the customer names as concerned, by its inventory id; empty if
            the customer could not say, and at times the wrong one.
        site: The place that the customer names; empty if none.
        severity: ``critical``, ``major`` or ``minor``, as the front office rates it.
    """

    id: str
    description: str
    complaint: Complaint
    since: Millis
    service: str = ""
    site: str = ""
    severity: str = "minor"


@dataclass(frozen=True, slots=True)
class MaintenanceNotice:
    """An announced change: what is going to be worked on, and when.

    Attributes:
        id: ``MNT-0001``.
        objects: Elements, links and ducts that may be taken out.
        start: From when, simulated ms.
        end: Until when.
        description: What is going to be done.
    """

    id: str
    objects: tuple[str, ...]
    start: Millis
    end: Millis
    description: str = ""


Observation = (
    Roster | Alarm | Candidates | RollUp | SeriesReply | CommandResult | Ticket | MaintenanceNotice
)
"""What goes up to operations."""

Message = Command | PlanNotice | SeriesRequest | WatchList | Record
"""What comes from operations: orders, change requests, questions, and lines for the log."""
