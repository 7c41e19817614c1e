"""A data-centre fabric as scenario files write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from adn.scenario.parts import OrText, Part, Slug
from adn.scenario.units import Length, Rate, Share


class SiteEntry(Part):
    """A site of a fabric."""

    name: Slug = Field(description="Name; ids of what stands there begin with it.")
    latitude: float | None = Field(None, ge=-90, le=90, description="Degrees north, for the map.")
    longitude: float | None = Field(None, ge=-180, le=180, description="Degrees east.")


class InterSite(Part):
    """Links between the border leaves of each pair of sites."""

    links: int = Field(4, ge=1, le=256, description="How many.")
    rate: Rate = Field(200e9, description="Rate of each.")
    length: Length | None = Field(
        None, description="Length of each; the usual route between coordinates, or 40km."
    )
    ducts: int = Field(2, ge=1, le=64, description="Ducts that they share.")


def _by_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


_Site = Annotated[SiteEntry, BeforeValidator(_by_name), OrText("a name")]
_Count = Annotated[int, Field(ge=0, le=1000)]
_USUAL: Final = {"web": 6, "app": 8, "db": 4, "storage": 2}


class FabricEntry(Part):
    """A fabric of leaves and spines over several sites."""

    sites: tuple[_Site, ...] = Field(
        min_length=1, max_length=4, description="Its sites; a plain text is a name."
    )
    spines: int = Field(4, ge=1, le=64, description="Spines of a site, linked to all leaves.")
    leaves: int = Field(12, ge=2, le=1024, description="Leaves of a site, two a rack.")
    borders: int = Field(2, ge=0, le=16, description="Border leaves of a site.")
    roles: Mapping[Slug, _Count] = Field(
        _USUAL,
        description="Groups of servers of each role at each site, laid over the racks in turns; "
        "web 6, app 8, db 4, storage 2.",
    )
    edges: tuple[Slug, ...] = Field(
        (), description="What lies outside, linked to the border leaves of all sites."
    )
    leaf_spine: Rate = Field(100e9, description="Rate of a link of a spine.")
    group_link: Rate = Field(25e9, description="Rate of each of the two links of a group.")
    edge_link: Rate = Field(100e9, description="Rate of a link of an edge.")
    edge_length: Length = Field(20.0, description="Length of a link of an edge.")
    inter_site: InterSite = Field(
        InterSite.model_validate({}), description="Links between the border leaves of two sites."
    )
    cards_per_spine: int = Field(2, ge=1, le=16, description="Line cards of a spine.")
    cards_per_leaf: int = Field(2, ge=1, le=16, description="Line cards of a leaf.")
    cards_per_border: int = Field(2, ge=1, le=16, description="Line cards of a border leaf.")
    single_corded: Share = Field(
        0.1, description="Share of a site's elements that hang on one of its two power feeds only."
    )
    lossless: bool = Field(
        False,
        description="Whether ports within a site pause those who send by `roce` instead of "
        "dropping.",
    )
