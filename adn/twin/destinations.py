"""Dark destinations: towards whom an element drops traffic when its table lacks or discards routes.

Which destinations go first is a function of the network alone: those of services that are nominally
routed through the element, then the others it can reach, each in the order of a hash of names.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from adn.base.streams import hash32
from adn.physics.routing import Fabric, direction_costs, least, towards
from adn.topology.network import Floats, Ints, Network
from adn.twin.state import State


class Destinations:
    """The destinations of a network's services, in the order in which each element loses them.

    Args:
        network: Whose services.
        fabric: Its directions.
    """

    def __init__(self, network: Network, fabric: Fabric) -> None:
        self._network, self._fabric = network, fabric
        self._ranked: dict[int, Ints] = {}

    @cached_property
    def _ends(self) -> Ints:
        """The destinations of all services, sorted, shape (T,)."""
        return np.unique(self._network.service_z)

    @cached_property
    def _price(self) -> Floats:
        """The recorded metrics, all being up, shape (D,)."""
        return direction_costs(self._network).astype(np.float64)

    @cached_property
    def _distance(self) -> Floats:
        """Distances of all elements to the destinations, shape (T, n)."""
        trees = towards(self._fabric, self._price, self._ends)
        return least(self._fabric, self._price, trees, self._ends)

    @cached_property
    def _draws(self) -> dict[int, int]:
        """A hash for every destination, of the name of the first service that ends there."""
        first: dict[int, str] = {}
        for name, row in zip(
            self._network.services.ids, self._network.service_z.tolist(), strict=True
        ):
            first.setdefault(row, name)
        return {row: hash32(f"destination/{name}") for row, name in first.items()}

    def of(self, element: int) -> Ints:
        """Return the destinations that an element knows, first lost first."""
        if element not in self._ranked:
            self._ranked[element] = self._rank(element)
        return self._ranked[element]

    def _rank(self, element: int) -> Ints:
        network, distance = self._network, self._distance
        a, z = network.service_a, network.service_z
        aim, here = np.searchsorted(self._ends, z), np.array([element])
        near = towards(self._fabric, self._price, here)
        before = least(self._fabric, self._price, near, here)[0]
        whole = distance[aim, a]
        through = (before[a] + distance[aim, element] == whole) & np.isfinite(whole)
        through &= (a != element) & (z != element) & network.transit[element]
        carried = set(z[through].tolist())
        finite = set(self._ends[np.isfinite(distance[:, element])].tolist())
        known = [row for row in self._draws if row != element and row in finite]
        known.sort(key=lambda row: (row not in carried, self._draws[row]))
        return np.array(known, dtype=np.int64)

    def lacking(self, element: int, state: State) -> int:
        """Return how many destinations an element's forwarding table lacks."""
        held = len(self.of(element))
        unfit = int(np.ceil(float(state.full[element]) * held - 1e-9))
        return min(held, max(int(state.missing[element]), unfit))

    def discarding(self, element: int, state: State) -> int:
        """Return how many destinations an element's configuration discards."""
        return min(len(self.of(element)), int(state.discarded[element]))

    def dark(self, state: State) -> Ints:
        """Return the pairs at which traffic is dropped, as element · n + destination, sorted."""
        troubled = np.flatnonzero((state.missing > 0) | (state.discarded > 0) | (state.full > 0.0))
        pairs = [
            element * self._fabric.n
            + self.of(element)[: max(self.lacking(element, state), self.discarding(element, state))]
            for element in troubled.tolist()
        ]
        return np.sort(np.concatenate(pairs)) if pairs else np.zeros(0, dtype=np.int64)
