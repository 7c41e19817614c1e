"""The models of a scenario file: every key, its meaning, its unit and its default.

Defaults without a published source are assumptions; those that are durations say so in the file's
own way and are counted by `Scenario.assumed_timings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from adn.base.clock import MINUTE, SECOND
from adn.base.levels import Task
from adn.base.sampling import ASSUMPTION, Timing
from adn.scenario.areaspec import MetroEntry, NationalEntry
from adn.scenario.controlspec import ControlPlaneEntry
from adn.scenario.distributions import SCENARIO, Distribution, LogNormal, Uniform
from adn.scenario.disturbancespec import DisturbanceEntry
from adn.scenario.expectations import Expectations
from adn.scenario.fabricspec import FabricEntry
from adn.scenario.faultspec import FaultEntry, KindEntry
from adn.scenario.intervalspec import Intervals
from adn.scenario.loopspec import Loop
from adn.scenario.mannerspec import refuse_disagreement
from adn.scenario.mediaspec import ProtectionEntry
from adn.scenario.naturalspec import OR_NATURAL, Natural
from adn.scenario.operationsspec import Operations
from adn.scenario.parts import Name, Part, Slug, Text, contradiction
from adn.scenario.rimspec import BranchesEntry, EdgeEntry
from adn.scenario.servicespec import ServiceClass
from adn.scenario.units import (
    Angle,
    Duration,
    Frequency,
    Length,
    PositiveDuration,
    Rate,
    Share,
    TimeOfDay,
    refusal,
    shown,
)
from adn.topology.national import METRO, NATIONAL
from adn.topology.specs import LEAF_SPINE
from adn.twin.alarming import AGENT_RATE
from adn.twin.transporting import Carriage

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


def _soak(span: int) -> int:
    if span > 10 * SECOND:
        raise refusal("SCN018", "a soak time is at most 10s")
    return span


Soak = Annotated[Duration, AfterValidator(_soak)]
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


class SharedDuctEntry(Part):
    """A stretch of conduit that several links share."""

    name: Name = Field(description="Id of the duct.")
    links: tuple[Name, ...] = Field(min_length=1, description="Ids of the links in it.")
    length: Length = Field(description="Length they share, part of each link's own.")


class Management(Part):
    """Where the operations systems attach."""

    element: Name = Field(description="Id of the element.")


class Recorded(Part):
    """How wrong the inventory is that operations are given."""

    missing: Share = Field(0.0, description="Share of the links and ducts that it lacks.")
    extra: Share = Field(0.0, description="Links and ducts that do not exist, as a share.")
    miswired: Share = Field(0.0, description="Share of the links with a wrong end or duct.")
    misnamed: Share = Field(0.0, description="Share of the links and ducts with a wrong name.")

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Recorded:
        if self.missing + self.miswired + self.misnamed > 1:
            raise contradiction("more than all is wrong; these add up to 100% at most")
        return self


_NOT_OF_A_FABRIC: Final = frozenset(
    {
        "headroom",
        "total_demand",
        "parallel_links",
        "shared_duct_angle",
        "shared_duct_length",
        "shared_ducts",
        "edges",
        "branches",
    }
)


class Topology(Part):
    """The network: where it comes from, and the rules that fill what the source lacks."""

    source: Name | None = Field(
        None,
        description="A network by name: `topohub:topozoo/Abilene`, `leaf-spine`, `metro`, "
        "`national` (or use `file`).",
    )
    file: Text | None = Field(None, description="A GraphML file, relative to the scenario.")
    fabric: FabricEntry | None = Field(
        None, description="The fabric to build, with `source: leaf-spine`."
    )
    metro: MetroEntry | None = Field(
        None, description="The metro area to build, with `source: metro`."
    )
    national: NationalEntry | None = Field(
        None, description="The federation of areas, with `source: national`."
    )
    area: Name | None = Field(
        None, description="Only this area of a federation, such as `area-017` or `backbone`."
    )
    metric: Literal["length", "hops"] | None = Field(
        None,
        description="Cost of a link in routing, `length` or `hops`; hops for a fabric, else "
        "length.",
    )
    headroom: Share = Field(0.5, description="Largest share of a link's rate at healthy peak.")
    total_demand: Rate | None = Field(None, description="Sum of all demands; scales the matrix.")
    parallel_links: int = Field(1, ge=1, le=16, description="IP links per link of the source.")
    shared_duct_angle: Angle | None = Field(
        None, description="Links that leave a site within this angle share their first stretch."
    )
    shared_duct_length: Length = Field(5.0, description="Length of that first stretch.")
    shared_ducts: tuple[SharedDuctEntry, ...] = Field((), description="Ducts by hand.")
    protection: tuple[ProtectionEntry, ...] = Field(
        (), max_length=100, description="Links that have another way at the optical layer."
    )
    spare_fibres: int = Field(
        0, ge=0, le=1000, description="Fibre pairs kept dark in each duct, for shared protection."
    )
    edges: tuple[EdgeEntry, ...] = Field((), max_length=100, description="Elements at the rim.")
    branches: BranchesEntry | None = Field(None, description=str(BranchesEntry.__doc__))
    multipath: Literal["equal", "capacity"] = Field(
        "equal",
        description="Whether flows are hashed evenly over next hops of equal cost, or in "
        "proportion to the rates of their links.",
    )
    management: Management | None = Field(
        None, description="Where operations attach; the element with the most links."
    )
    recorded: Recorded = Field(
        Recorded.model_validate({}), description="How wrong the inventory is."
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Topology:
        if self.source is None and self.file is None:
            raise contradiction(
                "which network? write source: topohub:topozoo/Abilene, or file: NAME.graphml",
                code="SCN015",
            )
        if self.source is not None and self.file is not None:
            raise contradiction("'source' and 'file' both name a network; keep one", "file")
        if self.headroom == 0:
            raise contradiction("no headroom; write more than 0%", "headroom")
        if self.source != LEAF_SPINE and self.fabric is not None:
            raise contradiction(f"a 'fabric' is built with source: {LEAF_SPINE}", "fabric")
        if self.source == LEAF_SPINE:
            self._of_a_fabric()
        self._of_areas()
        return self

    def _of_areas(self) -> None:
        for source, key, example in (
            (METRO, "metro", "{elements: 400}"),
            (NATIONAL, "national", "{areas: 10, elements_per_area: 400}"),
        ):
            if self.source != source and getattr(self, key) is not None:
                raise contradiction(f"a '{key}' is built with source: {source}", key)
            if self.source == source and getattr(self, key) is None:
                message = f"which network? write {key}: {example}"
                raise contradiction(message, "source", code="SCN015")
        if self.area is not None and self.source != NATIONAL:
            raise contradiction(f"areas are of a federation, source: {NATIONAL}", "area")
        if self.source in (METRO, NATIONAL):
            for key in sorted(self.model_fields_set & (_NOT_OF_A_FABRIC - {"headroom"})):
                raise contradiction(f"an area is built as it says, so '{key}' fills nothing", key)

    @property
    def is_federation(self) -> bool:
        """Whether this is many areas, played one by one, and not one network."""
        return self.source == NATIONAL and self.area is None

    def _of_a_fabric(self) -> None:
        if self.fabric is None:
            raise contradiction("which fabric? write fabric: {sites: [north, south]}", "source",
                                code="SCN015")  # fmt: skip
        for key in sorted(self.model_fields_set & _NOT_OF_A_FABRIC):
            raise contradiction(f"a fabric is built as it says, so '{key}' fills nothing", key)


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


class Telemetry(Part):
    """How measurements arrive."""

    delay: Distribution = Field(
        Uniform.model_validate(
            {"dist": "uniform", "low": "1s", "high": "4s", "source": ASSUMPTION}
        ),
        description="From the end of an interval to its arrival.",
    )
    intervals: Intervals = Field(
        Intervals.model_validate({}),
        description="How often each table reports all its KPIs.",
    )
    missing: Share = Field(0.002, description="Share of the reports that never arrive.")
    late: Share = Field(0.0, description="Share of the frames that come later than that.")
    lateness: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "1min", "p95": "10min", "source": ASSUMPTION}
        ),
        description="By how much; past 15s others have gone ahead and a frame is dropped.",
    )
    duplicated: Share = Field(0.0, description="Share of the frames that come twice.")
    mute: Share = Field(0.0, description="Share of time in which an element reports nothing.")
    mute_for: PositiveDuration = Field(2 * MINUTE, description="Length of such a silence.")
    counter_bits: Literal[32, 64] = Field(
        64,
        description="Width of ports' counters; what a 32-bit one may have wrapped in is a gap.",
    )

    def carriage(self) -> Carriage:
        """Return the same in the twin's own words."""
        return Carriage(
            late=self.late,
            lateness=self.lateness.timing(),
            doubled=self.duplicated,
            mute=self.mute,
            run=self.mute_for,
            counter_bits=self.counter_bits,
        )


