"""The network as scenario files write it: where it comes from, what is filled in and recorded."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, model_validator

from adn.scenario.areaspec import MetroEntry, NationalEntry
from adn.scenario.fabricspec import FabricEntry
from adn.scenario.mediaspec import ProtectionEntry
from adn.scenario.parts import Name, Part, Text, contradiction
from adn.scenario.rimspec import BranchesEntry, EdgeEntry
from adn.scenario.units import (
    Angle,
    Length,
    Rate,
    Share,
)
from adn.topology.national import METRO, NATIONAL
from adn.topology.specs import LEAF_SPINE


class SharedDuctEntry(Part):
    """A stretch of conduit that several links share."""

    name: Name = Field(description="Id of the duct.")
    links: tuple[Name, ...] = Field(min_length=1, description="Ids of the links in it.")
    length: Length = Field(description="Length they share, part of each link's own.")


class Management(Part):
    """Where the operations systems attach."""

    element: Name = Field(description="Id of the element.")


class Recorded(Part):
    """How wrong the inventory is that operations are given."""

    missing: Share = Field(0.0, description="Share of the links and ducts that it lacks.")
    extra: Share = Field(0.0, description="Links and ducts that do not exist, as a share.")
    miswired: Share = Field(0.0, description="Share of the links with a wrong end or duct.")
    misnamed: Share = Field(0.0, description="Share of the links and ducts with a wrong name.")

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Recorded:
        if self.missing + self.miswired + self.misnamed > 1:
            raise contradiction("more than all is wrong; these add up to 100% at most")
        return self


_NOT_OF_A_FABRIC: Final = frozenset(
    {
        "headroom",
        "total_demand",
        "parallel_links",
        "shared_duct_angle",
        "shared_duct_length",
        "shared_ducts",
        "edges",
        "branches",
    }
)


class Topology(Part):
    """The network: where it comes from, and the rules that fill what the source lacks."""

    source: Name | None = Field(
        None,
        description="A network by name: `topohub:topozoo/Abilene`, `leaf-spine`, `metro`, "
        "`national` (or use `file`).",
    )
    file: Text | None = Field(None, description="A GraphML file, relative to the scenario.")
    fabric: FabricEntry | None = Field(
        None, description="The fabric to build, with `source: leaf-spine`."
    )
    metro: MetroEntry | None = Field(
        None, description="The metro area to build, with `source: metro`."
    )
    national: NationalEntry | None = Field(
        None, description="The federation of areas, with `source: national`."
    )
    area: Name | None = Field(
        None, description="Only this area of a federation, such as `area-017` or `backbone`."
    )
    metric: Literal["length", "hops"] | None = Field(
        None,
        description="Cost of a link in routing, `length` or `hops`; hops for a fabric, else "
        "length.",
    )
    headroom: Share = Field(0.5, description="Largest share of a link's rate at healthy peak.")
    total_demand: Rate | None = Field(None, description="Sum of all demands; scales the matrix.")
    parallel_links: int = Field(1, ge=1, le=16, description="IP links per link of the source.")
    shared_duct_angle: Angle | None = Field(
        None, description="Links that leave a site within this angle share their first stretch."
    )
    shared_duct_length: Length = Field(5.0, description="Length of that first stretch.")
    shared_ducts: tuple[SharedDuctEntry, ...] = Field((), description="Ducts by hand.")
    protection: tuple[ProtectionEntry, ...] = Field(
        (), max_length=100, description="Links that have another way at the optical layer."
    )
    spare_fibres: int = Field(
        0, ge=0, le=1000, description="Fibre pairs kept dark in each duct, for shared protection."
    )
    edges: tuple[EdgeEntry, ...] = Field((), max_length=100, description="Elements at the rim.")
    branches: BranchesEntry | None = Field(None, description=str(BranchesEntry.__doc__))
    multipath: Literal["equal", "capacity"] = Field(
        "equal",
        description="Whether flows are hashed evenly over next hops of equal cost, or in "
        "proportion to the rates of their links.",
    )
    management: Management | None = Field(
        None, description="Where operations attach; the element with the most links."
    )
    recorded: Recorded = Field(
        Recorded.model_validate({}), description="How wrong the inventory is."
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Topology:
        if self.source is None and self.file is None:
            raise contradiction(
                "which network? write source: topohub:topozoo/Abilene, or file: NAME.graphml",
                code="SCN015",
            )
        if self.source is not None and self.file is not None:
            raise contradiction("'source' and 'file' both name a network; keep one", "file")
        if self.headroom == 0:
            raise contradiction("no headroom; write more than 0%", "headroom")
        if self.source != LEAF_SPINE and self.fabric is not None:
            raise contradiction(f"a 'fabric' is built with source: {LEAF_SPINE}", "fabric")
        if self.source == LEAF_SPINE:
            self._of_a_fabric()
        self._of_areas()
        return self

    def _of_areas(self) -> None:
        for source, key, example in (
            (METRO, "metro", "{elements: 400}"),
            (NATIONAL, "national", "{areas: 10, elements_per_area: 400}"),
        ):
            if self.source != source and getattr(self, key) is not None:
                raise contradiction(f"a '{key}' is built with source: {source}", key)
            if self.source == source and getattr(self, key) is None:
                message = f"which network? write {key}: {example}"
                raise contradiction(message, "source", code="SCN015")
        if self.area is not None and self.source != NATIONAL:
            raise contradiction(f"areas are of a federation, source: {NATIONAL}", "area")
        if self.source in (METRO, NATIONAL):
            for key in sorted(self.model_fields_set & (_NOT_OF_A_FABRIC - {"headroom"})):
                raise contradiction(f"an area is built as it says, so '{key}' fills nothing", key)

    @property
    def is_federation(self) -> bool:
        """Whether this is many areas, played one by one, and not one network."""
        return self.source == NATIONAL and self.area is None

    def _of_a_fabric(self) -> None:
        if self.fabric is None:
            raise contradiction("which fabric? write fabric: {sites: [north, south]}", "source",
                                code="SCN015")  # fmt: skip
        for key in sorted(self.model_fields_set & _NOT_OF_A_FABRIC):
            raise contradiction(f"a fabric is built as it says, so '{key}' fills nothing", key)
