"""`docs/scenario-reference.md`, written from the models: every key, its default, its meaning."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from adn.scenario import (
    controlspec,
    distributions,
    disturbancespec,
    expectations,
    fabricspec,
    faultspec,
    loopspec,
    mediaspec,
    naturalspec,
    operationsspec,
    reportingspec,
    schema,
    servicespec,
    topologyspec,
)
from adn.scenario.catalogue import first_line
from adn.scenario.codes import CODES
from adn.scenario.expectations import MEASURES

_HEAD = """\
# Scenario files

Written from the models (`adn/scenario/`); do not edit.

A scenario is one YAML file. Unknown keys are errors; every quantity has a unit; every distribution
names its source, and `assumption` is a legal one that reports count. Anchors, aliases, tags and
duplicate keys are refused. Scalars are read as in YAML 1.2: `18:30`, `no` and `010` are text.

`adn check FILE` lists everything that is wrong with a file; `adn show schema` prints a JSON Schema
for editors.

| quantity | written |
|---|---|
| duration | `500ms`, `10s`, `5min`, `1h 30min`, `2d` |
| share | `3%`, `0.5%` |
| rate | `10Gbit/s`, `500Mbit/s` |
| frequency | `6/h`, `2/d` |
| length | `40km`, `300m` |
| angle | `25deg` |
| latency | `60ms`, `250us` |
| loss of light | `3dB` |
| time of day | `18:30` |
"""
_SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", schema.Scenario),
    ("clock", schema.Clock),
    ("topology", topologyspec.Topology),
    ("topology.shared_ducts[]", topologyspec.SharedDuctEntry),
    ("topology.protection[]", mediaspec.ProtectionEntry),
    ("topology.management", topologyspec.Management),
    ("topology.recorded", topologyspec.Recorded),
    ("topology.fabric", fabricspec.FabricEntry),
    ("topology.fabric.sites[]", fabricspec.SiteEntry),
    ("topology.fabric.inter_site", fabricspec.InterSite),
    ("services[]", servicespec.ServiceClass),
    ("services[].from, services[].to", servicespec.EndsEntry),
    ("services[].sla", servicespec.SlaEntry),
    ("traffic", schema.Traffic),
    ("control_plane", controlspec.ControlPlaneEntry),
    ("control_plane.carrier", controlspec.CarrierEntry),
    ("control_plane.back_off", controlspec.BackOffEntry),
    ("control_plane.damping", controlspec.DampingEntry),
    ("telemetry", reportingspec.Telemetry),
    ("alarms", reportingspec.Alarms),
    ("tickets", reportingspec.Tickets),
    ("faults[]", faultspec.FaultEntry),
    ("faults[].target", faultspec.Target),
    ("faults[].target.duct", faultspec.DuctChoice),
    ("faults[].target.link", faultspec.LinkChoice),
    ("faults[].target.direction", faultspec.DirectionChoice),
    ("faults[].target.element", faultspec.ElementChoice),
    ("faults[].target.card", faultspec.CardChoice),
    ("faults[].target.feed", faultspec.FeedChoice),
    ("natural", naturalspec.Natural),
    ("disturbances[]: flash-crowd", disturbancespec.FlashCrowd),
    ("disturbances[].services", disturbancespec.ServiceChoice),
    ("disturbances[]: maintenance", disturbancespec.Maintenance),
    ("disturbances[]: maintenance, mishap", disturbancespec.MishapEntry),
    ("disturbances[]: link-heals", disturbancespec.LinkHeals),
    ("disturbances[]: collector-dies", disturbancespec.CollectorDies),
    ("kinds[]", faultspec.KindEntry),
    ("kinds[].impairments[]", faultspec.ImpairmentEntry),
    ("kinds[].impairments[].course: constant", faultspec.ConstantCourse),
    ("kinds[].impairments[].course: ramp", faultspec.RampCourse),
    ("kinds[].impairments[].course: intermittent", faultspec.IntermittentCourse),
    ("kinds[].parameters.NAME", faultspec.ParameterEntry),
    ("kinds[].rate", faultspec.RateEntry),
    ("operations", operationsspec.Operations),
    ("operations.desks", operationsspec.DesksEntry),
    ("operations.shifts[]", operationsspec.ShiftEntry),
    ("operations.shifts[].desks", operationsspec.ShiftDesks),
    ("loop", loopspec.Loop),
    ("loop.watch.TABLE, loop.watch.TABLE.KPI", loopspec.ClosenessEntry),
    ("loop.limits.KIND", loopspec.LimitsEntry),
    ("targets", schema.Targets),
    ("expect", expectations.Expectations),
    ("expect.seeds", expectations.Seeds),
    ("Distribution: fixed", distributions.Fixed),
    ("Distribution: uniform", distributions.Uniform),
    ("Distribution: exponential", distributions.Exponential),
    ("Distribution: lognormal", distributions.LogNormal),
)


def reference_page() -> str:
    """Return `docs/scenario-reference.md`."""
    parts = [_HEAD]
    for title, model in _SECTIONS:
        parts.append(f"\n## {title}\n\n{first_line(model.__doc__)}.\n\n")
        parts.append("| key | required | default | meaning |\n|---|---|---|---|\n")
        parts += _rows(model)
    parts.append("\n## Measures of expect\n\n| measure | written as |\n|---|---|\n")
    parts += [f"| `{name}` | {unit} |\n" for name, unit in MEASURES.items()]
    parts.append("\n## Errors\n\nEvery error has a code; each code is a rule.\n\n")
    parts.append("| code | rule |\n|---|---|\n")
    parts += [f"| `{code}` | {rule} |\n" for code, rule in CODES.items()]
    return "".join(parts)


def _rows(model: type[BaseModel]) -> Iterator[str]:
    properties = model.model_json_schema(by_alias=True)["properties"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        needed = "yes" if field.is_required() else ""
        said = f"{field.description}{_choices(field)}{_limits(properties[key])}"
        yield f"| `{key}` | {needed} | {_default(field)} | {said} |\n"


def _choices(field: FieldInfo) -> str:
    if get_origin(field.annotation) is None or not all(
        isinstance(item, str) for item in get_args(field.annotation)
    ):
        return ""
    return " One of " + ", ".join(f"`{item}`" for item in get_args(field.annotation)) + "."


def _limits(schema: Any) -> str:
    """Return the limits of a number as the JSON Schema has them."""
    forms = [schema, *schema.get("anyOf", [])]
    low = next((form["minimum"] for form in forms if "minimum" in form), None)
    high = next((form["maximum"] for form in forms if "maximum" in form), None)
    if low is not None and high is not None:
        return f" From {low:,} to {high:,}."
    return ""


def _default(field: FieldInfo) -> str:
    """Return a default as a file would write it."""
    from adn.scenario.describe import told_timing, written

    value = field.get_default(call_default_factory=False)
    if field.is_required() or value in (None, (), {}, ""):
        return ""
    if isinstance(value, Mapping):
        return "see there"
    if hasattr(value, "timing"):
        return told_timing(value.timing())
    if isinstance(value, BaseModel):
        return "all its defaults"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    unit = _unit_of(field)
    if unit == "duration":
        return f"`{written(value)}`"
    if unit == "a time of day":
        return "`00:00`"
    if unit == "a rate":
        return f"`{value / 1e9:g}Gbit/s`"
    if unit == "a share":
        return f"`{100 * value:g}%`"
    if unit == "a frequency":
        return f"`{value:g}/h`"
    return f"`{value:g}km`" if unit == "a length" else f"`{value}`"


def _unit_of(field: FieldInfo) -> str:
    """Return which quantity a field is, from the description its type carries."""
    for item in field.metadata:
        held = getattr(item, "json_schema", None)
        if isinstance(held, dict) and "description" in held:
            said = str(held["description"])
            return "duration" if said.startswith("a duration") else said
    return ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference_page(), encoding="utf-8")