class Alarms(Part):
    """How alarms arrive."""

    delay: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "1s", "p95": "4s", "source": ASSUMPTION}
        ),
        description="From the condition to the arrival of its alarm, soak apart.",
    )
    soak: Soak = Field(2 * SECOND, description="A condition must last so long; at most 10s.")
    lost: Share = Field(0.01, description="Share of the alarms that never arrive.")
    duplicated: Share = Field(0.02, description="Share of the alarms that arrive twice.")
    clock_skew: Duration = Field(500, description="Standard deviation of elements' clocks.")
    late: Share = Field(0.0, description="Share of the alarms that are held up on the way.")
    lateness: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "1min", "p95": "10min", "source": ASSUMPTION}
        ),
        description="By how much longer those take.",
    )
    agent_rate: float = Field(
        AGENT_RATE,
        gt=0,
        le=1e6,
        description="Alarms a second that an element sends; a second's worth leaves at once.",
    )
    client_layer: bool = Field(
        False, description="Whether services report their own outage besides: the alarm storm."
    )


class Reality(Part):
    """How far the world is from what is stated of it."""

    deviation: Share = Field(
        0.0,
        le=0.5,
        description="True rates and lengths of links, demands, timers and delays lie up to this "
        "share off what operations are told.",
    )


class Tickets(Part):
    """How customers complain."""

    background: Frequency = Field(
        6.0, description="Complaints that have nothing to do with the network."
    )
    propensity: Share = Field(
        5e-5,
        description="Share of a service's customers who complain per minute while it is at its "
        "worst; less while it is less bad.",
    )
    per_service: int = Field(
        3,
        ge=1,
        le=1000,
        description="At most so many tickets about one service in an hour; more are one and the "
        "same to the front office.",
    )
    delay: Distribution = Field(
        LogNormal.model_validate(
            {"dist": "lognormal", "median": "4min", "p95": "20min", "source": ASSUMPTION}
        ),
        description="From noticing to the arrival of the ticket.",
    )
    wrong_address: Share = Field(
        0.15, description="Share of the tickets that name another service or site."
    )
    vague: Share = Field(0.3, description="Share of the tickets that name no service.")


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
