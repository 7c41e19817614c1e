"""Durations that are drawn: a law, its parameters, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log
from typing import Any, Final, Literal

import numpy as np

from adn.base.clock import HOUR, SECOND, Millis

P95: Final = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""
ASSUMPTION: Final = "assumption"


@dataclass(frozen=True, slots=True)
class Delay:
    """A distribution of durations.

    Attributes:
        law: ``fixed`` (first), ``uniform`` (first..second), ``exponential`` (mean first),
            ``lognormal`` (median first, 95th percentile second) or ``vendor-fibre``: the repair
            time of fibre vendors, MTTR(p) = 1.1345 exp(4.7709 p) hours for a percentile p drawn
            evenly (Meza et al., IMC 2018, constants as quoted).
        first: First parameter, ms.
        second: Second parameter, ms.
        source: Published source, or ``assumption``.
    """

    law: Literal["fixed", "uniform", "exponential", "lognormal", "vendor-fibre"]
    first: Millis = 0
    second: Millis = 0
    source: str = ASSUMPTION

    def sample(self, stream: np.random.Generator) -> Millis:
        """Draw one duration, rounded up to a whole millisecond, at least 1."""
        if self.law == "uniform":
            drawn = self.first + stream.random() * (self.second - self.first)
        elif self.law == "exponential":
            drawn = self.first * float(stream.exponential())
        elif self.law == "lognormal":
            spread = log(self.second / self.first) / P95
            drawn = self.first * exp(spread * float(stream.standard_normal()))
        elif self.law == "vendor-fibre":
            drawn = 1.1345 * exp(4.7709 * stream.random()) * HOUR
        else:
            drawn = float(self.first)
        return max(1, ceil(drawn))


def delay_of(row: Any) -> Delay:
    """Return the delay that a row of the command catalogue describes, its times in seconds."""
    if row.get("law") == "vendor-fibre":
        return Delay("vendor-fibre", source=row["source"])
    return Delay(
        "lognormal", round(row["median"] * SECOND), round(row["p95"] * SECOND), row["source"]
    )
