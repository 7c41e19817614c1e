"""What an author promises about the scorecards of a scenario; data, checked elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from adn.base.levels import AutonomyLevel
from adn.scenario.parts import Part, contradiction
from adn.scenario.units import read_duration, read_share, refusal, shown
from adn.topology.naming import closest

MEASURES: Final[Mapping[str, str]] = {
    "found": "share",
    "located_top1": "share",
    "met_135": "share",
    "contestable": "share",
    "contestable_least": "count",
    "detect_p95": "duration",
    "locate_p95": "duration",
    "restore_p95": "duration",
    "incidents": "count",
    "false_incidents": "count",
    "duplicates": "count",
    "actions": "count",
    "wrong_actions": "count",
    "people_minutes": "count",
}
"""What may be promised, over all seeds of a scenario, and how it is written."""


class Seeds(Part):
    """A range of seeds, both ends included."""

    from_: int = Field(1, alias="from", ge=0, le=10**9, description="First seed.")
    to: int = Field(ge=0, le=10**9, description="Last seed.")

    @model_validator(mode="after")
    def _ordered(self) -> Seeds:
        if self.to < self.from_:
            raise contradiction("'to' is below 'from'; swap them", "to")
        return self


class Bound(Part):
    """Where a measure must lie: ratios as 0..1, durations in seconds, counts as numbers."""

    min: float | None = Field(None, description="At least.")
    max: float | None = Field(None, description="At most.")


def _number(measure: str, value: Any) -> float:
    unit = MEASURES[measure]
    if unit == "duration":
        return read_duration(value) / 1000
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if unit == "count":
        if not plain or value < 0:
            raise refusal("SCN016", f"{shown(value)} where a count belongs; write a number, as 0")
        return float(value)
    if plain and 0 <= value <= 1:
        return float(value)
    return read_share(value)


def _promises(value: Any) -> Any:
    """Return {measure: Bound} from `found: 1.0` and `met_135: {min: 80%}`."""
    if not isinstance(value, dict):
        raise refusal("SCN016", "promises are a map such as {found: 100%, met_135: {min: 80%}}")
    promises = {}
    for measure, bound in value.items():
        if measure not in MEASURES:
            near = closest(measure, MEASURES)
            rest = f"did you mean '{near}'?" if near else f"there are {', '.join(MEASURES)}"
            raise contradiction(f"unknown measure {shown(measure)}; {rest}", measure, code="SCN013")
        limits = bound if isinstance(bound, dict) else {"min": bound, "max": bound}
        numbers = {}
        for key, number in limits.items():
            at = (measure, key) if isinstance(bound, dict) else (measure,)
            if key not in ("min", "max"):
                message = f"a bound of '{measure}' is {{min: …}} or {{max: …}}"
                raise contradiction(message, *at, code="SCN013")
            try:
                numbers[key] = _number(measure, number)
            except PydanticCustomError as slip:
                context: Mapping[str, Any] = slip.context or {}
                raise contradiction(context["message"], *at, code=context["code"]) from None
        promises[measure] = Bound(**numbers)
    return promises


def _level_key(value: Any) -> AutonomyLevel:
    levels = [level.value for level in AutonomyLevel]
    if value not in levels:
        raise refusal("SCN017", f"{shown(value)} is no level; write one of {', '.join(levels)}")
    return AutonomyLevel(value)


_BOUND: Final = {"type": ["number", "string", "object"]}
Promises = Annotated[
    Mapping[str, Bound],
    BeforeValidator(_promises),
    WithJsonSchema(
        {
            "type": "object",
            "properties": dict.fromkeys(MEASURES, _BOUND),
            "additionalProperties": False,
        }
    ),
]


class Expectations(Part):
    """What must hold over a range of seeds, by level."""

    seeds: Seeds = Field(description="The seeds.")
    at: Mapping[Annotated[AutonomyLevel, BeforeValidator(_level_key)], Promises] = Field(
        description="By level: measures and their bounds."
    )
