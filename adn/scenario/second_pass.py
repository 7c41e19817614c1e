"""What one key of a scenario says about another: kinds, targets, parameters, times, names.

Works on the file's own values and not on the finished model, so that a slip in one corner of the
file hides nothing in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from adn.base.errors import Finding
from adn.base.sampling import Timing
from adn.faults.kinds import FaultKind, Parameter, built_in_kinds
from adn.scenario.distributions import Instant
from adn.scenario.faultspec import KindEntry, Target
from adn.scenario.kinds import contradictions, fault_kind
from adn.scenario.marks import Path, Source
from adn.scenario.natural import contradictions as natural_contradictions
from adn.scenario.parts import Part
from adn.scenario.reader import LoadedFault
from adn.scenario.schema import Clock, Scenario
from adn.scenario.units import READ_UNIT, Duration, either, read_share, shown, write_unit
from adn.topology.naming import closest

Found = tuple[Mapping[str, FaultKind], tuple[LoadedFault, ...], list[Finding]]


class _When(Part):
    """The time of a fault alone."""

    at: Instant | None = None
    between: tuple[Duration, Duration] | None = None

    def timing(self) -> Timing | None:
        """Return it as a value; None where nothing is said."""
        if self.between is not None:
            return Timing("uniform", float(self.between[0]), float(self.between[1]))
        return None if self.at is None else self.at.timing()


def look_up(data: Mapping[str, Any], source: Source, scenario: Scenario | None) -> Found:
    """Return all fault kinds, the faults with theirs, and what does not fit.

    Args:
        data: The file's values.
        source: Where they stand.
        scenario: Their model, or None where it has slips; then no faults are returned.
    """
    kinds, findings = _kinds(data, source)
    findings += _names(data, source)
    faults = []
    for number, raw in _maps(data.get("faults")):
        path: Path = ("faults", number)
        params, slips = _fault(raw, path, source, kinds)
        slips += _time(raw, path, source, data)
        findings += slips
        kind = kinds.get(str(raw.get("kind")))
        if scenario is not None and kind is not None and not slips:
            entry = scenario.faults[number]
            when, lasts = entry.timing(), entry.lasting()
            faults.append(LoadedFault(number, kind, when, entry.target, params, entry.count, lasts))
    for number, raw in _maps(data.get("disturbances")):
        findings += _time(raw, ("disturbances", number), source, data, "the disturbance begins")
        findings += _mishap(raw, ("disturbances", number), source, kinds)
    findings += natural_contradictions(data, source)
    known = {name: kind for name, kind in kinds.items() if kind is not None}
    return known, tuple(faults), findings


def _maps(items: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return the maps of a list that may be anything, with their indices."""
    if not isinstance(items, tuple):
        return []
    return [(number, item) for number, item in enumerate(items) if isinstance(item, dict)]


def _kinds(
    data: Mapping[str, Any], source: Source
) -> tuple[dict[str, FaultKind | None], list[Finding]]:
    """Return every fault kind by name; None for those that are defined but not sound."""
    kinds: dict[str, FaultKind | None] = dict(built_in_kinds())
    findings: list[Finding] = []
    for number, raw in _maps(data.get("kinds")):
        path: Path = ("kinds", number)
        name = raw.get("name")
        if isinstance(name, str) and name in kinds:
            message = f"fault kind {shown(name)} exists already; choose another name"
            findings.append(source.finding((*path, "name"), "SCN029", message))
            continue
        try:
            kind, slips = fault_kind(KindEntry.model_validate(raw), path, source)
        except ValidationError as error:  # the first pass has told of it
            kind, slips = None, contradictions(raw, error, path, source)
        findings += slips
        if isinstance(name, str):
            kinds[name] = kind
    return kinds, findings


def _fault(
    raw: Mapping[str, Any], path: Path, source: Source, kinds: Mapping[str, FaultKind | None]
) -> tuple[dict[str, float], list[Finding]]:
    """Return the parameters of a fault, and what does not fit its kind."""
    name = raw.get("kind")
    if not isinstance(name, str):
        return {}, []
    if name not in kinds:
        near = closest(name, kinds)
        message = f"unknown fault kind {shown(name)}"
        where = (*path, "kind")
        finding = source.finding(where, "SCN014", message, hint=near, see="adn list faults")
        return {}, [finding]
    kind = kinds[name]
    if kind is None:
        return {}, []
    findings = _target(raw.get("target"), path, source, kind)
    params = {key: held.default for key, held in sorted(kind.parameters.items())}
    given = raw.get("with")
    for key, value in (given if isinstance(given, dict) else {}).items():
        where = (*path, "with", key)
        parameter = kind.parameters.get(key)
        if parameter is None:
            findings.append(_no_parameter(where, key, kind, source))
            continue
        try:
            params[key] = READ_UNIT[parameter.unit](value)
        except PydanticCustomError as slip:
            context: Mapping[str, Any] = slip.context or {}
            findings.append(source.finding(where, context["code"], context["message"]))
            continue
        findings += _limits(where, key, params[key], parameter, source)
    return params, findings


