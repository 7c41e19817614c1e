"""What hangs on the rim of a network, as scenario files write it: edges and thin branches."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adn.scenario.parts import Name, Part, Slug
from adn.scenario.units import Length, Rate, Share


class EdgeEntry(Part):
    """An element at the rim: a headquarters, the internet, a cloud; it forwards nothing."""

    name: Slug = Field(description="Its id.")
    at: tuple[Name, ...] = Field(
        min_length=1, max_length=16, description="Elements it has a link to each."
    )
    kind: Slug = Field("edge", description="What it is, such as `headquarters`.")
    rate: Rate = Field(100e9, description="Rate of each link.")
    length: Length = Field(20.0, description="Length of each, in a duct of its own.")


class BranchesEntry(Part):
    """Branches on thin access links around the elements of the source; they forward nothing."""

    count: int = Field(ge=1, le=2000, description="How many, laid around their homes in turns.")
    kind: Slug = Field(
        "branch", description="What they are; ids are `HOME-KIND-01` (`from: {kind: branch}`)."
    )
    rate: Rate = Field(50e6, description="Rate of an access link, whatever its load.")
    length: Length = Field(30.0, description="Mean length of the link to the home.")
    dual_homed: Share = Field(
        0.2, description="Share with a second link, to a neighbour of their home."
    )
    ducts: Annotated[int, Field(ge=1, le=64)] = Field(
        4, description="Access ducts around each home, one for each sector of the compass."
    )
    around: tuple[Name, ...] = Field(
        (), description="Homes; all elements of the source that forward traffic of others."
    )
