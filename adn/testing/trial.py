"""A trial: one twin on a small network, watched instant by instant, with no loop beside it.

For tests of the world itself and for authors of fault kinds. The world is quiet unless told
otherwise: steady traffic, nothing missing, no alarm lost or doubled, clocks right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from adn.base.clock import SECOND, Millis
from adn.base.records import Record
from adn.base.sampling import Timing
from adn.base.streams import Key
from adn.faults.injector import Injector, PlannedFault
from adn.faults.kinds import FaultKind
from adn.northbound.alarms import Alarm
from adn.northbound.commands import Command, CommandResult
from adn.northbound.post import MaintenanceNotice, Ticket
from adn.northbound.telemetry import TelemetryFrame
from adn.topology.builder import NetworkBuilder
from adn.topology.elements import Duct, Link, Service, Sla
from adn.topology.filling import management_element
from adn.topology.network import Network
from adn.twin.alarming import Habits
from adn.twin.impairments import Impairment
from adn.twin.properties import PROPERTIES
from adn.twin.rhythm import Rhythm
from adn.twin.timers import Timers
from adn.twin.twin import Twin, World


def ring(
    n: int = 6,
    *,
    chords: Iterable[tuple[int, int]] = (),
    demand_bps: float = 100e6,
    prefix: str = "n",
) -> Network:
    """Return a ring of `n` elements, each link in a duct of its own, no two paths of equal cost.

    Every ordered pair of elements has a service ``s:a>z``, those two apart also an elastic one
    ``e:a>z``. Links carry 10 Gbit/s; lengths and costs grow as powers of two so that ties cannot
    be.

    Args:
        n: How many elements, 3..12.
        chords: Further links, as pairs of element numbers.
        demand_bps: Demand of each service, bit/s.
        prefix: What ids of elements begin with.

    >>> ring(3).links.ids
    ('n0~n1', 'n0~n2', 'n1~n2')
    """
    builder = NetworkBuilder(f"ring-{n}")
    names = [f"{prefix}{i}" for i in range(n)]
    for name in names:
        builder.add_element(name)
    pairs = [(i, (i + 1) % n) for i in range(n)] + [tuple(chord) for chord in chords]
    for number, (left, right) in enumerate(pairs):
        a, z = sorted((names[left], names[right]))
        duct = f"duct:{a}~{z}"
        cost = 1000 + 2**number
        builder.add_duct(Duct(duct, cost / 10.0))
        builder.add_link(Link(f"{a}~{z}", a, z, 10e9, cost / 10.0, cost, (duct,)))
    for i, a in enumerate(names):
        for j, z in enumerate(names):
            if i == j:
                continue
            builder.add_service(Service(f"s:{a}>{z}", "data", a, z, demand_bps, Sla(50.0, 0.005)))
            if (j - i) % n == 2:
                builder.add_service(
                    Service(f"e:{a}>{z}", "bulk", a, z, demand_bps, Sla(100.0, 0.5), elastic=True)
                )
    return builder.build()


def square(*, groups: int = 64, demand_bps: float = 1e9) -> Network:
    """Return four elements in a square of equal costs: two equal paths from ``a`` to ``d``."""
    builder = NetworkBuilder("square")
    for name in "abcd":
        builder.add_element(name)
    for a, z in ("ab", "ac", "bd", "cd"):
        duct = f"duct:{a}~{z}"
        builder.add_duct(Duct(duct, 100.0))
        builder.add_link(Link(f"{a}~{z}", a, z, 10e9, 100.0, 10, (duct,)))
    for a, z in ("ad", "da", "ab", "cd"):
        sla = Sla(50.0, 0.005)
        builder.add_service(
            Service(f"s:{a}>{z}", "data", a, z, demand_bps, sla, flow_groups=groups)
        )
    return builder.build()


def quiet_habits() -> Habits:
    """Return alarm habits without loss, doubling or skew: soak 2 s, clear after 5 s, 1 s to us."""
    return Habits(2 * SECOND, 5 * SECOND, Timing("fixed", 1 * SECOND), 0.0, 0.0, 0)


def quiet_world(
    network: Network,
    *,
    management: str | None = None,
    scale: float = 1.0,
    variation: float = 0.0,
    missing: float = 0.0,
    habits: Habits | None = None,
) -> World:
    """Return a world of steady traffic in which nothing is late by chance, missing or lost."""
    return World(
        management=management_element(network, management),
        rhythm=Rhythm("flat"),
        scale=scale,
        variation=variation,
        telemetry_delay=Timing("fixed", 2 * SECOND),
        missing=missing,
        habits=habits or quiet_habits(),
        timers=Timers(),
    )


class Trial:
    """A twin that is run for a test, and everything it said.

    Attributes:
        twin: The world.
        truths: What it wrote into the truth, in order.
        frames: Telemetry, as (arrival, frame).
        alarms: Alarms, as (arrival, alarm).
        results: Answers to commands, by id.
        told: Tickets and notices, as (arrival, what was said).
    """

    def __init__(
        self,
        network: Network,
        world: World | None = None,
        *,
        seed: int = 1,
        planned: Iterable[PlannedFault] = (),
    ) -> None:
        self.network = network
        self.truths: list[Record] = []
        self.frames: list[tuple[Millis, TelemetryFrame]] = []
        self.alarms: list[tuple[Millis, Alarm]] = []
        self.results: dict[str, CommandResult] = {}
        self.told: list[tuple[Millis, Ticket | MaintenanceNotice]] = []
        key = Key.root(seed).child("world")
        self.twin = Twin(
            network, world or quiet_world(network), key.child("twin"), self.truths.append
        )
        self.injector = Injector(self.twin, planned, key.child("faults"))
        self._numbers = count(1)

    @property
    def now(self) -> Millis:
        """The present instant."""
        return self.twin.clock.now

    def to(self, at: Millis) -> None:
        """Run up to and including an instant."""
        for _ in self.instants(at):
            pass

    def run(self, span: Millis) -> None:
        """Run for a while."""
        self.to(self.now + span)

    def instants(self, until: Millis) -> Iterator[Millis]:
        """Run up to and including `until`, stopping after every instant at which things happen."""
        while self.twin.next_event() <= until:
            at = self.twin.next_event()
            self._take(at)
            yield at
        self._take(until)

    def _take(self, at: Millis) -> None:
        for report in self.twin.advance(at):
            if isinstance(report, TelemetryFrame):
                self.frames.append((at, report))
            elif isinstance(report, Alarm):
                self.alarms.append((at, report))
            elif isinstance(report, CommandResult):
                self.results[report.command] = report
            else:
                self.told.append((at, report))

    def send(
        self, kind: str, target: str, params: Mapping[str, Any] | None = None, plan: str = ""
    ) -> str:
        """Submit a command now; return its id."""
        name = f"CMD-{next(self._numbers):04d}"
        self.twin.submit(self.now, Command(name, kind, target, params or {}, plan=plan))
        return name

    def do(self, kind: str, target: str, params: Mapping[str, Any] | None = None) -> str:
        """Submit a command and run until its answer; once more if the element did not comply."""
        while True:
            name = self.send(kind, target, params)
            while name not in self.results:
                self._take(self.twin.next_event())
            if not self.results[name].message.startswith("not carried out"):
                return name

    def impair(self, key: str, name: str, value: float, owner: str = "FLT-0001") -> Impairment:
        """Impair a condition by hand, outside any fault kind; return what was added."""
        prop = PROPERTIES[key]
        row = Impairment(f"{owner}/{key}/{name}", owner, key, name, "set", value, prop.part)
        self.twin.impair(row, "fault")
        return row

    def relieve(self, *rows: Impairment) -> None:
        """End impairments by hand."""
        self.twin.relieve(tuple(row.id for row in rows), "heal")

    def truth(self, kind: str, name: str | None = None) -> list[Record]:
        """Return the truth records of a kind, and of an id if one is given."""
        return [row for row in self.truths if row.kind == kind and name in (None, row.id)]


def plan_fault(
    kind: FaultKind,
    target: str,
    at: Millis,
    params: Mapping[str, float] | None = None,
    number: int = 1,
) -> PlannedFault:
    """Return a fault of a kind, its parameters at their defaults unless given."""
    values = {name: parameter.default for name, parameter in kind.parameters.items()}
    return PlannedFault(f"FLT-{number:04d}", kind, target, at, values | dict(params or {}))
