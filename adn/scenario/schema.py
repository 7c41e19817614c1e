"""The models of a scenario file: every key, its meaning, its unit and its default.

Defaults without a published source are assumptions; those that are durations say so in the file's
own way and are counted by `Scenario.assumed_timings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from adn.base.clock import MINUTE
from adn.base.levels import Task
from adn.base.sampling import ASSUMPTION, Timing
from adn.scenario.controlspec import ControlPlaneEntry
from adn.scenario.distributions import SCENARIO
from adn.scenario.disturbancespec import DisturbanceEntry
from adn.scenario.expectations import Expectations
from adn.scenario.faultspec import FaultEntry, KindEntry
from adn.scenario.loopspec import Loop
from adn.scenario.mannerspec import refuse_disagreement
from adn.scenario.naturalspec import OR_NATURAL, Natural
from adn.scenario.operationsspec import Operations
from adn.scenario.parts import Part, Slug, Text, contradiction
from adn.scenario.reportingspec import Alarms, Telemetry, Tickets
from adn.scenario.servicespec import ServiceClass
from adn.scenario.topologyspec import Topology
from adn.scenario.units import (
    Duration,
    PositiveDuration,
    Share,
    TimeOfDay,
    refusal,
    shown,
)
from adn.topology.national import METRO, NATIONAL
from adn.topology.specs import LEAF_SPINE

FORMAT: Final = 1


def _task(value: Any) -> Task:
    letters = [task.value for task in Task]
    if value not in letters:
        raise refusal("SCN017", f"{shown(value)} is no task; write one of {', '.join(letters)}")
    return Task(value)


def _format(value: Any) -> Any:
    if value != FORMAT or isinstance(value, bool):
        raise refusal("SCN017", f"format {shown(value)} is not known; this adn reads adn: {FORMAT}")
    return value


FormatNumber = Annotated[int, BeforeValidator(_format)]
TaskLetter = Annotated[Task, BeforeValidator(_task)]


class Clock(Part):
    """How long the run lasts and when it starts."""

    duration: PositiveDuration = Field(description="Length of the run, warm-up included.")
    warmup: Duration = Field(
        15 * MINUTE, description="Time to learn what is normal; nothing is scored."
    )
    starts: TimeOfDay = Field(0, description="Local time of day at the start; drives the traffic.")

    @model_validator(mode="after")
    def _warm_in_time(self) -> Clock:
        if self.warmup >= self.duration:
            raise contradiction("the warm-up fills the whole run", "warmup", code="SCN025")
        return self


_DayFactor = Annotated[float, Field(ge=0, le=10)]


class Traffic(Part):
    """How demand runs through the day, the week and the years."""

    profile: Literal["flat", "evening", "business"] = Field("flat", description="Daily profile.")
    week: tuple[_DayFactor, ...] | None = Field(
        None,
        min_length=7,
        max_length=7,
        description="Factor of each day of the week at its noon, Monday first, linear in between; "
        "all days alike.",
    )
    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        Field("monday", description="Day of the week at the start.")
    )
    growth: Share = Field(0.0, description="By what share demand grows a year, compound.")
    scale: float = Field(1.0, gt=0, le=100, description="Factor on every demand.")
    variation: Share = Field(0.05, description="Random variation of each demand.")


class Reality(Part):
    """How far the world is from what is stated of it."""

    deviation: Share = Field(
        0.0,
        le=0.5,
        description="True rates and lengths of links, demands, timers and delays lie up to this "
        "share off what operations are told.",
    )


class Targets(Part):
    """The clocks that are to be met."""

    detect: PositiveDuration = Field(MINUTE, description="To the opening of an incident.")
    locate: PositiveDuration = Field(3 * MINUTE, description="To the right suspect on top.")
    restore: PositiveDuration = Field(5 * MINUTE, description="To service within its limits.")
    counted: Literal["from-onset", "per-phase"] = Field(
        "from-onset", description="Whether the clocks add up or restart; both are reported."
    )


class Scenario(Part):
    """One incident on one network, and what is promised about it."""

    adn: FormatNumber = Field(description="Format of the file: 1.")
    name: Slug = Field(description="Name; results cite it as name@version.")
    version: int = Field(ge=1, le=10**6, description="Raised when the scenario's numbers change.")
    title: Text = Field(description="One line for people.")
    about: str = Field("", description="What happens and why it is instructive.")
    tags: tuple[Slug, ...] = Field((), description="Words to find it by.")
    domain: Literal["data-centre", "ip-wan", "campus", "optical", "mobile"] | None = Field(
        None,
        description="Whose network it is; levels are earned by domain. `data-centre` for a "
        "fabric, else `ip-wan`.",
    )
    inapplicable: Mapping[TaskLetter, Text] = Field(
        {},
        description="Tasks that cannot apply here, each with the reason, such as "
        '`F: "a cut gives no warning"`; said before the run, or they count.',
    )
    clock: Clock = Field(description=str(Clock.__doc__))
    topology: Topology = Field(description=str(Topology.__doc__))
    services: tuple[ServiceClass, ...] = Field(
        (), max_length=100, description="Classes of services; without any, three usual ones."
    )
    traffic: Traffic = Field(Traffic.model_validate({}), description=str(Traffic.__doc__))
    control_plane: ControlPlaneEntry = Field(
        ControlPlaneEntry.model_validate({}), description=str(ControlPlaneEntry.__doc__)
    )
    telemetry: Telemetry = Field(Telemetry.model_validate({}), description=str(Telemetry.__doc__))
    alarms: Alarms = Field(Alarms.model_validate({}), description=str(Alarms.__doc__))
    kinds: tuple[KindEntry, ...] = Field((), description="Fault kinds of this file's own.")
    reality: Reality = Field(Reality.model_validate({}), description=str(Reality.__doc__))
    tickets: Tickets = Field(Tickets.model_validate({}), description=str(Tickets.__doc__))
    faults: Annotated[tuple[FaultEntry, ...], OR_NATURAL] = Field(
        (),
        max_length=10_000,
        description="What goes wrong. `faults: {natural: {scale: 5}}` is `natural: {scale: 5}`.",
    )
    natural: Natural | None = Field(
        None, description=f"{Natural.__doc__} Goes with `faults:` or without."
    )
    disturbances: tuple[DisturbanceEntry, ...] = Field(
        (), max_length=1000, description="What happens and is no fault."
    )
    operations: Operations = Field(
        Operations.model_validate({}), description=str(Operations.__doc__)
    )
    loop: Loop = Field(Loop.model_validate({}), description=str(Loop.__doc__))
    targets: Targets = Field(Targets.model_validate({}), description=str(Targets.__doc__))
    expect: Expectations | None = Field(None, description=str(Expectations.__doc__))

    @model_validator(mode="after")
    def _slices_and_jobs_agree(self) -> Scenario:
        refuse_disagreement(self.services)
        return self

    @model_validator(mode="after")
    def _fabric_has_no_demands(self) -> Scenario:
        if self.topology.source in (METRO, NATIONAL) and self.services:
            message = "an area brings its own services; drop 'services'"
            raise contradiction(message, "services")
        if self.topology.source != LEAF_SPINE:
            return self
        if not self.services:
            raise contradiction(
                "which services? a fabric has no demands of its own; write services: with from, "
                "to and demand",
                "topology",
                "source",
                code="SCN015",
            )
        for number, service in enumerate(self.services):
            if service.share is not None:
                raise contradiction(
                    "a fabric has no demands to share; write from, to and demand",
                    "services",
                    number,
                    "share",
                )
        return self

    @model_validator(mode="after")
    def _areas_of_a_federation(self) -> Scenario:
        if self.topology.is_federation:
            return self
        for table in ("faults", "disturbances"):
            for number, entry in enumerate(getattr(self, table)):
                if entry.area is not None:
                    message = "an 'area' is one of a federation; this is one network"
                    raise contradiction(message, table, number, "area")
        return self

    @property
    def of_domain(self) -> str:
        """Whose network it is, by its own word or by where the network comes from."""
        usual = "data-centre" if self.topology.source == LEAF_SPINE else "ip-wan"
        return self.domain or usual

    def timings(self) -> Iterator[Timing]:
        """Yield every distribution of the scenario, defaults included."""
        yield self.telemetry.delay.timing()
        yield self.alarms.delay.timing()
        yield self.tickets.delay.timing()
        for way in (self.telemetry, self.alarms):
            if way.late:
                yield way.lateness.timing()
        told = [entry.at.timing() for entry in self.disturbances]
        for fault in self.faults:
            told += [row for row in (fault.timing(), fault.lasting()) if row is not None]
        yield from (timing for timing in told if timing.source != SCENARIO)

    def assumed_timings(self) -> int:
        """Return how many distributions rest on assumptions."""
        return sum(timing.source == ASSUMPTION for timing in self.timings())
