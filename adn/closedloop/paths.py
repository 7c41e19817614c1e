"""Which ways services take as recorded: their shortest paths where nothing is down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from adn.base.keeping import kept
from adn.physics.routing import Fabric, direction_costs, even_split
from adn.topology.network import Network


class Ways(Mapping[str, frozenset[int]]):
    """Rows of the links that each service uses, by service.

    Args:
        network: The network as recorded.
        shares: The share of each service per direction, shape (S, D).
    """

    def __init__(self, network: Network, shares: csr_array) -> None:
        self._services = network.services
        self._begins = shares.indptr.tolist()
        self._service = np.repeat(np.arange(len(network.services)), np.diff(shares.indptr))
        self._link = shares.indices // 2
        self._known: dict[str, frozenset[int]] = {}

    def __getitem__(self, name: str) -> frozenset[int]:
        found = self._known.get(name)
        if found is None:
            row = self._services.row(name)
            found = frozenset(self._link[self._begins[row] : self._begins[row + 1]].tolist())
            self._known[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._services.ids)

    def __len__(self) -> int:
        return len(self._services)

    def using(self, links: frozenset[int]) -> frozenset[str]:
        """Return the services that use at least one of some links."""
        if not links:
            return frozenset()
        held = self._service[np.isin(self._link, sorted(links))]
        return frozenset(self._services[row] for row in np.unique(held).tolist())


class Health:
    """Where a network's services go while nothing is wrong, worked out when first asked for.

    Attributes:
        fabric: Who can send to whom.
    """

    def __init__(self, network: Network) -> None:
        self.fabric, self._network = Fabric.of(network), network

    @cached_property
    def shares(self) -> csr_array:
        """The expected share of each service per direction, shape (S, D)."""
        net = self._network
        up = np.ones(len(net.directions), dtype=np.bool_)
        return even_split(
            self.fabric, direction_costs(net), up, net.service_a, net.service_z
        ).tocsr()

    @cached_property
    def ways(self) -> Ways:
        """The links that services use."""
        return Ways(self._network, self.shares)


@kept(2)
def health(network: Network) -> Health:
    """Return where a network's services go while nothing is wrong; the same for all who ask."""
    return Health(network)


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
        return health(self._network).ways
