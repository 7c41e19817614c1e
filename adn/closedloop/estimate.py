"""The loop's own copy of the network's state, on which plans are tried before they are sent.

Topology comes from the records, rates from measurement, and what is down from alarms; buffers are
nominal and hashing is taken as even. So what it answers is a model's answer, not the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import numpy as np
from scipy.sparse import csr_array

from adn.base.keeping import kept
from adn.closedloop.answering import answered
from adn.closedloop.paths import Health, health
from adn.closedloop.slicing import sliced_kpis
from adn.closedloop.view import View
from adn.northbound.alarms import ProbableCause
from adn.northbound.commands import MAX_COST
from adn.physics.engineering import shares_with
from adn.physics.routing import Fabric, direction_costs, even_split
from adn.physics.services import ServiceKpis, less, outside_limits, service_kpis
from adn.physics.traffic import (
    buffers_ms,
    offered_load,
    propagation_ms,
    queue_delay_ms,
    queue_loss,
)
from adn.topology.network import Bools, Floats, Network

NOMINAL_BUFFER_MS: Final = 40.0
"""Buffer of a router's port in ms of its line rate (assumption: the vendor's data sheet)."""
NOMINAL_SHALLOW_MS: Final = 0.8
"""The same of a data-centre switch."""


_DROPPING: Final = 1e-3
"""Share dropped at a queue from which its load is taken from there (assumption)."""

FLAP_LOSS: Final = 0.1
"""Share of time that a flapping link is down while traffic is still sent to it (assumption)."""


class Change(Protocol):
    """Anything that says which command is to be tried on which target."""

    @property
    def kind(self) -> str:
        """A name of the command catalogue."""
        ...

    @property
    def target(self) -> str:
        """The object it is sent to."""
        ...

    @property
    def params(self) -> Mapping[str, Any]:
        """As the catalogue says for the kind."""
        ...


class Believed(Protocol):
    """Anything that says what is wrong with which object, and how badly."""

    @property
    def object(self) -> str:
        """Id of the object."""
        ...

    @property
    def problem(self) -> str:
        """A public problem class."""
        ...

    @property
    def severity(self) -> float:
        """Lost share of a lossy direction."""
        ...

    @property
    def towards(self) -> tuple[str, ...]:
        """Elements towards which a table drops."""
        ...


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an estimate says services get.

    Attributes:
        kpis: Loss, latency, rate and reachability of services.
        outside: Which services are outside their limits, shape (S,).
        load_bps: Offered load per direction, shape (D,).
        utilisation: Load over line rate, shape (D,).
        latency_ms: Latency with nothing through counted as infinite, shape (S,).
    """

    kpis: ServiceKpis
    outside: Bools
    load_bps: Floats
    utilisation: Floats
    latency_ms: Floats


@dataclass(slots=True)
class _Routes:
    """Shares by what routing depends on, so that forks of one topology compute them once."""

    known: dict[tuple[object, ...], csr_array] = field(default_factory=dict)


@kept(4)
def _offered(network: Network, rates: Mapping[str, float]) -> Floats:
    """Return the rate of every service, bit/s, shape (S,): as known, else as contracted."""
    usual = zip(network.services.ids, network.demand_bps.tolist(), strict=True)
    found = np.array([rates.get(name, demand) for name, demand in usual], dtype=np.float64)
    offered: Floats = np.maximum(np.nan_to_num(found), 0.0)
    offered.flags.writeable = False
    return offered


