"""What has been seen so far: read-only questions for whoever locates, plans and verifies.

The loop feeds the view (`see_…`); everyone else only asks. It holds observations and the loop's own
doings, never conclusions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Final

import numpy as np

from adn.base.clock import MINUTE, SECOND, Millis
from adn.closedloop.announcing import Announcements
from adn.closedloop.departing import Departure, Track
from adn.closedloop.knowledge.recorded import sound
from adn.closedloop.paths import ServicePaths
from adn.closedloop.silence import Silence
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult, command_kinds
from adn.northbound.inventory import Inventory
from adn.northbound.post import (
    Candidate,
    Candidates,
    MaintenanceNotice,
    RollUp,
    Series,
    SeriesReply,
    Ticket,
)
from adn.northbound.telemetry import KPIS, Roster, Table, kpi, kpis_of
from adn.topology.network import Floats, Network

LATE: Final[Millis] = 8 * SECOND
"""How late a frame may be before a series not heard of counts as back to normal (assumption)."""
_LOST: Final = 0.9
"""Above this share lost, what is delivered tells nothing of what is offered."""

FULL: Final = 0.9
"""Load from which on a link counts as full: queues grow without a fault (assumption)."""

PROMPT: Final[Millis] = 10 * SECOND
"""A report on an interval no longer than this tells of the present as a whole (assumption)."""

DARK_AGAIN: Final[Millis] = MINUTE
"""An element that was dark longer ago than this is dark anew."""

SeriesKey = tuple[Table, str, str]


class View:
    """Everything observed up to `now`; a series that is not in a departure is healthy.

    Attributes:
        now: The present instant, simulated ms.
        inventory: The network as recorded.
        network: The sound part of it, in columns.
        active_alarms: Alarms raised and not cleared, by alarm id, in order of arrival.
        alarm_arrivals: When each active alarm arrived, by alarm id.
        seen_alarms: Every alarm ever raised, by alarm id.
        silent: Elements that are dark: their telemetry has stopped, and alarms bear it out.
        tickets: Customers' complaints, oldest first.
        paths: The recorded paths of services.
        probes: Probes answered so far, each with its answer, oldest first.
        routes: Explicit paths that the loop has set, by service.
        limits: Admitted shares that the loop has set, by service.
        costs: Link costs that the loop has set, by link.
        drained: Elements that the loop has drained.
        metrics: Link costs as elements said they are, where neither records nor loop set them.
        underway: Changes by the system that were sent and not answered, each with when, by id.
        doings: Commands that were carried out, probes left out, each with its answer.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.now: Millis = 0
        self.inventory = inventory
        self.network: Network = sound(inventory.rows).network
        self.active_alarms: Mapping[str, Alarm] = {}
        self.alarm_arrivals: Mapping[str, Millis] = {}
        self.seen_alarms: dict[str, Alarm] = {}
        self.silent: frozenset[str] = frozenset()
        self.tickets: Sequence[Ticket] = ()
        self._rates: Mapping[str, float] | None = None
        self._offered: Floats | None = None
        self.probes: Sequence[tuple[Command, CommandResult]] = ()
        self.routes: Mapping[str, tuple[str, ...]] = {}
        self.limits: Mapping[str, float] = {}
        self.costs: Mapping[str, int] = {}
        self.drained: frozenset[str] = frozenset()
        self.metrics: Mapping[str, int] = {}
        self.underway: Mapping[str, tuple[Command, Millis]] = {}
        self.doings: Sequence[tuple[Command, CommandResult]] = ()
        self._rosters: dict[Table, tuple[str, ...]] = {}
        self._intervals: dict[Table, Millis | None] = {}
        self._tracks: dict[SeriesKey, Track] = {}
        self._measured: dict[Table, Millis] = {}
        self._series: dict[SeriesKey, Series] = {}
        self._silence = Silence(self.network)
        self._announcements = Announcements(self.network)
        self.paths = ServicePaths(self.network)
        self._dark: dict[str, tuple[Millis, Millis]] = {}
        self._service_ends = {row.id: (row.a, row.z) for row in self.network.rows.services}
        self._recorded_costs = {row.id: row.cost for row in self.network.rows.links}
        self._ends = {row.id: frozenset({row.a, row.z}) for row in self.network.rows.links}

    @property
    def rates(self) -> Mapping[str, float]:
        """Offered rate of each service, bit/s: lately measured, else contracted."""
        if self._rates is None:
            self._rates = {row.id: row.demand_bps for row in self.network.rows.services}
        if self._offered is not None:
            known = np.flatnonzero(~np.isnan(self._offered))
            names, offered = self.roster("service"), self._offered[known].tolist()
            measured = {names[row]: rate for row, rate in zip(known.tolist(), offered, strict=True)}
            self._rates, self._offered = {**self._rates, **measured}, None
        return self._rates

    @rates.setter
    def rates(self, rates: Mapping[str, float]) -> None:
        self._rates, self._offered = rates, None

    @property
    def unheard(self) -> frozenset[str]:
        """Elements whose telemetry has stopped; the collector may have lost it."""
        return self._silence.unheard

    @property
    def notices(self) -> tuple[MaintenanceNotice, ...]:
        """What was announced, in order of arrival."""
        return self._announcements.notices

    def announced(self, name: str, now: Millis) -> bool:
        """Return whether an object is being worked on, or a service ends at what is."""
        return self._announcements.covers(name, now)

    def maintained(self, now: Millis) -> bool:
        """Return whether any announced maintenance is under way."""
        return bool(self._announcements.in_force(now))

    def led_round(self, service: str, now: Millis) -> bool:
        """Return whether a service's recorded paths cross what is being worked on."""
        network = self.network
        crossed = (network.links[row] for row in self.paths.links.get(service, ()))
        return self.maintained(now) and any(self.announced(name, now) for name in crossed)

    def full_links(self) -> frozenset[int]:
        """Return the rows of the links that are full or drop what is too much."""
        network = self.network
        return frozenset(
            network.directions.row(name) // 2
            for kpi, least in (("utilisation", FULL), ("discards", 0.0))
            for name, row in self.departures("direction", kpi).items()
            if name in network.directions and row.value > least
        )

    def worked_on(self, name: str, start: Millis, end: Millis) -> bool:
        """Return whether an object was announced to be worked on at any time of a span."""
        return self._announcements.covered(name, start, end)

    def hurt_about(self, service: str, at: Millis, within: Millis) -> bool:
        """Return whether telemetry has shown that a service was bad, at a time or within a span.

        It departed from normal then, or an end of it was dark.
        """
        tracks = [
            self._tracks.get(("service", service, kpi)) for kpi in ("loss", "latency", "rate")
        ]
        spans = [(track.first_at, track.last_at) for track in tracks if track]
        spans += [
            self._dark[end] for end in self._service_ends.get(service, ()) if end in self._dark
        ]
        return any(first - within <= at <= last + within for first, last in spans)

    def ends_dark(self, service: str) -> bool:
        """Return whether an end of a service is dark now."""
        return any(end in self.silent for end in self._service_ends.get(service, ()))

    def cut_off(self) -> frozenset[str]:
        """Return the services that end at what is dark."""
        return frozenset(name for name in self._service_ends if self.ends_dark(name))

    def departure(self, table: Table, name: str, measure: str) -> Departure | None:
        """Return how a series departs from its baseline, or None where it does not."""
        track = self._tracks.get((table, name, measure))
        return track.departure(table) if track and self._lasts(table, track) else None

    def departures(self, table: Table, measure: str) -> Mapping[str, Departure]:
        """Return the departures of a KPI by object, sorted by object."""
        return {
            name: self._tracks[table, name, measure].departure(table)
            for name in sorted(
                key[1]
                for key, track in self._tracks.items()
                if key[0] == table and key[2] == measure and self._lasts(table, track)
            )
        }

    def series(self, table: Table, name: str, measure: str) -> Series | None:
        """Return the samples of a series that were last asked for, or None."""
        return self._series.get((table, name, measure))

    def roster(self, table: Table) -> tuple[str, ...]:
        """Return the objects that report in a table, as they say themselves."""
        return self._rosters.get(table, ())

    def interval(self, table: Table, name: str) -> Millis:
        """Return how often a KPI of a table is reported."""
        return self._intervals.get(table) or kpi(table, name).interval_ms

    @property
    def lag(self) -> Millis:
        """How much longer than a prompt one the interval is that services report on.

        For so much longer what is over may still be read in a mean.
        """
        longest = max(self.interval("service", name) for name in ("loss", "latency"))
        return max(0, longest - PROMPT)

    def frequent(self, table: Table) -> tuple[str, ...]:
        """Return the KPIs of a table that are reported most often, in catalogue order."""
        if self._intervals.get(table) is not None:
            return tuple(row.name for row in KPIS if row.table == table)
        least = min(row.interval_ms for row in KPIS if row.table == table)
        return tuple(row.name for row in kpis_of(table, least))

    def narrowed(
        self,
        alarm: Callable[[Alarm], Alarm | None],
        departure: Callable[[SeriesKey], SeriesKey | None],
        silence: Callable[[str], bool],
        probe: Callable[[Command, CommandResult], CommandResult | None],
        told: Iterable[tuple[SeriesKey, Candidate]] = (),
    ) -> View:
        """Return a view of this instant that holds only what each of the four lets through.

        `told` are departures that somebody found by hand.
        """
        seen = copy(self)
        shown = {name: alarm(row) for name, row in sorted(self.active_alarms.items())}
        seen.active_alarms = {name: row for name, row in shown.items() if row is not None}
        seen.alarm_arrivals = {name: self.alarm_arrivals[name] for name in seen.active_alarms}
        seen.seen_alarms = dict(seen.active_alarms)
        seen.silent = frozenset(name for name in sorted(self.silent) if silence(name))
        keys = ((departure(key), key) for key in sorted(self._tracks))
        seen._tracks = {
            new: replace(self._tracks[key], latest=replace(self._tracks[key].latest, object=new[1]))
            for new, key in keys
            if new is not None
        }
        seen._measured = dict(self._measured)
        for key, row in told:
            seen._measured.setdefault(key[0], self.now)
            seen._tracks.setdefault(key, Track(row, self.now, self.now, (row.value,)))
        answers = ((command, probe(command, result)) for command, result in self.probes)
        seen.probes = tuple((command, held) for command, held in answers if held is not None)
        return seen

    def _lasts(self, table: Table, track: Track) -> bool:
        lost = self._silence.unheard - self.silent
        if lost and track.latest.object in self._silence.rows(table):
            return True  # what the collector lost is as it was last heard of
        interval = self.interval(table, track.latest.kpi)
        passed_over = self._measured[table] >= track.last_at + 2 * interval
        return not passed_over and self.now < track.last_at + 2 * interval + LATE

    def see_roster(self, now: Millis, seen: Roster) -> None:
        """Take in which objects report."""
        self.now = now
        self._rosters[seen.table] = seen.ids
        self._intervals[seen.table] = seen.interval
        if seen.table == "direction":
            self._silence.by_both_ends = seen.interval is not None

    def see_alarm(self, now: Millis, alarm: Alarm) -> None:
        """Take in an alarm or its clear; a repeated notification changes nothing."""
        self.now = now
        active, arrivals = dict(self.active_alarms), dict(self.alarm_arrivals)
        if alarm.is_clear:
            active.pop(alarm.alarm_id, None)
            arrivals.pop(alarm.alarm_id, None)
        else:
            self.seen_alarms.setdefault(alarm.alarm_id, alarm)
            active.setdefault(alarm.alarm_id, alarm)
            arrivals.setdefault(alarm.alarm_id, now)
        self.active_alarms, self.alarm_arrivals = active, arrivals
        if self._silence.unheard:
            self.silent = self._silence.dark(active.values())

    def see_ticket(self, now: Millis, ticket: Ticket) -> None:
        """Take in a customer's complaint."""
        self.now = now
        self.tickets = (*self.tickets, ticket)

    def see_notice(self, now: Millis, notice: MaintenanceNotice) -> None:
        """Take in that maintenance was announced."""
        self.now = now
        self._announcements.add(notice)

    def see_candidates(self, now: Millis, seen: Candidates) -> None:
        """Take in the candidates of one frame."""
        self.now = now
        table, at = seen.table, seen.measured_at
        self._measured[table] = max(at, self._measured.get(table, 0))
        for row in seen.rows:
            key = (table, row.object, row.kpi)
            before = self._tracks.get(key)
            if before is None or row.ticks == 1 or not self._lasts(table, before):
                self._tracks[key] = Track(row, at, at, (row.value,))
            else:
                self._tracks[key] = before.followed(row, at)
        if self._silence.see(table, at, frozenset(seen.silent)):
            self.silent = self._silence.dark(self.active_alarms.values())
        for name in self.silent:
            first, last = self._dark.get(name, (at, at))
            self._dark[name] = (first if at - last <= DARK_AGAIN else at, at)

    def see_rollup(self, now: Millis, seen: RollUp) -> None:
        """Take in a roll-up; its measured service rates become the offered rates."""
        self.now = now
        if seen.table != "service" or "rate" not in seen.kpis:
            return
        names = self.roster("service")
        rate = seen.mean[seen.kpis.index("rate")].astype(np.float64)
        lost = np.zeros(len(rate))
        if "loss" in seen.kpis:
            lost = seen.mean[seen.kpis.index("loss")].astype(np.float64)
        tells = (rate > 0) & (lost < _LOST)
        if self.limits:
            tells &= np.array([name not in self.limits for name in names], dtype=bool)
        before = np.full(len(names), np.nan) if self._offered is None else self._offered
        kept = np.where(tells, 1.0 - np.maximum(0.0, lost), 1.0)
        self._offered = np.where(tells, rate / kept, before)

    def see_series(self, now: Millis, seen: SeriesReply, offered_before: Millis = 0) -> None:
        """Take in raw series; rates measured before an instant become the offered rates."""
        self.now = now
        rates = dict(self.rates)
        for row in seen.series:
            self._series[row.table, row.object, row.kpi] = row
            if (row.table, row.kpi) == ("service", "rate") and offered_before:
                held = [
                    value
                    for at, value in zip(row.measured_at, row.values, strict=True)
                    if at < offered_before and value > 0
                ]
                if held:
                    rates[row.object] = sum(held) / len(held)
        self.rates = rates

    def see_order(self, now: Millis, command: Command) -> None:
        """Take in that a command was sent."""
        self.now = now
        kind = command_kinds()[command.kind]
        if kind.use != "probe" and kind.performed_by == "system":
            self.underway = {**self.underway, command.id: (command, now)}

    def see_result(self, now: Millis, command: Command, result: CommandResult) -> None:
        """Take in the answer to a command; what was configured becomes known configuration."""
        self.now = now
        self.underway = {k: v for k, v in self.underway.items() if k != command.id}
        if command_kinds()[command.kind].use == "probe":
            self.probes = (*self.probes, (command, result))
            self._read_metrics(result.measurement.get("costs", {}))
        elif result.ok:
            self.doings = (*self.doings, (command, result))
            self._configure(command)

    def _configure(self, command: Command) -> None:
        params = command.params
        if command.kind == "steer-services":
            routes = dict(self.routes) | {s: tuple(p) for s, p in params["routes"].items()}
            self.routes = {name: path for name, path in sorted(routes.items()) if path}
        elif command.kind == "limit-services":
            limits = dict(self.limits) | {s: float(x) for s, x in params["shares"].items()}
            self.limits = {name: share for name, share in sorted(limits.items()) if share < 1.0}
        elif command.kind == "drain-element":
            alone = frozenset({command.target})
            self.drained = self.drained | alone if params["drained"] else self.drained - alone
        elif command.kind == "rollback-configuration":
            own = set(self.network.links_of(command.target))
            self.metrics = {n: c for n, c in self.metrics.items() if n not in own}
        elif command.kind == "set-link-cost":
            self.metrics = {n: c for n, c in self.metrics.items() if n != command.target}
            costs = dict(self.costs) | {command.target: int(params["cost"])}
            recorded = self._recorded_costs
            self.costs = {n: c for n, c in sorted(costs.items()) if c != recorded.get(n)}

    def _read_metrics(self, costs: Mapping[str, int]) -> None:
        """Keep what an element says its links cost, where that is not as it should be."""
        metrics = dict(self.metrics)
        for name, cost in sorted(costs.items()):
            metrics.pop(name, None)
            ends = self._ends.get(name, frozenset())
            planned = self.costs.get(name, self._recorded_costs.get(name, cost))
            if cost != planned and not ends & self.drained:
                metrics[name] = int(cost)
        self.metrics = metrics
