"""A small fabric for tests of this folder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adn.topology.elements import Sla
from adn.topology.filling import build_network, fixed_stream
from adn.topology.network import Network
from adn.topology.specs import Ends, FabricSite, FabricSpec, PairedServiceSpec, TopologySpec

SMALL = FabricSpec(
    sites=(FabricSite("north", 50.11, 8.68), FabricSite("south", 49.87, 8.65)),
    roles=(("app", 4), ("db", 2), ("web", 3)),
    edges=("branches",),
    spines=4,
    leaves=4,
)
SLA = Sla(5.0, 0.001)
CALLS = PairedServiceSpec("calls", Ends("web"), Ends("app"), 1e9, SLA, pairs=12)


def fabric(
    *paired: PairedServiceSpec, metric: str = "hops", base: FabricSpec = SMALL, **changes: Any
) -> Network:
    """Return the small fabric with some of its figures changed."""
    spec = TopologySpec(
        "leaf-spine",
        metric=metric,
        paired=paired or (CALLS,),
        fabric=replace(base, **changes),
    )
    return build_network(spec, fixed_stream())
