"""Silence: which elements are dark, and which are merely not heard because a collector lost them.

An element that goes dark takes its links with it: its neighbours see no light or lose the
adjacency, and say so. Where elements fall silent and their neighbours have nothing to report, the
telemetry was lost and not the elements.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from adn.base.clock import Millis
from adn.northbound.alarms import Alarm, ProbableCause
from adn.northbound.telemetry import Table
from adn.topology.network import Bools, Network

LINK_DOWN: Final = (ProbableCause.LOSS_OF_SIGNAL, ProbableCause.ADJACENCY_DOWN)
VOUCHED: Final = 0.5
"""Share of the links between silent and talking elements that must be reported down for the silent
ones to be dark; not all, since alarms get lost and records are wrong in places (assumption)."""


class Silence:
    """Keeps what has stopped reporting.

    Args:
        network: The network as recorded.

    Attributes:
        unheard: Elements of which nothing is heard.
        by_both_ends: Whether one report on a direction holds what its sender and what its receiver
            measures.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._rows: dict[Table, tuple[Millis, frozenset[str]]] = {}
        self.unheard: frozenset[str] = frozenset()
        self.by_both_ends = False

    def rows(self, table: Table) -> frozenset[str]:
        """Return the objects of a table of which nothing is heard."""
        return self._rows.get(table, (0, frozenset()))[1]

    def see(self, table: Table, at: Millis, names: frozenset[str]) -> bool:
        """Take in what was silent in one frame; return whether `unheard` has changed."""
        before = self._rows.get(table)
        if before is not None and before[0] == at:
            names |= before[1]
        self._rows[table] = (at, names)
        if names == (before[1] if before else frozenset()):
            return False
        unheard, self.unheard = self.unheard, self._elements()
        return unheard != self.unheard

    def _elements(self) -> frozenset[str]:
        """Return the elements of which nothing is heard.

        One lost report of one KPI is no silence: an element with ports is silent on all of them.
        Where a report on a direction holds what both its ends measure, it is heard as long as one
        of them speaks: then it says nothing for an end that is silent itself.
        """
        network = self._network
        quiet, mute = self.rows("direction"), self.rows("element")
        linked = np.zeros(len(network.elements), dtype=np.bool_)
        linked[network.tail] = True
        talking = np.zeros_like(linked)
        heard = np.array([name not in quiet for name in network.directions.ids], dtype=np.bool_)
        if self.by_both_ends:
            dumb = np.zeros_like(linked)
            dumb[network.elements.rows(sorted(mute & frozenset(network.elements.ids)))] = True
            heard &= dumb[network.head] | ~dumb[network.tail]
        talking[network.tail[heard]] = True
        silent = linked & ~talking
        for name in sorted(mute & frozenset(network.elements.ids)):
            row = network.elements.row(name)
            silent[row] |= ~linked[row]
        return frozenset(network.elements[int(row)] for row in np.flatnonzero(silent))

    def dark(self, alarms: Iterable[Alarm]) -> frozenset[str]:
        """Return the unheard elements that standing alarms say are dark or cut off.

        Those whose power is gone by their own last word, and those of a silent part of the network
        that is bounded by links reported down.
        """
        if not self.unheard:
            return frozenset()
        network, standing = self._network, tuple(alarms)
        gasped = {
            a.managed_object for a in standing if a.probable_cause is ProbableCause.POWER_PROBLEM
        }
        down = self._down(standing)
        found = set(self.unheard & gasped)
        rows = network.elements.rows(sorted(self.unheard))
        for part in self._parts(rows):
            inside = np.zeros(len(network.elements), dtype=np.bool_)
            inside[part] = True
            border = inside[network.link_a] != inside[network.link_z]
            if border.any() and down[border].mean() >= VOUCHED:
                found |= {network.elements[int(row)] for row in part}
        return frozenset(found)

    def _down(self, alarms: Iterable[Alarm]) -> Bools:
        """Return the links that alarms say are down, shape (L,)."""
        network = self._network
        down: Bools = np.zeros(len(network.links), dtype=np.bool_)
        for alarm in alarms:
            if alarm.probable_cause not in LINK_DOWN:
                continue
            name = alarm.managed_object
            if name in network.directions:
                down[network.directions.row(name) // 2] = True
            elif name in network.links:
                down[network.links.row(name)] = True
        return down

    def _parts(self, rows: np.typing.NDArray[np.int64]) -> list[np.typing.NDArray[np.int64]]:
        """Return the connected parts that silent elements make up."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        network, n = self._network, len(self._network.elements)
        inside = np.zeros(n, dtype=np.bool_)
        inside[rows] = True
        both = inside[network.link_a] & inside[network.link_z]
        ends = (network.link_a[both], network.link_z[both])
        graph = coo_array((np.ones(int(both.sum())), ends), shape=(n, n))
        _, part = connected_components(graph, directed=False)
        return [rows[part[rows] == label] for label in np.unique(part[rows])]
