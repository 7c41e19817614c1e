"""Natural failures as scenario files write them: how often, when, and of which kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from adn.scenario.marks import Source
from adn.scenario.parts import Part, Slug, contradiction
from adn.scenario.units import Duration


class Natural(Part):
    """Failures drawn over all objects of the network from published rates."""

    scale: float = Field(
        1.0, gt=0, le=1000, description="Factor on how often; durations stay as they are."
    )
    from_: Duration | None = Field(
        None, alias="from", description="Nothing fails before; the end of the warm-up."
    )
    until: Duration | None = Field(None, description="Nothing fails after; the end of the run.")
    only: tuple[Slug, ...] | None = Field(
        None,
        min_length=1,
        description="Only these processes, or all of these fault kinds; `maintenance` is one.",
    )
    without: tuple[Slug, ...] = Field((), description="None of these processes or fault kinds.")
    passing: bool = Field(True, description="Whether some failures are over by themselves.")
    fibre: Literal["per-km", "vendors"] = Field(
        "per-km",
        description="Fibre cuts by the length of ducts, or by the reliability of fibre vendors, "
        "drawn for each duct (far more, for every outage of a vendor counts).",
    )
    maintenance: bool = Field(
        True, description="Whether announced work is done at night, some of which breaks something."
    )

    @model_validator(mode="after")
    def _some_time(self) -> Natural:
        if None not in (self.from_, self.until) and (self.until or 0) <= (self.from_ or 0):
            raise contradiction("'until' is not after 'from'", "until", code="SCN025")
        return self


@dataclass(frozen=True, slots=True)
class _OrNatural:
    """Says in the JSON Schema that a map of natural failures alone stands for the list."""

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """Return the schema of either."""
        alone = {
            "type": "object",
            "required": ["natural"],
            "additionalProperties": False,
            "properties": {"natural": {"type": "object"}},
        }
        return {"anyOf": [handler(core), alone]}


OR_NATURAL: Final = _OrNatural()


def unfolded(data: Mapping[str, Any], source: Source) -> tuple[dict[str, Any], Source]:
    """Return a file's values with ``faults: {natural: …}`` written as ``natural: …``.

    Both mean the same; what the file holds keeps its place in it.

    Args:
        data: The file's values.
        source: Where they stand.
    """
    faults = data.get("faults")
    if not isinstance(faults, dict) or set(faults) != {"natural"} or "natural" in data:
        return dict(data), source
    moved = {
        path[1:]: place
        for path, place in source.places.items()
        if path[:2] == ("faults", "natural")
    }
    rest = {key: value for key, value in data.items() if key != "faults"}
    return rest | faults, replace(source, places={**source.places, **moved})