def _mishap(
    raw: Mapping[str, Any], path: Path, source: Source, kinds: Mapping[str, FaultKind | None]
) -> list[Finding]:
    """Return the kinds of a mishap that there are not."""
    mishap = raw.get("mishap")
    held = mishap.get("kinds") if isinstance(mishap, dict) else None
    findings = []
    for number, name in enumerate(held if isinstance(held, tuple) else ()):
        if isinstance(name, str) and name not in kinds:
            where, near = (*path, "mishap", "kinds", number), closest(name, kinds)
            message = f"unknown fault kind {shown(name)}"
            finding = source.finding(where, "SCN014", message, hint=near, see="adn list faults")
            findings.append(finding)
    return findings


def _target(target: Any, path: Path, source: Source, kind: FaultKind) -> list[Finding]:
    if not isinstance(target, dict) or len(target) != 1:
        return []
    table = next(iter(target))
    if table == kind.target or table not in Target.model_fields:
        return []
    article = "an" if kind.target == "element" else "a"
    return [
        source.finding(
            (*path, "target", table),
            "SCN022",
            f"'{kind.name}' strikes {article} {kind.target}, not {_article(table)} {table}",
            hint=kind.target,
            see=f"adn show fault {kind.name}",
            key=True,
        )
    ]


def _article(table: str) -> str:
    return "an" if table == "element" else "a"


def _no_parameter(path: Path, key: str, kind: FaultKind, source: Source) -> Finding:
    names = list(kind.parameters)
    near = closest(key, names)
    rest = "" if near else f"; it has {either(names or ['none'])}"
    return source.finding(
        path,
        "SCN023",
        f"'{kind.name}' has no parameter {shown(key)}{rest}",
        hint=near,
        see=f"adn show fault {kind.name}",
        key=True,
    )


def _limits(
    path: Path, key: str, value: float, parameter: Parameter, source: Source
) -> list[Finding]:
    if parameter.low <= value <= parameter.high:
        return []
    unit = parameter.unit
    limits = f"{write_unit(parameter.low, unit)} to {write_unit(parameter.high, unit)}"
    message = f"{write_unit(value, unit)} is outside the limits of '{key}': {limits}"
    return [source.finding(path, "SCN018", message)]


def _time(
    raw: Mapping[str, Any],
    path: Path,
    source: Source,
    data: Mapping[str, Any],
    what: str = "the fault strikes",
) -> list[Finding]:
    """Return whether something may happen outside the part of the run that is scored."""
    try:
        clock = Clock.model_validate(data.get("clock"))
        said = {key: raw[key] for key in ("at", "between") if key in raw}
        timing = _When.model_validate(said).timing()
    except ValidationError:
        return []  # the first pass has told of it
    if timing is None or timing.dist in ("exponential", "lognormal"):
        return []
    where = (*path, "between" if "between" in raw else "at")
    latest = timing.largest()
    earliest = int(timing.first)
    if latest >= clock.duration:
        over = "is over" if earliest >= clock.duration else "may be over"
        message = f"the run {over} before {what}"
        return [source.finding(where, "SCN025", message)]
    if earliest < clock.warmup:
        message = f"{what} during the warm-up, when nothing is scored"
        return [source.finding(where, "SCN025", message)]
    return []


def _names(data: Mapping[str, Any], source: Source) -> list[Finding]:
    """Return names that are used twice, and shares that add up to more than everything."""
    findings = _twice(data.get("services"), "kind", ("services",), "class of services", source)
    topology = data.get("topology")
    ducts = topology.get("shared_ducts") if isinstance(topology, dict) else None
    findings += _twice(ducts, "name", ("topology", "shared_ducts"), "shared duct", source)
    total, last = 0.0, 0
    for number, raw in _maps(data.get("services")):
        if "share" not in raw:
            continue
        try:
            total += read_share(raw.get("share"))
        except PydanticCustomError:
            return findings
        last = number
    if total > 1 + 1e-9:
        message = f"the shares add up to {100 * total:g}%; 100% is all there is"
        findings.append(source.finding(("services", last, "share"), "SCN018", message))
    return findings


def _twice(items: Any, key: str, path: Path, what: str, source: Source) -> list[Finding]:
    seen: set[str] = set()
    findings = []
    for number, raw in _maps(items):
        name = raw.get(key)
        if not isinstance(name, str):
            continue
        if name in seen:
            message = f"{shown(name)} is the name of a {what} already; choose another"
            findings.append(source.finding((*path, number, key), "SCN029", message))
        seen.add(name)
    return findings


__all__ = ["look_up"]
