"""Networks on which every fault kind is tried."""

from __future__ import annotations

from functools import cache

import pytest

from adn.base.streams import Key
from adn.testing.trial import ring
from adn.topology.elements import Sla
from adn.topology.filling import build_network
from adn.topology.network import Network
from adn.topology.specs import ServiceSpec, TopologySpec

SERVICES = (
    ServiceSpec("voice", 0.1, Sla(latency_ms=100.0, loss=0.005), 16, 200, pairs=60),
    ServiceSpec("internet", 0.9, Sla(1000.0, 0.5, 0.99), 32, 2000, elastic=True, pairs=60),
)


@cache
def network_named(name: str) -> Network:
    if name == "ring":
        return ring(6)
    spec = TopologySpec(source=f"topohub:{name}", services=SERVICES)
    return build_network(spec, Key.root(0).stream("topology"))


SOURCES = [
    "ring",
    pytest.param("topozoo/Abilene", marks=pytest.mark.slow),
    pytest.param("sndlib/polska", marks=pytest.mark.slow),
]


@pytest.fixture(params=SOURCES)
def network(request: pytest.FixtureRequest) -> Network:
    return network_named(request.param)
