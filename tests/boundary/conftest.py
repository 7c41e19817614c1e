"""A short incident, run with both sides in one process and everything that crosses recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from adn.base.clock import MINUTE, Millis
from adn.base.levels import AutonomyLevel
from adn.closedloop.controller import Briefing, Controller
from adn.closedloop.loop import ClosedLoop
from adn.northbound.post import Message, Observation
from adn.scenario import read
from adn.session.assembly import Assembly, assemble
from adn.session.conductor import Conductor
from adn.session.run import Run, finish, play

CANARIES = ("quetzalcoatlus", "zwieback", "umbrageous", "flummox", "kaleidoscope", "gallimaufry")
"""Words that no network, protocol or program uses, planted in everything the loop must not see."""

ONSET = 6 * MINUTE
SCENARIO = """\
adn: 1
name: quetzalcoatlus
version: 1
title: A zwieback in the duct
about: The umbrageous digger comes after six minutes.
tags: [flummox]
clock: {{duration: 17min, warmup: 4min, starts: "19:00"}}
topology: {{source: topohub:topozoo/Abilene, recorded: {{misnamed: 10%}}}}
traffic: {{profile: evening}}
kinds:
  - name: {kind}
    says: A kaleidoscope of loss.
    target: {target}
    problem: {problem}
    impairments: [{{property: {property}, op: set, value: {value}}}]
faults:
  - {{kind: {kind}, at: 6min, target: {{{target}: {{pick: 1}}}}}}
"""


@dataclass(frozen=True)
class Fault:
    """What is filled in above."""

    kind: str = "gallimaufry"
    target: str = "duct"
    problem: str = "fibre-loss"
    property: str = "duct.attenuation"
    value: str = "60dB"


DIG = Fault()


class Tapped:
    """A controller that is listened to: what it is told, and what it says."""

    def __init__(self, inner: Controller) -> None:
        self.inner = inner
        self.up: list[Observation] = []
        self.down: list[Message] = []

    def next_event(self) -> Millis:
        """When the one inside next has something to do."""
        return self.inner.next_event()

    def deliver(self, now: Millis, seen: Observation) -> None:
        """Write down what goes up, and hand it on."""
        self.up.append(seen)
        self.inner.deliver(now, seen)

    def advance(self, now: Millis) -> Sequence[Message]:
        """Let the one inside act, and write down what comes down."""
        sent = self.inner.advance(now)
        self.down += sent
        return sent


@dataclass
class Lived:
    """A run and all that crossed in it."""

    assembly: Assembly
    tapped: Tapped
    run: Run


@dataclass
class Live:
    """A run that was stopped in the middle of an incident."""

    assembly: Assembly
    loop: Controller


@dataclass
class Incident:
    """Writes the short scenario and runs it."""

    folder: Path
    level: AutonomyLevel = AutonomyLevel.L4
    seed: int = 3
    canaries: tuple[str, ...] = CANARIES
    dig: Fault = DIG

    def scenario(self, fault: Fault) -> Path:
        """Write the scenario with this fault."""
        path = self.folder / "quetzalcoatlus.yml"
        path.write_text(SCENARIO.format_map(asdict(fault)), encoding="utf-8")
        return path

    def live(self, until: Millis) -> Live:
        """Run it up to an instant."""
        assembly = assemble(read(str(self.scenario(DIG))), self.level, self.seed)
        loop = ClosedLoop(assembly.briefing)
        Conductor(assembly.twin, loop, assembly.log, assembly.briefing.warmup).run(until)
        return Live(assembly, loop)

    def lived(
        self, fault: Fault | None = None, make: Callable[[Briefing], Controller] = ClosedLoop
    ) -> Lived:
        """Run it to the end."""
        assembly = assemble(read(str(self.scenario(fault or DIG))), self.level, self.seed)
        tapped = Tapped(make(assembly.briefing))
        play(assembly, tapped)
        return Lived(assembly, tapped, finish(assembly))


@pytest.fixture(scope="session")
def incident(tmp_path_factory) -> Incident:
    """Return what runs the short incident."""
    return Incident(tmp_path_factory.mktemp("incident"))


@pytest.fixture(scope="session")
def lived(incident) -> Lived:
    """Return the short incident, run to its end."""
    return incident.lived()


@pytest.fixture
def live(incident) -> Live:
    """Return the short incident, stopped a minute after the fault, while the loop works on it."""
    return incident.live(until=ONSET + MINUTE)
