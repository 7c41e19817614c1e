"""Things described: one of a kind for people and programs, and the JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from adn.base.clock import Millis
from adn.base.errors import AdnError, Finding
from adn.base.levels import AutonomyLevel, level_table
from adn.base.sampling import Timing
from adn.faults.kinds import FaultKind, ImpairmentSpec, built_in_kinds
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES
from adn.northbound.telemetry import KPIS
from adn.scenario import read
from adn.scenario.faultspec import Target
from adn.scenario.reader import LoadedScenario
from adn.scenario.schema import Scenario
from adn.scenario.servicespec import ServiceClass
from adn.scenario.units import write_unit
from adn.topology.naming import closest
from adn.twin.properties import PROPERTIES

Described = dict[str, Any]


def json_schema() -> Described:
    """Return the JSON Schema of scenario files, for editors that complete and check."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def describe(kind: str, name: str) -> Described:
    """Return all there is to say of one thing, as a JSON-like value.

    Args:
        kind: A key of `DESCRIBED`.
        name: Its name, as `adn list` has it.

    Raises:
        AdnError: There is no such kind or thing.
    """
    if kind not in DESCRIBED:
        message = f"nothing is called '{kind[:40]}'; one can show schema, {', '.join(DESCRIBED)}"
        raise AdnError(Finding("CLI001", message, hint=closest(kind, [*DESCRIBED, "schema"])))
    return DESCRIBED[kind](name)


def written(span: Millis | float) -> str:
    """Return a duration as a scenario would write it.

    >>> written(900_000), written(5_400_000), written(1500), written(0)
    ('15min', '1h 30min', '1s 500ms', '0s')
    """
    left, parts = round(span), []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        count, left = divmod(left, size)
        parts += [f"{count}{unit}"] if count else []
    parts += [f"{left}ms"] if left else []
    return " ".join(parts) or "0s"


def told_timing(timing: Timing) -> str:
    """Return a distribution in words.

    >>> told_timing(Timing("lognormal", 1000.0, 4000.0))
    'lognormal, median 1s, p95 4s (assumption)'
    """
    first, second = written(timing.first), written(timing.second)
    words = {
        "fixed": first,
        "uniform": f"uniform, {first} to {second}",
        "exponential": f"exponential, mean {first}",
        "lognormal": f"lognormal, median {first}, p95 {second}",
    }
    return f"{words[timing.dist]} ({timing.source})"


def told_instant(timing: Timing) -> str:
    """Return when something happens in words: a time, or the distribution it is drawn from."""
    return written(timing.first) if timing.dist == "fixed" else told_timing(timing)


def told_target(target: Target) -> str:
    """Return a target in words."""
    choice = target.choice
    if choice.id is not None:
        return f"{target.table} {choice.id}"
    filters = choice.model_dump(exclude={"id", "pick"}, exclude_none=True, by_alias=True)
    said = [f"{key} {_listed(value)}" for key, value in filters.items()]
    return f"{choice.pick} {target.table} picked by the seed" + "".join(f", {one}" for one in said)


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _told_traffic(row: ServiceClass) -> str:
    """Return what the traffic of a class of services is."""
    if row.share is not None:
        return f"{100 * row.share:g}% of demand"
    ends = [
        end.element or " ".join(word for word in (end.site, end.role, "groups") if word)
        for end in (row.from_, row.to)
        if end is not None
    ]
    count = "all" if row.pairs is None else f"{row.pairs}"
    near = {"any": "", "same": " at the same site", "other": " at different sites"}[row.locality]
    rate = f"{(row.demand or 0.0) / 1e9:g}Gbit/s"
    return f"{rate} from {' to '.join(ends)}{near}, {count} pairs"


def _scenario(name: str) -> Described:
    loaded = read(name)
    scenario = loaded.scenario
    topology, clock = scenario.topology, scenario.clock
    return {
        "name": scenario.name,
        "version": scenario.version,
        "title": scenario.title,
        "about": " ".join(scenario.about.split()),
        "tags": list(scenario.tags),
        "file": loaded.file,
        "digest": loaded.digest,
        "level": str(scenario.operations.level),
        "duration": written(clock.duration),
        "warmup": written(clock.warmup),
        "starts": f"{clock.starts // 3_600_000:02d}:{clock.starts // 60_000 % 60:02d}",
        "network": topology.source or topology.file,
        "areas": _areas(loaded),
        "services": [
            f"{row.kind}: {_told_traffic(row)}, latency {row.sla.latency:g}ms, "
            f"loss {100 * row.sla.loss:g}%, availability {100 * row.sla.availability:g}%"
            for row in scenario.services
        ],
        "faults": [
            {
                "kind": fault.kind.name,
                "at": told_instant(fault.at),
                "count": None if fault.count == 1 else fault.count,
                "for": None if fault.lasts is None else told_instant(fault.lasts),
                "target": told_target(fault.target),
                "with": {
                    key: write_unit(value, fault.kind.parameters[key].unit)
                    for key, value in fault.params.items()
                },
            }
            for fault in loaded.faults
        ],
        "natural": _natural(loaded),
        "disturbances": [
            {"kind": entry.kind, "at": told_instant(entry.at.timing()), "for": written(entry.for_)}
            for entry in scenario.disturbances
        ],
        "targets": {
            key: written(getattr(scenario.targets, key)) for key in ("detect", "locate", "restore")
        }
        | {"counted": scenario.targets.counted},
        "timings": [told_timing(timing) for timing in scenario.timings()],
        "timings_assumed": scenario.assumed_timings(),
    }


