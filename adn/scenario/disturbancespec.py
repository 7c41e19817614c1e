"""Disturbances as scenario files write them: what happens to a network that is no fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from adn.base.clock import MINUTE
from adn.scenario.distributions import Instant
from adn.scenario.faultspec import Target
from adn.scenario.parts import Name, Part, Slug, contradiction
from adn.scenario.units import Duration, PositiveDuration, Share


class ServiceChoice(Part):
    """Services, by what they are and where they end; each key narrows the choice."""

    kind: Slug | None = Field(None, description="Only services of this class.")
    element: Name | None = Field(None, description="Only services that end at this element.")
    role: Slug | None = Field(
        None, description="Only services with an end at an element of this kind."
    )
    of: tuple[Name, ...] | None = Field(None, min_length=1, description="Only these ids.")

    @model_validator(mode="after")
    def _some_way(self) -> ServiceChoice:
        if all(getattr(self, name) is None for name in type(self).model_fields):
            raise contradiction("which services? write kind, element, role or of", code="SCN015")
        return self


class Somewhere(Part):
    """What happens in one area of a federation."""

    area: Name | None = Field(
        None, description="In a federation: the area it is in; any, in proportion to their sizes."
    )


class FlashCrowd(Somewhere):
    """Many customers want the same at once: more demand, and nothing wrong."""

    kind: Literal["flash-crowd"] = Field(description="Name of the disturbance.")
    at: Instant = Field(description="When demand begins to rise.")
    for_: PositiveDuration = Field(
        alias="for", description="From then until demand begins to fall."
    )
    services: ServiceChoice = Field(description="Which services.")
    factor: float = Field(gt=0, le=100, description="Demand at the height, over what it would be.")
    ramp: Duration = Field(5 * MINUTE, description="How long demand rises, and how long it falls.")

    @model_validator(mode="after")
    def _rises_in_time(self) -> FlashCrowd:
        if self.ramp > self.for_:
            raise contradiction("demand rises for longer than it stays; shorten it", "ramp")
        return self


class MishapEntry(Part):
    """Something beside what is worked on may break meanwhile: a fault that a change causes."""

    chance: Share = Field(description="Chance that something breaks.")
    kinds: tuple[Slug, ...] | None = Field(
        None,
        min_length=1,
        description="Fault kinds, all equally likely; those of natural maintenance, as often as "
        "there.",
    )


class Maintenance(Somewhere):
    """Somebody takes something out on purpose, and puts it back."""

    kind: Literal["maintenance"] = Field(description="Name of the disturbance.")
    at: Instant = Field(description="When it goes out of service; a drain comes before.")
    for_: PositiveDuration = Field(alias="for", description="How long it is out.")
    target: Target = Field(description="What is taken out: an element, link, card or duct.")
    announced: Duration | None = Field(
        None, description="How long before `at` operations are told; without it they are not."
    )
    drain: bool = Field(False, description="Whether traffic is led away by metric first.")
    drained_for: PositiveDuration = Field(
        5 * MINUTE, description="How long before `at` traffic is led away."
    )
    mishap: MishapEntry | None = Field(None, description=str(MishapEntry.__doc__))

    @model_validator(mode="after")
    def _takes_out_a_whole(self) -> Maintenance:
        if self.target.table == "direction":
            raise contradiction(
                "maintenance takes out an element, link, card or duct, not one direction",
                "target",
                "direction",
                code="SCN022",
            )
        return self


class LinkHeals(Somewhere):
    """A link goes down and comes back by itself."""

    kind: Literal["link-heals"] = Field(description="Name of the disturbance.")
    at: Instant = Field(description="When it goes down.")
    for_: PositiveDuration = Field(alias="for", description="How long it is down.")
    target: Target = Field(description="Which link.")

    @model_validator(mode="after")
    def _is_a_link(self) -> LinkHeals:
        if self.target.table != "link":
            table = self.target.table
            article = "an" if table == "element" else "a"
            raise contradiction(
                f"'link-heals' strikes a link, not {article} {table}",
                "target",
                table,
                code="SCN022",
            )
        return self


class CollectorDies(Somewhere):
    """Telemetry is lost in the collector; the network is well, and alarms still flow."""

    kind: Literal["collector-dies"] = Field(description="Name of the disturbance.")
    at: Instant = Field(description="When it stops.")
    for_: PositiveDuration = Field(alias="for", description="How long nothing arrives.")
    share: Share = Field(1.0, description="Share of the elements whose telemetry is lost.")
    table: Literal["service", "direction", "element"] | None = Field(
        None, description="Only telemetry of these objects; all."
    )


DISTURBANCES: Final[Mapping[str, type[Part]]] = {
    "collector-dies": CollectorDies,
    "flash-crowd": FlashCrowd,
    "link-heals": LinkHeals,
    "maintenance": Maintenance,
}
DisturbanceEntry = Annotated[
    FlashCrowd | Maintenance | LinkHeals | CollectorDies, Field(discriminator="kind")
]
"""Something that happens and is no fault."""
