"""The moves that the oracle tries on a fork: everything in the command space that might help.

Nothing here knows a fault by name. Openings are the repairs that would renew something impaired,
the draining of what services in trouble use most, metrics put back, and everything taken back that
was ever set; each may be followed by traffic engineered for what it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from adn.northbound.commands import MAX_COST, Command, command_kinds
from adn.physics.engineering import Lines, Traffic, police, relieve, shares_with
from adn.physics.routing import Fabric
from adn.topology.network import Bools, Names, Network
from adn.twin.effects import renews
from adn.twin.fork import Fork
from adn.twin.impairments import Impairment, Overlay
from adn.twin.performance import Performance
from adn.twin.properties import PROPERTIES
from adn.twin.state import State

DRAINS: Final = 6
"""How many links it tries to drain, those most used by services in trouble."""
OVERLOADS: Final = 3
"""How many elements it tries to drain, likewise."""
SLOW_S: Final = 30.0
"""Repairs that take longer than this, in the middle, are tried after traffic engineering."""
LOSSY: Final = 1e-4
"""A direction that loses more than this is one to avoid."""
ROOM: Final = (0.9, 0.97)
"""Utilisations it tries to engineer traffic to."""

Move = tuple[tuple[str, str, Mapping[str, Any]], ...]


def as_commands(move: Move) -> list[Command]:
    """Return a move as commands, for trying it on a fork."""
    return [Command("try", kind, target, params) for kind, target, params in move]


def moves(fork: Fork, present: Performance) -> Iterator[Move]:
    """Yield every move worth trying on a fork, what takes effect soonest first.

    A move opens with nothing, a repair, a drain or a metric put back, and goes on with nothing or
    with traffic engineered for what the opening leaves: a drain may hurt until traffic follows it.
    """
    shares = _true_shares(fork)
    kinds = command_kinds()
    repairs = sorted(
        ((float(kinds[kind].time["median"]), kind, target))
        for kind, target in renewing(fork.network, fork.overlay, "system")
    )
    quick: list[Move] = [*_metrics(fork), *_undone(fork), *_drains(fork, present, shares)]
    quick += [((kind, target, {}),) for takes, kind, target in repairs if takes <= SLOW_S]
    slow: list[Move] = [((kind, target, {}),) for takes, kind, target in repairs if takes > SLOW_S]
    yield from quick
    for opening in ((), *quick):
        opened = fork.after(as_commands(opening))
        for follow_up in _engineered(opened, _true_shares(opened) if opening else shares):
            yield (*opening, *follow_up)
    yield from slow
    for opening in slow:
        opened = fork.after(as_commands(opening))
        for follow_up in _engineered(opened, _true_shares(opened)):
            yield (*opening, *follow_up)


def renewing(network: Network, overlay: Overlay, by: str) -> list[tuple[str, str]]:
    """Return the repairs (kind, target) by `by` that would renew something that is impaired."""
    found: list[tuple[str, str]] = []
    for kind in command_kinds().values():
        if kind.use != "repair" or kind.performed_by != by:
            continue
        for target in _near(network, str(kind.target), overlay.active):
            command = Command("try", kind.name, target)
            if any(renews(network, command, row) for row in overlay.active):
                found.append((kind.name, target))
    return found


def drains_of(fork: Fork, rows: Iterable[Impairment]) -> Iterator[Move]:
    """Yield what takes impaired objects out of use: repairs that are quick, then drains."""
    rows, kinds = list(rows), command_kinds()
    overlay = Overlay(fork.network, rows)
    for kind, target in renewing(fork.network, overlay, "system"):
        if float(kinds[kind].time["median"]) <= SLOW_S:
            yield ((kind, target, {}),)
    links = _near(fork.network, "link", rows)
    if links:
        yield tuple(("set-link-cost", name, {"cost": MAX_COST}) for name in links)
    for name in _near(fork.network, "element", rows):
        yield (("drain-element", name, {"drained": True}),)


def _near(network: Network, kind: str, rows: Iterable[Impairment]) -> list[str]:
    """Return the objects of a type that impairments sit on, belong to or are made of."""
    found: set[str] = set()
    names = _tables(network)
    for row in rows:
        table = str(PROPERTIES[row.property].table)
        found |= _related(network, table, row.object, kind)
    return sorted(name for name in found if name in names[kind])


def _related(network: Network, table: str, name: str, kind: str) -> set[str]:
    """Return the objects of type `kind` that have to do with one object, both ways."""
    if table == kind:
        return {name}
    elements, links, cards, ducts, feeds = set(), set(), set(), set(), set()
    if table == "direction":
        links = {network.link_of(name)}
    elif table == "link":
        links = {name}
    elif table == "duct":
        ducts, links = {name}, set(network.links_in_duct(name))
    elif table == "card":
        cards, links = {name}, set(network.links_on_card(name))
        elements = {network.elements[int(network.card_element[network.cards.row(name)])]}
    elif table == "feed":
        feeds, elements = {name}, set(network.elements_on_feed(name))
    elif table == "element":
        elements, links = {name}, set(network.links_of(name))
    for link in links if table in {"direction", "link"} else ():
        row = network.links.row(link)
        ends = {int(network.link_a[row]), int(network.link_z[row])}
        elements |= {network.elements[end] for end in ends}
        held = {int(network.port_card[2 * row + side]) for side in (0, 1)}
        cards |= {network.cards[card] for card in held if card >= 0}
        ridden = network.ride_duct[network.ride_link == row].tolist()
        ducts |= {network.ducts[duct] for duct in ridden}
    return {"element": elements, "link": links, "card": cards, "duct": ducts, "feed": feeds}[kind]


def _tables(network: Network) -> Mapping[str, Names]:
    return {
        "element": network.elements,
        "link": network.links,
        "duct": network.ducts,
        "card": network.cards,
        "feed": network.feeds,
    }


def _metrics(fork: Fork) -> Iterator[Move]:
    """Yield the recorded metric for each link that something impaired has to do with."""
    network = fork.network
    rows = [row for row in fork.overlay.active if "cost" in row.property]
    for name in _near(network, "link", rows):
        yield (("set-link-cost", name, {"cost": int(network.cost[network.links.row(name)])}),)


def _undone(fork: Fork) -> Iterator[Move]:
    """Yield the taking back of everything that was set, where anything was."""
    network, present = fork.network, fork.configuration
    steps: list[tuple[str, str, Mapping[str, Any]]] = [
        ("set-link-cost", network.links[row], {"cost": int(network.cost[row])})
        for row in np.flatnonzero(present.cost != network.cost).tolist()
    ]
    steps += _steering(network, dict.fromkeys(sorted(present.routes), ()))
    steps += _limiting(network, np.ones(len(network.services)), present.admitted < 1.0)
    if steps:
        yield tuple(steps)


def _drains(fork: Fork, present: Performance, shares: csr_array) -> Iterator[Move]:
    """Yield the draining of links and elements that services in trouble use most, and lossy ones.

    A little loss hurts some that hardly cross it: who sends again, and who waits for those.
    """
    network = fork.network
    crossed = np.asarray(shares[np.flatnonzero(present.outside)].sum(axis=0)).ravel()
    by_link = crossed.reshape(-1, 2).sum(axis=1)
    state = State.of(network, fork.overlay)
    lossy = np.repeat(state.link_up, 2) & (state.loss + state.errors > LOSSY)
    losing = np.flatnonzero(lossy.reshape(-1, 2).any(axis=1))
    most = np.argsort(-by_link, kind="stable")[:DRAINS]
    for link in [*most.tolist(), *np.setdiff1d(losing, most).tolist()]:
        if by_link[link] > 0 and fork.configuration.cost[link] != MAX_COST:
            yield (("set-link-cost", network.links[link], {"cost": MAX_COST}),)
    through = np.bincount(network.head, weights=crossed, minlength=len(network.elements))
    through = np.where(network.transit, through, 0.0)
    for element in np.argsort(-through, kind="stable")[:OVERLOADS].tolist():
        if through[element] > 0:
            yield (("drain-element", network.elements[element], {"drained": True}),)


def _true_shares(fork: Fork) -> csr_array:
    """Return the share of each service per direction as its flow groups really go, settled."""
    forwarding = fork.settled_forwarding(State.of(fork.network, fork.overlay))
    flows, paths = forwarding.flows, forwarding.paths
    used = paths < len(fork.network.directions)
    rows = np.repeat(flows.service, used.sum(axis=1))
    return csr_array(
        (1.0 / flows.count[rows], (rows, paths[used])),
        shape=(len(fork.network.services), len(fork.network.directions)),
    )


def _engineered(fork: Fork, shares: csr_array) -> Iterator[Move]:
    """Yield steering, policing and both, computed on true loads."""
    network, state = fork.network, State.of(fork.network, fork.overlay)
    fabric = Fabric.of(network)
    bad: Bools = (state.loss + state.errors) > LOSSY
    lines = Lines(np.repeat(state.adjacent, 2), state.capacity_bps, state.delay_ms)
    sent = fork.demand_bps * fork.configuration.admitted
    floor = np.where(network.elastic, np.clip(1.01 - network.loss_limit, 0.0, 1.0), 1.0)
    for room, squeezed in product(ROOM, (False, True)):
        traffic = Traffic(
            source=network.service_a,
            target=network.service_z,
            rate_bps=sent * floor if squeezed else sent,
            latency_limit_ms=network.latency_limit_ms,
            movable=np.ones(len(sent), dtype=bool),
        )
        routes = relieve(fabric, lines, traffic, shares, room, avoid=bad & lines.up)
        steering = _steering(network, routes)
        if steering and not squeezed:
            yield steering
        for base, moved in ((shares, ()), (shares_with(shares, routes), steering)):
            admitted = police(lines, base, sent, floor, room)
            limiting = _limiting(network, admitted * fork.configuration.admitted, admitted < 1.0)
            if limiting:
                yield (*moved, *limiting)


def _steering(network: Network, routes: Mapping[int, Sequence[int]]) -> Move:
    by_head_end: dict[str, dict[str, list[str]]] = {}
    for service, path in routes.items():
        head_end = network.elements[int(network.service_a[service])]
        names = [network.directions[direction] for direction in path]
        by_head_end.setdefault(head_end, {})[network.services[service]] = names
    return tuple(
        ("steer-services", head_end, {"routes": routes})
        for head_end, routes in sorted(by_head_end.items())
    )


def _limiting(network: Network, admitted: Any, limited: Bools) -> Move:
    by_head_end: dict[str, dict[str, float]] = {}
    for service in np.flatnonzero(limited).tolist():
        head_end = network.elements[int(network.service_a[service])]
        share = float(np.ceil(admitted[service] * 1000.0) / 1000.0)
        by_head_end.setdefault(head_end, {})[network.services[service]] = share
    return tuple(
        ("limit-services", head_end, {"shares": shares})
        for head_end, shares in sorted(by_head_end.items())
    )
