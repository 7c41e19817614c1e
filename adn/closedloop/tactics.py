"""Tactics: from an estimate of the network, the commands that would relieve it in one way.

A tactic sees only the estimate and the suspected objects; the planner tries what it proposes on a
fork. Only recorded objects are named, and only elements that operations can reach are addressed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from adn.closedloop.estimate import Believed, Estimate
from adn.northbound.commands import MAX_COST
from adn.physics.engineering import TARGET, Lines, Traffic, police, relieve
from adn.physics.traffic import propagation_ms
from adn.topology.network import Bools, Floats

FLOOR_SHARE: Final = 0.9
"""Share of an elastic service's loss limit that policing may use (assumption: leaves room)."""

LOSSY: Final = frozenset({"packet-loss", "corruption"})
TABLES: Final = frozenset({"route-missing", "route-discarded", "table-full"})

_ROUND: Final = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a plan, not yet numbered."""

    kind: str
    target: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What a tactic works on.

    Attributes:
        estimate: Believed state under the leading suspects.
        drained: Links to take traffic off, by id.
        avoided: Directions to take traffic off, shape (D,).
        obeys: Elements that operations can reach, shape (n,).
        isolated: Elements to take all through traffic off, by id.
        movable: Services that it makes sense to move, shape (S,).
        shunned: Directions that no service is led over that is moved, shape (D,); those that use
            them already are another incident's.
    """

    estimate: Estimate
    drained: tuple[str, ...]
    avoided: Bools
    obeys: Bools
    isolated: tuple[str, ...] = ()
    movable: Bools | None = None
    shunned: Bools | None = None


def ground_of(estimate: Estimate, suspects: Sequence[Believed], obeys: Bools) -> Ground:
    """Return what tactics work on where some suspects are to be kept clear of.

    A table that drops towards some elements is kept clear of by the services bound for them.
    """
    net = estimate.network
    links: set[str] = set()
    avoided = np.zeros(len(net.directions), dtype=bool)
    isolated: list[str] = []
    bound = np.zeros(len(net.elements), dtype=bool)
    for row in suspects:
        if row.problem in LOSSY and row.object in net.directions:
            links.add(net.link_of(row.object))
            avoided[net.directions.row(row.object)] = True
        elif row.problem == "link-flapping" and row.object in net.links:
            links.add(row.object)
            at = 2 * net.links.row(row.object)
            avoided[at : at + 2] = True
        elif row.problem in TABLES and row.object in net.elements:
            isolated.append(row.object)
            avoided |= net.tail == net.elements.row(row.object)
            bound[net.elements.rows(row.towards)] = True
    movable = bound[net.service_z] if isolated and not links else None
    return Ground(estimate, tuple(sorted(links)), avoided, obeys, tuple(sorted(isolated)), movable)


def propose(tactic: str, ground: Ground) -> tuple[Step, ...]:
    """Return the steps of a tactic, none where it has nothing to offer."""
    steps: tuple[Step, ...] = ()
    for move in _MOVES[tactic]:
        more = move(ground)
        steps += more
        estimate = ground.estimate
        for step in more:
            estimate = estimate.apply(step)
        ground = replace(ground, estimate=estimate)
    return steps


def inverse(steps: tuple[Step, ...], before: Estimate) -> tuple[Step, ...]:
    """Return the steps that restore the configuration as it was before, last change first."""
    found: list[Step] = []
    for step in reversed(steps):
        if step.kind == "steer-services":
            old = {name: list(before.steered.get(name, ())) for name in step.params["routes"]}
            found.append(Step(step.kind, step.target, {"routes": old}))
        elif step.kind == "limit-services":
            shares = {name: before.admitted.get(name, 1.0) for name in step.params["shares"]}
            found.append(Step(step.kind, step.target, {"shares": shares}))
        elif step.kind == "drain-element":
            was = step.target in before.drained
            found.append(Step(step.kind, step.target, {"drained": was}))
        elif step.kind == "set-link-cost":
            recorded = int(before.network.cost[before.network.links.row(step.target)])
            cost = before.costs.get(step.target, recorded)
            found.append(Step(step.kind, step.target, {"cost": cost}))
    return tuple(found)


def undoing(
    done: Sequence[Step],
    back: Sequence[Step],
    routes: Mapping[str, Sequence[str]],
    limits: Mapping[str, float],
    costs: Mapping[str, int],
) -> tuple[Step, ...]:
    """Return the part of `back` that undoes what is still as `done` left it.

    What another incident has changed since is that one's, and stays.

    Args:
        done: The steps that were carried out.
        back: Their inverse.
        routes: Explicit paths that are configured now, by service.
        limits: Admitted shares that are configured now, by service.
        costs: Metrics that are configured now, by link.
    """
    steered: dict[str, list[str]] = {}
    limited: dict[str, float] = {}
    priced: dict[str, int] = {}
    for step in done:
        steered |= {name: list(path) for name, path in step.params.get("routes", {}).items()}
        limited |= step.params.get("shares", {})
        if step.kind == "set-link-cost":
            priced[step.target] = step.params["cost"]
    found: list[Step] = []
    for step in back:
        params = dict(step.params)
        if step.kind == "steer-services":
            paths = params["routes"].items()
            own = {n: path for n, path in paths if list(routes.get(n, ())) == steered[n]}
            params = {"routes": own} if own else {}
        elif step.kind == "limit-services":
            shares = params["shares"].items()
            let = {n: share for n, share in shares if limits.get(n, 1.0) == limited[n]}
            params = {"shares": let} if let else {}
        elif step.kind == "set-link-cost" and costs.get(step.target) != priced[step.target]:
            params = {}
        if params:
            found.append(Step(step.kind, step.target, params))
    return tuple(found)


