"""Generated operator networks as scenario files write them: a metro area, a national network."""

from __future__ import annotations

from pydantic import Field

from adn.scenario.parts import Part
from adn.scenario.units import Rate, Share
from adn.topology.national import FEWEST, MOST, MOST_AREAS, MetroSpec, NationalSpec


class MetroEntry(Part):
    """A metro area to build, with `source: metro`: borders, hubs, aggregation and access rings."""

    elements: int = Field(ge=FEWEST, le=MOST, description="Elements in all.")
    services: int = Field(10, ge=1, le=40, description="Services an element.")
    demand: Rate = Field(300e6, description="Mean contracted peak of an access element.")
    number: int = Field(
        1, ge=0, le=10**9, description="What its shape is drawn from; no run's seed changes it."
    )

    def spec(self) -> MetroSpec:
        """Return it as the topology room knows it."""
        return MetroSpec(self.elements, self.services, self.demand, self.number)


class NationalEntry(Part):
    """A federation, with `source: national`: a backbone and many metro areas, each on its own."""

    areas: int = Field(ge=1, le=MOST_AREAS, description="Metro areas; the backbone comes on top.")
    elements_per_area: int = Field(
        400, ge=FEWEST, le=MOST, description="Elements of an area in the mean; the sum is exact."
    )
    spread: Share = Field(
        0.3, le=0.9, description="Sizes of areas lie up to so much above and below the mean."
    )
    services: int = Field(10, ge=1, le=40, description="Services an element.")
    demand: Rate = Field(300e6, description="Mean contracted peak of an access element.")
    number: int = Field(
        1, ge=0, le=10**9, description="What shapes are drawn from; no run's seed changes it."
    )

    def spec(self) -> NationalSpec:
        """Return it as the topology room knows it."""
        return NationalSpec(
            self.areas, self.elements_per_area, self.spread, self.services, self.demand, self.number
        )
