"""A ring of four elements, and a scripted world that answers a controller from canned values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

import pytest

from adn.base.clock import MINUTE, SECOND, Millis
from adn.base.levelplan import LevelPlan
from adn.base.levels import AutonomyLevel
from adn.base.records import Record
from adn.base.streams import Key
from adn.closedloop.controller import Briefing, Controller
from adn.northbound.alarms import Alarm, EventType, ProbableCause, Severity
from adn.northbound.commands import Command, CommandResult
from adn.northbound.inventory import Inventory
from adn.northbound.post import (
    Candidate,
    Candidates,
    Message,
    Observation,
    Series,
    SeriesReply,
    SeriesRequest,
)
from adn.northbound.telemetry import Roster
from adn.topology.elements import Duct, Link, NetworkElement, NetworkRows, Service, Sla
from adn.topology.network import Network

TICK = 10 * SECOND
WARMUP = 5 * MINUTE


def ring_rows() -> NetworkRows:
    ends = [("A", "B"), ("B", "C"), ("C", "D"), ("A", "D")]
    sla = Sla(50.0, 0.005)
    pairs = [("A", "B"), ("B", "A"), ("B", "C"), ("C", "D"), ("A", "D"), ("A", "C")]
    return NetworkRows(
        name="ring",
        elements=tuple(NetworkElement(name) for name in "ABCD"),
        ducts=tuple(Duct(f"duct:{a}~{z}", 100.0) for a, z in ends),
        links=tuple(Link(f"{a}~{z}", a, z, 1e10, 100.0, 10, (f"duct:{a}~{z}",)) for a, z in ends),
        services=tuple(Service(f"vpn:{a}>{z}", "vpn", a, z, 1e9, sla) for a, z in pairs),
    )


def briefing_of(level: AutonomyLevel | LevelPlan, duration: Millis = 60 * MINUTE) -> Briefing:
    key = Key.root(7).child("loop")
    return Briefing(Inventory(ring_rows(), "C"), LevelPlan.of(level), key, WARMUP, duration)


Reading = Callable[[Millis, str, str], float]


@dataclass
class ScriptedWorld:
    """Posts canned observations, carries out every command after a fixed time, answers questions.

    Attributes:
        readings: Value of (time, service, KPI) for whoever asks.
        durations: How long commands take, by kind.
        measurements: What probes measure, by kind.
        fails: Kinds of commands that fail, and how often still.
        done: Commands carried out, with when.
    """

    readings: Reading
    durations: Mapping[str, Millis] = field(default_factory=dict)
    measurements: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fails: dict[str, int] = field(default_factory=dict)
    done: list[tuple[Millis, Command]] = field(default_factory=list)
    post: list[tuple[Millis, int, Observation]] = field(default_factory=list)
    count: int = 0

    def send(self, at: Millis, seen: Observation) -> None:
        self.count += 1
        heappush(self.post, (at, self.count, seen))

    def carry(self, now: Millis, message: Message) -> None:
        if isinstance(message, Command):
            at = now + self.durations.get(message.kind, 4 * SECOND)
            ok = self.fails.get(message.kind, 0) <= 0
            self.fails[message.kind] = self.fails.get(message.kind, 0) - 1
            measured = self.measurements.get(message.kind, {})
            self.send(at, CommandResult(message.id, ok, at, "done", measured))
            if ok:
                self.done.append((at, message))
        elif isinstance(message, SeriesRequest):
            self.send(now + 500, self.answer(now, message))

    def answer(self, now: Millis, asked: SeriesRequest) -> SeriesReply:
        last = (now - 4 * SECOND) // TICK * TICK
        at = tuple(t for t in (last - TICK * i for i in range(asked.samples)[::-1]) if t > 0)
        rows = [
            Series(table, name, kpi, at, tuple(self.readings(t, name, kpi) for t in at))
            for table, name, kpi in asked.series
        ]
        return SeriesReply(asked.id, tuple(rows))

    def play(self, loop: Controller, until: Millis) -> list[tuple[Millis, Message]]:
        rows = ring_rows()
        loop.deliver(0, Roster("service", tuple(s.id for s in rows.services)))
        sent = [(0, message) for message in loop.advance(0)]
        while True:
            now = min(self.post[0][0] if self.post else until + 1, loop.next_event())
            if now > until:
                return sent
            while self.post and self.post[0][0] <= now:
                loop.deliver(now, heappop(self.post)[2])
            for message in loop.advance(now):
                sent.append((now, message))
                self.carry(now, message)


def candidate(name: str, value: float, ticks: int = 1, kpi: str = "loss") -> Candidate:
    mean, spread = (0.0, 2e-4) if kpi == "loss" else (10.0, 0.2)
    z = (value - mean) / spread
    return Candidate(name, kpi, value, mean, spread, z, min(z, 40.0), ticks)


def losses(at: Millis, names: list[str], value: float, ticks: int = 1) -> Candidates:
    return Candidates(at, "service", tuple(candidate(name, value, ticks) for name in names))


def alarm(
    number: int,
    name: str,
    at: Millis,
    cause: ProbableCause = ProbableCause.LOSS_OF_SIGNAL,
    severity: Severity = Severity.CRITICAL,
) -> Alarm:
    return Alarm(
        number,
        f"ALM-{number:06d}",
        name,
        "A",
        EventType.COMMUNICATIONS,
        cause,
        severity,
        at,
    )


def records(sent: list[tuple[Millis, Message]], kind: str = "") -> list[Record]:
    return [m for _, m in sent if isinstance(m, Record) and (not kind or m.kind == kind)]


class Bench:
    """What tests of the loop are made with."""

    briefing = staticmethod(briefing_of)
    world = ScriptedWorld
    losses = staticmethod(losses)
    candidate = staticmethod(candidate)
    alarm = staticmethod(alarm)
    records = staticmethod(records)


@pytest.fixture(scope="session")
def bench() -> Bench:
    return Bench()


@pytest.fixture(scope="session")
def ring() -> Network:
    return Network.from_rows(ring_rows())


@pytest.fixture(scope="session")
def inventory() -> Inventory:
    return Inventory(ring_rows(), "C")