# --- moves ---


def _drain(ground: Ground) -> tuple[Step, ...]:
    """Make the metric of suspected links prohibitive."""
    net = ground.estimate.network
    return tuple(
        Step("set-link-cost", link, {"cost": MAX_COST})
        for link in ground.drained
        if ground.obeys[net.link_a[net.links.row(link)]]
        and ground.estimate.costs.get(link) != MAX_COST
    )


def _isolate(ground: Ground) -> tuple[Step, ...]:
    """Have suspected elements advertise the highest metric, where all can go round them."""
    net = ground.estimate.network
    return tuple(
        Step("drain-element", name, {"drained": True})
        for name in ground.isolated
        if ground.obeys[net.elements.row(name)]
        and name not in ground.estimate.drained
        and _goes_round(ground.estimate, name)
    )


def _goes_round(estimate: Estimate, element: str) -> bool:
    """Return whether every service that does not end at an element has a way round it."""
    net, row = estimate.network, estimate.network.elements.row(element)
    away = estimate.fork(down=estimate.down | frozenset(net.links_of(element)), steered={})
    elsewhere = (net.service_a != row) & (net.service_z != row)
    before = estimate.reachable(estimate.shares())
    after = away.reachable(away.shares())
    return not bool((elsewhere & before & ~after).any())


def _steer(ground: Ground) -> tuple[Step, ...]:
    """Move services off overloaded and suspected directions onto paths with room."""
    return _steered(ground, ground.estimate.rate_bps * ground.estimate.admitted_shares())


def _steer_squeezed(ground: Ground) -> tuple[Step, ...]:
    """Move services as if elastic ones were policed to their floor: policing comes after."""
    estimate = ground.estimate
    return _steered(
        ground, estimate.rate_bps * np.minimum(estimate.admitted_shares(), _floor(estimate))
    )


def _steered(ground: Ground, rate_bps: Floats) -> tuple[Step, ...]:
    estimate, net = ground.estimate, ground.estimate.network
    traffic = Traffic(
        source=net.service_a,
        target=net.service_z,
        rate_bps=rate_bps,
        latency_limit_ms=net.latency_limit_ms,
        movable=ground.obeys[net.service_a]
        & (ground.movable if ground.movable is not None else True),
    )
    lines = _lines(estimate)
    if ground.shunned is not None:
        lines = replace(lines, up=lines.up & ~ground.shunned)
    routes = relieve(estimate.fabric, lines, traffic, estimate.shares(), avoid=ground.avoided)
    batches: dict[str, dict[str, list[str]]] = {}
    for row, path in routes.items():
        entry = net.elements[int(net.service_a[row])]
        batches.setdefault(entry, {})[net.services[row]] = [net.directions[d] for d in path]
    return tuple(
        Step("steer-services", entry, {"routes": batch}) for entry, batch in sorted(batches.items())
    )


def _police(ground: Ground) -> tuple[Step, ...]:
    """Admit less of elastic services, within their limits, until everything fits."""
    return _policed(ground, _floor(ground.estimate))


def _shed(ground: Ground) -> tuple[Step, ...]:
    """Admit as little of elastic services as it takes, beyond their limits if need be."""
    return _policed(ground, np.where(ground.estimate.network.elastic, 0.02, 1.0))


def _policed(ground: Ground, floor: Floats) -> tuple[Step, ...]:
    estimate, net = ground.estimate, ground.estimate.network
    floor = np.where(ground.obeys[net.service_a], floor, 1.0)
    admitted = police(_lines(estimate), estimate.shares(), estimate.rate_bps, floor)
    before = estimate.admitted_shares()
    # What was limited before is let in again when its incident is over, not by another plan.
    admitted = np.minimum(np.floor(admitted * 10**_ROUND) / 10**_ROUND, before)
    batches: dict[str, dict[str, float]] = {}
    for row in np.flatnonzero(admitted != before).tolist():
        entry = net.elements[int(net.service_a[row])]
        batches.setdefault(entry, {})[net.services[row]] = float(admitted[row])
    return tuple(
        Step("limit-services", entry, {"shares": batch}) for entry, batch in sorted(batches.items())
    )


def _floor(estimate: Estimate) -> Floats:
    """Return the least share of each service that keeps its loss within its limit, shape (S,)."""
    net = estimate.network
    floor: Floats = np.where(net.elastic, 1.0 - FLOOR_SHARE * net.loss_limit, 1.0)
    return floor


def _lines(estimate: Estimate) -> Lines:
    """Return what carries traffic; what is not accounted for takes its part of the room."""
    net = estimate.network
    capacity = np.repeat(net.capacity_bps, 2)
    if estimate.surplus_bps is not None:
        capacity = np.maximum(capacity - estimate.surplus_bps / TARGET, 0.01 * capacity)
    return Lines(
        up=estimate.up(),
        capacity_bps=capacity,
        delay_ms=np.repeat(propagation_ms(net.length_km), 2),
    )


_Move = Callable[[Ground], tuple[Step, ...]]

_MOVES: Final[Mapping[str, tuple[_Move, ...]]] = {
    "drain": (_drain,),
    "avoid": (_steer,),
    "isolate": (_isolate,),
    "isolate-and-steer": (_isolate, _steer),
    "steer": (_steer,),
    "police": (_police,),
    "shed": (_steer_squeezed, _shed),
    "steer-and-police": (_steer, _police),
    "police-and-steer": (_steer_squeezed, _police),
    "drain-and-steer": (_drain, _steer),
    "drain-and-police": (_drain, _steer, _police),
}
