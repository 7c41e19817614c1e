"""Reach: which links signals concern, on the recorded network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from adn.closedloop.detectors import Anomaly
from adn.closedloop.paths import health
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause
from adn.physics.routing import direction_costs, even_split
from adn.topology.network import Bools

DOWN_CAUSES: Final = (ProbableCause.LOSS_OF_SIGNAL, ProbableCause.ADJACENCY_DOWN)


class Reach:
    """Which links signals concern, on the recorded network; objects not recorded concern none."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._network = view.network
        self._detours: dict[tuple[frozenset[str], frozenset[str]], frozenset[int]] = {}

    def of(self, anomaly: Anomaly) -> frozenset[int]:
        """Return the rows of the links that a signal concerns."""
        network, name = self._network, anomaly.object
        if anomaly.table == "service":
            return health(self._network).ways.get(name, frozenset())
        if name in network.directions:
            return self._sharing(network.directions.row(name) // 2)
        if name in network.links:
            return self._sharing(network.links.row(name))
        if name in network.cards:
            return self.rows(network.links_on_card(name))
        if name in network.elements:
            row = network.elements.row(name)
            held = np.flatnonzero((network.link_a == row) | (network.link_z == row))
            return frozenset(held.tolist())
        return frozenset()

    def at(self, target: str) -> frozenset[int]:
        """Return the rows of the links that work on a target touches: its own."""
        network = self._network
        for names, links in (
            (network.elements, network.links_of),
            (network.ducts, network.links_in_duct),
            (network.cards, network.links_on_card),
        ):
            if target in names:
                return self.rows(links(target))
        return self.rows([target]) if target in network.links else frozenset()

    def _sharing(self, link: int) -> frozenset[int]:
        network = self._network
        ducts = network.ride_duct[network.ride_link == link]
        held = network.ride_link[np.isin(network.ride_duct, ducts)]
        return frozenset(held.tolist()) | {link}

    def neighbours(self, links: frozenset[int]) -> frozenset[int]:
        """Return `links` and every link that ends where one of them does."""
        network, rows = self._network, sorted(links)
        ends = np.unique(np.concatenate([network.link_a[rows], network.link_z[rows]]))
        held = np.isin(network.link_a, ends) | np.isin(network.link_z, ends)
        return frozenset(np.flatnonzero(held).tolist())

    def down(self) -> frozenset[str]:
        """Return the links that active alarms or silence say carry nothing."""
        network, found = self._network, set()
        for alarm in self._view.active_alarms.values():
            name = alarm.managed_object
            if alarm.probable_cause in DOWN_CAUSES:
                if name in network.directions:
                    found.add(network.link_of(name))
                elif name in network.links:
                    found.add(name)
        for name in self._view.silent:
            if name in network.elements:
                found.update(network.links_of(name))
        return frozenset(found)

    def rows(self, links: Iterable[str]) -> frozenset[int]:
        """Return the rows of links."""
        return frozenset(self._network.links.row(name) for name in links)

    def detours(self, down: frozenset[str], services: frozenset[str]) -> frozenset[int]:
        """Return the links that some services use with some links left out."""
        ways = health(self._network)
        if not down or not services:
            return frozenset().union(*(ways.ways[name] for name in sorted(services)))
        found = self._detours.get((down, services))
        if found is None:
            network = self._network
            up: Bools = np.ones(len(network.directions), dtype=np.bool_)
            for name in down:
                row = network.links.row(name)
                up[2 * row : 2 * row + 2] = False
            rows = network.services.rows(sorted(services))
            ends = network.service_a[rows], network.service_z[rows]
            shares = even_split(ways.fabric, direction_costs(network), up, *ends)
            found = frozenset((np.unique(shares.indices) // 2).tolist())
            self._detours[down, services] = found
        return found

    def users(self, links: frozenset[int]) -> frozenset[str]:
        """Return the services whose recorded shortest paths use one of `links`."""
        return health(self._network).ways.using(links)
