"""How often what fails by itself: the processes of `rates.yml`, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field, model_validator

from adn.base.clock import DAY, HOUR, SECOND, Millis
from adn.base.sampling import Timing
from adn.faults.kinds import FaultKind, Model, built_in_kinds

YEAR: Final[Millis] = 365 * DAY
VENDOR_MTBF: Final = (336.51, 3.4371)
"""MTBF(p) = a exp(b p) hours of a fibre vendor at percentile p (Meza, IMC 2018, as quoted: S2)."""

Mark = Literal["S", "S2", "M", "D", "A"]
Span = Literal["passing", "handled", "restart", "splice"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
NetworkType = Literal["data-centre", "wide-area"]


class Length(Model):
    """How long something lasts: log-normal, seconds, or the law of fibre vendors."""

    median: float = 0.0
    p95: float = 0.0
    law: Literal["vendor-fibre"] | None = None
    source: str
    mark: Mark = "A"

    def timing(self) -> Timing:
        """Return it as a value."""
        if self.law is not None:
            return Timing("vendor-fibre", source=self.source)
        return Timing("lognormal", self.median * SECOND, self.p95 * SECOND, self.source)


class Process(Model):
    """One way in which objects of a network fail by themselves.

    Attributes:
        kind: Fault kind.
        network: Only in a network of this type.
        fibre: Only where the failures of fibre are drawn this way.
        of: Which elements (or the elements of cards): all, those that forward traffic of others, or
            those of some kinds.
        per: What `rate` is about: one object, a kilometre of a duct, an element with all its cards,
            or a vendor, whose rate is drawn for each duct.
        rate: Failures a year.
        passing: Share that is over by itself.
        passes: After how long.
        mended: How long the rest is known to last.
        draws: Parameters that are drawn, and from what.
        source: Where the rate is from.
        mark: How far it is read, remembered, derived or assumed.
    """

    kind: str
    network: NetworkType | None = None
    fibre: Literal["per-km", "vendors"] | None = None
    of: Literal["all", "forwarding"] | tuple[str, ...] = "all"
    per: Literal["object", "km", "element", "vendor"]
    rate: Annotated[float, Field(ge=0.0)] = 0.0
    passing: Share = 0.0
    passes: Span = "passing"
    mended: Span = "handled"
    draws: Mapping[str, Literal["corruption"]] = {}
    source: str
    mark: Mark

    @model_validator(mode="after")
    def _fits(self) -> Process:
        kind = built_in_kinds()[self.kind]
        struck = {"km": "duct", "vendor": "duct", "element": "card"}.get(self.per, kind.target)
        if struck != kind.target:
            raise ValueError(f"{self.kind} strikes a {kind.target}, not a {struck}")
        if unknown := set(self.draws) - set(kind.parameters):
            raise ValueError(f"{self.kind} has no parameter {min(unknown)}")
        return self

    @property
    def fault(self) -> FaultKind:
        """Its fault kind."""
        return built_in_kinds()[self.kind]


class Mixture(Model):
    """Shares, each between two values; even on a logarithmic scale between them."""

    shares: tuple[tuple[Share, float, float], ...]
    source: str
    mark: Mark

    def draw(self, stream: np.random.Generator) -> float:
        """Return one value."""
        among, within = stream.random(), stream.random()
        for share, low, high in self.shares:
            if among < share:
                return float(low * (high / low) ** within)
            among -= share
        return float(self.shares[-1][2])


class MaintenanceProcess(Model):
    """Announced work on elements, during which something else may be broken.

    Attributes:
        of: Which elements, as for a process.
        rate: Works a year and element.
        hours: Between which hours of the day it begins.
        lasts: How long an element is out.
        announced: How long before operations are told, s.
        drained: How long before traffic is led away, s.
        source: Where the rate is from.
        mark: How far it is read, remembered, derived or assumed.
        mishap: Chance that something beside the element breaks meanwhile.
        kinds: What then breaks, with weights.
        mishap_source: Where chance and kinds are from.
    """

    of: Literal["all", "forwarding"] | tuple[str, ...]
    rate: Annotated[float, Field(ge=0.0)]
    hours: tuple[int, int]
    lasts: Length
    announced: int
    drained: int
    source: str
    mark: Mark
    mishap: Share
    kinds: Mapping[str, float]
    mishap_source: str


class Rates(Model):
    """All of `rates.yml`."""

    durations: Mapping[Span, Length]
    processes: Mapping[str, Process]
    corruption: Mixture
    maintenance: MaintenanceProcess


@cache
def published_rates() -> Rates:
    """Return the processes that natural failures are drawn from."""
    import yaml

    text = resources.files("adn.faults").joinpath("rates.yml").read_text(encoding="utf-8")
    return Rates.model_validate(yaml.safe_load(text))


def vendor_mtbf(percentile: float) -> float:
    """Return the mean time between failures of a fibre vendor at a percentile (0..1), ms.

    >>> round(vendor_mtbf(0.5) / HOUR)
    1877
    """
    a, b = VENDOR_MTBF
    return float(a * np.exp(b * percentile) * HOUR)
