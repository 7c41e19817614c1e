"""Natural failures of a scenario: which processes run on its network, and what they bring.

Everything is drawn by process and object name, so that an object, a process or a fault of the list
more or less shifts nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from pydantic import ValidationError

from adn.base.clock import DAY, SECOND, Millis
from adn.base.errors import Finding
from adn.base.streams import Key
from adn.faults.changes import expected_works, mishap, works
from adn.faults.kinds import FaultKind
from adn.faults.processes import Expected, arrivals, expected, lasting_part
from adn.faults.rates import Process, published_rates
from adn.scenario.marks import Source
from adn.scenario.naturalspec import Natural
from adn.scenario.reader import LoadedScenario, refused
from adn.scenario.schema import Clock, Scenario
from adn.scenario.targets import PlannedTarget
from adn.scenario.units import either, shown
from adn.topology.naming import closest
from adn.topology.network import Network
from adn.twin.disturbances import Outage

MAINTENANCE: Final = "maintenance"
"""What `only` and `without` call the maintenance process."""
_LAST: Final = 1_000_000
"""Index of natural failures among the faults: after all entries of the list."""


@dataclass(frozen=True, slots=True)
class NaturalPlan:
    """What natural processes bring in one run.

    Attributes:
        faults: Failures, those that changes cause included, by time.
        works: Announced maintenance, by time; ids are given later.
    """

    faults: tuple[PlannedTarget, ...] = ()
    works: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class NaturalOutlook:
    """What natural processes are expected to bring in the scored part of a run, before any seed.

    Attributes:
        scale: Factor on how often.
        days: Length of the stretch.
        processes: Every process, with its share.
        works: Pieces of announced work.
        mishaps: Faults that work causes.
        mishaps_open: Of them open at a time, if repaired as published.
    """

    scale: float
    days: float
    processes: tuple[Expected, ...]
    works: float
    mishaps: float
    mishaps_open: float

    @property
    def arrivals(self) -> float:
        """Expected number of faults."""
        return sum(row.arrivals for row in self.processes) + self.mishaps

    @property
    def concurrent(self) -> float:
        """Expected number of faults open at a time: rate times duration (Little's law)."""
        return sum(row.concurrent for row in self.processes) + self.mishaps_open

    def as_json(self) -> dict[str, Any]:
        """Return the object of manifests and scorecards."""
        total = self.arrivals or 1.0
        return {
            "scale": self.scale,
            "days": round(self.days, 4),
            "expected_faults": round(self.arrivals, 3),
            "expected_open": round(self.concurrent, 4),
            "passing_share": round(sum(row.passing for row in self.processes) / total, 4),
            "shared_share": round(sum(row.shared for row in self.processes) / total, 4),
            "changed_share": round(self.mishaps / total, 4),
            "expected_works": round(self.works, 3),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return every process with its figures, for tables."""
        processes = published_rates().processes
        return [
            {
                "process": row.process,
                "kind": row.kind,
                "objects": row.objects,
                "expected_faults": round(row.arrivals, 4),
                "expected_open": round(row.concurrent, 5),
                "mark": processes[row.process].mark,
            }
            for row in self.processes
            if row.objects
        ]


def processes_of(scenario: Scenario) -> dict[str, Process]:
    """Return the processes that run in a scenario, by name; none without `natural:`."""
    natural = scenario.natural
    if natural is None:
        return {}
    here = "data-centre" if scenario.of_domain == "data-centre" else "wide-area"
    return {
        name: row
        for name, row in sorted(published_rates().processes.items())
        if row.network in (None, here)
        and row.fibre in (None, natural.fibre)
        and _chosen(natural, name, row.kind)
    }


def _chosen(natural: Natural, *names: str) -> bool:
    wanted = natural.only is None or any(name in natural.only for name in names)
    return wanted and not any(name in natural.without for name in names)


def _maintained(natural: Natural) -> bool:
    return natural.maintenance and _chosen(natural, MAINTENANCE)


def _window(natural: Natural, clock: Clock) -> tuple[Millis, Millis]:
    begin = clock.warmup if natural.from_ is None else max(natural.from_, clock.warmup)
    end = clock.duration if natural.until is None else min(natural.until, clock.duration)
    return begin, max(begin, end)


def outlook(loaded: LoadedScenario, network: Network) -> NaturalOutlook | None:
    """Return what to expect of a scenario's natural failures; None if it has none."""
    scenario, rates = loaded.scenario, published_rates()
    natural = scenario.natural
    if natural is None:
        return None
    begin, end = _window(natural, scenario.clock)
    span, scale = end - begin, natural.scale
    rows = [
        expected(network, name, rates, span, scale)
        for name, row in processes_of(scenario).items()
        if span
    ]
    if not natural.passing:
        rows = [lasting_part(row, rates) for row in rows]
    count = mishaps = 0.0
    if _maintained(natural) and span:
        count = expected_works(network, rates.maintenance, span, scale)
        mishaps = count * rates.maintenance.mishap
    handled = rates.durations["handled"].timing().mean()
    held = mishaps * handled / span if span else 0.0
    return NaturalOutlook(scale, span / DAY, tuple(rows), count, mishaps, held)


def resolve_natural(loaded: LoadedScenario, network: Network, key: Key) -> NaturalPlan:
    """Return what natural processes bring in a run.

    Args:
        loaded: The scenario.
        network: The network as it really is.
        key: What everything is drawn from.

    Raises:
        ScenarioError: There would be too many failures.
    """
    scenario, rates = loaded.scenario, published_rates()
    natural = scenario.natural
    if natural is None:
        return NaturalPlan()
    begin, end = _window(natural, scenario.clock)
    faults: list[PlannedTarget] = []
    for name, process in processes_of(scenario).items():
        try:
            found = arrivals(network, name, rates, key, end, natural.scale)
        except OverflowError as error:
            finding = loaded.finding(("natural", "scale"), "SCN018", str(error))
            raise refused([finding]) from None
        kind = loaded.kinds[process.kind]
        for one in found:
            if one.at >= begin and (natural.passing or not one.passing):
                lasts = one.down if one.passing else None
                params = _defaults(kind) | dict(one.params)
                faults.append(PlannedTarget(_LAST, kind, one.target, one.at, params, lasts))
    planned: list[Outage] = []
    if _maintained(natural):
        for outage, fault in _maintenance(loaded, network, key.child(MAINTENANCE), (begin, end)):
            planned.append(outage)
            faults += [fault] if fault else []
    faults.sort(key=lambda one: (one.at, one.kind.name, one.target))
    return NaturalPlan(tuple(faults), tuple(planned))


def _maintenance(
    loaded: LoadedScenario, network: Network, key: Key, window: tuple[Millis, Millis]
) -> Iterator[tuple[Outage, PlannedTarget | None]]:
    """Yield every piece of work that fits into the window, and what it breaks, if anything."""
    process, clock = published_rates().maintenance, loaded.scenario.clock
    scale = cast("Natural", loaded.scenario.natural).scale
    drained, (begin, end) = process.drained * SECOND, window
    for work in works(network, process, key, clock.starts, end, scale):
        if work.at - drained < begin or work.at + work.span >= end:
            continue
        yield (
            Outage(
                "",
                "maintenance",
                "element",
                work.element,
                work.at,
                work.span,
                drained=drained,
                announced=process.announced * SECOND,
            ),
            broken_by(
                loaded,
                network,
                (work.element,),
                (work.at, work.span),
                process.mishap,
                process.kinds,
                key.child(f"mishap/{work.element}/{work.nth}"),
            ),
        )


def broken_by(
    loaded: LoadedScenario,
    network: Network,
    touched: tuple[str, ...],
    when: tuple[Millis, Millis],
    chance: float,
    kinds: Mapping[str, float],
    key: Key,
) -> PlannedTarget | None:
    """Return the fault that some work causes, if it causes one.

    Args:
        loaded: The scenario.
        network: The network as it really is.
        touched: The elements that are worked on.
        when: When the work begins, and for how long it lasts.
        chance: That something breaks.
        kinds: What may break, with weights.
        key: What everything is drawn from.
    """
    known = {name: loaded.kinds[name] for name in kinds}
    found = mishap(network, touched, *when, chance, kinds, known, key.stream("mishap"))
    if found is None:
        return None
    at = min(found.at, loaded.scenario.clock.duration - 1)
    return PlannedTarget(_LAST, found.kind, found.target, at, _defaults(found.kind))


def _defaults(kind: FaultKind) -> dict[str, float]:
    return {name: held.default for name, held in sorted(kind.parameters.items())}


def contradictions(data: Mapping[str, Any], source: Source) -> list[Finding]:
    """Return the names in `natural:` that are of nothing, and times beyond the run."""
    raw = data.get("natural")
    if not isinstance(raw, dict):
        return []
    processes = published_rates().processes
    known = sorted({*processes, *(row.kind for row in processes.values()), MAINTENANCE})
    findings = []
    for key in ("only", "without"):
        held = raw.get(key)
        for number, name in enumerate(held if isinstance(held, tuple) else ()):
            if isinstance(name, str) and name not in known:
                near = closest(name, known)
                rest = "" if near else f"; there are {either(known)}"
                message = f"nothing fails by itself as {shown(name)}{rest}"
                path = ("natural", key, number)
                findings.append(source.finding(path, "SCN017", message, hint=near))
    try:
        clock, natural = Clock.model_validate(data.get("clock")), Natural.model_validate(raw)
    except ValidationError:
        return findings  # the first pass has told of it
    for key, at in (("from", natural.from_), ("until", natural.until)):
        if at is not None and at > clock.duration:
            message = "the run is over before that"
            findings.append(source.finding(("natural", key), "SCN025", message))
    return findings
