"""Durations that are drawn: a distribution, its parameters, and the source it must name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from adn.base.clock import HOUR, SECOND, Millis

ASSUMPTION: Final = "assumption"
"""The source of what nobody has published; every report counts these."""

_P95: Final = 1.6448536269514722
_FIBRE_HOURS: Final = 1.1345
_FIBRE_GROWTH: Final = 4.7709


@dataclass(frozen=True, slots=True)
class Timing:
    """A duration in milliseconds with a distribution.

    Attributes:
        dist: Name of the distribution.
        first: ``fixed``: the value; ``uniform``: the lower end; ``exponential``: the mean;
            ``lognormal``: the median; ms. ``vendor-fibre`` has no parameters: it is the repair
            time of fibre vendors, MTTR(p) = 1.1345 exp(4.7709 p) hours for a percentile p drawn
            evenly (Meza et al., IMC 2018, constants as quoted).
        second: ``uniform``: the upper end; ``lognormal``: the 95th percentile; ms; else unused.
        source: A publication, or ``assumption``.
    """

    dist: Literal["fixed", "uniform", "exponential", "lognormal", "vendor-fibre"]
    first: float = 0.0
    second: float = 0.0
    source: str = ASSUMPTION

    @property
    def sigma(self) -> float:
        """Return the standard deviation of the logarithm of a log-normal duration."""
        return math.log(self.second / self.first) / _P95

    def draw(self, stream: np.random.Generator) -> Millis:
        """Return one duration, rounded up to whole milliseconds."""
        if self.dist == "fixed":
            return math.ceil(self.first)
        if self.dist == "uniform":
            return math.ceil(float(stream.uniform(self.first, self.second)))
        if self.dist == "exponential":
            return math.ceil(float(stream.exponential(self.first)))
        if self.dist == "vendor-fibre":
            return vendor_mttr(stream.random())
        return math.ceil(float(stream.lognormal(math.log(self.first), self.sigma)))

    def mean(self) -> float:
        """Return the mean in closed form, ms.

        >>> Timing("uniform", 1000.0, 4000.0).mean()
        2500.0
        """
        if self.dist in ("fixed", "exponential"):
            return self.first
        if self.dist == "uniform":
            return (self.first + self.second) / 2
        if self.dist == "vendor-fibre":
            return _FIBRE_HOURS * math.expm1(_FIBRE_GROWTH) / _FIBRE_GROWTH * HOUR
        return self.first * math.exp(self.sigma**2 / 2)

    def draws(self, stream: np.random.Generator, count: int) -> list[Millis]:
        """Return the next durations, the same as one by one."""
        if self.dist == "uniform":
            return [math.ceil(x) for x in stream.uniform(self.first, self.second, count).tolist()]
        return [self.draw(stream) for _ in range(count)]

    def largest(self) -> Millis:
        """Return the longest duration it can yield; for those without end, the 99.9th percentile.

        >>> Timing("uniform", 1000.0, 4000.0).largest()
        4000
        """
        if self.dist == "fixed":
            return math.ceil(self.first)
        if self.dist == "uniform":
            return math.ceil(self.second)
        if self.dist == "exponential":
            return math.ceil(-self.first * math.log(0.001))
        if self.dist == "vendor-fibre":
            return vendor_mttr(0.999)
        return math.ceil(self.first * math.exp(3.0902323061678132 * self.sigma))


def vendor_mttr(percentile: float) -> Millis:
    """Return the fibre repair time at a percentile (0..1), ms; see `Timing`."""
    return math.ceil(_FIBRE_HOURS * math.exp(_FIBRE_GROWTH * percentile) * HOUR)


def timing_of(row: Mapping[str, Any]) -> Timing:
    """Return the timing that a row of the command catalogue states, its figures in seconds."""
    if row.get("law") == "vendor-fibre":
        return Timing("vendor-fibre", source=row["source"])
    return Timing("lognormal", row["median"] * SECOND, row["p95"] * SECOND, row["source"])