@dataclass(frozen=True, slots=True)
class Estimate:
    """Believed state of the network; a value: every change gives a new one.

    Attributes:
        network: The recorded network, sound part.
        fabric: Who can send to whom.
        rate_bps: Offered rate of each service, bit/s, shape (S,).
        down: Links believed not to carry traffic.
        costs: Link costs that differ from the record, by link.
        steered: Explicit paths as direction ids, by service.
        admitted: Policed services and their admitted shares.
        lossy: Believed loss on directions, 0..1, by direction.
        drained: Elements that advertise the highest metric on all their links.
        unused: Directions believed to be left out of equal-cost next hops.
        dark: Elements believed to drop, each with the element that the traffic is bound for.
        surplus_bps: Load that was measured where queues drop, beyond what is reckoned: few flow
            groups are hashed unevenly; bit/s, shape (D,), or None.
    """

    network: Network
    fabric: Fabric
    rate_bps: Floats
    down: frozenset[str] = frozenset()
    costs: Mapping[str, int] = field(default_factory=dict)
    steered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    admitted: Mapping[str, float] = field(default_factory=dict)
    lossy: Mapping[str, float] = field(default_factory=dict)
    drained: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()
    dark: frozenset[tuple[str, str]] = frozenset()
    surplus_bps: Floats | None = None
    _routes: _Routes = field(default_factory=_Routes, repr=False, compare=False)
    _health: Health | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, network: Network) -> Estimate:
        """Return the estimate of a healthy network at contracted rates."""
        known = health(network)
        return cls(network, known.fabric, network.demand_bps, _health=known)

    def believing(self, view: View) -> Estimate:
        """Return the estimate with what the view has seen and what the loop has configured."""
        believed = replace(
            self,
            rate_bps=_offered(self.network, view.rates),
            down=believed_down(self.network, view),
            costs={
                k: v
                for k, v in sorted({**view.metrics, **view.costs}.items())
                if k in self.network.links
            },
            drained=frozenset(name for name in view.drained if name in self.network.elements),
            steered=self._known_routes(view.routes),
            admitted={k: v for k, v in sorted(view.limits.items()) if k in self.network.services},
        )
        return replace(believed, surplus_bps=believed._surplus(view))

    def _surplus(self, view: View) -> Floats | None:
        """Return what queues that drop are offered beyond what is reckoned, or None."""
        net = self.network
        dropping = {
            net.directions.row(name): row.value
            for name, row in view.departures("direction", "discards").items()
            if name in net.directions and row.value > _DROPPING
        }
        if not dropping:
            return None
        reckoned = offered_load(self.shares(), self.rate_bps * self.admitted_shares())
        surplus = np.zeros(len(net.directions))
        for row, share in dropping.items():
            offered = net.capacity_bps[row // 2] / max(1.0 - share, 0.1)
            surplus[row] = max(0.0, offered - float(reckoned[row]))
        return surplus

    def fork(self, **changes: Any) -> Estimate:
        """Return a copy in which some fields differ; shares its cache of routes."""
        return replace(self, **changes)

    def apply(self, change: Change) -> Estimate:
        """Return the estimate after a command; commands that change no configuration do nothing.

        Routes over unrecorded directions are left out, as a head end would refuse them.
        """
        if change.kind == "steer-services":
            steered = {**self.steered, **self._known_routes(change.params["routes"], keep=True)}
            return replace(self, steered={k: v for k, v in sorted(steered.items()) if v})
        if change.kind == "limit-services":
            shares = {**self.admitted, **change.params["shares"]}
            return replace(
                self,
                admitted={
                    k: float(v)
                    for k, v in sorted(shares.items())
                    if k in self.network.services and v < 1.0
                },
            )
        if change.kind == "set-link-cost" and change.target in self.network.links:
            costs = {**self.costs, change.target: int(change.params["cost"])}
            return replace(self, costs=dict(sorted(costs.items())))
        if change.kind == "drain-element" and change.target in self.network.elements:
            alone = frozenset({change.target})
            drained = self.drained | alone if change.params["drained"] else self.drained - alone
            return replace(self, drained=drained)
        return self

    def under(self, cause: Believed) -> Estimate:
        """Return the estimate with something believed to be wrong with an object."""
        net, name, problem = self.network, cause.object, cause.problem
        if problem in {"packet-loss", "corruption"} and name in net.directions:
            return replace(self, lossy={**self.lossy, name: cause.severity})
        if problem == "member-missing" and name in net.directions:
            return replace(self, unused=self.unused | {name})
        if problem in {"route-missing", "route-discarded", "table-full"}:
            return replace(self, dark=self.dark | {(name, target) for target in cause.towards})
        if problem == "link-flapping" and name in net.links:
            at = 2 * net.links.row(name)
            ways = net.directions.ids[at : at + 2]
            # Traffic comes back to it whenever it is up, however it stands at this moment.
            lossy = {**self.lossy, **dict.fromkeys(ways, FLAP_LOSS)}
            return replace(self, lossy=lossy, down=self.down - {name})
        return replace(self, down=self.down | taken_down(net, problem, name))

    def without(self, cause: Believed) -> Estimate:
        """Return the estimate once a problem of an object is mended."""
        gone = {cause.object}
        if cause.problem == "link-flapping" and cause.object in self.network.links:
            at = 2 * self.network.links.row(cause.object)
            gone.update(self.network.directions.ids[at : at + 2])
        wrong = cause.object if cause.problem == "cost-wrong" else ""
        return replace(
            self,
            down=self.down - taken_down(self.network, cause.problem, cause.object),
            lossy={name: loss for name, loss in self.lossy.items() if name not in gone},
            unused=self.unused - gone,
            dark=frozenset(pair for pair in self.dark if pair[0] not in gone),
            costs={name: cost for name, cost in self.costs.items() if name != wrong},
        )

    def up(self) -> Bools:
        """Return which directions are believed to carry traffic, shape (D,)."""
        up = np.ones(len(self.network.links), dtype=bool)
        up[self.network.links.rows(sorted(self.down))] = False
        return np.repeat(up, 2)

    def shares(self) -> csr_array:
        """Return the expected share of each service per direction, shape (S, D)."""
        key = (self.down, tuple(sorted(self.costs.items())), self.drained, self.unused)
        routed = self._routes.known.get(key)
        if routed is None:
            routed = self._routed()
            self._routes.known[key] = routed
        if not self.steered:
            return routed
        up, net = self.up(), self.network
        explicit: dict[int, list[int]] = {}
        for service, path in self.steered.items():
            rows = net.directions.rows(path)
            if up[rows].all():
                explicit[net.services.row(service)] = rows.tolist()
        return shares_with(routed, explicit)

    def _routed(self) -> csr_array:
        if self._health and not (self.down or self.costs or self.drained or self.unused):
            return self._health.shares
        net, up = self.network, self.up()
        cost = direction_costs(net).copy()
        for link, metric in self.costs.items():
            row = net.links.row(link)
            cost[2 * row : 2 * row + 2] = metric
        if self.drained:
            emptied = np.isin(np.arange(self.fabric.n), net.elements.rows(sorted(self.drained)))
            cost[emptied[net.tail] | emptied[net.head]] = MAX_COST
        unused = None
        if self.unused:
            unused = np.zeros(len(net.directions), dtype=bool)
            unused[net.directions.rows(sorted(self.unused))] = True
        return even_split(self.fabric, cost, up, net.service_a, net.service_z, unused)

    def dropped(self, shares: csr_array) -> Floats:
        """Return the share of every service that dark tables drop, shape (S,).

        Explicit paths are not looked up in those tables.
        """
        net, lost = self.network, np.zeros(len(self.network.services))
        explicit = np.zeros(len(lost), dtype=bool)
        explicit[net.services.rows(sorted(self.steered))] = True
        for element, target in sorted(self.dark):
            if element in net.elements and target in net.elements:
                leaving = (net.tail == net.elements.row(element)).astype(np.float64)
                bound = (net.service_z == net.elements.row(target)) & ~explicit
                lost += np.where(bound, shares @ leaving, 0.0)
        return np.minimum(lost, 1.0)

    def reachable(self, shares: csr_array) -> Bools:
        """Return which services have a path under `shares`, shape (S,)."""
        found: Bools = (np.diff(shares.indptr) > 0) | (
            self.network.service_a == self.network.service_z
        )
        return found

    def admitted_shares(self) -> Floats:
        """Return the admitted share of every service, shape (S,)."""
        admitted = np.ones(len(self.network.services))
        for service, share in self.admitted.items():
            admitted[self.network.services.row(service)] = share
        return admitted

    def evaluate(self) -> Outlook:
        """Return what services would get: load, latency and loss, by physics alone."""
        net, shares = self.network, self.shares()
        admitted = self.admitted_shares()
        capacity = np.repeat(net.capacity_bps, 2)
        load = offered_load(shares, self.rate_bps * admitted)
        if self.surplus_bps is not None:
            load = load + self.surplus_bps * self.up()
        buffers = buffers_ms(net, NOMINAL_BUFFER_MS, NOMINAL_SHALLOW_MS)
        loss = queue_loss(load, capacity, buffers)
        damaged = np.zeros(len(loss))
        for direction, lost in self.lossy.items():
            row = net.directions.row(direction)
            loss[row] = 1.0 - (1.0 - loss[row]) * (1.0 - lost)
            damaged[row] = lost
        delay = np.repeat(propagation_ms(net.length_km), 2)
        delay = delay + queue_delay_ms(load, capacity, buffers)
        kpis = service_kpis(
            shares, self.reachable(shares), loss, delay, self.rate_bps, admitted=admitted
        )
        if len(net.senders.slices) > 1:
            reachable = self.reachable(shares)
            kpis = sliced_kpis(net, shares, reachable, damaged, self.rate_bps, admitted, buffers)
        if self.dark:
            kpis = less(kpis, 1.0 - self.dropped(shares))
        if not net.senders.plain:
            kpis = less(kpis, answered(net, shares, damaged, delay, self.rate_bps))
        return Outlook(
            kpis=kpis,
            outside=outside_limits(kpis, net.latency_limit_ms, net.loss_limit),
            load_bps=load,
            utilisation=load / capacity,
            latency_ms=np.where(kpis.reachable, kpis.latency_ms, np.inf),
        )

    def _known_routes(
        self, routes: Mapping[str, Iterable[str]], keep: bool = False
    ) -> dict[str, tuple[str, ...]]:
        """Return the routes of known services over known directions; empty ones if `keep`."""
        return {
            service: tuple(path)
            for service, path in sorted(routes.items())
            if service in self.network.services
            and all(direction in self.network.directions for direction in path)
            and (keep or tuple(path))
        }


def believed_down(network: Network, view: View) -> frozenset[str]:
    """Return the recorded links that alarms or silence say carry nothing."""
    down: set[str] = set()
    for alarm in view.active_alarms.values():
        if alarm.probable_cause is ProbableCause.ADJACENCY_DOWN:
            down.add(alarm.managed_object)
        elif (
            alarm.probable_cause is ProbableCause.LOSS_OF_SIGNAL
            and alarm.managed_object in network.directions
        ):
            down.add(network.link_of(alarm.managed_object))
    return frozenset(name for name in down if name in network.links)


def taken_down(network: Network, problem: str, name: str) -> frozenset[str]:
    """Return the links that a problem of an object takes down while it lasts."""
    if problem == "fibre-loss" and name in network.ducts:
        return frozenset(network.links_in_duct(name))
    if problem in {"link-down", "link-flapping"} and name in network.links:
        return frozenset({name})
    if problem == "card-failed" and name in network.cards:
        return frozenset(network.links_on_card(name))
    dark: list[str] = []
    if problem in {"process-down", "element-down"} and name in network.elements:
        dark = [name]
    elif problem == "feed-down" and name in network.feeds:
        dark = [row.id for row in network.rows.elements if row.feeds == (name,)]
    return frozenset(link for element in dark for link in network.links_of(element))
