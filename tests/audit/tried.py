"""Networks on which every fault kind is tried."""

from __future__ import annotations

from functools import cache

import pytest

from adn.base.streams import Key
from adn.testing.networks import clos, equipped
from adn.testing.trial import ring, square
from adn.topology.elements import Sla
from adn.topology.filling import build_network
from adn.topology.network import Network
from adn.topology.specs import (
    Ends,
    FabricSite,
    FabricSpec,
    PairedServiceSpec,
    ServiceSpec,
    TopologySpec,
)

SERVICES = (
    ServiceSpec("voice", 0.1, Sla(latency_ms=100.0, loss=0.005), 16, 200, pairs=60),
    ServiceSpec("internet", 0.9, Sla(1000.0, 0.5, 0.99), 32, 2000, elastic=True, pairs=60),
)


FABRIC = FabricSpec(
    sites=(FabricSite("north"), FabricSite("south")),
    roles=(("app", 4), ("storage", 2)),
    edges=("internet",),
    spines=2,
    leaves=4,
)
PAIRED = (
    PairedServiceSpec(
        "web", Ends(role="app"), Ends(role="storage"), 8e9, Sla(5.0, 0.005), pairs=24
    ),
    PairedServiceSpec(
        "copy", Ends(role="storage"), Ends(role="app"), 8e9, Sla(50.0, 0.5), pairs=24, elastic=True
    ),
)


@cache
def network_named(name: str) -> Network:
    if name == "clos":
        return clos()
    if name == "ring":
        return equipped(ring(6))
    if name == "square":
        return equipped(square(demand_bps=4e9))
    stream = Key.root(0).stream("topology")
    if name == "leaf-spine":
        return build_network(TopologySpec("leaf-spine", fabric=FABRIC, paired=PAIRED), stream)
    spec = TopologySpec(source=f"topohub:{name}", services=SERVICES)
    return equipped(build_network(spec, stream))


SOURCES = [
    "clos",
    pytest.param("ring", marks=pytest.mark.slow),
    pytest.param("leaf-spine", marks=pytest.mark.slow),
    pytest.param("topozoo/Abilene", marks=pytest.mark.slow),
    pytest.param("sndlib/polska", marks=pytest.mark.slow),
]
