"""Which links each service uses, as recorded: its shortest paths where nothing is down."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from adn.physics.routing import Fabric, direction_costs, even_split
from adn.topology.network import Network


class ServicePaths:
    """The recorded shortest paths of all services, worked out when first asked for.

    Args:
        network: The network as recorded.
    """

    def __init__(self, network: Network) -> None:
        self._network = network

    @cached_property
    def links(self) -> Mapping[str, frozenset[int]]:
        """Rows of the links on each service's shortest paths, by service."""
        network = self._network
        fabric, cost = Fabric.of(network), direction_costs(network)
        up = np.ones(fabric.directions, dtype=np.bool_)
        shares = even_split(fabric, cost, up, network.service_a, network.service_z).tocsr()
        return {
            name: frozenset((shares.indices[shares.indptr[i] : shares.indptr[i + 1]] // 2).tolist())
            for i, name in enumerate(network.services.ids)
        }
