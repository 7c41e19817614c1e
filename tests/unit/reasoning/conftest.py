"""A small network by hand, and a view on which anything may be put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from adn.closedloop.departing import Departure
from adn.closedloop.estimate import Estimate
from adn.closedloop.incident import IncidentSnapshot, Status
from adn.closedloop.view import View
from adn.northbound.alarms import Alarm, EventType, ProbableCause, Severity
from adn.northbound.commands import Command, CommandResult
from adn.northbound.inventory import Inventory
from adn.topology.elements import (
    Duct,
    Link,
    NetworkElement,
    NetworkRows,
    Service,
    Site,
    Sla,
    direction_ids,
)

NOW = 1_000_000
EDGES = (
    ("A", "B", ("d-AB",)),
    ("B", "C", ("d-BC", "d-shared")),
    ("C", "D", ("d-CD",)),
    ("D", "E", ("d-DE",)),
    ("E", "F", ("d-EF",)),
    ("F", "G", ("d-FG",)),
    ("G", "H", ("d-GH",)),
    ("A", "H", ("d-AH",)),
    ("B", "G", ("d-BG", "d-shared")),
    ("C", "F", ("d-CF",)),
)


def small_rows(name_of: Mapping[str, str] | None = None) -> NetworkRows:
    """Eight elements, ten links, two services for each ordered pair."""
    called = name_of or {}
    names = {letter: called.get(letter, letter) for letter in "ABCDEFGH"}
    ducts = sorted({duct for _, _, held in EDGES for duct in held})
    links = tuple(
        Link(
            id=f"{names[a]}~{names[z]}",
            a=names[a],
            z=names[z],
            capacity_bps=10e9,
            length_km=100.0 * len(held),
            cost=10,
            ducts=held,
        )
        for a, z, held in EDGES
    )
    services = tuple(
        Service(
            id=f"{kind}-{names[a]}-{names[z]}",
            kind=kind,
            a=names[a],
            z=names[z],
            demand_bps=rate,
            sla=Sla(latency_ms=50.0, loss=loss),
            customers=10,
            flow_groups=16,
            elastic=kind == "bulk",
        )
        for a in names
        for z in names
        if a != z
        for kind, rate, loss in (("voice", 50e6, 0.005), ("bulk", 150e6, 0.5))
    )
    return NetworkRows(
        name="small",
        sites=tuple(Site(f"site-{letter}") for letter in names),
        elements=tuple(
            NetworkElement(name, site=f"site-{letter}") for letter, name in names.items()
        ),
        ducts=tuple(Duct(duct, 100.0) for duct in ducts),
        links=links,
        services=services,
    )


class CannedView(View):
    """A view whose departures, alarms and probes are put in by hand."""

    def __init__(self, rows: NetworkRows, management: str = "A") -> None:
        super().__init__(Inventory(rows, management))
        self.now = NOW
        self._put: dict[tuple[str, str], dict[str, Departure]] = {}

    def departure(self, table, name, measure):
        return self._put.get((table, measure), {}).get(name)

    def departures(self, table, measure):
        return dict(sorted(self._put.get((table, measure), {}).items()))

    def depart(self, table, name, measure, value, mean=0.0, spread=2e-4):
        self._put.setdefault((table, measure), {})[name] = Departure(
            table, name, measure, value, mean, spread, (value - mean) / spread, 3,
            NOW - 30_000, NOW,
        )  # fmt: skip

    def raise_alarm(self, cause: ProbableCause, name: str, reporter: str) -> None:
        number = len(self.active_alarms) + 1
        alarm = Alarm(
            number, f"ALM-{number:06d}", name, reporter, EventType.COMMUNICATIONS,
            cause, Severity.MAJOR, NOW - 60_000,
        )  # fmt: skip
        self.active_alarms = {**self.active_alarms, alarm.alarm_id: alarm}

    def answer(self, kind: str, target: str, **measurement: object) -> None:
        number = len(self.probes) + 1
        command = Command(f"CMD-{number:04d}", kind, target, purpose="probe")
        result = CommandResult(command.id, True, NOW - 1_000, measurement=measurement)
        self.probes = (*self.probes, (command, result))

    # --- what the small network would show ---

    def lose_link(self, link: str) -> None:
        """Loss of signal at both ends and the adjacency lost."""
        row = self.network.rows.links[self.network.links.row(link)]
        for way in direction_ids(link, row.a, row.z):
            end = self.network.elements[int(self.network.head[self.network.directions.row(way)])]
            self.raise_alarm(ProbableCause.LOSS_OF_SIGNAL, way, end)
        self.raise_alarm(ProbableCause.ADJACENCY_DOWN, link, row.a)

    def lose_light(self, link: str) -> None:
        """Light gone both ways."""
        row = self.network.rows.links[self.network.links.row(link)]
        for way in direction_ids(link, row.a, row.z):
            self.depart("direction", way, "rx-power", -40.0, -5.0, 0.1)

    def lose_packets(self, direction: str, rate: float, shift: float = 0.0) -> None:
        """Losses of services as a lossy direction makes them, hashing drawn crudely."""
        estimate = Estimate.of(self.network)
        row = self.network.directions.row(direction)
        shares = np.asarray(estimate.shares()[:, [row]].todense()).ravel()
        for at in np.flatnonzero(shares).tolist():
            wobble = 1.0 + shift * (1 if at % 2 else -1) * (1.0 - shares[at])
            loss = float(shares[at]) * rate * wobble
            if loss > 1e-3:
                self.depart("service", self.network.services[at], "loss", loss)


def snapshot(objects: Iterable[str] = (), services: Iterable[str] = ()) -> IncidentSnapshot:
    return IncidentSnapshot(
        id="INC-0001",
        status=Status.OPEN,
        opened_at=NOW - 50_000,
        began_at=NOW - 150_000,
        severity="major",
        objects=tuple(sorted(objects)),
        services=tuple(sorted(services)),
    )


@pytest.fixture
def rows() -> NetworkRows:
    return small_rows()


@pytest.fixture
def view(rows: NetworkRows) -> CannedView:
    return CannedView(rows)


@pytest.fixture
def incident() -> IncidentSnapshot:
    return snapshot()


@pytest.fixture
def make_view():
    return CannedView


@pytest.fixture
def make_rows():
    return small_rows


@pytest.fixture
def broken_rows(rows: NetworkRows) -> NetworkRows:
    """Records with a link to nowhere, a lost duct, a doubled element and a lost service end."""
    links = (
        *(replace(row, ducts=("d-lost",)) if row.id == "C~D" else row for row in rows.links),
        Link("A~X", "A", "X", 10e9, 10.0),
    )
    return replace(
        rows,
        links=tuple(row for row in links if row.id != "A~B"),
        elements=(*rows.elements, NetworkElement("A")),
        services=(*rows.services, Service("lost", "voice", "A", "X", 1e6, Sla(10.0, 0.01))),
    )
