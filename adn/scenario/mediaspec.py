"""Protection of links at the optical layer, as scenario files write it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from adn.scenario.parts import Name, Part, contradiction
from adn.scenario.units import Duration
from adn.topology.protecting import WAIT_MS, ProtectionSpec


class ProtectionEntry(Part):
    """Another way for links whose own fibre fails, through ducts that it does not run in."""

    scheme: Literal["1+1", "shared"] = Field(
        description="`1+1`, a second fibre that takes over within 50 ms; or `shared`, spare fibres "
        "that are lit within seconds for whoever needs them first."
    )
    links: tuple[Name, ...] = Field(
        (), description="Ids of the links; all that no other entry names."
    )
    ways: int = Field(2, ge=1, le=8, description="Ways round that a shared one may try.")
    wait_to_restore: Duration = Field(
        WAIT_MS,
        description="How long the own fibre must be whole until a link goes back to it; 0s: never.",
    )

    @model_validator(mode="after")
    def _one_second_fibre(self) -> ProtectionEntry:
        if self.scheme == "1+1" and "ways" in self.model_fields_set and self.ways > 1:
            raise contradiction("1+1 protection has one second fibre", "ways")
        return self

    def spec(self) -> ProtectionSpec:
        """Return the same in the topology room's own words."""
        return ProtectionSpec(self.scheme, self.links, self.ways, self.wait_to_restore)
