"""Fault kinds that a scenario defines: from text with units to the data that the twin runs.

Everything is checked against what the network can be impaired in, so that a kind that loads can
run: property, object, part, units, limits, problem class, commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from adn.base.errors import Finding
from adn.faults.kinds import (
    Constant,
    Course,
    FaultKind,
    ImpairmentSpec,
    Intermittent,
    Parameter,
    Ramp,
    Rate,
)
from adn.northbound.commands import command_kinds
from adn.northbound.problems import PROBLEM_CLASSES
from adn.scenario.faultspec import (
    CourseEntry,
    ImpairmentEntry,
    IntermittentCourse,
    KindEntry,
    ParameterEntry,
    RampCourse,
)
from adn.scenario.marks import Path, Source
from adn.scenario.units import READ_UNIT, either, read_factor, refusal, shown, write_unit
from adn.topology.naming import closest
from adn.twin.properties import PARTS, PROPERTIES, Property

_REACHED: Final[Mapping[tuple[str, str], str]] = {
    ("duct", "target"): "duct",
    ("duct", "links"): "link",
    ("link", "target"): "link",
    ("link", "directions"): "direction",
    ("direction", "target"): "direction",
    ("element", "target"): "element",
    ("element", "links"): "link",
    ("element", "sending"): "direction",
    ("element", "receiving"): "direction",
    ("card", "target"): "card",
    ("card", "links"): "link",
    ("feed", "target"): "feed",
}
"""Which objects `of` reaches from a target of a type."""


def fault_kind(
    entry: KindEntry, path: Path, source: Source
) -> tuple[FaultKind | None, list[Finding]]:
    """Return the fault kind that `entry` at `path` defines, or None and what contradicts it."""
    reading = _Reading(entry, path, source)
    parameters, impairments, domain = reading.read()
    if reading.findings:
        return None, reading.findings
    kind = FaultKind(
        name=entry.name,
        says=entry.says,
        target=entry.target,
        problem=entry.problem,
        domain=domain,
        impairments=impairments,
        parameters=parameters,
        rate=None if entry.rate is None else Rate(**entry.rate.model_dump()),
        observability=entry.observability,
        mitigated_by=entry.mitigated_by,
        repaired_by=entry.repaired_by,
        grey=entry.grey,
    )
    return kind, []


def contradictions(
    raw: Mapping[str, Any], error: ValidationError, path: Path, source: Source
) -> list[Finding]:
    """Return what contradicts itself in the sound part of a definition that has other slips.

    Args:
        raw: The definition as it stands in the file.
        error: The slips; whatever has one is left out.
        path: Where it stands.
        source: The file.
    """
    slips = [one["loc"] for one in error.errors(include_url=False, include_input=False)]
    if any(loc[:1] in (("target",), ("problem",)) for loc in slips):
        return []
    bad = {loc[:2] for loc in slips}
    numbered = [
        (number, held)
        for number, held in enumerate(_tuple(raw.get("impairments")))
        if ("impairments", number) not in bad
    ]
    parameters = {
        name: held
        for name, held in _dict(raw.get("parameters")).items()
        if ("parameters", name) not in bad
    }
    whole = {loc[0] for loc in slips if loc and loc[0] not in ("impairments", "parameters")}
    rest = {key: held for key, held in raw.items() if key not in whole}
    rest |= {"name": "it", "says": "-", "parameters": parameters}
    rest["impairments"] = tuple(held for _, held in numbered)
    try:
        entry = KindEntry.model_validate(rest)
    except ValidationError:
        return []
    reading = _Reading(entry, path, source, [number for number, _ in numbered])
    reading.named |= set(_dict(raw.get("parameters")))
    reading.read()
    return reading.findings


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class _Reading:
    """One definition being read, and what has been found wrong with it so far."""

    def __init__(
        self, entry: KindEntry, path: Path, source: Source, numbers: Sequence[int] | None = None
    ) -> None:
        self.entry, self.path, self.source = entry, path, source
        self.numbers = range(len(entry.impairments)) if numbers is None else numbers
        self.named = set(entry.parameters)
        self.findings: list[Finding] = []

    def read(self) -> tuple[dict[str, Parameter], tuple[ImpairmentSpec, ...], str]:
        """Return parameters, impairments and domain; what is not sound is left out and told."""
        held = {
            name: self.parameter(name, entry)
            for name, entry in sorted(self.entry.parameters.items())
        }
        parameters = {name: one for name, one in held.items() if one is not None}
        impairments = [
            self.impairment(number, entry, parameters)
            for number, entry in zip(self.numbers, self.entry.impairments, strict=True)
        ]
        domain = self.domain()
        self.commands()
        return parameters, tuple(one for one in impairments if one is not None), domain

    def parameter(self, name: str, held: ParameterEntry) -> Parameter | None:
        """Return a parameter in plain numbers, or None if one of them cannot be read."""
        path = (*self.path, "parameters", name)
        read = READ_UNIT[held.unit]
        numbers: dict[str, float] = {}
        for key in ("default", "low", "high"):
            try:
                numbers[key] = read(getattr(held, key))
            except PydanticCustomError as slip:
                self._slip((*path, key), slip)
        if len(numbers) < 3:
            return None
        if not numbers["low"] <= numbers["default"] <= numbers["high"]:
            message = "'default' does not lie between 'low' and 'high'"
            self._say((*path, "default"), "SCN024", message)
            return None
        return Parameter(**numbers, unit=held.unit, says=held.says, source=held.source)

    def impairment(
        self, number: int, held: ImpairmentEntry, parameters: Mapping[str, Parameter]
    ) -> ImpairmentSpec | None:
        """Return an impairment in plain numbers, or None if it does not fit."""
        path = (*self.path, "impairments", number)
        found = PROPERTIES.get(held.property)
        if found is None:
            near = closest(held.property, PROPERTIES)
            message = f"unknown property {shown(held.property)}"
            self._say((*path, "property"), "SCN024", message, near, "adn list properties")
            return None
        count = len(self.findings)
        self._reach(path, held, found)
        self._part(path, held, found)
        value = self._value((*path, "value"), held, found, parameters)
        if value is None or len(self.findings) > count:
            return None
        return ImpairmentSpec.model_validate(
            {
                "property": held.property,
                "op": held.op,
                "value": value,
                "of": held.of,
                "part": held.part,
                "course": _course(held.course).model_dump(),
            }
        )

    def domain(self) -> str:
        """Return the domain of the kind's problem class."""
        problem = PROBLEM_CLASSES.get(self.entry.problem)
        if problem is None:
            near = closest(self.entry.problem, PROBLEM_CLASSES)
            message = f"unknown problem class {shown(self.entry.problem)}"
            self._say((*self.path, "problem"), "SCN024", message, near, "adn list problems")
            return ""
        if problem.object_type != self.entry.target:
            fitting = [
                row.name for row in PROBLEM_CLASSES.values() if row.object_type == self.entry.target
            ]
            self._say(
                (*self.path, "problem"),
                "SCN024",
                f"'{problem.name}' is a problem of a {problem.object_type}, and the target is a "
                f"{self.entry.target}; write {either(fitting)}",
            )
        if self.entry.domain not in (None, problem.domain):
            self._say(
                (*self.path, "domain"),
                "SCN024",
                f"'{problem.name}' is of domain '{problem.domain}'; write that or nothing",
            )
        return problem.domain

    def commands(self) -> None:
        """Check that the commands of the datasheet exist."""
        for key in ("mitigated_by", "repaired_by"):
            for number, name in enumerate(getattr(self.entry, key)):
                if name not in command_kinds():
                    near = closest(name, command_kinds())
                    path = (*self.path, key, number)
                    message = f"unknown command {shown(name)}"
                    self._say(path, "SCN024", message, near, "adn list commands")

    def _reach(self, path: Path, held: ImpairmentEntry, found: Property) -> None:
        reached = _REACHED.get((self.entry.target, held.of))
        if reached == found.table:
            return
        ways = [
            of
            for (start, of), table in _REACHED.items()
            if start == self.entry.target and table == found.table
        ]
        advice = (
            f"write of: {either(ways)}" if ways else f"a {self.entry.target} fault cannot reach it"
        )
        where = (*path, "of") if held.of != "target" else (*path, "property")
        self._say(
            where,
            "SCN024",
            f"'{held.property}' is a condition of a {found.table}, but the impairment is on "
            f"{f'a {reached}' if reached else 'nothing'}; {advice}",
        )

    def _part(self, path: Path, held: ImpairmentEntry, found: Property) -> None:
        parts = PARTS[found.table]
        if held.part is not None and held.part not in parts:
            self._say(
                (*path, "part"),
                "SCN024",
                f"a {found.table} has no part {shown(held.part)}; write {either(list(parts))}",
                closest(held.part, parts),
            )

    def _value(
        self,
        path: Path,
        held: ImpairmentEntry,
        found: Property,
        parameters: Mapping[str, Parameter],
    ) -> float | str | None:
        if isinstance(held.value, str) and held.value.startswith("$"):
            return self._reference(path, held.value, found, parameters)
        try:
            if held.op == "scale":
                return read_factor(held.value)
            return limited(READ_UNIT[found.unit](held.value), found, held.op)
        except PydanticCustomError as slip:
            self._slip(path, slip)
            return None

    def _reference(
        self, path: Path, value: str, found: Property, parameters: Mapping[str, Parameter]
    ) -> str | None:
        name = value[1:]
        if name not in self.named:
            near = closest(name, self.named)
            message = f"unknown parameter {shown(value)}; define it under 'parameters'"
            self._say(path, "SCN024", message, f"${near}" if near else "")
            return None
        parameter = parameters.get(name)
        if parameter is not None and parameter.unit != found.unit:
            self._say(
                path,
                "SCN024",
                f"parameter '{name}' has unit {parameter.unit}, and '{found.key}' has {found.unit}",
            )
            return None
        return value

    def _say(self, path: Path, code: str, message: str, hint: str = "", see: str = "") -> None:
        self.findings.append(self.source.finding(path, code, message, hint=hint, see=see))

    def _slip(self, path: Path, slip: PydanticCustomError) -> None:
        context: Mapping[str, Any] = slip.context or {}
        self._say(path, context["code"], context["message"])


def limited(value: float, found: Property, op: str) -> float:
    """Return the value of an impairment if the condition can take it.

    Raises:
        PydanticCustomError: It cannot.
    """
    low = found.low if op == "set" else 0.0
    if low <= value <= found.high:
        return value
    limits = f"{write_unit(low, found.unit)} to {write_unit(found.high, found.unit)}"
    raise refusal(
        "SCN018",
        f"{write_unit(value, found.unit)} is outside the limits of '{found.key}': {limits}",
    )


def _course(entry: CourseEntry) -> Course:
    if isinstance(entry, RampCourse):
        return Ramp(shape="ramp", over=entry.over, steps=entry.steps)
    if isinstance(entry, IntermittentCourse):
        return Intermittent(shape="intermittent", on=entry.on, off=entry.off)
    return Constant()
