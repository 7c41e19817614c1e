"""Distributions of durations as scenario files write them; each must name its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from adn.base.sampling import Timing
from adn.scenario.parts import OrText, Part, Text, contradiction
from adn.scenario.units import Duration, PositiveDuration

SCENARIO: Final = "scenario"
"""The source of a plain time of a fault: the scenario's author decides when it strikes."""


class _Sourced(Part):
    """A distribution."""

    source: Text = Field(description="Publication it is taken from, or `assumption`.")


class Fixed(_Sourced):
    """Always the same."""

    dist: Literal["fixed"] = Field(description="Name of the distribution.")
    value: Duration = Field(description="The duration.")

    def timing(self) -> Timing:
        """Return it as a value."""
        return Timing("fixed", float(self.value), 0.0, self.source)


class Uniform(_Sourced):
    """Anything between two ends, all equally likely."""

    dist: Literal["uniform"] = Field(description="Name of the distribution.")
    low: Duration = Field(description="Shortest.")
    high: Duration = Field(description="Longest.")

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.high < self.low:
            raise contradiction("'high' is below 'low'; swap them", "high")
        return self

    def timing(self) -> Timing:
        """Return it as a value."""
        return Timing("uniform", float(self.low), float(self.high), self.source)


class Exponential(_Sourced):
    """The wait for something that comes at a constant rate."""

    dist: Literal["exponential"] = Field(description="Name of the distribution.")
    mean: PositiveDuration = Field(description="Mean.")

    def timing(self) -> Timing:
        """Return it as a value."""
        return Timing("exponential", float(self.mean), 0.0, self.source)


class LogNormal(_Sourced):
    """Mostly short, sometimes long: human and machine reaction times."""

    dist: Literal["lognormal"] = Field(description="Name of the distribution.")
    median: PositiveDuration = Field(description="Half are shorter.")
    p95: PositiveDuration = Field(description="95 % are shorter.")

    @model_validator(mode="after")
    def _ordered(self) -> LogNormal:
        if self.p95 < self.median:
            raise contradiction("'p95' is below 'median'; swap them", "p95")
        return self

    def timing(self) -> Timing:
        """Return it as a value."""
        return Timing("lognormal", float(self.median), float(self.p95), self.source)


DISTRIBUTIONS: Final[Mapping[str, type[Part]]] = {
    "exponential": Exponential,
    "fixed": Fixed,
    "lognormal": LogNormal,
    "uniform": Uniform,
}
Distribution = Annotated[
    Fixed | Uniform | Exponential | LogNormal,
    Field(discriminator="dist"),
]
"""A duration that is drawn."""


def _plain_time(value: Any) -> Any:
    if value is None or isinstance(value, dict | list | tuple):
        return value
    return {"dist": "fixed", "value": value, "source": SCENARIO}


Instant = Annotated[
    Distribution, BeforeValidator(_plain_time), OrText("a duration from the start of the run")
]
"""When something happens: `45min`, or a distribution the seed draws from."""
