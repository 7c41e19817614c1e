"""Correlation: signals become incidents, by time, topology and the paths of services.

Every signal has a *reach*: the links it concerns. An alarm on a link concerns the links that share
its ducts; a silent element, its links; a service, the links on its recorded shortest paths. The
reach of an incident is that of its signals, together with the links that its services move to when
the links believed down are left out: congestion there is its consequence, not another fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from adn.base.clock import SECOND, Millis
from adn.closedloop.detectors import Anomaly
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause
from adn.physics.routing import Fabric, direction_costs, distances, even_split
from adn.topology.network import Bools

STORM: Final[Millis] = 45 * SECOND
"""Signals this close in time that touch neighbouring elements are one storm (assumption)."""
DOWN_CAUSES: Final = (ProbableCause.LOSS_OF_SIGNAL, ProbableCause.ADJACENCY_DOWN)


class Reach:
    """Which links signals concern, on the recorded network; objects not recorded concern none."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._network = view.network
        self._fabric = Fabric.of(view.network)
        self._paths: dict[frozenset[str], Mapping[str, frozenset[int]]] = {}

    def of(self, anomaly: Anomaly) -> frozenset[int]:
        """Return the rows of the links that a signal concerns."""
        network, name = self._network, anomaly.object
        if anomaly.table == "service":
            return self.paths(frozenset()).get(name, frozenset())
        if name in network.directions:
            return self._sharing(network.directions.row(name) // 2)
        if name in network.links:
            return self._sharing(network.links.row(name))
        if name in network.elements:
            row = network.elements.row(name)
            held = np.flatnonzero((network.link_a == row) | (network.link_z == row))
            return frozenset(held.tolist())
        return frozenset()

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

    def paths(self, down: frozenset[str]) -> Mapping[str, frozenset[int]]:
        """Return the links on each service's shortest paths with some links left out."""
        if down not in self._paths:
            network, fabric = self._network, self._fabric
            up: Bools = np.ones(fabric.directions, dtype=np.bool_)
            for name in down:
                row = network.links.row(name)
                up[2 * row : 2 * row + 2] = False
            cost = direction_costs(network)
            distance = distances(fabric, cost, up)
            shares = even_split(
                fabric, cost, up, distance, network.service_a, network.service_z
            ).tocsr()
            self._paths[down] = {
                name: frozenset(
                    (shares.indices[shares.indptr[i] : shares.indptr[i + 1]] // 2).tolist()
                )
                for i, name in enumerate(network.services.ids)
            }
        return self._paths[down]

    def users(self, links: frozenset[int]) -> frozenset[str]:
        """Return the services whose recorded shortest paths use one of `links`."""
        return frozenset(s for s, held in self.paths(frozenset()).items() if held & links)


@dataclass(frozen=True, slots=True)
class Cause:
    """What an incident is surely enough put down to, and what follows from it.

    Attributes:
        object: Id of the object.
        problem: Its public problem class.
        probability: Of its being so.
        since: When it was first believed, simulated ms.
        severity: Fitted loss of a lossy direction, else 0.
        towards: Elements towards which alone it loses traffic; empty for all.
        explains: Objects at which it may show, and services that it may hurt.
    """

    object: str
    problem: str
    probability: float
    since: Millis
    severity: float = 0.0
    towards: tuple[str, ...] = ()
    explains: frozenset[str] = frozenset()


@dataclass(slots=True)
class Group:
    """Signals believed to come from one fault.

    Attributes:
        anomalies: In order of arrival.
        core: Links that its alarms and silences, or else its services, concern.
        reach: All links where its consequences may show.
        latest: Measurement time of its latest signal.
        cause: What it was located to; None as long as that is in doubt.
    """

    anomalies: list[Anomaly] = field(default_factory=list)
    core: frozenset[int] = frozenset()
    reach: frozenset[int] = frozenset()
    latest: Millis = 0
    cause: Cause | None = None

    @property
    def opens(self) -> bool:
        """Whether any of its signals is reason enough for an incident."""
        return any(anomaly.opens for anomaly in self.anomalies)


class Correlator:
    """Puts signals to the groups they belong to."""

    def __init__(self, view: View) -> None:
        self.reach = Reach(view)

    def add(self, group: Group, anomalies: Iterable[Anomaly]) -> None:
        """Join signals to a group and widen its reach."""
        fresh = list(anomalies)
        group.anomalies += fresh
        for anomaly in fresh:
            group.core |= self.reach.of(anomaly)
            group.latest = max(group.latest, anomaly.measured_at)
        self.widen(group)

    def widen(self, group: Group) -> None:
        """Take in where traffic went that used the links now down."""
        down = self.reach.down()
        rows = self.reach.rows(down)
        moved = self.reach.users(rows & group.core)
        detour = self.reach.paths(down)
        held = set(group.core)
        for name in moved:
            held |= detour[name]
        group.reach |= frozenset(held)

    def belongs(self, anomaly: Anomaly, group: Group) -> bool:
        """Return whether a signal is of the same fault as a group."""
        links = self.reach.of(anomaly)
        if links & group.reach:
            return True
        near = abs(anomaly.measured_at - group.latest) <= STORM
        if not links or not group.core:
            # Something the records do not know: time is all there is to go by.
            return near
        return near and bool(self.reach.neighbours(links) & group.core)

    def sort(self, anomalies: Sequence[Anomaly], groups: Sequence[Group]) -> list[Group]:
        """Put signals to `groups`, in order, or to new ones, which are returned.

        Alarms come first and large departures before small ones, so that consequences find their
        cause already there; new groups that turn out to touch are one.
        """
        ranked = sorted(anomalies, key=lambda a: (a.what != "alarm", -a.size, a.object, a.what))
        fresh: list[Group] = []
        pending: dict[int, list[Anomaly]] = {}
        for anomaly in ranked:
            everyone = [*groups, *fresh]
            home = next((g for g in everyone if self.belongs(anomaly, g)), None)
            if home is None:
                home = Group()
                fresh.append(home)
            if any(home is group for group in fresh):
                self.add(home, [anomaly])
            else:
                pending.setdefault(id(home), []).append(anomaly)
        for group in groups:
            self.add(group, pending.get(id(group), []))
        return self._touching_joined(fresh)

    def _touching_joined(self, groups: Sequence[Group]) -> list[Group]:
        whole: list[Group] = []
        for group in groups:
            home = next((g for g in whole if self.touch(g, group)), None)
            if home is None:
                whole.append(group)
            else:
                self.add(home, group.anomalies)
        return whole

    def touch(self, one: Group, other: Group) -> bool:
        """Return whether two groups are of one fault: close in time, and their reaches meet."""
        near = abs(one.latest - other.latest) <= STORM
        return near and bool(one.reach & other.core or other.reach & one.core)
