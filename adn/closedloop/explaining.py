"""What a believed cause explains: where it may show, and which services it may hurt.

Used to tell the signals of a standing incident from those of the next fault: in a fabric nearly
everything shares a path with everything, so that nearness says nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from adn.closedloop.answering import answers, of_one_job
from adn.closedloop.estimate import Believed, Estimate, taken_down
from adn.closedloop.knowledge.hypotheses import Hypotheses
from adn.closedloop.knowledge.isolating import cut_off
from adn.closedloop.view import View
from adn.topology.network import Bools

BUSY: Final = 0.85
"""Reckoned utilisation from which on a direction and what crosses it may be hurt (assumption)."""

_MOST: Final = 1.5
_ROOM: Final = 0.01
"""How far a service may lose more than its one lossy direction (assumption)."""

HURT: Final = 5e-4
"""Reckoned loss from which on a service may be seen to be hurt (assumption)."""


class Explaining:
    """Works out what causes explain, on the estimate of one moment."""

    def __init__(self, hypotheses: Hypotheses, believed: Estimate, healthy: Estimate) -> None:
        """Hold the hypotheses, and the estimates of now and of all being well."""
        self._hypotheses = hypotheses
        self._believed = believed
        self._healthy = healthy

    def of(self, cause: Believed, row: int) -> frozenset[str]:
        """Return the objects and services that a cause, a row of the hypotheses, explains.

        Services that it hurts only as long as they cross it are left to `crossing`.
        """
        net = self._believed.network
        found = {cause.object}
        columns = self._hypotheses.column[self._hypotheses.shows(row)]
        found.update(self._hypotheses.keys[column][1] for column in columns.tolist())
        down = taken_down(net, cause.problem, cause.object)
        found.update(down)
        if cause.object in net.directions:
            found.add(net.link_of(cause.object))
        alone = cut_off(net, down, self._believed.down) if down else frozenset[str]()
        found.update(alone)
        for link in down.union(*(net.links_of(name) for name in alone)):
            at = 2 * net.links.row(link)
            found.update((link, *net.directions.ids[at : at + 2]))
        under = self._believed.under(cause)
        outlook = under.evaluate()
        usual = self._healthy.fork(rate_bps=under.rate_bps).evaluate()
        risen = outlook.utilisation > usual.utilisation + 0.01
        full = risen & (outlook.utilisation > BUSY)
        full |= risen & (outlook.load_bps > 1.3 * usual.load_bps)
        found.update(net.directions[at] for at in np.flatnonzero(full).tolist())
        crossing: Bools = (under.shares() @ (outlook.utilisation > BUSY).astype(np.float64)) > 0.0
        hurt = (outlook.kpis.loss > HURT) | ~outlook.kpis.reachable | crossing
        found.update(net.services[at] for at in np.flatnonzero(hurt).tolist())
        return frozenset(found)

    def crossing(self, cause: Believed) -> frozenset[str]:
        """Return the services that cross what a cause impairs, or crossed it before all this."""
        return crossing_now(cause, self._healthy) | crossing_now(cause, self._believed)


def crossing_now(cause: Believed, estimate: Estimate) -> frozenset[str]:
    """Return the services that cross what loses, drops or comes and goes, as routing is."""
    net, bound = estimate.network, None
    used: Bools = np.zeros(len(net.directions), dtype=bool)
    if cause.problem in {"packet-loss", "corruption"} and cause.object in net.directions:
        used[net.directions.row(cause.object)] = True
    elif cause.problem == "link-flapping" and cause.object in net.links:
        at = 2 * net.links.row(cause.object)
        used[at : at + 2] = True
    elif cause.towards and cause.object in net.elements:
        used = net.tail == net.elements.row(cause.object)
        bound = np.isin(net.service_z, net.elements.rows(cause.towards))
    else:
        return frozenset()
    crossed: Bools = (estimate.shares() @ used.astype(np.float64)) > 0.0
    if bound is not None:
        crossed &= bound
    crossed = of_one_job(net, crossed)
    return frozenset(net.services[at] for at in np.flatnonzero(crossed).tolist())


def loses_too_much(view: View, service: str, cause: Believed) -> bool:
    """Return whether a service loses more than a direction of known loss can take from it."""
    held = view.departure("service", service, "loss")
    if held is None or cause.problem not in {"packet-loss", "corruption"}:
        return False
    network = view.network
    if service in network.services and answers(network)[network.services.row(service)]:
        return False  # senders answer to a little loss with much less
    return cause.severity > 0.0 and held.value - held.mean > _MOST * cause.severity + _ROOM
