"""What has been seen so far: read-only questions for whoever locates, plans and verifies.

The loop feeds the view (`see_…`); everyone else only asks. It holds observations and the loop's own
doings, never conclusions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adn.base.clock import Millis
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult
from adn.northbound.inventory import Inventory
from adn.northbound.post import Candidates, RollUp, SeriesReply
from adn.northbound.telemetry import Table
from adn.topology.network import Network


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


class View:
    """Everything observed up to `now`; a series that is not in a departure is healthy.

    Attributes:
        now: The present instant, simulated ms.
        inventory: The network as recorded.
        network: The same in columns.
        active_alarms: Alarms raised and not cleared, by alarm id, in order of arrival.
        alarm_arrivals: When each active alarm arrived, by alarm id.
        silent: Elements whose telemetry has stopped.
        rates: Offered rate of each service, bit/s: lately measured, else contracted.
        probes: Probes answered so far, each with its answer, oldest first.
        routes: Explicit paths that the loop has set, by service.
        limits: Admitted shares that the loop has set, by service.
        costs: Link costs that the loop has set, by link.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.now: Millis = 0
        self.inventory = inventory
        self.network = Network.from_rows(inventory.rows)
        self.active_alarms: Mapping[str, Alarm] = {}
        self.alarm_arrivals: Mapping[str, Millis] = {}
        self.silent: frozenset[str] = frozenset()
        self.rates: Mapping[str, float] = {
            row.id: row.demand_bps for row in self.network.rows.services
        }
        self.probes: Sequence[tuple[Command, CommandResult]] = ()
        self.routes: Mapping[str, tuple[str, ...]] = {}
        self.limits: Mapping[str, float] = {}
        self.costs: Mapping[str, int] = {}

    def departure(self, table: Table, name: str, kpi: str) -> Departure | None:
        """Return how a series departs from its baseline, or None where it does not."""
        raise NotImplementedError

    def departures(self, table: Table, kpi: str) -> Mapping[str, Departure]:
        """Return the departures of a KPI by object, sorted by object."""
        raise NotImplementedError

    def see_alarm(self, now: Millis, alarm: Alarm) -> None:
        """Take in an alarm or its clear."""
        raise NotImplementedError

    def see_candidates(self, now: Millis, seen: Candidates) -> None:
        """Take in the candidates of one frame."""
        raise NotImplementedError

    def see_rollup(self, now: Millis, seen: RollUp) -> None:
        """Take in a roll-up; its measured service rates become the offered rates."""
        raise NotImplementedError

    def see_series(self, now: Millis, seen: SeriesReply) -> None:
        """Take in raw series."""
        raise NotImplementedError

    def see_result(self, now: Millis, command: Command, result: CommandResult) -> None:
        """Take in the answer to a command; what was configured becomes known configuration."""
        raise NotImplementedError
