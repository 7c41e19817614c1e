"""What there is to write into scenarios, as tables: fault kinds, commands, properties and more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adn.base.errors import ScenarioError
from adn.base.levels import AutonomyLevel, level_table
from adn.base.records import CATALOGUE
from adn.faults.kinds import built_in_kinds
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES
from adn.northbound.telemetry import KPIS
from adn.scenario import read
from adn.scenario.codes import CODES
from adn.scenario.distributions import DISTRIBUTIONS
from adn.scenario.expectations import MEASURES
from adn.scenario.library import known_scenarios
from adn.scenario.wording import keys_of
from adn.topology.sources import topohub_names
from adn.twin.properties import PROPERTIES

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A kind of thing that can be listed."""

    says: str
    rows: Callable[[], list[Row]]


def _scenarios() -> list[Row]:
    rows: list[Row] = []
    for name in known_scenarios():
        try:
            scenario = read(name).scenario
        except ScenarioError as error:
            title = f"cannot be used: {len(error.findings)} errors; adn check {name}"
            rows.append({"name": name, "version": None, "title": title, "tags": []})
        else:
            rows.append(
                {
                    "name": name,
                    "version": scenario.version,
                    "title": scenario.title,
                    "tags": list(scenario.tags),
                }
            )
    return rows


def _faults() -> list[Row]:
    return [
        {
            "name": kind.name,
            "target": kind.target,
            "domain": kind.domain,
            "problem": kind.problem,
            "parameters": list(kind.parameters),
            "says": kind.says,
        }
        for kind in built_in_kinds().values()
    ]


def _commands() -> list[Row]:
    return [
        {
            "name": kind.name,
            "target": kind.target,
            "use": kind.use,
            "by": kind.performed_by,
            "risk": kind.risk,
            "says": kind.says,
        }
        for kind in command_kinds().values()
    ]


def _levels() -> list[Row]:
    table = level_table()
    return [
        {"task": task.value, "name": table.names[task], "dimension": table.dimensions[task]}
        | {level.value: table.performer(task, level).value for level in AutonomyLevel}
        for task in table.names
    ]


def _kpis() -> list[Row]:
    return [
        {
            "name": f"{kpi.table}.{kpi.name}",
            "unit": kpi.unit,
            "interval_s": kpi.interval_ms / 1000,
            "worse": kpi.worse,
            "says": kpi.says,
        }
        for kpi in KPIS
    ]


def _problems() -> list[Row]:
    return [
        {"name": row.name, "object": row.object_type, "domain": row.domain, "says": row.says}
        for row in PROBLEM_CLASSES.values()
    ]


def _properties() -> list[Row]:
    return [
        {
            "name": row.key,
            "unit": row.unit,
            "healthy": row.healthy,
            "low": row.low,
            "high": row.high,
            "part": row.part,
            "says": row.says,
        }
        for row in PROPERTIES.values()
    ]


def _distributions() -> list[Row]:
    return [
        {
            "name": name,
            "parameters": [key for key in keys_of(model) if key not in ("dist", "source")],
            "says": first_line(model.__doc__),
        }
        for name, model in DISTRIBUTIONS.items()
    ]


def _measures() -> list[Row]:
    return [{"name": name, "written": unit} for name, unit in MEASURES.items()]


def _errors() -> list[Row]:
    return [{"code": code, "rule": rule} for code, rule in CODES.items()]


def _records() -> list[Row]:
    return [
        {"name": kind.name, "file": kind.file, "task": kind.task, "says": kind.says}
        for kind in CATALOGUE.values()
    ]


def _topologies() -> list[Row]:
    return [{"name": f"topohub:{name}"} for name in topohub_names()]


LISTINGS: Final[Mapping[str, Listing]] = {
    "scenarios": Listing("scenarios of the library", _scenarios),
    "faults": Listing("fault kinds that are built in", _faults),
    "commands": Listing("what operations may ask the network to do", _commands),
    "levels": Listing("who performs each task at each autonomy level", _levels),
    "kpis": Listing("what is measured", _kpis),
    "problems": Listing("what a suspect may be called", _problems),
    "properties": Listing("conditions that a fault may change", _properties),
    "distributions": Listing("distributions of durations", _distributions),
    "measures": Listing("what `expect:` may promise", _measures),
    "errors": Listing("codes of errors in scenario files", _errors),
    "records": Listing("records of the two logs", _records),
    "topologies": Listing("networks that come with the product", _topologies),
}


def first_line(text: str | None) -> str:
    """Return the first line of a docstring, without its full stop."""
    return (text or "").strip().split("\n")[0].removesuffix(".")