def _areas(loaded: LoadedScenario) -> list[Described] | None:
    """Return the areas of a federation by kind; none of them is built."""
    if not loaded.scenario.topology.is_federation:
        return None
    from adn.scenario.federation import Federation

    return Federation.of(loaded).rows()


def _natural(loaded: LoadedScenario) -> Described | None:
    """Return what is expected of natural failures, process by process."""
    from adn.scenario.natural import outlook
    from adn.scenario.topology import build_scenario_network

    if loaded.scenario.natural is None:
        return None
    if loaded.scenario.topology.is_federation:  # what each area is for itself to say
        return {"scale": loaded.scenario.natural.scale}
    found = outlook(loaded, build_scenario_network(loaded))
    return None if found is None else {**found.as_json(), "processes": found.rows()}


def _fault(name: str) -> Described:
    kind = _known(name, "fault kind", built_in_kinds())
    return datasheet(kind)


def datasheet(kind: FaultKind) -> Described:
    """Return the datasheet of a fault kind."""
    sheet = kind.model_dump(mode="json")
    for row, impairment in zip(sheet["impairments"], kind.impairments, strict=True):
        row["value"] = _told_value(impairment)
    sheet["parameters"] = {
        name: {
            "says": held.says,
            "default": write_unit(held.default, held.unit),
            "low": write_unit(held.low, held.unit),
            "high": write_unit(held.high, held.unit),
            "source": held.source,
        }
        for name, held in kind.parameters.items()
    }
    return sheet


def _told_value(impairment: ImpairmentSpec) -> str:
    """Return how much a condition changes, with its unit; a factor has none."""
    value = impairment.value
    if isinstance(value, str):
        return value
    if impairment.op == "scale":
        return f"{value:g}"
    return write_unit(value, PROPERTIES[impairment.property].unit)


def _command(name: str) -> Described:
    kind = _known(name, "command", command_kinds())
    return {
        "name": kind.name,
        "says": kind.says,
        "target": kind.target,
        "use": kind.use,
        "performed_by": kind.performed_by,
        "reversible": kind.reversible,
        "risk": kind.risk,
        "params": dict(kind.params),
        "time": {
            key: written(1000 * value) if isinstance(value, int | float) else value
            for key, value in kind.time.items()
        },
        "fails": dict(kind.fails),
    }


def _level(name: str) -> Described:
    levels = {level.value: level for level in AutonomyLevel}
    level, table = _known(name, "level", levels), level_table()
    words = {"H": "people", "HS": "people and system", "S": "system"}
    return {
        "name": level.value,
        "tasks": {
            f"{task.value} {table.names[task]}": words[table.performer(task, level).value]
            for task in table.names
        },
    }


def _problem(name: str) -> Described:
    row = _known(name, "problem class", PROBLEM_CLASSES)
    return {"name": row.name, "object": row.object_type, "domain": row.domain, "says": row.says}


def _property(name: str) -> Described:
    row = _known(name, "property", PROPERTIES)
    return {
        "name": row.key,
        "says": row.says,
        "healthy": write_unit(row.healthy, row.unit),
        "low": write_unit(row.low, row.unit),
        "high": write_unit(row.high, row.unit),
        "part": row.part,
    }


def _kpi(name: str) -> Described:
    kpi = _known(name, "KPI", {f"{kpi.table}.{kpi.name}": kpi for kpi in KPIS})
    return {
        "name": name,
        "says": kpi.says,
        "unit": kpi.unit,
        "interval": written(kpi.interval_ms),
        "worse": kpi.worse,
        "noise": f"{kpi.noise:g}{' of the value' if kpi.relative else ''} (assumption)",
        "floor": kpi.floor,
    }


def _known(name: str, what: str, known: Mapping[str, Any]) -> Any:
    if name in known:
        return known[name]
    rest = "" if closest(name, known) else f"; there are {', '.join(known)}"
    message = f"unknown {what} '{name[:40]}'{rest}"
    raise AdnError(Finding("CLI002", message, hint=closest(name, known)))


DESCRIBED: Final[Mapping[str, Callable[[str], Described]]] = {
    "scenario": _scenario,
    "fault": _fault,
    "command": _command,
    "level": _level,
    "problem": _problem,
    "property": _property,
    "kpi": _kpi,
}
"""What can be shown, one of a kind."""
